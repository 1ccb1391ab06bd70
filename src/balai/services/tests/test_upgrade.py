"""Running cases stay with their version until they are brought over, by a map where the versions differ."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings, settings

from balai.base.errors import Conflict, Forbidden, Locked
from balai.services import changes, reads
from balai.services.changes.upgrading import map_between
from balai.services.models import Case, CaseClock, CaseMove
from balai.services.tests.desk import ANSWER, FILED, REPORT, Desk, at, filed, moved

pytestmark = pytest.mark.django_db
SHIPPED = Path(settings.ROOT) / "definitions" / "services" / "sambat" / "1.yaml"


def second(settings: LazySettings, folder: Path, *changed: tuple[str, str]) -> None:
    """Lay a second version of SAMBAT beside the first, with some of its text changed."""
    text = SHIPPED.read_text("utf-8").replace("version: 1\n", "version: 2\n", 1)
    for before, after in changed:
        assert before in text
        text = text.replace(before, after)
    place = folder / "services" / "sambat" / "2.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(text, "utf-8")
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(folder))


def test_a_running_case_stays_with_its_version_until_it_is_brought_over(
    desk: Desk, settings: LazySettings, tmp_path: Path
) -> None:
    row = filed(desk.cast.sari.actor).case
    row = moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    due = row.due_at
    second(
        settings,
        tmp_path / "own",
        ('subject: {id: "Laporan {number} dijawab"', 'subject: {id: "{number} dijawab"'),
    )
    assert reads.service("sambat", FILED.date()).version == 2
    assert filed(desk.cast.sari.actor, "k2").case.service_version == 2
    row.refresh_from_db()
    assert reads.service_of(row).version == 1
    with pytest.raises(Forbidden):
        changes.upgrade_all(desk.cast.budi.actor, "sambat", 1, 2, FILED)
    done = changes.upgrade_all(desk.seto.actor, "sambat", 1, 2, at("2026-08-19 10:00"))
    assert (done.done, done.left) == (1, ())
    row.refresh_from_db()
    assert (row.service_version, row.state, row.due_at) == (2, "assigned", due)
    assert CaseMove.objects.filter(case=row, move="upgrade").count() == 1
    assert CaseClock.objects.get(case=row, clock="resolve").state == "running"
    row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-20 09:00"))
    row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-20 10:00"), given={"result": ANSWER})
    assert reads.inbox(desk.cast.sari.actor)[0].subject == f"{row.number} dijawab"


def test_a_like_report_of_another_version_is_shown_by_the_names_of_its_own(
    desk: Desk, settings: LazySettings, tmp_path: Path
) -> None:
    old = filed(desk.cast.visitor).case
    title = reads.service("sambat", FILED.date()).states[old.state].title
    second(
        settings,
        tmp_path / "own",
        (f"title: {{id: {title.id},", "title: {id: Baru,"),
        ("title, description", "title"),
    )
    service = reads.service("sambat", FILED.date())
    assert service.version == 2 and str(service.states[old.state].title) == "Baru"
    (found,) = reads.alike(service, REPORT, FILED)
    assert (found.number, found.state) == (old.number, str(title))
    new = filed(desk.cast.visitor, "k2").case
    assert {one.number for one in reads.alike(service, REPORT, FILED)} == {old.number, new.number}
    Case.objects.filter(pk=old.pk).update(service_version=9)
    assert [one.number for one in reads.alike(service, REPORT, FILED)] == [new.number], "its file is gone"


def test_a_version_that_dropped_what_cases_stand_on_needs_a_map(desk: Desk) -> None:
    old = reads.service("sambat", FILED.date())
    states = {name: state for name, state in old.states.items() if name != "assigned"}
    new = replace(old, version=2, states=states)
    with pytest.raises(Conflict, match="assigned"):
        map_between(old, new)
    assert map_between(old, replace(old, version=2)).states == {}


def test_a_case_whose_published_file_was_altered_is_not_moved(desk: Desk) -> None:
    row = filed(desk.cast.sari.actor).case
    row.definition_hash = "0" * 64
    row.save()
    with pytest.raises(Locked, match="versi baru"):
        moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))

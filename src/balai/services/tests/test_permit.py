"""Silence that decides, children, the least loaded office, an explicit map, and a service that is retired."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from tests.cast import MALANG

from balai.base import worker
from balai.base.actor import system
from balai.base.errors import Conflict, Invalid, NotFound
from balai.base.journal import JournalEntry
from balai.services import changes, jobs, reads
from balai.services.models import Case, CaseClock, CaseMove, Route
from balai.services.rules import check_text
from balai.services.tests.desk import FILED, Desk, at, moved
from balai.services.tests.permit import lay

pytestmark = pytest.mark.django_db
FOLDER = "own"
CLOCK = system("services.clock", MALANG, "services.import")
UPGRADE = "upgrades: [{version: 1, states: {checked: examined}}]\n"


@pytest.fixture
def permit(settings: LazySettings, tmp_path: Path) -> Path:
    lay(settings, tmp_path / FOLDER)
    return tmp_path / FOLDER


def asked(desk: Desk, key: str = "p1") -> Case:
    coming = changes.Coming("web", key)
    return changes.file(desk.cast.sari.actor, "permit", {"name": "Warung"}, coming, FILED).case


def test_a_silent_office_has_decided_by_the_article_of_the_law_and_by_no_other(
    desk: Desk, permit: Path
) -> None:
    row = asked(desk)
    jobs.ring_clocks(at("2026-08-26 09:00").isoformat())
    row.refresh_from_db()
    assert row.state == "checked", "the 25th is a day off, so five working days end on the 26th"
    jobs.ring_clocks(at("2026-08-27 09:00").isoformat())
    row.refresh_from_db()
    assert (row.state, row.is_open, row.is_late) == ("granted", False, True)
    move = CaseMove.objects.get(case=row, move="deem")
    assert (move.legal_article, move.role) == (
        "UU 30/2014 tentang Administrasi Pemerintahan Pasal 53",
        "timer",
    )
    assert JournalEntry.objects.filter(facts__article=move.legal_article).count() == 1
    text = (permit / "services" / "permit" / "1.yaml").read_text("utf-8")
    for without in (
        text.replace(", deemed: true, law: uu-30-2014", ""),
        text.replace(", article: Pasal 53", ""),
    ):
        with pytest.raises(Invalid):
            check_text(without.encode(), "permit", 1)


def test_the_least_loaded_office_gets_it_with_the_reason_and_it_is_not_passed_on_for_ever(
    desk: Desk, permit: Path
) -> None:
    vera = desk.vera.actor
    first = moved(vera, asked(desk), "give", FILED)
    assert first.office == desk.cast.health, "of equal ones the first named"
    second = moved(vera, asked(desk, "p2"), "give", FILED)
    assert second.office == desk.cast.kominfo
    route = Route.objects.filter(case=second).latest("at")
    assert (route.rule, route.reason) == ("permit/1#1", "Kantor yang paling longgar.")
    for number, code in enumerate(("diskominfo", "dinkes")):
        first = moved(vera, first, "pass", at(f"2026-08-18 1{number}:00"), offices=(code,))
    assert first.reroutes == 2
    with pytest.raises(Conflict, match="2 kali"):
        moved(vera, first, "pass", at("2026-08-18 13:00"), offices=("diskominfo",))
    first.refresh_from_db()
    assert first.office == desk.cast.health


def test_a_child_is_opened_once_and_its_end_moves_the_parent(desk: Desk, permit: Path) -> None:
    vera, sari = desk.vera.actor, desk.cast.sari.actor
    row = moved(vera, asked(desk), "inspect", at("2026-08-19 09:00"))
    for _again in range(2):
        changes.open_child(CLOCK, str(row.pk), "visit", at("2026-08-19 09:01"))
    worker.drain()
    (child,) = Case.objects.filter(parent=row)
    assert (child.service, child.channel, child.owner) == ("visit", "child", sari.id)
    assert [line.number for line in reads.own_list(sari)] == [child.number, row.number]
    moved(vera, child, "pass", at("2026-08-20 09:00"))
    worker.drain()
    row.refresh_from_db()
    assert row.state == "ready"
    other = moved(vera, asked(desk, "p2"), "inspect", at("2026-08-19 09:00"))
    changes.open_child(CLOCK, str(other.pk), "visit", at("2026-08-19 09:01"))
    moved(vera, Case.objects.get(parent=other), "fail", at("2026-08-20 09:00"))
    worker.drain()
    other.refresh_from_db()
    assert other.state == "inspected", "a child that was refused leaves the parent to an officer"
    moved(vera, other, "stop", at("2026-08-21 09:00"))


def test_cases_come_to_a_version_without_their_state_by_its_map_alone(
    desk: Desk, permit: Path, settings: LazySettings
) -> None:
    row = asked(desk)
    due = row.due_at
    lay(settings, permit, second="upgrades: [{version: 1, states: {checked: gone}}]\n")
    with pytest.raises(Invalid, match="gone"):
        reads.service("permit", FILED.date())
    lay(settings, permit, second="search: []\n")
    with pytest.raises(Conflict, match="checked"):
        changes.upgrade_all(desk.seto.actor, "permit", 1, 2, FILED)
    lay(settings, permit, second=UPGRADE)
    done = changes.upgrade_all(desk.seto.actor, "permit", 1, 2, at("2026-08-19 09:00"))
    assert (done.done, done.left) == (1, ())
    row.refresh_from_db()
    assert (row.service_version, row.state, row.due_at) == (2, "examined", due)
    assert CaseClock.objects.get(case=row, clock="decide").state == "running"
    row = moved(desk.vera.actor, row, "stop", at("2026-08-20 09:00"))
    assert (row.state, CaseClock.objects.get(case=row, clock="decide").state) == ("refused", "met")


def test_a_retired_service_takes_nothing_new_and_its_cases_are_finished_read_and_given_out(
    desk: Desk, permit: Path, settings: LazySettings
) -> None:
    row = asked(desk)
    lay(settings, permit, second=UPGRADE, status="retired")
    with pytest.raises(NotFound):
        asked(desk, "p2")
    assert "permit" not in {one.code for one in reads.services(FILED.date())}
    row = moved(desk.vera.actor, row, "stop", at("2026-08-20 09:00"))
    seen = reads.whole(desk.cast.sari.actor, row.pk, FILED)
    assert (seen.case.number, seen.state) == (row.number, "Ditolak")
    head, line = list(changes.give_out(desk.seto.actor, "permit", at("2026-08-21 09:00")))
    assert '"cases": 1' in head
    assert row.number in line
    assert "Warung" in line
    with pytest.raises(Exception, match="Peran Anda"):
        changes.give_out(desk.cast.agus.actor, "permit", FILED)

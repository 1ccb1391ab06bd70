"""A service played with invented cases: one seed, one story, whole and marked as what it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.conf import LazySettings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from balai.base import invariants, worker
from balai.base.errors import Conflict
from balai.base.jobs import QueuedJob
from balai.places.models import LoadedFile, Outline
from balai.services import demo, promises
from balai.services.models import Case, CaseMove, Notice, Point, Rating
from balai.services.simulating import multiply, simulate
from balai.services.tests.desk import VILLAGE, Desk, at

pytestmark = pytest.mark.django_db
NOW = at("2026-10-06 12:00")
PROMISES = (
    promises.illegal_transitions,
    promises.submissions_without_case,
    promises.cases_without_submission,
    promises.duplicate_cases,
    promises.duplicate_receipts,
    promises.moves_without_journal,
    promises.clocks_on_closed_cases,
    promises.notices_forgotten,
)


def told() -> list[tuple[Any, ...]]:
    """Return the story without what is drawn by the machine: ids."""
    rows = CaseMove.objects.order_by("case__number", "case_version")
    return list(rows.values_list("case__number", "case__topic", "move", "to_state", "at", "actor_name"))


def test_a_played_service_is_whole_marked_and_multiplied(desk: Desk) -> None:
    played = simulate("sambat", until=NOW, days=60, seed=7, cases=16)
    assert played.filed >= 14
    assert sum(played.refused.values()) <= 3, played.refused
    assert all("contoh" in row.subject or row.is_secret for row in Case.objects.all())
    assert all("contoh" in name for name in Case.objects.exclude(officer="").values_list("officer_name"))
    assert set(Case.objects.values_list("is_demo", flat=True)) == {True}
    assert not Notice.objects.exclude(way="inbox").exists(), "nobody outside hears of what was made up"
    worker.drain()
    assert mail.outbox == []
    states = set(CaseMove.objects.values_list("move", flat=True))
    assert states >= {"file", "assign", "accept", "answer", "accept_answer", "auto_close"}
    assert Case.objects.filter(is_late=True).exists()
    assert Rating.objects.exists()
    made = multiply("sambat", 60, lambda _line: None)
    assert Case.objects.count() == 60 == made + played.filed
    assert [promise() for promise in PROMISES] == [0] * len(PROMISES)
    found = invariants.values()
    assert (found["number_gaps"], found["cross_tenant_rows"], found["cases"]) == (0, 0, 60)
    assert invariants.broken({name: found[name] for name in ("audit_breaks", "number_gaps")}) == {}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--days", "0"), "--days dari 1"),
        (("--days", "999999999999"), "--days dari 1"),
        (("--cases", "-4"), "--cases dari 1"),
        (("--tenant", "99.99"), "tidak ada"),
        (("--tenant", "35.07", "--cases", "1"), "belum dibuka di daerah ini"),
    ],
)
def test_what_cannot_be_played_is_refused_with_what_can(
    desk: Desk, settings: LazySettings, given: tuple[str, ...], told: str
) -> None:
    settings.OPTIONS = replace(settings.OPTIONS, demo=True)
    with pytest.raises(CommandError, match=told):
        call_command("simulate_service", "sambat", *given)


def test_the_same_seed_tells_the_same_story(desk: Desk) -> None:
    stories = []
    for seed in (3, 3, 4):
        with transaction.atomic():
            simulate("sambat", until=NOW, days=12, seed=seed, cases=3)
            stories.append(told())
            transaction.set_rollback(True)
    assert stories[0] == stories[1] != stories[2]
    assert max(move[4] for move in stories[0]) <= NOW + timedelta(seconds=1)


def test_the_demo_tells_a_short_story_at_once_and_asks_the_worker_for_the_rest(
    desk: Desk, settings: LazySettings
) -> None:
    square = shapely.to_wkb(shapely.box(112.60, -8.0, 112.67, -7.92))
    Outline.objects.create(code=VILLAGE, level="village", detail="full", shape=square)
    LoadedFile.objects.create(name="outlines", digest=uuid4().hex, loaded_at=NOW)
    first = demo.load(NOW)
    assert first == Case.objects.count() > 10
    at_points = Case.objects.filter(
        channel="qr", service="sambat", answers__class__in=["complaint", "aspiration"]
    )
    points = {row.pk: row for row in Point.objects.filter(service="sambat")}
    assert len(points) == 8 and all("contoh" in row.label for row in points.values())
    for row in at_points:
        assert (row.longitude, row.latitude) == (
            points[row.point_id].longitude,
            points[row.point_id].latitude,
        )
    assert at_points.exists()
    assert demo.load(NOW) == 0, "the second start finds the cases"
    rows = QueuedJob.objects.filter(name="services.demo_story")
    assert {row.payload["code"] for row in rows} == {"mcc_room", "sambat"}
    assert rows.count() == 2 * demo.STORIES
    settings.OPTIONS = replace(settings.OPTIONS, demo=False)
    with pytest.raises(Conflict, match="peragaan"):
        demo.tell_story("sambat", 2)

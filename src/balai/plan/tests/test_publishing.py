"""The plan in force becomes datasets, and each figure there is one the plan shows."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from tests.cast import Cast

from balai.base import tenancy
from balai.base.jobs import QueuedJob
from balai.data import reads as data
from balai.plan import changes, publishing
from balai.plan.models import Action, Fund, Origin
from balai.plan.tests.town import NOW, Town, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(cast: Cast, malang: tenancy.Scope, settings: LazySettings, tmp_path: Path) -> Iterator[Town]:
    settings.DATA = tmp_path
    yield found(cast)


def _rows(town: Town, code: str) -> list[dict[str, object]]:
    return [dict(row) for row in data.first_rows(town.cast.sari.actor, code)]


def test_a_plan_that_is_not_adopted_is_not_published(town: Town) -> None:
    town.action()
    assert publishing.publish_plan(NOW) == ()
    assert data.catalogue(town.cast.sari.actor) == ()


def test_actions_progress_and_budget_are_published_and_told_apart_by_origin(town: Town) -> None:
    shares = (changes.ShareDraft("governance", 1, 3), changes.ShareDraft("economy", 2, 3))
    real = town.action("A1", shares=shares, latitude=Decimal("-7.98"), longitude=Decimal("112.63"))
    shown = town.action("A2")
    Action.objects.filter(pk=shown.pk).update(origin=Origin.ILLUSTRATION, source="Contoh")
    Fund.objects.create(action=real, year=2026, source="apbd", code="2.16.01", budget=750_000_000)
    Fund.objects.create(action=real, year=2026, source="csr", budget=10_000_000, is_in_kind=True)
    town.adopt()
    town.verified(real, 12)
    assert [one.version.rows for one in publishing.publish_plan(NOW)] == [3, 10, 2]
    actions = _rows(town, "plan_actions")
    assert [(row["action"], row["dimension"], row["origin"]) for row in actions] == [
        ("A1", "economy", "record"),
        ("A1", "governance", "record"),
        ("A2", "governance", "illustration"),
    ]
    assert (actions[0]["part_numerator"], actions[0]["part_denominator"]) == (2, 3)
    assert (actions[0]["place_lon"], actions[0]["place_lat"]) == (112.63, -7.98)
    (now,) = (row for row in _rows(town, "plan_progress") if (row["action"], row["year"]) == ("A1", 2026))
    assert (now["target"], now["value"], now["is_reported"], now["is_done"]) == (20, 12, True, False)
    (later,) = (row for row in _rows(town, "plan_progress") if (row["action"], row["year"]) == ("A1", 2028))
    assert (later["is_planned"], later["target"], later["is_done"]) == (False, None, None)
    assert [(row["fund"], row["budget"], row["in_kind"]) for row in _rows(town, "plan_budget")] == [
        ("apbd", 750_000_000, False),
        ("csr", 10_000_000, True),
    ]


def test_only_what_changed_gets_a_new_version(town: Town) -> None:
    action = town.action()
    town.adopt()
    publishing.publish_plan(NOW)
    assert not any(one.is_new for one in publishing.publish_plan(NOW + timedelta(days=3)))
    town.verified(action, 20)
    changed = {one.dataset for one in publishing.publish_plan(NOW) if one.is_new}
    assert changed == {"plan_progress"}
    told = data.compare(town.cast.sari.actor, "plan_progress", 1, 2).first
    assert [(dict(each.before)["value"], dict(each.after)["value"]) for each in told] == [(None, 20)]


def test_adopting_verifying_and_freezing_ask_for_it_once_a_minute(town: Town) -> None:
    action = town.action()
    asked = QueuedJob.objects.filter(name="plan.publish")
    town.adopt()
    assert asked.exists()
    asked.delete()
    town.verified(action, 20)
    assert asked.exists()
    asked.delete()
    changes.freeze_stage(town.rini, town.plan.pk, "Tahap I", 2026, NOW.date(), NOW)
    assert asked.exists()
    for _time in range(50):
        publishing.publish_soon()
    assert asked.count() <= 2


def test_agus_reads_the_open_tables_and_joko_none_of_them(town: Town) -> None:
    town.action()
    town.adopt()
    publishing.publish_plan(NOW)
    codes = [row.code for row in data.catalogue(town.cast.agus.actor)]
    assert codes == ["plan_actions", "plan_budget", "plan_progress"]
    with tenancy.scope("35.07"):
        assert data.catalogue(town.cast.joko.actor) == () and data.readable(town.cast.joko.actor) == {}

"""Freezing a stage: figures are copied, and the database refuses to change them."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from tests.cast import REGENCY, Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.plan import changes, reads
from balai.plan.models import Stage
from balai.plan.tests import town
from balai.plan.tests.town import NOW, TODAY, Town


@pytest.fixture
def malang_town(cast: Cast, malang: tenancy.Scope) -> Town:
    return town.found(cast)


@pytest.fixture
def frozen(malang_town: Town) -> tuple[Town, Stage]:
    action = malang_town.action()
    malang_town.action("A2")
    malang_town.adopt()
    malang_town.verified(action, 20)
    stage = changes.freeze_stage(malang_town.rini, malang_town.plan.pk, "Tahap I 2026", 2026, TODAY, NOW)
    return malang_town, stage


def test_a_stage_keeps_its_figures_when_the_reports_move_on(frozen: tuple[Town, Stage]) -> None:
    town_now, stage = frozen
    second = town_now.quarter(2)
    action = reads.action(town_now.rini, "A2", 2026, TODAY)
    row = changes.report(
        town_now.budi, action.row.id, second.pk, changes.ReportDraft(Decimal(20)), version=None, at=NOW
    )
    changes.verify_report(town_now.rini, row.pk, version=row.version, at=NOW)
    (count,) = reads.realisation(town_now.rini, None, 2026, TODAY)
    assert count.pooled.rounded == Decimal("100.00")
    kept = reads.stage(town_now.cast.visitor, stage.pk)
    (record,) = kept.figures["counts"]
    pooled = record["rules"][0]
    assert (pooled["percent"], pooled["numerator"], pooled["denominator"], pooled["not_reported"]) == (
        "50.00",
        "1",
        "2",
        "1",
    )
    assert pooled["sum"] == "1 / 2 = 50,00 %"
    assert [row["code"] for row in kept.figures["actions"]] == ["A1", "A2"]
    assert (kept.rule_version, kept.frozen_by) == ("realisasi-1", "")


def test_the_database_refuses_to_change_or_remove_a_stage(frozen: tuple[Town, Stage]) -> None:
    _town, stage = frozen
    for act in (lambda: Stage.objects.update(title="lain"), lambda: stage.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_a_title_is_frozen_once(frozen: tuple[Town, Stage]) -> None:
    town_now, stage = frozen
    with pytest.raises(Conflict):
        changes.freeze_stage(town_now.rini, stage.masterplan_id, stage.title, 2026, TODAY, NOW)
    with pytest.raises(Invalid):
        changes.freeze_stage(town_now.rini, stage.masterplan_id, "", 2040, TODAY, NOW)
    assert [row.title for row in reads.stages(town_now.agus)] == ["Tahap I 2026"]


def test_only_the_programme_office_freezes_and_only_a_plan_in_force(malang_town: Town) -> None:
    malang_town.action()
    plan = malang_town.plan.pk
    with pytest.raises(Locked):
        changes.freeze_stage(malang_town.rini, plan, "Tahap I", 2026, TODAY, NOW)
    malang_town.adopt()
    for actor in (malang_town.budi, malang_town.agus, malang_town.cast.eka.actor):
        with pytest.raises(Forbidden):
            changes.freeze_stage(actor, plan, "Tahap I", 2026, TODAY, NOW)


def test_joko_sees_no_stage_of_kota_malang(frozen: tuple[Town, Stage]) -> None:
    town_now, stage = frozen
    with tenancy.scope(REGENCY):
        with pytest.raises(NotFound):
            reads.stage(town_now.cast.joko.actor, stage.pk)
        with pytest.raises(NotFound):
            reads.stages(town_now.cast.joko.actor)

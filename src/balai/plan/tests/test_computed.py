"""Progress computed from records: taken over once, never typed, never stale in silence, told apart."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.cast import REGENCY, Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.data import changes as data
from balai.data import reads as datasets
from balai.data.tests import measuring as visits
from balai.plan import changes, measuring, promises, publishing, reads
from balai.plan.changes import ReportDraft
from balai.plan.models import Action, Fund, Report, Target
from balai.plan.rules.standing import BRAKE
from balai.plan.tests.records import INDICATOR, PERCENT, Records, entries, kept, tied
from balai.plan.tests.town import ACTION, NOW, TODAY, Town, found

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(cast: Cast, malang: tenancy.Scope) -> Town:
    return found(cast)


@pytest.fixture
def records(settings: LazySettings, tmp_path: Path) -> Records:
    return kept(settings, tmp_path)


@pytest.fixture
def action(town: Town, records: Records) -> Action:
    """An action in force that is tied, without a figure so far."""
    made = tied(town)
    town.adopt()
    return made


def row(town: Town, code: str = "T1", year: int = 2026) -> reads.ActionRow:
    return reads.action(town.rini, code, year, TODAY).row


# --- the tie -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "changed", "said"),
    [
        ("no such indicator", {"measured_by": "nothing"}, "Tidak ada indikator"),
        ("another unit", {"unit": "titik"}, "dihitung dalam persen"),
        ("the other direction", {"direction": "down"}, "tidak sama dengan arah"),
        (
            "a figure for each clinic only",
            {"measured_by": "costs", "unit": "rupiah", "direction": "down"},
            "clinic",
        ),
        ("a year by physical percent", {"targets": {2025: None, 2026: Decimal(80)}}, "2025"),
    ],
)
def test_a_tie_is_refused_where_the_indicator_counts_otherwise(
    town: Town, records: Records, why: str, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tied(town, **changed)
    (fault,) = refused.value.faults
    assert fault.place == "measured_by" and said in fault.wrong and fault.right


def test_what_fits_is_named_where_the_code_is_wrong(town: Town, records: Records) -> None:
    with pytest.raises(Invalid) as refused:
        tied(town, measured_by="nothing")
    assert INDICATOR in refused.value.faults[0].right


def test_an_action_in_force_is_tied_by_the_programme_office_alone(town: Town, records: Records) -> None:
    made = town.action("T1", targets={2026: Decimal(80)}, **PERCENT)
    town.adopt()
    for other in (town.budi, town.agus):
        with pytest.raises(Forbidden):
            changes.tie_action(other, made.pk, INDICATOR, made.version)
    joko = town.cast.joko.actor
    with tenancy.scope(REGENCY), pytest.raises(NotFound):
        changes.tie_action(joko, made.pk, INDICATOR, made.version)
    done = changes.tie_action(town.rini, made.pk, INDICATOR, made.version)
    assert (done.measured_by, done.version) == (INDICATOR, made.version + 1)
    told = JournalEntry.objects.get(verb="action.tie")
    assert told.facts["measured_by"] == ["", INDICATOR]
    assert QueuedJob.objects.filter(name="plan.take_over", payload={"indicator": INDICATOR}).exists()
    with pytest.raises(Conflict):
        changes.tie_action(town.rini, made.pk, "", made.version)


def test_the_plan_that_was_superseded_is_not_tied_any_more(town: Town, records: Records) -> None:
    made = town.action("T1", targets={2026: Decimal(80)}, **PERCENT)
    town.adopt()
    newer = changes.new_version(town.rini, town.plan.pk)
    changes.adopt(town.rini, newer.pk, TODAY)
    with pytest.raises(Locked):
        changes.tie_action(town.rini, made.pk, INDICATOR, made.version)


# --- taking over ---------------------------------------------------------------


def test_a_figure_becomes_an_entry_that_stands_and_that_nobody_signed(
    town: Town, records: Records, action: Action
) -> None:
    assert row(town).missing == "not_yet"
    records.publish(3, of=4)
    assert records.take_over() == 1
    entry = Report.objects.get(action=action)
    assert (entry.status, entry.value, entry.stands, entry.period.number) == ("computed", 75, True, 1)
    assert (entry.reported_by, entry.verified_by, entry.verified_at) == ("", "", None)
    seen = row(town)
    assert (seen.kind, seen.value, seen.is_done, seen.missing) == ("computed", 75, False, "")
    figure = datasets.measured(town.rini, seen.measurement or "")
    assert (figure.numerator, figure.denominator) == (3, 4)
    told = JournalEntry.objects.get(verb="report.compute")
    assert (told.actor_name, told.facts["indicator"]) == ("plan.compute", INDICATOR)


def test_the_same_figure_again_writes_nothing(town: Town, records: Records, action: Action) -> None:
    records.publish(3, of=4)
    assert [records.take_over(), records.take_over()] == [1, 0]
    records.publish(3, of=4)
    assert records.take_over() == 0
    assert len(entries(action)) == 1


def test_a_correction_of_the_records_changes_progress_and_keeps_what_was(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    records.take_over()
    records.publish(4, of=4)
    records.take_over()
    assert entries(action) == [("computed", 75, False), ("computed", 100, True)]
    seen = reads.action(town.cast.visitor, "T1", 2026, TODAY)
    assert [report.value for report in seen.reports] == [100, 75]
    assert seen.row.is_done and not any(report.is_correction for report in seen.reports)


def test_after_the_lock_of_a_period_a_new_figure_is_a_correction_that_says_why(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    records.take_over()
    changes.lock_period(town.rini, town.quarter().pk, NOW)
    records.publish(2, of=4)
    records.take_over()
    first, second = Report.objects.filter(action=action).order_by("entry")
    assert (second.is_correction, second.corrects_id, second.stands) == (True, first.pk, True)
    assert "dikunci" in second.reason


def test_a_withheld_figure_lets_nothing_stand_and_says_so(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(4, of=4)
    records.take_over()
    assert row(town).is_done
    records.files.indicator(visits.SERVED, minimum_count=10)
    records.publish(4, of=5)
    records.take_over()
    seen = row(town)
    assert (seen.missing, seen.value, seen.is_reported, seen.kind) == ("withheld", None, False, "")
    (count,) = reads.realisation(town.rini, None, 2026, TODAY)
    assert (count.total.planned, count.total.reported, count.total.done) == (1, 0, 0)


def test_a_figure_whose_rows_are_gone_lets_nothing_stand(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(4, of=4)
    records.take_over()
    records.rows([visits.visit(9, region="35.73.05")])
    assert records.take_over() == 1
    assert (row(town).missing, row(town).value) == ("gone", None)
    assert records.take_over() == 0


def test_an_indicator_that_counts_otherwise_since_the_tie_tells_nothing_any_more(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(4, of=4)
    records.take_over()
    records.files.indicator(visits.SERVED, unit='{id: "titik", en: "points"}')
    assert records.take_over() == 1
    assert row(town).missing == "gone"


def test_the_newest_figure_of_each_year_of_targets_is_taken(
    town: Town, records: Records, action: Action
) -> None:
    days = ["2024-05-01", "2025-03-01", "2025-11-01", "2026-02-01", "2026-03-01"]
    served = [True, True, False, True, True]
    records.rows(
        visits.visit(n, day=day, is_served=is_served)
        for n, (day, is_served) in enumerate(zip(days, served, strict=True))
    )
    records.take_over()
    found = (
        Report.objects.filter(action=action).order_by("year").values_list("year", "period__number", "value")
    )
    assert list(found) == [(2025, 4, 0), (2026, 1, 100)]


def test_a_year_without_a_number_as_target_is_left_alone(
    town: Town, records: Records, action: Action
) -> None:
    Target.objects.filter(action=action, year=2026).update(value=None)
    records.publish(3, of=4)
    assert records.take_over() == 0


def test_a_frozen_stage_keeps_the_figure_of_its_day(town: Town, records: Records, action: Action) -> None:
    records.publish(3, of=4)
    records.take_over()
    stage = changes.freeze_stage(town.rini, town.plan.pk, "Tahap I", 2026, TODAY, NOW)
    records.publish(4, of=4)
    records.take_over()
    (kept_row,) = reads.stage(town.rini, stage.pk).figures["actions"]
    assert (kept_row["value"], kept_row["figure"], kept_row["measured_by"]) == (
        "75.0000",
        "computed",
        INDICATOR,
    )
    assert row(town).value == 100


def test_a_new_version_of_the_plan_carries_what_was_computed(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    records.take_over()
    newer = changes.new_version(town.rini, town.plan.pk)
    changes.adopt(town.rini, newer.pk, TODAY)
    assert (row(town).value, row(town).kind) == (75, "computed")
    assert records.take_over() == 0
    records.publish(4, of=4)
    assert records.take_over() == 1
    assert row(town).value == 100


# --- typing --------------------------------------------------------------------


def test_nobody_types_what_is_computed(town: Town, records: Records, action: Action) -> None:
    with pytest.raises(Locked, match="dihitung dari indikator"):
        town.reported(action, 99)
    changes.lock_period(town.rini, town.quarter().pk, NOW)
    with pytest.raises(Locked, match="dihitung dari indikator"):
        changes.correct_report(
            town.budi, action.pk, town.quarter().pk, ReportDraft(Decimal(99)), "salah", at=NOW
        )


def test_a_value_typed_before_the_tie_is_neither_sent_nor_verified_after_it(
    town: Town, records: Records
) -> None:
    made = town.action("T1", targets={2026: Decimal(80)}, **PERCENT)
    town.adopt()
    sent = town.reported(made, 70)
    changes.tie_action(town.rini, made.pk, INDICATOR, made.version)
    with pytest.raises(Locked):
        changes.verify_report(town.rini, sent.pk, version=sent.version, at=NOW)
    back = changes.return_report(town.rini, sent.pk, "Kini dihitung.", version=sent.version)
    with pytest.raises(Locked):
        changes.submit_report(town.budi, back.pk, version=back.version, at=NOW)


def test_notes_evidence_and_spending_are_still_reported_and_never_stand(
    town: Town, records: Records, action: Action
) -> None:
    Fund.objects.create(action=action, year=2026, source="apbd", budget=100)
    records.publish(3, of=4)
    records.take_over()
    with pytest.raises(Invalid, match="belum berisi"):
        town.reported(action, None)
    town.verified(action, None, note="Loket ketiga dibuka.", spent=40, physical_percent=Decimal(30))
    seen = row(town)
    assert (seen.value, seen.kind, seen.physical_percent, seen.money.spent) == (75, "computed", 30, 40)
    assert entries(action) == [("computed", 75, True), ("typed", None, False)]
    assert promises.nothing_stands() == 0


def test_nobody_owes_a_report_of_what_is_computed(town: Town, records: Records) -> None:
    tied(town)
    town.action("A1")
    town.adopt()
    town.quarter()
    assert {each.code for each in reads.due(town.budi, TODAY).all} == {"A1"}
    seen = reads.executive(town.rini, TODAY.replace(month=6))
    assert seen.reports_wanted == 1


def test_what_was_typed_stands_until_the_first_figure_and_history_outlives_the_tie(
    town: Town, records: Records
) -> None:
    made = town.action("T1", targets={2026: Decimal(80)}, **PERCENT)
    town.adopt()
    town.verified(made, 60)
    made = changes.tie_action(town.rini, made.pk, INDICATOR, made.version)
    assert (row(town).value, row(town).kind) == (60, "typed")
    records.publish(3, of=4)
    records.take_over()
    assert (row(town).value, row(town).kind) == (75, "computed")
    made = changes.tie_action(town.rini, made.pk, "", made.version)
    assert (row(town).value, row(town).kind, row(town).measured_by) == (75, "computed", "")
    records.publish(4, of=4)
    assert records.take_over() == 0
    draft, later = ReportDraft(Decimal(90)), NOW + timedelta(days=90)
    sent = changes.report(town.budi, made.pk, town.quarter(2).pk, draft, version=None, at=later)
    changes.verify_report(town.rini, sent.pk, version=sent.version, at=later)
    assert (row(town).value, row(town).kind) == (90, "typed")
    assert entries(made) == [("typed", 60, False), ("computed", 75, False), ("typed", 90, True)]


def test_a_computed_entry_bears_no_name_even_past_the_door(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    records.take_over()
    for wrong in ({"verifier_id_text": "x"}, {"status": "verified"}, {"measured_by": ""}, {"value": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(action=action).update(**wrong)


# --- settling ------------------------------------------------------------------


def round_of(indicator: str, at: Any) -> int:
    """Publish the plan, measure, take over; return how many entries that made."""
    publishing.publish_plan(at)
    actor = visits.steward(tenancy.current_tenant())
    data.measure(actor, indicator, "uji", at=at)
    return changes.take_over(measuring.computer(), indicator, at=at)


def test_a_figure_computed_from_the_plan_itself_settles(town: Town, records: Records) -> None:
    """The share of reported actions counts the very action it measures: its first figure changes it once."""
    own = "plan_actions_reported"
    made = tied(town, measured_by=own, targets={2026: Decimal(80)})
    other = town.action("A1")
    town.action("A2")
    town.adopt()
    town.verified(other, 20)
    written = [round_of(own, NOW + timedelta(minutes=n)) for n in range(6)]
    assert written == [1, 1, 0, 0, 0, 0]
    assert entries(made) == [("computed", Decimal("33.33"), False), ("computed", Decimal("66.67"), True)]
    versions = len(datasets.versions(town.rini, "plan_progress"))
    round_of(own, NOW + timedelta(days=1))
    assert len(datasets.versions(town.rini, "plan_progress")) == versions


CIRCLING = """\
code: undone
title: {id: "Belum terwujud", en: "Not done"}
description: {id: "Untuk uji.", en: "For tests."}
unit: {id: "persen", en: "percent"}
direction: up
owner: {id: "Dinas", en: "Office"}
period: year
scale: 100
decimals: 2
source: "Uji"
numerator: |
  SELECT region, year AS period, sum(CASE WHEN is_done THEN 0 ELSE 1 END) AS value
  FROM plan_progress WHERE is_planned GROUP BY region, year
denominator: |
  SELECT region, year AS period, count(*) AS value
  FROM plan_progress WHERE is_planned GROUP BY region, year
"""


def test_a_figure_that_feeds_on_itself_is_braked_within_a_day(town: Town, records: Records) -> None:
    """Done once it says that all is undone, undone once it says that all is done: it never settles."""
    records.files.indicator(CIRCLING)
    made = tied(town, measured_by="undone", targets={2026: Decimal(100)})
    town.adopt()
    written = [round_of("undone", NOW + timedelta(minutes=n)) for n in range(BRAKE + 4)]
    assert written == [1] * BRAKE + [0] * 4
    assert Report.objects.filter(action=made).count() == BRAKE
    assert round_of("undone", NOW + timedelta(days=1)) == 1


# --- told apart, counted, seen --------------------------------------------------


def mixed(town: Town, records: Records) -> None:
    """Write four planned actions: computed and done, computed and not, typed and done, typed and not."""
    half = changes.ShareDraft("economy", 1, 2), changes.ShareDraft("governance", 1, 2)
    tied(town, "T1", targets={2026: Decimal(70)}, shares=half)
    tied(town, "T2", targets={2026: Decimal(80)}, weight=Decimal(3))
    done, undone = town.action("A1"), town.action("A2")
    town.adopt()
    town.verified(done, 20)
    town.verified(undone, 5)
    records.publish(3, of=4)
    records.take_over()


def test_realisation_counts_typed_and_computed_alike(town: Town, records: Records) -> None:
    mixed(town, records)
    (count,) = reads.realisation(town.rini, None, 2026, TODAY)
    # By hand: T1 75 ≥ 70 and A1 20 ≥ 20 are done, T2 75 < 80 and A2 5 < 20 are not.
    assert (count.pooled.numerator, count.pooled.denominator, count.pooled.rounded) == (2, 4, 50)
    assert (count.weighted.numerator, count.weighted.denominator) == (2, 6)
    # Governance: half of T1 and A1 of three and a half; economy: half of T1 of a half.
    assert count.mean.value == (Fraction(3, 7) + 1) / 2
    kinds = reads.figure_kinds(town.cast.visitor, None, 2026)["record"]
    assert (kinds.computed, kinds.typed, kinds.figures) == (2, 2, 4)


def test_the_executive_view_counts_what_is_computed(town: Town, records: Records) -> None:
    mixed(town, records)
    seen = reads.executive(town.rini, TODAY)
    assert (seen.computed, seen.typed, seen.figures, seen.computed_percent) == (2, 2, 4, 50)
    assert [each.code for each in seen.by_data] == ["T1", "T2"]


def test_open_tables_and_the_published_dataset_tell_them_apart(town: Town, records: Records) -> None:
    mixed(town, records)
    rows = {
        each["code"]: (each["figure"], each["measured_by"])
        for each in reads.action_table(town.cast.visitor, None, 2026, TODAY)
    }
    assert rows == {
        "A1": ("typed", ""),
        "A2": ("typed", ""),
        "T1": ("computed", INDICATOR),
        "T2": ("computed", INDICATOR),
    }
    publishing.publish_plan(records.now)
    told = {
        (each["action"], each["figure"])
        for each in datasets.first_rows(town.cast.sari.actor, "plan_progress")
        if each["year"] == 2026
    }
    assert told == {("A1", "typed"), ("A2", "typed"), ("T1", "computed"), ("T2", "computed")}


def test_agus_sees_what_everybody_sees_and_joko_nothing(town: Town, records: Records, action: Action) -> None:
    records.publish(3, of=4)
    records.take_over()
    story = reads.action(town.agus, "T1", 2026, TODAY)
    ladder = reads.ladder(town.agus, story)
    assert ladder is not None and ladder.figure.value == 75 and ladder.newest is None
    assert (story.row.value, story.may_report) == (75, False)
    joko = town.cast.joko.actor
    with tenancy.scope(REGENCY):
        assert reads.ladder(joko, story) is None
        with pytest.raises(NotFound):
            reads.action(joko, str(action.pk), 2026, TODAY)
        with pytest.raises(NotFound):
            reads.figure_kinds(joko, None, 2026)


def test_the_ladder_leads_to_the_rows_and_tells_of_a_newer_figure(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    records.take_over()
    records.publish(4, of=4)
    ladder = reads.ladder(town.rini, reads.action(town.rini, "T1", 2026, TODAY))
    assert ladder is not None and (ladder.figure.value, ladder.newest and ladder.newest.value) == (75, 100)
    assert [(each.dataset, each.number) for each in ladder.figure.versions] == [("visits", 1)]
    behind = datasets.rows_behind(town.rini, ladder.figure.id, "denominator")
    assert behind.total == 4


def test_a_list_takes_the_same_queries_for_one_computed_figure_and_for_many(
    town: Town, records: Records
) -> None:
    def queries(number: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(reads.programme_tree(town.cast.visitor, None, 2026, TODAY).actions) == number
        return len(asked)

    tied(town, "T0")
    town.adopt()
    records.publish(3, of=4)
    records.take_over()
    few = queries(1)
    newer = changes.new_version(town.rini, town.plan.pk)
    programme = reads.programmes(town.rini, newer.pk)[0]
    for n in range(1, 6):
        draft = replace(
            ACTION, code=f"T{n}", measured_by=INDICATOR, targets={2026: Decimal(80)}, owner=None, **PERCENT
        )
        changes.create_action(town.rini, programme.id, draft)
    changes.adopt(town.rini, newer.pk, TODAY)
    records.take_over()
    assert queries(6) == few


# --- events --------------------------------------------------------------------


def test_the_event_of_a_measurement_is_a_job_that_takes_it_over_once(
    town: Town, records: Records, action: Action
) -> None:
    records.publish(3, of=4)
    job = QueuedJob.objects.get(name__startswith="on data.indicator_measured", state="waiting")
    measuring._measured(**job.payload)
    measuring._measured(**job.payload)
    assert entries(action) == [("computed", 75, True)]


def test_a_figure_of_the_nation_is_taken_over_by_every_tenant(town: Town) -> None:
    with tenancy.scope(tenancy.NATIONAL):
        measuring._measured(indicator="spbe", run="r1", tenant=tenancy.NATIONAL)
    asked = QueuedJob.objects.filter(name="plan.take_over", payload={"indicator": "spbe"})
    assert asked.filter(tenant="35.73").count() == 1
    with tenancy.scope(REGENCY):
        assert QueuedJob.objects.filter(name="plan.take_over").count() == 1


def test_the_promises_hold_with_computed_figures(town: Town, records: Records) -> None:
    mixed(town, records)
    assert (promises.nothing_stands(), promises.illegal_transitions()) == (0, 0)
    Report.objects.filter(stands=True, status="computed").update(stands=False)
    assert promises.nothing_stands() == 2

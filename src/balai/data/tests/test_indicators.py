"""Figures are computed from versions, kept for ever, and can be followed to their rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from tests.cast import Cast

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Forbidden, Invalid, NotFound
from balai.base.jobs import QueuedJob
from balai.data import changes, measuring, reads
from balai.data.changes.indicators import computed
from balai.data.changes.indicators_counting import Computed
from balai.data.changes.indicators_keeping import keep
from balai.data.models import IndicatorState, Measurement, MeasurementRun, StandingMeasurement
from balai.data.tests.measuring import COSTS, MALANG, SERVED, Files, measured, publish, reader, visit, written
from balai.data.tests.registry import NOW, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]

LATE = "35.73.05"


@pytest.fixture(autouse=True)
def files(settings: LazySettings, tmp_path: Path) -> Files:
    return written(settings, tmp_path / "definitions")


def served(region: str = MALANG) -> reads.Measured:
    return reads.series(reader(), "served", region)[-1]


def test_a_figure_is_numerator_over_denominator_rounded_once() -> None:
    publish([visit(1), visit(2), visit(3, is_served=False)])
    measured()
    figure = served()
    assert (figure.numerator, figure.denominator, figure.value) == (2, 3, Decimal("66.67"))
    assert (figure.period, figure.period_ends_on) == ("2026-03", date(2026, 3, 31))
    assert [(each.dataset, each.number) for each in figure.versions] == [("visits", 1)]
    assert (str(figure.unit), figure.direction, figure.decimals, figure.as_of) == ("persen", "up", 2, NOW)


def test_a_group_without_a_row_of_the_numerator_is_zero_and_not_missing() -> None:
    publish([visit(1, is_served=False)])
    measured()
    assert (served().numerator, served().value) == (0, Decimal("0.00"))


def test_decimals_longer_than_a_float_come_back_digit_by_digit(files: Files) -> None:
    cost = "98765432109876543210.1234"
    publish([visit(1, cost=cost), visit(2, cost="0.0001")])
    measured("costs")
    (figure,) = reads.series(reader(), "costs", MALANG, {"clinic": "Kauman"})
    assert figure.numerator == figure.value == Decimal("98765432109876543210.1235")
    assert figure.denominator is None


@pytest.mark.parametrize(
    ("rounding", "shown"),
    [("half_up", "16.7"), ("half_even", "16.7"), ("floor", "16.6"), ("ceiling", "16.7")],
)
def test_a_value_is_rounded_as_the_definition_says(files: Files, rounding: str, shown: str) -> None:
    text = SERVED.replace("decimals: 2", f"decimals: 1\nrounding: {rounding}")
    files.indicator(text)
    publish([visit(n, is_served=n == 1) for n in range(1, 7)])
    measured()
    assert served().value == Decimal(shown)
    assert (served().numerator, served().denominator) == (1, 6)


def test_figures_of_few_rows_are_withheld_and_counted(files: Files) -> None:
    files.indicator(SERVED, minimum_count=3)
    publish([visit(n) for n in range(1, 4)] + [visit(n, region=LATE) for n in range(4, 6)])
    run = measured()
    few = reads.series(reader(), "served", LATE)[0]
    assert (few.is_withheld, few.value, few.numerator, few.denominator) == (True, None, None, None)
    assert served().value == 100
    assert (run.rows, run.withheld) == (2, 1)
    assert reads.indicator(reader(), "served").withheld == 1


def test_a_correction_changes_the_figure_and_says_why() -> None:
    publish([visit(1), visit(2), visit(3, is_served=False)])
    measured()
    publish([visit(1), visit(3), visit(4, clinic=None)], corrects=1, reason="Salah catat")
    measured(later=1)
    new, old = reads.history(reader(), served().id)
    assert (old.value, new.value) == (Decimal("66.67"), Decimal("100.00"))
    assert (old.is_standing, new.is_standing) == (False, True)
    why = reads.difference(reader(), old.id, new.id)
    assert (why.is_definition_changed, why.is_sql_changed) == (False, False)
    (visits,) = why.datasets
    assert (visits.before, visits.after) == (1, 2)
    # Visit 3 was there and was not served: new to the numerator, changed in the denominator.
    assert visits.numerator == reads.Changes(2, 1, 0)
    assert visits.denominator == visits.whole == reads.Changes(1, 1, 1)


def test_a_changed_definition_is_told_apart_from_changed_rows(files: Files) -> None:
    publish([visit(1), visit(2, is_served=False)])
    measured()
    files.indicator(SERVED.replace("WHERE is_served", "WHERE is_served OR cost > 0"))
    measured(later=1)
    new, old = reads.history(reader(), served().id)
    why = reads.difference(reader(), old.id, new.id)
    assert (old.value, new.value) == (50, 100)
    assert (why.is_definition_changed, why.is_sql_changed) == (True, True)
    assert [(each.before, each.after, each.whole) for each in why.datasets] == [
        (1, 1, reads.Changes(0, 0, 0))
    ]
    assert "is_served OR" not in reads.definition_of(reader(), old.id).numerator


def test_what_did_not_change_is_not_written_again() -> None:
    publish([visit(1), visit(2, day="2026-04-02")])
    first = measured()
    assert measured(later=1).pk == first.pk
    publish([visit(1), visit(2, day="2026-04-02", is_served=False)])
    second = measured(later=2)
    assert (first.changed, second.changed, second.rows) == (2, 1, 2)
    assert Measurement.objects.count() == 3
    assert [each.run_id for each in reads.series(reader(), "served", MALANG)] == [first.pk, second.pk]


def test_a_figure_whose_rows_are_gone_no_longer_stands_and_stays_in_history() -> None:
    publish([visit(1), visit(2, day="2026-04-02")])
    measured()
    april = served()
    publish([visit(1)], corrects=1, reason="Bukan kunjungan")
    measured(later=1)
    assert [each.period for each in reads.series(reader(), "served", MALANG)] == ["2026-03"]
    gone, old = reads.history(reader(), april.id)
    assert (old.value, gone.value, gone.is_gone, gone.is_standing) == (100, None, True, False)


def test_the_database_refuses_to_rewrite_history() -> None:
    publish([visit(1)])
    measured()
    for rows in (Measurement.objects.all(), MeasurementRun.objects.all()):
        assert rows.model.append_only


def test_the_newest_period_begun_by_a_day_is_given() -> None:
    publish([visit(n, day=f"2026-0{n}-10") for n in range(1, 5)])
    measured()

    def at(day: date) -> str | None:
        found = reads.latest(reader(), ["served", "unknown"], [MALANG, "35.07"], day)
        return found["served", MALANG].period if found else None

    assert (at(date(2026, 3, 31)), at(date(2026, 4, 1)), at(date(2026, 12, 31))) == (
        "2026-03",
        "2026-04",
        "2026-04",
    )
    assert at(date(2025, 12, 31)) is None


def test_the_rows_behind_a_figure_are_those_it_counts(files: Files) -> None:
    publish(
        [visit(1), visit(2, is_served=False), visit(3, region=LATE), visit(4, day="2026-04-01"), visit(5)]
    )
    measured()
    figure = reads.series(reader(), "served", MALANG)[0]
    above = reads.rows_behind(reader(), figure.id)
    below = reads.rows_behind(reader(), figure.id, "denominator", limit=2, offset=1)
    assert ([row[0] for row in above.rows], above.total) == ([1, 5], figure.numerator)
    assert ([row[0] for row in below.rows], below.total) == ([2, 5], figure.denominator)
    assert (above.dataset, above.number, above.columns[0].name) == ("visits", 1, "id")


def test_the_rows_behind_an_old_figure_are_those_of_its_version() -> None:
    publish([visit(1), visit(2)])
    measured()
    old = served()
    publish([visit(1)])
    measured(later=1)
    assert reads.rows_behind(reader(), old.id).total == 2
    assert reads.rows_behind(reader(), served().id).total == 1


def test_a_sum_counts_only_rows_that_have_a_value() -> None:
    publish([visit(1, cost=None), visit(2, cost="10.5"), visit(3, clinic="Dinoyo", cost=None)])
    measured("costs")
    kauman, dinoyo = (
        reads.series(reader(), "costs", MALANG, {"clinic": name})[0] for name in ("Kauman", "Dinoyo")
    )
    assert [row[0] for row in reads.rows_behind(reader(), kauman.id).rows] == [2]
    assert (dinoyo.numerator, dinoyo.value) == (None, None)
    with pytest.raises(NotFound):
        reads.rows_behind(reader(), kauman.id, "denominator")


def test_rows_of_a_closed_dataset_are_not_shown_but_its_figure_is(files: Files) -> None:
    files.visits("closed")
    files.indicator(SERVED, minimum_count=5)
    publish([visit(n) for n in range(5)])
    measured()
    rows = reads.rows_behind(reader(), served().id)
    assert served().value == 100
    assert (rows.rows, rows.total, rows.dataset) == ((), None, "visits")
    assert rows.unreadable
    assert reads.rows_behind(steward(), served().id).total == 5


def test_nobody_sees_the_figures_of_another_tenant(cast: Cast) -> None:
    publish([visit(1)])
    measured()
    figure = served()
    for see in (reads.measured, reads.history, reads.rows_behind):
        with tenancy.scope("35.07"), pytest.raises(NotFound):
            see(cast.joko.actor, figure.id)
    with tenancy.scope("35.07"):
        assert reads.series(cast.joko.actor, "served", MALANG) == ()
        assert reads.latest(cast.joko.actor, ["served"], [MALANG], date(2026, 12, 31)) == {}
    nobody = Actor("x", "Tanpa hak", MALANG)
    assert reads.indicators(nobody) == ()
    with pytest.raises(NotFound):
        reads.measured(nobody, figure.id)


def test_figures_of_one_office_are_open_to_another(cast: Cast) -> None:
    publish([visit(1)])
    measured()
    assert reads.measured(cast.agus.actor, served().id).value == 100


def test_only_the_steward_computes(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        changes.measure(cast.agus.actor, "served", "uji", at=NOW)


def test_an_older_computing_does_not_overwrite_a_newer_one() -> None:
    publish([visit(1)])
    ((_code, slow),) = computed(["served"])
    assert isinstance(slow, Computed)
    publish([visit(1), visit(2, is_served=False)])
    newer = measured()
    assert keep(steward(), slow, "uji", at=NOW).pk == newer.pk
    assert served().value == 50


def test_a_failure_is_kept_and_shown_until_it_goes_well(files: Files) -> None:
    files.indicator(COSTS.replace("WHERE clinic IS NOT NULL ", ""))
    publish([visit(1, clinic=None)])
    with pytest.raises(Invalid):
        measured("costs")
    failure = reads.indicator(reader(), "costs").failure
    assert failure is not None
    assert (failure.part, "clinic" in failure.told, failure.at) == ("numerator", True, NOW)
    assert Measurement.objects.count() == 0
    publish([visit(1)])
    measured("costs", later=1)
    assert reads.indicator(reader(), "costs").failure is None


def test_a_version_that_arrives_computes_what_reads_it_once() -> None:
    publish([visit(1)])
    arrived = QueuedJob.objects.get(name__startswith="on data.version_published: balai.data.measuring")
    measuring._arrived(**arrived.payload)
    asked = QueuedJob.objects.get(name="data.measure")
    assert sorted(asked.payload["indicators"]) == ["costs", "served"]
    measuring.measure(**asked.payload)
    measuring.measure(**asked.payload)
    assert {each.code for each in IndicatorState.objects.filter(latest__isnull=False)} == {"costs", "served"}
    assert MeasurementRun.objects.count() == 2
    assert StandingMeasurement.objects.count() == 2


def test_one_indicator_that_fails_does_not_keep_the_others_back(files: Files) -> None:
    files.indicator(COSTS.replace("WHERE clinic IS NOT NULL ", ""))
    publish([visit(1, clinic=None)])
    with pytest.raises(Invalid):
        measuring.compute(["costs", "served"], "uji", NOW)
    assert served().value == 100

"""Realisation: the three rules, their sums, and the count in the database against the rule in Python."""

import csv
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast

from balai.base import tenancy
from balai.plan import changes, reads
from balai.plan.models import Action, Origin, Report, Target
from balai.plan.rules.numbers import half_up
from balai.plan.rules.progress import achievement, trend
from balai.plan.rules.realisation import RealisationRule, Rule, Tally, counted, is_done, realise, side_by_side
from balai.plan.tests import town
from balai.plan.tests.town import TODAY, Town

RULE = RealisationRule("realisasi-1")
ORACLE = Path(__file__).resolve().parents[4] / "tests" / "oracles" / "kebumen_2022.csv"


@pytest.fixture
def malang_town(cast: Cast, malang: tenancy.Scope) -> Town:
    return town.found(cast)


def kebumen() -> dict[str, tuple[int, int]]:
    lines = [line for line in ORACLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {row["dimension"]: (int(row["done"]), int(row["planned"])) for row in csv.DictReader(lines)}


def test_kebumen_2022_gives_both_published_ways_of_counting() -> None:
    pooled, mean, _weighted = side_by_side({key: counted(*pair) for key, pair in kebumen().items()}, RULE)
    assert (pooled.numerator, pooled.denominator, pooled.rounded) == (47, 51, Decimal("92.16"))
    assert mean.rounded == Decimal("93.17")


def test_the_sum_is_written_as_a_person_would_write_it() -> None:
    pooled, mean, _weighted = side_by_side({key: counted(*pair) for key, pair in kebumen().items()}, RULE)
    assert pooled.spelled() == "(9 + 9 + 6 + 9 + 10 + 4) / (9 + 10 + 7 + 9 + 12 + 4) = 47 / 51 = 92,16 %"
    assert mean.spelled() == "(9/9 + 9/10 + 6/7 + 9/9 + 10/12 + 4/4) / 6 = 93,17 %"
    assert mean.spelled(".").endswith("93.17 %")


def test_the_mean_is_taken_of_unrounded_ratios() -> None:
    thirds = {key: counted(2, 3) for key in "abcdef"} | {"g": counted(1, 1)}
    assert realise(Rule.MEAN, thirds, RULE).value == Fraction(5, 7)


def test_a_dimension_without_planned_actions_takes_no_part_in_the_mean() -> None:
    mean = realise(Rule.MEAN, {"a": counted(1, 2), "b": Tally()}, RULE)
    assert (mean.value, mean.denominator) == (Fraction(1, 2), 1)


def test_not_reported_is_planned_and_shown_apart_and_nothing_reported_is_no_figure() -> None:
    silent = Tally(Fraction(4), Fraction(0), Fraction(0), Fraction(4), Fraction(0))
    for figure in side_by_side({"a": silent}, RULE):
        assert (figure.value, figure.rounded, figure.not_reported) == (None, None, 4)
        assert figure.spelled() == ""
    some = realise(Rule.POOLED, {"a": silent, "b": counted(1, 1)}, RULE)
    assert (some.rounded, some.not_reported) == (Decimal("20.00"), 4)


def test_nothing_planned_is_no_figure() -> None:
    assert [figure.value for figure in side_by_side({}, RULE)] == [None, None, None]


def test_weights_count_in_the_weighted_rule_alone() -> None:
    heavy = Tally(Fraction(2), Fraction(1), Fraction(2), Fraction(4), Fraction(3))
    assert [figure.rounded for figure in side_by_side({"a": heavy}, RULE)] == [
        Decimal("50.00"),
        Decimal("50.00"),
        Decimal("75.00"),
    ]


@pytest.mark.parametrize(
    ("number", "decimals", "rounded"),
    [
        (Fraction(1, 200), 2, "0.01"),  # .005 goes up; binary floats would say 0.00 or 0.01 by luck
        (Fraction(1005, 1000), 2, "1.01"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(0), 2, "0.00"),
        (Fraction(100), 0, "100"),
    ],
)
def test_rounding_is_half_up_and_once(number: Fraction, decimals: int, rounded: str) -> None:
    assert str(half_up(number, decimals)) == rounded


@pytest.mark.parametrize(
    ("why", "value", "target", "physical", "direction", "done"),
    [
        ("reaches the target", "10", "10", None, "up", True),
        ("stays below it", "9.9999", "10", "100", "up", False),
        ("fewer is better and it is fewer", "9", "10", None, "down", True),
        ("fewer is better and it is more", "11", "10", None, "down", False),
        ("a target of zero is reached by zero", "0", "0", None, "down", True),
        ("no number is planned and the work is done", None, None, "100", "up", True),
        ("no number is planned and the work is not done", None, None, "99.99", "up", False),
        ("a value is missing", None, "10", "100", "up", False),
        ("nothing is known", None, None, None, "up", False),
    ],
)
def test_when_an_action_is_done(
    why: str, value: str | None, target: str | None, physical: str | None, direction: str, done: bool
) -> None:
    numbers = [None if text is None else Decimal(text) for text in (value, target, physical)]
    assert is_done(RULE, *numbers, direction) is done, why


@pytest.mark.parametrize(
    ("why", "value", "target", "baseline", "direction", "reached"),
    [
        ("half of what was promised", "10", "20", None, "up", Fraction(1, 2)),
        ("beyond the target is not clipped", "30", "20", "5", "up", Fraction(3, 2)),
        ("a target of zero cannot be exceeded by a share", "3", "0", None, "up", None),
        ("three quarters of the way down", "70", "60", "100", "down", Fraction(3, 4)),
        ("worse than at the start is below zero", "110", "60", "100", "down", Fraction(-1, 4)),
        ("to stay below, and it does", "50", "60", None, "down", Fraction(1)),
        ("to stay below, and it does not", "80", "60", None, "down", Fraction(3, 4)),
        ("a missing value is not zero", None, "60", "100", "down", None),
    ],
)
def test_achievement(
    why: str, value: str | None, target: str, baseline: str | None, direction: str, reached: Fraction | None
) -> None:
    numbers = [None if text is None else Decimal(text) for text in (value, target, baseline)]
    assert achievement(*numbers, direction) == reached, why


def test_a_fall_is_better_where_lower_is_better() -> None:
    moved = trend(Decimal(8), Decimal(10), "down")
    assert moved is not None
    assert (moved.difference, moved.is_better) == (Decimal(-2), True)
    assert trend(None, Decimal(10), "up") is None


@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.floats(0, 1)).map(lambda t: (int(t[0] * t[1]), t[0])), min_size=1
    )
)
def test_pooling_and_meaning_never_leave_the_range_of_the_dimensions(pairs: list[tuple[int, int]]) -> None:
    tallies = {str(n): counted(*pair) for n, pair in enumerate(pairs)}
    ratios = [Fraction(*pair) for pair in pairs]
    for figure in side_by_side(tallies, RULE):
        assert figure.value is not None
        assert min(ratios) <= figure.value <= max(ratios)


def test_the_database_counts_kebumen_as_the_rule_does(malang_town: Town) -> None:
    actions = malang_town.dimensions(kebumen(), targets={2026: Decimal(10)})
    malang_town.adopt()
    quarter = malang_town.quarter()
    Report.objects.bulk_create(
        Report(
            action=action,
            period=quarter,
            year=2026,
            value=10 if done else 9,
            status="verified",
            stands=True,
            verifier_id_text="x",
        )
        for action, done in actions.items()
    )
    (count,) = reads.realisation(malang_town.cast.visitor, None, 2026, TODAY)
    assert (count.pooled.rounded, count.mean.rounded) == (Decimal("92.16"), Decimal("93.17"))
    assert list(count.tallies) == ["governance", "branding", "economy", "living", "society", "environment"]
    assert count.pooled.rule_version == "realisasi-1"


def test_shares_of_a_third_add_up_exactly(malang_town: Town) -> None:
    third = tuple(changes.ShareDraft(key, 1, 3) for key in ("governance", "branding", "economy"))
    action = malang_town.action(shares=third, weight=Decimal("2.5"))
    malang_town.adopt()
    malang_town.verified(action, 20)
    (count,) = reads.realisation(malang_town.rini, None, 2026, TODAY)
    assert count.total == Tally(Fraction(1), Fraction(1), Fraction(1), Fraction(5, 2), Fraction(5, 2))
    assert count.tallies["branding"].done == Fraction(1, 3)


def test_an_illustration_is_never_pooled_with_a_record(malang_town: Town) -> None:
    real = malang_town.action()
    malang_town.action("X1", origin="illustration")
    malang_town.action("F1", origin="published", source="https://example.go.id/2025")
    malang_town.adopt()
    malang_town.verified(real, 20)
    counts = reads.realisation(malang_town.rini, None, 2026, TODAY)
    assert [(count.origin, count.total.planned, count.total.done) for count in counts] == [
        (Origin.RECORD, 1, 1),
        (Origin.PUBLISHED, 1, 0),
        (Origin.ILLUSTRATION, 1, 0),
    ]
    assert [count.pooled.rounded for count in counts] == [Decimal("100.00"), None, None]


def test_an_action_without_a_target_in_the_year_is_not_planned_in_it(malang_town: Town) -> None:
    malang_town.action(targets={2025: None})
    malang_town.adopt()
    assert reads.realisation(malang_town.rini, None, 2026, TODAY) == ()


def test_a_draft_is_not_counted_among_the_plans_in_force(malang_town: Town) -> None:
    malang_town.action()
    assert reads.tallies([2026], RULE) == {}


def test_the_database_decides_done_as_the_rule_in_python_does(malang_town: Town) -> None:
    """Random rows, the decimal ties among them (SQLite keeps decimals as binary floats)."""
    chance = random.Random(20)
    ties = [Decimal(n) / 10_000 for n in (1, 3333, 6667, 7, 29_999, 70_000)] + [None, Decimal(0)]
    draft = [malang_town.action(f"R{n}", direction=chance.choice(["up", "down"])) for n in range(60)]
    malang_town.adopt()
    quarter = malang_town.quarter()
    expected = 0
    for action in draft:
        target, value, physical = chance.choice(ties), chance.choice(ties), chance.choice([None, 50, 100])
        Target.objects.filter(action=action, year=2026).update(value=target)
        Report.objects.create(
            action=action,
            period=quarter,
            year=2026,
            value=value,
            physical_percent=physical,
            status="verified",
            stands=True,
            verifier_id_text="x",
        )
        percent = None if physical is None else Decimal(physical)
        expected += is_done(RULE, value, target, percent, action.direction)
    found = reads.tallies([2026], RULE)
    assert sum(tally.done for tally in found.values()) == expected
    rows = reads.programme_tree(malang_town.rini, None, 2026, TODAY).actions
    assert sum(bool(row.is_done) for row in rows) == expected


def test_the_tree_takes_the_same_queries_for_one_action_as_for_many(
    malang_town: Town, django_assert_max_num_queries: object
) -> None:
    for n in range(12):
        malang_town.action(f"B{n}", is_quick_win=n == 0)
    malang_town.adopt()
    assert Action.objects.count() == 12
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        tree = reads.programme_tree(malang_town.cast.visitor, None, 2026, date(2026, 5, 1))
        assert len(tree.actions) == 12
        assert len(tree.dimensions) == 6

"""Published figures of the ministry and of KemenPANRB, recomputed; sources in tests/oracles/evaluation.md."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from balai.evaluation import rules
from balai.evaluation.rules import published, published_table

ORACLES = Path(__file__).resolve().parents[4] / "tests" / "oracles"
INSTRUMENTS = {code: found.value for code, found in rules.instruments().items()}
SPBE = INSTRUMENTS["spbe-2020"]


def rows(name: str) -> tuple[published_table.PublishedRow, ...]:
    return published_table.read_table((ORACLES / name).read_bytes(), INSTRUMENTS.values()).rows


CITIES = {(row.unit, row.year): row for row in rows("evaluation_smartcity_results.csv")}
AGENCIES = rows("evaluation_spbe_results.csv")


def index(unit: str, year: int) -> rules.Index:
    found = published.recomputed(CITIES[unit, year])
    assert found is not None
    return found


def test_every_smart_city_row_is_met_to_the_last_digit() -> None:
    assert len(CITIES) == 44
    assert [
        (row.unit, row.year) for row in CITIES.values() if index(row.unit, row.year).shown != row.total
    ] == []


def test_every_change_is_met_where_both_years_are_known() -> None:
    compared = [
        (row.unit, rules.improvement(index(row.unit, row.year), index(row.unit, row.year - 1)), row.change)
        for row in CITIES.values()
        if row.change is not None and (row.unit, row.year - 1) in CITIES
    ]
    assert len(compared) == 5
    assert [each for each in compared if each[1] != each[2]] == []


@pytest.mark.parametrize(
    ("unit", "year", "final", "change"),
    [
        ("Kota Kediri", 2022, "3.31", None),
        ("Kota Kediri", 2023, "3.20", "-0.12"),
        ("Kabupaten Malang", 2022, "2.51", None),
        ("Kabupaten Malang", 2023, "2.94", "0.44"),
        ("Kota Malang", 2023, "2.93", "-0.01"),
        ("Kota Surabaya", 2023, "3.65", "0.25"),
    ],
)
def test_the_known_traps_of_rounding_are_met(unit: str, year: int, final: str, change: str | None) -> None:
    """Kediri 2022 rounded once would be 3.32; Kabupaten Malang 2022 rounded once is 2.50, and so +0.44."""
    assert index(unit, year).shown == Decimal(final)
    if change is not None:
        assert rules.improvement(index(unit, year), index(unit, year - 1)) == Decimal(change)


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("smartcity-2022-first-phase", "kab_malang_2022"),
        ("smartcity-2023-kppn-ikn", "kab_malang_2023"),
    ],
)
def test_the_components_of_kabupaten_malang_come_from_its_questions(code: str, column: str) -> None:
    with (ORACLES / "evaluation_smartcity_questions.csv").open(encoding="utf-8") as file:
        scores = {row["question"]: Decimal(row[column]) for row in csv.DictReader(file) if row[column]}
    row = CITIES["Kabupaten Malang", int(column[-4:])]
    instrument = INSTRUMENTS[code]
    assert set(scores) == {question.key for question in instrument.questions}
    assert rules.component_scores(instrument, scores) == row.values
    assert rules.index_of_scores(instrument, scores).shown == row.total


def test_every_spbe_row_is_met_within_the_rounding_of_its_domains() -> None:
    assert len(AGENCIES) == 100
    far = []
    for row in AGENCIES:
        found = published.recomputed(row)
        assert found is not None and row.total is not None
        if abs(found.exact - Fraction(row.total)) > Fraction("0.0101"):
            far.append(row.unit)
    assert far == []


# --- from levels: looked for by brute force, apart from the code of the product -------

WEIGHTS = {key: Fraction(weight) for key, weight in SPBE.indicator_weights.items()}
"""1-10: 1.30, 11-20: 2.50, 21-31: 1.50, 32-41: 2.75, 42-47: 3.00."""


def sums_that_print(printed: Decimal, least: int, most: int) -> Iterator[int]:
    """Yield each sum of levels whose mean over `least` indicators prints as the domain value."""
    for total in range(least, most + 1):
        if rules.half_up(Fraction(total, least)) == printed:
            yield total


def indexes_possible(row: published_table.PublishedRow) -> set[Decimal]:
    """Return every index that levels 1 to 5 can give with the printed domain values, half up."""
    first = list(sums_that_print(row.values["kebijakan"], 10, 50))
    second = list(sums_that_print(row.values["tata_kelola"], 10, 50))
    third = list(sums_that_print(row.values["manajemen"], 11, 55))
    fourth = [
        (office, public)
        for office, public in product(range(10, 51), range(6, 31))
        if rules.half_up((office * Fraction(11, 4) + public * 3) / Fraction(91, 2)) == row.values["layanan"]
    ]
    return {
        rules.half_up(
            (
                a * Fraction(13, 10)
                + b * Fraction(5, 2)
                + c * Fraction(3, 2)
                + d * Fraction(11, 4)
                + e * Fraction(3)
            )
            / 100
        )
        for a, b, c, (d, e) in product(first, second, third, fourth)
    }


def test_levels_that_print_the_published_domains_give_the_published_index() -> None:
    """The levels themselves are not published. Where whole levels print as the domain values at all,
    some of them give the published index exactly; for most agencies there is no other."""
    found = {(row.unit, row.year): (indexes_possible(row), row.total) for row in AGENCIES}
    explained = {key: (possible, total) for key, (possible, total) in found.items() if possible}
    assert len(explained) >= 90
    assert [key for key, (possible, total) in explained.items() if total not in possible] == []


def levels_of(counts: dict[str, int]) -> dict[str, int]:
    """Return levels whose sum in each run of indicators is as asked, spread as evenly as whole levels can."""
    runs = {"a": range(1, 11), "b": range(11, 21), "c": range(21, 32), "d": range(32, 42), "e": range(42, 48)}
    levels = {}
    for run, keys in runs.items():
        each, rest = divmod(counts[run], len(keys))
        levels |= {str(key): each + (place < rest) for place, key in enumerate(keys)}
    return levels


def test_an_index_from_levels_equals_the_sum_of_fractions() -> None:
    levels = levels_of({"a": 44, "b": 31, "c": 30, "d": 45, "e": 27})
    by_hand = sum(WEIGHTS[key] * level for key, level in levels.items()) / 100
    found = rules.index_of_levels(SPBE, levels)
    assert found.exact == by_hand
    domains = rules.domain_values(SPBE, levels)
    assert rules.index_of_parts(SPBE, domains).exact == by_hand


def test_an_index_shown_as_3_50_may_still_be_baik() -> None:
    """As Kabupaten Pacitan was published: 3.50, and Baik since before rounding it is below 3.5."""
    near = [
        rules.index_of_levels(SPBE, levels_of({"a": a, "b": 35, "c": c, "d": 35, "e": 21}))
        for a, c in product(range(10, 51), range(11, 56))
    ]
    pacitan = next(each for each in near if each.shown == Decimal("3.50") and each.exact < Fraction("3.5"))
    assert pacitan.predicate is not None and pacitan.predicate.name.id == "Baik"
    just = next(each for each in near if each.exact >= Fraction("3.5"))
    assert just.predicate is not None and just.predicate.name.id == "Sangat Baik"


def test_aceh_tengah_2025_is_cukup_though_its_rounded_domains_would_read_baik() -> None:
    """Domains 2.30, 1.70, 1.00 and 3.75: from levels 2.5940, published 2.59 Cukup."""
    found = rules.index_of_levels(SPBE, levels_of({"a": 23, "b": 17, "c": 11, "d": 38, "e": 22}))
    assert (found.exact, found.shown) == (Fraction("2.594"), Decimal("2.59"))
    assert found.predicate is not None and found.predicate.name.id == "Cukup"
    rounded = {
        key: rules.half_up(value)
        for key, value in rules.domain_values(
            SPBE, levels_of({"a": 23, "b": 17, "c": 11, "d": 38, "e": 22})
        ).items()
    }
    assert rounded == {
        "kebijakan": Decimal("2.30"),
        "tata_kelola": Decimal("1.70"),
        "manajemen": Decimal("1.00"),
        "layanan": Decimal("3.75"),
    }
    assert rules.index_of_parts(SPBE, rounded).shown == Decimal("2.60")


@pytest.mark.parametrize("name", ["evaluation_smartcity_results.csv", "evaluation_spbe_results.csv"])
def test_no_published_row_differs_when_the_table_is_checked(name: str) -> None:
    checked = tuple(published.check(rows(name)))
    assert [each.row.unit for each in checked if each.differs] == []

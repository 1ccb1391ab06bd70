"""Indicators counted together have the figures each has when it is counted alone."""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from balai.base.errors import Refused
from balai.data import changes, reads
from balai.data.changes import indicators_counting
from balai.data.changes.indicators import computed
from balai.data.changes.indicators_counting import Computed, Group
from balai.data.rules.indicators import Counted
from balai.data.rules.indicators_counting import counting
from balai.data.tests.measuring import COSTS, MALANG, SERVED, Files, publish, reader, visit, written
from balai.data.tests.registry import NOW, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]

REGIONS = (MALANG, "35.73.01", "35.73.05")
CONDITIONS = (
    "",
    "is_served",
    "NOT is_served",
    "cost > 100 OR clinic = 'Dinoyo'",
    "clinic <> 'Kauman'",
    "cost IS NULL",
    "id < 0",
    "clinic IS NULL AND is_served",
)
VALUES = ("count(*)", "count(cost)", "count(DISTINCT clinic)", "sum(cost)", "min(cost)", "max(id)", "sum(id)")


@pytest.fixture(autouse=True)
def files(settings: LazySettings, tmp_path: Path) -> Files:
    return written(settings, tmp_path / "definitions")


def test_indicators_counted_together_are_equal_to_each_counted_alone(files: Files) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    codes = [_defined(files, chance, number) for number in range(14)]
    publish([_visit(chance, number) for number in range(200)])
    together = dict(_figures(codes))
    alone = {code: figures for each in codes for code, figures in _figures([each])}
    assert together == alone, seed
    assert sum(map(len, together.values())) > 100, seed


def test_what_counts_the_same_rows_is_one_question(files: Files) -> None:
    codes = [_defined(files, random.Random(number), number, value="sum(cost)") for number in range(8)]
    publish([visit(1)])
    wanted = [each for one in _checked(codes) for each in indicators_counting._wanted(one)]
    (asked,) = counting(wanted)
    assert {each.indicator for each in asked.wanted} == set(codes)


def test_what_is_too_wide_for_one_question_is_asked_in_several(files: Files) -> None:
    codes = [_defined(files, random.Random(n), n, where=f"id <> {n}") for n in range(60)]
    publish([visit(1), visit(2)])
    wanted = [each for one in _checked(codes) for each in indicators_counting._wanted(one)]
    asked = list(counting(wanted))
    assert len(asked) > 1
    assert sorted(key for each in asked for key in each.places) == sorted(
        (each.indicator, each.name) for each in wanted
    )
    assert all(isinstance(found, Computed) for _code, found in computed(codes))


def test_one_that_overflows_is_refused_alone(files: Files) -> None:
    whole = "cost * 10000000000 * 10000000000"
    files.indicator(COSTS.replace("costs", "large", 1).replace("sum(cost)", f"max({whole})"))
    publish([visit(1, cost="98765432109876543210.1234")])
    found = dict(computed(["costs", "large"]))
    assert isinstance(found["costs"], Computed)
    assert isinstance(found["large"], Refused)


def test_a_group_that_one_indicator_does_not_count_is_no_fault_of_it(files: Files) -> None:
    files.indicator(COSTS.replace("costs", "bad", 1).replace("WHERE clinic IS NOT NULL ", ""))
    publish([visit(1), visit(2, clinic=None)])
    found = dict(computed(["costs", "bad"]))
    assert isinstance(found["costs"], Computed)
    assert isinstance(found["bad"], Refused)
    assert "clinic" in str(found["bad"])


def test_an_answer_too_large_for_many_is_asked_again_for_fewer(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [_defined(files, random.Random(n), n, where="") for n in range(5)]
    publish([visit(n, region=REGIONS[n % 3]) for n in range(9)])
    whole = dict(_figures(codes))
    monkeypatch.setattr(indicators_counting, "MOST_CELLS", 10)
    assert dict(_figures(codes)) == whole


def test_an_empty_text_is_a_value_and_a_missing_one_is_none(files: Files) -> None:
    empty = COSTS.replace("clinic, sum", "coalesce(clinic, '') AS clinic, sum").replace(
        "WHERE clinic IS NOT NULL ", ""
    )
    files.indicator(empty.replace("year(day), clinic", "year(day), coalesce(clinic, '')"))
    publish([visit(1, clinic=None), visit(2, clinic='a,"b"\nc')])
    ((_code, found),) = _figures(["costs"])
    assert [group.dimensions for group in sorted(found)] == ['{"clinic":""}', '{"clinic":"a,\\"b\\"\\nc"}']


def test_a_figure_written_with_other_digits_is_the_same_figure(files: Files) -> None:
    publish([visit(1, cost="1500.2500")])
    changes.measure(steward(), "costs", "uji", at=NOW)
    files.indicator(COSTS.replace("sum(cost)", "sum(CAST(cost AS DECIMAL(18, 2)))"))
    run = changes.measure(steward(), "costs", "uji", at=NOW)
    assert run is not None
    assert run.changed == 0
    (figure,) = reads.series(reader(), "costs", MALANG, {"clinic": "Kauman"})
    assert figure.value == Decimal("1500.25")


def _figures(codes: list[str]) -> list[tuple[str, dict[Group, Counted]]]:
    found = []
    for code, each in computed(codes):
        assert isinstance(each, Computed), (code, each)
        found.append((code, dict(each.figures)))
    return found


def _checked(codes: list[str]) -> list[Any]:
    return [each.checked for _code, each in computed(codes) if isinstance(each, Computed)]


def _defined(
    files: Files, chance: random.Random, number: int, value: str | None = None, where: str | None = None
) -> str:
    code = f"made_{number}"
    parts = ["numerator"] + (["denominator"] if chance.random() < 0.6 else [])
    text = SERVED[: SERVED.index("numerator")].replace("served", code, 1)
    for part in parts:
        condition = chance.choice(CONDITIONS) if where is None else where
        text += (
            f"{part}: |\n  SELECT region, strftime(day, '%Y-%m') AS period, "
            f"{value or chance.choice(VALUES)} AS value\n  FROM visits"
            f"{f' WHERE {condition}' if condition else ''} GROUP BY region, strftime(day, '%Y-%m')\n"
        )
    files.indicator(text, minimum_count=chance.choice((0, 0, 4)))
    return code


def _visit(chance: random.Random, number: int) -> dict[str, Any]:
    return visit(
        number,
        region=chance.choice(REGIONS),
        day=f"2026-{chance.randrange(1, 13):02}-10",
        clinic=chance.choice(("Kauman", "Dinoyo", None)),
        is_served=chance.random() < 0.5,
        cost=chance.choice((None, "0.0001", "98765432109876543210.1234", "-5.5", "150")),
    )

"""Every shipped indicator against the same figure counted in plain Python from the same rows."""

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from django.conf import settings

from balai.base import tenancy
from balai.base.actor import system
from balai.data import changes, measuring, reads
from balai.data.rules.indicators_files import INDICATORS
from balai.data.rules.metadata import DATASETS
from balai.data.tests.measuring import reader
from balai.data.tests.registry import NOW
from balai.definitions import get, load
from balai.places.models import Region, RegionFigure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]

type Row = Mapping[str, Any]
type Key = tuple[str, ...]


def publish(code: str, rows: list[dict[str, Any]]) -> None:
    """Publish rows with what they do not say left out."""
    actor = system("test", tenancy.current_tenant(), "data.publish")
    changes.ensure(actor, code)
    names = [column.name for column in get(DATASETS, code).value.columns]
    changes.publish(actor, code, [{name: row.get(name) for name in names} for row in rows], "2026", at=NOW)


@pytest.fixture
def plan() -> None:
    """A plan of 400 action years and their money, at random; every part of it may be missing."""
    chance = random.Random(39)
    actions = [
        {
            "region": "35.73",
            "programme": f"P{n % 7}",
            "action": f"A{n}",
            "title": f"Aksi {n}",
            "origin": chance.choice(["record", "illustration"]),
        }
        for n in range(100)
    ]
    progress, budget = [], []
    for action in actions:
        for year in range(2024, 2028):
            is_planned = chance.random() < 0.8
            progress.append(
                action
                | {
                    "year": year,
                    "unit": "unit",
                    "is_planned": is_planned,
                    "is_reported": chance.random() < 0.6,
                    "is_done": chance.choice([True, False, None]),
                    "evidence_count": chance.choice([0, 0, 1, 3]),
                    "physical_percent": chance.choice(
                        [None, Decimal("33.33"), Decimal(50), Decimal("99.99")]
                    ),
                }
            )
            for fund in chance.sample(["apbd", "apbn", "csr"], 2):
                budget.append(
                    action
                    | {
                        "year": year,
                        "fund": fund,
                        "code": "1.01",
                        "in_kind": chance.random() < 0.2,
                        "budget": chance.randrange(0, 9 * 10**15),
                        "spent": chance.choice([None, chance.randrange(0, 9 * 10**14)]),
                    }
                )
    publish("plan_progress", progress)
    publish("plan_budget", budget)


@pytest.fixture
def reference() -> None:
    """The nation's datasets, with the regions that the published results name."""
    codes = {"35": "Jawa Timur"}
    for name in ("spbe", "smartcity"):
        with (settings.ROOT / f"reference/results/{name}_results.csv").open(encoding="utf-8") as file:
            codes |= {line["region"]: line["region"] for line in csv.DictReader(file) if line["region"]}
    Region.objects.filter(code__in=codes).delete()
    for at, (code, name) in enumerate(codes.items()):
        level = "regency" if "." in code else "province"
        Region.objects.create(
            code=code, name=name, level=level, kind="kota", parent=code[:-3], search_key=name, edition="uji"
        )
        if at % 3:
            RegionFigure.objects.create(
                code=code,
                year=2024,
                population=885_271 + 7 * at,
                male=440_000 + at if at % 2 else None,
                female=445_271 + 6 * at if at % 2 else None,
                area_km2=Decimal("111.077") + at,
                population_source="uji",
                area_source="uji",
            )
    changes.publish_reference(NOW)


class Oracle(NamedTuple):
    """How a figure is counted without SQL: groups, rows, what is added up above and below."""

    dataset: str
    group: Callable[[Row], Key]
    above: Callable[[Row], Any]
    below: Callable[[Row], Any] | None = None
    only: Callable[[Row], bool] = lambda row: True
    scale: int = 1
    decimals: int = 2


def by_origin(row: Row) -> Key:
    return row["region"], str(row["year"]), row["origin"]


def of_region(row: Row) -> Key:
    return row["region"], str(row["year"])


def of_figures(row: Row) -> Key:
    return row["code"], str(row["figures_year"])


def of_day(row: Row) -> Key:
    day: date = row["day"]
    return "00", str(day.year), row["certainty"]


def share(above: Callable[[Row], Any]) -> Oracle:
    return Oracle(
        "plan_progress",
        by_origin,
        lambda row: int(bool(above(row))),
        lambda row: 1,
        lambda r: r["is_planned"],
        100,
    )


ORACLES = {
    "plan_actions_reported": share(lambda row: row["is_reported"]),
    "plan_actions_evidenced": share(lambda row: row["evidence_count"] > 0),
    "plan_actions_done": share(lambda row: row["is_done"]),
    "plan_physical_progress": Oracle(
        "plan_progress",
        by_origin,
        lambda row: row["physical_percent"],
        lambda row: 1,
        lambda row: row["physical_percent"] is not None,
    ),
    "plan_budget_absorption": Oracle(
        "plan_budget",
        by_origin,
        lambda row: row["spent"] or 0,
        lambda row: row["budget"],
        lambda row: not row["in_kind"],
        100,
    ),
    "plan_budget_outside_apbd": Oracle(
        "plan_budget",
        by_origin,
        lambda row: row["budget"] if row["fund"] != "apbd" else 0,
        lambda row: row["budget"],
        lambda row: not row["in_kind"],
        100,
    ),
    "population_density": Oracle(
        "regions",
        of_figures,
        lambda row: row["population"],
        lambda row: row["area_km2"],
        lambda row: None not in (row["population"], row["area_km2"]),
    ),
    "sex_ratio": Oracle(
        "regions",
        of_figures,
        lambda row: row["male"],
        lambda row: row["female"],
        lambda row: None not in (row["male"], row["female"]),
        100,
    ),
    "public_holidays": Oracle(
        "holidays", of_day, lambda row: 1, only=lambda row: row["kind"] == "national", decimals=0
    ),
    "joint_leave_days": Oracle(
        "holidays", of_day, lambda row: 1, only=lambda row: row["kind"] == "joint_leave", decimals=0
    ),
    "spbe_index": Oracle(
        "spbe_results", of_region, lambda row: row["index_value"], only=lambda row: row["region"]
    ),
    "spbe_services": Oracle(
        "spbe_results", of_region, lambda row: row["services"], only=lambda row: row["region"]
    ),
    "spbe_good_share": Oracle(
        "spbe_results",
        lambda row: (row["region"][:2], str(row["year"])),
        lambda row: int(row["predicate"] in {"Baik", "Sangat Baik", "Memuaskan"}),
        lambda row: 1,
        lambda row: row["kind"] in {"regency", "city"},
        100,
    ),
    "smart_city_score": Oracle("smartcity_results", of_region, lambda row: row["final_score"]),
}


def counted(oracle: Oracle) -> dict[Key, tuple[Fraction, Fraction | None, Decimal]]:
    above: dict[Key, Fraction] = defaultdict(Fraction)
    below: dict[Key, Fraction] = defaultdict(Fraction)
    for row in all_rows(oracle.dataset):
        if oracle.only(row):
            above[oracle.group(row)] += Fraction(oracle.above(row))
            below[oracle.group(row)] += Fraction(oracle.below(row) if oracle.below else 1)
    found = {}
    for group, part in above.items():
        exact = part * oracle.scale / (below[group] if oracle.below else 1)
        # Halves go up; every figure here is positive.
        value = Decimal((exact * 10**oracle.decimals * 2 + 1) // 2).scaleb(-oracle.decimals)
        assert abs(Fraction(value) - exact) <= Fraction(1, 2 * 10**oracle.decimals)
        found[group] = (part, below[group] if oracle.below else None, value)
    return found


def all_rows(code: str) -> Iterator[Row]:
    offset = 0
    while rows := reads.first_rows(reader(), code, limit=1000, offset=offset):
        yield from rows
        offset += 1000


def test_every_shipped_indicator_is_counted_twice(plan: None, reference: None) -> None:
    files = {code for code, one in load(INDICATORS).items() if one.file.startswith("indicators/")}
    assert set(ORACLES) == files, "what stands in files of services is shown with them"
    measuring.compute(load(INDICATORS), "uji", NOW)
    with tenancy.scope(tenancy.NATIONAL):
        measuring.compute(load(INDICATORS), "uji", NOW)
    for code, oracle in ORACLES.items():
        assert reads.indicator(reader(), code).failure is None
        found = {
            (each.region, each.period, *each.dimensions.values()): (
                each.numerator,
                each.denominator,
                each.value,
            )
            for each in reads.standing(reader(), code)
        }
        expected = counted(oracle)
        assert found.keys() == expected.keys(), code
        assert len(found) > 0, code
        for group, (above, below, value) in expected.items():
            assert found[group] == (above, below, value), (code, group)


def test_the_figures_of_malang_are_those_that_were_published(reference: None) -> None:
    with tenancy.scope(tenancy.NATIONAL):
        measuring.compute(load(INDICATORS), "uji", NOW)
    found = reads.latest(reader(), ["spbe_index", "smart_city_score"], ["35.73"], date(2026, 12, 31))
    spbe = found["spbe_index", "35.73"]
    assert (spbe.period, spbe.value, spbe.tenant) == ("2024", Decimal("4.24"), tenancy.NATIONAL)
    (row,) = reads.rows_behind(reader(), spbe.id).rows
    assert "Kota Malang" in row

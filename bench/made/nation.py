"""A nation to measure with: every regency and city with a plan of its own, drawn from a seed.

Rows are made, not real; they never leave the folder of the benchmark.
"""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db import transaction

from balai.base import tenancy
from balai.people.models import LocalGovernment
from balai.plan import models as plan

DIMENSIONS = ("governance", "branding", "economy", "living", "society", "environment")


def fill(
    regions: int = 514, actions: int = 120, years: range = range(2021, 2026), seed: int = 43
) -> Iterator[str]:
    """Write the plans of `regions` local governments, yielding each tenant's key when it is done."""
    chance = random.Random(seed)
    for number in range(regions):
        key = f"b{number:03}"
        LocalGovernment.objects.create(
            key=key, region_code=key, name=f"Daerah {number}", short_name=f"Daerah {number}"
        )
        with tenancy.scope(key), transaction.atomic():
            _one_plan(key, actions, years, chance)
        yield key


def _one_plan(key: str, count: int, years: range, chance: random.Random) -> None:
    masterplan = plan.Masterplan.objects.create(
        region_code=key, title=f"Rencana induk {key}", year_from=years[0], year_to=years[-1], status="adopted"
    )
    programmes = plan.Programme.objects.bulk_create(
        plan.Programme(masterplan=masterplan, code=f"P{number:02}", title=f"Program {number}")
        for number in range(12)
    )
    periods = {
        year: plan.Period.objects.create(
            year=year,
            number=4,
            title=f"Triwulan 4 {year}",
            starts_on=date(year, 10, 1),
            ends_on=date(year, 12, 31),
            due_on=date(year + 1, 1, 15),
        )
        for year in years
    }
    actions = plan.Action.objects.bulk_create(
        plan.Action(
            programme=programmes[number % 12],
            code=f"A{number:03}",
            title=f"Rencana aksi {number}",
            family="applications",
            indicator="Jumlah layanan",
            unit="layanan",
            direction=chance.choice(("up", "up", "up", "down")),
            weight=Decimal(chance.randint(1, 5)),
        )
        for number in range(count)
    )
    shares = []
    for action in actions:
        first, second = chance.sample(DIMENSIONS, 2)
        if chance.random() < 0.1:
            shares += [
                plan.DimensionShare(action=action, dimension=first, numerator=1, denominator=3),
                plan.DimensionShare(action=action, dimension=second, numerator=2, denominator=3),
            ]
        else:
            shares.append(plan.DimensionShare(action=action, dimension=first))
    plan.DimensionShare.objects.bulk_create(shares)
    plan.Target.objects.bulk_create(
        plan.Target(action=action, year=year, value=Decimal(chance.randint(5, 50)))
        for action in actions
        for year in years
    )
    plan.Report.objects.bulk_create(
        plan.Report(
            action=action,
            period=periods[year],
            year=year,
            value=Decimal(chance.randint(5, 60)),
            status="verified",
            stands=True,
        )
        for action in actions
        for year in years
        if chance.random() < 0.9
    )

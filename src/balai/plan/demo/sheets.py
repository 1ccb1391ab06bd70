"""Reads the tables of `reference/plan` and `reference/demo`."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from django.conf import settings

type Line = Mapping[str, str]

PUBLISHED, ILLUSTRATED = "plan", "demo"


@cache
def lines(folder: str, name: str) -> tuple[Line, ...]:
    """Return the lines of `reference/<folder>/<name>.csv`."""
    path = Path(settings.ROOT) / "reference" / folder / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def of_region(folder: str, name: str, region: str) -> list[Line]:
    return [line for line in lines(folder, name) if line["region_code"] == region]


def shares(text: str) -> dict[str, Fraction]:
    """Return dimension → part from "branding:1/2;economy:1/2"."""
    pairs = (pair.split(":") for pair in text.split(";"))
    return {dimension: Fraction(part) for dimension, part in pairs}


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None

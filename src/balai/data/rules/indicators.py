"""Indicators: what is counted, over what it is divided, and how the figure is written.

An indicator is a file of `definitions/indicators`. Its SQL gives, for every region,
period and dimension, an exact whole or decimal number; what is made of it is decided here.

Source: Peraturan BPS 5/2020 (metadata indikator: konsep, definisi, ukuran, satuan, klasifikasi).
"""

import hashlib
import json
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Self

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from balai.base.errors import Fault
from balai.data.rules.metadata import Name
from balai.definitions import Words, Written

REGION, PERIOD, VALUE = "region", "period", "value"
DIGITS = 60
"""Significant digits of a division before it is rounded; far more than any figure shows."""
_EXACT = Context(prec=DIGITS)


class Direction(StrEnum):
    """Whether a higher or a lower value is better, or neither: a number of holidays judges nobody."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Period(StrEnum):
    """What one figure speaks of. Periods are written 2025, 2025-Q1, 2025-03 and 2025-03-18."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"


class Rounding(StrEnum):
    """How a value is rounded to its digits; halves go away from zero, or to the even digit."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "floor"
    UP = "ceiling"


_ROUNDINGS = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_FLOOR,
    Rounding.UP: ROUND_CEILING,
}


class Indicator(Written):
    """An indicator as defined.

    Attributes:
        owner: who answers for the definition, in words.
        period: what one figure speaks of.
        dimensions: further columns by which figures are told apart.
        scale: what numerator ÷ denominator is multiplied by: 100 for percent.
        minimum_count: rows a figure must count at least; below it the figure is withheld.
        decimals, rounding: of the value shown; numerator and denominator are kept as they came.
        numerator, denominator: SQL that gives `region`, `period`, the dimensions and `value`.
        source: what the definition rests on: a law, or the instrument that asks for it.
    """

    code: Name
    title: Words
    description: Words
    unit: Words
    direction: Direction
    owner: Words
    period: Period
    dimensions: tuple[Name, ...] = ()
    scale: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    minimum_count: Annotated[int, Field(ge=0, le=10_000)] = 0
    decimals: Annotated[int, Field(ge=0, le=12)] = 0
    rounding: Rounding = Rounding.HALF_UP
    numerator: Annotated[str, Field(min_length=1)]
    denominator: Annotated[str, Field(min_length=1)] | None = None
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for wrong in faults(self):
            raise ValueError(str(wrong))
        return self

    @property
    def parts(self) -> Mapping[str, str]:
        """The SQL of each part by its name, "numerator" first."""
        found = {"numerator": self.numerator}
        return found | ({"denominator": self.denominator} if self.denominator is not None else {})

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the columns that tell figures apart, in order."""
        return (REGION, PERIOD, *self.dimensions)

    @property
    def sql_hash(self) -> str:
        """SHA-256 of the SQL of both parts."""
        return hashlib.sha256(json.dumps([self.numerator, self.denominator]).encode()).hexdigest()

    def written(self) -> dict[str, Any]:
        """Return the definition as plain values, for the database."""
        return self.model_dump(mode="json")


def read(written: Mapping[str, Any]) -> Indicator:
    """Return the indicator from the plain values of `Indicator.written`. Raises ValidationError."""
    return Indicator.model_validate_json(json.dumps(written))


def faults(indicator: Indicator) -> Iterator[Fault]:
    """Yield what is wrong with an indicator in itself; its SQL is checked by `indicators_sql`."""
    if len(set(indicator.groups) | {VALUE}) != len(indicator.groups) + 1:
        right = _("Pakai nama lain dari region, period dan value, masing-masing sekali.")
        yield Fault("dimensions", _("Dua kolom bernama sama."), right)


_PERIODS = {
    Period.YEAR: re.compile(r"(?P<year>[0-9]{4})"),
    Period.QUARTER: re.compile(r"(?P<year>[0-9]{4})-Q(?P<quarter>[1-4])"),
    Period.MONTH: re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])"),
    Period.DAY: re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})"),
}


def ends_on(period: str, kind: Period) -> date:
    """Return the last day of a period.

    >>> ends_on("2024-Q1", Period.QUARTER), ends_on("2024-02", Period.MONTH)
    (datetime.date(2024, 3, 31), datetime.date(2024, 2, 29))

    Raises:
        ValueError: it is not written as periods of this kind are.
    """
    found = _PERIODS[kind].fullmatch(period)
    if found is None:
        raise ValueError(f"{period!r} is no period of kind {kind}")
    given = {name: int(text) for name, text in found.groupdict().items()}
    month = given.get("month") or given.get("quarter", 4) * 3
    return date(given["year"], month, given.get("day") or monthrange(given["year"], month)[1])


def period_of(day: date, kind: Period) -> str:
    """Return the period a day lies in.

    >>> period_of(date(2026, 4, 20), Period.QUARTER), period_of(date(2026, 4, 20), Period.MONTH)
    ('2026-Q2', '2026-04')
    """
    match kind:
        case Period.YEAR:
            return f"{day.year:04}"
        case Period.QUARTER:
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case Period.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case Period.DAY:
            return day.isoformat()


class Counted(NamedTuple):
    """What was counted for one figure, digit by digit as the engine wrote it.

    Attributes:
        numerator, denominator: None where nothing is known, and both where withheld.
        is_withheld: it counts fewer rows than the definition asks for.
    """

    numerator: str | None
    denominator: str | None
    is_withheld: bool


WITHHELD = Counted(None, None, True)


def value(indicator: Indicator, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """Return numerator ÷ denominator × scale, rounded once; None where it cannot be told.

    A denominator of zero or none gives no value.
    """
    if numerator is None:
        return None
    exact = _EXACT.multiply(numerator, indicator.scale)
    if indicator.denominator is not None:
        if not denominator:
            return None
        exact = _EXACT.divide(exact, denominator)
    step, rounding = _step(indicator.decimals), _ROUNDINGS[indicator.rounding]
    return exact.quantize(step, rounding, _EXACT)


@lru_cache(maxsize=32)
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def dimensions_key(dimensions: Mapping[str, str]) -> str:
    """Return dimensions as one text that is the same for the same dimensions; "" for none.

    >>> dimensions_key({"fund": "apbd", "axis": "economy"})
    '{"axis":"economy","fund":"apbd"}'
    """
    if not dimensions:
        return ""
    return json.dumps(dict(sorted(dimensions.items())), ensure_ascii=False, separators=(",", ":"))

"""The working-day calendar of a local government: national days, joint leave, and its own.

The joint decree on the holidays of a year comes out in the autumn before it. Behind the last decreed
year the calendar goes on with what the table has, and with the days off that every year has on the same
date; days that move with the moon are not guessed. What is counted there is provisional.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from balai.base.days import Calendar
from balai.base.errors import Invalid
from balai.definitions import reads
from balai.definitions.kinds import get
from balai.definitions.rules import Origin, Row
from balai.definitions.tables import TABLES, table

HOLIDAYS, DECREES, FIXED = "holidays", "holiday_decrees", "fixed_holidays"
"""The tables a calendar is made of; the first two are amended by local governments."""
YEARS_AHEAD = 10
"""How far the calendar goes behind the last decreed year; no promise is longer."""


@dataclass(frozen=True)
class Days:
    """A calendar, and what its days off are called in Indonesian."""

    calendar: Calendar
    names: Mapping[date, str]


def calendar(tenant: str | None = None) -> Calendar:
    """Return the calendar of a tenant.

    Args:
        tenant: the tenant in scope when left out; its rows must be readable in the scope.

    Raises:
        Invalid: the table of holidays does not say which days it covers.
    """
    return days_of(reads.rows(HOLIDAYS, tenant), reads.rows(DECREES, tenant)).calendar


def days_of(holidays: Iterable[Row], decrees: Iterable[Row]) -> Days:
    """Return the calendar that rows of `holidays` and `holiday_decrees` make, amendments above the files.

    Days are local; Saturdays and Sundays are not listed unless they are holidays too. A day an amendment
    calls a working day (an estimated holiday that did not come true) is not one.

    Raises:
        Invalid: the table of holidays does not say which days it covers.
    """
    first = _first()
    decreed_to = _decreed_to(first.year, tuple(decrees))
    last = date(decreed_to.year + YEARS_AHEAD, 12, 31)
    rows = {row.valid_from: row for row in _standing(holidays) if first <= row.valid_from <= last}
    names = dict(_of_every_year(decreed_to.year + 1, last.year))
    off = names.keys() | rows.keys()
    off -= {day for day, row in rows.items() if row.values["kind"] == "working_day"}
    names |= {day: str(row.values.get("name_id") or "") for day, row in rows.items()}
    return Days(Calendar(frozenset(off), first, last, decreed_to), names)


def decreed_to(tenant: str | None = None) -> date:
    """Return the last day whose holidays are decreed. Raises Invalid as `calendar`."""
    return _decreed_to(_first().year, reads.rows(DECREES, tenant))


def surely_decreed_to() -> date:
    """Return the last day the shipped table calls decreed; amendments only lead further. No query."""
    return _decreed_to(_first().year, ())


def is_provisional(day: date, tenant: str | None = None) -> bool:
    """Tell whether a decree to come may move what was counted up to `day`; asks only where it may be so."""
    return day > surely_decreed_to() and day > decreed_to(tenant)


def holidays(tenant: str | None = None) -> tuple[Row, ...]:
    """Return the row that stands for each day of the holiday table, by day, with name and certainty."""
    return _standing(reads.rows(HOLIDAYS, tenant))


def _first() -> date:
    definition = get(TABLES, HOLIDAYS)
    covers = definition.value.file.covers
    if covers is None:
        right = _("Tulis hari pertama yang dimuat tabel ini.")
        raise Invalid([definition.document.fault((), _("“%(name)s” belum ada.") % {"name": "covers"}, right)])
    return covers.first


def _decreed_to(first: int, decrees: Iterable[Row]) -> date:
    """Return the end of the last year before the first one without a decree.

    What the file calls decreed stays so: an amendment brings a decree, and takes none away.
    """
    years = {row.key for row in (*table(DECREES).rows, *decrees) if row.values["certainty"] == "decreed"}
    year = first
    while str(year) in years:
        year += 1
    return date(year, 1, 1) - timedelta(days=1)


def _standing(rows: Iterable[Row]) -> tuple[Row, ...]:
    standing: dict[str, Row] = {}
    for row in rows:
        if row.key not in standing or row.origin is Origin.AMENDMENT:
            standing[row.key] = row
    return tuple(sorted(standing.values(), key=lambda row: row.valid_from))


def _of_every_year(first: int, last: int) -> Iterator[tuple[date, str]]:
    """Yield the days off that some years have on the same date as every year, with their names."""
    rows = table(FIXED).rows
    for year in range(first, last + 1):
        for row in rows:
            try:
                day = date(year, int(str(row.values["month"])), int(str(row.values["day"])))
            except ValueError:
                # The 29th of February, in most years.
                continue
            if row.covers(day):
                yield day, str(row.values["name_id"])

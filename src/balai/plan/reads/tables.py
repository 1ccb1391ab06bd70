"""What the dated tables say of the plan on a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from balai.definitions.reads import all_in_force, in_force
from balai.definitions.rules import Value
from balai.plan.rules.realisation import RealisationRule


@dataclass(frozen=True)
class PeriodOfYear:
    """How a reporting period lies in the year: whole months, first to last."""

    number: int
    title: str
    first_month: int
    last_month: int
    due_working_days: int


@dataclass(frozen=True)
class Reminder:
    """When whom to remind. `days` from the due day (negative before), or a `weekday` (1 Monday)."""

    key: str
    audience: str
    days: int | None
    weekday: int | None


def realisation_rule(on: date) -> RealisationRule:
    """Return the rule by which realisation is counted on a day. Raises NotFound."""
    values = in_force("realisation_rule", on).values
    return RealisationRule(
        str(values["rule"]), cast(Decimal, values["physical_percent_at_least"]), _whole(values["decimals"])
    )


def stale_after_days(on: date) -> int:
    """Return after how many days without a report a figure is stale. Raises NotFound."""
    return _whole(in_force("freshness", on, "report").values["stale_after_days"])


def periods_of_year(on: date) -> tuple[PeriodOfYear, ...]:
    """Return the reporting periods a year is cut into, in order. Raises NotFound."""
    found = [
        PeriodOfYear(
            int(key),
            str(row.values["name_id"]),
            _whole(row.values["first_month"]),
            _whole(row.values["last_month"]),
            _whole(row.values["due_working_days"]),
        )
        for key, row in all_in_force("reporting_periods", on).items()
    ]
    return tuple(sorted(found, key=lambda period: period.number))


def reminders(on: date) -> tuple[Reminder, ...]:
    """Return the reminders in force on a day. Raises NotFound."""
    return tuple(
        Reminder(
            key,
            str(row.values["audience"]),
            None if row.values["days"] is None else _whole(row.values["days"]),
            None if row.values["weekday"] is None else _whole(row.values["weekday"]),
        )
        for key, row in all_in_force("reminders", on).items()
    )


def _whole(value: Value) -> int:
    """Return a cell of a column the table declares as an integer that must be there."""
    return cast(int, value)

"""How old what we know is, and how soon the next word is due."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Age(StrEnum):
    NEVER = "never"
    FRESH = "fresh"
    STALE = "stale"


class Urgency(StrEnum):
    LATE = "late"
    THIS_WEEK = "this_week"
    LATER = "later"


@dataclass(frozen=True)
class Freshness:
    """Days since the last word; None when there was never one."""

    days: int | None
    age: Age


def freshness(last: date | None, on: date, stale_after_days: int) -> Freshness:
    """Return how old a word of local day `last` is on the local day `on`.

    >>> freshness(date(2026, 1, 1), date(2026, 4, 5), 106)
    Freshness(days=94, age=<Age.FRESH: 'fresh'>)
    """
    if last is None:
        return Freshness(None, Age.NEVER)
    days = max((on - last).days, 0)
    return Freshness(days, Age.STALE if days > stale_after_days else Age.FRESH)


def urgency(due_on: date, on: date) -> Urgency:
    """Return how soon something due on a day is, seen on another. Due today is this week, not late.

    >>> urgency(date(2026, 4, 10), date(2026, 4, 11)), urgency(date(2026, 4, 10), date(2026, 4, 3))
    (<Urgency.LATE: 'late'>, <Urgency.THIS_WEEK: 'this_week'>)
    """
    if due_on < on:
        return Urgency.LATE
    return Urgency.THIS_WEEK if (due_on - on).days <= 7 else Urgency.LATER

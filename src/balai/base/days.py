"""Working days (hari kerja): which day a promise ends on, by a calendar that knows where it ends.

All days are local calendar days. The holidays themselves are data, read by
`balai.definitions`; here they are values in hand.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from balai.base.errors import Refused

_DAY = timedelta(days=1)


class CalendarEnds(Refused):
    """A day was asked for in a year whose holidays are not known yet."""

    status = 422

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            _("Hari libur tahun %(year)d belum ada di kalender. Lengkapi dahulu tabel hari liburnya.")
            % {"year": year}
        )


@dataclass(frozen=True)
class Calendar:
    """Every non-working weekday (libur nasional dan cuti bersama) from `first` to `last`.

    A day outside is refused rather than taken for a working day: without its
    holidays a promise would silently end too early.

    Attributes:
        decreed_to: the last day whose holidays are decreed. Behind it only the days off that
            every year has are known, so what is counted there is provisional, and says so.
    """

    holidays: frozenset[date]
    first: date
    last: date
    decreed_to: date = date.max

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a calendar from {self.first} cannot end on {self.last}")
        outside = sorted(day for day in self.holidays if not self.first <= day <= self.last)
        if outside:
            raise ValueError(f"holiday {outside[0]} lies outside of {self.first} to {self.last}")

    def is_working(self, day: date) -> bool:
        """Tell whether offices are open on `day`.

        Raises:
            CalendarEnds: the day lies outside of the calendar.

        >>> year = Calendar(frozenset({date(2026, 3, 19)}), date(2026, 1, 1), date(2026, 12, 31))
        >>> year.is_working(date(2026, 3, 18)), year.is_working(date(2026, 3, 19))
        (True, False)
        """
        if not self.first <= day <= self.last:
            raise CalendarEnds(day.year)
        return day.weekday() < 5 and day not in self.holidays

    def is_provisional(self, day: date) -> bool:
        """Tell whether a decree to come may still move what was counted up to `day`.

        >>> year = Calendar(frozenset(), date(2026, 1, 1), date(2027, 12, 31), date(2026, 12, 31))
        >>> year.is_provisional(date(2026, 12, 31)), year.is_provisional(date(2027, 1, 1))
        (False, True)
        """
        return day > self.decreed_to


def due_date(received: date, working_days: int, calendar: Calendar) -> date:
    """Return the last day on which a case is still on time; the day of receipt does not count.

    Args:
        received: local calendar day the complete file came in (not UTC).
        working_days: length of the promise in working days (hari kerja), >= 1.

    Raises:
        ValueError: `working_days` is below 1.
        CalendarEnds: the promise runs past the calendar.

    Source: the promise clause of the service definition.

    >>> year = Calendar(frozenset({date(2026, 3, 19)}), date(2026, 1, 1), date(2026, 12, 31))
    >>> due_date(date(2026, 3, 18), 3, year)
    datetime.date(2026, 3, 24)
    """
    if working_days < 1:
        raise ValueError(f"a promise needs at least one working day, got {working_days}")
    return add_working_days(received, working_days, calendar)


def add_working_days(day: date, working_days: int, calendar: Calendar) -> date:
    """Return the day `working_days` after `day`, before it when negative.

    `day` itself does not count and need not be a working day. Zero gives `day` back.

    Raises:
        CalendarEnds: `day` or the answer lies outside of the calendar.

    >>> year = Calendar(frozenset(), date(2026, 1, 1), date(2026, 12, 31))
    >>> add_working_days(date(2026, 3, 20), 1, year), add_working_days(date(2026, 3, 23), -1, year)
    (datetime.date(2026, 3, 23), datetime.date(2026, 3, 20))
    """
    calendar.is_working(day)  # refuses a start outside of the calendar
    step = _DAY if working_days > 0 else -_DAY
    left = abs(working_days)
    while left:
        day += step
        left -= calendar.is_working(day)
    return day


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Return how many working days lie after `start`, up to and including `end`.

    It undoes `add_working_days`: the day of receipt does not count, the day of
    the answer does. 0 when both are the same day.

    Raises:
        ValueError: `end` is before `start`.
        CalendarEnds: either day lies outside of the calendar.

    >>> year = Calendar(frozenset({date(2026, 3, 19)}), date(2026, 1, 1), date(2026, 12, 31))
    >>> working_days_between(date(2026, 3, 18), date(2026, 3, 24), year)
    3
    """
    if end < start:
        raise ValueError(f"working days are counted forwards, got {start} to {end}")
    calendar.is_working(start)
    calendar.is_working(end)
    return sum(calendar.is_working(start + _DAY * (n + 1)) for n in range((end - start).days))


def local_day(instant: datetime, tz: str = "Asia/Jakarta") -> date:
    """Return the calendar day it was, at `instant`, in the city.

    Args:
        tz: Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).

    Raises:
        ValueError: the instant does not say its offset.

    >>> local_day(datetime.fromisoformat("2026-03-18T17:30:00+00:00"))
    datetime.date(2026, 3, 19)
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant says its offset, got {instant.isoformat()}")
    return instant.astimezone(ZoneInfo(tz)).date()

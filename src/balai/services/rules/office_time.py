"""Office time: which days are working days, when offices open and close, and how much of it passed.

Days without daylight saving are assumed: none of the three time zones of Indonesia has it.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from balai.base.days import Calendar, CalendarEnds
from balai.base.errors import Fault, Invalid
from balai.definitions.rules import Row, in_force

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Keys of a dated table of office hours."""
_DAY = timedelta(days=1)
_LONGEST_FINGERPRINT = 64
NOTHING = timedelta()

type Span = tuple[time, time]


@dataclass(frozen=True)
class OfficeTime:
    """The hours of the offices on every day of a calendar.

    Attributes:
        hours: what is open on each day of the calendar; empty on a day that is no working day.
        names: what a day off is called, where it has a name.
        tz: name of the time zone; instants come in with an offset and leave in this zone.
        decreed_to: the last day whose holidays are decreed; what is counted behind it is provisional.
    """

    first: date
    hours: tuple[tuple[Span, ...], ...] = field(repr=False)
    tz: str
    names: Mapping[date, str] = field(default_factory=dict, repr=False, compare=False)
    decreed_to: date = date.max

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    @property
    def last(self) -> date:
        return self.first + _DAY * (len(self.hours) - 1)

    @cached_property
    def fingerprint(self) -> str:
        """Up to when holidays are decreed (`decreed_when`), and a hash of every day and hour."""
        words = {spans: [f"{a:%H:%M}-{b:%H:%M}" for a, b in spans] for spans in set(self.hours)}
        said = [words[spans] for spans in self.hours]
        found = hashlib.sha256(json.dumps([self.first.isoformat(), self.tz, said]).encode()).hexdigest()
        return f"{min(self.decreed_to, self.last):%Y%m%d}-{found}"[:_LONGEST_FINGERPRINT]

    @cached_property
    def working(self) -> tuple[date, ...]:
        """The working days, in order."""
        return tuple(self.first + _DAY * number for number, spans in enumerate(self.hours) if spans)

    @cached_property
    def closings(self) -> tuple[datetime, ...]:
        """When the offices close on each working day, as local times without zone."""
        return tuple(datetime.combine(day, self.spans(day)[-1][1]) for day in self.working)

    @cached_property
    def before(self) -> tuple[timedelta, ...]:
        """How long the offices were open before each day of the calendar."""
        passed, found = NOTHING, []
        for spans in self.hours:
            found.append(passed)
            passed += sum((_length(span) for span in spans), NOTHING)
        return (*found, passed)

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the open hours of a day. Raises CalendarEnds outside of the calendar."""
        if not self.first <= day <= self.last:
            raise CalendarEnds(day.year)
        return self.hours[(day - self.first).days]

    def is_working(self, day: date) -> bool:
        """Tell whether offices open on `day`. Raises CalendarEnds."""
        return bool(self.spans(day))

    def is_provisional(self, day: date) -> bool:
        """Tell whether a decree to come may still move what was counted up to `day`."""
        return day > self.decreed_to

    def local(self, instant: datetime) -> datetime:
        """Return the instant as the local clock shows it, without its zone.

        Raises:
            ValueError: the instant does not say its offset.
        """
        if instant.tzinfo is None:
            raise ValueError(f"an instant says its offset, got {instant.isoformat()}")
        return instant.astimezone(self.zone).replace(tzinfo=None)

    def instant(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone)

    def next_closing(self, local: datetime) -> int:
        """Return the number of the first working day that closes at `local` or later.

        Raises:
            CalendarEnds: the day lies outside of the calendar. The number may be one past the last.
        """
        self.spans(local.date())
        return bisect_left(self.closings, local)

    def receipt(self, local: datetime) -> int:
        """Return the number of the working day on which something counts as received.

        After closing time, or on a day off, that is the next working day.
        """
        number = self.next_closing(local)
        at_closing = number < len(self.closings) and self.closings[number] == local
        return number + 1 if at_closing else number

    def passed(self, local: datetime) -> timedelta:
        """Return how long offices were open from the first day of the calendar until `local`."""
        spans = self.spans(local.date())
        now = local.time()
        return self.before[(local.date() - self.first).days] + sum(
            (_length((opens, min(closes, now))) for opens, closes in spans if opens < now), NOTHING
        )

    def when_passed(self, amount: timedelta) -> datetime | None:
        """Return the first local time at which `amount` of office time has passed; None past the calendar."""
        if amount > self.before[-1]:
            return None
        number = max(bisect_left(self.before, amount) - 1, 0)
        left = amount - self.before[number]
        day = self.first + _DAY * number
        for span in self.hours[number]:
            if left <= _length(span):
                return datetime.combine(day, span[0]) + left
            left -= _length(span)
        return datetime.combine(day, time.min)

    def working_days_after(self, since: datetime, until: datetime) -> int:
        """Return how many working days lie after the local day of `since`, up to that of `until`."""
        start, end = self.local(since).date(), self.local(until).date()
        self.spans(start)
        self.spans(end)
        return bisect_left(self.working, end + _DAY) - bisect_left(self.working, start + _DAY)


def decreed_when(fingerprint: str) -> date:
    """Return up to when holidays were decreed when something was counted with this calendar.

    Counted before fingerprints told so, it was counted with known holidays alone.

    >>> decreed_when("20271231-5f0c")
    datetime.date(2027, 12, 31)
    """
    told, sign, _hash = fingerprint.partition("-")
    return date.fromisoformat(told) if sign else date.max


def _length(span: Span) -> timedelta:
    opens, closes = span
    return datetime.combine(date.min, closes) - datetime.combine(date.min, opens)


def office_time(
    calendar: Calendar, rows: Iterable[Row], tz: str, names: Mapping[date, str] | None = None
) -> OfficeTime:
    """Return the office time of a local government.

    Args:
        calendar: its holidays.
        rows: of its dated table of office hours, amendments included: a key of `WEEKDAYS`, and
            opens, closes, break_from and break_to as "07:30". A weekday without a row is off.
        names: what days off are called.

    Raises:
        Invalid: a row has no times, or they do not follow each other.
    """
    known = tuple(rows)
    changes = sorted(
        {row.valid_from for row in known} | {row.valid_to + _DAY for row in known if row.valid_to}
    )
    hours: list[tuple[Span, ...]] = []
    week: Mapping[str, tuple[Span, ...]] = {}
    day, seen = calendar.first, -1
    while day <= calendar.last:
        # The rows in force change on few days; they are asked for and read only then.
        number = bisect_left(changes, day + _DAY)
        if number != seen:
            seen, week = number, {key: _spans(row) for key, row in in_force(known, day).items()}
        hours.append(week.get(WEEKDAYS[day.weekday()], ()) if day not in calendar.holidays else ())
        day += _DAY
    return OfficeTime(calendar.first, tuple(hours), tz, dict(names or {}), calendar.decreed_to)


def _spans(row: Row) -> tuple[Span, ...]:
    try:
        cells = {name: time.fromisoformat(str(cell)) for name, cell in row.values.items() if cell}
        times = [cells["opens"], cells["closes"]]
        if "break_from" in cells:
            times[1:1] = [cells["break_from"], cells["break_to"]]
    except (ValueError, KeyError) as error:
        times = []
        told = str(error)
    else:
        told = ", ".join(f"{each:%H:%M}" for each in times)
    if not times or times != sorted(set(times)):
        wrong = _("Jam kerja ini tidak terbaca (%(told)s).") % {"told": told}
        right = _("Tulis seperti 07:30, berurutan dari buka sampai tutup.")
        raise Invalid([Fault(row.key, wrong, right)])
    return tuple(zip(times[::2], times[1::2], strict=True))

"""The counting rules once more, written from their sentences and knowing nothing of `rules.clocks`.

Days are walked one by one and office hours minute by minute; slow, and easy to read aloud.
All times here are local and without zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MONDAY_TO_THURSDAY = ((time(7, 30), time(12)), (time(13), time(16)))
FRIDAY = ((time(7, 30), time(11, 30)), (time(13), time(15, 30)))


SAME_EVERY_YEAR = ("01-01", "05-01", "06-01", "08-17", "12-25")
"""Presidential decree 8/2024, those of its days off that do not move."""


@dataclass(frozen=True)
class Year:
    """A calendar: days off besides Saturdays and Sundays, and the last year somebody has decreed.

    Nobody knows the days off of a year behind it, but those that are the same every year, and such as
    were told before.
    """

    off: frozenset[date]
    decreed: int = 9999

    def is_off(self, day: date) -> bool:
        if day.weekday() > 4 or day in self.off:
            return True
        return self.is_open(day) and f"{day:%m-%d}" in SAME_EVERY_YEAR

    def is_open(self, day: date) -> bool:
        """Tell whether a decree to come may still say something of the day."""
        return day.year > self.decreed

    def may_move(self, unit: str, due: datetime | None) -> bool:
        """Tell whether a due time is provisional: only the time of offices asks for days off."""
        return due is not None and unit.startswith("working") and self.is_open(due.date())

    def hours(self, day: date) -> tuple[tuple[time, time], ...]:
        if self.is_off(day):
            return ()
        return FRIDAY if day.weekday() == 4 else MONDAY_TO_THURSDAY


@dataclass
class History:
    """What one clock saw: the times it ran, from and until (not included)."""

    started: datetime | None = None
    ran: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    ended: str = ""

    def rest(self, at: datetime) -> None:
        if self.ran and self.ran[-1][1] is None:
            self.ran[-1] = (self.ran[-1][0], at)

    def go_on(self, at: datetime) -> None:
        if not self.ran or self.ran[-1][1] is not None:
            self.ran.append((at, None))

    def step(
        self, at: datetime, state: str, *, entered: bool, reopened: bool, again: bool, back: bool
    ) -> None:
        """See a case come to a state.

        The clock starts with "work", rests in "asked", is stopped by "done" and ended by "gone".
        `again`: it starts anew each time. `back`: it goes on when the case is reopened.
        """
        going = self.started is not None and not self.ended
        if going and state in ("done", "gone") and entered:
            self.rest(at)
            self.ended, going = state, False
        elif self.started is not None and self.ended and reopened and back:
            self.ended, going = "", True
        if state == "work" and entered and (self.started is None or again):
            self.started, self.ran, self.ended, going = at, [], "", True
        if going:
            if state == "asked":
                self.rest(at)
            else:
                self.go_on(at)

    def runs_at(self, at: datetime) -> bool:
        return any(since <= at and (until is None or at < until) for since, until in self.ran)


def closings(history: History, unit: str, year: Year) -> Iterator[datetime]:
    """Yield the ends of the days after the day of receipt, in order."""
    assert history.started is not None
    day = history.started.date()
    if unit == "calendar_days":
        while True:
            day += DAY
            yield datetime.combine(day + DAY, time.min)
    hours = year.hours(day)
    if not hours or history.started >= datetime.combine(day, hours[-1][1]):
        day += DAY
        while not year.hours(day):
            day += DAY
    while True:
        day += DAY
        if hours := year.hours(day):
            yield datetime.combine(day, hours[-1][1])


def count_days(
    history: History, unit: str, limit: int, year: Year, now: datetime
) -> tuple[int, datetime | None]:
    """Return (days used until now, when the limit is reached or None)."""
    used, total = 0, 0
    due: datetime | None = None
    still = bool(history.ran) and history.ran[-1][1] is None
    for closing in closings(history, unit, year):
        if due is not None and closing > now:
            break
        if not still and closing > now:
            break
        if history.runs_at(closing):
            total += 1
            used += closing <= now
            if total == limit:
                due = closing
    return used, due


def count_hours(
    history: History, unit: str, limit: int, year: Year, now: datetime
) -> tuple[int, datetime | None]:
    """Return (whole hours used until now, when the limit is reached or None); all times on whole minutes."""
    used = total = 0
    due: datetime | None = None
    for since, until in history.ran:
        at = since
        # What was full when the clock last stopped is out as soon as it goes on.
        if total == limit * 60 and due is None:
            due = since
        while until is None or at < until:
            if due is not None and at >= now:
                break
            is_open = unit == "clock_hours" or any(a <= at.time() < b for a, b in year.hours(at.date()))
            at += MINUTE
            if is_open:
                total += 1
                used += at <= now
                if total == limit * 60 and (until is None or at < until):
                    due = at
    return used // 60, due

"""Clocks: promises that start, rest, go on and end, and when they are due.

The rules of counting, each time half-open: a clock that stops at closing time does
not run at it, one that goes on at closing time does.

- What comes in after closing time or on a day off counts as received on the next
  working day. The day of receipt does not count.
- Used days are the working days after it at whose closing time the clock runs; so the
  day of a pause does not count, the day it goes on does.
- Due is the closing time at which used days reach the limit. A clock that rests has no due time.
- Working hours count within office hours. Clock hours run through. Calendar days are
  used at the end of each day after the day of receipt.
- Behind the last decreed year working time is counted with the days off that every year has. What
  is due there is provisional, and nothing is decided by it before the decree has come.

A run keeps what it saw, and everything is counted from that: a changed decree counts
open clocks anew, and nothing has to be put right by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from balai.base.days import CalendarEnds
from balai.services.rules.definition import Clock, Effect, EffectKind, Event, Unit
from balai.services.rules.office_time import NOTHING, OfficeTime

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


class Mark(StrEnum):
    """What a clock can see."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    """what was promised is done"""
    END = "end"
    """the case was closed before it was done"""


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"
    """the case ended first, and in time"""

    @property
    def is_over(self) -> bool:
        return self not in (ClockState.RUNNING, ClockState.PAUSED)


@dataclass(frozen=True)
class Run:
    """One count of a clock: its limit as chosen when it started, and what it saw, in order of time."""

    clock: str
    unit: Unit
    limit: int
    marks: tuple[tuple[datetime, Mark], ...]

    @property
    def started_at(self) -> datetime:
        return self.marks[0][0]

    @property
    def is_running(self) -> bool:
        return self.marks[-1][1] in (Mark.START, Mark.RESUME)

    @property
    def is_over(self) -> bool:
        return self.marks[-1][1] in (Mark.STOP, Mark.END)

    def seen(self, mark: Mark, at: datetime) -> "Run":
        """Return the run with one more mark.

        Raises:
            ValueError: it is earlier than the last.
        """
        if at < self.marks[-1][0]:
            raise ValueError(f"{self.clock} has seen {self.marks[-1][0]}, it cannot go back to {at}")
        return replace(self, marks=(*self.marks, (at, mark)))

    def written(self) -> list[list[str]]:
        """Return the marks as plain values, for the database."""
        return [[at.isoformat(), str(mark)] for at, mark in self.marks]

    @classmethod
    def read(cls, clock: str, unit: str, limit: int, written: Sequence[Sequence[str]]) -> "Run":
        """Return the run whose marks `written` gave."""
        marks = tuple((datetime.fromisoformat(at), Mark(mark)) for at, mark in written)
        return cls(clock, Unit(unit), limit, marks)

    def intervals(self) -> Iterator[tuple[datetime, datetime | None]]:
        """Yield the times it ran, from and until (not included); None while it runs."""
        since: datetime | None = None
        for at, mark in self.marks:
            if mark in (Mark.START, Mark.RESUME):
                since = at if since is None else since
            elif since is not None:
                yield since, at
                since = None
        if since is not None:
            yield since, None


@dataclass(frozen=True)
class Count:
    """How a run stands at an instant.

    Attributes:
        used: whole days or hours.
        used_time: the exact time, of clocks that count hours; None of those that count days.
        due: when the limit is, or was, reached; None while it rests, and where the calendar ends first.
        breached_at: when it ran out, None where it did not until now.
        calendar_ends: the first year behind the calendar, where that keeps `due` from being told.
        provisional: the first year without a decree, where `due` was counted into it; None otherwise.
    """

    state: ClockState
    limit: int
    unit: Unit
    used: int
    used_time: timedelta | None
    due: datetime | None
    breached_at: datetime | None
    calendar_ends: int | None = None
    provisional: int | None = None

    @property
    def left(self) -> int:
        """Whole days or hours that are left; 0 when it has run out."""
        return max(self.limit - self.used, 0)

    @property
    def is_late(self) -> bool:
        return self.breached_at is not None


def count(run: Run, office: OfficeTime, now: datetime) -> Count:
    """Return how a run stands at `now`, as counted with this calendar.

    Raises:
        CalendarEnds: it started or moved on a day the calendar does not know.
    """
    due: datetime | None = None
    ends: int | None = None
    try:
        due = reach(run, run.limit, office)
    except CalendarEnds as error:
        if run.is_running and office.local(run.marks[-1][0]).date() <= office.last:
            ends = error.year
        else:
            raise
    breached = due if due is not None and due <= now else None
    last = run.marks[-1][1]
    if run.is_over:
        missed = breached is not None
        state = ClockState.MISSED if missed else ClockState.MET if last is Mark.STOP else ClockState.VOID
    else:
        state = ClockState.RUNNING if run.is_running else ClockState.PAUSED
    used, exact = _used(run, office, now)
    waits_for = provisional(run.unit, office.local(due).date() if due else None, office.decreed_to)
    return Count(state, run.limit, run.unit, used, exact, due, breached, ends, waits_for)


def provisional(unit: str, due_on: date | None, decreed_to: date) -> int | None:
    """Return the first year without a decree that a due day was counted into, None where there is none.

    Clock hours and calendar days run through, whatever is decreed.

    >>> provisional("working_days", date(2028, 1, 4), date(2027, 12, 31))
    2028
    """
    if due_on is None or due_on <= decreed_to or unit not in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        return None
    return decreed_to.year + 1


def reach(run: Run, amount: int, office: OfficeTime) -> datetime | None:
    """Return the instant at which the used time reaches `amount` units; None where it stops or rests before.

    Raises:
        CalendarEnds: only a day behind the end of the calendar could tell.
    """
    if run.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        return _reach_days(run, amount, office)
    left = _HOUR * amount
    for since, until in run.intervals():
        if until is not None and (used := _time(run, office, since, until)) < left:
            left -= used
            continue
        reached = _after(run, office, since, left)
        if until is None or reached < until:
            return reached
        # Reached just when the clock stops is in time; it is out if the clock ever goes on.
        left = NOTHING
    return None


def _reach_days(run: Run, amount: int, office: OfficeTime) -> datetime | None:
    days = _days(run.unit, office)
    receipt = days.receipt(office.local(run.started_at))
    left = amount
    for since, until in run.intervals():
        first = max(days.next_end(office.local(since)), receipt + 1)
        if until is None:
            return office.instant(days.end(first + left - 1))
        used = max(days.next_end(office.local(until)) - first, 0)
        if used >= left:
            return office.instant(days.end(first + left - 1))
        left -= used
    return None


def _used(run: Run, office: OfficeTime, now: datetime) -> tuple[int, timedelta | None]:
    """Return the whole units used until `now`, and of clocks in hours the exact time."""
    if run.unit in (Unit.WORKING_HOURS, Unit.CLOCK_HOURS):
        total = sum(
            (_time(run, office, since, until or max(now, since)) for since, until in run.intervals()), NOTHING
        )
        return total // _HOUR, total
    days = _days(run.unit, office)
    receipt = days.receipt(office.local(run.started_at))
    used = 0
    for since, until in run.intervals():
        first = max(days.next_end(office.local(since)), receipt + 1)
        # A day ends at its closing time: at that very instant a running clock has used it.
        last = days.ended(office.local(now)) if until is None else days.next_end(office.local(until)) - 1
        used += max(last - first + 1, 0)
    return used, None


def _time(run: Run, office: OfficeTime, since: datetime, until: datetime) -> timedelta:
    if run.unit is Unit.CLOCK_HOURS:
        return until - since
    return office.passed(office.local(until)) - office.passed(office.local(since))


def _after(run: Run, office: OfficeTime, since: datetime, amount: timedelta) -> datetime:
    if run.unit is Unit.CLOCK_HOURS:
        return (since + amount).astimezone(office.zone)
    found = office.when_passed(office.passed(office.local(since)) + amount)
    if found is None:
        raise CalendarEnds(office.last.year + 1)
    return max(office.instant(found), since.astimezone(office.zone))


class _WorkingDays:
    """The working days by number."""

    def __init__(self, office: OfficeTime) -> None:
        self.office = office

    def receipt(self, local: datetime) -> int:
        return self.office.receipt(local)

    def next_end(self, local: datetime) -> int:
        return self.office.next_closing(local)

    def ended(self, local: datetime) -> int:
        """Return the number of the last day that has ended at `local`."""
        number = self.office.next_closing(local)
        closings = self.office.closings
        return number if number < len(closings) and closings[number] == local else number - 1

    def end(self, number: int) -> datetime:
        if number >= len(self.office.closings):
            raise CalendarEnds(self.office.last.year + 1)
        return self.office.closings[number]


class _CalendarDays:
    """All days, each by its ordinal; a day ends with the midnight behind it."""

    def receipt(self, local: datetime) -> int:
        return local.toordinal()

    def next_end(self, local: datetime) -> int:
        return local.toordinal() - (local.time() == time.min)

    def ended(self, local: datetime) -> int:
        return local.toordinal() - 1

    def end(self, number: int) -> datetime:
        return datetime.combine(date.fromordinal(number) + _DAY, time.min)


def _days(unit: Unit, office: OfficeTime) -> _WorkingDays | _CalendarDays:
    return _CalendarDays() if unit is Unit.CALENDAR_DAYS else _WorkingDays(office)


# What a clock makes of what happens to its case.


@dataclass(frozen=True)
class Happening:
    """One step of a case, as its clocks see it: what happened, and where the case stands then."""

    at: datetime
    events: frozenset[Event]
    state: str
    is_closed: bool
    reopened: bool = False


def advance(clock: Clock, run: Run | None, step: Happening, limit: tuple[int, Unit] | None) -> Run | None:
    """Return the run after a step; None as long as the clock has not started.

    Args:
        limit: what it would have if it started now; None where `starts` says that it does not.
    """
    active = run is not None and not run.is_over
    if run is not None and active and not step.events.isdisjoint(clock.stops):
        run, active = run.seen(Mark.STOP, step.at), False
    elif run is not None and active and step.is_closed:
        run, active = run.seen(Mark.END, step.at), False
    elif run is not None and run.is_over and step.reopened and clock.resume_on_reopen:
        run, active = run.seen(Mark.RESUME, step.at), True
    if starts(clock, run, step) and limit is not None:
        run, active = Run(clock.id, limit[1], limit[0], ((step.at, Mark.START),)), True
    if run is not None and active:
        if step.state in clock.pauses and run.is_running:
            run = run.seen(Mark.PAUSE, step.at)
        elif step.state not in clock.pauses and not run.is_running:
            run = run.seen(Mark.RESUME, step.at)
    return run


def starts(clock: Clock, run: Run | None, step: Happening) -> bool:
    """Tell whether the step starts the clock: the first time, or each time where it restarts."""
    return (run is None or clock.restart) and not step.events.isdisjoint(clock.starts)


@dataclass(frozen=True)
class Alarm:
    """Effects of a clock that are due at an instant; `mark` tells them apart ("warn 75", "breach 0")."""

    at: datetime
    mark: str
    effects: tuple[Effect, ...]


def alarms(clock: Clock, run: Run, office: OfficeTime) -> tuple[Alarm, ...]:
    """Return the warnings and effects of a clock that runs, those that have passed too, by time.

    A share of a limit in days is rounded down, so that a warning comes before its limit; one that
    would come with the limit itself is left out. A clock that rests or is over has none. What would
    move the case at a provisional time waits for the decree: a decision is not taken back.
    """
    if not run.is_running:
        return ()
    hours = run.unit in (Unit.WORKING_HOURS, Unit.CLOCK_HOURS)
    found: list[Alarm] = []
    for percent in clock.warn_at:
        share = run.limit * percent // 100
        # Limits of few hours still have a warning: their share is counted in the hour.
        if share >= 1 or hours:
            at = _share(run, percent, office) if hours else _reach(run, share, office)
            if at is not None:
                found.append(Alarm(at, f"warn {percent}", clock.on_warn))
    for after in sorted({effect.after for effect in clock.on_breach} | {0}):
        at = _reach(run, run.limit + after, office)
        if at is not None:
            effects = tuple(effect for effect in clock.on_breach if effect.after == after)
            decides = any(effect.kind is EffectKind.FIRE for effect in effects)
            if decides and provisional(run.unit, office.local(at).date(), office.decreed_to):
                continue
            found.append(Alarm(at, f"breach {after}", effects))
    return tuple(sorted(found, key=lambda alarm: alarm.at))


def _reach(run: Run, amount: int, office: OfficeTime) -> datetime | None:
    try:
        return reach(run, amount, office)
    except CalendarEnds:
        return None


def _share(run: Run, percent: int, office: OfficeTime) -> datetime | None:
    left = _HOUR * run.limit * percent / 100
    try:
        for since, until in run.intervals():
            if until is None or (used := _time(run, office, since, until)) >= left:
                return _after(run, office, since, left)
            left -= used
    except CalendarEnds:
        pass
    return None


# Telling why.


@dataclass(frozen=True)
class Recount:
    """A due time that became another one with a new calendar; `why` in sentences."""

    before: datetime | None
    after: datetime | None
    why: tuple[str, ...]


def recount(run: Run, old: OfficeTime, new: OfficeTime, now: datetime) -> Recount | None:
    """Return how a new calendar changes the due time of a run that is not over; None where it does not.

    Whether it is late is told anew too: a clock that was late by the old calendar may be in time by the new.
    """
    if run.is_over:
        return None
    before, after = count(run, old, now), count(run, new, now)
    if before.due == after.due and before.used == after.used:
        return None
    last = max(due for due in (before.due, after.due, now) if due)
    why = (*decreed_since(old.decreed_to, new.decreed_to), *_changes(run, old, new, last))
    return Recount(before.due, after.due, why)


def decreed_since(old: date, new: date) -> Iterator[str]:
    """Yield a sentence for each year that was decreed between two calendars, by their last decreed days."""
    for year in range(old.year + 1, new.year + 1 if date.max not in (old, new) else 0):
        yield _("Hari libur tahun %(year)d sudah ditetapkan.") % {"year": year}


def _changes(run: Run, old: OfficeTime, new: OfficeTime, until: datetime) -> Iterator[str]:
    day = new.local(run.started_at).date()
    while day <= min(new.local(until).date(), old.last, new.last):
        was, becomes = old.spans(day), new.spans(day)
        said = {"day": day.isoformat(), "name": new.names.get(day, "")}
        if was and not becomes:
            yield (
                _("%(day)s menjadi hari libur (%(name)s).")
                if said["name"]
                else _("%(day)s menjadi hari libur.")
            ) % said
        elif becomes and not was:
            yield _("%(day)s menjadi hari kerja.") % said
        elif was != becomes:
            yield _("Jam kerja pada %(day)s berubah.") % said
        day += _DAY


def explain(run: Run, office: OfficeTime, now: datetime) -> tuple[str, ...]:
    """Return how the due time was counted, in sentences for the applicant."""
    counted = count(run, office, now)
    return tuple(_explain(run, counted, office))


def _explain(run: Run, counted: Count, office: OfficeTime) -> Iterator[str]:
    started = office.local(run.started_at)
    amounts: Mapping[Unit, str] = {
        Unit.WORKING_DAYS: _("%(limit)d hari kerja"),
        Unit.WORKING_HOURS: _("%(limit)d jam kerja"),
        Unit.CLOCK_HOURS: _("%(limit)d jam"),
        Unit.CALENDAR_DAYS: _("%(limit)d hari kalender"),
    }
    said: dict[str, Any] = {
        "limit": amounts[run.unit] % {"limit": run.limit},
        "start": f"{started:%Y-%m-%d %H:%M}",
        "used": counted.used,
        "left": counted.left,
    }
    yield _("Batasnya %(limit)s, dihitung sejak %(start)s.") % said
    if run.unit is Unit.WORKING_DAYS:
        number = office.receipt(started)
        if number < len(office.working):
            received = office.working[number]
            if received != started.date():
                yield _("Masuk sesudah jam tutup atau pada hari libur, jadi dianggap diterima %(day)s.") % {
                    "day": received.isoformat()
                }
    if run.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        yield _("Hari penerimaan tidak dihitung.")
    if run.unit is Unit.WORKING_DAYS and counted.due is not None:
        off = [
            (day, name)
            for day, name in sorted(office.names.items())
            if started.date() < day <= office.local(counted.due).date()
            and day.weekday() < 5
            and not office.is_working(day)
        ]
        if off:
            days = ", ".join(f"{day.isoformat()} ({name})" for day, name in off)
            yield _("Tidak dihitung karena libur: %(days)s.") % {"days": days}
    rests = sum(mark is Mark.PAUSE for _at, mark in run.marks)
    if rests:
        yield _("Hitungan pernah berhenti %(count)d kali.") % {"count": rests}
    if counted.state is ClockState.PAUSED:
        yield _("Sekarang hitungannya berhenti; terpakai %(used)d, sisa %(left)d.") % said
    elif counted.calendar_ends:
        yield _("Tanggalnya belum dapat disebut: hari libur tahun %(year)d belum ditetapkan.") % {
            "year": counted.calendar_ends
        }
    elif counted.due is not None:
        yield _("Jatuh tempo %(due)s.") % {"due": f"{office.local(counted.due):%Y-%m-%d %H:%M}"}
        if counted.provisional:
            yield provisional_words(counted.provisional)


def provisional_words(year: int) -> str:
    """Return what is said beside a date that a decree to come may move."""
    return _("Tanggal sementara: hari libur %(year)d belum ditetapkan.") % {"year": year}

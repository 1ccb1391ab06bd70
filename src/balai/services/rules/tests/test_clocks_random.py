"""Random histories of a clock, counted by the rules and by the brute-force calendar; 10,000 with --long."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

import pytest

from balai.base.days import Calendar
from balai.definitions import Words
from balai.definitions.calendar import days_of
from balai.definitions.rules import Row
from balai.services.rules.clocks import Happening, Run, advance, count, recount
from balai.services.rules.definition import Clock, Event, EventKind, Unit
from balai.services.rules.office_time import OfficeTime, office_time
from balai.services.rules.tests.brute_calendar import FRIDAY, History, Year, count_days, count_hours

FIRST, LAST = date(2025, 10, 1), date(2026, 12, 31)
WIB = timezone(timedelta(hours=7))
WORDS = Words(id="Uji", en="Test")
MOMENTS = (
    time(0),
    time(7, 29),
    time(7, 30),
    time(12),
    time(13),
    time(15, 30),
    time(16),
    time(16, 1),
    time(23, 59),
)
SOME, ALL = 3_000, 10_000
DAYS, HOURS = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS), (Unit.WORKING_HOURS, Unit.CLOCK_HOURS)


def _hours() -> list[Row]:
    rows = []
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday"):
        closes, noon = ("15:30", "11:30") if day == "friday" else ("16:00", "12:00")
        cells = {"opens": "07:30", "closes": closes, "break_from": noon, "break_to": "13:00"}
        rows.append(Row(day, date(2020, 1, 1), None, cells, "test"))
    return rows


@dataclass(frozen=True)
class Before:
    """A calendar and what becomes of it, each twice; histories begin within sixty days of `since`."""

    since: date
    both: list[tuple[Year, OfficeTime]]


def _decreed(dice: random.Random) -> Before:
    """Return 2027 decreed and 2028 not, then 2028 decreed too, with a correction of 2027.

    Some days of 2028 are told before its decree: of the region, or estimated.
    """
    first, years = date(2027, 9, 1), (date(2027, 12, 31), date(2028, 12, 31))
    this = [first + timedelta(days=n) for n in range((years[0] - first).days + 1)]
    next_ = [years[0] + timedelta(days=n) for n in range(1, 140)]
    told = {*dice.sample(this, 10), *dice.sample(next_, 3)}
    decreed = (told - set(dice.sample(sorted(told), 3))) | {*dice.sample(this, 2), *dice.sample(next_, 12)}
    both = []
    for days, until in ((told, 2027), (decreed, 2028)):
        rows = [Row(f"{day}", day, day, {"kind": "national", "name_id": "Libur"}, "test") for day in days]
        decrees = [
            Row(str(year), date(year, 1, 1), date(year, 12, 31), {"certainty": "decreed"}, "test")
            for year in range(2027, until + 1)
        ]
        known = days_of(rows, decrees)
        office = office_time(known.calendar, _hours(), "Asia/Jakarta", known.names)
        both.append((Year(frozenset(days), until), office))
    return Before(date(2027, 11, 10), both)


def _calendars(dice: random.Random) -> Before:
    """Return a calendar, and what a changed decree makes of it."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    off = set(dice.sample(days, 40))
    changed = (off - set(dice.sample(sorted(off), 8))) | set(dice.sample(days, 8))
    both = [
        (Year(frozenset(each)), office_time(Calendar(frozenset(each), FIRST, LAST), _hours(), "Asia/Jakarta"))
        for each in (off, changed)
    ]
    return Before(date(2026, 1, 1), both)


def _moment(dice: random.Random, day: date) -> datetime:
    if dice.random() < 0.5:
        return datetime.combine(day, dice.choice(MOMENTS))
    return datetime.combine(day, time(dice.randrange(24), dice.randrange(60)))


def _event(kind: EventKind, state: str) -> Event:
    return Event(kind, state)


def _clock(dice: random.Random) -> Clock:
    return Clock(
        "uji",
        WORDS,
        (_event(EventKind.ENTER, "work"),),
        (_event(EventKind.ENTER, "done"),),
        ("asked",),
        (),
        restart=dice.random() < 0.2,
        resume_on_reopen=dice.random() < 0.5,
    )


def _life(
    dice: random.Random, clock: Clock, limit: tuple[int, Unit], gap: int, since: date = date(2026, 1, 1)
) -> tuple[Run, History, datetime]:
    """Play one case; returns the run, the same seen by the brute-force calendar, and the last time."""
    history, run = History(), None
    day = since + timedelta(days=dice.randrange(60))
    at, state = _moment(dice, day), "work"
    for number in range(dice.randrange(1, 8)):
        reopened = False
        if number:
            later = _moment(dice, at.date() + timedelta(days=dice.randrange(gap)))
            at = max(at, later)
            before = state
            state = (
                dice.choice(("work", "asked", "done", "gone")) if before not in ("done", "gone") else "work"
            )
            reopened = before in ("done", "gone")
        entered = True
        events = frozenset({_event(EventKind.ENTER, state)})
        step = Happening(at.replace(tzinfo=WIB), events, state, state in ("done", "gone"), reopened)
        run = advance(clock, run, step, limit)
        history.step(
            at, state, entered=entered, reopened=reopened, again=clock.restart, back=clock.resume_on_reopen
        )
    assert run is not None
    return run, history, at


def _state(history: History, due: datetime | None, now: datetime) -> str:
    if not history.ended:
        return "running" if history.ran[-1][1] is None else "paused"
    if due is not None and due <= now:
        return "missed"
    return "met" if history.ended == "done" else "void"


def _compare(seed: int, before: Before) -> int:
    """Compare both ways of counting one history; return how many of its due times were provisional."""
    calendars, provisional = before.both, 0
    dice = random.Random(seed)
    unit = dice.choice(DAYS) if dice.random() < 0.8 else dice.choice(HOURS)
    in_days = unit in DAYS
    limit = dice.randrange(1, 25) if in_days else dice.randrange(1, 13)
    run, history, last = _life(dice, _clock(dice), (limit, unit), 12 if in_days else 3, before.since)
    now = max(last, _moment(dice, last.date() + timedelta(days=dice.randrange(15 if in_days else 3))))
    told = []
    for year, office in calendars:
        used, due = (count_days if in_days else count_hours)(history, unit, limit, year, now)
        found = count(run, office, now.replace(tzinfo=WIB))
        became = (found.used, found.due.replace(tzinfo=None) if found.due else None, str(found.state))
        assert became == (used, due, _state(history, due, now)), (seed, unit, limit, run.marks, now)
        assert found.is_late == (due is not None and due <= now), seed
        waits_for = year.decreed + 1 if year.may_move(unit, due) else None
        assert found.provisional == waits_for, (seed, unit, limit, run.marks, now)
        provisional += waits_for is not None
        told.append((used, due))
    change = recount(run, calendars[0][1], calendars[1][1], now.replace(tzinfo=WIB))
    if run.is_over or told[0] == told[1]:
        assert change is None, seed
    else:
        assert change is not None, seed
        dues = [due.replace(tzinfo=None) if due else None for due in (change.before, change.after)]
        assert dues == [told[0][1], told[1][1]], seed
        assert change.why, seed
    return provisional


@pytest.fixture(scope="module")
def calendars() -> list[Before]:
    return [(_decreed if seed % 2 else _calendars)(random.Random(seed)) for seed in range(20)]


@pytest.mark.parametrize(
    "histories", [range(SOME), pytest.param(range(SOME, ALL), marks=pytest.mark.long)], ids=["some", "all"]
)
def test_clocks_and_the_brute_force_calendar_count_alike(histories: range, calendars: list[Before]) -> None:
    provisional = sum(_compare(seed, calendars[seed % len(calendars)]) for seed in histories)
    assert provisional > len(histories) // 50


def test_the_histories_hold_what_they_are_meant_to() -> None:
    seen: dict[str, int] = {}
    for seed in range(500):
        dice = random.Random(seed)
        run, history, _last = _life(dice, _clock(dice), (5, Unit.WORKING_DAYS), 12)
        for _at, mark in run.marks:
            seen[mark] = seen.get(mark, 0) + 1
        seen[history.ended] = seen.get(history.ended, 0) + 1
    assert min(seen[name] for name in ("start", "pause", "resume", "stop", "end", "done", "gone", "")) > 50
    assert FRIDAY[-1][1] == time(15, 30)

"""The counting rules, each as a case in words. In August 2026 the 17th and the 25th are holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from balai.base.days import Calendar, CalendarEnds
from balai.base.errors import Invalid
from balai.definitions import Words
from balai.definitions.rules import Row
from balai.services.rules.clocks import ClockState, Mark, Run, alarms, count, explain, recount
from balai.services.rules.definition import Clock, Effect, EffectKind, Event, EventKind, Unit
from balai.services.rules.office_time import OfficeTime, office_time
from balai.services.rules.tests.test_clocks_random import _hours

WIB = ZoneInfo("Asia/Jakarta")
HOLIDAYS = {date(2026, 8, 17): "Hari Kemerdekaan", date(2026, 8, 25): "Maulid Nabi"}


def office(*more: date) -> OfficeTime:
    days = {**HOLIDAYS, **dict.fromkeys(more, "Cuti bersama")}
    calendar = Calendar(frozenset(days), date(2026, 1, 1), date(2026, 12, 31))
    return office_time(calendar, _hours(), "Asia/Jakarta", days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=WIB)


def run(limit: int, *marks: tuple[str, Mark], unit: Unit = Unit.WORKING_DAYS) -> Run:
    return Run("uji", unit, limit, tuple((at(when), mark) for when, mark in marks))


S, P, R, E = Mark.START, Mark.PAUSE, Mark.RESUME, Mark.STOP


@pytest.mark.parametrize(
    ("words", "given", "due"),
    [
        ("Tuesday morning, three days", run(3, ("08-18T09:00", S)), "08-21T15:30"),
        ("Friday after closing, a holiday on Monday", run(3, ("08-14T15:30", S)), "08-21T15:30"),
        (
            "Friday a minute before closing: the day of receipt is Friday",
            run(3, ("08-14T15:29", S)),
            "08-20T16:00",
        ),
        ("before opening it is that day", run(1, ("08-18T00:00", S)), "08-19T16:00"),
        ("on a Saturday it is Tuesday", run(1, ("08-15T10:00", S)), "08-19T16:00"),
        ("a holiday in the middle", run(3, ("08-21T09:00", S)), "08-27T16:00"),
        ("rests: no due time", run(3, ("08-18T09:00", S), ("08-19T09:00", P)), None),
        (
            "the day of the pause does not count, that of going on does",
            run(3, ("08-18T09:00", S), ("08-19T09:00", P), ("08-26T10:00", R)),
            "08-28T15:30",
        ),
        (
            "a pause at closing time: it does not run at it",
            run(2, ("08-18T09:00", S), ("08-19T16:00", P), ("08-20T16:01", R)),
            "08-24T16:00",
        ),
        (
            "going on at closing time: it runs at it",
            run(2, ("08-18T09:00", S), ("08-19T09:00", P), ("08-20T16:00", R)),
            "08-21T15:30",
        ),
        (
            "calendar days end at midnight",
            run(30, ("08-19T09:00", S), unit=Unit.CALENDAR_DAYS),
            "09-19T00:00",
        ),
        (
            "clock hours run through the night",
            run(24, ("08-14T15:00", S), unit=Unit.CLOCK_HOURS),
            "08-15T15:00",
        ),
        (
            "working hours stop for lunch and weekend",
            run(4, ("08-14T10:30", S), unit=Unit.WORKING_HOURS),
            "08-18T08:00",
        ),
    ],
)  # fmt: skip
def test_a_promise_is_due(words: str, given: Run, due: str | None) -> None:
    found = count(given, office(), at("08-26T10:00"))
    assert found.due == (at(due) if due else None), words


def test_a_clock_stopped_just_at_its_due_time_is_met_and_a_minute_later_missed() -> None:
    in_time = run(1, ("08-18T09:00", S), ("08-19T16:00", E))
    late = run(1, ("08-18T09:00", S), ("08-19T16:01", E))
    assert count(in_time, office(), at("08-20T09:00")).state is ClockState.MET
    assert count(late, office(), at("08-20T09:00")).state is ClockState.MISSED


def test_a_case_that_ends_otherwise_voids_its_clock_unless_it_was_late() -> None:
    early = run(3, ("08-18T09:00", S), ("08-19T09:00", Mark.END))
    late = run(3, ("08-18T09:00", S), ("08-28T09:00", Mark.END))
    assert count(early, office(), at("08-30T09:00")).state is ClockState.VOID
    assert count(late, office(), at("08-30T09:00")).state is ClockState.MISSED


def test_a_changed_decree_moves_the_due_time_and_says_why() -> None:
    change = recount(run(3, ("08-18T09:00", S)), office(), office(date(2026, 8, 20)), at("08-19T09:00"))
    assert change is not None
    assert (change.before, change.after) == (at("08-21T15:30"), at("08-24T16:00"))
    assert change.why == ("2026-08-20 menjadi hari libur (Cuti bersama).",)
    assert recount(run(3, ("08-18T09:00", S)), office(), office(date(2026, 9, 1)), at("08-19T09:00")) is None


def test_the_counting_is_explained() -> None:
    told = " ".join(explain(run(3, ("08-14T16:30", S)), office(), at("08-18T09:00")))
    assert "3 hari kerja" in told
    assert "dianggap diterima 2026-08-18" in told
    assert "2026-08-21 15:30" in told
    across = " ".join(explain(run(3, ("08-21T09:00", S)), office(), at("08-21T10:00")))
    assert "2026-08-25 (Maulid Nabi)" in across


def test_warnings_come_before_the_limit_and_breaches_after_it() -> None:
    late = Effect(EffectKind.NOTIFY, "head", "late")
    clock = Clock(
        "uji", Words(id="Uji", en="Test"), (Event(EventKind.FILED),), (), (), (),
        warn_at=(75, 90), on_warn=(late,),
        on_breach=(late, Effect(EffectKind.ESCALATE, "setda", "late", after=2)),
    )  # fmt: skip
    found = alarms(clock, run(3, ("08-18T09:00", S)), office())
    assert [(alarm.mark, alarm.at) for alarm in found] == [
        ("warn 75", at("08-20T16:00")),
        ("warn 90", at("08-20T16:00")),
        ("breach 0", at("08-21T15:30")),
        ("breach 2", at("08-26T16:00")),
    ]
    assert alarms(clock, run(3, ("08-18T09:00", S), ("08-19T09:00", P)), office()) == ()


def test_a_due_time_behind_the_calendar_is_not_guessed() -> None:
    found = count(run(10, ("12-28T09:00", S)), office(), at("12-29T09:00"))
    assert (found.due, found.calendar_ends) == (None, 2027)
    with pytest.raises(CalendarEnds):
        count(
            Run("uji", Unit.WORKING_DAYS, 3, ((datetime(2027, 1, 4, tzinfo=UTC), S),)),
            office(),
            at("12-31T09:00"),
        )


def test_a_run_is_kept_and_read_back() -> None:
    known = run(3, ("08-18T09:00", S), ("08-19T09:00", P))
    assert Run.read("uji", "working_days", 3, known.written()) == known
    with pytest.raises(ValueError, match="cannot go back"):
        known.seen(R, at("08-18T10:00"))


def test_the_hours_of_ramadan_are_a_dated_row() -> None:
    plain = _hours()
    short = [row for row in plain if row.key == "tuesday"]
    assert office().local(at("08-18T09:00")) == datetime(2026, 8, 18, 9)  # noqa: DTZ001 - a local clock
    calendar = Calendar(frozenset(), date(2026, 1, 1), date(2026, 12, 31))
    (row,) = short
    from_june = type(row)("tuesday", date(2026, 6, 1), None, {"opens": "08:00", "closes": "14:00"}, "Perwal")
    until_may = type(row)("tuesday", row.valid_from, date(2026, 5, 31), row.values, row.source)
    others = [each for each in plain if each.key != "tuesday"]
    changed = office_time(calendar, [*others, until_may, from_june], "Asia/Jakarta")
    tuesday = timedelta(days=1)
    assert changed.spans(date(2026, 5, 25) + tuesday)[-1][1].hour == 16
    assert changed.spans(date(2026, 6, 1) + tuesday)[-1][1].hour == 14


def test_hours_that_cannot_be_read_are_refused() -> None:
    calendar = Calendar(frozenset(), date(2026, 1, 1), date(2026, 1, 31))
    for opens, closes in (("7.30", "16:00"), ("16:00", "07:30")):
        row = Row("monday", date(2020, 1, 1), None, {"opens": opens, "closes": closes}, "Perwal")
        with pytest.raises(Invalid, match="07:30"):
            office_time(calendar, [row], "Asia/Jakarta")

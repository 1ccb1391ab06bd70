"""Promises in working days end on the right day, or say that the calendar ends first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.base.days import (
    Calendar,
    CalendarEnds,
    add_working_days,
    due_date,
    local_day,
    working_days_between,
)

NYEPI = date(2026, 3, 19)
YEAR = Calendar(
    frozenset({NYEPI, date(2026, 3, 20), date(2026, 3, 23)}), date(2026, 1, 1), date(2026, 12, 31)
)


@pytest.mark.parametrize(
    ("received", "promise", "due", "why"),
    [
        (date(2026, 3, 16), 1, date(2026, 3, 17), "the day of receipt does not count"),
        (date(2026, 3, 18), 1, date(2026, 3, 24), "holidays and a weekend are jumped"),
        (date(2026, 3, 13), 1, date(2026, 3, 16), "received on Friday, due on Monday"),
        (date(2026, 3, 14), 1, date(2026, 3, 16), "received on Saturday"),
        (NYEPI, 2, date(2026, 3, 25), "received on a holiday"),
        (date(2026, 12, 30), 1, date(2026, 12, 31), "the last day of the calendar still counts"),
    ],
)
def test_a_promise_ends_on_the_right_day(received: date, promise: int, due: date, why: str) -> None:
    assert due_date(received, promise, YEAR) == due, why


def test_a_promise_of_no_days_is_a_mistake_of_the_definition() -> None:
    with pytest.raises(ValueError, match="at least one"):
        due_date(NYEPI, 0, YEAR)


@pytest.mark.parametrize(
    ("day", "steps", "year"),
    [(date(2026, 12, 31), 1, 2027), (date(2026, 1, 1), -1, 2025), (date(2028, 5, 1), 1, 2028)],
)
def test_the_calendar_names_the_year_it_lacks(day: date, steps: int, year: int) -> None:
    with pytest.raises(CalendarEnds, match=str(year)) as refusal:
        add_working_days(day, steps, YEAR)
    assert refusal.value.year == year


def test_counting_past_the_calendar_is_refused() -> None:
    with pytest.raises(CalendarEnds, match="2027"):
        working_days_between(date(2026, 12, 1), date(2027, 1, 4), YEAR)


def test_days_are_counted_forwards_only() -> None:
    with pytest.raises(ValueError, match="forwards"):
        working_days_between(date(2026, 3, 2), date(2026, 3, 1), YEAR)


@given(st.integers(0, 200), st.integers(1, 90))
def test_counting_undoes_adding(offset: int, promise: int) -> None:
    received = date(2026, 1, 1) + timedelta(days=offset)
    assert working_days_between(received, due_date(received, promise, YEAR), YEAR) == promise


@pytest.mark.parametrize(
    ("first", "last", "holidays"),
    [
        (date(2026, 12, 31), date(2026, 1, 1), frozenset()),
        (date(2026, 1, 1), date(2026, 12, 31), frozenset({date(2027, 1, 1)})),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(
    first: date, last: date, holidays: frozenset[date]
) -> None:
    with pytest.raises(ValueError, match="2026"):
        Calendar(holidays, first, last)


@pytest.mark.parametrize(
    ("tz", "day"),
    [
        ("Asia/Jakarta", date(2026, 3, 18)),
        ("Asia/Makassar", date(2026, 3, 19)),
        ("Asia/Jayapura", date(2026, 3, 19)),
    ],
)
def test_the_day_is_the_one_on_the_wall_of_the_town_hall(tz: str, day: date) -> None:
    assert local_day(datetime(2026, 3, 18, 16, 30, tzinfo=UTC), tz) == day


def test_an_instant_without_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime(2026, 3, 18, 16, 30))  # noqa: DTZ001

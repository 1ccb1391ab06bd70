"""Numbers are given once, in order, with the thing they number."""

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from balai.base import tenancy
from balai.base.ids import uuid7
from balai.base.journal import JournalEntry
from balai.base.numbers import NumberSeries, NumberTaken, Series, _count_gaps, gaps, next_number
from balai.base.tests.crowd import crowd

LETTERS = Series("surat/dinkes")
DAY = date(2026, 3, 18)


def letter() -> JournalEntry:
    """Any row with a key of its own will do as a letter here."""
    return JournalEntry(id=uuid7())


def number(series: Series = LETTERS, on: date = DAY) -> int:
    with transaction.atomic():
        return next_number(series, on, letter())


@pytest.mark.django_db
@pytest.mark.usefixtures("malang")
class TestInKotaMalang:
    def test_numbers_begin_at_one_and_follow_each_other(self) -> None:
        assert [number(), number(), number()] == [1, 2, 3]
        assert gaps(LETTERS, "2026") == []

    def test_a_yearly_series_begins_again_in_january(self) -> None:
        assert [number(on=date(2026, 12, 31)), number(on=date(2027, 1, 1))] == [1, 1]

    def test_a_series_that_never_restarts_goes_on(self) -> None:
        cases = Series("berkas", yearly=False)
        assert [number(cases, date(2026, 12, 31)), number(cases, date(2027, 1, 1))] == [1, 2]
        assert gaps(cases, "") == []

    def test_offices_count_apart(self) -> None:
        assert [number(Series("surat/dinkes")), number(Series("surat/kominfo"))] == [1, 1]

    def test_a_letter_keeps_the_number_it_has(self) -> None:
        same = letter()
        with transaction.atomic():
            assert next_number(LETTERS, DAY, same) == next_number(LETTERS, DAY, same) == 1
        assert number() == 2

    def test_a_failed_change_gives_its_number_back(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            next_number(LETTERS, DAY, letter())
            raise ZeroDivisionError
        assert number() == 1
        assert gaps(LETTERS, "2026") == []

    def test_a_gap_is_seen(self) -> None:
        number()
        NumberSeries.objects.update(last=4)
        number()
        assert gaps(LETTERS, "2026") == [2, 3, 4]
        assert _count_gaps() == 3

    def test_the_invariant_counts_each_series_for_itself(self) -> None:
        number(), number(Series("berkas")), number(Series("berkas"))
        assert _count_gaps() == 0
        NumberSeries.objects.filter(code="berkas").update(last=1)
        NumberSeries.objects.filter(code=LETTERS.code).update(last=2)
        assert _count_gaps() == 2

    def test_a_counter_set_back_gives_no_number_twice(self) -> None:
        number()
        NumberSeries.objects.update(last=0)
        with pytest.raises(IntegrityError):
            number()

    def test_a_number_given_is_never_changed_or_taken_away(self) -> None:
        number()
        for rewrite in (
            lambda: NumberTaken.objects.update(number=9),
            lambda: NumberTaken.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rewrite()

    def test_a_series_nobody_used_has_no_gaps(self) -> None:
        assert gaps(Series("kosong"), "2026") == []


@pytest.mark.django_db
def test_joko_counts_in_his_own_regency() -> None:
    with tenancy.scope("35.73"):
        number()
    with tenancy.scope("35.07", also=["35.73"]):
        assert number() == 1
        assert gaps(LETTERS, "2026") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("malang")
def test_a_number_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        next_number(LETTERS, DAY, letter())


@pytest.mark.django_db(transaction=True)
def test_five_officers_numbering_at_once_get_five_runs_without_repeats(tmp_path: Path) -> None:
    def work() -> list[int]:
        return [number() for _ in range(8)]

    with crowd("35.73", tmp_path) as together:
        answers = together([work] * 5)
        assert all(isinstance(answer, list) for answer in answers), answers
        assert sorted(number for run in answers for number in run) == list(range(1, 41))
        assert together([lambda: gaps(LETTERS, "2026")]) == [[]]

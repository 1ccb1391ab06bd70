"""Whose turn it is to ask."""

import threading
import time

import pytest

from balai.data.engines import turns
from balai.data.engines.turns import TooMany, Turns


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_TO_WAIT", 0.05)


def test_an_asker_has_one_question_at_once() -> None:
    here = Turns(2, 20, 15)
    first = here.take("budi", False)
    with pytest.raises(TooMany, match="masih berjalan"):
        here.take("budi", False)
    here.take("agus", False).end()
    first.end()
    first.end()
    here.take("budi", False).end()


def test_a_turn_that_nobody_holds_is_over() -> None:
    here = Turns(2, 20, 15)
    here.take("budi", False)
    here.take("budi", False).end()


def test_who_asks_anew_waits_until_the_question_before_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "SECONDS_TO_WAIT", 5)
    here = Turns(2, 20, 15)
    first = here.take("budi", False)
    threading.Timer(0.1, first.end).start()
    began = time.monotonic()
    here.take("budi", False).end()
    assert time.monotonic() - began > 0.05


def test_of_three_readers_visitors_leave_one() -> None:
    here = Turns(3, 20, 15)
    held = [here.take(f"visitor {n}", True) for n in range(2)]
    with pytest.raises(TooMany, match="Banyak pengunjung"):
        here.take("visitor 3", True)
    here.take("budi", False).end()
    held.pop().end()
    here.take("visitor 4", True).end()


def test_files_leave_one_reader_for_questions() -> None:
    here = Turns(2, 20, 15)
    long = here.take("budi", False, is_file=True)
    with pytest.raises(TooMany, match="Unduhan lain"):
        here.take("agus", False, is_file=True)
    here.take("agus", False).end()
    long.end()
    here.take("agus", False, is_file=True).end()


def test_an_address_asks_only_so_often_and_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(turns.time, "monotonic", lambda: now[0])
    here = Turns(2, 3, 10)
    for _question in range(3):
        here.take("visitor a", True).end()
    with pytest.raises(TooMany, match="61 detik lagi"):
        here.take("visitor a", True)
    long = here.take("visitor b", True)
    now[0] += 11
    long.end()
    with pytest.raises(TooMany, match="10 detik menghitung"):
        here.take("visitor b", True)
    now[0] += 60
    here.take("visitor a", True).end()
    here.take("visitor b", True).end()

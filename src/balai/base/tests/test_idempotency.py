"""What is sent twice is done once and answered the same."""

import time
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, Invalid, Locked
from balai.base.idempotency import IdempotencyKey, _forget_old, once
from balai.base.numbers import NumberSeries
from balai.base.tests.crowd import crowd

BUDI = Actor("budi", "Budi", "35.73")
AGUS = Actor("agus", "Agus", "35.73")
JOKO = Actor("joko", "Joko", "35.07")
BODY = b'{"value": "12"}'


class Change:
    """A change that counts how often it was made."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> tuple[int, dict]:
        self.made += 1
        NumberSeries.objects.create(code=f"effect-{self.made}")
        return 201, {"made": self.made, "on": date(2026, 3, 18), "id": UUID(int=1)}


@pytest.mark.django_db
@pytest.mark.usefixtures("malang")
class TestInKotaMalang:
    def test_the_same_request_gets_the_same_answer_and_is_done_once(self) -> None:
        change = Change()
        first = once(BUDI, "k-1", BODY, change)
        assert first == once(BUDI, "k-1", BODY, change)
        assert first == (201, {"made": 1, "on": "2026-03-18", "id": str(UUID(int=1))})
        assert change.made == NumberSeries.objects.count() == 1

    def test_another_body_under_the_same_key_is_a_conflict(self) -> None:
        change = Change()
        once(BUDI, "k-1", BODY, change)
        with pytest.raises(Conflict, match="permintaan lain"):
            once(BUDI, "k-1", b'{"value": "13"}', change)
        assert change.made == 1

    def test_another_key_is_another_request(self) -> None:
        change = Change()
        once(BUDI, "k-1", BODY, change)
        once(BUDI, "k-2", BODY, change)
        assert change.made == 2

    def test_agus_does_not_meet_the_answer_of_budi(self) -> None:
        change = Change()
        once(BUDI, "k-1", BODY, change)
        assert once(AGUS, "k-1", b"other", change)[1]["made"] == 2

    @pytest.mark.parametrize("error", [Locked("tutup"), ZeroDivisionError()])
    def test_a_refused_change_keeps_neither_key_nor_effect(self, error: Exception) -> None:
        change = Change()

        def fails() -> tuple[int, dict]:
            change()
            raise error

        with pytest.raises(type(error)):
            once(BUDI, "k-1", BODY, fails)
        assert IdempotencyKey.objects.count() == NumberSeries.objects.count() == 0
        assert once(BUDI, "k-1", BODY, change)[0] == 201

    @pytest.mark.parametrize("key", ["", "k" * 65, "dengan spasi", "kunci\n", "kunci\0", "kuncí", "\u2003"])
    def test_a_key_is_short_visible_ascii(self, key: str) -> None:
        change = Change()
        with pytest.raises(Invalid, match="Idempotency-Key"):
            once(BUDI, key, BODY, change)
        assert change.made == 0

    def test_a_key_of_64_characters_is_taken(self) -> None:
        assert once(BUDI, "~" * 64, BODY, Change())[0] == 201

    @pytest.mark.parametrize("actor", [JOKO, Actor("", "", "35.73")])
    def test_joko_and_a_visitor_write_nothing_here(self, actor: Actor) -> None:
        change = Change()
        with pytest.raises(Forbidden):
            once(actor, "k-1", BODY, change)
        assert change.made == 0

    def test_a_request_inside_itself_is_refused(self) -> None:
        with pytest.raises(Conflict, match="masih dikerjakan"):
            once(BUDI, "k-1", BODY, lambda: once(BUDI, "k-1", BODY, Change()))


@pytest.mark.django_db
@pytest.mark.usefixtures("malang")
def test_an_answer_is_forgotten_after_a_week() -> None:
    change = Change()
    once(BUDI, "k-1", BODY, change)
    once(BUDI, "k-2", BODY, change)
    IdempotencyKey.objects.filter(key="k-1").update(made_at=datetime(2026, 3, 1, tzinfo=UTC))
    IdempotencyKey.objects.filter(key="k-2").update(made_at=datetime(2026, 3, 5, tzinfo=UTC))
    _forget_old("2026-03-10T02:10:00+07:00")
    assert [kept.key for kept in IdempotencyKey.objects.all()] == ["k-2"]


@pytest.mark.django_db
def test_keys_of_two_tenants_do_not_meet() -> None:
    change = Change()
    with tenancy.scope("35.73"):
        once(BUDI, "k-1", BODY, change)
    same = Actor("budi", "Budi", "35.07")
    with tenancy.scope("35.07", also=["35.73"]):
        assert once(same, "k-1", BODY, change)[1]["made"] == 2


@pytest.mark.django_db(transaction=True)
def test_six_of_the_same_at_once_have_one_effect(tmp_path: Path) -> None:
    def change() -> tuple[int, dict]:
        row = NumberSeries.objects.create(code="effect", last=0, year=str(NumberSeries.objects.count()))
        time.sleep(0.05)
        return 201, {"id": str(row.pk)}

    with crowd("35.73", tmp_path) as together:
        answers = together([lambda: once(BUDI, "k-1", BODY, change)] * 6)
        assert all(answer == answers[0] and answer[0] == 201 for answer in answers), answers
        assert together([NumberSeries.objects.count]) == [1]


@pytest.mark.django_db(transaction=True)
def test_one_who_waited_for_a_failed_one_makes_the_change(tmp_path: Path) -> None:
    made = []

    def change() -> tuple[int, dict]:
        made.append(1)
        if len(made) == 1:
            time.sleep(0.1)
            raise Locked("tutup")
        return 201, {}

    with crowd("35.73", tmp_path) as together:
        answers = together([lambda: once(BUDI, "k-1", BODY, change)] * 2)
    assert sorted(isinstance(answer, Locked) for answer in answers) == [False, True]
    assert len(made) == 2

"""“Ada yang keliru pada data ini?”: sent by anybody, answered by the producer, its words kept back."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.data.changes.feedback import Remark, answer_feedback, give_feedback
from balai.data.models import Feedback
from balai.data.reads.feedback import answered, by_key, one_to_answer, to_answer
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]
TEXT = "Tong nomor 1 sudah dipindah ke jalan sebelah."


@pytest.fixture
def visitor(cast: Cast) -> Client:
    return visitor_at("35.73")


@pytest.fixture(autouse=True)
def bins(cast: Cast, malang: object, own_folder: str) -> None:
    founded(cast)
    publish([a_bin(1)])


def _remark(text: str = TEXT, address: str = "10.0.0.1") -> Remark:
    return Remark("wrong", text, address)


def _answers(actor: Actor) -> Actor:
    """Return a person of an office who answers for its data, as the role files have it."""
    return Actor(
        actor.id,
        actor.name,
        actor.tenant,
        {"data.read": Reach.TENANT, "data.answer": Reach.OFFICE},
        actor.offices,
    )


def test_a_visitor_tells_the_producer_answers_and_all_read_the_answer(cast: Cast) -> None:
    made = give_feedback(cast.visitor, "bins", _remark(), at=NOW)
    budi = _answers(cast.budi.actor)
    assert [row.text for row in to_answer(budi)] == [TEXT]
    answer_feedback(budi, made.pk, "mended", "Sudah kami pindah.", version=1, at=NOW + timedelta(hours=2))
    [seen] = answered(cast.visitor, "bins")
    assert (seen.state, seen.answer) == ("mended", "Sudah kami pindah.")
    assert not hasattr(seen, "text")
    assert by_key(cast.visitor, "bins", made.key).text == TEXT
    assert to_answer(budi) == ()
    assert len(to_answer(budi, open_only=False)) == 1


def test_the_journal_holds_that_it_was_told_and_not_what(cast: Cast) -> None:
    give_feedback(cast.visitor, "bins", _remark(), at=NOW)
    line = JournalEntry.objects.get(verb="feedback.give")
    assert line.facts == {"dataset": "bins", "about": "wrong"}


def test_agus_of_another_office_and_joko_of_another_region_see_nothing_of_it(cast: Cast) -> None:
    made = give_feedback(cast.visitor, "bins", _remark(), at=NOW)
    for person in (_answers(cast.agus.actor), _answers(cast.joko.actor)):
        with tenancy.scope(person.tenant):
            assert to_answer(person) == ()
            with pytest.raises(NotFound):
                one_to_answer(person, made.pk)
            with pytest.raises((Forbidden, NotFound)):
                answer_feedback(person, made.pk, "kept", "Tidak.", version=1, at=NOW)
            with pytest.raises(NotFound):
                by_key(person, "bins", "another key")


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ("too short", Remark("wrong", "salah", "a")),
        ("too long", Remark("wrong", "x" * 2001, "a")),
        ("an unknown kind", Remark("praise", TEXT, "a")),
        ("full of links", Remark("other", "http://a.b http://c.d https://e.f beli sekarang", "a")),
    ],
)
def test_what_cannot_help_the_producer_is_sent_back(cast: Cast, words: str, remark: Remark) -> None:
    with pytest.raises(Invalid):
        give_feedback(cast.visitor, "bins", remark, at=NOW)
    assert not Feedback.objects.exists(), words


def test_one_network_sends_five_an_hour_and_the_same_words_count_once(cast: Cast) -> None:
    for number in range(5):
        for _twice in range(2):
            give_feedback(cast.visitor, "bins", _remark(f"{TEXT} {number}"), at=NOW)
    assert Feedback.objects.count() == 5
    with pytest.raises(Locked):
        give_feedback(cast.visitor, "bins", _remark("Masukan yang keenam dari sini."), at=NOW)
    give_feedback(cast.visitor, "bins", _remark("Dari jaringan yang lain.", "10.0.0.2"), at=NOW)
    give_feedback(
        cast.visitor, "bins", _remark("Satu jam kemudian lagi."), at=NOW + timedelta(hours=1, minutes=1)
    )


def test_it_is_not_closed_without_an_answer_nor_over_the_answer_of_another(cast: Cast) -> None:
    made = give_feedback(cast.visitor, "bins", _remark(), at=NOW)
    budi = _answers(cast.budi.actor)
    with pytest.raises(Invalid):
        answer_feedback(budi, made.pk, "kept", "  ", version=1, at=NOW)
    answer_feedback(budi, made.pk, "at_work", "", version=1, at=NOW)
    with pytest.raises(Conflict):
        answer_feedback(budi, made.pk, "kept", "Sudah benar.", version=1, at=NOW)


def test_a_limited_dataset_takes_no_remarks_from_visitors(cast: Cast) -> None:
    founded(
        cast, declared(code="limited_bins", title={"id": "Lain", "en": "Other"}, classification="limited")
    )
    with pytest.raises(NotFound):
        give_feedback(cast.visitor, "limited_bins", _remark(), at=NOW)


def test_a_visitor_sends_the_form_and_follows_it(visitor: Client) -> None:
    sent = visitor.post("/data/bins/masukan/", {"kind": "wrong", "text": TEXT, "site": ""}, follow=True)
    page = sent.content.decode()
    assert TEXT in page and "Belum ada jawaban" in page
    assert sent["Cache-Control"] == "no-store"
    listed = visitor.get("/data/bins/masukan/").content.decode()
    assert "Nilainya salah" in listed and TEXT not in listed
    back = visitor.post("/data/bins/masukan/", {"kind": "", "text": "salah"})
    assert back.status_code == 422


def test_a_program_that_fills_in_the_snare_is_thanked_and_not_heard(visitor: Client) -> None:
    visitor.post("/data/bins/masukan/", {"kind": "wrong", "text": TEXT, "site": "http://spam.example"})
    assert not Feedback.objects.exists()

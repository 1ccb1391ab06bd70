"""A dataset that is missing: asked for by anybody, answered by the steward, seen by all with its days."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from tests.cast import Cast, Person, someone, visitor_at

from balai.base import worker
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from balai.base.journal import JournalEntry
from balai.data.changes.asked import Answered, Wish, answer_wish, ask_for_dataset, forget_askers, prove_wish
from balai.data.jobs import _count_with_the_calendar as count_with_the_calendar
from balai.data.models import AskedDataset, Dataset
from balai.data.reads import asked
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]

WHAT = "Jumlah taman bermain tiap kelurahan, tahun 2025."
WHY = "Untuk skripsi tentang ruang bermain anak."
TYPED = {"what": WHAT, "why": WHY, "use": "research", "email": "mhs@contoh.id"}
_LINK = re.compile(r"https?://[^/]+(/data/permintaan/saya/[\w-]+/)")


@pytest.fixture
def tika(cast: Cast) -> Person:
    """The steward of Kota Malang."""
    return someone("Tika", "35.73", "steward", office=cast.kominfo)


def wish(what: str = WHAT, email: str = "mhs@contoh.id", address: str = "10.0.0.1") -> Wish:
    return Wish(what, WHY, "research", email, address, "https://kota-malang.localhost")


def accepted(cast: Cast) -> Answered:
    title = "Taman bermain tiap kelurahan"
    return Answered("accepted", title, "", str(cast.kominfo.pk), date(2026, 6, 1))


def letter_to(address: str) -> str:
    worker.drain()
    [told] = [one.body for one in mail.outbox if one.to == [address]]
    mail.outbox.clear()
    return str(told)


def test_a_visitor_proves_the_address_and_follows_the_wish_until_it_is_published(
    cast: Cast, tika: Person
) -> None:
    client: Client = visitor_at("35.73")
    page = client.post("/data/permintaan/baru/", TYPED).content.decode()
    assert "periksa surel Anda" in page and "/saya/" not in page
    assert "Belum ada permintaan" in client.get("/data/permintaan/").content.decode()
    at = _LINK.search(letter_to("mhs@contoh.id"))
    assert at and "Kirim permintaan saya" in client.get(at[1]).content.decode()
    assert client.post(at[1], follow=True).status_code == 200
    page = client.get("/data/permintaan/").content.decode()
    assert "Permintaan baru" in page and "0 hari" in page and WHAT not in page
    assert "meja walidata" in letter_to(tika.account.email)

    row = AskedDataset.objects.get()
    assert row.answer_by and row.answer_by > timezone.localdate() + timedelta(days=10)
    right, wrong = row.answer_by, row.answer_by + timedelta(days=1)
    AskedDataset.objects.update(answer_by=wrong)
    count_with_the_calendar(timezone.now().isoformat())
    row.refresh_from_db()
    assert row.answer_by == right
    desk = f"/meja/permintaan-set-data/{row.pk}/"
    assert WHAT in tika.client.get(desk).content.decode()
    typed = {"version": row.version, "state": "accepted", "title": "Taman bermain", "answer": "Segera."}
    assert tika.client.post(desk, typed).status_code == 422
    later = timezone.localdate() + timedelta(days=30)
    typed |= {"office": str(cast.kominfo.pk), "planned_on": later.isoformat()}
    assert tika.client.post(desk, typed).status_code == 302
    assert "Taman bermain" in letter_to("mhs@contoh.id")
    assert WHAT in cast.budi.client.get(desk).content.decode(), "his office prepares it"
    assert cast.budi.client.post(desk, typed).status_code == 403

    founded(cast)
    publish([a_bin(1)])
    row.refresh_from_db()
    typed = {"version": row.version, "state": "published", "title": "Taman bermain", "dataset": "bins"}
    assert tika.client.post(desk, typed).status_code == 302
    assert 'href="/data/bins/"' in client.get("/data/permintaan/").content.decode()
    assert "Buka set datanya" in client.get(at[1]).content.decode()
    listed = client.get("/api/3/action/list_datarequests?closed=true").json()["result"]
    assert (listed["count"], listed["result"][0]["accepted_dataset"]) == (1, "bins")
    assert client.get("/api/3/action/list_datarequests?closed=false").json()["result"]["count"] == 0
    page = client.get("/data/permintaan/?keadaan=published&after=50").content.decode()
    assert "Tidak ada permintaan dalam keadaan ini" in page and "Semua" in page
    Dataset.objects.filter(code="bins").update(classification="limited")
    assert "/data/bins/" not in client.get("/data/permintaan/").content.decode(), "it was closed since"
    listed = client.get("/api/3/action/list_datarequests?offset=1").json()["result"]
    assert (listed["count"], listed["result"]) == (1, [])
    verbs = JournalEntry.objects.filter(verb__startswith="asked.").values_list("verb", flat=True)
    assert sorted(verbs) == ["asked.answer", "asked.answer", "asked.ask", "asked.prove", "asked.recount"]


def test_a_resident_asks_by_api_without_a_letter_and_a_steward_refuses_with_the_law(
    cast: Cast, tika: Person
) -> None:
    def write(client: Client, address: str, **body: object) -> object:
        said = json.dumps(body)
        key = {"Idempotency-Key": address[-20:] + str(len(said))}
        return client.post(f"/api/v1/data/{address}", said, "application/json", headers=key)

    said = {name: text for name, text in TYPED.items() if name != "email"}
    assert write(cast.sari.client, "wishes", **said).json() == {"state": "new"}  # type: ignore[attr-defined]
    row = AskedDataset.objects.get()
    at = f"wishes/{row.pk}/answer"
    refusal = {
        "version": row.version,
        "state": "refused",
        "title": "Taman bermain",
        "answer": "Alamat.",
    }
    assert write(tika.client, at, **refusal).status_code == 422  # type: ignore[attr-defined]
    assert write(cast.budi.client, at, **refusal, ground="personal").status_code == 403  # type: ignore[attr-defined]
    assert write(tika.client, at, **refusal, ground="personal").status_code == 200  # type: ignore[attr-defined]
    [shown] = visitor_at("35.73").get("/api/v1/data/wishes?state=refused").json()["items"]
    assert visitor_at("35.73").get("/api/v1/data/wishes?state=unknown").status_code == 422
    assert shown["basis"].startswith("UU 14/2008 Pasal 17 huruf h") and "what" not in shown
    assert "Alamat." in letter_to(cast.sari.account.email)
    for n in (1, 2):
        write(cast.sari.client, "wishes", **{**said, "what": f"{WHAT} {n}", "why": WHY + "!" * n})
    after, ids = "", list[str]()
    while after or not ids:
        page = visitor_at("35.73").get(f"/api/v1/data/wishes?limit=2&after={after}").json()
        ids += [one["id"] for one in page["items"]]
        after = page["next"]
    assert len(set(ids)) == 3 and ids[-1] == str(row.pk)
    for lost in ("x", "00000000-0000-0000-0000-000000000000"):
        answer = visitor_at("35.73").get(f"/api/v1/data/wishes?after={lost}")
        assert (answer.status_code, answer.json()["faults"][0]["place"]) == (422, "after"), lost


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("too short", {"what": "taman"}),
        ("a NIK", {"what": f"{WHAT} 3573014107900001"}),
        ("no address", {"email": "mhs"}),
        ("links", {"what": f"{WHAT} http://a http://b http://c"}),
    ],
)
def test_a_wish_that_cannot_be_answered_is_refused(cast: Cast, words: str, changed: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        ask_for_dataset(cast.visitor, wish(**changed), at=NOW)


def test_who_asks_too_often_waits(cast: Cast) -> None:
    for number in range(3):
        ask_for_dataset(cast.visitor, wish(email=f"a{number}@contoh.id"), at=NOW)
    with pytest.raises(Locked, match="jaringan"):
        ask_for_dataset(cast.visitor, wish(email="lain@contoh.id"), at=NOW)
    for number in range(5):
        ask_for_dataset(cast.visitor, wish(email="b@contoh.id", address=f"10.0.1.{number}"), at=NOW)
    with pytest.raises(Locked, match="belum dijawab"):
        ask_for_dataset(cast.visitor, wish(email="B@contoh.id", address="10.0.1.9"), at=NOW)


def test_one_steward_answers_and_nobody_elses_desk_has_it(cast: Cast, tika: Person) -> None:
    made = ask_for_dataset(cast.sari.actor, wish(), at=NOW)
    today = timezone.localdate()
    for person in (cast.agus, cast.budi, cast.joko):
        assert asked.wishes_to_answer(person.actor, today) == ()
        with pytest.raises(NotFound):
            asked.wish_to_answer(person.actor, made.pk, today)
    assert asked.wishes(cast.joko.actor_in("35.73"), today)[0].title == ""
    site = "https://kota-malang.localhost"
    with pytest.raises(Forbidden):
        answer_wish(cast.rini.actor, made.pk, accepted(cast), version=made.version, site=site, at=NOW)
    answer_wish(tika.actor, made.pk, accepted(cast), version=made.version, site=site, at=NOW)
    with pytest.raises(Conflict):
        answer_wish(tika.actor, made.pk, accepted(cast), version=made.version, site=site, at=NOW)
    assert [row.what for row in asked.wishes_to_answer(cast.budi.actor, today)] == [WHAT]
    assert asked.wishes_to_answer(cast.agus.actor, today) == ()


def test_what_is_late_says_so_and_addresses_are_forgotten(cast: Cast, tika: Person) -> None:
    made = ask_for_dataset(cast.sari.actor, wish(), at=NOW)
    assert made.answer_by
    assert [row.is_late for row in asked.wishes(cast.visitor, made.answer_by)] == [False]
    assert [row.is_late for row in asked.wishes(cast.visitor, made.answer_by + timedelta(days=1))] == [True]
    ask_for_dataset(cast.visitor, wish(), at=NOW)
    assert forget_askers(NOW + timedelta(days=1)) == 0
    assert forget_askers(NOW + timedelta(days=3)) == 1, "nobody proved it"
    refused = Answered("refused", "Taman bermain", "Belum ada.", ground="not_held")
    site = "https://kota-malang.localhost"
    answer_wish(tika.actor, made.pk, refused, version=made.version, site=site, at=NOW)
    assert forget_askers(NOW + timedelta(days=366)) == 1
    made.refresh_from_db()
    assert (made.email, made.email_index) == ("", "")


def test_proving_twice_is_once_and_closed_data_answers_nobody(cast: Cast, tika: Person) -> None:
    made = ask_for_dataset(cast.visitor, wish(), at=NOW)
    first = prove_wish(cast.visitor, made.key, at=NOW)
    assert prove_wish(cast.visitor, made.key, at=NOW).version == first.version
    founded(cast, declared(classification="limited"))
    publish([a_bin(1)])
    said = Answered("published", "Taman bermain", "", dataset="bins")
    site = "https://kota-malang.localhost"
    with pytest.raises(Invalid, match="tidak terbit untuk semua orang"):
        answer_wish(tika.actor, made.pk, said, version=first.version, site=site, at=NOW)

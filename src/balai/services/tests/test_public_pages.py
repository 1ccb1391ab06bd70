"""Residents' pages: the list, the form without scripts and without an account, the case, the numbers."""

import io
import json
import re
from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import shapely
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.cast import MALANG, visitor_at

from balai.base.files import StoredFile
from balai.base.journal import JournalEntry
from balai.forms.models import FormDraft
from balai.forms.reads import context
from balai.forms.rules import in_words
from balai.places.models import LoadedFile, Outline
from balai.services import changes, reads
from balai.services.changes import PointDraft, wording
from balai.services.models import Case, CaseMove, Follower, PublicCount
from balai.services.reads.public import counted
from balai.services.reads.situation import situation_of
from balai.services.tests.desk import ANSWER, FILED, REPORT, VILLAGE, Desk, at, filed, moved

pytestmark = pytest.mark.django_db

FORM = "/layanan/sambat/ajukan/"
STORY = {
    "_step": "report",
    "class": "complaint",
    "category": "road",
    "title": "Jalan berlubang",
    "description": "Lubang besar di depan pasar sejak tadi malam.",
    "_go": "next",
}
WHERE = {"_step": "where", "place.village": VILLAGE, "_go": "next"}
WHO = {"_step": "who", "reporter.name": "Sari Wulandari", "reporter.phone": "081234567890", "_go": "next"}


@pytest.fixture(autouse=True)
def outline() -> None:
    """Draw the village of the desk as a square, so that points lie somewhere."""
    square = shapely.to_wkb(shapely.box(112.60, -8.0, 112.66, -7.95))
    Outline.objects.create(code=VILLAGE, level="village", detail="full", shape=square)
    LoadedFile.objects.create(name="outlines", digest=uuid4().hex, loaded_at=timezone.now())


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def photo(name: str = "jalan.jpg") -> io.BytesIO:
    """Return a photo whose metadata say with what it was taken."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    Image.new("RGB", (8, 8), (len(name), 99, 9)).save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = name
    return out


def told(page: str, label: str) -> str:
    """Return what stands beside a label in a list of facts."""
    found = re.search(rf"<dt>{label}</dt><dd>(?:<strong>)?([^<]+)", page)
    assert found, label
    return found[1]


def fill_in(client: Client, address: str = FORM, **more: Any) -> str:
    """Fill in the whole form of a complaint; return the page of the whole."""
    for step in ({**STORY, **more}, WHERE):
        answer = client.post(address, step)
        assert answer.status_code == 302, text_of(answer)
    answer = client.post(address, WHO, follow=True)
    assert answer.redirect_chain, text_of(answer)
    return text_of(answer)


def send(client: Client, page: str, address: str = FORM) -> str:
    draft = re.search(r'name="_draft" value="([^"]+)"', page)
    assert draft
    answer = client.post(address, {"_draft": draft[1]})
    assert answer.status_code == 200
    return text_of(answer)


def whole_way(client: Client, **more: Any) -> tuple[Case, str, str]:
    """File a complaint on the page; return the case, its PIN, and the receipt."""
    receipt = send(client, fill_in(client, **more))
    return Case.objects.get(number=told(receipt, "Nomor berkas")), told(receipt, "PIN"), receipt


def test_the_list_and_the_page_of_a_service_say_what_it_takes(desk: Desk) -> None:
    client = visitor_at(MALANG)
    assert "Pinjam ruang MCC" in text_of(client.get("/layanan/"))
    found = text_of(client.get("/layanan/?cari=lampu"))
    assert "SAMBAT" in found and "Pinjam ruang MCC" not in found
    assert "Tidak ada layanan dengan kata itu" in text_of(client.get("/layanan/?cari=xyz"))
    about = text_of(client.get("/layanan/sambat/"))
    for words in ("3 hari kerja", "60 hari kerja", "UU 25/2009", "<svg", "Foto", "Inspektorat"):
        assert words in about or words == "Inspektorat"
    assert {one["code"] for one in client.get("/layanan.json").json()["services"]} == {"sambat", "mcc_room"}
    assert client.get("/layanan/tidak_ada/").status_code == 404
    assert client.get("/layanan/mcc_room/ajukan/")["Location"].startswith("/akun/login/")


def test_the_words_of_a_story_suggest_its_category_while_it_is_filed(desk: Desk) -> None:
    client = visitor_at(MALANG)
    assert "Belum yakin pilihannya?" in text_of(client.get(FORM))
    story = {**STORY, "title": "Dalan peteng", "description": "Lampu dalan nang ngarep bale RW mati kabeh."}
    refused = client.post(FORM, {**story, "category": ""})
    shown = text_of(refused)
    assert refused.status_code == 422
    assert "Kami memilihnya di bawah" in shown and "lampu dalan, peteng" in shown
    assert '<option value="street_light" selected' in shown
    # Who chose something else is told, and chooses.
    page = fill_in(
        client, **{name: value for name, value in story.items() if name in ("title", "description")}
    )
    there = re.search(r'href="([^"]+saran=street_light)"', page)
    assert there
    assert '<option value="street_light" selected' in text_of(client.get(there[1].replace("&amp;", "&")))
    assert '<option value="street_light" selected' not in text_of(
        client.get(f"{FORM}?langkah=report&saran=tree")
    )
    send(client, page)
    row = Case.objects.get()
    assert (row.topic, row.facts["suggested"][0]) == ("road", "street_light")


def test_a_visitor_reports_without_scripts_and_comes_back_by_number_and_pin(desk: Desk) -> None:
    client = visitor_at(MALANG)
    assert FormDraft.objects.count() == 0
    assert "Langkah 1 dari" in text_of(client.get(FORM))
    assert FormDraft.objects.count() == 0, "to look at a form begins none"
    row, pin, receipt = whole_way(client, photos=photo())
    assert "paling lambat" in receipt
    assert row.due_at is not None
    assert (row.channel, row.owner, row.region_code, row.is_public) == ("web", "", VILLAGE, True)
    stored = StoredFile.objects.get()
    given = client.get(f"/berkas/{row.pk}/lampiran/{stored.pk}")
    assert b"Kamera Rahasia" not in b"".join(given.streaming_content)
    assert given["Content-Security-Policy"] == "sandbox" and given["X-Content-Type-Options"] == "nosniff"
    own = text_of(client.get(f"/berkas/{row.pk}/"))
    assert "Lubang besar" in own and "Sari Wulandari" in own
    other = visitor_at(MALANG)
    for person in (
        other,
        desk.cast.sari.client,
        desk.cast.agus.client,
        desk.cast.joko.client,
        desk.vera.client,
    ):
        assert person.get(f"/berkas/{row.pk}/").status_code == 404
        assert person.post(f"/berkas/{row.pk}/pesan/", {"text": "x"}).status_code == 404
        assert person.get(f"/berkas/{row.pk}/lampiran/{stored.pk}").status_code == 404
    wrong = other.post("/berkas/", {"number": row.number, "pin": "000000" if pin != "000000" else "1"})
    assert (wrong.status_code, "tidak cocok" in text_of(wrong)) == (422, True)
    assert other.post("/berkas/", {"number": row.number, "pin": pin})["Location"] == f"/berkas/{row.pk}/"
    assert other.get(f"/berkas/{row.pk}/").status_code == 200
    other.post(f"/berkas/{row.pk}/tutup/")
    assert other.get(f"/berkas/{row.pk}/").status_code == 404


def test_wrong_pins_shut_the_number_and_say_so(desk: Desk) -> None:
    row, pin, _receipt = whole_way(visitor_at(MALANG))
    other = visitor_at(MALANG)
    for _try in range(5):
        other.post("/berkas/", {"number": row.number, "pin": "x"})
    shut = other.post("/berkas/", {"number": row.number, "pin": pin})
    assert (shut.status_code, "satu jam lagi" in text_of(shut)) == (429, True)


def test_sent_twice_it_is_one_case_and_the_pin_is_told_once(desk: Desk) -> None:
    client = visitor_at(MALANG)
    page = fill_in(client)
    assert "PIN" in send(client, page)
    assert "sudah diajukan sebelumnya" in send(client, page)
    assert Case.objects.count() == 1
    assert "Langkah 1 dari" in text_of(client.get(FORM)), "the next report begins anew"


def test_an_account_goes_on_where_it_was_and_finds_everything_in_one_place(desk: Desk) -> None:
    client = desk.cast.sari.client
    client.post(FORM, {**STORY, "_go": "save"})
    assert "Formulir yang belum dikirim" in text_of(client.get("/saya/berkas/"))
    assert "Jalan berlubang" in text_of(client.get(FORM))
    assert 'value="Sari"' in text_of(client.get(f"{FORM}?langkah=who")), "known facts are filled in"
    row, _pin, _receipt = whole_way(client)
    assert row.owner == desk.cast.sari.actor.id
    own = text_of(client.get("/saya/berkas/"))
    assert row.number in own and "belum dibaca" in own
    notice = reads.inbox(desk.cast.sari.actor)[0]
    assert client.post(f"/saya/kabar/{notice.id}/")["Location"] == f"/berkas/{row.pk}/"
    assert reads.unread(desk.cast.sari.actor) == 0
    for odd in ("x", "2026-13-45T00:00", "2026-01-01T00:00", "2026-01-01T00:00+07:00"):
        assert client.get("/saya/berkas/", {"sebelum": odd}).status_code == 200
    for person in (desk.cast.agus.client, desk.cast.budi.client):
        assert row.number not in text_of(person.get("/saya/berkas/"))
        assert person.post(f"/saya/kabar/{notice.id}/")["Location"] == "/saya/berkas/"


def test_what_is_asked_is_answered_rated_and_opened_again_on_the_page(desk: Desk) -> None:
    client = visitor_at(MALANG)
    row, _pin, _receipt = whole_way(client)
    given = {"question": "Di depan pasar yang mana maksudnya?"}
    row = moved(desk.vera.actor, row, "ask_more", timezone.now(), given=given)
    page = f"/berkas/{row.pk}/"
    assert "Di depan pasar yang mana" in text_of(client.get(page))
    empty = client.post(f"{page}langkah/complete/?versi={row.version}", {"_step": "x", "_go": "next"})
    assert (empty.status_code, "Belum diisi" in text_of(empty)) == (422, True)
    fake = io.BytesIO(b"not a photo at all")
    fake.name = "foto.jpg"
    wrong = {"reply": "Pasar Besar.", "more_photos": fake, "_go": "next"}
    bad = client.post(f"{page}langkah/complete/?versi={row.version}", wrong)
    assert bad.status_code == 422
    sent = {"reply": "Pasar Besar.", "more_photos": photo("pasar.jpg"), "_go": "next"}
    assert client.post(f"{page}langkah/complete/?versi={row.version}", sent)["Location"] == page
    row.refresh_from_db()
    assert row.state == "received"
    assert "pasar.jpg" in text_of(client.get(page))
    client.post(f"{page}pesan/", {"text": "Sudah tiga hari."})
    client.post(f"{page}lampiran/", {"file": photo("lagi.jpg")})
    assert "Sudah tiga hari." in text_of(client.get(page)) and "lagi.jpg" in text_of(client.get(page))
    row = moved(desk.vera.actor, row, "assign_to", timezone.now(), offices=("diskominfo",))
    row = moved(desk.cast.budi.actor, row, "accept", timezone.now())
    row = moved(desk.cast.budi.actor, row, "answer", timezone.now(), given={"result": ANSWER})
    assert ANSWER in text_of(client.get(page))
    late = client.post(f"{page}langkah/accept_answer/?versi=1", {"rating": "5", "_go": "next"}, follow=True)
    assert "sudah" in text_of(late) and Case.objects.get().score is None, "who saw an old page is told"
    row.refresh_from_db()
    again = {"reason": "Lubangnya masih ada sampai sekarang.", "_go": "next"}
    client.post(f"{page}langkah/reopen/?versi={row.version}", again)
    row.refresh_from_db()
    assert (row.state, row.reopens) == ("in_progress", 1)
    row = moved(desk.cast.budi.actor, row, "answer", timezone.now(), given={"result": ANSWER})
    client.post(f"{page}langkah/accept_answer/?versi={row.version}", {"rating": "4", "_go": "next"})
    assert Case.objects.get().score == 4
    assert client.get(f"{page}langkah/assign/").status_code == 404, "an officer's move is none of theirs"


def test_a_likely_report_is_shown_and_followed_instead(desk: Desk) -> None:
    near = {"place.point.lat": "-7,9826", "place.point.lon": "112,6308"}
    first = visitor_at(MALANG)
    for step in (STORY, {**WHERE, **near}):
        first.post(FORM, step)
    row = Case.objects.get(
        number=told(send(first, text_of(first.post(FORM, WHO, follow=True))), "Nomor berkas")
    )
    sari = desk.cast.sari.client
    for step in (STORY, {**WHERE, **near}):
        sari.post(FORM, step)
    page = text_of(sari.post(FORM, WHO, follow=True))
    assert "Mungkin sudah ada yang melaporkan" in page and row.number in page
    visitor = visitor_at(MALANG)
    for step in (STORY, {**WHERE, **near}):
        visitor.post(FORM, step)
    assert "Masuk untuk mengikutinya" in text_of(visitor.post(FORM, WHO, follow=True))
    assert sari.post(FORM, {"_follow": str(row.pk)})["Location"] == "/saya/berkas/"
    assert Follower.objects.get().account == desk.cast.sari.actor.id
    assert Case.objects.count() == 1
    seen = text_of(sari.get(f"/berkas/{row.pk}/"))
    assert row.number in seen and "Lubang besar" not in seen and "Wulandari" not in seen


def test_a_qr_point_fills_in_its_place_and_nobody_types_another(desk: Desk) -> None:
    draft = PointDraft("sambat", "Halte Alun-alun", "-7,9826", "112,6308", "Jalan Merdeka Selatan")
    point = changes.add_point(desk.vera.actor, draft, FILED)
    client = visitor_at(MALANG)
    assert "Halte Alun-alun" in text_of(client.get(f"/lapor/{point.code}/"))
    assert client.post(f"/lapor/{point.code}/")["Location"] == FORM
    client.post(FORM, STORY)
    where = text_of(client.get(f"{FORM}?langkah=where"))
    assert 'name="place.point.lat"' not in where and "tidak dapat diubah" in where
    client.post(
        FORM,
        {**WHERE, "place.point.lat": "-8,1", "place.point.lon": "112,9", "place.village": "35.73.01.1001"},
    )
    row = Case.objects.get(
        number=told(send(client, text_of(client.post(FORM, WHO, follow=True))), "Nomor berkas")
    )
    assert (row.channel, row.point, row.region_code) == ("qr", point, VILLAGE)
    assert (str(row.latitude), str(row.longitude)) == ("-7.982600", "112.630800")
    changes.shut_point(desk.vera.actor, point.pk, is_shut=True)
    assert client.get(f"/lapor/{point.code}/").status_code == 423
    assert client.get("/lapor/zzzzzzzz/").status_code == 404


def test_officers_make_and_print_qr_points_and_others_do_not(desk: Desk) -> None:
    sent = {"service": "sambat", "label": "Pasar Besar", "latitude": "-7,9871", "longitude": "112,6331"}
    made = desk.vera.client.post("/meja/titik-qr/", sent)
    assert made.status_code == 302, text_of(made)
    page = text_of(desk.vera.client.get(made["Location"]))
    assert "<svg" in page and "/lapor/" in page
    assert "Pasar Besar" in text_of(desk.vera.client.get("/meja/titik-qr/cetak/"))
    wrong = desk.vera.client.post("/meja/titik-qr/", {**sent, "latitude": "utara"})
    assert wrong.status_code == 422
    for person in (desk.cast.agus, desk.cast.budi):
        assert person.client.get("/meja/titik-qr/").status_code == 403
        assert person.client.get(made["Location"]).status_code == 403
    assert desk.cast.joko.client.get(made["Location"]).status_code in (403, 404)


def test_the_counter_files_for_who_came_and_prints_their_pin(desk: Desk) -> None:
    budi = desk.cast.budi.client
    assert "SAMBAT" in text_of(budi.get("/meja/loket/"))
    begun = budi.post("/meja/loket/sambat/", {"name": "Mbah Tik", "relation": "warga"})["Location"]
    assert begun.startswith("/meja/loket/sambat/")
    assert desk.cast.agus.client.get(begun).status_code == 404
    receipt = send(budi, fill_in(budi, begun), begun)
    row = Case.objects.get(number=told(receipt, "Nomor berkas"))
    assert (row.channel, row.owner, row.filed_by_name) == ("counter", "", "Budi")
    assert len(told(receipt, "PIN")) == 6
    assert budi.get(f"/berkas/{row.pk}/").status_code == 404, "who sat between is not the applicant"
    assert desk.cast.sari.client.get("/meja/loket/").status_code == 403


def test_a_helper_fills_in_for_somebody_else_and_hands_over_number_and_pin(desk: Desk) -> None:
    sari = desk.cast.sari.client
    begun = sari.post("/layanan/sambat/untuk-orang-lain/", {"name": "Mbah Tik"})["Location"]
    page = text_of(sari.get(begun))
    assert "Mbah Tik" in page
    assert 'value="Sari"' not in text_of(sari.get(f"{begun}?langkah=who")), (
        "nobody is told the helper's facts"
    )
    receipt = send(sari, fill_in(sari, begun), begun)
    row = Case.objects.get()
    assert (row.owner, row.filed_by) == ("", desk.cast.sari.actor.id)
    assert "PIN" in receipt
    assert sari.get(f"/berkas/{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"class": "oversight", "category": "conduct"},
        {"secret": "yes"},
        {"anonymous": "yes"},
    ],
    ids=["whistle-blowing", "secret", "anonymous"],
)
def test_no_line_and_no_officer_names_a_protected_reporter(desk: Desk, more: dict[str, str]) -> None:
    sari, actor = desk.cast.sari.client, desk.cast.sari.actor
    before = JournalEntry.objects.count()
    story = {name: value for name, value in more.items() if name in ("class", "category")}
    who = {name: value for name, value in more.items() if name in ("secret", "anonymous")}
    sari.post(FORM, {**STORY, **story, "photos": photo(), "_go": "save"})
    sari.post(FORM, {**STORY, **story})
    sari.post(FORM, WHERE)
    page = text_of(
        sari.post(
            FORM, {**(WHO if "anonymous" not in who else {"_step": "who", "_go": "next"}), **who}, follow=True
        )
    )
    row = Case.objects.get(number=told(send(sari, page), "Nomor berkas"))
    sari.post(f"/berkas/{row.pk}/pesan/", {"text": "Mohon segera."})
    sari.post(f"/berkas/{row.pk}/lampiran/", {"file": photo("lagi.jpg")})
    verifier = desk.ines.actor if row.is_secret else desk.vera.actor
    row = moved(verifier, row, "ask_more", timezone.now(), given={"question": "Kapan itu terjadi?"})
    sent = {"reply": "Kemarin siang.", "more_photos": photo("tiga.jpg"), "_go": "next"}
    assert sari.post(f"/berkas/{row.pk}/langkah/complete/?versi={row.version}", sent).status_code == 302
    lines = list(JournalEntry.objects.order_by("pk"))[before:]
    verbs = Counter(line.verb for line in lines)
    assert verbs["forms.take"] == 1 and verbs["files.store"] == 3 and verbs["services.file"] == 1
    told_all = json.dumps(
        [[line.actor_id_text, line.actor_name, line.thing, line.facts] for line in lines], default=str
    )
    assert actor.id not in told_all and "Sari" not in told_all
    moves = CaseMove.objects.filter(role="citizen").values_list("actor_id_text", "actor_name")
    assert set(moves) == {("", "Pelapor")}
    assert not StoredFile.objects.filter(stored_by=actor.id).exists()
    reader = desk.ines if row.is_secret else desk.vera
    history = reads.whole(reader.actor, row.pk, row.received_at).history
    assert not any("Sari" in one.who for one in history)
    if row.is_secret:
        for person in (desk.vera, desk.seto, desk.cast.budi, desk.cast.wati, desk.cast.agus):
            assert not reads.cases(person.actor).filter(pk=row.pk).exists()


def test_the_public_numbers_are_those_of_the_records(desk: Desk) -> None:
    client = visitor_at(MALANG)
    actor = desk.cast.visitor
    for number in range(9):
        kind = {0: "oversight", 1: "information"}.get(number, "complaint")
        topic = "conduct" if kind == "oversight" else "road" if number % 2 else "waste"
        report = {**REPORT, "class": kind, "category": topic, "secret": number == 2}
        report["reporter"] = {"name": "A", "phone": f"08123456780{number}"}
        if kind != "information":
            report["place"] = {
                "village": VILLAGE,
                "point": {"latitude": "-7.98261", "longitude": "112.63082"},
            }
        when = {7: "2026-10-31 23:50", 8: "2026-11-01 00:10"}.get(number, f"2026-11-0{number + 1} 09:00")
        changes.file(actor, "sambat", report, changes.Coming("web", f"k{number}"), at(when))
    shown = Case.objects.exclude(topic="conduct").filter(is_secret=False)
    public = [row for row in shown if row.answers["class"] != "information" and not row.answers.get("secret")]
    figures = client.get("/layanan/sambat/statistik.json").json()
    rows = {(row["table"], row["key"], row["other_key"]): row["count"] for row in figures["figures"]}
    assert rows["total", "", ""] == 9
    assert rows["shown", "", ""] == len(public) == 6
    for topic, count in Counter(row.topic for row in public).items():
        assert rows["topic", topic, ""] == count
    assert rows["village", VILLAGE, ""] == 6
    assert sum(count for (table, *_rest), count in rows.items() if table == "month") == 6
    told = counted(reads.service("sambat", FILED.date()), at("2026-11-09 09:00"))
    assert told["months"][-2:] == [["2026-10", 1], ["2026-11", 5]], "a month begins at midnight here"
    assert rows["topic_district", "road", VILLAGE[:8]] is None, "3 is fewer than may be told"
    assert sum(one["open"] + one["closed"] for one in figures["offices"]) == 6
    points = client.get("/layanan/sambat/peta/titik.json").json()["features"]
    assert len(points) == 6
    assert points[0]["geometry"]["coordinates"] == [112.631, -7.983], "the middle of its cell of 100 m"
    text = json.dumps(points)
    assert "Layanan pengaduan" not in text and "081234" not in text
    assert client.get("/layanan/sambat/peta/kelurahan.json").json()[VILLAGE]["value"] == 6
    assert "6 berkas di peta" in text_of(client.get("/layanan/sambat/peta/"))
    assert "…" in text_of(client.get("/layanan/sambat/statistik/"))
    csv = text_of(client.get("/layanan/sambat/statistik.csv"))
    assert len(csv.splitlines()) == len(figures["figures"]) + 1


def test_written_numbers_are_given_while_they_are_fresh_and_then_counted_anew(desk: Desk) -> None:
    service = reads.service("sambat", FILED.date())
    filed(
        desk.cast.visitor,
        "one",
        FILED,
        **{"class": "complaint", "category": "road", "place": {"village": VILLAGE}},
    )
    assert changes.count_for_everybody(FILED) == 1, "the booking of rooms publishes no numbers"
    filed(
        desk.cast.visitor,
        "two",
        FILED,
        **{
            "class": "complaint",
            "category": "road",
            "place": {"village": VILLAGE},
            "reporter": {"name": "B", "phone": "081234567899"},
        },
    )
    assert reads.public_figures(service, FILED).total == 1
    assert reads.public_figures(service, at("2026-08-18 09:11")).total == 2
    assert PublicCount.objects.count() == 1


def test_a_form_that_was_renewed_says_so_and_begins_anew(desk: Desk) -> None:
    client = visitor_at(MALANG)
    client.post(FORM, STORY)
    FormDraft.objects.update(form_sha256="0" * 64)
    page = client.get(FORM)
    assert (page.status_code, "sudah diperbarui" in text_of(page)) == (409, True)
    client.post(FORM, {"_anew": "1"})
    assert "Langkah 1 dari" in text_of(client.get(FORM))


def test_a_visitor_saves_and_goes_on_elsewhere(desk: Desk) -> None:
    client, other = visitor_at(MALANG), visitor_at(MALANG)
    page = text_of(client.post(FORM, {**STORY, "_go": "save"}))
    code, pin = told(page, "Kode formulir"), told(page, "PIN")
    assert other.post("/formulir/lanjut/", {"code": code, "pin": "1"}).status_code == 422
    assert other.post("/formulir/lanjut/", {"code": code, "pin": pin})["Location"] == FORM
    assert "Jalan berlubang" in text_of(other.get(FORM))


def test_a_room_is_asked_for_and_withdrawn_by_its_applicant(desk: Desk) -> None:
    sari = desk.cast.sari.client
    here = reverse("service-form", args=["mcc_room"])
    sent = {"_step": "booking", "room": "studio", "day": "2099-01-05", "people": "10", "event": "Latihan",
            "applicant.name": "Sari", "applicant.phone": "081234567890", "_go": "next"}  # fmt: skip
    receipt = send(sari, text_of(sari.post(here, sent, follow=True)), here)
    row = Case.objects.get(number=told(receipt, "Nomor berkas"))
    page = text_of(sari.get(f"/berkas/{row.pk}/"))
    assert "withdraw" in page
    # A day that has passed since would be refused today; it is read as it was given.
    later = context(MALANG, date(2099, 2, 1))
    service = reads.service("mcc_room", FILED.date())
    (part, *_parts) = in_words(service.form, row.answers, later, personal=False)
    assert "5 Januari 2099" in [one.text for one in part.answers]
    situation, world = situation_of(service, row), reads.world_of(service)
    decided = wording.letter(service, row, service.notices["decided"], "k", FILED, situation, world)
    assert "Ruang disiapkan untuk 5 Januari 2099." in decided.text
    assert sari.post(f"/berkas/{row.pk}/langkah/withdraw/", {"versi": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.is_open) == ("withdrawn", False)

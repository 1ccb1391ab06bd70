"""The officers' pages: lists, search, export, one case, moves, many at once, the board, the definition."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Person
from tests.world import picture

from balai.base import worker
from balai.base.journal import JournalEntry
from balai.people.models import AccessLog
from balai.services import changes
from balai.services.changes import public_counts
from balai.services.models import Case, CaseMove, Comment, Route, SavedList
from balai.services.reads import figures as counting
from balai.services.tests.desk import ANSWER, NIK, REPORTER, VILLAGE, Desk, at, filed, moved
from balai.services.tests.test_upgrade import second

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).resolve().parents[4] / "definitions" / "services"
DESK = "/meja/layanan/"
LIST = f"{DESK}daftar/"
NOW = at("2026-08-19 11:00")


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def reports(desk: Desk, count: int, **more: Any) -> list[Case]:
    """File reports and pass them on to Kominfo, where Budi works."""
    rows = []
    for number in range(count):
        row = filed(desk.cast.sari.actor, f"r{number}", at("2026-08-18 09:00"), **more).case
        rows.append(moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00")))
    return rows


def more(desk: Desk) -> list[Case]:
    """File two more reports, passed on as the others."""
    rows = [filed(desk.cast.sari.actor, f"m{number}", at("2026-08-18 09:30")).case for number in range(2)]
    return [moved(desk.vera.actor, row, "assign", at("2026-08-19 09:30")) for row in rows]


def page(person: Person, path: str, **sent: Any) -> Any:
    return person.client.get(path, sent)


def text(answer: HttpResponse) -> str:
    return (
        b"".join(answer.streaming_content).decode("utf-8", "replace")
        if answer.streaming
        else answer.content.decode()  # type: ignore[attr-defined]
    )


def address(row: Case, *more: str) -> str:
    return "/".join([f"{DESK}{row.service}/{row.number}", *more, ""])


def test_a_list_an_export_and_a_case_are_there_for_who_works_on_them_and_for_nobody_else(desk: Desk) -> None:
    row, cast = reports(desk, 1)[0], desk.cast
    case = address(row)
    for person in (cast.budi, cast.wati):
        assert row.number in text(page(person, LIST, antrean="kantor"))
        assert row.number in text(page(person, f"{DESK}papan/"))
        assert row.number in text(page(person, f"{DESK}daftar.csv", antrean="kantor"))
        assert page(person, LIST, q=row.number).headers["Location"] == case
        assert page(person, case).status_code == page(person, f"{case}riwayat/").status_code == 200
    for person in (desk.vera, desk.seto):
        assert row.number in text(page(person, LIST, antrean="semua"))
        assert page(person, case).status_code == 200
    for person in (cast.agus, cast.joko, desk.ines):
        for path in (LIST, f"{DESK}papan/", f"{DESK}peta/", f"{DESK}daftar.csv", f"{DESK}tugas/"):
            assert row.number not in text(page(person, path, q="Jam"))
        assert page(person, LIST, q=row.number).status_code == 200
        for path in (case, f"{case}riwayat/", f"{case}langkah/accept/"):
            assert page(person, path).status_code == 404
        assert page(person, LIST, antrean="semua").status_code == 403
        assert page(person, f"{DESK}daftar.csv", antrean="semua").status_code == 403
    for person in (cast.rini, cast.tono, cast.sari):
        assert page(person, LIST).status_code == 403
    assert cast.budi.client.get(f"{DESK}daftar.pdf").status_code == 404


def test_a_secret_report_stands_in_the_queue_of_the_inspectorate_alone(desk: Desk) -> None:
    row = filed(
        desk.cast.sari.actor,
        "s1",
        at("2026-08-18 09:00"),
        **{"class": "oversight", "category": "conduct", "place": {"village": VILLAGE}},
    ).case
    assert row.is_secret
    assert row.number in text(page(desk.ines, LIST, antrean="rahasia"))
    assert page(desk.ines, address(row)).status_code == 200
    for person in (desk.vera, desk.seto, desk.cast.budi, desk.cast.joko):
        assert page(person, LIST, antrean="rahasia").status_code == 403
        assert row.number not in text(page(person, LIST))
        assert page(person, address(row)).status_code == 404


def test_lists_and_the_board_ask_the_same_however_long_they_are(desk: Desk) -> None:
    rows = reports(desk, 2)

    def asked(path: str, client: Client) -> int:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    client = desk.cast.budi.client
    paths = [f"{LIST}?antrean=kantor", f"{DESK}papan/?layanan=sambat", DESK, f"{DESK}peta/", address(rows[0])]
    few = [asked(path, client) for path in paths]
    for number in range(6):
        row = filed(desk.cast.sari.actor, f"m{number}", at("2026-08-18 09:30")).case
        moved(desk.vera.actor, row, "assign", at("2026-08-19 09:00"))
    assert [asked(path, client) for path in paths] == few
    assert max(few) < 30, few


def test_a_list_is_narrowed_by_its_address_and_goes_on_where_it_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = reports(desk, 3)
    Case.objects.filter(pk=rows[0].pk).update(urgent_at=at("2026-08-19 08:00"), due_at=at("2026-08-19 08:00"))
    Case.objects.filter(pk=rows[1].pk).update(region_code=VILLAGE)
    budi = desk.cast.budi
    listed = text(page(budi, LIST, antrean="kantor"))
    assert listed.index(rows[0].number) < listed.index(rows[1].number)
    assert "3 berkas" in listed
    late = text(page(budi, LIST, antrean="kantor", telat="1"))
    assert [row.number in late for row in rows] == [True, False, False]
    near = text(page(budi, LIST, antrean="kantor", wilayah=VILLAGE[:8]))
    assert [row.number in near for row in rows] == [False, True, False]
    assert rows[0].number not in text(page(budi, LIST, antrean="kantor", q="banjir"))
    for broken in ({"after": "x~y"}, {"kantor": "x"}, {"versi": "²"}, {"antrean": "apa"}, {"q": "\0"}):
        assert page(budi, LIST, **broken).status_code == 200

    monkeypatch.setattr("balai.services.reads.lists.page.__defaults__", (None, 2))
    first = text(page(budi, LIST, antrean="kantor"))
    following = (
        first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    )
    second = text(budi.client.get(LIST + following))
    seen = [[row.number in shown for row in rows] for shown in (first, second)]
    assert [sum(one) for one in zip(*seen, strict=True)] == [1, 1, 1]


def test_a_list_is_kept_under_a_name_by_its_officer_alone(desk: Desk) -> None:
    budi = desk.cast.budi.client
    query = "telat=1&antrean=kantor&after=x&lain=1"
    answer = budi.post(f"{DESK}saringan/", {"name": "Yang terlambat", "query": query})
    assert answer.headers["Location"] == f"{LIST}?antrean=kantor&telat=1"
    assert "Yang terlambat" in text(budi.get(DESK))
    assert "Yang terlambat" not in text(page(desk.cast.wati, DESK))
    key = str(SavedList.objects.get().pk)
    assert desk.cast.wati.client.post(f"{DESK}saringan/hapus/", {"key": key}).status_code == 422
    assert budi.post(f"{DESK}saringan/", {"name": " ", "query": ""}).status_code == 422
    budi.post(f"{DESK}saringan/hapus/", {"key": key})
    assert not SavedList.objects.exists()


def test_a_person_is_looked_for_with_a_purpose_that_is_written_down(desk: Desk) -> None:
    row = reports(desk, 1)[0]
    budi, phone = desk.cast.budi.client, REPORTER["phone"]
    assert budi.get(LIST, {"q": NIK}).headers["Location"] == f"{DESK}orang/"
    there = f"{DESK}orang/"
    assert budi.post(there, {"number": phone, "purpose": ""}).status_code == 422
    assert budi.post(there, {"number": "Sari", "purpose": "Menelepon pelapor"}).status_code == 422
    assert not AccessLog.objects.filter(purpose__startswith="Menelepon").exists()
    found = budi.post(there, {"number": phone, "purpose": "Menelepon pelapor"})
    assert row.number in text(found)
    line = AccessLog.objects.order_by("at").last()
    assert line is not None
    assert (line.subject, line.purpose) == (desk.cast.sari.actor.id, "Menelepon pelapor")
    for person in (desk.cast.agus, desk.cast.joko):
        other = person.client.post(there, {"number": phone, "purpose": "Ingin tahu"})
        assert row.number not in text(other)


def test_an_export_holds_what_the_list_holds_and_starts_no_formula(desk: Desk) -> None:
    rows = reports(desk, 2)
    Case.objects.filter(pk=rows[0].pk).update(subject="=1+1")
    answer = page(desk.cast.budi, f"{DESK}daftar.csv", antrean="kantor")
    lines = text(answer).splitlines()
    assert len(lines) == 3
    assert ",'=1+1," in lines[1] + lines[2]
    assert answer.headers["Cache-Control"] == "private, no-store"
    book = page(desk.cast.budi, f"{DESK}daftar.xlsx", antrean="kantor")
    sheet = zipfile.ZipFile(io.BytesIO(b"".join(book.streaming_content))).read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row>") == 3
    assert b"<f>" not in sheet


def test_a_move_asks_says_what_is_wrong_and_is_made(desk: Desk) -> None:
    row = moved(desk.cast.budi.actor, reports(desk, 1)[0], "accept", at("2026-08-19 10:00"))
    budi, there = desk.cast.budi.client, address(row, "langkah", "answer")
    shown = text(budi.get(there))
    assert "Jawaban untuk pelapor" in shown
    wrong = budi.post(there, {"_version": row.version, "result": "pendek"})
    assert wrong.status_code == 422
    assert "pendek" in text(wrong)
    done = budi.post(there, {"_version": row.version, "result": ANSWER, "token": "a"})
    assert done.headers["Location"] == address(row)
    again = budi.post(there, {"_version": row.version, "result": ANSWER, "token": "a"})
    assert again.status_code in (302, 409)
    row.refresh_from_db()
    assert row.state == "answered"
    assert CaseMove.objects.filter(case=row, move="answer").count() == 1
    assert budi.get(address(row, "langkah", "fly")).status_code == 422


def test_who_is_second_sees_what_the_first_did_and_loses_nothing(desk: Desk) -> None:
    row = reports(desk, 1)[0]
    seen = row.version
    moved(desk.cast.wati.actor, row, "accept", at("2026-08-19 10:00"))
    late = desk.cast.budi.client.post(address(row, "langkah", "accept"), {"_version": seen})
    assert late.status_code == 409
    assert "Wati" in text(late)
    reason = "Ini urusan Dinas Kesehatan, bukan kami."
    sent = {"_version": seen, "reason": reason, "_offices": "dinkes"}
    conflict = desk.cast.wati.client.post(address(row, "langkah", "reassign"), sent)
    assert conflict.status_code == 409
    shown = text(conflict)
    assert reason in shown
    assert '<option value="dinkes" selected>' in shown
    row.refresh_from_db()
    assert f'name="_version" value="{row.version}"' in shown
    sent["_version"] = row.version
    assert desk.cast.wati.client.post(address(row, "langkah", "reassign"), sent).status_code == 302
    row.refresh_from_db()
    assert (row.office, row.reroutes) == (desk.cast.health, 1)


def test_a_case_is_taken_handed_over_and_talked_about(desk: Desk) -> None:
    row = reports(desk, 1)[0]
    budi, there = desk.cast.budi.client, address(row)
    assert budi.post(there, {"do": "ambil", "version": row.version}).status_code == 302
    row.refresh_from_db()
    assert row.officer == desk.cast.budi.actor.id
    assert row.number in text(budi.get(LIST, {"antrean": "saya"}))
    assert budi.post(there, {"do": "komentar", "komentar-text": ""}).status_code == 422
    said = {"do": "komentar", "komentar-text": "Sudah saya telepon.", "komentar-audience": "internal"}
    assert budi.post(there, said).status_code == 302
    assert Comment.objects.get().audience == "internal"
    hand = {"do": "serah", "serah-account": desk.cast.wati.actor.id, "serah-reason": "Saya cuti besok."}
    stale = budi.post(there, {**hand, "version": 1})
    assert stale.status_code == 409
    assert "Saya cuti besok." in text(stale)
    row.refresh_from_db()
    assert budi.post(there, {**hand, "version": row.version}).status_code == 302
    row.refresh_from_db()
    assert row.officer_name == "Wati"
    assert budi.post(there, {"do": "apa saja"}).status_code == 422
    assert "Sudah saya telepon." in text(desk.seto.client.get(there))
    assert desk.cast.agus.client.post(there, said).status_code == 404


def test_a_task_of_another_office_is_finished_on_its_own_page(desk: Desk) -> None:
    row = moved(desk.cast.budi.actor, reports(desk, 1)[0], "accept", at("2026-08-19 10:00"))
    row = moved(
        desk.cast.budi.actor,
        row,
        "involve",
        at("2026-08-19 10:30"),
        given={"request": "Mohon jadwal puskesmas."},
        offices=("dinkes",),
    )
    agus = desk.cast.agus.client
    queue = text(agus.get(f"{DESK}tugas/"))
    assert row.number in queue
    assert row.number not in text(page(desk.cast.joko, f"{DESK}tugas/"))
    task = row.tasks.get()
    there = address(row, "tugas", str(task.pk))
    assert there in queue
    assert agus.post(there, {"_version": 1, "done": "x"}).status_code == 422
    assert (
        desk.cast.budi.client.post(there, {"_version": 1, "done": "Jadwalnya terlampir."}).status_code == 409
    )
    assert agus.post(there, {"_version": 1, "done": "Jadwalnya terlampir."}).status_code == 302
    task.refresh_from_db()
    assert task.state == "done"
    assert row.number not in text(agus.get(f"{DESK}tugas/"))


def test_many_are_moved_after_a_second_look_each_with_its_line_and_its_result(desk: Desk) -> None:
    rows = reports(desk, 3)
    moved(desk.cast.wati.actor, rows[2], "accept", at("2026-08-19 10:00"))
    budi, there = desk.cast.budi.client, f"{DESK}serentak/"
    chosen = {"_layanan": "sambat", "_langkah": "accept", "_dari": "antrean=kantor"}
    keys = [str(row.pk) for row in rows]
    assert budi.post(there, chosen).status_code == 422
    asked = text(budi.post(there, {**chosen, "berkas": keys}))
    assert asked.count('name="_berkas"') == 3
    assert "Hanya 2 dari 3" in asked
    assert CaseMove.objects.filter(move="accept").count() == 1
    confirmed = [part.partition('"')[0] for part in asked.split('name="_berkas" value="')[1:]]
    before = JournalEntry.objects.filter(verb="services.move").count()
    done = text(budi.post(there, {**chosen, "_berkas": confirmed, "_go": "next"}))
    assert "2 dari 3 berkas" in done
    assert done.count("ditolak") == 1
    assert JournalEntry.objects.filter(verb="services.move").count() == before + 2
    assert "0 dari 3 berkas" in text(budi.post(there, {**chosen, "_berkas": confirmed, "_go": "next"}))
    agus = desk.cast.agus.client.post(there, {**chosen, "_berkas": confirmed, "_go": "next"})
    assert "0 dari 0 berkas" in text(agus)


def test_what_a_move_of_many_asks_is_kept_with_each_of_them(desk: Desk) -> None:
    rows = [moved(desk.cast.wati.actor, row, "accept", at("2026-08-19 10:00")) for row in reports(desk, 3)]
    budi, there = desk.cast.budi.client, f"{DESK}serentak/"
    keys = [f"{row.pk}:{row.version}" for row in rows]
    sent = {"_layanan": "sambat", "_langkah": "answer", "_berkas": keys, "_go": "next"}
    wrong = text(budi.post(there, {**sent, "result": "pendek", "result_photos": picture(7)}))
    assert "result_photos.png" in wrong
    file = wrong.partition('name="_kept.result_photos" value="')[2].partition('"')[0]
    done = text(budi.post(there, {**sent, "result": ANSWER, "_kept.result_photos": file}))
    assert "3 dari 3 berkas" in done
    for row in rows:
        assert str(row.files.get().file_id) == file
        assert text(budi.get(f"{address(row)}lampiran/{file}"))
    given = [one.given.answers for one in CaseMove.objects.filter(move="answer").select_related("given")]
    assert given == [{"result": ANSWER, "result_photos": [file]}] * 3
    # A reason is asked of many as of one, and an office chosen once is that of all.
    other = [moved(desk.cast.wati.actor, row, "accept", at("2026-08-19 10:30")) for row in more(desk)]
    keys = [f"{row.pk}:{row.version}" for row in other]
    sent = {**sent, "_langkah": "reassign", "_berkas": keys, "_offices": "dinkes"}
    assert desk.cast.wati.client.post(there, sent).status_code == 422
    reason = "Ini urusan Dinas Kesehatan, bukan kami."
    assert "2 dari 2 berkas" in text(desk.cast.wati.client.post(there, {**sent, "reason": reason}))
    assert list(Route.objects.filter(rule="").values_list("reason", flat=True)) == [reason] * 2


def test_the_supervisor_s_numbers_are_the_cases_behind_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = reports(desk, 4)
    Case.objects.filter(pk=rows[0].pk).update(urgent_at=at("2026-08-19 08:00"), due_at=at("2026-08-19 08:00"))
    for row, rating in zip(rows[2:], (5, 4), strict=True):
        row = moved(desk.cast.budi.actor, row, "accept", at("2026-08-19 10:00"))
        row = moved(desk.cast.budi.actor, row, "answer", at("2026-08-19 10:10"), given={"result": ANSWER})
        moved(desk.cast.sari.actor, row, "accept_answer", at("2026-08-19 10:20"), given={"rating": rating})
    board = desk.seto.client.get(f"{DESK}pengawasan/")
    figures, ways = board.context["rows"][0]
    assert len(board.context["rows"]) == 1
    assert (figures.open, figures.late, figures.closed, figures.reopened) == (2, 1, 2, 0)
    assert (figures.rated, figures.satisfaction, figures.median_days) == (2, 4.5, 1)
    totals = {name: board.context[name] for name in ("open", "late", "closed")}
    assert totals == {"open": 2, "late": 1, "closed": 2}
    for name, number in totals.items():
        assert desk.seto.client.get(ways[name]).context["total"] == number
    assert desk.cast.wati.client.get(f"{DESK}pengawasan/").context["open"] == 2
    assert desk.cast.eka.client.get(f"{DESK}pengawasan/").context["rows"][0][1] == {}
    for person in (desk.cast.agus, desk.cast.joko, desk.cast.budi):
        assert page(person, f"{DESK}pengawasan/").status_code == 403
    # Where much was closed the job counts it, and the board says when.
    assert board.context["ended_at"] is None
    monkeypatch.setattr(counting, "MOST_AT_ONCE", 1)
    then = timezone.now() - timedelta(minutes=4)
    public_counts.count_for_everybody(then)
    Case.objects.filter(is_open=False).update(closed_at=then - timedelta(days=100))
    board = desk.seto.client.get(f"{DESK}pengawasan/")
    assert (board.context["ended_at"], board.context["closed"]) == (then, 2)
    with time_machine.travel(then + timedelta(minutes=11)):
        assert desk.seto.client.get(f"{DESK}pengawasan/").context["closed"] == 0, "too old to be told"


def test_the_words_of_a_report_speak_for_another_category(desk: Desk) -> None:
    row = filed(
        desk.cast.sari.actor,
        "w1",
        at("2026-08-18 09:00"),
        title="Lampu jalan mati",
        description="Lampu jalan di depan balai RW mati sejak hari Senin.",
    ).case
    shown = text(page(desk.vera, address(row)))
    assert "Kata-katanya lebih cocok dengan" in shown
    assert f"{address(row)}langkah/assign/?right_category=street_light" in shown
    form = text(desk.vera.client.get(address(row, "langkah", "assign"), {"right_category": "street_light"}))
    assert 'value="street_light" selected' in form or 'value="street_light" checked' in form


def test_the_page_of_a_service_shows_what_its_file_says_and_who_may_give_it_out(desk: Desk) -> None:
    row = reports(desk, 1)[0]
    there = f"{DESK}definisi/sambat/"
    shown = text(page(desk.cast.budi, there))
    assert "<svg" in shown
    assert "15 dari 15 lulus" in shown or " lulus" in shown
    assert "Ambil seluruh berkas" not in shown
    assert desk.cast.budi.client.post(f"{there}serah/", {"agreed": "yes"}).status_code == 403
    assert desk.seto.client.post(f"{there}serah/").status_code == 422
    changes.hand_in(desk.cast.sari.actor, row.pk, picture(3), "bukti.png", "applicant", NOW)
    given = desk.seto.client.post(f"{there}serah/", {"agreed": "yes"})
    with zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content))) as bundle:
        assert bundle.testzip() is None
        lines = [json.loads(line) for line in bundle.read("berkas.jsonl").decode().splitlines()]
        assert json.loads(bundle.read("definisi/sambat-1.json"))["service"] == "sambat"
        (file,) = lines[1]["files"]
        assert hashlib.sha256(bundle.read(f"lampiran/{file['sha256']}")).hexdigest() == file["sha256"]
    assert lines[0]["cases"] == 1
    assert lines[1]["routes"][0]["reason"] == "Perangkat daerah yang mengurus kategori ini."
    assert "kami terima" in lines[1]["notices"][0]["subject"]
    assert (lines[1]["number"], lines[1]["answers"]["reporter"]["name"]) == (row.number, REPORTER["name"])
    assert [one["move"] for one in lines[1]["moves"]] == ["file", "assign"]
    assert JournalEntry.objects.filter(verb="services.give_out").exists()
    assert desk.seto.client.post(f"{there}pindah/", {"old": "1", "new": "1"}).status_code == 409
    assert page(desk.cast.joko, there).status_code == 404


def test_a_draft_is_looked_through_with_its_lines(desk: Desk) -> None:
    there = f"{DESK}definisi/periksa/"
    raw = (FOLDER / "mcc_room" / "1.yaml").read_bytes()
    budi = desk.cast.budi.client
    good = io.BytesIO(raw)
    good.name = "1.yaml"
    assert "tidak punya temuan" in text(budi.post(there, {"file": good}))
    bad = io.BytesIO(raw.replace(b"to: booked", b"to: bokked"))
    bad.name = "1.yaml"
    answer = budi.post(there, {"file": bad})
    assert answer.status_code == 422
    assert "bokked" in text(answer)


def test_running_cases_are_brought_over_by_a_job_that_says_how_far_it_is(
    desk: Desk, settings: LazySettings, tmp_path: Path
) -> None:
    row = reports(desk, 1)[0]
    second(settings, tmp_path / "own", ("icon: message-report", "icon: message"))
    there = f"{DESK}definisi/sambat/"
    shown = text(page(desk.seto, there))
    assert "Pindahkan 1 berkas" in shown
    assert "aman" in shown
    assert "Pindahkan" not in text(page(desk.cast.budi, there))
    assert desk.cast.budi.client.post(f"{there}pindah/", {"old": "1", "new": "2"}).status_code == 403
    assert desk.seto.client.post(f"{there}pindah/", {"old": "1", "new": "2"}).status_code == 302
    worker.drain()
    row.refresh_from_db()
    assert row.service_version == 2
    done = text(page(desk.seto, there))
    assert "1/1. 1 berkas dipindahkan, 0 tetap." in done
    assert "Dipindahkan ke versi layanan yang baru" in text(page(desk.cast.budi, address(row)))


def test_a_photo_that_was_handed_in_is_not_lost_to_a_fault_elsewhere(desk: Desk) -> None:
    row = moved(desk.cast.budi.actor, reports(desk, 1)[0], "accept", at("2026-08-19 10:00"))
    budi, there = desk.cast.budi.client, address(row, "langkah", "answer")
    sent = {"_version": row.version, "result": "pendek", "result_photos": picture(7)}
    wrong = text(budi.post(there, sent))
    assert "result_photos.png" in wrong
    key = wrong.partition('name="_kept.result_photos" value="')[2].partition('"')[0]
    done = budi.post(there, {"_version": row.version, "result": ANSWER, "_kept.result_photos": key})
    assert done.status_code == 302
    file = f"{address(row)}lampiran/{key}"
    for person, status in (
        (desk.cast.budi, 200),
        (desk.seto, 200),
        (desk.cast.agus, 404),
        (desk.cast.joko, 404),
    ):
        answer = person.client.get(file)
        assert answer.status_code == status
        # Read to its end, where the test client closes it: closed twice it would end the connection.
        assert status == 404 or b"".join(answer.streaming_content)

"""The pages and the API of the evaluation: who sees what, what a form refuses, what leaves as a file."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from tests.cast import MALANG, REGENCY, Cast, visitor_at

from balai.base import tenancy
from balai.base.actor import system
from balai.evaluation.changes import import_published, start_round
from balai.evaluation.models import Answer, PublishedResult, Score
from balai.evaluation.reads.published import published_result
from balai.evaluation.reference import published_tables
from balai.evaluation.tests.ring import ANSWERING, DRAFT, FREEZING, SCORING, Ring, opened
from balai.evaluation.tests.test_rounds import PDF
from balai.places.models import Region

PROGRAM = {"Accept": "application/json"}
TABLE = (
    b"year,agency,kebijakan,tata_kelola,manajemen,layanan,index,predicate\n"
    b"2024,Kota Malang,4.70,4.30,2.55,4.69,4.24,Memuaskan\n"
    b"2024,Kabupaten Malang,3.90,3.40,1.73,4.62,3.74,Sangat Baik\n"
)


@pytest.fixture
def ring(cast: Cast, settings: Any, tmp_path: Any) -> Ring:
    settings.DATA = tmp_path
    return opened(cast)


@pytest.fixture
def answering() -> Iterator[None]:
    with time_machine.travel(ANSWERING, tick=True):
        yield


@pytest.fixture
def table(cast: Cast) -> None:
    for code, name, kind in ((MALANG, "Malang", "kota"), (REGENCY, "Malang", "kabupaten")):
        Region.objects.update_or_create(
            code=code,
            defaults={"name": name, "level": "regency", "parent": "35", "kind": kind, "search_key": name},
        )
    Region.objects.update_or_create(
        code="35",
        defaults={"name": "Jawa Timur", "level": "province", "parent": "", "kind": "", "search_key": "jawa"},
    )
    actor = system("test", tenancy.NATIONAL, "evaluation.import_published")
    with tenancy.scope(tenancy.NATIONAL):
        import_published(actor, TABLE, "KemenPANRB", ANSWERING)


def _sheet(ring: Ring) -> str:
    return f"/meja/penilaian/{ring.round.pk}/isian/"


def _typed(question: str = "1", **said: Any) -> dict[str, Any]:
    fields = {"version": "", "level": "3", "text": "Ada", **said}
    return {f"q{question}-{name}": value for name, value in fields.items()} | {"bagian": "kebijakan"}


# What everybody sees


def test_everybody_sees_published_results_with_their_sum(table: None) -> None:
    visitor = visitor_at(MALANG)
    assert "4,24" in visitor.get("/penilaian/?keluarga=spbe").content.decode()
    with tenancy.scope(tenancy.NATIONAL):
        row = PublishedResult.objects.get(region_code=MALANG)
    page = visitor.get(f"/penilaian/hasil/{row.pk}/").content.decode()
    assert "0,611 + 1,075 + 0,42075 + 2,13395 = 4,2407 → 4,24" in page
    assert "Memuaskan" in page


def test_the_twins_of_a_page_hold_the_same_rows(table: None) -> None:
    visitor = visitor_at(MALANG)
    rows = visitor.get("/penilaian.json?keluarga=spbe").json()["results"]
    assert [(row["unit"], row["index"], row["rank_in_nation"]) for row in rows] == [
        ("Kota Malang", "4.24", 1),
        ("Kabupaten Malang", "3.74", 2),
    ]
    assert visitor.get("/penilaian.csv?keluarga=spbe").content.decode().count("Kota Malang") == 1
    book = load_workbook(io.BytesIO(visitor.get("/penilaian.xlsx?keluarga=spbe").content))
    cells = [[cell.value for cell in row] for row in book.active.rows]
    assert cells[0][:5] == ["year", "stage", "group", "unit", "region_code"]
    assert (cells[1][4], float(cells[1][10])) == ("35.73", 4.24)


def test_who_did_not_take_part_and_who_has_no_result_are_shown_as_such_and_never_ranked(table: None) -> None:
    Region.objects.create(
        code="35.77", name="Madiun", level="regency", parent="35", kind="kota", search_key="madiun"
    )
    with tenancy.scope(tenancy.NATIONAL):
        PublishedResult.objects.filter(region_code=REGENCY).update(took_part=False)
    everybody, query = visitor_at(MALANG), "keluarga=spbe&tahun=2024"
    page = everybody.get(f"/penilaian/?{query}").content.decode()
    assert "Tidak ikut dinilai" in page and "1 dari 3 kabupaten dan kota tanpa hasil" in page
    assert "Kota Madiun" not in page
    assert "<li>Kota Madiun</li>" in everybody.get(f"/penilaian/?{query}&semua=1").content.decode()
    rows = everybody.get(f"/penilaian.json?{query}&semua=1").json()["results"]
    assert [(row["unit"], row["took_part"], row["index"], row["rank_in_nation"]) for row in rows] == [
        ("Kota Malang", "yes", "4.24", 1),
        ("Kabupaten Malang", "no", "", ""),
        ("Kota Madiun", "unknown", "", ""),
    ]
    shapes = everybody.get(f"/penilaian/peta.json?{query}").json()
    assert (shapes[REGENCY]["value"], shapes[REGENCY]["text"]) == (None, "tidak ikut dinilai")
    assert shapes.keys() == {MALANG, REGENCY}


def test_results_are_narrowed_by_predicate_on_the_page_the_map_and_in_every_export(table: None) -> None:
    everybody = visitor_at(MALANG)
    rows = everybody.get("/penilaian.json?keluarga=spbe&tahun=2024").json()["results"]
    wanted = rows[0]["predicate"]
    query = f"keluarga=spbe&tahun=2024&predikat={wanted}"
    kept = [row for row in rows if row["predicate"] == wanted]
    assert len(kept) > 0
    assert everybody.get(f"/penilaian.json?{query}").json()["results"] == kept
    assert everybody.get(f"/penilaian.csv?{query}").content.decode().count("\n") == len(kept) + 1
    assert len(everybody.get(f"/penilaian/peta.json?{query}").json()) == sum(
        1 for row in kept if row["region_code"]
    )
    assert f'value="{wanted}" selected' in everybody.get(f"/penilaian/?{query}&peta=1").content.decode()


def test_a_what_if_tells_index_rank_and_predicate_and_keeps_nothing(table: None) -> None:
    with tenancy.scope(tenancy.NATIONAL):
        row = PublishedResult.objects.get(region_code=REGENCY)
    address = f"/penilaian/hasil/{row.pk}/seandainya/"
    page = visitor_at(MALANG).get(address, {"tata_kelola": "5", "manajemen": "5"}).content.decode()
    assert "4,68" in page and "Memuaskan" in page
    with tenancy.scope(MALANG):
        seen = published_result(system("t", MALANG), row.pk)
    assert (f"{seen.row.total:.2f}", seen.rank_in_nation) == ("3.74", 2)
    refused = visitor_at(MALANG).get(address, {"tata_kelola": "9"})
    assert refused.status_code == 422 and "Isi angka 1 sampai 5" in refused.content.decode()


def test_an_instrument_is_read_by_everybody(cast: Cast) -> None:
    page = visitor_at(MALANG).get("/penilaian/instrumen/spbe-2020/").content.decode()
    assert "Kebijakan Internal Arsitektur SPBE" in page and "bukan bunyi peraturan" in page
    assert visitor_at(MALANG).get("/penilaian/instrumen/tidak-ada/").status_code == 404


def test_the_results_that_come_with_the_product_can_be_imported() -> None:
    tables = list(published_tables())
    assert len(tables) == 5
    assert all(raw.count(b"\n") > 1 and source for source, raw in tables)


# The region


@pytest.mark.usefixtures("answering")
def test_a_part_is_saved_with_evidence_and_who_answered(ring: Ring) -> None:
    said = _typed(link="https://malangkota.go.id/perwal", title="Perwal")
    assert ring.cast.rini.client.post(f"{_sheet(ring)}simpan/", said).status_code == 302
    with tenancy.scope(MALANG):
        row = Answer.objects.get(question="1")
        assert (row.level, row.answered_by, row.evidence.get().title) == (3, "Rini", "Perwal")
    page = ring.cast.rini.client.get(_sheet(ring)).content.decode()
    assert "Dijawab Rini" in page and "Perwal" in page


@pytest.mark.usefixtures("answering")
def test_a_fault_saves_nothing_of_the_part_and_keeps_what_was_typed(ring: Ring) -> None:
    said = _typed() | _typed("2", level="9", text="Nanti hilang?")
    answer = ring.cast.rini.client.post(f"{_sheet(ring)}simpan/", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Isi 1 sampai 5" in page and "Nanti hilang?" in page
    with tenancy.scope(MALANG):
        assert not Answer.objects.filter(answered_at__isnull=False).exists()


@pytest.mark.usefixtures("answering")
def test_evidence_of_a_forbidden_type_is_refused_by_name(ring: Ring) -> None:
    said = _typed() | {"q1-file": SimpleUploadedFile("catatan.txt", b"halo dunia\n" * 9)}
    answer = ring.cast.rini.client.post(f"{_sheet(ring)}simpan/", said)
    assert answer.status_code == 422 and "tidak diterima sebagai bukti" in answer.content.decode()


@pytest.mark.usefixtures("answering")
def test_who_saves_after_somebody_else_is_told_what_stands_there(ring: Ring) -> None:
    ring.answer("1", text="Dari Budi")
    answer = ring.cast.rini.client.post(f"{_sheet(ring)}simpan/", _typed(version="1", text="Dari Rini"))
    assert answer.status_code == 422 and "Sekarang tertulis: Dari Budi" in answer.content.decode()


@pytest.mark.usefixtures("answering")
def test_an_office_sees_the_questions_given_to_it_and_agus_and_joko_see_none(ring: Ring) -> None:
    ring.answer("1", text="Rahasia kantor")
    ring.cast.rini.client.post(
        f"{_sheet(ring)}bagi/", {"question": ["1"], "office": str(ring.cast.kominfo.pk), "token": "a"}
    )
    assert "Rahasia kantor" in ring.cast.budi.client.get(_sheet(ring)).content.decode()
    for person in (ring.cast.agus, ring.cast.joko):
        assert "Rahasia kantor" not in person.client.get(_sheet(ring)).content.decode()
        assert person.client.get(f"/meja/penilaian/{ring.round.pk}/soal/1/").status_code == 404
        page = person.client.get(f"/api/v1/evaluation/rounds/{ring.round.pk}/answers")
        assert "Rahasia kantor" not in page.content.decode()


@pytest.mark.usefixtures("answering")
def test_what_is_missing_is_named_before_it_is_sent(ring: Ring) -> None:
    ring.answer("1")
    page = ring.cast.rini.client.post(f"/meja/penilaian/{ring.round.pk}/kirim/", {"token": "a"})
    assert page.status_code == 422
    assert "47 pertanyaan belum lengkap" in page.content.decode()


def test_the_evidence_of_a_region_leaves_as_one_archive_for_those_who_judge_it(ring: Ring) -> None:
    ring.answer()
    ring.prove("1", PDF)
    ring.submit()
    ani = ring.assessors[0]
    ring.ready(ani)
    address = f"/meja/penilaian/{ring.round.pk}/daerah/{MALANG}/bukti.zip"
    answer: Any = ani.client.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as bundle:
        assert bundle.testzip() is None
        assert bundle.read("1-1 bukti.pdf").startswith(b"%PDF")
        assert "malangkota.go.id" in bundle.read("daftar.txt").decode()
    assert ring.assessors[1].client.get(address).status_code == 404
    assert ring.cast.joko.client.get(address).status_code == 404
    own: Any = ring.cast.agus.client.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(own.streaming_content))) as bundle:
        assert bundle.namelist() == ["daftar.txt"] and not bundle.read("daftar.txt").strip()


# The assessor


def _scores(ring: Ring) -> str:
    return f"/meja/menilai/{next(iter(ring.assessments.values())).pk}/nilai/"


def test_scores_are_saved_one_by_one_by_the_script_and_the_same_twice_is_one(ring: Ring) -> None:
    ring.submit()
    ani = ring.assessors[0]
    ring.ready(ani)
    client = ani.client
    with time_machine.travel(SCORING, tick=True):
        for _time in range(2):
            said = client.post(f"{_scores(ring)}simpan/", {"q1": "4", "q1-version": ""}, headers=PROGRAM)
            assert said.json() == {"saved": {"1": 1}, "wrong": {}}
        clash = client.post(f"{_scores(ring)}simpan/", {"q1": "2", "q1-version": ""}, headers=PROGRAM)
        assert "Sudah dinilai 4 dari tempat lain" in clash.json()["wrong"]["1"]
        odd = client.post(f"{_scores(ring)}simpan/", {"q2": "7"}, headers=PROGRAM)
        assert "Isi bilangan bulat 1 sampai 5" in odd.json()["wrong"]["2"]
    with tenancy.scope(tenancy.NATIONAL):
        assert Score.objects.get().value == 4


def test_a_program_scores_with_its_key_of_the_request(ring: Ring) -> None:
    ring.submit()
    ani = ring.assessors[0]
    row = ring.ready(ani)
    with time_machine.travel(SCORING, tick=True):
        client = ani.client
        answer = client.post(
            f"/api/v1/evaluation/assessments/{row.pk}/scores",
            json.dumps({"question": "1", "value": 3, "version": None}),
            "application/json",
            headers={"Idempotency-Key": "satu-nilai"},
        )
        assert answer.json() == {"question": "1", "value": 3, "note": "", "version": 1}
        found = client.get(f"/api/v1/evaluation/assessments/{row.pk}/scores").json()
        assert [each["value"] for each in found] == [3]
        other = ring.assessors[1].client
        assert other.get(f"/api/v1/evaluation/assessments/{row.pk}/scores").status_code == 404


def test_last_years_answer_stands_beside_this_years(ring: Ring) -> None:
    ring.answer("1", text="Dulu baru draf")
    ring.prove()
    ring.submit()
    draft = replace(DRAFT, code="spbe-2027", title="2027", year=2027, previous="spbe-2026", regions=(MALANG,))
    with tenancy.scope(tenancy.NATIONAL):
        later = Ring(ring.cast, start_round(ring.cast.putu.actor, draft), ring.assessors)
    later.answer("1", text="Kini ditetapkan")
    later.prove()
    later.submit()
    ani = later.assessors[0]
    later.ready(ani)
    with time_machine.travel(SCORING, tick=True):
        page = ani.client.get(_scores(later)).content.decode()
    assert "Dulu baru draf" in page and "Kini ditetapkan" in page


# The nation, and the frozen result


@pytest.fixture
def frozen(ring: Ring) -> Ring:
    ring.submit()
    for person in ring.assessors:
        ring.ready(person)
    for person in ring.assessors:
        ring.judge(person)
    ring.freeze()
    return ring


def test_the_nation_is_blind_until_all_have_scored(ring: Ring) -> None:
    ring.submit()
    for person in ring.assessors:
        ring.ready(person)
    ring.judge(ring.assessors[0])
    page = ring.cast.putu.client.get(f"/meja/undangan/{ring.invitation().pk}/moderasi/").content.decode()
    assert "Belum semua penilai selesai" in page
    round_page = ring.cast.putu.client.get(f"/meja/penilaian/{ring.round.pk}/").content.decode()
    assert "tertutup sampai semua penilai selesai" in round_page


def test_letter_and_report_are_made_of_what_was_frozen(frozen: Ring) -> None:
    start = f"/meja/penilaian/{frozen.round.pk}/daerah/{MALANG}/"
    for name in ("surat", "laporan"):
        first = frozen.cast.rini.client.get(f"{start}{name}.pdf").content
        assert first.startswith(b"%PDF-") and b"pdfaid" in first
        assert first == frozen.cast.putu.client.get(f"{start}{name}.pdf").content
    assert "3,00" in frozen.cast.rini.client.get(start).content.decode()
    absent = f"/meja/penilaian/{frozen.round.pk}/daerah/{REGENCY}/"
    assert "tidak ikut dinilai" in frozen.cast.putu.client.get(absent).content.decode()
    assert frozen.cast.putu.client.get(f"{absent}surat.pdf").status_code == 200
    assert frozen.cast.joko.client.get(start).status_code == 404
    assert frozen.cast.sari.client.get(start).status_code == 403


def test_a_recommendation_goes_from_the_office_to_its_end(frozen: Ring) -> None:
    rini = frozen.cast.rini.client
    page = rini.get("/meja/rekomendasi/").content.decode()
    assert "3 rekomendasi belum selesai" in page
    assert "Belum ada rekomendasi" in frozen.cast.agus.client.get("/meja/rekomendasi/").content.decode()
    assert "Lengkapi audit" not in frozen.cast.joko.client.get("/meja/rekomendasi/").content.decode()
    key = page.split('data-act href="/meja/rekomendasi/')[1].partition("/")[0]
    here = f"/meja/rekomendasi/{key}/"
    rini.post(f"{here}bagi/", {"office": str(frozen.cast.kominfo.pk), "due_on": "2027-01-31", "token": "a"})
    budi: Client = frozen.cast.budi.client
    assert budi.post(f"{here}jawab/", {"answer": "Sudah", "version": "1", "token": "b"}).status_code == 302
    proof = {"title": "Laporan", "link": "https://malangkota.go.id/audit", "token": "c"}
    assert budi.post(here, proof).status_code == 302
    assert budi.post(f"{here}selesai/", {"version": "2", "token": "d"}).status_code == 403
    assert rini.post(f"{here}selesai/", {"version": "2", "token": "e"}).status_code == 302
    assert "2 rekomendasi belum selesai" in rini.get("/meja/rekomendasi/").content.decode()


def test_a_round_is_opened_by_the_form_and_told_what_is_wrong(cast: Cast) -> None:
    said = {
        "title": "Tahap II",
        "code": "tahap-2",
        "year": "2026",
        "instrument": "spbe-2020",
        "opens_at": "2026-10-01T08:00:00",
        "answers_due_at": "2026-09-01T08:00:00",
        "scores_due_at": "2026-11-01T08:00:00",
        "regions": [MALANG],
        "token": "a",
    }
    with time_machine.travel(FREEZING, tick=True):
        client = cast.putu.client
        wrong = client.post("/meja/penilaian/tahap-baru/", said)
        assert wrong.status_code == 422 and "Urutan tanggalnya salah" in wrong.content.decode()
        right = client.post("/meja/penilaian/tahap-baru/", said | {"answers_due_at": "2026-10-20T23:59:59"})
        assert right.status_code == 302
        assert "Tahap II" in cast.rini.client.get("/meja/penilaian/").content.decode()
        assert "Tahap II" not in cast.joko.client.get("/meja/penilaian/").content.decode()
        assert cast.rini.client.get("/meja/penilaian/tahap-baru/").status_code == 403

"""The desks of producer and steward: a dataset is written, handed in, sent back, accepted, and published."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, Person, someone, visitor_at

from balai.base import tenancy
from balai.data import changes
from balai.data.models import Dataset
from balai.data.tests import registry
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]

TYPED: dict[str, Any] = {
    "code": "bins",
    "title_id": "Tempat sampah",
    "description_id": "Tempat sampah umum, satu baris satu tempat.",
    "keywords": "sampah, lingkungan",
    "producer": "diskominfo",
    "steward_id": "Walidata Kota Malang",
    "custodian_id": "Dinas Kominfo",
    "concept_id": "Tempat sampah",
    "definition_id": "Wadah tetap di ruang umum.",
    "classification_id": "Menurut kecamatan",
    "measure_id": "Volume",
    "unit_id": "Liter",
    "classification": "open",
    "licence": "CC BY 4.0",
    "legal_basis": "Perwal 12/2025",
    "frequency": "monthly",
    "columns-count": "2",
    "columns-0-name": "id",
    "columns-0-type": "integer",
    "columns-0-meaning_id": "Nomor",
    "columns-0-is_key": "on",
    "columns-1-name": "litres",
    "columns-1-type": "decimal",
    "columns-1-meaning_id": "Isi",
    "columns-1-unit_id": "liter",
    "columns-1-decimals": "2",
    "columns-1-optional": "on",
}


@pytest.fixture
def tika(cast: Cast) -> Person:
    """The steward of Kota Malang."""
    return someone("Tika", "35.73", "steward", office=cast.kominfo)


def _page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return answer.content.decode()


def _sent(client: Client, address: str, status: int = 200, **typed: Any) -> str:
    answer = client.post(address, typed, follow=True)
    assert answer.status_code == status, (address, answer.status_code, answer.content.decode()[-3000:])
    return answer.content.decode()


def _row() -> Dataset:
    return Dataset.objects.get(code="bins")


def _accepted(cast: Cast, tika: Person) -> None:
    """Have Budi write the dataset and Tika accept it."""
    _sent(cast.budi.client, "/meja/data/baru/", **TYPED)
    _sent(cast.budi.client, "/meja/data/bins/ajukan/", version=_row().version)
    _sent(tika.client, "/meja/walidata/bins/terima/", version=_row().version)


def test_a_dataset_is_written_sent_back_mended_and_accepted(cast: Cast, tika: Person) -> None:
    budi = cast.budi.client
    page = _sent(budi, "/meja/data/baru/", **TYPED)
    assert "Draf tersimpan." in page and "Bahasa Inggrisnya sama" in page
    page = _sent(budi, "/meja/data/bins/ajukan/", version=_row().version)
    assert "Diajukan oleh Budi" in page
    assert "1 set data menunggu pemeriksaan Anda" in _page(tika.client, "/meja/walidata/")
    page = _page(tika.client, "/meja/walidata/bins/")
    assert "Perwal 12/2025" in page and "bilangan bulat; Nomor" in page and "Terima" in page
    _sent(tika.client, "/meja/walidata/bins/kembalikan/", version=_row().version, reason="Satuannya keliru.")
    page = _page(budi, "/meja/data/bins/")
    assert "Satuannya keliru." in page and "Perbaiki" in page
    row = _row()
    row.draft |= {"priority": {"basis": "SK 100/2026"}}
    row.save()
    changed = TYPED | {"version": row.version, "unit_id": "Liter penuh"}
    _sent(budi, "/meja/data/bins/ubah/", **changed)
    assert _row().draft["priority"] == {"basis": "SK 100/2026"}, "the form does not ask for it"
    _sent(budi, "/meja/data/bins/ajukan/", version=_row().version)
    page = _sent(tika.client, "/meja/walidata/bins/terima/", version=_row().version)
    assert "dapat menerbitkan versi pertama" in page
    assert _row().metadata["standard"]["unit"] == {"id": "Liter penuh", "en": "Liter penuh"}


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(cast: Cast) -> None:
    typed = TYPED | {
        "code": "Tempat Sampah",
        "legal_basis": "",
        "columns-0-is_key": "",
        "columns-1-name": "Isi Liter",
    }
    page = _sent(cast.budi.client, "/meja/data/baru/", 422, **typed)
    assert "#id_legal_basis" in page and 'value="Tempat sampah"' in page and not Dataset.objects.exists()
    page = _sent(cast.budi.client, "/meja/data/baru/", 422, **(typed | {"legal_basis": "Perwal 1/2025"}))
    assert "Pakai huruf kecil, angka, dan garis bawah" in page and "#id_code" in page
    assert "#kolom-1" in page and "Centang “kunci”" in page


@pytest.mark.parametrize(
    ("why", "changed", "told"),
    [
        ("a personal column as it is", {"columns-1-privacy": "personal"}, "Kolom pribadi tidak boleh terbit"),
        ("a reference list for a number", {"columns-1-reference": "regions"}, "hanya untuk kode wilayah"),
        ("two columns of one name", {"columns-1-name": "id"}, "bernama sama"),
        ("a word that addresses need", {"code": "tanya"}, "dipakai oleh alamat halaman lain"),
        ("a code of a definition file", {"code": "holidays"}, "mengikuti berkas definisi"),
    ],
)
def test_a_draft_is_refused_for(cast: Cast, why: str, changed: dict[str, str], told: str) -> None:
    answer = cast.budi.client.post("/meja/data/baru/", TYPED | changed)
    assert answer.status_code in (422, 423) and told in answer.content.decode(), why
    assert not Dataset.objects.filter(code__in=("bins", "tanya")).exists()


def test_columns_are_added_moved_and_removed_without_scripts(cast: Cast) -> None:
    budi = cast.budi.client

    def names(**asked: str) -> list[str]:
        answer = budi.post("/meja/data/baru/", TYPED | asked)
        assert answer.status_code == 200
        form = answer.context["form"]
        assert form["title_id"].value() == "Tempat sampah", "what was typed stays"
        return [column["name"].value() or "" for column in form.columns.forms]

    assert names(arrange="up-1") == ["litres", "id"]
    assert names(arrange="down-0") == ["litres", "id"]
    assert names(arrange="remove-0") == ["litres"]
    assert names(arrange="add") == ["id", "litres", ""]
    assert names(arrange="up-99") == ["id", "litres"]
    assert not Dataset.objects.exists()


def test_a_declaration_is_copied_to_begin_with(cast: Cast) -> None:
    page = _page(cast.budi.client, "/meja/data/baru/?dari=plan_budget")
    assert "Formulir diisi dari" in page and 'value="programme"' in page and 'value="plan_budget"' in page
    assert 'name="code" value="plan_budget"' not in page


def test_two_who_edit_at_once_are_told_what_differs(cast: Cast) -> None:
    budi = cast.budi.client
    _sent(budi, "/meja/data/baru/", **TYPED)
    seen = _row().version
    _sent(cast.wati.client, "/meja/data/bins/ubah/", **(TYPED | {"version": seen}))
    changed = TYPED | {"version": seen, "title_id": "Judul Budi"}
    page = _sent(budi, "/meja/data/bins/ubah/", 409, **changed)
    assert "Orang lain menyimpan lebih dahulu" in page and "Judul Budi" in page
    assert _row().draft["title"]["id"] == "Tempat sampah"
    _sent(budi, "/meja/data/bins/ubah/", **(changed | {"version": _row().version}))
    assert _row().draft["title"]["id"] == "Judul Budi"


def test_the_steward_sees_what_a_change_would_change_and_what_rows_say_of_the_key(
    cast: Cast, tika: Person
) -> None:
    founded(cast)
    publish([a_bin(1), a_bin(2)])
    row = changes.declare(
        registry.producer(cast),
        declared(key=["name"], legal_basis="kebiasaan", frequency="yearly"),
        version=_row().version,
    )
    publish([a_bin(1, name="Sama"), a_bin(2, name="Sama")], "2027")
    changes.submit(registry.producer(cast), "bins", version=row.version, at=NOW)
    page = _page(tika.client, "/meja/walidata/bins/")
    assert "<del>setiap bulan</del>" in page and "<ins>setiap tahun</ins>" in page
    assert "1 kunci yang dipakai beberapa baris" in page and "tidak menyebut sebuah peraturan" in page


def test_agus_and_joko_see_nothing_of_the_desks_of_others(cast: Cast, tika: Person) -> None:
    _accepted(cast, tika)
    for client in (cast.agus.client, cast.joko.client):
        assert "Tempat sampah" not in _page(client, "/meja/data/")
        for address in ("/meja/data/bins/", "/meja/data/bins/ubah/", "/meja/data/bins/baris/"):
            assert client.get(address).status_code == 404, address
        assert client.get("/meja/walidata/").status_code == 403
        assert client.post("/meja/data/bins/ajukan/", {"version": 1}).status_code in (403, 404)
    assert cast.sari.client.get("/meja/data/").status_code == 403
    assert visitor_at("35.73").get("/meja/data/").status_code == 302


def test_lists_of_the_desks_ask_as_often_for_many_as_for_one(cast: Cast, tika: Person) -> None:
    _accepted(cast, tika)
    pages = ((cast.budi.client, "/meja/data/"), (tika.client, "/meja/walidata/"))

    def asked() -> list[int]:
        counts = []
        for client, address in pages:
            with CaptureQueriesContext(connection) as found:
                _page(client, address)
            counts.append(len(found))
        return counts

    asked()
    few = asked()
    for number in range(4):
        changes.declare(registry.producer(cast), declared(code=f"set_{number}"))
    assert asked() <= few


def test_a_program_declares_submits_and_checks(cast: Cast, tika: Person) -> None:
    budi = cast.budi.client

    def write(client: Client, method: str, path: str, body: dict[str, Any], key: str) -> Any:
        text, headers = json.dumps(body), {"Idempotency-Key": key}
        address = f"/api/v1/data/drafts{path}"
        return client.generic(method, address, text, "application/json", headers=headers)

    said = declared().written()
    first = write(budi, "POST", "", {"declaration": said}, "a1")
    assert first.status_code == 200 and first.json()["status"] == "draft"
    assert write(budi, "POST", "", {"declaration": said}, "a1").json() == first.json(), "done once"
    strange = {"version": 1, "declaration": said | {"frequency": "kadang"}}
    wrong = write(budi, "PUT", "/bins", strange, "a2")
    assert wrong.status_code == 422 and wrong.json()["faults"][0]["place"] == "frequency"
    late = write(budi, "PUT", "/bins", {"version": 7, "declaration": said}, "a3")
    assert late.status_code == 409 and late["Content-Type"] == "application/problem+json"
    assert write(cast.agus.client, "PUT", "/bins", strange, "a9").status_code == 404
    assert write(budi, "POST", "/bins/check", {"version": 1}, "a4").status_code == 403
    sent = write(budi, "POST", "/bins/submit", {"version": first.json()["version"]}, "a5").json()
    assert [row["code"] for row in tika.client.get("/api/v1/data/drafts-waiting").json()["items"]] == ["bins"]
    back = write(tika.client, "POST", "/bins/return", {"version": sent["version"], "reason": "Satuan."}, "a6")
    # The steward may check but not make: the answer of a draft is for those who may see it.
    assert back.status_code == 200 and back.json()["reason"] == "Satuan."
    assert cast.agus.client.get("/api/v1/data/drafts/bins").status_code == 404
    with tenancy.scope("35.07"):
        assert cast.joko.client.get("/api/v1/data/drafts").json()["items"] == []

"""Satu Data Indonesia for programs: lists, standards, metadata, findings and releases."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.cast import MALANG, REGENCY, Cast, visitor_at

from balai.base import tenancy
from balai.data import changes
from balai.data.faces.sdi.records import next_release
from balai.data.models import Dataset
from balai.data.rules.metadata import Frequency
from balai.data.tests.registry import (
    NOW,
    a_bin,
    column,
    declared,
    founded,
    producer,
    publish,
    shelf_of,
    steward,
    words,
)

LISTS = ("daftar-data", "standar-data", "metadata/kegiatan", "metadata/variabel", "jadwal-rilis")


shelf = shelf_of(a_bin(1))


@pytest.fixture
def cast(shelf: Cast, db: None) -> Cast:
    return shelf


@pytest.fixture
def bins(cast: Cast) -> Iterator[Cast]:
    with tenancy.scope(MALANG):
        yield cast


def get(client: Client, path: str) -> Any:
    response = client.get(f"/api/sdi/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def visitor() -> Client:
    return visitor_at(MALANG)


def another(cast: Cast, code: str, **changed: Any) -> None:
    founded(cast, declared(code=code, title=words(f"Set {code}"), **changed))
    changes.publish(steward(), code, [a_bin(1)], "2026", at=NOW)


def test_the_root_names_every_list(bins: Cast) -> None:
    for address in get(visitor(), "")["tautan"].values():
        assert visitor().get(address).status_code == 200, address


def test_a_dataset_stands_in_the_words_of_the_law(bins: Cast) -> None:
    (one,) = get(visitor(), "daftar-data")["items"]
    assert (one["kode"], one["produsen_data"]) == ("bins", "Dinas Komunikasi dan Informatika")
    assert (one["klasifikasi"], one["frekuensi"]) == ("Terbuka", "setiap bulan")
    assert one["uri"].endswith("/dataset/bins")
    english = visitor()
    english.cookies["django_language"] = "en"
    assert get(english, "daftar-data")["items"][0]["klasifikasi"] == "Terbuka"
    (own,) = get(visitor(), "standar-data")["items"]
    assert own == {"kode": "bins"} | dict(
        zip(
            ("konsep", "definisi", "klasifikasi", "ukuran", "satuan"),
            ("concept", "definition", "classification", "measure", "unit"),
            strict=True,
        )
    )


def test_every_column_that_leaves_is_a_variable(bins: Cast) -> None:
    found = {one["nama_variabel"]: one for one in get(visitor(), "metadata/variabel")["items"]}
    assert len(found) == 9
    assert found["id"]["aturan_validasi"] == ["kunci", "wajib diisi"]
    assert found["kind"]["domain_nilai"] == ["besar", "kecil"]
    (activity,) = get(visitor(), "metadata/kegiatan")["items"]
    assert (activity["jenis"], activity["dasar_hukum"]) == ("MS-Keg", "Perwal 1/2024")


def test_every_indicator_is_told_with_how_it_is_counted(bins: Cast) -> None:
    found = {one["kode_indikator"]: one for one in get(visitor(), "metadata/indikator")["items"]}
    assert found["population_density"]["variabel_pembangun"] == ["regions"]
    assert "SELECT" in found["population_density"]["rumus"]["pembilang"].upper()


def test_priority_is_what_a_decision_made_it(bins: Cast) -> None:
    assert get(visitor(), "data-prioritas")["items"] == []
    another(bins, "stunting", priority={"basis": "SK Wali Kota 100/2026"})
    (one,) = get(visitor(), "data-prioritas")["items"]
    assert (one["kode"], one["dasar_prioritas"], one["prioritas"]) == (
        "stunting",
        "SK Wali Kota 100/2026",
        True,
    )


def test_master_data_are_told_with_the_decision_and_their_key(bins: Cast) -> None:
    assert get(visitor(), "data-induk")["items"] == []
    another(bins, "people_places", master={"basis": "SK Wali Kota 7/2026"})
    (one,) = get(visitor(), "data-induk")["items"]
    assert (one["kode"], one["dasar_data_induk"], one["kunci"]) == (
        "people_places",
        "SK Wali Kota 7/2026",
        ["id"],
    )
    listed = {one["kode"]: one["data_induk"] for one in get(visitor(), "daftar-data")["items"]}
    assert listed == {"bins": False, "people_places": True}


def test_what_was_declared_before_there_were_priorities_is_published_as_before(bins: Cast) -> None:
    assert "priority" not in Dataset.objects.get(code="bins").metadata
    assert publish([a_bin(1), a_bin(2)]).is_new


def test_code_lists_are_told_with_how_many_use_them(cast: Cast) -> None:
    with tenancy.scope(MALANG):
        columns = [column("id", "integer"), column("place", "region", reference="regions", optional=True)]
        founded(cast, declared(code="places", columns=columns))
        changes.publish(steward(), "places", [(1, "")], "2026", at=NOW)
    (one,) = get(visitor(), "kode-referensi")["items"]
    assert (one["kode"], one["nama"], one["dipakai_oleh"]) == ("regions", "Kode wilayah Kemendagri", 1)
    assert get(visitor_at(REGENCY), "kode-referensi")["items"] == []


def test_findings_are_for_those_who_write_and_check(bins: Cast) -> None:
    row = changes.declare(producer(bins), declared(code="draft", title=words("Draf")))
    changes.submit(producer(bins), "draft", version=row.version, at=NOW)
    (one,) = get(bins.budi.client, "pemeriksaan")["items"]
    assert (one["kode"], one["status"]) == ("draft", "submitted")
    assert one["temuan"]
    for client in (visitor(), bins.sari.client, bins.agus.client, bins.joko.client):
        assert get(client, "pemeriksaan")["items"] == []


@time_machine.travel("2026-06-01 10:00+07:00", tick=False)
def test_a_release_that_is_due_is_late(bins: Cast) -> None:
    (one,) = get(visitor(), "jadwal-rilis")["items"]
    assert (one["terbit_terakhir"], one["terbit_berikutnya"]) == ("2026-04-20", "2026-05-20")
    assert one["terlambat"] is True


def test_the_next_release_follows_the_frequency() -> None:
    last = date(2026, 1, 31)
    assert next_release(last, Frequency.DAILY) == date(2026, 2, 1)
    assert next_release(last, Frequency.QUARTERLY) == date(2026, 4, 30)
    assert next_release(date(2024, 2, 29), Frequency.YEARLY) == date(2025, 2, 28)
    assert next_release(date(2026, 12, 15), Frequency.MONTHLY) == date(2027, 1, 15)
    assert next_release(last, Frequency.WHEN_CHANGED) is None
    assert next_release(None, Frequency.DAILY) is None


@pytest.mark.parametrize("path", LISTS)
def test_each_list_has_what_its_reader_may_read(bins: Cast, path: str) -> None:
    another(bins, "wages", classification="limited")
    another(bins, "secret", classification="closed")
    for client, own in (
        (visitor(), {"bins"}),
        (bins.sari.client, {"bins"}),
        (bins.agus.client, {"bins", "wages"}),
        (bins.budi.client, {"bins", "wages", "secret"}),
        (bins.joko.client, set()),
        (visitor_at(REGENCY), set()),
    ):
        assert {one.get("kode") or one["kode_kegiatan"] for one in get(client, path)["items"]} == own


def test_pages_follow_each_other_and_words_narrow_down(bins: Cast) -> None:
    another(bins, "lamps")
    another(bins, "trees")
    first = get(visitor(), "daftar-data?limit=2")
    assert ([one["kode"] for one in first["items"]], first["total"]) == (["bins", "lamps"], 3)
    second = get(visitor(), f"daftar-data?limit=2&after={first['next']}")
    assert ([one["kode"] for one in second["items"]], second["next"]) == (["trees"], None)
    assert [one["kode"] for one in get(visitor(), "daftar-data?q=lamps")["items"]] == ["lamps"]
    for wrong in ("0", "-1", "x", "9" * 20):
        assert visitor().get(f"/api/sdi/v1/daftar-data?limit={wrong}").status_code == 422


def test_who_has_it_is_told_so_and_other_sites_may_read_it(bins: Cast) -> None:
    for path in ("", *LISTS, "data-prioritas", "kode-referensi", "metadata/indikator", "pemeriksaan"):
        first = visitor().get(f"/api/sdi/v1/{path}")
        assert first["Access-Control-Allow-Origin"] == "*"
        again = visitor().get(f"/api/sdi/v1/{path}", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304

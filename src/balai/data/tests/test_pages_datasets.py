"""The catalogue and the pages of datasets: who sees what, what stands there, and how it is taken along."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.data import changes, reads
from balai.data.models import Dataset
from balai.data.reads import uses
from balai.data.tests import registry
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish, steward, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


@pytest.fixture
def visitor(cast: Cast) -> Client:
    return visitor_at("35.73")


def _page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.content[:400])
    return answer.content.decode()


def _whole(client: Client, address: str, **headers: str) -> bytes:
    answer = client.get(address, headers=headers)
    assert answer.status_code in (200, 206), (address, answer.status_code)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def _stands(cast: Cast, **changed: Any) -> None:
    """Publish one open dataset of two rows."""
    founded(cast, declared(**changed))
    code = changed.get("code", "bins")
    changes.publish(steward(), code, [a_bin(1), a_bin(2, litres=None)], "2026", at=NOW)


def test_a_visitor_finds_a_dataset_by_a_word_of_its_columns(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    assert "Tempat sampah" in _page(visitor, "/data/?q=litres")
    page = _page(visitor, "/data/?q=air+minum")
    assert "Tidak ada set data yang cocok" in page and "Lihat semua set data" in page


def test_an_empty_catalogue_says_when_something_will_stand_there(cast: Cast, visitor: Client) -> None:
    assert "Belum ada set data" in _page(visitor, "/data/")


def test_facets_narrow_down_and_can_be_let_go(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    _stands(
        cast,
        code="parks",
        title=words("Taman kota"),
        keywords=["taman"],
        columns=[
            registry.column("id", "integer"),
            registry.column("name", "text"),
            registry.column("litres", "decimal", optional=True),
            *[
                column
                for column in registry.BINS["columns"]
                if column["name"] not in ("id", "name", "litres", "place")
            ],
            registry.column("place", "point", optional=True),
        ],
    )
    page = _page(visitor, "/data/")
    assert "?kata=sampah" in page and "?kata=taman" in page and "2 set data" in page
    page = _page(visitor, "/data/?kata=taman")
    assert "Taman kota" in page and "data/bins/" not in page and "lepaskan" in page
    found = reads.shelf(cast.sari.actor, reads.Wanted(keyword="taman"))
    assert dict(found.facets["keyword"]) == {"sampah": 1, "taman": 1}, "a facet counts as if it were not set"


def test_who_finds_nothing_is_shown_what_there_is(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    page = _page(visitor, "/data/?q=sampah+meteor&kata=sampah")
    assert "Tidak ada set data yang cocok" in page
    assert "“sampah”" in page and "“meteor”" not in page, "only words that find something are offered"
    assert 'href="/data/?kata=sampah"' in page
    assert 'href="?q=sampah+meteor"' in page, "a facet is let go without the words"


def test_the_catalogue_goes_page_by_page(
    cast: Cast, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        _stands(cast, code=f"set_{number}", title=words(f"Data {number}"))
    first = reads.shelf(cast.sari.actor, reads.Wanted(), limit=2)
    assert [row.code for row in first.rows] == ["set_0", "set_1"] and first.total == 3
    second = reads.shelf(cast.sari.actor, reads.Wanted(), first.next, limit=2)
    assert [row.code for row in second.rows] == ["set_2"] and second.next == ""
    assert visitor.get("/data/?after=bukan-kursor").status_code == 422


def test_the_catalogue_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    _stands(cast)
    with CaptureQueriesContext(connection) as few:
        _page(cast.sari.client, "/data/?urut=terbaru")
    for number in range(4):
        _stands(cast, code=f"set_{number}", title=words(f"Data {number}"))
    with CaptureQueriesContext(connection) as many:
        _page(cast.sari.client, "/data/?urut=terbesar")
    assert len(many) <= len(few)


@pytest.mark.parametrize(
    ("classification", "who_see"),
    [
        ("open", {"visitor", "sari", "agus", "budi"}),
        ("limited", {"agus", "budi"}),
        ("closed", {"budi"}),
    ],
)
def test_limited_and_closed_are_never_shown_to_others(
    cast: Cast, visitor: Client, classification: str, who_see: set[str]
) -> None:
    _stands(cast, classification=classification)
    clients = {
        "visitor": visitor,
        "sari": cast.sari.client,
        "agus": cast.agus.client,
        "budi": cast.budi.client,
        "joko": cast.joko.client,
    }
    inside = [
        "/data/bins/", "/data/bins/versi/1/", "/data/bins/bandingkan/", "/data/bins/metadata.json",
        "/data/bins.json", "/data/bins.csv", "/data/bins.parquet", "/data/bins.xlsx",
        "/data/bins/versi/1.csv",
        "/api/v1/data/datasets/bins", "/api/v1/data/datasets/bins/versions",
    ]  # fmt: skip
    for name, client in clients.items():
        sees = name in who_see
        for address in ("/data/", "/data.json", "/data.csv", "/api/v1/data/datasets"):
            assert ("Tempat sampah" in _page(client, address)) == sees, (name, address)
        for address in inside:
            answer = client.get(address)
            assert (answer.status_code == 200) == sees, (name, address, answer.status_code)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_the_page_of_a_dataset_says_what_it_is_and_what_it_holds(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    page = _page(visitor, "/data/bins/")
    for told in (
        "Tempat sampah umum dan isinya.", "CC BY 4.0", "Perwal 1/2024", "setiap bulan", "Terbuka",
        "120,5", "Rp750.000", "18 Maret 2026", "semuanya berbeda", "50% kosong", "besar, kecil",
        "Kota Malang (2026). Tempat sampah, versi 1, periode 2026", "pandas.read_parquet",
        "Belum ada angka di Balai", "Baris semua versi disimpan.",
    ):  # fmt: skip
        assert told in page, told
    assert "Budi" not in page and ">Walidata<" in page, "names of officers are not public"


def test_whole_versions_leave_as_four_kinds_of_file(cast: Cast, visitor: Client, tmp_path: Path) -> None:
    _stands(cast)
    for address in ("/data/bins.csv", "/data/bins/versi/1.csv"):
        rows = list(csv.DictReader(io.StringIO(_whole(visitor, address).decode("utf-8-sig"))))
        assert [row["id"] for row in rows] == ["1", "2"], address
    assert [row["id"] for row in json.loads(_whole(visitor, "/data/bins.json"))] == [1, 2]
    assert _whole(visitor, "/data/bins.xlsx").startswith(b"PK")
    answer = visitor.get("/data/bins.parquet")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"PAR1") and content.endswith(b"PAR1")
    part = visitor.get("/data/bins.parquet", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == b"PAR1"  # type: ignore[attr-defined]
    again = visitor.get("/data/bins.parquet", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert visitor.get("/data/bins.pdf").status_code == 404


def test_an_old_version_stays_readable_and_says_that_it_is_old(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    publish([a_bin(1, name="Tong baru")], "2026-T2")
    page = _page(visitor, "/data/bins/versi/1/")
    assert "Anda membaca versi 1. Yang berlaku sekarang versi 2." in page and "Tong 2" in page
    assert "Tong 2" not in _page(visitor, "/data/bins/")
    assert _page(visitor, "/data/bins/versi/9/", 404)


def test_two_versions_stand_beside_each_other_cell_by_cell(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    publish([a_bin(1, name="Tong baru"), a_bin(3)], "2026", reason="Nama keliru.", corrects=1)
    page = _page(visitor, "/data/bins/bandingkan/?dari=1&ke=2")
    assert "Tong 1</del>" in page and "Tong baru" in page and "Nama keliru." in page
    assert page.count("ditambah</span>") == page.count("dihapus</span>") == page.count("diubah</span>") == 1
    twin = visitor.get("/data/bins/bandingkan.json?dari=1&ke=2").json()
    assert twin["counts"] == [{"from": 1, "to": 2, "added": 1, "removed": 1, "changed": 1, "unchanged": 0}]
    (changed,) = [row for row in twin["differences"] if row["change"] == "changed"]
    assert (changed["column"], changed["before"], changed["after"]) == ("name", "Tong 1", "Tong baru")
    rows = list(csv.DictReader(io.StringIO(_page(visitor, "/data/bins/bandingkan.csv"))))
    assert {row["change"] for row in rows} == {"added", "removed", "changed"}
    assert "Mengoreksi versi 1:" in _page(visitor, "/data/bins/")
    answer = visitor.get("/data/bins/bandingkan/?dari=7&ke=2")
    assert answer.status_code == 422 and "Pilih salah satu: 1, 2." in answer.content.decode()


def test_a_dataset_of_one_version_has_nothing_to_compare_yet(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    assert "Belum ada yang dibandingkan" in _page(visitor, "/data/bins/bandingkan/")


def test_a_retired_version_says_so_and_the_page_says_which_goes_next(cast: Cast, visitor: Client) -> None:
    _stands(cast, retention={"latest": 2})
    publish([a_bin(1)], "2027")
    assert "yang dilepas berikutnya: versi 1" in " ".join(_page(visitor, "/data/bins/").split())
    publish([a_bin(5)], "2028")
    changes.retire(steward(), Dataset.objects.get(code="bins"), NOW)
    page = _page(visitor, "/data/bins/versi/1/")
    assert "Baris versi ini tidak disimpan lagi." in page and "Tong 1" not in page
    assert "tidak dapat dibandingkan" in _page(visitor, "/data/bins/bandingkan/?dari=1&ke=3")


def test_what_is_made_of_a_dataset_is_told_by_others(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    uses.register("test", lambda actor, code: [uses.Use("Indikator", f"Angka {code}", "/data/angka/x/")])
    try:
        assert 'href="/data/angka/x/">Angka bins' in _page(visitor, "/data/bins/")
    finally:
        uses._finders.pop("test")


def test_open_data_of_the_nation_stands_in_the_catalogue_of_every_city(cast: Cast) -> None:
    with tenancy.scope("00"):
        changes.ensure(steward("00"), "holidays")
        row = {
            "day": "2026-01-01",
            "kind": "national",
            "name_id": "Tahun Baru",
            "certainty": "decreed",
            "source": "SKB",
        }
        changes.publish(steward("00"), "holidays", [row], "2026", at=NOW)
    for tenant in ("35.73", "35.07"):
        client = visitor_at(tenant)
        assert "Hari libur nasional" in _page(client, "/data/")
        assert "Tahun Baru" in _page(client, "/data/holidays/")


def test_the_catalogue_has_twins_for_programs(cast: Cast, visitor: Client) -> None:
    _stands(cast)
    (row,) = visitor.get("/data.json").json()["datasets"]
    assert (row["code"], row["rows"], row["licence"]) == ("bins", 2, "CC BY 4.0")
    (line,) = csv.DictReader(io.StringIO(_page(visitor, "/data.csv")))
    assert line["page"].endswith("/data/bins/")
    said = visitor.get("/data/bins/metadata.json").json()
    assert said["dataset"][0]["standard"]["concept"]["id"] == "concept"
    assert said["versions"][0]["content_hash"]

"""The pages of the regions, their twins and the map files, as a visitor gets them."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from balai.places import changes, reads
from balai.places.models import RegionChange
from balai.places.tests.conftest import nobody, writer


@pytest.fixture(autouse=True)
def plain_assets(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pages name styles and scripts that only a build makes; these tests are about the pages."""
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr("balai.base.look.asset", lambda name: f"/{name}")


@pytest.fixture
def visitor(country: Path) -> Client:
    return Client()


def test_provinces_are_listed_before_anyone_asks(visitor: Client) -> None:
    assert "Provinsi Jawa Timur" in visitor.get("/wilayah/").content.decode()


def test_search_shows_where_each_region_lies(visitor: Client) -> None:
    page = visitor.get("/wilayah/", {"q": "rampal celaket"}).content.decode()
    assert "Kelurahan Rampalcelaket" in page
    assert "Kecamatan Klojen, Kota Malang" in page


def test_a_search_that_finds_nothing_says_what_to_do(visitor: Client) -> None:
    page = visitor.get("/wilayah/", {"q": "<b>zzz"}).content.decode()
    assert "Tidak ada wilayah yang cocok" in page
    assert "<b>zzz" not in page


def test_before_set_up_the_list_says_how_to_load_it(db: None) -> None:
    assert "load_places" in Client().get("/wilayah/").content.decode()


def test_a_region_shows_its_people_area_sources_and_parts(visitor: Client) -> None:
    page = visitor.get("/wilayah/35.73/").content.decode()
    for words in ("886.000", "111,08", "Dukcapil", "BIG", "edisi pertama", "Klojen", 'href="/wilayah/35/"'):
        assert words in page
    assert f'data-map="{reads.map_address("35.73")}" data-layer="districts" data-under="35.73"' in page


def test_a_region_that_is_not_there_is_not_found(visitor: Client) -> None:
    assert visitor.get("/wilayah/99/").status_code == 404
    assert visitor.get("/wilayah/35.7/").status_code == 404


def test_an_old_code_leads_to_the_new_one(visitor: Client) -> None:
    RegionChange.objects.create(old_code="35.01", new_code="35.79", on="2001-10-17", source="uji")
    assert visitor.get("/wilayah/35.01/").headers["Location"] == "/wilayah/35.79/"


def test_the_json_twin_says_the_same(visitor: Client) -> None:
    content = visitor.get("/wilayah/35.73.json").json()
    assert content["figures"]["population"] == 886_000
    assert content["valid_from"] is None
    assert [row["code"] for row in content["ancestors"]] == ["35"]
    assert [row["name"] for row in content["children"]] == ["Klojen"]


def test_the_csv_twin_leaves_empty_what_is_not_known(visitor: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(visitor.get("/wilayah/35.csv").content.decode())))
    assert [row["code"] for row in rows] == ["35", "35.73", "35.79"]
    assert rows[1]["area_km2"] == "111.077"
    assert rows[2]["population"] == ""


def test_a_point_is_answered_as_page_and_as_json(visitor: Client) -> None:
    query = {"lintang": "-7,95", "bujur": "112,55"}
    assert "Kelurahan Klojen" in visitor.get("/wilayah/titik/", query).content.decode()
    assert visitor.get("/wilayah/titik.json", query).json()["region"]["code"] == "35.73.02.1001"
    query = {"lintang": "-9", "bujur": "112"}
    assert "di laut atau di luar Indonesia" in visitor.get("/wilayah/titik/", query).content.decode()
    assert visitor.get("/wilayah/titik.json", query).json()["region"] is None


def test_a_wrong_point_is_explained_beside_the_form(visitor: Client) -> None:
    answer = visitor.get("/wilayah/titik/", {"lintang": "112", "bujur": "x"})
    assert answer.status_code == 422
    assert "“x” bukan angka" in answer.content.decode()
    assert visitor.get("/wilayah/titik.json", {"lintang": "112", "bujur": "1"}).status_code == 422


def test_a_map_is_kept_for_ever_and_sent_gzipped(visitor: Client) -> None:
    address = reads.map_address("35.73")
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = visitor.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert {*json.loads(plain.content)["objects"]} == {"villages", "districts"}
    again = visitor.get(address, headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_map_by_its_plain_or_old_name_leads_to_the_one_in_force(visitor: Client, country: Path) -> None:
    old = reads.map_address("35.73")
    text = (country / "regions" / "first.csv").read_text().replace("Rampalcelaket", "Celaket")
    writer(country)("regions/first.csv", text)
    changes.load_regions(country / "regions", nobody)
    assert changes.build_maps().is_new
    new = reads.map_address("35.73")
    assert old != new
    assert visitor.get(old).headers["Location"] == new
    assert visitor.get("/peta/35.73.json").headers["Location"] == new


@pytest.mark.parametrize("name", ["manifest", "35.79", "..%2fkeys%2fsecret", "35.73.000000000000.json.gz"])
def test_other_files_are_no_maps(visitor: Client, name: str) -> None:
    assert visitor.get(f"/peta/{name}.json").status_code == 404


def test_agus_and_joko_see_the_same_public_regions_as_a_visitor(visitor: Client, cast: Cast) -> None:
    for address in (
        "/wilayah/35.73.json",
        "/wilayah/35.csv",
        "/wilayah/titik.json?lintang=-7,95&bujur=112,55",
    ):
        seen = visitor.get(address).content
        assert cast.agus.client.get(address).content == seen
        assert cast.joko.client.get(address).content == seen

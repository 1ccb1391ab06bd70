"""OGC API – Features: rows for maps, asked as GIS programs ask."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import requests
import shapely
from django.test import Client
from owslib.ogcapi.features import Features
from tests.cast import MALANG, REGENCY, Cast, visitor_at

from balai.base import tenancy
from balai.data import changes
from balai.data.faces.ogc.asked import asked
from balai.data.models import DatasetVersion
from balai.data.reads import rows_sqlite
from balai.data.tests.registry import NOW, a_bin, column, declared, founded, indexed, publish, steward, words
from balai.people import reads as people
from balai.places.models import LoadedFile, Outline

ITEMS = "/ogc/collections/bins/items"


@pytest.fixture(autouse=True)
def _folder(own_folder: str) -> None:
    pass


@pytest.fixture
def bins(cast: Cast) -> Iterator[Cast]:
    """Five bins a hundredth of a degree apart, the last without a place."""
    with tenancy.scope(MALANG):
        founded(cast)
        days = [date(2026, month, 1) for month in range(1, 6)]
        places: list[Any] = [(112.60 + n / 100, -7.98) for n in range(4)] + [None]
        publish(
            [
                a_bin(
                    n + 1, place=places[n], placed_on=days[n], region="", kind="besar" if n % 2 else "kecil"
                )
                for n in range(5)
            ]
        )
        yield cast


@pytest.fixture
def villages(cast: Cast) -> Iterator[Cast]:
    """Two rows by village; of one village there is an outline."""
    LoadedFile.objects.create(name="outlines", digest=uuid4().hex)
    box = shapely.MultiPolygon([shapely.box(112.60, -7.99, 112.62, -7.97)])
    Outline.objects.create(
        code="35.73.01.1001", level="village", detail="full", shape=shapely.to_wkb(box), edition="test"
    )
    columns = [column("village", "region"), column("year", "integer"), column("name", "text", optional=True)]
    with tenancy.scope(MALANG):
        founded(cast, declared(code="houses", columns=columns, key=["village", "year"], title=words("Rumah")))
        rows = [("35.73.01.1001", 2025, "a"), ("35.73.01.1002", 2025, "b/c?")]
        changes.publish(steward(), "houses", rows, "2025", at=NOW)
        yield cast


def visitor() -> Client:
    return visitor_at(MALANG)


def ids(client: Client, query: str = "", items: str = ITEMS) -> list[str]:
    response = client.get(f"{items}?{query}")
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["features"]]


def test_rows_are_features_with_their_point_and_their_columns(bins: Cast) -> None:
    told = visitor().get(f"{ITEMS}?limit=1").json()
    (feature,) = told["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [112.6, -7.98]}
    assert feature["id"] == "1"
    assert (feature["properties"]["litres"], feature["properties"]["name"]) == (120.5, "Tong 1")
    assert "place_lon" not in feature["properties"]
    assert (told["numberMatched"], told["numberReturned"]) == (5, 1)
    assert visitor().get(f"{ITEMS}/5").json()["geometry"] is None


@pytest.mark.parametrize("has_side_files", [True, False])
def test_a_box_holds_what_lies_in_it_and_on_its_border(bins: Cast, has_side_files: bool) -> None:
    if has_side_files:
        indexed(DatasetVersion.objects.get())
    client = visitor()
    assert ids(client, "bbox=112.605,-8,112.625,-7") == ["2", "3"]
    assert ids(client, "bbox=112.61,-7.98,112.62,-7.98") == ["2", "3"]
    assert ids(client, "bbox=112.605,-8,0,112.625,-7,100") == ["2", "3"]
    assert ids(client, "bbox=0,0,1,1") == []
    assert ids(client, "bbox=-180,-90,180,90") == ["1", "2", "3", "4"]


def test_a_box_of_regions_is_told_by_their_outlines(villages: Cast) -> None:
    client, items = visitor(), "/ogc/collections/houses/items"
    told = client.get(items).json()
    assert [one["geometry"] and one["geometry"]["type"] for one in told["features"]] == ["Polygon", None]
    assert ids(client, "bbox=112.61,-7.98,112.7,-7.9", items) == ["35.73.01.1001,2025"]
    assert ids(client, "bbox=112.63,-7.98,112.7,-7.9", items) == []
    assert client.get(f"{items}?bbox=112.61,-7.98,112.7,-7.9").json()["numberMatched"] == 1
    assert client.get(f"{items}/35.73.01.1002,2025").json()["properties"]["name"] == "b/c?"
    box = client.get("/ogc/collections/houses").json()["extent"]["spatial"]["bbox"]
    assert box == [[112.6, -7.99, 112.62, -7.97]]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("2026-02-01", ["2"]),
        ("2026-02-01T10:00:00Z", ["2"]),
        ("2026-02-01/2026-03-01", ["2", "3"]),
        ("../2026-02-01", ["1", "2"]),
        ("2026-04-01/", ["4", "5"]),
        ("2027-01-01/..", []),
    ],
)
def test_days_narrow_down(bins: Cast, days: str, found: list[str]) -> None:
    assert ids(visitor(), f"datetime={days}") == found


def test_columns_narrow_down_and_all_hold_together(bins: Cast) -> None:
    assert ids(visitor(), "kind=besar") == ["2", "4"]
    assert ids(visitor(), "kind=besar&bbox=112.625,-8,113,-7") == ["4"]
    assert ids(visitor(), "kind=sedang") == []


def test_pages_follow_each_other(bins: Cast) -> None:
    client, found, address = visitor(), [], f"{ITEMS}?limit=2&bbox=112.605,-8,113,-7"
    while address:
        told = client.get(address).json()
        found += [one["id"] for one in told["features"]]
        address = next((one["href"] for one in told["links"] if one["rel"] == "next"), "")
    assert found == ["2", "3", "4"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=ten",
        "bbox=1,2,3",
        "bbox=1,2,3,x",
        "bbox=nan,0,1,1",
        "bbox=5,5,1,1",
        "bbox=0,0,999,1",
        "bbox-crs=EPSG:4326",
        "datetime=kemarin",
        "datetime=2026-13-01",
        "datetime=2026-03-01/2026-01-01",
        "datetime=",
        "f=xml",
        "warna=merah",
        "limit=1&limit=2",
        "litres=banyak",
        "after=abc",
    ],
)
def test_what_is_not_understood_is_refused_and_not_guessed(bins: Cast, query: str) -> None:
    response = visitor().get(f"{ITEMS}?{query}")
    assert response.status_code == 400, response.content
    told = response.json()
    assert told["status"] == 400
    assert told["faults"][0]["right"]


def test_a_column_called_as_a_parameter_is_asked_as_the_parameter(rf: Any) -> None:
    found = asked(rf.get("/?limit=3").GET, ["limit"])
    assert (found.limit, found.filters) == (3, ())


def test_ids_of_any_text_lead_back_to_their_row(cast: Cast) -> None:
    keys = ["a/b", "ä~,", "..", "~", " x ", "%2F", "日本", "'\""]
    with tenancy.scope(MALANG):
        founded(cast, declared(key=["name"]))
        publish([a_bin(n, name=name) for n, name in enumerate(keys)])
    client = visitor()
    for one in client.get(f"{ITEMS}?limit=100").json()["features"]:
        found = client.get(f"{ITEMS}/{one['id']}").json()
        assert found["properties"] == one["properties"]
    assert client.get(f"{ITEMS}/nobody").status_code == 404
    assert client.get(f"{ITEMS}/a,b").status_code == 404
    assert client.get(f"{ITEMS}/~ff").status_code == 404
    nowhere = client.get("/ogc/nowhere/at-all")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, "application/problem+json")


def test_only_what_may_be_read_is_a_collection(bins: Cast) -> None:
    for code, kind in (("wages", "limited"), ("secret", "closed")):
        founded(bins, declared(code=code, title=words(code), classification=kind))
        changes.publish(steward(), code, [a_bin(1)], "2026", at=NOW)
    for client, own in (
        (visitor(), {"bins"}),
        (bins.agus.client, {"bins", "wages"}),
        (bins.budi.client, {"bins", "wages", "secret"}),
        (bins.joko.client, set()),
    ):
        told = client.get("/ogc/collections").json()
        assert {one["id"] for one in told["collections"]} == own
        for code in ("bins", "wages", "secret"):
            for path in ("", "/items", "/items/1"):
                status = client.get(f"/ogc/collections/{code}{path}").status_code
                assert status == (200 if code in own else 404)
        assert ("wages" in client.get("/ogc/api").content.decode()) == ("wages" in own)
    assert visitor_at(REGENCY).get(ITEMS).status_code == 404


def test_a_dataset_that_lies_nowhere_is_no_collection(cast: Cast) -> None:
    with tenancy.scope(MALANG):
        founded(cast, declared(columns=[column("id", "integer")]))
        publish([(1,)])
    assert visitor().get("/ogc/collections").json()["collections"] == []
    assert visitor().get("/ogc/collections/bins").status_code == 404


def test_every_address_answers_browsers_too(bins: Cast) -> None:
    for path in ("", "conformance", "api", "collections", "collections/bins"):
        page = visitor().get(f"/ogc/{path}", headers={"Accept": "text/html,*/*;q=0.8"})
        assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8"), path
    assert "Tong 1" in visitor().get(f"{ITEMS}?f=html").content.decode()
    assert "Tong 2" in visitor().get(f"{ITEMS}/2?f=html").content.decode()


def test_every_link_leads_somewhere(bins: Cast) -> None:
    client, waiting, seen = visitor(), ["/ogc/"], set()
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        if "json" in response["Content-Type"]:
            told = json.loads(response.content)
            nested = [one for part in told.get("collections", ()) for one in part["links"]]
            for one in [*told.get("links", ()), *nested]:
                assert response.status_code == 200
                if one["href"] not in seen:
                    seen.add(one["href"])
                    waiting.append(one["href"])
    assert len(seen) > 10


def test_who_has_it_is_told_so(bins: Cast) -> None:
    for path in ("/ogc/", "/ogc/collections", "/ogc/api", ITEMS, f"{ITEMS}/1"):
        first = visitor().get(path)
        assert first["Access-Control-Allow-Origin"] == "*"
        assert visitor().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    before = visitor().get(ITEMS)["ETag"]
    assert visitor().get(f"{ITEMS}?limit=3")["ETag"] != before
    publish([a_bin(1)], period="2027")
    assert visitor().get(ITEMS)["ETag"] != before


def test_a_small_box_is_looked_up_and_a_large_one_walked_through(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_sqlite, "_FEW_PLACES", 20)
    with tenancy.scope(MALANG):
        founded(cast)
        # 20 columns of 20 points, numbered so that the order of the key is not that of places.
        places = [(112.5 + n * 7 % 20 / 100, -8 + n // 20 / 100) for n in range(400)]
        publish([a_bin(n, place=places[n], region="") for n in range(400)])
        version = DatasetVersion.objects.select_related("dataset").get()
        indexed(version)
    for box in ("112.545,-7.955,112.555,-7.925", "112.495,-7.955,112.605,-7.925"):
        west, south, east, north = map(float, box.split(","))
        inside = [n for n, (x, y) in enumerate(places) if west <= x <= east and south <= y <= north]
        found = visitor().get(f"{ITEMS}?limit=100&bbox={box}").json()["features"]
        assert [int(one["id"]) for one in found] == inside


def test_owslib_lists_and_reads_it(bins: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def carry(_self: Any, asked: requests.PreparedRequest, **_more: Any) -> requests.Response:
        """Carry a request of the program to us without a network."""
        headers = {name: value for name, value in asked.headers.items() if name != "Accept-Encoding"}
        found = visitor().get(asked.path_url, headers=headers)
        answer = requests.Response()
        answer.status_code, answer._content, answer.url = found.status_code, found.content, str(asked.url)
        answer.headers.update(found.headers)
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", carry)
    found = Features(f"http://{people.city(MALANG).hosts[0]}/ogc/")
    assert found.feature_collections() == ["bins"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in found.conformance()["conformsTo"]
    told = found.collection_items("bins", bbox=[112.605, -8, 112.625, -7], limit=1)
    assert [one["id"] for one in told["features"]] == ["2"]
    assert found.collection_item("bins", "3")["properties"]["name"] == "Tong 3"
    assert found.collection("bins")["title"] == "Tempat sampah"

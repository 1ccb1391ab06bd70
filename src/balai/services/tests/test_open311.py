"""Open311 GeoReport v2: what everybody sees of reports, what an app posts, and that no more leaves."""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest
import shapely
import time_machine
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from lxml import etree
from tests.cast import MALANG, REGENCY, Person, visitor_at
from tests.world import picture

from balai.base import tenancy
from balai.base.network import Visits
from balai.people import changes as people
from balai.places.models import LoadedFile, Outline
from balai.services import changes
from balai.services.models import Case
from balai.services.tests.desk import FILED, REPORT, VILLAGE, Desk, at, moved
from balai.services.tests.open311_shapes import JSON_SHAPES, xml_faults
from balai.services.tests.schemas import Checker

pytestmark = pytest.mark.django_db
ROOT = "/open311/v2"
POINT = {"latitude": "-7.982", "longitude": "112.63"}
NEW = {
    "service_code": "sambat-street_light",
    "description": "Lampu di depan balai RW mati sejak Senin malam.",
    "lat": "-7.982",
    "long": "112.63",
    "attribute[class]": "complaint",
}


@pytest.fixture(autouse=True)
def _in_august() -> Iterator[None]:
    with time_machine.travel(FILED, tick=True):
        yield


@pytest.fixture(autouse=True)
def _outline(db: None) -> None:
    """A square for Kota Malang, so that a point can lie in it; outlines are kept by their digest."""
    shape = shapely.to_wkb(shapely.MultiPolygon([shapely.box(112.5, -8.1, 112.7, -7.9)]))
    Outline.objects.create(code=MALANG, level="regency", detail="full", edition="uji", shape=shape)
    LoadedFile.objects.update_or_create(name="outlines", defaults={"digest": "a square"})


def report(desk: Desk, key: str, **more: Any) -> Case:
    """A complaint about a street light by Sari, with a place."""
    said = {
        **REPORT,
        "class": "complaint",
        "category": "street_light",
        "title": "Lampu jalan mati",
        "description": "Lampu di depan rumah Pak Budi mati. Hubungi saya di 081234567890.",
        "place": {"village": VILLAGE, "point": POINT, "landmark": "Depan rumah nomor 7"},
        **more,
    }
    return changes.file(desk.cast.sari.actor, "sambat", said, changes.Coming("web", key), FILED).case


def both(path: str, shape: str, **query: str) -> Any:
    """Ask in JSON and in XML, check both against the standard, and return what they say, which is one."""
    client, asked = visitor_at(MALANG), f"?{urlencode(query)}" if query else ""
    as_json, as_xml = (client.get(f"{ROOT}/{path}.{form}{asked}") for form in ("json", "xml"))
    assert (as_json.status_code, as_xml.status_code) == (200, 200), as_json.content
    return compared(as_json, as_xml, shape)


def compared(as_json: HttpResponse, as_xml: HttpResponse, shape: str) -> Any:
    assert as_json["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
    found = as_json.json()
    assert list(Checker({}).wrong(JSON_SHAPES[shape], found)) == []
    assert xml_faults(shape, as_xml.content) == []
    assert spark(etree.fromstring(as_xml.content)) == as_words(found)
    return found


def spark(element: Any) -> Any:
    """Read XML by the Spark convention: one kind of child only is a list."""
    children = list(element)
    if not children:
        return element.text or ""
    lists = ("services", "service_requests", "attributes", "values", "errors", "endpoints", "formats")
    if element.tag in lists:
        return [spark(child) for child in children]
    return {child.tag: spark(child) for child in children}


def as_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_words(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_words(inner) for inner in value] or ""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:.6f}" if isinstance(value, float) else str(value)


def refusal(answer: HttpResponse, status: int) -> str:
    """Check a refusal against the standard and return what it says."""
    assert answer.status_code == status, answer.content
    found = answer.json()
    assert list(Checker({}).wrong(JSON_SHAPES["errors"], found)) == []
    assert {one["code"] for one in found} == {status}
    return " | ".join(one["description"] for one in found)


def app(person: Person, *verbs: str) -> str:
    with tenancy.scope(person.tenant):
        until = FILED.date() + timedelta(days=9)
        return people.make_program_key(person.actor, "Aplikasi", verbs, until, at=FILED)[1]


def post(given: Mapping[str, Any], form: str = "json", client: Client | None = None) -> HttpResponse:
    text = urlencode(given, doseq=True)
    client = client or visitor_at(MALANG)
    client.handler.enforce_csrf_checks = True
    answer: HttpResponse = client.post(
        f"{ROOT}/requests.{form}", text, "application/x-www-form-urlencoded; charset=utf-8"
    )
    return answer


def test_discovery_services_and_definitions_are_as_the_standard_has_them(desk: Desk) -> None:
    found = both("discovery", "discovery")
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    services = both("services", "services", jurisdiction_id="35.73")
    by_code = {one["service_code"]: one for one in services}
    light = by_code["sambat-street_light"]
    assert (light["service_name"], light["metadata"], light["type"]) == ("Lampu jalan", True, "realtime")
    assert "upmal" in light["keywords"] and light["group"] == "SAMBAT"
    assert not any(code.startswith("mcc_room") for code in by_code), "it takes no reports this way"
    asked = both("services/sambat-street_light", "definition")["attributes"]
    by_code = {one["code"]: one for one in asked}
    assert [one["order"] for one in asked] == list(range(1, len(asked) + 1))
    assert (by_code["class"]["datatype"], by_code["class"]["required"]) == ("singlevaluelist", True)
    assert by_code["class"]["values"][0] == {"key": "complaint", "name": "Pengaduan"}
    assert by_code["happened_on"]["datatype"] == "datetime"
    assert not {"description", "category", "photos", "reporter.phone", "place.point"} & by_code.keys()


def test_a_report_is_shown_as_its_service_says_and_no_more(desk: Desk) -> None:
    row = report(desk, "k1")
    moved(desk.vera.actor, row, "assign", at("2026-08-18 10:00"))
    (found,) = both("requests", "requests")
    assert found == both(f"requests/{row.number}", "requests")[0]
    assert found["service_request_id"] == row.number
    assert (found["service_code"], found["service_name"]) == ("sambat-street_light", "Lampu jalan")
    assert (found["status"], found["status_notes"]) == ("open", "Diteruskan ke perangkat daerah")
    assert found["description"] == "Lampu di depan rumah … mati. Hubungi saya di …."
    assert found["requested_datetime"] == "2026-08-18T09:00:00+07:00"
    assert found["updated_datetime"] == "2026-08-18T10:00:00+07:00"
    assert (found["lat"], found["long"]) == (-7.982, 112.63)
    assert (found["address"], found["agency_responsible"], found["media_url"]) == (None, None, None)
    told = json.dumps(found)
    for hidden in ("Sari", "0812", "Budi", "nomor 7", VILLAGE, str(row.pk), desk.cast.sari.actor.id):
        assert hidden not in told
    by_token = both(f"tokens/{row.pk}", "token")
    assert by_token == [{"service_request_id": row.number, "token": str(row.pk)}]


def test_what_is_secret_is_found_by_no_way(desk: Desk) -> None:
    hidden = [
        report(desk, "k1", secret=True),
        report(desk, "k2", **{"class": "oversight", "category": "conduct"}),
    ]
    anonymous = report(desk, "k3", anonymous=True)
    assert [one["service_request_id"] for one in both("requests", "requests")] == [anonymous.number]
    numbers = ",".join(row.number for row in (*hidden, anonymous))
    found = both("requests", "requests", service_request_id=numbers)
    assert [one["service_request_id"] for one in found] == [anonymous.number]
    for row in hidden:
        for path in (f"requests/{row.number}", f"tokens/{row.pk}"):
            assert visitor_at(MALANG).get(f"{ROOT}/{path}.json").status_code == 404
    near = {"lat": "-7.982", "long": "112.63", "radius": "5000"}
    assert len(both("requests", "requests", **near)) == 1
    there = visitor_at(REGENCY)
    assert there.get(f"{ROOT}/requests.json").json() == []
    assert there.get(f"{ROOT}/requests/{anonymous.number}.json").status_code == 404


def test_lists_are_narrowed_and_come_in_pages(desk: Desk) -> None:
    rows = [report(desk, f"k{number}", title=f"Lampu mati {number}") for number in range(3)]
    road = report(desk, "k9", category="road", place={"village": VILLAGE})
    old = report(desk, "k10", title="Lampu mati tahun lalu")
    Case.objects.filter(pk=old.pk).update(received_at=FILED - timedelta(days=100))
    Case.objects.filter(pk=rows[0].pk).update(
        is_open=False, kind="closed", state="closed", closed_at=FILED + timedelta(days=2)
    )

    def numbers(**query: str) -> list[str]:
        return sorted(one["service_request_id"] for one in both("requests", "requests", **query))

    recent = sorted(row.number for row in (*rows, road))
    assert numbers() == recent, "the last 90 days"
    assert numbers(status="open") == [one for one in recent if one != rows[0].number]
    assert numbers(status="closed") == [rows[0].number]
    assert numbers(status="open,closed", jurisdiction_id="", page="") == recent
    assert numbers(service_code="sambat-road") == [road.number]
    assert numbers(service_code="sambat-road,sambat-street_light") == recent
    assert numbers(end_date="2026-06-01T00:00:00Z") == [old.number]
    assert numbers(start_date="2026-08-19T00:00:00+07:00") == []
    assert numbers(lat="-7.982", long="112.63", radius="100") == [row.number for row in rows]
    assert numbers(lat="-7.992", long="112.63", radius="100") == []
    assert numbers(service_request_id=old.number, status="closed") == [old.number], "numbers override"
    client = visitor_at(MALANG)
    first = client.get(f"{ROOT}/requests.json?page_size=3")
    assert len(first.json()) == 3 and 'rel="next"' in first["Link"]
    second = client.get(first["Link"][1:].partition(">")[0])
    assert len(second.json()) == 1 and "Link" not in second
    assert sorted(one["service_request_id"] for one in first.json() + second.json()) == recent
    assert client.get(f"{ROOT}/requests.json?page_size=3&page=2").json() == second.json()
    assert client.get(f"{ROOT}/requests.json?after=ADU-209901-000001").status_code == 400


def test_the_true_place_cannot_be_circled_in(desk: Desk) -> None:
    place = {"point": {"latitude": "-7.98211", "longitude": "112.62989"}}
    report(desk, "k1", place=place)
    (shown,) = both("requests", "requests")
    assert (shown["lat"], shown["long"]) == (-7.982, 112.63)
    assert both("requests", "requests", lat="-7.982", long="112.63", radius="1") != []
    assert both("requests", "requests", lat="-7.98211", long="112.62989", radius="1") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-08-01T00:00:00Z", 400),
        ("start_date=2026-01-01", 400),
        ("start_date=2026-08-01T00:00:00", 400),
        ("end_date=0001-01-01T00:00:00Z", 400),
        ("status=done", 400),
        ("page=0", 400),
        ("page_size=1001", 400),
        ("lat=-7.9&long=112.6", 400),
        ("lat=x&long=112.6&radius=5", 400),
        ("service_code=sambat-none", 404),
        ("jurisdiction_id=kota-lain.go.id", 404),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_words(query: str, status: int, desk: Desk) -> None:
    client = visitor_at(MALANG)
    assert refusal(client.get(f"{ROOT}/requests.json?{query}"), status)
    as_xml = client.get(f"{ROOT}/requests.xml?{query}")
    assert as_xml.status_code == status and xml_faults("errors", as_xml.content) == []


def test_other_addresses_forms_and_methods_are_refused(desk: Desk) -> None:
    client = visitor_at(MALANG)
    for path in ("requests/ADU-202608-999999", "services/sambat-none", "services/sambat", "tokens/12345"):
        assert refusal(client.get(f"{ROOT}/{path}.json"), 404)
    assert client.get(f"{ROOT}/services.csv").status_code == 404
    for path in ("zzz.json", "requests/a/b.json"):
        assert refusal(client.get(f"{ROOT}/{path}"), 404)
    nowhere = client.get(f"{ROOT}/zzz")
    assert nowhere.status_code == 404 and xml_faults("errors", nowhere.content) == []
    assert client.post(f"{ROOT}/services.json").status_code == 405


def test_reads_may_be_kept_and_read_from_other_sites(desk: Desk) -> None:
    report(desk, "k1")
    client = visitor_at(MALANG)
    first = client.get(f"{ROOT}/requests.json")
    assert (first["Cache-Control"], first["Access-Control-Allow-Origin"]) == ("public, max-age=60", "*")
    again = client.get(f"{ROOT}/requests.json", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_who_asks_without_end_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Visits(2)
    monkeypatch.setattr("balai.services.faces.open311.views.visits", lambda: counted)
    client = visitor_at(MALANG)
    answers = [client.get(f"{ROOT}/services.json") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert refusal(answers[2], 429) and 0 < int(answers[2]["Retry-After"]) <= 60


class _Picture(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        content = picture(9).getvalue()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def test_a_picture_of_a_report_is_fetched_and_shown_to_officers_alone(
    desk: Desk, settings: LazySettings
) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Picture)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    port = server.server_address[1]
    settings.OPTIONS = replace(settings.OPTIONS, outgoing_allow=f"127.0.0.1:{port}")
    sent = {
        **NEW,
        "api_key": app(desk.vera, "services.relay"),
        "media_url": f"http://127.0.0.1:{port}/foto.png",
    }
    answer = post(sent)
    server.shutdown()
    server.server_close()
    assert answer.status_code == 200, answer.content
    (kept,) = Case.objects.get().files.select_related("file")
    assert kept.file.media_type == "image/png"
    assert both("requests", "requests")[0]["media_url"] is None


def test_an_app_posts_for_whoever_uses_it(desk: Desk) -> None:
    key = app(desk.vera, "services.relay")
    who = {
        "first_name": "Sari",
        "last_name": "Wulandari",
        "phone": "0812-3456-789",
        "email": "sari@warga.example",
    }
    sent = {
        **NEW,
        **who,
        "api_key": key,
        "address_string": "Jl. Majapahit, Kel. Kidul Dalem",
        "device_id": "x",
    }
    posted, again = post(sent), post(sent, "xml")
    (found,) = compared(posted, again, "posted")
    assert again.status_code == 200 and Case.objects.count() == 1, "the very same report on one day is one"
    row = Case.objects.get()
    assert (row.number, row.channel, row.owner, row.topic) == (
        found["service_request_id"], "open311", "", "street_light",
    )  # fmt: skip
    assert row.filed_by_name == "Vera (Aplikasi)"
    assert row.answers["place"]["landmark"] == "Jl. Majapahit, Kel. Kidul Dalem"
    assert "PIN" in found["service_notice"]
    assert both("requests", "requests")[0]["service_request_id"] == row.number
    for number in range(11):
        post(
            {
                **sent,
                "description": f"Lampu nomor {number} mati sejak kemarin.",
                "phone": f"08120000{number:04}",
            }
        )
    assert Case.objects.count() == 12, "an app has more than one user"


def test_a_report_without_a_person_is_anonymous_and_an_address_names_its_village(desk: Desk) -> None:
    sent = {name: value for name, value in NEW.items() if name not in ("lat", "long")}
    key = app(desk.cast.sari, "services.follow")
    answer = post({**sent, "api_key": key, "address_string": "Depan pasar, Kelurahan Kidul Dalem"})
    assert answer.status_code == 200, answer.content
    row = Case.objects.get()
    assert (row.is_anonymous, row.owner, row.filed_by, row.region_code) == (True, "", "", VILLAGE)
    named = {**sent, "api_key": key, "address_id": VILLAGE, "first_name": "Sari", "phone": "081234567890"}
    assert post(named).status_code == 200
    assert Case.objects.filter(owner=desk.cast.sari.actor.id).count() == 1, "her own key files her own"


def test_posts_are_refused_without_a_key_and_with_faults_in_words(desk: Desk) -> None:
    key = app(desk.vera, "services.relay")
    assert "api_key" in refusal(post(NEW), 403)
    assert refusal(post({**NEW, "api_key": "balai_salah"}), 403)
    assert refusal(post({**NEW, "api_key": app(desk.cast.sari, "self.read")}), 403)
    assert "api_key" in refusal(post(NEW, client=desk.cast.sari.client), 403), "a session counts for nothing"
    good = {**NEW, "api_key": key}
    assert "service_code" in refusal(post({**good, "service_code": ""}), 400)
    assert refusal(post({**good, "service_code": "sambat-none"}), 404)
    assert refusal(post({**good, "jurisdiction_id": "lain"}), 404)
    assert "Pilih salah satu" in refusal(post({**good, "attribute[class]": ""}), 400)
    assert "attribute[warna]" in refusal(post({**good, "attribute[warna]": "biru"}), 400)
    assert "Paling sedikit" in refusal(post({**good, "description": "Mati."}), 400)
    assert refusal(post({**good, "lat": ""}), 400)
    assert "media_url" in refusal(post({**good, "media_url": "http://127.0.0.1:9/foto.jpg"}), 400)
    nowhere = {name: value for name, value in good.items() if name not in ("lat", "long")}
    assert refusal(post(nowhere), 400)
    as_xml = post({**good, "service_code": ""}, "xml")
    assert as_xml.status_code == 400 and xml_faults("errors", as_xml.content) == []
    assert not Case.objects.exists()

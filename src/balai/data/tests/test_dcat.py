"""The catalogue in DCAT-AP, against shapes written from the text of the standard."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyshacl
import pytest
from django.test import Client
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from tests.cast import MALANG, REGENCY, Cast, visitor_at

from balai.base import tenancy
from balai.base.network import Visits
from balai.data import changes, reads
from balai.data.models import CatalogueText, Dataset
from balai.data.rules import linked
from balai.data.tests.registry import (
    NOW,
    a_bin,
    declared,
    founded,
    producer,
    publish,
    shelf_of,
    steward,
    words,
)
from balai.people import reads as people

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
KINDS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
HOME = f"http://{people.city(MALANG).hosts[0]}/"
BINS = URIRef(f"{min(f'http://{host}/' for host in people.city(MALANG).hosts)}dataset/bins")


shelf = shelf_of(a_bin(1), a_bin(2))


@pytest.fixture
def cast(shelf: Cast, db: None) -> Cast:
    return shelf


@pytest.fixture
def bins(cast: Cast) -> Iterator[Cast]:
    with tenancy.scope(MALANG):
        yield cast


def visitor() -> Client:
    return visitor_at(MALANG)


@cache
def shapes() -> Graph:
    return Graph().parse(Path(__file__).with_name("dcat_ap_shapes.ttl"))


def graph(client: Client, address: str) -> Graph:
    response = client.get(address)
    assert response.status_code == 200, response.content
    form = address.partition("?")[0].rpartition(".")[2]
    return Graph().parse(data=response.content, format=KINDS[form], publicID="urn:nowhere:")


def assert_conforms(found: Graph) -> None:
    conforms, _report, told = pyshacl.validate(found, shacl_graph=shapes(), do_owl_imports=False)
    assert conforms, told


def another(cast: Cast, code: str, **changed: Any) -> None:
    founded(cast, declared(code=code, title=words(f"Set {code}"), **changed))
    changes.publish(steward(), code, [a_bin(1)], "2026-T1", at=NOW)


def codes(found: Graph) -> set[str]:
    return {str(one).rpartition("/")[2] for one in found.objects(None, DCAT.dataset)}


@pytest.mark.parametrize("form", KINDS)
@pytest.mark.parametrize("page", ["catalog", "dataset/bins"])
def test_every_form_conforms_to_dcat_ap(bins: Cast, page: str, form: str) -> None:
    publish([a_bin(1), a_bin(2), a_bin(3)], reason="Tong 3 terlupa", corrects=1)
    assert_conforms(graph(visitor(), f"/{page}.{form}"))


def test_every_form_says_the_same(bins: Cast) -> None:
    first, *others = (set(graph(visitor(), f"/dataset/bins.{form}")) for form in KINDS)

    def plain(triples: set[Any]) -> set[str]:
        # Things without a name are called otherwise in each form.
        return {
            " ".join("_" if part.__class__.__name__ == "BNode" else part.n3() for part in one)
            for one in triples
        }

    assert plain(first) == plain(others[0]) == plain(others[1])


def test_the_shapes_find_what_is_missing(bins: Cast) -> None:
    found = graph(visitor(), "/dataset/bins.ttl")
    found.remove((BINS, DCT.title, None))
    assert not pyshacl.validate(found, shacl_graph=shapes())[0]


def test_a_dataset_says_licence_frequency_place_time_and_files(bins: Cast) -> None:
    found = graph(visitor(), "/catalog.ttl")
    authority = "http://publications.europa.eu/resource/authority"
    assert (BINS, DCT.accrualPeriodicity, URIRef(f"{authority}/frequency/MONTHLY")) in found
    assert (BINS, DCT.accessRights, URIRef(f"{authority}/access-right/PUBLIC")) in found
    files = list(found.objects(BINS, DCAT.distribution))
    assert len(files) == 4
    assert {found.value(one, DCT.license) for one in files} == {URIRef(f"{authority}/licence/CC_BY_4_0")}
    place = found.value(BINS, DCT.spatial)
    assert found.value(place, DCT.identifier) == Literal("35.73")
    time = found.value(BINS, DCT.temporal)
    assert str(found.value(time, DCAT.startDate)) == "2026-01-01"


def test_the_files_it_names_can_be_fetched(bins: Cast) -> None:
    client, found = visitor(), graph(visitor(), "/dataset/bins.ttl")
    for predicate in (DCAT.downloadURL, DCAT.accessURL, DCAT.landingPage):
        for address in found.objects(None, predicate):
            response = client.get("/" + str(address).split("/", 3)[3])
            assert response.status_code == 200, address
            assert response.getvalue()


def test_a_dataset_alone_has_its_versions_and_the_catalogue_takes_them_for_no_datasets(bins: Cast) -> None:
    publish([a_bin(1)], reason="Tong 2 tidak ada", corrects=1)
    alone = graph(visitor(), "/dataset/bins.ttl")
    assert len(list(alone.objects(BINS, DCAT.hasVersion))) == 2
    whole = graph(visitor(), "/catalog.ttl")
    assert len(list(whole.subjects(RDF.type, DCAT.Dataset))) == 1


def test_its_name_leads_to_the_form_that_is_accepted(bins: Cast) -> None:
    client = visitor()
    for accept, there in (
        ("text/turtle", "/dataset/bins.ttl"),
        ("application/ld+json", "/dataset/bins.jsonld"),
        ("text/html,*/*;q=0.8", "/data/bins/"),
    ):
        response = client.get("/dataset/bins", headers={"Accept": accept})
        assert (response.status_code, response["Location"]) == (303, there)
    assert client.get("/catalog", headers={"Accept": "application/rdf+xml"})["Location"] == "/catalog.rdf"


def test_pages_follow_each_other_until_all_are_there(bins: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    another(bins, "lamps")
    another(bins, "trees")
    monkeypatch.setattr(reads.dcat, "PAGE", 2)
    found, address, pages = set(), "/catalog.ttl", 0
    while address:
        page = graph(visitor(), address)
        found |= codes(page)
        assert_conforms(page)
        assert str(next(page.objects(None, HYDRA.totalItems))) == "3"
        address, pages = str(next(page.objects(None, HYDRA.next), "")).removeprefix(HOME[:-1]), pages + 1
    assert (found, pages) == ({"bins", "lamps", "trees"}, 2)


def test_words_and_time_narrow_the_catalogue_down(bins: Cast) -> None:
    another(bins, "lamps")
    client = visitor()
    assert codes(graph(client, "/catalog.ttl?q=lamps")) == {"lamps"}
    day, after = (NOW + timedelta(days=each) for each in (0, 1))
    assert codes(graph(client, f"/catalog.ttl?modified_since={day.date()}")) == {"bins", "lamps"}
    assert codes(graph(client, f"/catalog.ttl?modified_since={after.date()}")) == set()
    response = client.get("/catalog.ttl?modified_since=kemarin", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["faults"][0]["place"] == "modified_since"


def test_what_is_limited_or_closed_is_for_those_who_read_it(bins: Cast) -> None:
    another(bins, "wages", classification="limited")
    another(bins, "secret", classification="closed")
    assert codes(graph(visitor(), "/catalog.ttl")) == {"bins"}
    assert codes(graph(bins.sari.client, "/catalog.ttl")) == {"bins"}
    assert codes(graph(bins.agus.client, "/catalog.ttl")) == {"bins", "wages"}
    assert codes(graph(bins.budi.client, "/catalog.ttl")) == {"bins", "wages", "secret"}
    assert codes(graph(bins.joko.client, "/catalog.ttl")) == set()
    assert visitor_at(REGENCY).get("/dataset/bins.ttl").status_code == 404
    for client, code, status in (
        (visitor(), "wages", 404),
        (bins.agus.client, "wages", 200),
        (bins.agus.client, "secret", 404),
        (bins.budi.client, "secret", 200),
        (bins.joko.client, "wages", 404),
    ):
        for address in (f"/dataset/{code}.ttl", f"/dataset/{code}.rdf", f"/data/{code}/datapackage.json"):
            assert client.get(address).status_code == status, address
        assert code not in client.get("/sitemap.xml").content.decode() or status == 200


def test_what_was_opened_and_then_closed_is_gone_from_the_catalogue(bins: Cast) -> None:
    row = Dataset.objects.get(code="bins")
    row = changes.declare(producer(bins), declared(classification="closed"), version=row.version)
    row = changes.submit(producer(bins), "bins", version=row.version, at=NOW)
    assert codes(graph(visitor(), "/catalog.ttl")) == {"bins"}
    changes.check(steward(), "bins", version=row.version, at=NOW)
    assert codes(graph(visitor(), "/catalog.ttl")) == set()


def test_it_is_written_when_it_changes_and_not_when_it_is_read(bins: Cast) -> None:
    kept = CatalogueText.objects.get()
    CatalogueText.objects.update(turtle="<dataset/bins> a dcat:Dataset .\n")
    assert b"<dataset/bins> a dcat:Dataset ." in visitor().get("/catalog.ttl").content
    publish([a_bin(1)], period="2027")
    assert "2027-01-01" in CatalogueText.objects.get().turtle
    assert CatalogueText.objects.get().mark != kept.mark


def test_an_office_that_is_renamed_is_renamed_in_the_catalogue(bins: Cast) -> None:
    bins.kominfo.name = "Dinas Digital"
    bins.kominfo.save()
    assert b"Dinas Digital" in visitor().get("/catalog.ttl").content


def test_what_was_never_kept_is_read_all_the_same_and_made_up_for_at_night(bins: Cast) -> None:
    whole = visitor().get("/catalog.ttl").content
    CatalogueText.objects.all().delete()
    assert visitor().get("/catalog.ttl").content == whole
    assert changes.keep_catalogue() == 1
    assert changes.keep_catalogue() == 0
    assert visitor().get("/catalog.ttl").content == whole


def test_who_has_it_is_told_so_and_other_sites_may_read_what_is_open(bins: Cast) -> None:
    for address in ("/catalog.ttl", "/dataset/bins.jsonld", "/data/bins/datapackage.json", "/sitemap.xml"):
        first = visitor().get(address)
        assert first["Access-Control-Allow-Origin"] == "*"
        assert visitor().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
        own = bins.budi.client.get(address)
        assert not own.has_header("Access-Control-Allow-Origin")
        assert own["Cache-Control"].startswith("private")
        assert visitor().post(address).status_code == 405


def test_who_asks_too_often_is_told_when_to_come_again(bins: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Visits(2)
    monkeypatch.setattr("balai.data.faces.answering.visits", lambda: counted)
    answers = [visitor().get("/catalog.ttl", headers={"Accept": "application/json"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert "Tanpa masuk" in answers[2].json()["detail"]
    assert bins.budi.client.get("/catalog.ttl").status_code == 200


def test_a_minute_later_they_are_welcome_again() -> None:
    counted = Visits(1)
    assert [counted.seconds_to_wait("a", at) for at in (0, 30, 60)] == [0, 30, 0]
    assert [counted.seconds_to_wait("b", at) for at in (0,)] == [0]
    assert not any(Visits(0).seconds_to_wait("a", 0) for _ in range(10))


def test_hostile_texts_stay_texts(bins: Cast) -> None:
    wild = '"""\\u0022 <x> ]] & \' \n\t@prefix </rdf:RDF> \x07 { } ^ `'
    another(bins, "wild", description=words(wild), licence=wild, legal_basis=wild, keywords=[wild])
    plain = wild.replace("\x07", "")
    for form in KINDS:
        found = graph(visitor(), f"/catalog.{form}")
        assert_conforms(found)
        wild_one = URIRef(str(BINS).replace("bins", "wild"))
        assert {str(one) for one in found.objects(wild_one, DCT.description)} == {plain}


def test_addresses_cannot_end_themselves() -> None:
    node = linked.Node("x> <y", (), (("dct:relation", linked.Ref('a"b c')),))
    assert linked.turtle(node) == "<x%3E%20%3Cy> dct:relation <a%22b%20c> .\n"


def test_a_data_package_describes_the_columns_that_leave(bins: Cast) -> None:
    told = visitor().get("/data/bins/datapackage.json").json()
    fields = {one["name"]: one for one in told["resources"][0]["schema"]["fields"]}
    assert fields["place_lon"]["constraints"] == {"minimum": -180, "maximum": 180}
    assert fields["kind"]["constraints"]["enum"] == ["besar", "kecil"]
    assert told["resources"][0]["schema"]["primaryKey"] == ["id"]
    (licence,) = told["licenses"]
    assert (licence["name"], licence["path"].rpartition("/")[2]) == ("CC-BY-4.0", "CC_BY_4_0")
    another(bins, "maps", licence="Izin Dinas (lihat surat)")
    (own,) = visitor().get("/data/maps/datapackage.json").json()["licenses"]
    assert own == {"title": "Izin Dinas (lihat surat)", "path": f"{HOME}data/maps/"}, "no name that is none"
    header = visitor().get("/data/bins.csv").getvalue().decode().splitlines()[0]
    assert header.split(",") == list(fields)


def test_the_site_map_names_every_dataset_and_robots_name_the_site_map(bins: Cast) -> None:
    assert "/data/bins/</loc><lastmod>2026-04-20" in visitor().get("/sitemap.xml").content.decode()
    robots = visitor().get("/robots.txt").content.decode()
    assert "Disallow: /meja/" in robots
    assert f"Sitemap: {HOME}sitemap.xml" in robots


def test_the_markup_of_a_page_cannot_be_ended_from_within(bins: Cast, rf: Any) -> None:
    from balai.data.faces.dcat.searching import markup

    another(bins, "wild", description=words("</script><script>alert(1)</script>"))
    request = rf.get("/", headers={"Host": people.city(MALANG).hosts[0]})
    found = str(markup(request, reads.version(bins.visitor, "wild")))
    assert found.count("</script>") == 1
    said = json.loads(found.partition(">")[2].rpartition("<")[0])
    assert said["description"].startswith("</script>")
    another(bins, "wages", classification="limited")
    assert markup(request, reads.version(bins.agus.actor, "wages")) == ""


def test_pages_of_other_sites_may_ask_and_are_told_so_beforehand(bins: Cast) -> None:
    for address, methods in (
        ("/catalog.ttl", "GET, HEAD"),
        ("/ogc/collections", "GET, HEAD"),
        ("/data/bins.csv", "GET, HEAD"),
        ("/data/bins.parquet", "GET, HEAD"),
        ("/api/3/action/package_list", "GET, HEAD, POST"),
    ):
        client = visitor_at(MALANG)
        client.handler.enforce_csrf_checks = True
        before = client.options(address, headers={"Access-Control-Request-Headers": "if-none-match"})
        assert (before.status_code, before["Access-Control-Allow-Methods"]) == (204, methods), address
        assert "If-None-Match" in before["Access-Control-Allow-Headers"]
        assert "Authorization" not in before["Access-Control-Allow-Headers"]
        answers = {who: one.get(address) for who, one in (("all", client), ("budi", bins.budi.client))}
        for one in answers.values():
            one.getvalue()
        assert answers["all"]["Access-Control-Allow-Origin"] == "*", address
        assert not answers["budi"].has_header("Access-Control-Allow-Origin"), address
        assert visitor_at(MALANG).put(address).status_code == 405, address

"""CKAN's action API: what its own client reads, and the frame of every answer."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import ckanapi
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.cast import Cast, Person, visitor_at

from balai.base import tenancy
from balai.base.network import visits
from balai.data import changes
from balai.data.models import Dataset
from balai.data.tests.over_http import remote_at
from balai.data.tests.registry import NOW, a_bin, declared, founded, publish, shelf_of, steward, words
from balai.people.models import ProgramKey
from balai.people.rules.program_keys import digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]

HOST = "kota-malang.localhost"
VERBS = ["data.read", "data.read_limited", "data.produce", "data.publish", "data.check"]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    visits.cache_clear()
    yield


def key_of(person: Person, tenant: str = "35.73") -> str:
    """Make a key of a program for somebody, in a tenant."""
    key = f"balai_{person.account.pk}_{tenant}"
    with tenancy.scope(tenant):
        ProgramKey.objects.create(
            account=person.account,
            name="Pemanen",
            digest=digest(key),
            verbs=VERBS,
            made_at=NOW,
            expires_on=timezone.localdate() + timedelta(days=9),
        )
    return key


def ask(name: str, /, client: Client | None = None, token: str = "", **data: Any) -> Any:
    """Call an action by POST as JSON; return the answer with its status."""
    headers = {"X-CKAN-API-Key": token} if token else {}
    return (client or visitor_at("35.73")).post(
        f"/api/3/action/{name}", json.dumps(data), content_type="application/json", headers=headers
    )


def result(name: str, /, client: Client | None = None, token: str = "", **data: Any) -> Any:
    answer = ask(name, client, token, **data)
    body = answer.json() if not answer.streaming else json.loads(b"".join(answer.streaming_content))
    assert body["success"], body
    return body["result"]


def error(name: str, /, token: str = "", **data: Any) -> tuple[int, dict[str, Any]]:
    answer = ask(name, token=token, **data)
    body = answer.json()
    assert body["success"] is False and "result" not in body
    return answer.status_code, body["error"]


shelf = shelf_of(a_bin(1), a_bin(2, kind="kecil", litres=None), a_bin(3, name="Tong “merah”"))


@pytest.fixture
def cast(shelf: Cast, db: None) -> Cast:
    return shelf


@pytest.fixture
def bins(cast: Cast, malang: object) -> Dataset:
    return Dataset.objects.get(code="bins")


@pytest.fixture
def several(cast: Cast, bins: Dataset) -> list[Dataset]:
    """Beside `bins`: one limited, one closed, one of the health office, one not yet published."""
    rows = [bins]
    for code, more in {
        "staf": {"classification": "limited", "title": words("Staf"), "keywords": ["pegawai"]},
        "rahasia": {"classification": "closed", "title": words("Rahasia"), "keywords": ["pegawai"]},
        "pohon": {"title": words("Pohon kota"), "keywords": ["lingkungan hidup", "sampah"]},
    }.items():
        rows.append(founded(cast, declared(code=code, **more)))
        changes.publish(steward(), code, [a_bin(1)], "2025", at=NOW)
    founded(cast, declared(code="belum", title=words("Belum terbit")))
    return rows


# The client that everybody uses


@pytest.mark.parametrize("get_only", [False, True])
def test_the_client_of_ckan_reads_catalogue_and_rows(cast: Cast, bins: Dataset, get_only: bool) -> None:
    remote = remote_at()
    remote.get_only = get_only
    assert remote.action.site_read() is True
    assert remote.action.package_list() == ["bins"]
    package = remote.action.package_show(id="bins")
    assert (package["id"], package["title"]) == (str(bins.pk), "Tempat sampah")
    assert package["organization"]["name"] == "diskominfo"
    (resource,) = package["resources"]
    assert remote.action.package_search(q="sampah")["count"] == 1
    found = remote.action.datastore_search(resource_id=resource["id"], limit=2, sort="id desc")
    assert [row["id"] for row in found["records"]] == [3, 2]
    assert found["total"] == 3
    sql = f'SELECT kind, count(*) AS n FROM "{resource["id"]}" GROUP BY kind ORDER BY kind'
    assert remote.action.datastore_search_sql(sql=sql)["records"] == [
        {"kind": "besar", "n": 2},
        {"kind": "kecil", "n": 1},
    ]
    for missing in ("package_show", "resource_show", "organization_show"):
        with pytest.raises(ckanapi.NotFound):
            getattr(remote.action, missing)(id="tidak-ada")
    if not get_only:
        with pytest.raises(ckanapi.NotAuthorized):
            remote.action.package_create(name="x")
    with pytest.raises(ckanapi.SearchQueryError):
        remote.action.package_search(q="((")
    with pytest.raises(ckanapi.ValidationError) as wrong:
        remote.action.datastore_search(resource_id=resource["id"], filters='{"warna": "biru"}')
    assert "warna" in wrong.value.error_dict["filters"][0]


# The frame


def test_every_answer_has_the_frame_of_ckan(bins: Dataset) -> None:
    client = visitor_at("35.73")
    for address in ("/api/3/action/package_list", "/api/action/package_list"):
        answer = client.get(address)
        assert answer["Content-Type"] == "application/json;charset=utf-8"
        assert answer.json() == {
            "help": f"http://{HOST}/api/3/action/help_show?name=package_list",
            "success": True,
            "result": ["bins"],
        }
    assert client.get("/api/3").json() == {"version": 3}


def test_what_is_no_call_of_an_action_is_answered_with_a_mere_text(bins: Dataset) -> None:
    client = visitor_at("35.73")
    unknown = client.get("/api/3/action/package_invent")
    assert (unknown.status_code, unknown.json()) == (
        400,
        "Bad request - Action name not known: package_invent",
    )
    assert client.get("/api/3/action/package_create").status_code == 400
    for body in (b"{", b"[1]", b'{"a": NaN}', b"[" * 5000):
        answer = client.post("/api/3/action/package_show", body, content_type="application/json")
        assert (answer.status_code, answer.json()[:11]) == (400, "Bad request"), body[:9]


def test_parameters_come_as_json_as_a_form_or_in_the_address(bins: Dataset) -> None:
    client, there = visitor_at("35.73"), "/api/3/action/package_show"
    form = "application/x-www-form-urlencoded"
    for answer in (
        client.get(there, {"id": "bins"}),
        client.post(there, {"id": "bins"}),
        client.post(there, "id=bins", content_type=form),
        client.post(there, '{"id": "bins"}', content_type=form),
        client.post(there, '{"id": "bins"}', content_type="application/json"),
    ):
        assert answer.json()["result"]["name"] == "bins"


REFUSED: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("package_show", {"id": "tidak-ada"}, 404, "Not Found Error", "message"),
    ("package_show", {}, 409, "Validation Error", "id"),
    ("package_search", {"q": "title:("}, 400, "Search Query Error", "message"),
    ("package_search", {"sort": "warna desc"}, 400, "Search Query Error", "message"),
    ("package_search", {"rows": -1}, 409, "Validation Error", "rows"),
    ("package_create", {"name": "x"}, 403, "Authorization Error", "message"),
    ("user_create", {}, 403, "Authorization Error", "message"),
    ("api_token_create", {}, 403, "Authorization Error", "message"),
    ("datastore_search", {"resource_id": "bins", "sort": "warna"}, 409, "Validation Error", "sort"),
    ("datastore_search", {"resource_id": "bins", "fields": ["warna"]}, 409, "Validation Error", "fields"),
    ("datastore_search", {"resource_id": "bins", "filters": {"id": "x"}}, 409, "Validation Error", "filters"),
    (
        "datastore_search",
        {"resource_id": "bins", "filters": {"_rowid_": 1}},
        409,
        "Validation Error",
        "filters",
    ),
    ("datastore_search", {"resource_id": "bins", "limit": "banyak"}, 409, "Validation Error", "limit"),
    ("datastore_search", {"resource_id": "bins", "q": {"warna": "x"}}, 409, "Validation Error", "q"),
    ("datastore_search", {"resource_id": "bins", "q": "a &", "plain": False}, 409, "Validation Error", "q"),
    ("datastore_search", {"resource_id": "bins\0"}, 409, "Validation Error", "resource_id"),
    ("datastore_search", {"resource_id": "x"}, 404, "Not Found Error", "message"),
    ("datastore_search_sql", {"sql": "SELECT 1; SELECT 2"}, 409, "Validation Error", "query"),
    ("datastore_upsert", {"resource_id": "bins"}, 403, "Authorization Error", "message"),
    ("group_show", {"id": "x"}, 404, "Not Found Error", "message"),
]


@pytest.mark.parametrize(("name", "data", "status", "kind", "place"), REFUSED)
def test_refusals_have_the_shapes_of_ckan(
    bins: Dataset, name: str, data: dict[str, Any], status: int, kind: str, place: str
) -> None:
    found, told = error(name, **data)
    assert (found, told["__type"]) == (status, kind), told
    assert place in told, told


def test_a_key_that_is_not_in_force_is_refused(bins: Dataset, cast: Cast) -> None:
    status, told = error("package_list", token="balai_palsu")
    assert (status, told["__type"]) == (403, "Authorization Error")
    elsewhere = key_of(cast.joko, "35.07")
    assert error("package_list", token=elsewhere)[0] == 403


def test_a_session_alone_writes_nothing(bins: Dataset, cast: Cast) -> None:
    """A page of others could post with the session of a browser, for this face asks for no CSRF token."""
    answer = ask("datastore_upsert", cast.budi.client, resource_id="bins", records=[{"id": 9, "name": "x"}])
    assert answer.status_code == 403


def test_a_form_that_cannot_be_read_is_answered_in_ckans_words(bins: Dataset) -> None:
    answer = visitor_at("35.73").post(
        "/api/3/action/package_show", b"--x\r\n", content_type="multipart/form-data"
    )
    assert (answer.status_code, answer.json()[:11]) == (400, "Bad request")


def test_who_has_an_answer_gets_304_until_something_changed(bins: Dataset) -> None:
    client, there = visitor_at("35.73"), "/api/3/action/package_show?id=bins"
    first = client.get(there)
    assert (first["Cache-Control"], first["Access-Control-Allow-Origin"]) == ("no-cache", "*")
    again = client.get(there, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    publish([a_bin(1)], "2027")
    after = client.get(there, headers={"If-None-Match": first["ETag"]})
    assert after.json()["result"]["version"] == "2"


def test_visitors_ask_so_often_a_minute(bins: Dataset, cast: Cast, settings: Any) -> None:
    settings.FACES_VISITOR_PER_MINUTE = 2
    visits.cache_clear()
    client = visitor_at("35.73")
    statuses = [client.get("/api/3/action/package_list").status_code for _time in range(3)]
    visits.cache_clear()
    assert statuses[-1] == 429
    assert cast.budi.client.get("/api/3/action/package_list").status_code == 200


# Who sees what


def names(client: Client, **data: Any) -> list[str]:
    answer = client.get("/api/3/action/package_search", {"rows": 100, "sort": "name asc", **data})
    return [one["name"] for one in answer.json()["result"]["results"]]


def test_everybody_finds_what_they_may_read(several: list[Dataset], cast: Cast) -> None:
    everything = {
        "visitor": visitor_at("35.73"),
        "sari": cast.sari.client,
        "agus": cast.agus.client,
        "budi": cast.budi.client,
        "joko": cast.joko.client,
    }
    found = {who: names(client, include_private="true") for who, client in everything.items()}
    assert found == {
        "visitor": ["bins", "pohon"],
        "sari": ["bins", "pohon"],
        "agus": ["bins", "pohon", "staf"],
        "budi": ["bins", "pohon", "rahasia", "staf"],
        "joko": [],
    }
    for who in ("visitor", "sari", "agus", "budi"):
        assert names(everything[who]) == ["bins", "pohon"]


READS = ["package_show", "resource_show", "datastore_info", "datastore_search"]


@pytest.mark.parametrize("name", READS)
def test_closed_and_limited_data_are_not_found_by_id_either(
    several: list[Dataset], cast: Cast, name: str
) -> None:
    rows = {row.code: row for row in Dataset.objects.select_related("current")}
    for code in ("staf", "rahasia", "belum"):
        row = rows[code]
        keys = [str(row.pk), code, *([str(row.current_id)] if row.current_id else [])]
        for client in (visitor_at("35.73"), cast.sari.client, cast.joko.client):
            for key in keys:
                there = client.get(f"/api/3/action/{name}", {"id": key})
                assert there.status_code == 404, (code, key)
                assert there.json()["error"]["__type"] == "Not Found Error"
                assert client.get(f"/datastore/dump/{key}").status_code == 404
    agus = {
        code: cast.agus.client.get(f"/api/3/action/{name}", {"id": code}).status_code
        for code in ("staf", "rahasia", "bins")
    }
    assert agus == {"staf": 200, "rahasia": 404, "bins": 200}


def test_lists_show_open_data_alone(several: list[Dataset], cast: Cast) -> None:
    for client in (visitor_at("35.73"), cast.budi.client, cast.agus.client):
        assert result("package_list", client) == ["bins", "pohon"]
        assert result("tag_list", client) == ["lingkungan hidup", "sampah"]
        listed = result("current_package_list_with_resources", client)
        assert sorted(one["name"] for one in listed) == ["bins", "pohon"]
    joko = cast.joko.client
    for name in ("package_list", "tag_list", "current_package_list_with_resources"):
        assert result(name, joko) == []
    assert result("recently_changed_packages_activity_list", joko) == []
    assert result("organization_list", joko) == ["diskominfo", "kabupaten-malang"]


# The catalogue


def test_a_package_says_what_the_declaration_says(bins: Dataset) -> None:
    package = result("package_show", id=str(bins.pk))
    assert {name: package[name] for name in ("license_id", "isopen", "private", "state", "type")} == {
        "license_id": "CC-BY-4.0",
        "isopen": True,
        "private": False,
        "state": "active",
        "type": "dataset",
    }
    assert [tag["name"] for tag in package["tags"]] == ["sampah"]
    assert {"key": "frequency", "value": "monthly"} in package["extras"]
    (resource,) = package["resources"]
    assert resource["id"] == package["id"] == str(bins.pk)
    assert resource["url"] == f"http://{HOST}/data/bins.csv"
    assert (resource["datastore_active"], resource["rows"], resource["format"]) == (True, 3, "CSV")
    assert "balai.invalid" not in json.dumps(package)
    assert resource == result("resource_show", id=resource["id"])


def test_a_version_keeps_its_own_resource_id(bins: Dataset) -> None:
    old = str(bins.current_id)
    publish([a_bin(7)], "2027")
    assert result("resource_show", id=old)["version"] == 1
    assert result("datastore_search", resource_id=old)["total"] == 3
    assert result("datastore_search", resource_id=str(bins.pk))["total"] == 1


SEARCHES = [
    ("", ["bins", "pohon"]),
    ("*:*", ["bins", "pohon"]),
    ("sampah", ["bins", "pohon"]),
    ("Pohon KOTA", ["pohon"]),
    ('"tempat sampah"', ["bins", "pohon"]),
    ('title:"tempat sampah"', ["bins"]),
    ("title:poh*", ["pohon"]),
    ("name:(bins OR pohon) -title:kota", ["bins"]),
    ("organization:diskominfo AND NOT tags:sampah", []),
    ('tags:"lingkungan hidup"', ["pohon"]),
    ("+organization:(diskominfo OR dinkes) +tags:sampah", ["bins", "pohon"]),
    ("res_format:CSV && license_id:CC\\-BY\\-4.0", ["bins", "pohon"]),
    ("metadata_modified:[2026-01-01T00:00:00Z TO *]", ["bins", "pohon"]),
    ("metadata_modified:[* TO 2020-01-01T00:00:00Z]", []),
    ("metadata_created:[NOW-1DAY TO NOW+1DAY]", ["bins", "pohon"]),
    ("extras_frequency:monthly", ["bins", "pohon"]),
    ("warna:biru", []),
    ("capacity:public", ["bins", "pohon"]),
    ("litres", ["bins", "pohon"]),
    ("(bins || nihil) !kota", ["bins"]),
]


def test_searches_are_read_as_solr_reads_them(several: list[Dataset], subtests: pytest.Subtests) -> None:
    for place in ("q", "fq"):
        for query, expected in SEARCHES:
            with subtests.test(f"{place}={query}"):
                assert names(visitor_at("35.73"), **{place: query}) == expected


def test_searches_that_cannot_be_read_say_so(several: list[Dataset], subtests: pytest.Subtests) -> None:
    for query in ("(", "a)", "a OR", "title:", "[a TO b]", "x" * 5000, "(" * 300, '"a'):
        with subtests.test(query[:20]):
            status, told = error("package_search", q=query)
            assert (status, told["__type"]) == (400, "Search Query Error")


def test_a_search_counts_what_its_finds_fall_into(several: list[Dataset]) -> None:
    found = result("package_search", **{"facet.field": ["organization", "tags"], "rows": 0, "facet.limit": 1})
    assert (found["count"], found["results"]) == (2, [])
    assert found["facets"] == {"organization": {"diskominfo": 2}, "tags": {"sampah": 2}}
    (item,) = found["search_facets"]["organization"]["items"]
    assert item == {"name": "diskominfo", "display_name": "Dinas Komunikasi dan Informatika", "count": 2}


def test_the_best_find_comes_first(several: list[Dataset]) -> None:
    found = result("package_search", q="pohon OR sampah OR kota")["results"]
    assert [one["name"] for one in found] == ["pohon", "bins"]
    assert result("package_search", fl=["name", "title"], q="pohon")["results"] == [
        {"name": "pohon", "title": "Pohon kota"}
    ]


def test_a_search_asks_the_database_as_often_for_many_as_for_one(cast: Cast, bins: Dataset) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            result("package_search", rows=1000)
        return len(queries)

    asked()
    one = asked()
    for number in range(6):
        founded(cast, declared(code=f"pohon{number}", title=words(f"Pohon {number}")))
        changes.publish(steward(), f"pohon{number}", [a_bin(1)], "2025", at=NOW)
    # The states of all, what the new ones say, who sees what, and the packages.
    assert asked() <= one + 4
    assert asked() == one


def test_organizations_are_offices(several: list[Dataset]) -> None:
    assert result("organization_list") == ["bappeda", "dinkes", "diskominfo", "kota-malang"]
    full = result("organization_list", all_fields=True, sort="package_count desc")
    assert (full[0]["name"], full[0]["package_count"]) == ("diskominfo", 2)
    shown = result("organization_show", id="diskominfo", include_datasets=True)
    assert [one["name"] for one in shown["packages"]] == ["bins", "pohon"]
    assert result("organization_show", id=full[0]["id"])["title"] == "Dinas Komunikasi dan Informatika"


def test_small_actions_answer_as_clients_expect(several: list[Dataset], cast: Cast) -> None:
    assert result("site_read") is True
    assert result("status_show")["extensions"] == ["datastore"]
    assert result("group_list") == []
    assert "CC-BY-4.0" in [one["id"] for one in result("license_list")]
    assert result("package_autocomplete", q="poh")[0]["name"] == "pohon"
    assert result("tag_show", id="sampah", include_datasets=True)["packages"][0]["name"] == "bins"
    assert result("resource_search", query="name:pohon")["count"] == 1
    acts = result("recently_changed_packages_activity_list", limit=5)
    assert {act["data"]["package"]["name"] for act in acts} == {"bins", "pohon"}
    assert "CSV" not in result("help_show", name="package_list")
    assert result("user_show", token=key_of(cast.budi))["id"] == cast.budi.actor.id
    assert error("user_show")[0] == 404
    assert [one["name"] for one in result("organization_list_for_user", token=key_of(cast.agus))] == [
        "dinkes"
    ]

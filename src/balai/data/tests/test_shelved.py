"""The one catalogue that every list and search looks through: who sees what, and for how long."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.data import changes, reads
from balai.data.faces.ckan.index import index
from balai.data.models import Dataset
from balai.data.reads.catalogue import row_of
from balai.data.reads.shelved import each, shelved
from balai.data.tests.registry import NOW, a_bin, declared, founded, producer, publish, steward, words
from balai.people.models import LocalGovernment
from balai.people.reads import forget_governments, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]


@pytest.fixture
def several(cast: Cast) -> Cast:
    """One open dataset, one limited, one closed, one not published."""
    for code, more in {
        "bins": {},
        "staf": {"classification": "limited", "title": words("Staf dinas"), "keywords": ["pegawai"]},
        "rahasia": {"classification": "closed", "title": words("Arsip rahasia"), "keywords": ["arsip"]},
    }.items():
        founded(cast, declared(code=code, **more))
        changes.publish(steward(), code, [a_bin(1)], "2026", at=NOW)
    founded(cast, declared(code="belum", title=words("Belum terbit")))
    return cast


SEARCHES = [
    "*:*",
    "a* OR s*",
    "NOT xyz",
    '"arsip rahasia" OR "staf dinas"',
    "title:(rahasia OR staf OR tempat)",
]


def _found(client: Client, **asked: str) -> dict[str, Any]:
    facets = json.dumps(["tags", "organization", "name", "license_id", "metadata_modified"])
    more = {"facet.field": facets, "rows": "100", "include_private": "true", **asked}
    answer = client.get("/api/3/action/package_search", more)
    result: dict[str, Any] = answer.json()["result"]
    return result


def test_each_reader_searches_and_counts_only_what_they_may_read(several: Cast) -> None:
    may = {
        "visitor": (visitor_at("35.73"), {"bins"}),
        "sari": (several.sari.client, {"bins"}),
        "agus": (several.agus.client, {"bins", "staf"}),
        "budi": (several.budi.client, {"bins", "staf", "rahasia"}),
        "joko": (several.joko.client, set[str]()),
        "the regency": (visitor_at("35.07"), set[str]()),
    }
    # Twice, so that what one reader has drawn is there when the next one asks.
    for _turn in range(2):
        for who, (client, codes) in may.items():
            for query in SEARCHES:
                for name in ("q", "fq"):
                    found = _found(client, **{name: query})
                    seen = {one["name"] for one in found["results"]}
                    assert seen <= codes and found["count"] == len(seen), (who, query)
                    assert set(found["facets"]["name"]) == seen, (who, query)
                    for counts in found["facets"].values():
                        assert sum(counts.values()) == len(seen), (who, query, counts)
            assert {one["name"] for one in _found(client)["results"]} == codes, who
            whole = "".join(
                client.get(there).content.decode()
                for there in (
                    "/data/",
                    "/data.json",
                    "/data.csv",
                    "/api/v1/data/datasets",
                    "/catalog.ttl",
                    "/sitemap.xml",
                    "/ogc/collections",
                    "/ogc/api",
                    "/api/sdi/v1/daftar-data",
                    "/api/3/action/package_list",
                    "/api/3/action/current_package_list_with_resources",
                    "/api/3/action/recently_changed_packages_activity_list",
                    "/api/3/action/resource_search?query=name:a",
                    "/api/3/action/tag_list",
                    "/api/3/action/package_autocomplete?q=a",
                    "/api/3/action/organization_show?id=diskominfo&include_datasets=true",
                )
            ).lower()
            for code, told in (("staf", "pegawai"), ("rahasia", "arsip rahasia")):
                assert code in codes or (f"/{code}" not in whole and told not in whole), (who, code)


def test_a_change_of_one_dataset_has_that_one_read_anew(several: Cast) -> None:
    actor = visitor("35.73")
    before = {one.code: one for one in shelved(actor).listed}
    assert shelved(actor) is shelved(actor)
    publish([a_bin(1), a_bin(2)], "2027")
    after = {one.code: one for one in shelved(actor).listed}
    assert after["staf"] is before["staf"] and after["rahasia"] is before["rahasia"]
    assert (before["bins"].rows, after["bins"].rows, after["bins"].period) == (1, 2, "2027")
    several.kominfo.name = "Dinas Digital"
    several.kominfo.save()
    assert {one.producer[2] for one in shelved(actor).listed if one.producer} == {"Dinas Digital"}
    LocalGovernment.objects.filter(key="35.73").update(name="Kota Uji")
    forget_governments()
    assert {one.state[-1] for one in shelved(actor).listed} == {"Kota Uji"}
    forget_governments()


def test_what_was_closed_while_an_answer_was_put_together_is_left_out_of_it(several: Cast) -> None:
    kept = shelved(visitor("35.73"))
    known = index(visitor("35.73"))
    places = list(each(known.open))
    assert [one.code for one in known.at(places)] == ["bins"]
    row = changes.declare(
        producer(several), declared(classification="closed"), version=Dataset.objects.get(code="bins").version
    )
    row = changes.submit(producer(several), "bins", version=row.version, at=NOW)
    changes.check(steward(), "bins", version=row.version, at=NOW)
    assert kept.drawn("row", places, row_of) == {} and known.bodies(places, "http://x") == []
    assert kept.seen(several.agus.actor).bit_count() == 1, "who had not looked yet sees nothing of it either"
    assert index(visitor("35.73")).open == 0


def test_a_dataset_of_the_city_stands_before_the_nations_of_the_same_code(several: Cast) -> None:
    with tenancy.scope("00"):
        row = Dataset.objects.create(code="rahasia", metadata=declared(code="rahasia").written())
        row.metadata |= {"title": words("Milik nasional")}
        row.classification, row.status = "open", Dataset.Status.CHECKED
        row.save()
        changes.publish(steward("00"), "rahasia", [a_bin(1)], "2026", at=NOW)
    readers = {"visitor": visitor("35.73"), "budi": several.budi.actor}
    titles = {
        who: sorted(row.title for row in reads.shelf(actor, reads.Wanted()).rows)
        for who, actor in readers.items()
    }
    assert titles == {
        "visitor": ["Milik nasional", "Tempat sampah"],
        "budi": ["Arsip rahasia", "Staf dinas", "Tempat sampah"],
    }
    shown = visitor_at("35.73").get("/api/3/action/package_show?id=rahasia").json()["result"]
    assert (shown["title"], shown["private"]) == ("Milik nasional", False)
    own = several.budi.client.get("/api/3/action/package_show?id=rahasia").json()["result"]
    assert (own["title"], own["private"]) == ("Arsip rahasia", True)

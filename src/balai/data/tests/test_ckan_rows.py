"""CKAN's DataStore for readers: the rows DuckDB finds, whichever engine answers, and no others."""

import csv
import io
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from defusedxml import ElementTree
from tests.cast import Cast, visitor_at

from balai.base import tenancy
from balai.data import changes
from balai.data.columnar.lending import engine
from balai.data.engines.turns import turns
from balai.data.faces.answering import visits
from balai.data.models import Dataset
from balai.data.reads import rows_sqlite
from balai.data.storage import storage
from balai.data.tests.registry import NOW, a_bin, declared, founded, indexed, publish, steward, words
from balai.data.tests.test_ckan import ask, error, result
from balai.data.tests.test_hostile_sql import REFUSED as HOSTILE
from balai.data.tests.test_rows import bins as many

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    turns.cache_clear()
    yield


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    founded(cast)
    publish(many(600))
    return Dataset.objects.select_related("current").get(code="bins")


@pytest.fixture(params=["side files", "columns"])
def either(request: pytest.FixtureRequest, dataset: Dataset) -> Dataset:
    """The dataset, with side files and without."""
    if request.param == "side files":
        indexed(dataset.current)
    return dataset


COLUMNS = {
    "id": ["1", "17", "900"],
    "litres": ["120.5", "-3.20", "7.25"],
    "cost": ["5000", "400000"],
    "placed_on": ["2024-03-05", "2025-01-15"],
    "in_use": ["true", "false"],
    "region": [f"35.73.01.10{number:02}" for number in range(1, 9)],
    "kind": ["besar", "kecil"],
}


def questions(number: int) -> Iterator[dict[str, Any]]:
    """Yield random questions of every kind CKAN takes."""
    chance = random.Random(11)
    for _number in range(number):
        one: dict[str, Any] = {"limit": chance.choice([0, 5, 100, 900]), "offset": chance.choice([0, 0, 4])}
        names = chance.sample(sorted(COLUMNS), chance.choice([0, 1, 1, 2]))
        filters: dict[str, Any] = {}
        for name in names:
            values = chance.sample(COLUMNS[name], chance.choice([1, 2]))
            filters[name] = values[0] if len(values) == 1 else values
            if chance.random() < 0.1:
                filters[name] = None
        if filters:
            one["filters"] = filters
        if chance.random() < 0.3:
            one["q"] = chance.choice(["rumah", "SAWAH pasar", "kopi", "pásar 7"])
        if chance.random() < 0.6:
            sort = chance.sample(["cost", "name", "litres", "placed_on", "_id"], 2)
            one["sort"] = ", ".join(f"{name} {chance.choice(['asc', 'desc'])}" for name in sort)
        if chance.random() < 0.4:
            one["fields"] = chance.sample(["_id", "id", "name", "litres", "in_use", "place_lon"], 3)
        one["distinct"] = "sort" not in one and "fields" in one and chance.random() < 0.5
        yield one


def by_duckdb(dataset: Dataset, one: dict[str, Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Ask DuckDB of the file itself, in a text of our own."""
    path = storage().local("35.73", dataset.current.files[0]["sha256"])
    where, values = ["true"], []
    for name, value in one.get("filters", {}).items():
        listed = value if isinstance(value, list) else [value]
        if listed == [None]:
            where.append(f"{name} IS NULL")
        else:
            kind = {"litres": "DECIMAL(30,6)", "in_use": "BOOLEAN", "placed_on": "DATE"}.get(name)
            kind = kind or ("BIGINT" if name in ("id", "cost") else "VARCHAR")
            where.append(f"{name} IN ({', '.join(f'CAST(? AS {kind})' for _value in listed)})")
            values += listed
    for word in one.get("q", "").lower().split():
        parts = "regexp_split_to_array(lower(concat_ws(' ', name, kind, region)), '[^a-z0-9á]+')"
        where.append(f"list_contains({parts}, ?)")
        values.append(word)
    names = one.get("fields") or ["_id", *(c for c in SHOWN)]
    distinct = "DISTINCT" if one["distinct"] else ""
    order = [f"{part} NULLS LAST" for part in one["sort"].split(", ")] if "sort" in one else []
    order += [f"{name} NULLS LAST" for name in names] if distinct else ["_id"]
    source = f"(SELECT file_row_number + 1 AS _id, * FROM read_parquet('{path}', file_row_number=true))"
    text = f"SELECT {distinct} {', '.join(names)} FROM {source} WHERE {' AND '.join(where)}"
    with engine() as duck:
        total = duck.execute(f"SELECT count(*) FROM ({text})", values).fetchone()[0]
        page = f"{text} ORDER BY {', '.join(order)} LIMIT {one['limit']} OFFSET {one['offset']}"
        return [tuple(map(plain, row)) for row in duck.execute(page, values).fetchall()], total


SHOWN = ("id", "name", "litres", "cost", "placed_on", "in_use", "region", "place_lon", "place_lat", "kind")


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_random_questions_are_answered_as_duckdb_answers_them(
    either: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_sqlite, "STEPS_FOR_ROWS", 1)
    for one in questions(60):
        found = result("datastore_search", resource_id=str(either.pk), **one)
        rows, total = by_duckdb(either, one)
        assert found["total"] == total, one
        assert [tuple(row.values()) for row in found["records"]] == [
            tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in rows
        ], one
        names = [each["id"] for each in found["fields"]]
        assert names == (one.get("fields") or ["_id", *SHOWN])
        assert all(list(row) == names for row in found["records"])


def test_the_same_rows_come_in_every_format(either: Dataset) -> None:
    asked = {"resource_id": "bins", "limit": 50, "sort": "name desc", "fields": ["_id", "name", "litres"]}
    objects = result("datastore_search", **asked)["records"]
    lists = result("datastore_search", **asked, records_format="lists")["records"]
    assert lists == [list(row.values()) for row in objects]
    for kind, delimiter in (("csv", ","), ("tsv", "\t")):
        text = result("datastore_search", **asked, records_format=kind)["records"]
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert [row[1] for row in rows] == [row["name"] for row in objects]
        assert [row[2] for row in rows if row[2]] == [
            f"{row['litres']:.2f}" for row in objects if row["litres"] is not None
        ]


def test_decimals_are_numbers_with_all_their_digits(cast: Cast) -> None:
    founded(cast)
    publish([a_bin(1, name='"litres":"7.0"', litres=Decimal("9007199254740993.10")), a_bin(2, litres=None)])
    for build in (False, True):
        if build:
            indexed(Dataset.objects.select_related("current").get(code="bins").current)
        text = ask("datastore_search", resource_id="bins").content.decode()
        assert '"litres":9007199254740993.10' in text
        first = json.loads(text, parse_float=Decimal)["result"]["records"][0]
        assert (first["_id"], first["name"]) == (1, '"litres":"7.0"')
        lists = ask("datastore_search", resource_id="bins", records_format="lists").content.decode()
        assert "9007199254740993.10" in lists


def test_words_are_searched_as_postgresql_does(dataset: Dataset) -> None:
    def total(**data: Any) -> int:
        return result("datastore_search", resource_id="bins", limit=0, **data)["total"]

    either = total(q="sawah | pasar", plain=False)
    assert either == total(q="sawah") + total(q="pasar") - total(q="sawah pasar")
    assert total(q="sawah & !pasar", plain=False) == total(q="sawah") - total(q="sawah pasar")
    assert total(q="saw:*", plain=False) >= total(q="sawah") > 0
    assert total(q={"name": "sawah"}) == total(q="sawah")
    assert total(q={"kind": "sawah"}) == 0
    assert total(q={"name": "saw:* & pas:*", "kind": "besar"}, plain=False) <= total(q="sawah pasar")
    assert total(q={"id": "17"}) <= 1


def test_an_answer_says_where_the_next_page_is(dataset: Dataset) -> None:
    found = result("datastore_search", resource_id="bins", limit=5, include_total=False)
    assert "total" not in found
    client = visitor_at("35.73")
    following = client.get(found["_links"]["next"]).json()["result"]
    assert [row["_id"] for row in following["records"]] == [6, 7, 8, 9, 10]
    assert result("datastore_search", resource_id="bins", limit=10**9)["limit"] == 32_000


def test_info_names_columns_with_their_meaning(dataset: Dataset) -> None:
    info = result("datastore_info", id="bins")
    assert info["meta"]["count"] == 600
    assert info["meta"]["aliases"] == ["bins"]
    types = {one["id"]: one["type"] for one in info["fields"]}
    assert types["litres"] == "numeric" and types["place_lon"] == "float8" and types["placed_on"] == "date"
    assert info["fields"][0]["info"]["label"] == "id"


# SQL


def sql(text: str, tenant: str = "35.73", client: Any = None) -> tuple[int, dict[str, Any]]:
    answer = ask("datastore_search_sql", client or visitor_at(tenant), sql=text)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, json.loads(body)


def test_sql_is_that_of_postgresql_over_resources_by_id(dataset: Dataset) -> None:
    there = f'"{dataset.pk}"'
    status, body = sql(
        f"SELECT t.kind, count(*) AS n, sum(t.cost)::numeric(18, 2) AS costs, 7 / 2 AS whole FROM {there} t "
        "WHERE t.kind ILIKE 'BES%' AND t.placed_on >= '2024-01-01'::date GROUP BY t.kind"
    )
    assert status == 200, body
    (row,) = body["result"]["records"]
    assert (row["kind"], row["whole"]) == ("besar", 3)
    assert [one["id"] for one in body["result"]["fields"]] == ["kind", "n", "costs", "whole"]
    assert "records_truncated" not in body["result"]
    assert sql(f"SELECT count(*), max(id), 1 + 1, kind, sum(id)::int8 FROM {there} GROUP BY kind LIMIT 1")[1][
        "result"
    ]["fields"] == [
        {"id": "count", "type": "int8"},
        {"id": "max", "type": "int8"},
        {"id": "?column?", "type": "int8"},
        {"id": "kind", "type": "text"},
        {"id": "sum", "type": "int8"},
    ], "as PostgreSQL names what has no name"
    both = (
        f"SELECT count(*) AS n FROM {there} a JOIN bins b ON a.id = b.id "
        f'JOIN "{dataset.current_id}" c ON c.id = b.id'
    )
    status, body = sql(both)
    assert status == 200, body
    assert body["result"]["records"] == [{"n": 600}]


def test_a_cut_answer_says_so(dataset: Dataset, settings: Any) -> None:
    settings.QUERY_VISITOR_ROWS = 10
    body = sql(f'SELECT id FROM "{dataset.pk}"')[1]
    assert (len(body["result"]["records"]), body["result"]["records_truncated"]) == (10, True)


def test_hostile_sql_is_refused_in_ckans_words(dataset: Dataset, subtests: pytest.Subtests) -> None:
    for text in (text for _what, text in HOSTILE if "WITH tagihan" not in text):
        turns.cache_clear()
        visits.cache_clear()
        with subtests.test(text):
            status, body = sql(text)
            assert status in (409, 422), (status, body)
            assert body["error"]["__type"] == "Validation Error"


OTHERS = [
    'SELECT * FROM "{id}"',
    "SELECT * FROM staf",
    'SELECT (SELECT count(*) FROM "{id}") AS n FROM bins',
    'SELECT * FROM bins UNION ALL SELECT * FROM "{id}"',
    'WITH x AS (SELECT * FROM "{id}") SELECT * FROM x',
    'SELECT * FROM "{id}"; DROP TABLE bins',
    'SELECT * FROM public."{id}"',
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '{path}'",
    'SELECT * FROM "{id}""; --"',
]


@pytest.mark.parametrize("text", OTHERS)
def test_resources_of_others_are_no_tables(cast: Cast, dataset: Dataset, text: str) -> None:
    row = founded(cast, declared(code="staf", classification="limited", title=words("Staf")))
    changes.publish(steward(), "staf", [a_bin(1, name="gaji")], "2026", at=NOW)
    row.refresh_from_db()
    path = storage().local("35.73", row.current.files[0]["sha256"])
    for key in (row.pk, row.current_id):
        asked = text.format(id=key, path=path)
        for client in (visitor_at("35.73"), cast.joko.client):
            status, body = sql(asked, client=client)
            assert status == 409, body
            assert "gaji" not in json.dumps(body)


# Files


def dumped(key: str, **data: Any) -> tuple[bytes, str]:
    answer = visitor_at("35.73").get(f"/datastore/dump/{key}", data)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content), answer["Content-Type"]


def test_a_dump_has_every_row_in_each_form(dataset: Dataset, tmp_path: Any) -> None:
    asked = result("datastore_search", resource_id="bins", limit=1000)["records"]
    text, kind = dumped(str(dataset.pk))
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert kind == "text/csv; charset=utf-8"
    assert [(row["_id"], row["name"]) for row in rows] == [(str(one["_id"]), one["name"]) for one in asked]
    tabs = dumped("bins", format="tsv")[0].decode()
    assert [row["region"] for row in csv.DictReader(io.StringIO(tabs, newline=""), delimiter="\t")] == [
        row["region"] for row in rows
    ]
    whole = json.loads(dumped("bins", format="json")[0])
    assert [one["id"] for one in whole["fields"]] == ["_id", *SHOWN]
    assert whole["records"] == [list(one.values()) for one in asked]
    tree = ElementTree.fromstring(dumped("bins", format="xml")[0])
    assert [row.get("_id") for row in tree] == [row["_id"] for row in rows]
    assert [row.findtext("name") for row in tree] == [row["name"] for row in rows]
    file = tmp_path / "bins.parquet"
    file.write_bytes(dumped("bins", format="parquet")[0])
    with engine() as duck:
        found = duck.execute(f"SELECT _id, name FROM '{file}' ORDER BY _id").fetchall()
    assert found == [(one["_id"], one["name"]) for one in asked]


def test_a_dump_takes_the_parameters_of_a_search(dataset: Dataset) -> None:
    filters = json.dumps({"kind": "kecil"})
    text = dumped("bins", filters=filters, fields="id,kind", sort="id desc", limit="3", bom="true")[0]
    assert text.startswith(b"\xef\xbb\xbfid,kind\n")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["kecil"] * 3
    assert [int(row["id"]) for row in rows] == sorted((int(row["id"]) for row in rows), reverse=True)
    assert visitor_at("35.73").get("/datastore/dump/bins?format=xls").status_code == 409
    assert error("datastore_search", resource_id="bins", records_format="xls")[0] == 409


def test_another_tenant_has_the_nations_rows_and_not_ours(dataset: Dataset) -> None:
    with tenancy.scope("35.07"):
        for name in ("datastore_search", "datastore_info", "resource_show"):
            answer = ask(name, visitor_at("35.07"), resource_id=str(dataset.pk), id=str(dataset.pk))
            assert answer.status_code == 404
    assert visitor_at("35.07").get(f"/datastore/dump/{dataset.current_id}").status_code == 404

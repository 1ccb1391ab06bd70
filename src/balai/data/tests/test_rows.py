"""Rows of the version that stands: the same answers with side files, without them, and by DuckDB."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Forbidden, Invalid, NotFound
from balai.data import changes, jobs, reads
from balai.data.columnar.lending import engine
from balai.data.models import Dataset
from balai.data.reads import rows_sqlite
from balai.data.rules.rows import Filter, Op, filters_of
from balai.data.rules.transforms import text as text_of
from balai.data.sidefiles import building, place
from balai.data.sidefiles.place import Kind
from balai.data.sidefiles.shape import SideColumn, indexes, tallied
from balai.data.sidefiles.versions import build_for, facts_of
from balai.data.storage import storage
from balai.data.tests.registry import NOW, declared, founded, indexed, publish, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]

WORDS = ("Rumah", "sawah", "TEGAL", "pasar", "kebun.kopi", "jalan-baru", "semi'permanen", "Pásar", "lama")


@pytest.fixture(autouse=True)
def in_malang() -> Iterator[None]:
    with tenancy.scope("35.73"):
        yield


def visitor() -> Actor:
    return Actor("", "Pengunjung", "35.73", {"data.read": Reach.TENANT})


def bins(number: int, seed: int = 7) -> list[dict[str, Any]]:
    chance = random.Random(seed)

    def maybe(value: object) -> object:
        return None if chance.random() < 0.1 else value

    return [
        {
            "id": number_,
            "name": " ".join(chance.choices(WORDS, k=3)) + f" {chance.randrange(30)}",
            "litres": maybe(Decimal(chance.randrange(-5000, 90_000)) / 100),
            "cost": maybe(chance.randrange(0, 900) * 1000),
            "placed_on": maybe(date(2024, 1, 1) + timedelta(days=chance.randrange(700))),
            "in_use": maybe(chance.random() < 0.7),
            "region": maybe(f"35.73.01.10{chance.randrange(1, 9):02}"),
            "place": maybe((round(112 + chance.random(), 9), round(-8 + chance.random(), 12))),
            "kind": maybe(chance.choice(["besar", "kecil"])),
        }
        for number_ in chance.sample(range(number * 3), number)
    ]


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    founded(cast)
    publish(bins(1500))
    return standing()


def standing(code: str = "bins") -> Dataset:
    return Dataset.objects.select_related("current").get(code=code)


def side_file(dataset: Dataset, kind: Kind) -> Path:
    return place.place("35.73", dataset.current.files[0]["sha256"], kind)


def questions(number: int, seed: int = 3) -> Iterator[dict[str, Any]]:
    """Yield random questions of every kind."""
    chance = random.Random(seed)
    some = [
        lambda: Filter("region", Op.EQUAL, (f"35.73.01.10{chance.randrange(1, 10):02}",)),
        lambda: Filter(
            "region", Op.PREFIX, (chance.choice(["35.73", "35.73.01.100", "35.73.01.1003", "9"]),)
        ),
        lambda: Filter("name", Op.PREFIX, (chance.choice(WORDS)[:3],)),
        lambda: Filter("kind", Op.IN, tuple(chance.sample(["besar", "kecil", "sedang"], 2))),
        lambda: Filter("litres", Op.FROM, (f"{chance.randrange(-60, 900)}.{chance.randrange(10_000)}",)),
        lambda: Filter("litres", Op.UNTIL, (f"-{chance.randrange(60)}.{chance.randrange(1000):03}",)),
        lambda: Filter("litres", Op.EQUAL, (chance.choice(["120.5", "120.505", "-3.20"]),)),
        lambda: Filter("cost", Op.UNTIL, (str(chance.randrange(900_000)),)),
        lambda: Filter("placed_on", Op.FROM, (f"2025-{chance.randrange(1, 13):02}-15",)),
        lambda: Filter("in_use", Op.EQUAL, (chance.choice(["true", "false"]),)),
        lambda: Filter(chance.choice(["cost", "kind", "in_use", "place_lon"]), Op.MISSING),
        lambda: Filter("place_lon", Op.FROM, (f"112.{chance.randrange(1000):03}",)),
        lambda: Filter("id", Op.IN, tuple(str(chance.randrange(4500)) for _each in range(40))),
    ]
    names = ["id", "name", "litres", "cost", "placed_on", "in_use", "region", "place_lat", "kind"]
    for _number in range(number):
        yield {
            "filters": [each() for each in chance.sample(some, chance.choice([0, 1, 1, 2, 3]))],
            "words": " ".join(
                chance.sample(["rumah", "SAWAH", "kopi", "baru", "semi", "pásar", "pasar", "7"], 2)
            )
            if chance.random() < 0.4
            else "",
            "sort": [
                chance.choice(["", "-"]) + name for name in chance.sample(names, chance.choice([0, 1, 1, 2]))
            ],
            "columns": chance.sample(names, chance.choice([0, 4])),
            "limit": chance.choice([5, 20, 2000]),
            "offset": chance.choice([0, 0, 3]),
            "form": chance.choice(["objects", "lists", "csv"]),
        }


def raw(dataset: Dataset, one: dict[str, Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Ask DuckDB by a text of our own, written another way than the product's."""
    sha = dataset.current.files[0]["sha256"]
    columns = [column.name for column in facts_of(dataset.current).columns]
    where, values = ["true"], []
    for each in one["filters"]:
        sign = {Op.EQUAL: "= ?", Op.FROM: ">= ?", Op.UNTIL: "<= ?", Op.MISSING: "IS NULL"}.get(each.op)
        if each.op is Op.IN:
            where.append(f"{each.column} IN ({', '.join('?' * len(each.values))})")
        elif each.op is Op.PREFIX:
            where.append(f"left({each.column}, {len(each.values[0])}) = ?")
        elif each.column == "litres":
            where.append(
                f"CAST(litres AS DECIMAL(30,6)) {(sign or '').replace('?', 'CAST(? AS DECIMAL(30,6))')}"
            )
        else:
            where.append(f"{each.column} {sign}")
        values += list(each.values)
    for word in one["words"].lower().split():
        heap = "list_concat(regexp_split_to_array(lower(name), '[^a-z0-9á]+'), [lower(kind), lower(region)])"
        where.append(f"(list_contains({heap}, ?) OR list_contains(string_split(region, '.'), ?))")
        values += [word, word]
    order = [f"{name.lstrip('-')} {'DESC' if name[0] == '-' else 'ASC'} NULLS LAST" for name in one["sort"]]
    order.append("id DESC" if one["sort"] and one["sort"][-1].startswith("-") else "id")
    shown = ", ".join(one["columns"] or columns)
    with engine() as duck:
        source = f"FROM read_parquet('{storage().local('35.73', sha)}') WHERE {' AND '.join(where)}"
        rows = duck.execute(
            f"SELECT {shown} {source} ORDER BY {', '.join(order)} "
            f"LIMIT {one['limit']} OFFSET {one['offset']}",
            values,
        ).fetchall()
        (total,) = duck.execute(f"SELECT count(*) {source}", values).fetchone() or (0,)
    return rows, total


def as_json(row: Sequence[Any]) -> list[Any]:
    return [
        f"{cell:f}" if isinstance(cell, Decimal) else cell.isoformat() if isinstance(cell, date) else cell
        for cell in row
    ]


def read_back(page: reads.RowsPage, form: str) -> list[list[Any]]:
    if form == "csv":
        header, *lines = page.rows.decode().splitlines()
        assert header == ",".join(one.name for one in page.columns)
        return [line.split(",") for line in lines]
    rows = json.loads(page.rows)
    return [list(row.values()) if form == "objects" else row for row in rows]


def in_csv(row: Sequence[Any]) -> list[str]:
    shown = {None: "", True: "true", False: "false"}
    return [shown[cell] if cell is None or isinstance(cell, bool) else str(cell) for cell in as_json(row)]


def check(dataset: Dataset, one: dict[str, Any]) -> None:
    page = reads.rows(visitor(), "bins", **one)
    rows, total = raw(dataset, one)
    expected = [in_csv(row) if one["form"] == "csv" else as_json(row) for row in rows]
    assert read_back(page, one["form"]) == expected, one
    assert (page.total, page.count) == (total, len(rows)), one


def test_random_questions_are_answered_by_side_files_as_by_duckdb(dataset: Dataset) -> None:
    indexed(dataset.current)
    for one in questions(120):
        check(dataset, one)


def test_without_side_files_the_column_store_answers_the_same(dataset: Dataset) -> None:
    assert not side_file(dataset, Kind.ROWS).exists()
    for one in questions(25, seed=11):
        check(dataset, one)


def test_a_question_that_walks_too_far_goes_to_the_column_store(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed(dataset.current)
    monkeypatch.setattr(rows_sqlite, "_STEP", 10)
    monkeypatch.setattr(rows_sqlite, "STEPS_FOR_ROWS", 0)
    for one in questions(10, seed=5):
        check(dataset, one)


def test_pages_follow_each_other_to_the_end(dataset: Dataset) -> None:
    for made in (False, True):
        if made:
            indexed(dataset.current)
        for more in (
            {},
            {"sort": ["-cost"]},
            {"words": "sawah"},
            {"filters": filters_of(["in_use:eq:true"])},
        ):
            seen: list[int] = []
            after, total = "", 0
            while True:
                page = reads.rows(
                    visitor(), "bins", columns=["id"], form="lists", limit=400, after=after, **more
                )
                seen += [row[0] for row in json.loads(page.rows)]
                after, total = page.next, page.total or 0
                if not after:
                    break
            assert len(seen) == len(set(seen)) == total


def test_a_cursor_begun_without_side_files_goes_on_with_them(dataset: Dataset) -> None:
    first = reads.rows(visitor(), "bins", sort=["kind"], limit=10)
    indexed(dataset.current)
    second = reads.rows(visitor(), "bins", sort=["kind"], limit=10, after=first.next)
    both = reads.rows(visitor(), "bins", sort=["kind"], limit=20)
    assert json.loads(first.rows) + json.loads(second.rows) == json.loads(both.rows)


def test_it_refuses_broken_cursors_and_those_of_other_questions(dataset: Dataset) -> None:
    cursor = reads.rows(visitor(), "bins", limit=10).next
    for wrong in ("x", "AAAA", "é", cursor[:-2], cursor + "AAAA", "-" * 200):
        with pytest.raises(Invalid):
            reads.rows(visitor(), "bins", limit=10, after=wrong)
    with pytest.raises(Invalid):
        reads.rows(visitor(), "bins", limit=10, after=cursor, sort=["cost"])
    publish(bins(20))
    with pytest.raises(Invalid):
        reads.rows(visitor(), "bins", limit=10, after=cursor)


@pytest.mark.parametrize(
    ("question", "place_"),
    [
        ({"filters": [Filter("nik", Op.EQUAL, ("1",))]}, "filter"),
        ({"filters": [Filter('id" OR 1=1 --', Op.EQUAL, ("1",))]}, "filter"),
        ({"filters": [Filter("id", Op.EQUAL, ("1 OR 1=1",))]}, "id"),
        ({"filters": [Filter("placed_on", Op.FROM, ("2026-02-30",))]}, "placed_on"),
        ({"filters": [Filter("cost", Op.PREFIX, ("1",))]}, "cost"),
        ({"filters": [Filter("kind", Op.EQUAL, ())]}, "kind"),
        ({"sort": ["--id"]}, "sort"),
        ({"columns": ["rowid"]}, "columns"),
        ({"words": "—"}, "words"),
    ],
)
def test_it_refuses_what_does_not_fit_the_columns(
    dataset: Dataset, question: dict[str, Any], place_: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reads.rows(visitor(), "bins", **question)
    assert [fault.place for fault in refused.value.faults] == [place_]


def test_a_quote_in_a_value_is_only_a_value(dataset: Dataset) -> None:
    for made in (False, True):
        if made:
            indexed(dataset.current)
        page = reads.rows(visitor(), "bins", filters=[Filter("name", Op.EQUAL, ("' OR ''='",))])
        assert (page.rows, page.total) == (b"[]", 0)


def test_agus_reads_limited_rows_and_visitors_and_joko_do_not(cast: Cast, client: Client) -> None:
    founded(cast, declared(classification="limited"))
    publish(bins(30))
    indexed(standing().current)
    assert reads.rows(cast.agus.actor, "bins").total == 30
    with pytest.raises(NotFound):
        reads.rows(visitor(), "bins")
    with tenancy.scope("35.07"), pytest.raises(NotFound):
        reads.rows(cast.joko.actor, "bins")
    for address in (
        "/api/v1/data/datasets/bins/rows",
        "/api/v1/data/datasets/bins/profile",
        "/data/bins.csv",
    ):
        assert client.get(address).status_code == 404


def test_dropped_columns_are_nowhere_in_the_side_files(cast: Cast) -> None:
    columns = [*declared().written()["columns"]]
    columns.append(
        {
            "name": "owner",
            "type": "text",
            "meaning": {"id": "p", "en": "p"},
            "privacy": "personal",
            "transform": "drop",
        }
    )
    founded(cast, declared(columns=columns))
    publish([{**row, "owner": "Sumiati Rahayu"} for row in bins(40)])
    indexed(standing().current)
    for kind in (Kind.ROWS, Kind.WORDS, Kind.COLUMNS):
        assert b"Sumiati" not in side_file(standing(), kind).read_bytes()
    with pytest.raises(Invalid):
        reads.rows(visitor(), "bins", filters=[Filter("owner", Op.EQUAL, ("Sumiati Rahayu",))])


def test_the_profile_counts_exactly(dataset: Dataset) -> None:
    before = reads.profile(visitor(), "bins")
    indexed(dataset.current)
    profile = reads.profile(visitor(), "bins")
    assert profile == before
    rows = bins(1500)
    kinds = next(one for one in profile.columns if one.name == "kind")
    held = [row["kind"] for row in rows]
    assert (profile.rows, kinds.distinct, kinds.missing) == (1500, 2, held.count(None))
    assert dict(kinds.top) == {kind: held.count(kind) for kind in ("besar", "kecil")}
    litres = next(one for one in profile.columns if one.name == "litres")
    known = [row["litres"] for row in rows if row["litres"] is not None]
    assert (litres.least, litres.greatest) == (f"{min(known):.2f}", f"{max(known):.2f}")


def test_the_indexes_are_few_and_fit_the_columns() -> None:
    columns = [
        SideColumn("id", "integer"),
        SideColumn("village", "region"),
        SideColumn("name", "text"),
        SideColumn("year", "integer"),
        SideColumn("amount", "money"),
        SideColumn("paid", "boolean"),
        SideColumn("paid_on", "date"),
    ]
    distinct = {"id": 980, "village": 39, "name": 39, "year": 10, "amount": 700, "paid": 2, "paid_on": 300}
    assert indexes(columns, ["village", "id"], distinct, 1000) == [
        ("id",),
        ("village", "amount"),
        ("amount",),
        ("paid_on",),
    ]
    assert tallied(columns, distinct) == ["paid", "year", "village"]


def test_a_publisher_leaves_the_making_to_a_job(dataset: Dataset) -> None:
    jobs._index("bins")
    assert side_file(dataset, Kind.ROWS).stat().st_mode & 0o777 == 0o444
    assert reads.readable(visitor())["bins"].table.file == side_file(dataset, Kind.COLUMNS)
    with reads.ask(visitor(), "SELECT count(*) AS n FROM bins") as answer:
        assert list(answer.rows) == [(1500,)]


def test_two_builders_at_once_do_no_harm(dataset: Dataset) -> None:
    sha = dataset.current.files[0]["sha256"]
    with building._alone("35.73", sha) as first:
        assert first
        assert not build_for(dataset.current)
    assert not side_file(dataset, Kind.ROWS).exists()
    assert build_for(dataset.current)
    before = side_file(dataset, Kind.ROWS).stat().st_ino
    assert build_for(dataset.current)
    assert side_file(dataset, Kind.ROWS).stat().st_ino == before


def test_a_builder_that_fails_leaves_nothing_behind(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "SECONDS", 0.01)
    with pytest.raises(building.Unfit):
        build_for(dataset.current)
    monkeypatch.setattr(building, "SECONDS", 60)
    monkeypatch.setattr(building, "ADDRESS_SPACE_MB", 120)
    with pytest.raises(building.Unfit):
        build_for(dataset.current)
    folder = side_file(dataset, Kind.ROWS).parents[1]
    assert [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"] == []
    assert reads.rows(visitor(), "bins").total == 1500


def test_a_number_too_large_for_sqlite_is_answered_by_the_column_store(cast: Cast) -> None:
    founded(cast)
    large = Decimal("12345678901234567890.12")
    publish([{**row, "litres": large} for row in bins(5)])
    with pytest.raises(building.Unfit):
        build_for(standing().current)
    jobs._index("bins")
    page = reads.rows(visitor(), "bins", filters=[Filter("litres", Op.FROM, ("12345678901234567890",))])
    assert {row["litres"] for row in json.loads(page.rows)} == {str(large)}


def test_the_sweep_takes_what_no_longer_stands(dataset: Dataset) -> None:
    indexed(dataset.current)
    old = side_file(dataset, Kind.ROWS)
    opened = rows_sqlite.side(facts_of(dataset.current))
    publish(bins(10))
    indexed(standing().current)
    wanted = {standing().current.files[0]["sha256"]}
    assert place.sweep("35.73", wanted, NOW.replace(year=2000)) == 0
    assert place.sweep("35.73", wanted, NOW.replace(year=2100)) >= 3
    assert not old.exists()
    assert side_file(standing(), Kind.ROWS).exists()
    # Whoever reads it goes on reading it.
    assert opened
    assert json.loads(opened.profile())["rows"] == 1500


def test_the_api_names_its_answer_and_sends_it_once(dataset: Dataset, client: Client) -> None:
    indexed(dataset.current)
    address = "/api/v1/data/datasets/bins/rows?filter=kind:eq:besar&sort=-cost&limit=3&words=sawah"
    answer = client.get(address)
    told = answer.json()
    assert answer.status_code == 200, told
    assert (len(told["rows"]), told["version"], told["dataset"]) == (3, 1, "bins")
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(address + "&limit=4", headers={"If-None-Match": answer["ETag"]}).status_code == 200
    assert client.get(f"{address}&after={told['next']}").json()["rows"] != told["rows"]
    publish(bins(10))
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_the_api_says_what_is_wrong(dataset: Dataset, client: Client) -> None:
    for query, named in (
        ("filter=kind", "filter"),
        ("filter=nik:eq:1", "filter"),
        ("after=zzz", "after"),
        ("limit=99999999", "limit"),
        ("sort=%00", "sort"),
    ):
        answer = client.get(f"/api/v1/data/datasets/bins/rows?{query}")
        assert answer.status_code == 422, query
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["faults"][0]["place"] == named


def test_the_whole_csv_is_streamed_once_and_served_as_a_file_afterwards(
    dataset: Dataset, client: Client
) -> None:
    first = client.get("/data/bins.csv")
    streamed = b"".join(first.streaming_content)
    kept = side_file(dataset, Kind.CSV)
    assert kept.read_bytes() == streamed
    with engine() as duck:
        sha = dataset.current.files[0]["sha256"]
        same = duck.execute(
            f"SELECT count(*) FROM (FROM read_csv('{kept}', all_varchar=true) EXCEPT ALL "
            f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{storage().local('35.73', sha)}'))"
        ).fetchone()
    assert same == (0,)
    assert streamed.count(b"\n") == 1501
    again = client.get("/data/bins.csv")
    assert (b"".join(again.streaming_content), again["Content-Length"]) == (streamed, str(len(streamed)))
    assert client.get("/data/bins.csv", headers={"If-None-Match": first["ETag"]}).status_code == 304
    for asked, start, end in (
        ("0-99", 0, 100),
        ("100-", 100, None),
        ("-7", -7, None),
        ("5-999999999", 5, None),
    ):
        part = client.get("/data/bins.csv", headers={"Range": f"bytes={asked}"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, streamed[start:end])
    assert client.get("/data/bins.csv", headers={"Range": "bytes=99999999-"}).status_code == 416
    stale = client.get("/data/bins.csv", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, b"".join(stale.streaming_content)) == (200, streamed)
    with engine() as duck:
        assert duck.execute(f"SELECT count(*) FROM '{kept}'").fetchone() == (1500,)


def test_a_download_that_is_broken_off_keeps_nothing(dataset: Dataset) -> None:
    parts = reads.whole_csv(visitor(), "bins").parts()
    assert next(parts) == b"id,name,litres,cost,placed_on,in_use,region,place_lon,place_lat,kind\n"
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert not side_file(dataset, Kind.CSV).exists()
    assert not list((side_file(dataset, Kind.CSV).parents[1] / "incoming").glob("*"))


def test_a_file_published_by_the_engine_is_the_version_the_rows_make(cast: Cast, tmp_path: Path) -> None:
    founded(cast)
    rows = bins(300)
    publish(rows)
    path = tmp_path / "bins.csv"
    names = [
        "kind",
        "id",
        "name",
        "litres",
        "cost",
        "placed_on",
        "in_use",
        "region",
        "place_lon",
        "place_lat",
    ]
    flat = [
        {**row, **dict(zip(("place_lon", "place_lat"), row["place"] or (None, None), strict=True))}
        for row in rows
    ]
    _written(path, names, flat, "\n")
    assert not changes.publish_file(steward(), "bins", path, "2026", at=NOW).is_new
    _written(path, names[::-1], flat, "\r\n", ";", "\ufeff")
    assert not changes.publish_file(steward(), "bins", path, "2026", at=NOW).is_new


def test_personal_columns_of_a_file_leave_as_those_of_rows_do(cast: Cast, tmp_path: Path) -> None:
    def column(name: str, type: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "type": type, "meaning": {"id": name, "en": name}, "optional": True, **more}

    personal = {"privacy": "personal"}
    columns = [
        {"name": "id", "type": "integer", "meaning": {"id": "id", "en": "id"}},
        column("born", "date", transform="year_of_birth", published_as="born_in", **personal),
        column("home", "region", transform="village", published_as="home_village", **personal),
        column("spot", "point", transform="village", published_as="spot_village", **personal),
        column("name", "text", transform="drop", **personal),
        column("trade", "text", transform="k_anonymity", **personal),
    ]
    founded(cast, declared(columns=columns, k=9))
    chance = random.Random(5)
    rows = [
        {
            "id": number,
            "born": chance.choice(["1987-05-02", "1990-01-31", None]),
            "home": chance.choice(["35.73.01.1001.003.002", "35.73.01.1001", None]),
            "spot": None,
            "name": "Sari",
            "trade": chance.choice(["a", "b"]),
        }
        for number in range(200)
    ]
    first = publish(rows)
    assert 0 < first.version.suppressed < 200
    path = tmp_path / "people.csv"
    _written(path, ["id", "born", "home", "spot_lon", "spot_lat", "name", "trade"], rows, "\n")
    again = changes.publish_file(steward(), "bins", path, "2026", at=NOW)
    assert not again.is_new
    strange = [
        {**rows[0], "born": "kapan"},
        {**rows[1], "home": "35.73"},
        # No village is known here, so a point has none.
        {**rows[2], "spot": (112.63, -7.98)},
    ]
    flat = [
        {**row, "spot_lon": (row["spot"] or [None])[0], "spot_lat": (row["spot"] or [None])[-1]}
        for row in strange
    ]
    _written(path, ["id", "born", "home", "spot_lon", "spot_lat", "name", "trade"], flat, "\n")
    told = []
    for attempt in (
        lambda: publish(strange),
        lambda: changes.publish_file(steward(), "bins", path, "2026", at=NOW),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        told.append([fault.place for fault in refused.value.faults])
    assert told[0] == told[1]
    assert len(told[0]) == 3


@pytest.mark.parametrize(
    ("text", "place_"),
    [
        ("id;nama\n1;a\n", "Baris judul"),
        ("", "Baris judul"),
        ("id,name,litres,cost,placed_on,in_use,region,place_lon,place_lat,kind\n1,a,b\n", "Baris berkas 2"),
        (
            "id,name,litres,cost,placed_on,in_use,region,place_lon,place_lat,kind\nx,a,,,,,,,,\n",
            "Baris 1, kolom id",
        ),
        (
            "id,name,litres,cost,placed_on,in_use,region,place_lon,place_lat,kind\n"
            '1,"a",,,,,,,,\n2,"b,,,,,,,,\n3,c,,,,,,,,\n',
            "Baris berkas 3",
        ),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_with_its_place(
    cast: Cast, tmp_path: Path, text: str, place_: str
) -> None:
    founded(cast)
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    with pytest.raises(Invalid) as refused:
        changes.publish_file(steward(), "bins", path, "2026", at=NOW)
    assert refused.value.faults[0].place == place_


def test_only_the_publisher_publishes_files(cast: Cast, tmp_path: Path) -> None:
    founded(cast)
    for actor in (cast.agus.actor, cast.sari.actor, visitor()):
        with pytest.raises(Forbidden):
            changes.publish_file(actor, "bins", tmp_path / "none.csv", "2026", at=NOW)


def _written(
    path: Path,
    names: list[str],
    rows: list[dict[str, Any]],
    newline: str,
    delimiter: str = ",",
    mark: str = "",
) -> None:
    def cell(value: object) -> str:
        text = text_of(value) or ""
        return '"' + text.replace('"', '""') + '"' if text else ""

    lines = [delimiter.join(names), *(delimiter.join(cell(row.get(name)) for name in names) for row in rows)]
    path.write_bytes((mark + "".join(line + newline for line in lines)).encode())


def test_a_builder_killed_in_the_middle_is_followed_by_another(dataset: Dataset, tmp_path: Path) -> None:
    known = facts_of(dataset.current)
    parquet = storage().local("35.73", known.sha256)
    plan = [known.sha256, str(parquet), [[one.name, one.sort, one.decimals] for one in known.columns]]
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "data, sha, parquet, columns = json.loads(sys.argv[1])\n"
        "settings.configure(DATA=data)\n"
        "from balai.data.sidefiles.building import build\n"
        "from balai.data.sidefiles.shape import SideColumn\n"
        "print('ready', flush=True)\n"
        "build('35.73', sha, Path(parquet), [SideColumn(*one) for one in columns], ['id'], 1500)\n"
    )
    began = subprocess.Popen(
        [sys.executable, "-c", program, json.dumps([str(tmp_path), *plan])],
        env={"PYTHONPATH": str(Path(building.__file__).parents[3])},
        stdout=subprocess.PIPE,
    )
    assert began.stdout
    began.stdout.readline()
    while not list((tmp_path / "sidefiles" / "35.73" / "incoming").glob("*")):
        time.sleep(0.01)
    began.kill()
    began.communicate()
    assert not side_file(dataset, Kind.ROWS).exists()
    assert build_for(dataset.current)
    assert (
        reads.rows(visitor(), "bins", filters=filters_of(["kind:missing"])).total
        == raw(
            dataset,
            {
                "filters": filters_of(["kind:missing"]),
                "words": "",
                "sort": [],
                "columns": [],
                "limit": 1,
                "offset": 0,
            },
        )[1]
    )


def test_columns_may_be_called_as_our_own_tables_are(cast: Cast) -> None:
    names = ("words", "rows", "found", "tallies", "value", "given", "c0", "said", "profile")
    meaning = {"id": "x", "en": "x"}
    columns = [{"name": "id", "type": "integer", "meaning": meaning}]
    columns += [{"name": name, "type": "text", "meaning": meaning} for name in names]
    founded(cast, declared(columns=columns))
    publish([{"id": number, **{name: f"{name} {number % 3}" for name in names}} for number in range(90)])
    told = []
    for made in (False, True):
        if made:
            indexed(standing().current)
        for name in names:
            question = {
                "filters": [Filter(name, Op.EQUAL, (f"{name} 1",))],
                "words": f"{name} 1",
                "sort": [f"-{name}"],
            }
            page = reads.rows(visitor(), "bins", **question)
            assert page.total == 30
            told.append((made, name, page.rows))
    assert [each[1:] for each in told if each[0]] == [
        (name, json.dumps(json.loads(text), separators=(",", ":")).encode())
        for made, name, text in told
        if not made
    ]

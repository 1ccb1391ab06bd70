"""The village tax bills of the benchmark: made from a seed, the same on every machine."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb

SEED = 1983
CODE = "tax_bills"
YEARS = range(2015, 2025)
WORDS = [
    "sawah",
    "tegal",
    "pekarangan",
    "rumah",
    "toko",
    "gudang",
    "irigasi",
    "pasar",
    "sungai",
    "jalan",
    "utara",
    "selatan",
    "timur",
    "barat",
    "lama",
    "baru",
    "luas",
    "sempit",
    "dekat",
    "jauh",
    "kebun",
    "kopi",
    "tebu",
    "jagung",
    "padi",
    "melati",
    "mawar",
    "kenanga",
    "cempaka",
    "anggrek",
    "dahlia",
    "teratai",
    "flamboyan",
    "beringin",
    "jati",
    "mahoni",
    "sengon",
    "bambu",
    "kelapa",
    "pisang",
]
COLUMNS = (
    "id",
    "village_code",
    "village",
    "year",
    "amount",
    "paid",
    "paid_date",
    "place_lon",
    "place_lat",
    "note",
)


def declaration() -> dict[str, Any]:
    """Return the dataset as an office would declare it; rows are kept by village, then by number."""

    def said(text: str) -> dict[str, str]:
        return {"id": text, "en": text}

    def column(name: str, type: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "type": type, "meaning": said(name), **more}

    standard = ("concept", "definition", "classification", "measure", "unit")
    return {
        "code": CODE,
        "title": said("Tagihan pajak desa"),
        "description": said("Tagihan buatan untuk uji kecepatan."),
        "producer": "",
        "steward": said("Walidata"),
        "custodian": said("Walidata"),
        "licence": "CC BY 4.0",
        "frequency": "yearly",
        "legal_basis": "uji",
        "classification": "open",
        "standard": {name: said(name) for name in standard},
        "keywords": ["pajak"],
        "key": ["village_code", "id"],
        "columns": [
            column("id", "integer"),
            column("village_code", "region", reference="regions"),
            column("village", "text"),
            column("year", "integer"),
            column("amount", "rupiah"),
            column("paid", "boolean"),
            column("paid_date", "date", optional=True),
            column("place", "point"),
            column("note", "text"),
        ],
    }


def write(path: Path, villages: Sequence[tuple[str, str]], rows: int) -> None:
    """Write `rows` bills as CSV in no order; `villages` are (code, name)."""
    with duckdb.connect() as duck:
        duck.execute(
            "CREATE TABLE village AS SELECT unnest(?) AS code, unnest(?) AS name",
            [*map(list, zip(*villages, strict=True))],
        )
        duck.execute(
            "CREATE TABLE numbered AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, * FROM village"
        )
        duck.execute("CREATE TABLE word AS SELECT unnest(range(?)) AS n, unnest(?) AS w", [len(WORDS), WORDS])
        duck.execute(
            "CREATE MACRO any_of(i, salt, n) AS "
            f"(md5_number_lower(concat({SEED}, '-', i, '-', salt)) % n)::BIGINT"
        )
        paid = "any_of(i, 4, 100) < 71"
        day = "make_date(year + any_of(i, 5, 2), 1 + any_of(i, 6, 12), 1 + any_of(i, 7, 28))"
        words = " ".join(f"JOIN word w{n} ON w{n}.n = any_of(i, {20 + n}, {len(WORDS)})" for n in range(4))
        duck.execute(
            f"COPY (SELECT i AS id, code AS village_code, name AS village, year, amount, {paid} AS paid, "
            f"CASE WHEN {paid} THEN {day} END AS paid_date, "
            "printf('%.6f', 112.3 + any_of(i, 8, 600000) / 1e6) AS place_lon, "
            "printf('%.6f', -8.4 + any_of(i, 9, 600000) / 1e6) AS place_lat, "
            "concat_ws(' ', w0.w, w1.w, w2.w, 'blok', any_of(i, 10, 900), 'persil', any_of(i, 11, 5000), "
            "w3.w) AS note "
            f"FROM (SELECT i, {YEARS[0]} + any_of(i, 2, {len(YEARS)}) AS year, "
            "25000 + any_of(i, 3, 9951) * 500 AS amount, "
            f"any_of(i, 1, {len(villages)}) AS place FROM range(1, {rows} + 1) t(i)) "
            f"JOIN numbered ON numbered.n = place {words} ORDER BY any_of(i, 12, 1000000000), i"
            f") TO '{path}' (FORMAT csv, HEADER true)"
        )


@dataclass(frozen=True)
class Asked:
    """One question, as each side is asked it. `sql` is right for DuckDB and SQLite but for `words`."""

    balai: str
    sql: str
    datasette: str
    words: tuple[str, ...] = ()


_ROWS = f"/api/v1/data/datasets/{CODE}/rows"


def _balai(filters: Sequence[str] = (), **more: Any) -> str:
    return f"{_ROWS}?{urlencode([*(('filter', each) for each in filters), *more.items()])}"


def _question(sql: str) -> str:
    return f"/api/v1/data/query?{urlencode({'sql': sql})}"


def _datasette(sql: str) -> str:
    return f"/raw.json?{urlencode({'sql': sql, '_shape': 'objects'})}"


def questions(villages: Sequence[str]) -> dict[str, list[Asked]]:
    """Return many different questions of each task, the same every time."""
    chance = random.Random(SEED)
    return {task: list(made(chance, villages)) for task, made in _TASKS.items()}


def _filter(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for code in chance.sample(villages, len(villages)):
        yield Asked(
            _balai([f"village_code:eq:{code}"], sort="-amount", limit=100),
            f"SELECT {', '.join(COLUMNS)} FROM bills WHERE village_code = '{code}' "
            "ORDER BY amount DESC LIMIT 100",
            f"/raw/bills.json?village_code={code}&_sort_desc=amount&_size=100&_shape=objects",
        )


def _words(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for _number in range(2000):
        pair = (chance.choice(WORDS), str(chance.randrange(900)))
        yield Asked(
            _balai(words=" ".join(pair), limit=100),
            "",
            f"/raw/bills.json?{urlencode({'_search': ' '.join(pair), '_size': 100, '_shape': 'objects'})}",
            pair,
        )


def _group_village(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for year in YEARS:
        sql = (
            "SELECT village_code, count(*) AS n, sum(amount) AS amount FROM {} "
            f"WHERE year = {year} GROUP BY village_code"
        )
        yield Asked(_question(sql.format(CODE)), sql.format("bills"), _datasette(sql.format("bills")))


def _group_all(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for order in ("year, paid", "paid, year"):
        sql = f"SELECT year, paid, count(*) AS n, sum(amount) AS amount FROM {{}} GROUP BY {order}"
        yield Asked(_question(sql.format(CODE)), sql.format("bills"), _datasette(sql.format("bills")))


def _count(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for _number in range(3000):
        first = chance.choice(YEARS)
        last = chance.choice(range(first, YEARS[-1] + 1))
        is_paid = chance.choice(["true", "false"])
        district = chance.choice(villages)[:8]
        sql = (
            f"SELECT count(*) AS n FROM bills WHERE year BETWEEN {first} AND {last} AND paid = {is_paid} "
            f"AND village_code >= '{district}' AND village_code < '{district}~'"
        )
        filters = [
            f"year:from:{first}",
            f"year:until:{last}",
            f"paid:eq:{is_paid}",
            f"village_code:prefix:{district}",
        ]
        yield Asked(_balai(filters, limit=0), sql, _datasette(sql))


def _count_whole(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    for year in YEARS:
        for is_paid in ("true", "false"):
            sql = f"SELECT count(*) AS n FROM bills WHERE year = {year} AND paid = {is_paid}"
            yield Asked(_balai([f"year:eq:{year}", f"paid:eq:{is_paid}"], limit=0), sql, _datasette(sql))


def _first(chance: random.Random, villages: Sequence[str]) -> Iterator[Asked]:
    yield Asked(
        _balai(limit=100),
        f"SELECT {', '.join(COLUMNS)} FROM bills LIMIT 100",
        "/raw/bills.json?_size=100&_shape=objects",
    )


_TASKS = {
    "filter + sort + 100": _filter,
    "two words, 100, total": _words,
    "group by village, year": _group_village,
    "group by whole table": _group_all,
    "count with filter": _count,
    "count, 20 questions": _count_whole,
    "first page of 100": _first,
}

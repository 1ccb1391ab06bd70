"""The process that makes side files, started with `python -m balai.data.sidefiles.making PLAN`.

The engine writes the rows as CSV and SQLite reads that by its own extension: 1.8 s a million rows,
against 3.6 s by way of Python. SQLite writes without a journal, for a file that is not
finished is thrown away.
"""

# The SQL here is ours, over names of a declaration, quoted.
# ruff: noqa: S608

import ctypes
import json
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import apsw.sqlite_extra

from balai.base.later import later
from balai.data.sidefiles.shape import PLACE_INDEX, SideColumn, indexes, place_columns, quoted, tallied

if TYPE_CHECKING:
    import duckdb
else:
    # The engine alone: loading what its package has around it takes longer than small side files do.
    duckdb = later("_duckdb")

MEMORY = "512MB"
"""of the engine; with SQLite's cache beside it the process stays under a GiB, and what is more is spilled"""
_SQLITE_INTEGER = 2**63 - 1
_MOST_TOP = 10
_LONGEST_TOP = 200
"""Characters of a value in the profile; a longer one is cut."""

type Engine = duckdb.DuckDBPyConnection


class Unfit(Exception):
    """The rows cannot be kept in SQLite as they are."""


def main(plan: Mapping[str, Any]) -> None:
    _confine(int(plan["address_space_mb"]))
    folder = Path(plan["folder"])
    columns = [SideColumn(**one) for one in plan["columns"]]
    with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": MEMORY, **_ALONE}) as duck:
        duck.execute(f"SET temp_directory = {_text(folder / 'spill')}")
        duck.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet({_text(plan['parquet'])})")
        if "duckdb" in plan["kinds"]:
            _columns(duck, folder / "duckdb")
        if {"rows.sqlite", "words.sqlite"} & set(plan["kinds"]):
            distinct = _about(duck, columns)
        if "rows.sqlite" in plan["kinds"]:
            _rows(duck, folder, columns, plan["key"], distinct)
        if "words.sqlite" in plan["kinds"]:
            _words(duck, folder, columns, distinct)


_ALONE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def _confine(address_space_mb: int) -> None:
    most = address_space_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # Ended with whoever started it: nobody would lay its files down.
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _columns(duck: Engine, path: Path) -> None:
    """Write the table `main.rows` in the order of the key, which the column store skips parts by."""
    duck.execute(f"ATTACH {_text(path)} AS made")
    duck.execute("CREATE TABLE made.main.rows AS SELECT * FROM rows")
    duck.execute("DETACH made")


def _about(duck: Engine, columns: Sequence[SideColumn]) -> dict[str, int]:
    """Return about how many different values each column has; refuse what SQLite would keep otherwise."""
    counts = ", ".join(f"approx_count_distinct({quoted(one.name)})" for one in columns)
    large = [
        f"coalesce(max(abs({quoted(one.name)})), 0) * {10**one.decimals} > {_SQLITE_INTEGER}"
        for one in columns
        if one.sort == "decimal"
    ]
    cut = [
        f"coalesce(bool_or(contains({quoted(one.name)}, chr(0))), false)" for one in columns if one.is_text
    ]
    *found, unfit = _one(duck, f"SELECT {counts}, {' OR '.join([*large, *cut]) or 'false'} FROM rows")
    if unfit:
        raise Unfit("a number is too large for SQLite, or a text holds a zero byte")
    return {one.name: max(int(number), 1) for one, number in zip(columns, found, strict=True)}


def _rows(
    duck: Engine, folder: Path, columns: Sequence[SideColumn], key: Sequence[str], distinct: Mapping[str, int]
) -> None:
    cells = ", ".join(_kept_as(one) for one in columns)
    duck.execute(
        f"COPY (SELECT {cells} FROM rows) TO {_text(folder / 'rows.csv')} (FORMAT csv, HEADER false)"
    )
    sqlite = _sqlite(folder / "rows.sqlite")
    names = ", ".join(f"{quoted(one.name)} {_SQLITE_TYPES.get(one.sort, 'TEXT')}" for one in columns)
    sqlite.execute(f"CREATE TABLE rows ({names})")
    _open_csv(sqlite, folder / "rows.csv", len(columns))
    # The extension gives an empty text where a value is missing; an empty text is missing.
    given = ", ".join(f"nullif(c{number}, '')" for number in range(len(columns)))
    sqlite.execute(f"INSERT INTO rows SELECT {given} FROM given")
    sqlite.execute("DROP TABLE given")
    (folder / "rows.csv").unlink()
    (there,) = _one(duck, "SELECT count(*) FROM rows")
    if there != sqlite.execute("SELECT count(*) FROM rows").get:
        raise Unfit("SQLite took other rows than there are")
    for number, index in enumerate(indexes(columns, key, distinct, there)):
        sqlite.execute(f"CREATE INDEX by_{number} ON rows ({', '.join(map(quoted, index))})")
    if place := place_columns(columns):
        sqlite.execute(f"CREATE INDEX {PLACE_INDEX} ON rows ({', '.join(map(quoted, place))})")
    sqlite.execute("PRAGMA analysis_limit = 1000")
    sqlite.execute("ANALYZE")
    sqlite.close()


_SQLITE_TYPES = {
    "integer": "INTEGER",
    "money": "INTEGER",
    "decimal": "INTEGER",
    "boolean": "INTEGER",
    "double": "REAL",
}


def _kept_as(one: SideColumn) -> str:
    name = quoted(one.name)
    if one.sort == "decimal":
        return f"CAST({name} * {10**one.decimals} AS BIGINT)"
    if one.sort == "boolean":
        return f"CAST({name} AS TINYINT)"
    return name


def _words(duck: Engine, folder: Path, columns: Sequence[SideColumn], distinct: Mapping[str, int]) -> None:
    sqlite = _sqlite(folder / "words.sqlite")
    texts = [quoted(one.name) for one in columns if one.is_text]
    if texts:
        said = f"concat_ws(' ', {', '.join(texts)})"
        path = folder / "words.csv"
        duck.execute(
            f"COPY (SELECT {said} FROM rows) TO {_text(path)} (FORMAT csv, HEADER false, FORCE_QUOTE *)"
        )
        # detail=none: which rows have a word, not where; no phrases, and half the size.
        sqlite.execute(
            "CREATE VIRTUAL TABLE words USING fts5(said, content='', columnsize=0, detail=none, "
            'tokenize="unicode61 remove_diacritics 0")'
        )
        _open_csv(sqlite, path, 1)
        with sqlite:
            sqlite.execute("INSERT INTO words (rowid, said) SELECT row_number() OVER (), c0 FROM given")
        sqlite.execute("INSERT INTO words (words) VALUES ('optimize')")
        sqlite.execute("DROP TABLE given")
        path.unlink()
    _profile(duck, sqlite, columns, distinct)
    sqlite.close()


def _profile(
    duck: Engine, sqlite: apsw.Connection, columns: Sequence[SideColumn], distinct: Mapping[str, int]
) -> None:
    told = profiled(duck, columns)
    sqlite.execute("CREATE TABLE profile (told TEXT)")
    sqlite.execute("INSERT INTO profile VALUES (?)", [json.dumps(told, ensure_ascii=False)])
    kinds = {one.name: one for one in columns}
    chosen = [kinds[name] for name in tallied(columns, distinct)]
    if chosen:
        names = ", ".join(quoted(one.name) for one in chosen)
        cells = ", ".join(_plain(one) for one in chosen)
        counted = duck.execute(f"SELECT {cells}, count(*) FROM rows GROUP BY ALL").fetchall()
        sqlite.execute(f"CREATE TABLE tallies ({names}, _rows INTEGER)")
        marks = ", ".join("?" for _cell in [*chosen, 1])
        with sqlite:
            sqlite.executemany(f"INSERT INTO tallies VALUES ({marks})", counted)


def _plain(one: SideColumn) -> str:
    """Return a column as SQLite compares it: as it is kept among the rows."""
    return f"CAST({quoted(one.name)} AS VARCHAR)" if one.sort == "date" else _kept_as(one)


def profiled(duck: Engine, columns: Sequence[SideColumn]) -> dict[str, Any]:
    """Return the profile of the table or view `rows`, as it is kept."""
    (total,) = _one(duck, "SELECT count(*) FROM rows")
    return {"rows": total, "columns": [_profiled(duck, one) for one in columns]}


def _profiled(duck: Engine, one: SideColumn) -> dict[str, Any]:
    """Return what one column holds: exact counts, and as text its least, greatest and most frequent."""
    name = quoted(one.name)
    values = f"SELECT {name} AS value, count(*) AS n FROM rows GROUP BY {name}"
    duck.execute(f"CREATE OR REPLACE TEMP TABLE found AS {values}")

    def cut(value: str) -> str:
        return f"left(CAST({value} AS VARCHAR), {_LONGEST_TOP})"

    different, missing, least, greatest = _one(
        duck,
        "SELECT count(value), coalesce(sum(n) FILTER (value IS NULL), 0), "
        f"{cut('min(value)')}, {cut('max(value)')} FROM found",
    )
    top = duck.execute(
        f"SELECT {cut('value')}, n FROM found WHERE value IS NOT NULL AND n > 1 "
        f"ORDER BY n DESC, value LIMIT {_MOST_TOP}"
    ).fetchall()
    return {
        "name": one.name,
        "distinct": int(different),
        "missing": int(missing),
        "least": least,
        "greatest": greatest,
        "top": [[value, int(number)] for value, number in top],
    }


def _sqlite(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    for pragma in (
        "page_size = 8192",
        "journal_mode = OFF",
        "synchronous = OFF",
        "locking_mode = EXCLUSIVE",
        "cache_size = -262144",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _open_csv(sqlite: apsw.Connection, path: Path, width: int) -> None:
    apsw.sqlite_extra.load(sqlite, "csv")
    name = json.dumps(str(path))
    sqlite.execute(f"CREATE VIRTUAL TABLE temp.given USING csv(filename={name}, columns={width}, header=no)")


def _one(duck: Engine, sql: str) -> tuple[Any, ...]:
    found = duck.execute(sql).fetchone()
    if found is None:
        raise ValueError(f"no answer to {sql}")
    return found


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

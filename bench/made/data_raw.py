"""The limit: the same bills in DuckDB and SQLite alone, asked in this process without any web server."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import apsw.sqlite_extra
import duckdb

from bench.made.data_bills import COLUMNS, Asked
from bench.made.data_http import Measured

_SECONDS = 2.0


def load_duckdb(csv: Path, path: Path) -> float:
    """Load the CSV as DuckDB does by itself; return the seconds."""
    began = time.perf_counter()
    with duckdb.connect(str(path)) as duck:
        duck.execute(f"CREATE TABLE bills AS SELECT * FROM read_csv('{csv}')")
        duck.execute("CHECKPOINT")
    return time.perf_counter() - began


def load_sqlite(csv: Path, path: Path) -> float:
    """Load the CSV into SQLite with the indexes the questions want, and words; return the seconds."""
    began = time.perf_counter()
    sqlite = apsw.Connection(str(path))
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
        sqlite.execute(f"PRAGMA {pragma}")
    apsw.sqlite_extra.load(sqlite, "csv")
    sqlite.execute(
        f'CREATE VIRTUAL TABLE temp.given USING csv(filename="{csv}", columns={len(COLUMNS)}, header=yes)'
    )
    sqlite.execute(
        "CREATE TABLE bills (id INTEGER PRIMARY KEY, village_code TEXT, village TEXT, year INTEGER, "
        "amount INTEGER, "
        "paid INTEGER, paid_date TEXT, place_lon REAL, place_lat REAL, note TEXT)"
    )
    cells = [f"nullif({name}, '')" if name != "paid" else "paid = 'true'" for name in COLUMNS]
    sqlite.execute(f"INSERT INTO bills SELECT {', '.join(cells)} FROM given")
    sqlite.execute("DROP TABLE given")
    for index in ("village_code, amount", "year, paid", "amount"):
        sqlite.execute(f'CREATE INDEX "by {index}" ON bills ({index})')
    sqlite.execute(
        "CREATE VIRTUAL TABLE bills_fts USING fts5(village, note, content='bills', content_rowid='id')"
    )
    sqlite.execute("INSERT INTO bills_fts (bills_fts) VALUES ('rebuild')")
    sqlite.execute("ANALYZE")
    sqlite.close()
    return time.perf_counter() - began


class Duck:
    """The bills in a file of DuckDB, rows fetched as Python values."""

    def __init__(self, path: Path) -> None:
        self.duck = duckdb.connect(str(path), read_only=True)

    def rows(self, one: Asked) -> list[tuple[object, ...]]:
        if not one.words:
            return self.duck.execute(one.sql).fetchall()
        held = " AND ".join(f"regexp_matches(note || ' ' || village, '\\b{word}\\b')" for word in one.words)
        return self.duck.execute(f"SELECT {', '.join(COLUMNS)} FROM bills WHERE {held} LIMIT 100").fetchall()

    def total(self, one: Asked) -> int:
        """Return how many bills have the words."""
        held = " AND ".join(f"regexp_matches(note || ' ' || village, '\\b{word}\\b')" for word in one.words)
        found = self.duck.execute(f"SELECT count(*) FROM bills WHERE {held}").fetchone()
        return int(found[0]) if found else 0

    def csv(self, path: Path) -> float:
        """Write all bills as CSV; return the seconds."""
        began = time.perf_counter()
        self.duck.execute(f"COPY bills TO '{path}' (FORMAT csv, HEADER true)")
        return time.perf_counter() - began


class Lite:
    """The bills in SQLite."""

    def __init__(self, path: Path) -> None:
        self.sqlite = apsw.Connection(
            f"file:{path}?mode=ro&immutable=1", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        )

    def rows(self, one: Asked) -> list[tuple[object, ...]]:
        if not one.words:
            sql = one.sql.replace("paid = true", "paid = 1").replace("paid = false", "paid = 0")
            return list(self.sqlite.execute(sql))
        words = " ".join(f'"{word}"' for word in one.words)
        found = list(
            self.sqlite.execute(
                f"SELECT {', '.join(f'bills.{name}' for name in COLUMNS)} FROM bills_fts CROSS JOIN bills "
                "ON bills.id = bills_fts.rowid WHERE bills_fts MATCH ? LIMIT 100",
                [words],
            )
        )
        self.sqlite.execute("SELECT count(*) FROM bills_fts WHERE bills_fts MATCH ?", [words]).fetchall()
        return found


def asked(ask: Callable[[Asked], object], questions: Sequence[Asked]) -> Measured:
    """Ask one after another for two seconds; the processor's work is that of all threads of this process."""
    times: list[float] = []
    until = time.perf_counter() + _SECONDS
    worked = _worked()
    while not times or time.perf_counter() < until:
        began = time.perf_counter()
        ask(questions[len(times) % len(questions)])
        times.append((time.perf_counter() - began) * 1000)
    return Measured(
        (_worked() - worked) / len(times) * 1000, statistics.median(times), len(times) / sum(times) * 1000
    )


def _worked() -> float:
    told = os.times()
    return told.user + told.system

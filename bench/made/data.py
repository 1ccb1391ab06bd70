"""One Data on village tax bills: what each task costs through the pages, beside the engines and Datasette.

All sides are asked within the same minutes on the same machine. The processor's work for one answer
is the measure that counts: it is counted over all processes of a server, also those that have ended.
Nothing here is packed on the way (no Accept-Encoding), the files are warm, and requests walk through
many different questions; "count, 20 questions" shows what remembered totals are worth.
"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.data import changes
from balai.data.models import Dataset
from balai.data.rules.metadata import read as read_declaration
from balai.data.sidefiles.place import Kind, place
from balai.data.sidefiles.versions import build_for
from balai.places import reads as places
from bench.made import data_bills, data_raw
from bench.made.data_bills import CODE, Asked
from bench.made.data_http import Measured, asked, free_port, read, served

TENANT = "35.07"
SECONDS = 3.0
WORKERS = 2
GOALS: dict[str, tuple[float, float | None, float | None]] = {
    "filter + sort + 100": (2.0, None, 5.5),
    "two words, 100, total": (3.4, None, 3.5),
    "group by village, year": (13.0, 2.5, None),
    "group by whole table": (25.0, 2.0, None),
    "count with filter": (6.0, 2.0, None),
}
"""Task → processor ms of an answer, times raw DuckDB's, times Datasette's answers a second."""
MOST_MB = 300

_verdicts: list[str] = []


def run(folder: Path, rows: int) -> None:
    """Make the bills, load them everywhere, ask, print a table and the verdicts."""
    print(
        f"{rows:,} bills, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start", flush=True
    )
    with Path(os.devnull).open("w") as silent:
        call_command("load_places", stdout=silent)
    csv = folder / "bills.csv"
    villages = [
        (one.code, one.name) for district in places.children(TENANT) for one in places.children(district.code)
    ]
    data_bills.write(csv, villages, rows)
    print(f"made: {csv.stat().st_size / 1e6:.0f} MB of CSV in {len(villages)} villages", flush=True)
    _load(folder, csv, rows)
    _sizes(csv)
    duck, lite = data_raw.Duck(folder / "raw.duckdb"), data_raw.Lite(folder / "raw.sqlite")
    questions = data_bills.questions([code for code, _name in villages])
    connections.close_all()
    with _balai() as (port, process), datasette(folder) as other:
        _same(port, duck, questions)
        for task, listed in questions.items():
            _task(task, listed, (port, process), duck, lite, other)
        _csv(port, rows, duck, folder, other)
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    for verdict in _verdicts:
        print(verdict)


def _load(folder: Path, csv: Path, rows: int) -> None:
    raw = data_raw.load_duckdb(csv, folder / "raw.duckdb")
    declaration = read_declaration(data_bills.declaration())
    with tenancy.scope(TENANT):
        Dataset.objects.create(
            code=CODE, metadata=declaration.written(), classification="open", status=Dataset.Status.CHECKED
        )
        began = time.perf_counter()
        published = changes.publish_file(
            system("bench", TENANT, "data.publish"), CODE, csv, "2024", at=timezone.now()
        )
        publishing = time.perf_counter() - began
        assert published.version.rows == rows
        assert build_for(published.version)
        took = time.perf_counter() - began
    lite = data_raw.load_sqlite(csv, folder / "raw.sqlite")
    again = data_raw.load_duckdb(csv, folder / "again.duckdb")
    (folder / "again.duckdb").unlink()
    raw = min(raw, again)
    print(
        f"load: {took:.2f} s (checked, typed and published {publishing:.2f}, side files "
        f"{took - publishing:.2f}), {rows / took:,.0f} rows/s; "
        f"raw DuckDB {raw:.2f} s, raw SQLite {lite:.2f} s"
    )
    _goal("load, s a million rows", took / rows * 1e6, 9.0)
    _goal("load, times raw DuckDB", took / raw, 6.5)


def _sizes(csv: Path) -> None:
    with tenancy.scope(TENANT):
        version = Dataset.objects.select_related("current").get(code=CODE).current
    assert version
    (file,) = version.files
    sizes = {"parquet": file["bytes"]}
    for kind in (Kind.ROWS, Kind.WORDS, Kind.COLUMNS):
        sizes[kind.value] = place(TENANT, file["sha256"], kind).stat().st_size
    total = sum(sizes.values()) / 1e6
    listed = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in sizes.items())
    print(f"on disk: {total:.0f} MB ({listed}); the CSV is {csv.stat().st_size / 1e6:.0f}")
    _goal("size on disk, MB a million rows", total / version.rows * 1e6, MOST_MB)


@contextmanager
def _balai() -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "balai.site.wsgi:application", "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS),
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    # All come from one address, and as visitors: their limits would end the measurement.
    environment = {
        "BALAI_DEFAULT_TENANT": TENANT,
        "BALAI_QUERY_VISITOR_PER_MINUTE": "10000000",
        "BALAI_QUERY_VISITOR_SECONDS": "3600",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"),
    }
    with served(command, environment, port, "/health") as process:
        yield port, process


@contextmanager
def datasette(folder: Path) -> Iterator[tuple[int, int] | None]:
    """Serve the raw SQLite file by Datasette from an environment of its own; None where it cannot be had."""
    made = folder / "datasette"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(made)], check=True, capture_output=True)
        pip = [str(made / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "datasette"]
        subprocess.run(pip, check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        print(f"no Datasette here: {error.stderr.decode()[-300:]}")
        yield None
        return
    port = free_port()
    command = [
        str(made / "bin" / "datasette"),
        "serve",
        "-i",
        str(folder / "raw.sqlite"),
        "--port",
        str(port),
    ]
    command += ["--setting", "sql_time_limit_ms", "60000", "--setting", "max_returned_rows", "1000"]
    with served(["sh", "-c", 'exec "$@" 2> /dev/null', "sh", *command], {}, port, "/raw.json") as process:
        yield port, process


def _same(port: int, duck: data_raw.Duck, questions: dict[str, list[Asked]]) -> None:
    """Hold that the pages answer what DuckDB does, for some questions of each task."""
    checked = 0
    for task, listed in questions.items():
        for one in listed[:15]:
            told = json.loads(read(port, one.balai)[2])
            expected = duck.rows(one)
            if task.startswith("count"):
                assert told["total"] == expected[0][0], one
            elif task.startswith("filter"):
                assert [row["amount"] for row in told["rows"]] == [row[4] for row in expected], one
            elif one.words:
                assert told["total"] == duck.total(one), one
                assert all(one.words[0] in row["note"].split() for row in told["rows"]), one
            elif task.startswith("group"):
                assert sorted(map(str, told["rows"])) == sorted(str(list(row)) for row in expected), one
            checked += 1
    print(f"checked: {checked} answers are those of DuckDB", flush=True)


def _task(
    task: str,
    listed: list[Asked],
    own: tuple[int, int],
    duck: data_raw.Duck,
    lite: data_raw.Lite,
    other: tuple[int, int] | None,
) -> None:
    # One question in SQL at once is what an asker may; the others are asked by four.
    is_sql = task.startswith("group")
    ours = asked(*own, [one.balai for one in listed], 1 if is_sql else 4, SECONDS)
    by_duck = data_raw.asked(duck.rows, listed)
    by_lite = data_raw.asked(lite.rows, listed)
    slow = is_sql or task.startswith("count")
    theirs = asked(*other, [one.datasette for one in listed], 1 if slow else 4, SECONDS) if other else None
    print(
        f"{task:<24} Balai {_told(ours)} | DuckDB {_told(by_duck)} | SQLite {_told(by_lite)} | "
        f"Datasette {_told(theirs) if theirs else 'none'}",
        flush=True,
    )
    if task in GOALS:
        most, duck_times, datasette_times = GOALS[task]
        _goal(f"{task}, processor ms", ours.cpu, most)
        if duck_times:
            _goal(f"{task}, times the processor ms of raw DuckDB", ours.cpu / by_duck.cpu, duck_times)
        if datasette_times and theirs:
            _goal(f"{task}, times Datasette", ours.a_second / theirs.a_second, datasette_times, at_least=True)


def _told(one: Measured) -> str:
    return f"{one.cpu:7.2f} ms cpu {one.median:7.2f} ms {one.a_second:6.0f}/s"


def _csv(port: int, rows: int, duck: data_raw.Duck, folder: Path, other: tuple[int, int] | None) -> None:
    raw = duck.csv(folder / "raw.csv")
    first, byte, etag, size = _download(port, f"/data/{CODE}.csv")
    again = min(_download(port, f"/data/{CODE}.csv")[0] for _turn in range(3))
    known = read(port, f"/data/{CODE}.csv", {"If-None-Match": etag})[0]
    print(
        f"whole CSV ({size / 1e6:.0f} MB): first {first:.2f} s, {rows / first:,.0f} rows/s, "
        f"first byte {byte:.3f} s; "
        f"again {again:.2f} s; If-None-Match {known}; raw DuckDB COPY {raw:.2f} s"
    )
    _goal("CSV first, rows/s", rows / first, 730_000, at_least=True)
    _goal("CSV first, share of the speed of raw DuckDB", raw / first, 0.4, at_least=True)
    _goal("CSV first byte, s", byte, 0.1)
    _goal("CSV again, rows/s", rows / again, 3_660_000, at_least=True)
    if other:
        theirs = _rate(other[0], "/raw/bills.csv?_stream=on")
        print(f"whole CSV by Datasette: {theirs:,.0f} rows/s in its first 5 s")
        _goal("CSV first, times Datasette", rows / first / theirs, 50, at_least=True)


def _download(port: int, path: str) -> tuple[float, float, str, int]:
    """Return seconds in all and to the first byte, the ETag and the size."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    began = time.perf_counter()
    line.request("GET", path)
    answer = line.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - began
    while part := answer.read(1 << 20):
        size += len(part)
    took = time.perf_counter() - began
    line.close()
    assert answer.status == 200
    return took, first, answer.headers["ETag"], size


def _rate(port: int, path: str) -> float:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    began = time.perf_counter()
    line.request("GET", path)
    answer = line.getresponse()
    found = 0
    while time.perf_counter() - began < 5 and (part := answer.read1(1 << 20)):
        found += part.count(b"\n")
    line.close()
    return max(found, 1) / (time.perf_counter() - began)


def _goal(what: str, found: float, bound: float, *, at_least: bool = False) -> None:
    is_met = found >= bound if at_least else found <= bound
    times = bound / found if at_least else found / bound
    said = "met" if is_met else f"NOT MET by {times:.2f} times"
    _verdicts.append(f"goal: {what}: {found:,.2f} ({'≥' if at_least else '≤'} {bound:,}): {said}")

"""What a large file costs on its way: time, processor, the most memory of any process, the most disk.

The file is never on the sender's disk: it is made as it is sent, the same bytes for the same size.
"""

import http.client
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from math import gcd
from pathlib import Path
from typing import Any

import duckdb
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from tests.cast import MALANG, govern, someone

from balai.base import tenancy
from balai.data.models import Dataset
from balai.data.rules.metadata import read as read_declaration
from balai.data.sidefiles.place import Kind, place
from balai.data.storage import storage
from balai.data.tests.registry import BINS, column
from balai.people import changes as people
from balai.people.models import Office
from balai.places import reads as places
from bench.made.data_http import free_port, served, worked
from bench.made.nginx import front
from bench.made.place import ROOT

CODE = "meter"
PART = 8 << 20
"""Bytes sent in one request."""
BROKEN_AT = 0.4
"""Share of the file at which the line breaks, in the middle of a part."""
GOAL_MB_S, MOST_RSS_MB, MOST_DISK = 30.0, 1024, 2.5
FAULT_AT = 90_000_000
"""Row of the wrong cell, or nine tenths of a shorter file."""
WRONG = "rusak"


def run(folder: Path, asked: Namespace) -> None:
    """Send, check, publish and read back a file; print what it cost."""
    print(f"{asked.megabytes:,} MB, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    with Path(os.devnull).open("w") as silent:
        call_command("load_places", stdout=silent)
    villages = [one.code for district in places.children(MALANG) for one in places.children(district.code)]
    lines = Lines.of(asked.megabytes, villages, asked.sorted, asked.fault)
    raw = _raw(folder, Lines.of(asked.raw or asked.megabytes, villages, asked.sorted, asked.fault))
    key = _furnished()
    connections.close_all()
    with (
        _server(asked.nginx) as (port, server),
        front(folder, port) if asked.nginx else nullcontext(port) as door,
        _Worker() as worker,
        _watching(folder, (server, worker)) as seen,
    ):
        ask = _Asking(door, key, is_tls=asked.nginx)
        steps = dict(_steps(ask, worker, server, lines, asked, seen))
        version = _standing()
        if asked.side_files:
            steps["side files"] = _side_files(version)
        shown = _read_back(ask, lines.rows)
    size = lines.size
    print(f"\n{size / 1e6:,.0f} MB, {lines.rows:,} rows, {'sorted' if asked.sorted else 'in no order'}")
    for name, (wall, cpu) in steps.items():
        print(f"  {name:<28}{wall:8.1f} s {cpu:8.1f} s of processor")
    wall, cpu = (sum(each[n] for name, each in steps.items() if name != "side files") for n in (0, 1))
    print(f"  the whole way{wall:23.1f} s {cpu:8.1f} s of processor: {size / 1e6 / wall:.1f} MB/s, "
          f"{size / 1e6 / cpu:.1f} MB a second of processor")  # fmt: skip
    per_mb = cpu / (size / 1e6)
    print(
        f"  raw DuckDB, CSV to Parquet: {1 / raw:.1f} MB a second of processor; "
        f"we take {per_mb / raw:.1f} times that"
    )
    for name, most in sorted(seen.memory.items(), key=lambda pair: -pair[1]):
        print(f"  most memory: {most:6.0f} MB  {name}")
    print(f"  most disk: {seen.disk / 1e6:,.0f} MB, {seen.disk / size:.2f} bytes a byte of CSV "
          f"(at: {seen.at}); the version {version.files[0]['bytes'] / 1e6:,.0f} MB")  # fmt: skip
    print(f"  read back: {shown}")
    print(f"  {_summed(lines, version)}")
    for what, found, goal in (
        ("memory, MB", max(seen.memory.values()), MOST_RSS_MB),
        ("disk, bytes a byte", seen.disk / size, MOST_DISK),
    ):
        print(f"{'reached' if found <= goal else 'MISSED'}: {what} {found:.2f} (goal {goal})")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


def _steps(
    ask: "_Asking",
    worker: "_Worker",
    server: int,
    lines: "Lines",
    asked: Namespace,
    seen: "_Seen",
) -> Iterator[tuple[str, tuple[float, float]]]:
    with _cost(server, worker) as cost:
        seen.at = "sending"
        at = _send(ask, lines)
    yield "sent in parts, once broken", cost()
    with _cost(server, worker) as cost:
        seen.at = "reading"
        row = _until(ask, at, "asking")
    assert row["taken"]["rows"] == lines.rows, row["taken"]["rows"]
    yield "read", cost()
    said: dict[str, Any] = {"version": row["version"], "period": "2026"}
    if asked.fault:
        with _cost(server, worker) as cost:
            seen.at = "checking, with a fault"
            ask("POST", f"{at}/choose", {**said, "columns": {"litres": "litres_old"}})
            row = _until(ask, at, "judged")
        assert row["report"]["faults"] == 1, row["report"]
        assert row["report"]["first"][0][0] == f"Baris {lines.fault}, kolom litres", row["report"]["first"]
        print(f"told: {row['report']['first'][0]}", flush=True)
        said |= {"version": row["version"], "columns": {"litres": "litres"}}
        yield "checked, one cell wrong", cost()
    with _cost(server, worker) as cost:
        seen.at = "checking"
        ask("POST", f"{at}/choose", said)
        if asked.kill:
            _until(ask, at, "judged", lambda row: (row["percent"] or 0) >= 50)
            worker.kill()
            print("the worker was killed at 50 percent of the check", flush=True)
            worker.start()
        row = _until(ask, at, "judged")
    assert row["report"]["faults"] == 0 and row["report"]["rows"] == lines.rows, row["report"]
    yield "checked and written", cost()
    with _cost(server, worker) as cost:
        seen.at = "publishing"
        ask("POST", f"{at}/publish", {"version": row["version"]})
        _until(ask, at, "published")
    yield "published", cost()


@dataclass(frozen=True)
class Lines:
    """The lines of the file that is sent: each as wide as the others, its key once.

    Attributes:
        fault: row of the wrong cell, from 1; 0 for none.
    """

    rows: int
    villages: Sequence[str]
    is_sorted: bool
    fault: int

    @classmethod
    def of(cls, megabytes: int, villages: Sequence[str], is_sorted: bool, has_fault: bool) -> "Lines":
        rows = (megabytes * 1_000_000 - 60) // (92 if has_fault else 86)
        return cls(rows, villages, is_sorted, min(FAULT_AT, rows * 9 // 10) if has_fault else 0)

    @property
    def head(self) -> bytes:
        old = "litres_old;" if self.fault else ""
        return f"id;name;{old}litres;cost;placed_on;in_use;region\n".encode()

    @property
    def size(self) -> int:
        return len(self.head) + self.rows * (92 if self.fault else 86)

    @property
    def chances(self) -> str:
        """The rows as numbers, from which both the text and the sums are made."""
        step = 1 if self.is_sorted else next(n for n in range(_STEP, _STEP + 1000) if gcd(n, self.rows) == 1)
        return (
            f"(SELECT range + 1 AS number, range * {step} % {self.rows} AS key, "
            f"(hash(range) % 1000000007)::BIGINT AS chance FROM range({self.rows}))"
        )

    @property
    def select(self) -> str:
        codes = ", ".join(f"'{code}'" for code in self.villages)
        litres = "lpad((chance % 900)::VARCHAR, 3, '0') || ',' || (chance % 10)::VARCHAR"
        old = f"CASE WHEN number = {self.fault} THEN '{WRONG}' ELSE {litres} END AS litres_old, "
        return (
            "SELECT lpad(key::VARCHAR, 9, '0') AS id, 'Meter ' || lpad((chance % 99991)::VARCHAR, 5, '0') || "
            "'; Jalan Ijen ' || lpad((chance % 97)::VARCHAR, 2, '0') AS name, "
            f"{old if self.fault else ''}{litres} AS litres, "
            "'Rp ' || (1 + chance % 9)::VARCHAR || '.' || lpad((chance // 7 % 1000)::VARCHAR, 3, '0') "
            "|| '.000' AS cost, lpad((chance % 28 + 1)::VARCHAR, 2, '0') || '/' "
            "|| lpad((chance // 31 % 12 + 1)::VARCHAR, 2, '0') || '/' "
            "|| (2015 + chance // 37 % 10)::VARCHAR AS placed_on, "
            "CASE WHEN chance % 3 = 0 THEN 'ya' ELSE 'no' END AS in_use, "
            f"[{codes}][1 + chance % {len(self.villages)}] AS region FROM {self.chances}"
        )

    def parts(self) -> Iterator[bytes]:
        """Yield the file in parts of PART bytes, as the engine writes it into a pipe."""
        outlet, inlet = os.pipe()

        def write() -> None:
            with duckdb.connect(config={"threads": 1, "memory_limit": "512MB"}) as duck:
                duck.execute(
                    f"COPY ({self.select}) TO '/dev/fd/{inlet}' "
                    "(FORMAT csv, HEADER false, DELIMITER ';', FORCE_QUOTE (name))"
                )
            os.close(inlet)

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        waiting = bytearray(self.head)
        with os.fdopen(outlet, "rb", buffering=0) as source:
            while some := source.read(1 << 20):
                waiting += some
                if len(waiting) >= PART:
                    yield bytes(waiting[:PART])
                    del waiting[:PART]
        writer.join()
        yield bytes(waiting)


_STEP = 2_654_435_761


def _send(ask: "_Asking", lines: Lines) -> str:
    """Send the file in parts; one part is broken off, and gone on with where the server says."""
    said = ask("POST", "/api/v1/data/uploads", {"dataset": CODE, "name": "meter.csv", "size": lines.size})
    at = f"/api/v1/data/uploads/{said['id']}"
    done, is_broken = 0, False
    for part in lines.parts():
        start = done
        while done < start + len(part):
            rest = part[done - start :]
            if not is_broken and done > lines.size * BROKEN_AT:
                is_broken = True
                ask.break_off(at, done, rest)
                before, done = done, ask.offset(at)
                print(f"the line broke at {before:,}; going on at {done:,}", flush=True)
                continue
            done = ask.part(at, done, rest)
    assert done == lines.size, (done, lines.size)
    return at


def _raw(folder: Path, lines: Lines) -> float:
    """Return the seconds of processor that raw DuckDB takes for a megabyte, CSV to Parquet."""
    source = folder / "raw.csv"
    with source.open("wb") as out:
        for part in lines.parts():
            out.write(part)
    size = source.stat().st_size
    assert size == lines.size, (size, lines.size)
    before, began = time.process_time(), time.monotonic()
    with duckdb.connect() as duck:
        duck.execute(
            f"COPY (SELECT * FROM read_csv('{source}')) TO '{folder / 'raw.parquet'}' (FORMAT parquet)"
        )
    cpu = time.process_time() - before
    print(
        f"raw DuckDB, {size / 1e6:,.0f} MB: {time.monotonic() - began:.1f} s, {cpu:.1f} s of processor",
        flush=True,
    )
    source.unlink()
    (folder / "raw.parquet").unlink()
    return cpu / (size / 1e6)


def _summed(lines: Lines, version: Any) -> str:
    """Return what the columns of the version sum up to; raise where the numbers they were made of do not."""
    codes = ", ".join(f"'{code}'" for code in lines.villages)
    made = (
        "count(*), count(DISTINCT key // 1000), sum(key)::HUGEINT, sum(((chance % 900) * 10 + chance % 10)), "
        "sum((1 + chance % 9) * 1000000 + chance // 7 % 1000 * 1000), "
        "sum(date_diff('day', DATE '2000-01-01', make_date((2015 + chance // 37 % 10)::INTEGER, "
        "(chance // 31 % 12 + 1)::INTEGER, (chance % 28 + 1)::INTEGER))), count_if(chance % 3 = 0), "
        f"sum(hash([{codes}][1 + chance % {len(lines.villages)}]) % 1000003), "
        "sum(chance % 99991 * 100 + chance % 97)"
    )
    kept = (
        "count(*), count(DISTINCT id // 1000), sum(id)::HUGEINT, sum((litres * 10)::BIGINT), sum(cost), "
        "sum(date_diff('day', DATE '2000-01-01', placed_on)), count_if(in_use), "
        "sum(hash(region) % 1000003), sum(substr(name, 7, 5)::BIGINT * 100 + right(name, 2)::BIGINT)"
    )
    with tenancy.scope(MALANG):
        files = [str(storage().local(MALANG, each["sha256"])) for each in version.files]
    with duckdb.connect(config={"memory_limit": "1GB"}) as duck:
        wanted = duck.execute(f"SELECT {made} FROM {lines.chances}").fetchone()
        found = duck.execute(f"SELECT {kept} FROM read_parquet({files})").fetchone()
        keys = duck.execute(
            "SELECT bool_and(own = number) FROM "
            f"(SELECT id AS own, row_number() OVER () - 1 AS number FROM read_parquet({files}))"
        ).fetchone()
    assert found == wanted, (found, wanted)
    assert keys == (True,), "the rows are not in the order of their key, or one is missing"
    return f"all {lines.rows:,} keys in their order; rows and sums of all columns as they were made: {found}"


def _furnished() -> str:
    """Write a steward and their dataset; return a key for a program of theirs."""
    govern()
    with tenancy.scope(MALANG):
        office = Office.objects.create(code="diskominfo", name="Dinas Kominfo")
    tika = someone("Tika", MALANG, "steward", office=office)
    columns = [
        each for each in BINS["columns"] if each["name"] in ("name", "litres", "cost", "placed_on", "in_use")
    ]
    said = {**BINS, "code": CODE, "columns": [column("id", "integer"), *columns,
            column("region", "region", optional=True, reference="regions")]}  # fmt: skip
    with tenancy.scope(MALANG):
        Dataset.objects.create(
            code=CODE, metadata=read_declaration(said).written(), classification="open",
            status=Dataset.Status.CHECKED, producer=office,
        )  # fmt: skip
        now = timezone.now()
        _row, key = people.make_program_key(
            tika.actor,
            "Bench",
            ["data.publish", "data.read"],
            timezone.localdate() + timedelta(days=9),
            at=now,
        )
    return key


def _standing() -> Any:
    with tenancy.scope(MALANG):
        return Dataset.objects.select_related("current").get(code=CODE).current


def _side_files(version: Any) -> tuple[float, float]:
    began = time.monotonic()
    there = place(MALANG, version.files[0]["sha256"], Kind.COLUMNS)
    while not there.exists() and time.monotonic() - began < 3000:
        time.sleep(0.5)
    return time.monotonic() - began, 0.0


def _read_back(ask: "_Asking", rows: int) -> str:
    """Return how many rows there are and what some of them hold, as readers see it."""
    found = ask("GET", f"/api/v1/data/datasets/{CODE}/rows?limit=2")
    asked = ask("GET", f"/api/v1/data/datasets/{CODE}/rows?limit=2&id={rows - 1}")
    return json.dumps({"first": found, "last": asked}, ensure_ascii=False)[:700]


class _Asking:
    """The sender: a program with a key."""

    def __init__(self, port: int, key: str, *, is_tls: bool = False) -> None:
        self._port, self._number, self._is_tls = port, 0, is_tls
        self._headers = {"Host": "kota-malang.localhost", "Authorization": f"Bearer {key}"}

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        self._number += 1
        headers = {
            **self._headers,
            "Idempotency-Key": f"bench-{self._number}",
            "Content-Type": "application/json",
        }
        status, _told, content = self._ask(method, path, json.dumps(body) if body else None, headers)
        if status >= 400:
            raise SystemExit(f"{method} {path} answered {status}: {content[:500]!r}")
        return json.loads(content) if content else None

    def part(self, at: str, offset: int, part: bytes) -> int:
        headers = {
            **self._headers,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        status, told, content = self._ask("PATCH", at, part, headers)
        if status != 204:
            raise SystemExit(f"a part at {offset} was answered {status}: {content[:500]!r}")
        return int(told["Upload-Offset"])

    def break_off(self, at: str, offset: int, part: bytes) -> None:
        """Send half of a part and hang up."""
        line = self._line(300)
        line.putrequest("PATCH", at, skip_host=True)
        for name, value in {**self._headers, "Upload-Offset": str(offset), "Content-Length": str(len(part)),
                            "Content-Type": "application/offset+octet-stream"}.items():  # fmt: skip
            line.putheader(name, value)
        line.endheaders()
        with suppress(OSError):
            line.send(part[: len(part) // 2])
        line.close()
        time.sleep(2)

    def offset(self, at: str) -> int:
        status, told, _content = self._ask("HEAD", at, None, self._headers)
        assert status == 200, status
        return int(told["Upload-Offset"])

    def _line(self, seconds: int) -> http.client.HTTPConnection:
        if not self._is_tls:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=seconds)
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self._port, timeout=seconds, context=trusting)

    def _ask(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        line = self._line(900)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            line.close()


def _until(ask: _Asking, at: str, state: str, enough: Any = None) -> dict[str, Any]:
    """Ask until the file is in a state; print how far it is now and then."""
    told_at = time.monotonic()
    while True:
        row: dict[str, Any] = ask("GET", at)
        if row["state"] == state or (enough and enough(row)):
            return row
        if row["state"] not in ("reading", "checking", "publishing"):
            raise SystemExit(f"the file is {row['state']}: {row['faults'][:3]}")
        if row["failed"]:
            raise SystemExit("the work stopped for good")
        if time.monotonic() - told_at > 30:
            told_at = time.monotonic()
            print(f"  {row['state']} {row['percent']} % {row['step']}", flush=True)
        time.sleep(0.5)


class _Worker:
    """The worker, as it runs in an installation."""

    def __enter__(self) -> "_Worker":
        self.spent = 0.0
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "django", "work"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self.spent += worked(self._process.pid)
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def worked(self) -> float:
        return self.spent + worked(self._process.pid)


@contextmanager
def _cost(server: int, worker: _Worker) -> Iterator[Any]:
    """Give what tells the seconds and the processor seconds of both since."""
    began, before = time.monotonic(), worked(server) + worker.worked()
    found: list[tuple[float, float]] = []
    yield lambda: found[0]
    found.append((time.monotonic() - began, worked(server) + worker.worked() - before))


@contextmanager
def _server(is_behind: bool = False) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "balai.site.wsgi:application", "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4",
        "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    environment = {"BALAI_DEFAULT_TENANT": MALANG, "PYTHONPATH": str(ROOT / "src")}
    if is_behind:
        environment["BALAI_HTTPS"] = "True"
    with served(command, environment, port, "/health") as process:
        yield port, process


class _Seen:
    """The most memory of each kind of process, and the most disk."""

    def __init__(self) -> None:
        self.memory: dict[str, float] = {}
        self.disk, self.at = 0, ""


@contextmanager
def _watching(folder: Path, processes: tuple[int, _Worker]) -> Iterator[_Seen]:
    seen, ends = _Seen(), threading.Event()

    def look() -> None:
        most_at = ""
        while not ends.wait(0.5):
            for pid, name in _below({processes[0]: "server", processes[1].pid: "worker"}).items():
                with suppress(OSError, StopIteration, ValueError):
                    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                    most = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
                    own = f"{name}, {seen.at}" if name == "worker" else name
                    seen.memory[own] = max(seen.memory.get(own, 0.0), most)
            used = _used(folder)
            if used > seen.disk:
                seen.disk, most_at = used, seen.at
        seen.at = most_at

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ends.set()
        thread.join()


def _below(roots: dict[int, str]) -> dict[int, str]:
    """Return every process below some, by what it is."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = stat.read_text().partition(" (")
            parents[int(number)] = int(rest.rpartition(") ")[2].split()[1])
    found = dict(roots)
    for _round in range(4):
        for pid, parent in parents.items():
            if parent in found and pid not in found:
                with suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                    module = words[words.index("-m") + 1] if "-m" in words else "process"
                    found[pid] = f"{found[parent].split(' >')[0]} > {module}"
    return found


def _used(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_blocks * 512
    return total

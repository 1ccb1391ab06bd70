"""Fifty readers of the front page and the programme of a city, beside 514 regions x 120 actions x 5 years.

The pages come from the real web server with two processes, over the network of
the machine, one connection a reader. Readers and server share its processors, so
on a machine with more of them the figures are better than these.
"""

import gzip
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, connections

from bench.made import nation
from bench.made.place import ROOT

READERS = 50
TURNS = 12
YEARS = range(2021, 2026)
CITY = "b007"
PAGES = ("/", "/program/")
WORKERS = 2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """What the readers of one page saw. Times in milliseconds.

    Attributes:
        processor: time the server's processes worked for one answer; None where the system does not tell.
        size: bytes of one answer as it was sent.
    """

    page: str
    answers: int
    p50: float
    p95: float
    worst: float
    a_second: float
    processor: float | None
    size: int

    def __str__(self) -> str:
        worked = "unknown" if self.processor is None else f"{self.processor:.1f} ms"
        return (
            f"{self.page:<12} p50 {self.p50:.0f} ms, p95 {self.p95:.0f} ms, worst {self.worst:.0f} ms, "
            f"{self.a_second:.0f} answers/s, processor {worked} each, {self.size / 1000:.1f} kB sent"
        )


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """Serve the installation as `./balai up` does; yield its port and the process to watch."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "balai.site.wsgi:application", "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS),
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "BALAI_DEFAULT_TENANT": CITY, "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if _read(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/health"):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web server does not answer")


def _read(line: http.client.HTTPConnection, page: str) -> bytes:
    line.request("GET", page, headers={"Accept-Encoding": "gzip", "Accept-Language": "id"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{page} answered {answer.status}: {body[:300]!r}")
    return body


def _worked(process: int) -> float | None:
    """Return the seconds that a process and its children have worked so far, None outside Linux."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
            fields = rest.rpartition(") ")[2].split()
        except OSError:
            continue
        if process in (int(number), int(fields[1])):
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS if total else None


def _page(port: int, process: int, page: str) -> Measured:
    times: list[float] = []
    ready = threading.Barrier(READERS + 1)

    def reader() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        own = []
        ready.wait()
        for _turn in range(TURNS):
            start = time.perf_counter()
            _read(line, page)
            own.append((time.perf_counter() - start) * 1000)
        times.extend(own)

    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _turn in range(10):
        body = _read(line, page)
    _holds_the_city(body)
    readers = [threading.Thread(target=reader) for _reader in range(READERS)]
    for each in readers:
        each.start()
    before = _worked(process)
    ready.wait()
    start = time.perf_counter()
    for each in readers:
        each.join()
    seconds = time.perf_counter() - start
    after = _worked(process)
    assert len(times) == READERS * TURNS, "a reader did not get all its answers"
    worked = None if before is None or after is None else (after - before) / len(times) * 1000
    steps = statistics.quantiles(times, n=100)
    return Measured(
        page, len(times), steps[49], steps[94], max(times), len(times) / seconds, worked, len(body)
    )


def _holds_the_city(body: bytes) -> None:
    text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
    number = int(CITY[1:])
    assert f"Daerah {number}<" in text or f"Daerah {number} " in text, "the page is not of the city asked for"


def run(regions: int = 514, actions: int = 120) -> list[Measured]:
    """Fill an empty installation, serve it, read it, print and return what was measured."""
    for number, _key in enumerate(nation.fill(regions, actions, YEARS), 1):
        if number % 50 == 0 or number == regions:
            print(f"filling: {number} of {regions} regions", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    vendor = connection.vendor
    connections.close_all()
    print(
        f"rows: {regions} regions x {actions} actions x {len(YEARS)} years, {vendor}; "
        f"{READERS} readers, {WORKERS} server processes, {os.cpu_count()} processors"
    )
    with _server() as (port, process):
        found = [_page(port, process, page) for page in PAGES]
    for each in found:
        print(each)
    return found

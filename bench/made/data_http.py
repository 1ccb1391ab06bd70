"""Serving and asking over the network of the machine, and what the processor did for it."""

import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.made.place import ROOT

_TICKS = os.sysconf("SC_CLK_TCK")
_LUA = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local n = 0
request = function()
  n = n % #paths + 1
  return wrk.format("GET", paths[n])
end
done = function(summary, latency, requests)
  io.write(string.format("TOLD %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Measured:
    """What one task cost. Times in milliseconds; `a_second` of answers; 0 where it was not measured."""

    cpu: float
    median: float
    a_second: float


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str], port: int, ready: str) -> Iterator[int]:
    """Run a web server; yield its process once it answers at `ready`."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port, ready, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, page: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            if read(port, page)[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("a web server does not answer")


def read(
    port: int, page: str, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """Ask once; return status, headers and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        line.request("GET", page, headers=dict(headers or {}))
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        line.close()


def worked(process: int) -> float:
    """Return the processor seconds of a process and all below it so far, those that have ended too."""
    below: dict[int, list[tuple[int, int]]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = stat.read_text().partition(" (")
        except OSError:
            continue
        fields = rest.rpartition(") ")[2].split()
        below.setdefault(int(fields[1]), []).append((int(number), sum(map(int, fields[11:15]))))
        if int(number) == process:
            below.setdefault(-1, []).append((process, sum(map(int, fields[11:15]))))
    total, left = 0, below.get(-1, [])
    while left:
        number, ticks = left.pop()
        total += ticks
        left += below.get(number, [])
    return total / _TICKS


def asked(port: int, process: int, paths: Sequence[str], connections: int, seconds: float) -> Measured:
    """Walk through the paths again and again over some connections, and return what an answer cost.

    Raises:
        SystemExit: an answer was not 200.
    """
    for path in paths[:3]:
        status, _headers, body = read(port, path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}: {body[:300]!r}")
    ask = _by_wrk if shutil.which("wrk") else _by_hand
    ask(port, paths, connections, min(seconds / 4, 1.0))
    before = worked(process)
    answers, took, median = ask(port, paths, connections, seconds)
    after = worked(process)
    if not answers:
        # Slower than the whole measurement: one answer alone tells.
        before, began = worked(process), time.perf_counter()
        read(port, paths[0])
        took = time.perf_counter() - began
        return Measured((worked(process) - before) * 1000, took * 1000, 1 / took)
    return Measured((after - before) / answers * 1000, median, answers / took)


def _by_wrk(port: int, paths: Sequence[str], connections: int, seconds: float) -> tuple[int, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder) / "ask.lua", Path(folder) / "paths"
        script.write_text(_LUA)
        listed.write_text("\n".join(paths))
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(seconds, 1):.0f}s",
            "--timeout",
            "60s",
            "-s",
            str(script),
        ]
        told = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/"],
            env={**os.environ, "BENCH_PATHS": str(listed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    found = re.search(r"TOLD (\d+) (\d+) (\d+) (\d+)", told)
    if not found or int(found[4]):
        raise SystemExit(f"wrk was not answered: {told}")
    return int(found[1]), int(found[2]) / 1e6, int(found[3]) / 1000


def _by_hand(port: int, paths: Sequence[str], connections: int, seconds: float) -> tuple[int, float, float]:
    """As wrk does, in a process of its own so that asking takes nothing from the server's threads."""
    command = [sys.executable, "-m", "bench.made.data_http", str(port), str(connections), str(seconds)]
    told = subprocess.run(
        command, cwd=ROOT, input="\n".join(paths), capture_output=True, text=True, check=True
    ).stdout
    answers, took, median = json.loads(told)
    return answers, took, median


def _asker(port: int, connections: int, seconds: float, paths: Sequence[str]) -> tuple[int, float, float]:
    times: list[float] = []
    until = time.perf_counter() + seconds

    def one(number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (began := time.perf_counter()) < until:
            line.request("GET", paths[number % len(paths)])
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{paths[number % len(paths)]} answered {answer.status}")
            times.append((time.perf_counter() - began) * 1000)
            number += connections

    began = time.perf_counter()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times), time.perf_counter() - began, statistics.median(times)


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(_asker(port, connections, seconds, sys.stdin.read().split("\n"))))

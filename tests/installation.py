"""A whole installation in a folder of its own, with real processes: for backups, kills and upgrades."""

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.loaded import Child

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "tests" / "programs"
PATIENCE = 180.0
"""Seconds to wait for a process of a machine that has much else to do."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Installation:
    """An installation whose data lie in `data`; SQLite unless `database_url` says otherwise."""

    data: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    more: dict[str, str] = field(default_factory=dict)
    """further settings, as the environment has them"""
    programs: list[Child] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BALAI_")}
        return {
            **kept,
            "BALAI_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "BALAI_DEMO": "True",
            "BALAI_WEB_WORKERS": "1",
            "DJANGO_SETTINGS_MODULE": "balai.site.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONWARNINGS": "ignore",
            **self.more,
        }

    def manage(self, *arguments: str, fails: bool = False) -> str:
        """Run a command of `manage.py` and return what it wrote; `fails` tells what is expected."""
        with tempfile.TemporaryFile("w+") as errors:
            child = Child(["manage.py", *arguments], self.environment, errors)
            code, out = child.end(300)
            errors.seek(0)
            told = out + errors.read()
        assert (code != 0) is fails, f"{arguments}: {told}"
        return told

    def program(self, name: str, *arguments: str) -> Child:
        """Start a program of `tests/programs` on this installation's data."""
        self.programs.append(Child([str(PROGRAMS / f"{name}.py"), *arguments], self.environment))
        return self.programs[-1]

    def run_program(self, name: str, *arguments: str, patience: float = PATIENCE) -> list[str]:
        """Run a program to its end, for which it has `patience` seconds, and return its lines."""
        code, out = self.program(name, *arguments).end(patience)
        assert code == 0, name
        return out.splitlines()

    def invariants(self) -> dict[str, int]:
        lines = self.manage("invariants", "--json").splitlines()
        told: dict[str, int] = json.loads(next(line for line in reversed(lines) if line.startswith("{")))
        return told

    def contents(self) -> dict[str, Counter[str]]:
        """Return, for each key `write.py` wrote, how many rows, journal lines and messages there are."""
        with closing(sqlite3.connect(self.data / "balai.sqlite3")) as database:
            return {
                "rows": Counter(code for (code,) in database.execute("SELECT code FROM people_office")),
                "lines": Counter(
                    json.loads(facts)["key"]
                    for (facts,) in database.execute("SELECT facts FROM base_journalentry")
                ),
                "messages": Counter(
                    key
                    for (key,) in database.execute(
                        "SELECT key FROM base_queuedjob WHERE name = 'outbox.email'"
                    )
                ),
            }

    def execute(self, statement: str, *values: object) -> None:
        """Change the embedded database behind everybody's back."""
        with closing(sqlite3.connect(self.data / "balai.sqlite3")) as database, database:
            database.execute(statement, values)

    # --- the server --------------------------------------------------------------

    def start(self) -> None:
        """Start server and worker, and wait until everything is ready."""
        if self.server is not None:
            self.server.wait(timeout=PATIENCE)
        self.server = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        answer: Any = None
        while time.monotonic() < until:
            answer = self.get("/ready")
            if answer[0] == 200:
                return
            time.sleep(0.1)
        raise AssertionError(f"not ready after {PATIENCE} s: {answer}")

    def get(self, path: str) -> tuple[int, str]:
        """Return (status, body) of a page; status 0 when nobody answers."""
        return self._answer(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}"))

    def post(self, path: str, body: Any, idempotency_key: str, program_key: str) -> tuple[int, str]:
        """Send JSON to the API as a program does; status 0 when nobody answers."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key,
            "Authorization": f"Bearer {program_key}",
        }
        address = f"http://127.0.0.1:{self.port}{path}"
        return self._answer(urllib.request.Request(address, json.dumps(body).encode(), headers))

    def _answer(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)

    def processes(self) -> Iterator[tuple[int, str]]:
        """Yield (process id, command line) of every process that works on this data folder (Linux)."""
        marker = f"BALAI_DATA={self.data}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if marker in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    yield int(folder.name), command

    def pids(self, word: str) -> list[int]:
        return [pid for pid, command in self.processes() if word in command]

    def kill(self, word: str) -> None:
        """Kill -9 every process of this installation whose command line holds `word`."""
        for pid in self.pids(word):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> int:
        """End the server as an operator does, and return its exit code."""
        assert self.server is not None
        self.server.terminate()
        code = self.server.wait(timeout=PATIENCE)
        self.server = None
        return code

    def destroy(self) -> None:
        """Leave no process behind, whatever the test did."""
        self.kill("manage.py")
        self.kill("granian")
        for program in self.programs:
            program.kill()
        if self.server is not None:
            self.server.wait(timeout=PATIENCE)


def founded(temporary: pytest.TempPathFactory, **more: str) -> Installation:
    """Return a new installation with empty tables; `more` are its further settings.

    Laying the tables takes longer than most tests, so all tests of a run copy what the first has laid.
    """
    folder = temporary.getbasetemp()
    run = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    empty = run / "empty"
    with (run / "empty.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not empty.exists():
            laying = Installation(run / "laying")
            laying.manage("migrate", "--verbosity", "0")
            laying.data.rename(empty)
    return Installation(Path(shutil.copytree(empty, temporary.mktemp("house") / "data")), more=more)

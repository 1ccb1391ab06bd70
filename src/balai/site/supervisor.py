"""Keeps the web server and the worker running side by side, and ends both together.

Each runs in a process group of its own. One that dies is started again, after a
wait that grows while it keeps dying; what it left behind is cleared first. When
this process itself is killed, the kernel (on Linux) and the worker's own watch
end the others, so nothing is left holding the port.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from balai.base import worker
from balai.site.options import Options

log = structlog.get_logger(__name__)

BLOCKING_THREADS = 4
"""Threads in each web process; the embedded database and a small machine gain nothing from more."""
GRACE = 20.0
"""Seconds a process has to end what it is doing."""
LONGEST_WAIT = 30.0
STEADY = 60.0
"""A process that ran for longer starts again at once when it dies."""

_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process to keep running. `command` is made anew at each start."""

    name: str
    command: Callable[[], list[str]]
    cleared: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.0
    due: float = field(default_factory=time.monotonic)

    def tend(self) -> None:
        """Start the process when it is time; when it has died, set the time for the next start."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self._start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal(signal.SIGKILL)
        self.process = None
        self.wait = 0.5 if now - self.started > STEADY else min(max(self.wait * 2, 0.5), LONGEST_WAIT)
        self.due = now + self.wait
        log.error("process_died", process=self.name, code=code, again_in=self.wait)
        self.cleared()

    def _start(self, now: float) -> None:
        self.process = subprocess.Popen(
            self.command(),
            preexec_fn=_end_with_parent,
            start_new_session=True,
            cwd=settings.ROOT,
            env={**os.environ, "PYTHONPATH": str(settings.ROOT / "src")},
        )
        self.started = now
        log.info("process_started", process=self.name, pid=self.process.pid)

    def signal(self, number: int) -> None:
        if self.process is not None:
            # Its children may outlive it, so the group is told.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def end(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.terminate()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def _web(options: Options) -> list[str]:
    return [
        sys.executable, "-m", "granian", "balai.site.wsgi:application",
        "--interface", "wsgi",
        "--host", options.address,
        "--port", str(options.port),
        "--workers", str(options.web_workers),
        "--blocking-threads", str(BLOCKING_THREADS),
        "--respawn-failed-workers",
        "--workers-kill-timeout", str(int(GRACE) - 5),
        "--no-ws",
        "--log-level", "warning",
    ]  # fmt: skip


class Supervisor:
    """The two processes and the signals that end them."""

    def __init__(self, options: Options) -> None:
        self.worker_name = ""
        self.ending = False
        self.children = [
            Child("web", lambda: _web(options)),
            Child("worker", self._work, self._worker_died),
        ]

    def _work(self) -> list[str]:
        self.worker_name = worker.new_name()
        return [sys.executable, str(settings.ROOT / "manage.py"), "work", "--name", self.worker_name]

    def _worker_died(self) -> None:
        """Give its jobs back at once; when the database is away, the lease will do it later."""
        try:
            worker.release(self.worker_name)
        except DatabaseError as error:
            log.warning("worker_not_released", error=repr(error))
        finally:
            _let_go()

    def end(self, _signal: int, _frame: FrameType | None) -> None:
        self.ending = True

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.end)
        # The children have connections of their own; these would only be in the way.
        _let_go()
        while not self.ending:
            for child in self.children:
                child.tend()
            time.sleep(0.2)
        self._end_all()

    def _end_all(self) -> None:
        for child in self.children:
            child.end()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(child.is_running() for child in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)


def _let_go() -> None:
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()


def run(options: Options) -> None:
    """Serve until told to stop by SIGTERM, SIGINT or SIGHUP."""
    Supervisor(options).run()

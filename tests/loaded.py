"""Commands and programs in children of one process that has loaded everything.

Starting Python with all of Balai costs more processor than most of what is then done, and tests of
installations start dozens. Here one process loads it, once in a run of tests; each command is a child of it
with a process, an environment, settings and connections of its own. What is about starting and ending
itself, the server and its worker, is started as an operator does.
"""

import importlib
import multiprocessing
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from typing import IO, Any, Self
from unittest import mock

from django.apps import apps
from django.conf import Settings, settings
from django.core.cache import caches
from django.core.mail import mailers
from django.core.management import execute_from_command_line
from django.db import connections

from balai.site import settings as written

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.programs.loaded"])


class Child:
    """A command or a program at work, in the manner of `subprocess.Popen`."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], stderr: IO[Any] = sys.__stderr__
    ) -> None:
        """Begin. `arguments` begin with `manage.py`, or with the path of a program."""
        # The process it is forked from has the settings of the tests: those of the child may be wrong.
        python = {name: value for name, value in environment.items() if name.startswith("PYTHON")}
        with mock.patch.dict(os.environ, python):
            forkserver.ensure_running()
        reading, writing = os.pipe()
        self.stdout = os.fdopen(reading)
        files = (_Handed(writing), _Handed(stderr.fileno()))
        self._process: BaseProcess = _FORKING.Process(
            target=_become, args=(*files, environment, arguments), daemon=True
        )
        try:
            self._process.start()
        except BaseException:
            self.stdout.close()
            raise
        finally:
            os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stdout.close()
        self.wait()

    @property
    def returncode(self) -> int | None:
        """None as long as it runs; below 0 for the signal that killed it."""
        return self._process.exitcode

    def end(self, timeout: float) -> tuple[int, str]:
        """Wait for its end, after `timeout` seconds by force; return its exit code and what it wrote."""
        late = threading.Timer(timeout, self.kill)
        late.start()
        with self:
            out = self.stdout.read()
        late.cancel()
        return self.wait(), out

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode


class _Handed:
    """An open file, handed to a child."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> Any:
        return _taken, (DupFd(self.number),)


def _taken(handed: Any) -> int:
    number: int = handed.detach()
    return number


def _become(out: int, errors: int, environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    assert apps.ready, "nothing was loaded"
    os.setsid()
    os.dup2(out, 1)
    os.dup2(errors, 2)
    os.close(out)
    os.close(errors)
    _take(environment)
    sys.argv = list(arguments)
    if arguments[0] == "manage.py":
        execute_from_command_line(sys.argv)
    else:
        runpy.run_path(arguments[0], run_name="__main__")


def _take(environment: Mapping[str, str]) -> None:
    """Let settings be those of this environment, as if Python had just started; nothing of ours keeps any."""
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(written)
    settings._wrapped = Settings(os.environ["DJANGO_SETTINGS_MODULE"])
    for handler in (connections, caches, mailers):
        vars(handler).clear()
        handler.__init__()
    # What is left out is filled in, as it is when models are loaded.
    assert connections.settings

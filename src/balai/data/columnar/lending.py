"""Engines, lent one user at a time and kept for the next.

To make an engine takes 13 ms of a processor (it enters its three thousand functions anew), which is a
third of publishing a small version. So one that was given back whole is lent again. Whoever
borrows gets a connection and a database of their own in it, and nothing of them is left: tables and views
go with the database, temporary ones and variables with the connection, what was read of files is dropped.
"""

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from balai.base.later import duckdb

MEMORY = "1GB"
"""of the engine; what does not fit goes to the disk"""

_MOST_IDLE = 2

type Engine = duckdb.DuckDBPyConnection


@contextmanager
def engine(scratch: Path | None = None, threads: int = 1, memory: str = MEMORY) -> Iterator[Engine]:
    """Give an engine of bounded memory; what does not fit goes to `scratch`."""
    lender = _idle.pop() or _made()
    try:
        lender.execute(
            f"SET threads = {threads}; SET memory_limit = '{memory}'; "
            f"SET temp_directory = {_text(scratch or '')}; "
            "SET enable_external_file_cache = true; ATTACH ':memory:' AS lent"
        )
        duck = beside(lender)
        try:
            yield duck
        finally:
            duck.close()
        _idle.push(lender)
    except BaseException:
        # What became of it is not known; a new one is known to be right.
        lender.close()
        raise


def beside(duck: Engine) -> Engine:
    """Give a second connection to what was lent, for work at the same time; the caller closes it."""
    connection = duck.cursor()
    connection.execute("USE lent")
    return connection


def _made() -> Engine:
    return duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )


class _Idle:
    """The engines nobody has borrowed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engines: list[Engine] = []
        self._lost: list[Engine] = []

    def pop(self) -> Engine | None:
        with self._lock:
            return self._engines.pop() if self._engines else None

    def push(self, lender: Engine) -> None:
        """Keep an engine that is empty again; close it where it is not, or where enough are kept."""
        try:
            lender.execute(
                "DETACH lent; SET threads = 1; SET enable_external_file_cache = false; "
                # Refused once something was written there: only closing removes that.
                "SET temp_directory = ''"
            )
        except duckdb.Error:
            lender.close()
            return
        with self._lock:
            if len(self._engines) < _MOST_IDLE:
                self._engines.append(lender)
                return
        lender.close()

    def close(self) -> None:
        while lender := self.pop():
            lender.close()

    def forget(self) -> None:
        """Leave the engines to the parent after a fork: closing would wait for their threads, not here."""
        self._lock = threading.Lock()
        self._lost += self._engines
        self._engines = []


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


_idle = _Idle()
os.register_at_fork(after_in_child=_idle.forget)
atexit.register(_idle.close)

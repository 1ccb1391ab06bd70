"""Long statements that can be watched: how far they are, and whether anybody still wants them."""

import errno
import threading
from collections.abc import Callable

from balai.base.later import duckdb
from balai.data.columnar.lending import Engine

type Watch = Callable[[float], None]
"""Told the share that is done, 0 to 1, twice a second; what it raises ends the statement."""

SECONDS = 0.5


class DiskFull(Exception):
    """What was to be written does not fit on the disk; nothing of it stays."""


def watched(duck: Engine, sql: str, watch: Watch | None = None) -> None:
    """Execute a statement; the result is the engine's, as after `execute`.

    The engine runs in a thread of its own, so `watch` may write to the database from this one.

    Raises:
        DiskFull
        duckdb.Error: as `execute`.
    """
    if watch is None:
        _execute(duck, sql)
        return
    # Without its progress bar, which is not to be printed, the engine does not say how far it is.
    duck.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    failed: list[BaseException] = []

    def run() -> None:
        try:
            _execute(duck, sql)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(SECONDS)
            if thread.is_alive():
                watch(max(duck.query_progress(), 0.0) / 100)
    except BaseException:
        duck.interrupt()
        thread.join()
        raise
    if failed:
        raise failed[0]


def _execute(duck: Engine, sql: str) -> None:
    try:
        duck.execute(sql)
    except duckdb.Error as error:
        if is_disk_full(error):
            raise DiskFull(str(error)[:200]) from None
        raise


def is_disk_full(error: BaseException) -> bool:
    """Say whether an error of the engine or of the system means that the disk, or a limit on it, is full."""
    if isinstance(error, DiskFull):
        return True
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    told = str(error)
    return isinstance(error, duckdb.Error) and any(
        sign in told for sign in ("No space left", "File too large", "Disk quota", "max_temp_directory_size")
    )

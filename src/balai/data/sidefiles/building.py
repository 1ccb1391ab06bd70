"""Having side files made: in processes of their own, limited in time, memory and size, by one at a time."""

import fcntl
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from balai.data.sidefiles.place import Kind, drafting, lay_down, lock_of, place
from balai.data.sidefiles.shape import SideColumn

SECONDS = 30 * 60
ADDRESS_SPACE_MB = 4096
MOST_ROWS = 30_000_000
"""Of a version whose rows and words are kept in SQLite; a larger one has its column cache alone."""
TOGETHER = 50_000
"""Rows up to which one process makes everything: a second one would cost more than it saves."""
ROOM, ROOM_COLUMNS = 15, 4
"""Times the size of the Parquet file that must be free on the disk; and where the column cache is all."""


class Unfit(Exception):
    """Side files of this version cannot be made here; its reads go on without them."""


def build(
    tenant: str, sha256: str, parquet: Path, columns: Sequence[SideColumn], key: Sequence[str], rows: int
) -> bool:
    """Make the side files of a version that are missing; return False where another process is at it.

    Raises:
        Unfit: the disk is too full, or the making failed or took too long; nothing is left behind.
    """
    wanted = [Kind.COLUMNS] if rows > MOST_ROWS else [Kind.ROWS, Kind.WORDS, Kind.COLUMNS]
    if not _missing(tenant, sha256, wanted):
        return True
    with _alone(tenant, sha256) as is_alone, drafting(tenant) as folder:
        if not is_alone:
            return False
        missing = _missing(tenant, sha256, wanted)
        room = ROOM if Kind.ROWS in wanted else ROOM_COLUMNS
        if shutil.disk_usage(folder).free < room * parquet.stat().st_size:
            raise Unfit("the disk is too full for side files")
        _make(folder, parquet, columns, key, missing, rows)
        for kind in missing:
            lay_down(folder / kind, place(tenant, sha256, kind))
    return True


def _missing(tenant: str, sha256: str, wanted: Sequence[Kind]) -> list[Kind]:
    return [kind for kind in wanted if not place(tenant, sha256, kind).is_file()]


@contextmanager
def _alone(tenant: str, sha256: str) -> Iterator[bool]:
    """Say whether nobody else makes these files; the lock goes with the process that holds it."""
    with lock_of(tenant, sha256).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _make(
    folder: Path,
    parquet: Path,
    columns: Sequence[SideColumn],
    key: Sequence[str],
    kinds: Sequence[Kind],
    rows: int,
) -> None:
    shares = [list(kinds)]
    if rows > TOGETHER and Kind.ROWS in kinds and len(kinds) > 1:
        shares = [[Kind.ROWS], [kind for kind in kinds if kind is not Kind.ROWS]]
    ends = time.monotonic() + SECONDS
    children: list[subprocess.Popen[bytes]] = []
    try:
        for share in shares:
            plan = {
                "parquet": str(parquet),
                "folder": str(folder),
                "columns": [asdict(column) for column in columns],
                "key": list(key),
                "kinds": share,
                "address_space_mb": ADDRESS_SPACE_MB,
            }
            children.append(_child(plan))
        for child in children:
            _said, wrong = child.communicate(timeout=max(ends - time.monotonic(), 0.01))
            if child.returncode:
                raise Unfit(wrong.decode(errors="replace").strip().rpartition("\n")[2][:400])
    except subprocess.TimeoutExpired:
        raise Unfit(f"not done within {SECONDS} seconds") from None
    finally:
        for child in children:
            child.kill()
            child.communicate()


def _child(plan: dict[str, object]) -> subprocess.Popen[bytes]:
    """Start a process that makes some of the files; not a fork, for the web process has threads."""
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-m", "balai.data.sidefiles.making", json.dumps(plan)],
        # Nothing of our own environment: it holds secrets the child has no use for.
        env={
            "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LC_ALL": "C.UTF-8",
        },
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )

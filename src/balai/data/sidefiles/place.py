"""Where side files lie: in the data folder, named by the bytes of the version they were made from."""

import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from balai.base.disk import make_folder, settle

FORM = 1
"""Of what the files hold; a change of it leaves the old ones to the sweep and has new ones made."""

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Kind(StrEnum):
    """What a side file holds; the end of its name."""

    ROWS = "rows.sqlite"
    WORDS = "words.sqlite"
    COLUMNS = "duckdb"
    CSV = "csv"


def place(tenant: str, sha256: str, kind: Kind) -> Path:
    """Return where a side file of the version with these bytes lies, or would lie."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in small hexadecimal digits")
    return _folder(tenant) / sha256[:2] / f"{sha256}.{FORM}.{kind}"


@contextmanager
def drafting(tenant: str) -> Iterator[Path]:
    """Give a folder for files in the making; nothing is left there unless the machine stops."""
    folder = _folder(tenant) / "incoming" / secrets.token_hex(16)
    make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay_down(draft: Path, there: Path) -> None:
    """Have a finished file stand at its place, whole, settled and read-only."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    # Read-only: the engine that answers questions can overwrite what it may read.
    draft.chmod(0o444)
    make_folder(there.parent)
    draft.replace(there)
    settle(there.parent)


def lock_of(tenant: str, sha256: str) -> Path:
    """Return the file whose lock is held by whoever makes the side files of these bytes."""
    folder = _folder(tenant) / "locks"
    make_folder(folder)
    return folder / f"{sha256}.lock"


def sweep(tenant: str, wanted: Collection[str], before: datetime) -> int:
    """Remove what was made before `before` of versions that are not `wanted`; return how many files.

    Args:
        wanted: SHA-256 of the files of the versions that stand.

    Whoever reads a file that is removed reads it to the end: its bytes stay until it is closed.
    """
    folder = _folder(tenant)
    if not folder.is_dir():
        return 0
    left = [
        path
        for path in (*folder.glob("[0-9a-f][0-9a-f]/*"), *folder.glob("locks/*.lock"))
        if not _is_wanted(path, wanted) and path.stat().st_mtime < before.timestamp()
    ]
    for path in left:
        path.unlink(missing_ok=True)
    drafts = [draft for draft in folder.glob("incoming/*") if draft.stat().st_mtime < before.timestamp()]
    for draft in drafts:
        shutil.rmtree(draft, ignore_errors=True)
    return len(left) + len(drafts)


def _is_wanted(path: Path, wanted: Collection[str]) -> bool:
    sha256, form, *_rest = path.name.split(".")
    return sha256 in wanted and form in (str(FORM), "lock")


def _folder(tenant: str) -> Path:
    if not _TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r} cannot name a folder")
    return Path(settings.DATA) / "sidefiles" / tenant

"""How files are named, wherever they lie: by tenant and by the SHA-256 of their bytes."""

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from balai.base.disk import make_folder

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")

INCOMING = "incoming"
"""Name of the folder of what is not whole yet."""


class Damaged(OSError):
    """The bytes that came are not those that were asked for, or sent."""


def of_tenant(tenant: str) -> str:
    """Return the tenant as a part of a path. Raises ValueError where it cannot be one."""
    if not _TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r} cannot name a folder")
    return tenant


def of_file(sha256: str) -> str:
    """Return the path of a file below the folder of its tenant: ``ab/<sha256>.parquet``."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in small hexadecimal digits")
    return f"{sha256[:2]}/{sha256}.parquet"


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def drafting(folder: Path) -> Iterator[Path]:
    """Give a folder of its own below `folder`, and remove it afterwards."""
    made = folder / INCOMING / secrets.token_hex(16)
    make_folder(made)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep_drafts(folder: Path, before: datetime) -> int:
    """Remove what changes that stopped left in `drafting`; return how many."""
    left = [each for each in (folder / INCOMING).glob("*") if each.stat().st_mtime < before.timestamp()]
    for each in left:
        shutil.rmtree(each, ignore_errors=True)
    return len(left)

"""Where the Parquet files of versions lie: by content, the same bytes once a tenant.

`Storage` is all that the module asks of a place for files; `storage()` is the one
place that chooses. The disk of the installation is what there is today: the files
lie at ``datasets/<tenant>/ab/<sha256>.parquet`` in the data folder, read-only. A file
is whole and settled before a row of the database names it, so a row always has its
file; a file that a stopped change left behind is nobody's and is swept up later.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from balai.base.disk import make_folder, settle

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Storage(Protocol):
    """A place for files that never change, named by the SHA-256 of their bytes."""

    def drafting(self, tenant: str) -> AbstractContextManager[Path]:
        """Give a folder for work under way; nothing is left there, unless the machine stops."""
        ...

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        """Keep the bytes of `draft` for good and return their SHA-256 and number; the draft is gone."""
        ...

    def local(self, tenant: str, sha256: str) -> Path:
        """Return a path on this machine at which the bytes can be read. Raises FileNotFoundError."""
        ...

    def kept(self, tenant: str) -> Iterator[tuple[str, datetime]]:
        """Yield the SHA-256 of each file and when it was laid down last (UTC)."""
        ...

    def sweep(self, tenant: str, wanted: Collection[str], before: datetime) -> int:
        """Remove files laid down before `before` that are not `wanted`, and old drafts; return how many."""
        ...


class Disk:
    """Files on a disk of this machine. See `Storage` for what each method promises."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def drafting(self, tenant: str) -> Iterator[Path]:
        folder = self._folder(tenant) / "incoming" / secrets.token_hex(16)
        make_folder(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        with draft.open("r+b") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
            size = file.tell()
        # Read-only: the engine that answers questions can overwrite what it may read.
        draft.chmod(0o444)
        place = self._place(tenant, digest)
        make_folder(place.parent)
        with self._locked(tenant, fcntl.LOCK_SH):
            # Also over equal bytes: that makes them young, so no sweep takes them.
            draft.replace(place)
            os.utime(place)
        settle(place.parent)
        return digest, size

    def local(self, tenant: str, sha256: str) -> Path:
        place = self._place(tenant, sha256)
        if not place.is_file():
            raise FileNotFoundError(f"the bytes {sha256} of a version of tenant {tenant} are gone")
        return place

    def kept(self, tenant: str) -> Iterator[tuple[str, datetime]]:
        for path in self._folder(tenant).glob("[0-9a-f][0-9a-f]/*.parquet"):
            yield path.stem, datetime.fromtimestamp(path.stat().st_mtime).astimezone()

    def sweep(self, tenant: str, wanted: Collection[str], before: datetime) -> int:
        folder = self._folder(tenant)
        if not folder.is_dir():
            return 0
        with self._locked(tenant, fcntl.LOCK_EX):
            # The age is asked under the lock: bytes laid down again just now are young.
            left = [sha for sha, at in self.kept(tenant) if sha not in wanted and at < before]
            for sha in left:
                self._place(tenant, sha).unlink(missing_ok=True)
        drafts = [
            draft for draft in (folder / "incoming").glob("*") if draft.stat().st_mtime < before.timestamp()
        ]
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)
        return len(left) + len(drafts)

    def _folder(self, tenant: str) -> Path:
        if not _TENANT.fullmatch(tenant):
            raise ValueError(f"tenant {tenant!r} cannot name a folder")
        return self._root / tenant

    def _place(self, tenant: str, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in small hexadecimal digits")
        return self._folder(tenant) / sha256[:2] / f"{sha256}.parquet"

    @contextmanager
    def _locked(self, tenant: str, how: int) -> Iterator[None]:
        """Keep sweeping and laying down apart; several may lay down at once."""
        with (self._folder(tenant) / ".lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield


def storage() -> Storage:
    """Return the place this installation keeps its files at."""
    return Disk(Path(settings.DATA) / "datasets")

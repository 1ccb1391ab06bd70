"""Files on a disk of this machine, at ``<root>/<tenant>/ab/<sha256>.parquet``, read-only."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from balai.base.disk import make_folder, settle
from balai.data.storage import names


class Disk:
    """Files on a disk of this machine. See `Storage` for what each method promises."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def drafting(self, tenant: str) -> AbstractContextManager[Path]:
        return names.drafting(self._folder(tenant))

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        digest = names.digest_of(draft)
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
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

    def expected(self, tenant: str, sha256: str) -> Path:
        return self.local(tenant, sha256)

    def fetch(self, path: Path) -> None:
        """Do nothing: what lies on the disk is there, and what does not will not come."""

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
        return len(left) + names.sweep_drafts(folder, before)

    def _folder(self, tenant: str) -> Path:
        return self._root / names.of_tenant(tenant)

    def _place(self, tenant: str, sha256: str) -> Path:
        return self._folder(tenant) / names.of_file(sha256)

    @contextmanager
    def _locked(self, tenant: str, how: int) -> Iterator[None]:
        """Keep sweeping and laying down apart; several may lay down at once."""
        with (self._folder(tenant) / ".lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield

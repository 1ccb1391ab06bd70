"""A bounded folder on this machine for files that lie elsewhere: the least used go first."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from balai.base.disk import make_folder
from balai.data.storage import names

GRACE_SECONDS = 600
"""What was asked for since then stays, whatever it takes: somebody may be about to open it."""


class Nearby:
    """Copies of files, read-only, at the same names as on a disk."""

    def __init__(self, root: Path, most_bytes: int) -> None:
        self.root = root
        self._most_bytes = most_bytes

    def folder(self, tenant: str) -> Path:
        return self.root / names.of_tenant(tenant)

    def place(self, tenant: str, sha256: str) -> Path:
        return self.folder(tenant) / names.of_file(sha256)

    def named_by(self, path: Path) -> tuple[str, str] | None:
        """Return tenant and SHA-256 of a path of `place`; None for any other."""
        with suppress(ValueError):
            tenant, sha256 = path.relative_to(self.root).parts[0], path.stem
            if path == self.place(tenant, sha256):
                return tenant, sha256
        return None

    def has(self, place: Path) -> bool:
        """Say whether the file is here, and note that it was asked for."""
        try:
            # The time of change stays: by it a reader knows a file it has open already.
            os.utime(place, ns=(time.time_ns(), place.stat().st_mtime_ns))
        except FileNotFoundError:
            return False
        return True

    def keep(self, whole: Path, place: Path) -> None:
        """Move a whole file to its place, and make room."""
        whole.chmod(0o444)
        make_folder(place.parent)
        whole.replace(place)
        self.has(place)
        self._make_room()

    def drop(self, names_there: Iterable[str]) -> None:
        """Remove the copies of files that are named below the root as they are elsewhere."""
        for name in names_there:
            (self.root / name).unlink(missing_ok=True)

    def _make_room(self) -> None:
        found = sorted(self._files())
        total = sum(size for _used, size, _path in found)
        for used, size, path in found:
            if total <= self._most_bytes or used > time.time() - GRACE_SECONDS:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Yield when each file was used last, its bytes, and itself."""
        for path in self.root.glob("*/[0-9a-f][0-9a-f]/*.parquet"):
            with suppress(FileNotFoundError):
                told = path.stat()
                yield told.st_atime, told.st_size, path

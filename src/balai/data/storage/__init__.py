"""Where the Parquet files of versions lie: by content, the same bytes once a tenant.

`Storage` is all that the module asks of a place for files; `storage()` is the one place
that chooses: the disk of the installation, or S3-compatible storage where BALAI_STORAGE
names one. A file is whole and settled before a row of the database names it, so a row
always has its file; a file that a stopped change left behind is nobody's and is swept up later.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from balai.data.storage.disk import Disk
from balai.data.storage.names import Damaged

__all__ = ["Damaged", "Disk", "Storage", "storage"]


class Storage(Protocol):
    """A place for files that never change, named by the SHA-256 of their bytes."""

    def drafting(self, tenant: str) -> AbstractContextManager[Path]:
        """Give a folder for work under way; nothing is left there, unless the machine stops."""
        ...

    def lay_down(self, tenant: str, draft: Path) -> tuple[str, int]:
        """Keep the bytes of `draft` for good and return their SHA-256 and number; the draft is gone.

        Raises:
            OSError: they could not be kept; nothing names them.
        """
        ...

    def local(self, tenant: str, sha256: str) -> Path:
        """Return a path on this machine at which the bytes can be read, for some minutes at least.

        Raises:
            FileNotFoundError: they are gone.
            OSError: they could not be had.
        """
        ...

    def expected(self, tenant: str, sha256: str) -> Path:
        """Return the path `local` would give, without bringing the bytes there; `fetch` does that.

        Raises:
            FileNotFoundError: they are known to be gone.
        """
        ...

    def fetch(self, path: Path) -> None:
        """Bring the bytes of an `expected` path to it; any other path is left alone. Raises as `local`."""
        ...

    def kept(self, tenant: str) -> Iterator[tuple[str, datetime]]:
        """Yield the SHA-256 of each file and when it was laid down last (UTC)."""
        ...

    def sweep(self, tenant: str, wanted: Collection[str], before: datetime) -> int:
        """Remove files laid down before `before` that are not `wanted`, and old drafts; return how many."""
        ...


def storage() -> Storage:
    """Return the place this installation keeps its files at."""
    data = Path(settings.DATA)
    if settings.STORAGE is None:
        return Disk(data / "datasets")
    # The connections of a process are of no use to its child.
    return _s3(tuple(sorted(settings.STORAGE.items())), data / "tmp" / "datasets", os.getpid())


@cache
def _s3(options: tuple[tuple[str, Any], ...], near: Path, process: int) -> Storage:
    try:
        made = cast("Callable[[Mapping[str, Any], Path], Storage]", import_string("balai.data.storage.s3.S3"))
    except ImportError as error:
        wanted = "BALAI_STORAGE names S3-compatible storage; install requirements/s3.txt for it"
        raise ImproperlyConfigured(wanted) from error
    return made(dict(options), near)

"""Where the bytes of files on their way lie: ``intake/<tenant>/<id>/`` in the data folder, sealed.

What persons handed in may hold what is never published (names, addresses, coordinates), so it lies
sealed while it waits, often for days. In clear it is only in `working`, while a step is under way.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base import sealed_files
from balai.base.disk import make_folder, settle
from balai.base.errors import Conflict
from balai.data.storage.names import of_tenant

GIVEN, RAW, CANONICAL, LISTED = "given", "raw.parquet", "canonical.csv", "faults.csv"
"""What is kept of a file: as it came, as a table of text, as columns of the dataset, and its faults."""


def folder(tenant: str, upload: UUID) -> Path:
    return Path(settings.DATA) / "intake" / of_tenant(tenant) / str(upload)


def append(tenant: str, upload: UUID, key: str, offset: int, content: BinaryIO, most: int) -> int:
    """Write bytes behind the first `offset` ones; return how many were written, on disk for good.

    What stands behind `offset` was never acknowledged and is written over. A connection that breaks
    leaves what had arrived by then.

    Raises:
        Conflict: another request is writing to it.
    """
    own = folder(tenant, upload)
    make_folder(own)
    is_new = not (own / GIVEN).exists()
    with (own / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_("Bagian lain dari berkas ini sedang diterima.")) from None
        written = sealed_files.append(own / GIVEN, key, offset, content, most)
    if is_new:
        settle(own)
    return written


def opened(tenant: str, upload: UUID, key: str, name: str, working: Path) -> Path:
    """Put a file that was kept in clear into the folder of a step, and return where. FileNotFoundError."""
    return sealed_files.unseal(folder(tenant, upload) / name, working / name, key)


def keep(tenant: str, upload: UUID, key: str, path: Path) -> None:
    """Keep what a step made, sealed, under its name; where it made nothing, what was kept falls."""
    kept = folder(tenant, upload) / path.name
    if path.exists():
        sealed_files.seal(path, kept, key)
    else:
        kept.unlink(missing_ok=True)


def listed(tenant: str, upload: UUID, key: str) -> Iterator[bytes] | None:
    """Return the list of faults in parts; None where there are none."""
    path = folder(tenant, upload) / LISTED
    return sealed_files.parts(path, key) if path.exists() else None


@contextmanager
def working(tenant: str, upload: UUID) -> Iterator[Path]:
    """Give a folder for work under way; what an attempt that was killed left there is gone."""
    path = folder(tenant, upload) / "work"
    shutil.rmtree(path, ignore_errors=True)
    make_folder(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def remove(tenant: str, upload: UUID) -> None:
    """Let go of every byte of a file."""
    shutil.rmtree(folder(tenant, upload), ignore_errors=True)


def there(tenant: str) -> Iterator[str]:
    """Yield the ids of files that have a folder."""
    root = Path(settings.DATA) / "intake" / of_tenant(tenant)
    yield from (path.name for path in root.iterdir()) if root.is_dir() else ()

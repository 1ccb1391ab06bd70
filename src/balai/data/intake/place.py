"""Where the bytes of files on their way lie: ``intake/<tenant>/<id>/`` in the data folder, for us alone."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.disk import make_folder, settle
from balai.base.errors import Conflict
from balai.data.intake.bounds import PART
from balai.data.storage.names import of_tenant


def folder(tenant: str, upload: UUID) -> Path:
    return Path(settings.DATA) / "intake" / of_tenant(tenant) / str(upload)


def given(tenant: str, upload: UUID) -> Path:
    """Return where the bytes lie as they came."""
    return folder(tenant, upload) / "given"


def raw(tenant: str, upload: UUID) -> Path:
    return folder(tenant, upload) / "raw.parquet"


def canonical(tenant: str, upload: UUID) -> Path:
    return folder(tenant, upload) / "canonical.csv"


def listed(tenant: str, upload: UUID) -> Path:
    """Return where the list of faults lies; no file where there are none."""
    return folder(tenant, upload) / "faults.csv"


def append(tenant: str, upload: UUID, offset: int, content: BinaryIO, most: int) -> int:
    """Write bytes behind the first `offset` ones; return how many were written, on disk for good.

    What stands behind `offset` was never acknowledged and is written over. A connection that breaks
    leaves what had arrived by then.

    Raises:
        Conflict: another request is writing to it.
    """
    make_folder(folder(tenant, upload))
    path = given(tenant, upload)
    is_new = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_("Bagian lain dari berkas ini sedang diterima.")) from None
        file.truncate(offset)
        file.seek(offset)
        written = 0
        try:
            while written < most and (part := content.read(min(PART, most - written))):
                file.write(part)
                written += len(part)
        except OSError:
            if not written:
                raise
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        settle(path.parent)
    return written


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

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
from balai.data.intake.flowing import Given
from balai.data.storage.names import of_tenant

GIVEN, RAW, ROWS, LISTED = "given", "raw-*.parquet", "rows.parquet", "faults.csv"
"""What is kept of a file: as it came, as text in some files, as it will be published, and its faults.

In place of ROWS stands `columnar.TEXTS` where there are faults.
"""


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


def given(tenant: str, upload: UUID, key: str, size: int, working: Path) -> Given:
    """Return a file as it came; in clear as a whole only where its reader asks for that."""
    sealed = folder(tenant, upload) / GIVEN
    return Given(
        size,
        lambda: sealed_files.parts(sealed, key),
        lambda: opened(tenant, upload, key, GIVEN, working),
    )


def opened(tenant: str, upload: UUID, key: str, name: str, working: Path) -> Path:
    """Put what was kept under a name in clear into the folder of a step, and return where.

    Args:
        name: with a star for all files so named.

    Raises:
        FileNotFoundError
    """
    there = folder(tenant, upload)
    for sealed in sorted(there.glob(name)) if "*" in name else [there / name]:
        made = working / sealed.name
        if not made.exists():
            draft = working / f"{sealed.name}.draft"
            # Its name is bound to its bytes, so it is read under the one it was sealed with.
            with draft.open("wb") as file:
                for part in sealed_files.parts(sealed, key):
                    file.write(part)
            draft.replace(made)
    return working / name


def clear(path: Path) -> None:
    """Remove files in clear before their step ends, by the path that `opened` gave."""
    for one in path.parent.glob(path.name):
        one.unlink()


def keep(tenant: str, upload: UUID, key: str, path: Path) -> None:
    """Keep what a step made, sealed, under its name; what it did not make and was kept before falls.

    Args:
        path: with a star in its name for all files so named.
    """
    there = folder(tenant, upload)
    made = sorted(path.parent.glob(path.name)) if "*" in path.name else [path] * path.exists()
    try:
        for one in made:
            sealed_files.seal(one, there / one.name, key)
    except BaseException:
        # On a full disk what was half written would stand in the way of the next attempt.
        for draft in there.glob("*.draft"):
            draft.unlink(missing_ok=True)
        raise
    for old in there.glob(path.name):
        if old.name not in {one.name for one in made}:
            old.unlink(missing_ok=True)


def listed(tenant: str, upload: UUID, key: str) -> Iterator[bytes] | None:
    """Return the list of faults in parts; None where there are none."""
    path = folder(tenant, upload) / LISTED
    return sealed_files.parts(path, key) if path.exists() else None


@contextmanager
def working(tenant: str, upload: UUID, step: int) -> Iterator[Path]:
    """Give the folder of a step under way.

    What is whole in it was made by an attempt at this step that was killed, and need not be made again;
    drafts, and what was left of another step, are gone.

    Args:
        step: the version of the row at which the step was begun.
    """
    path = folder(tenant, upload) / f"work-{step}"
    for left in folder(tenant, upload).glob("work*"):
        if left != path:
            shutil.rmtree(left, ignore_errors=True)
    make_folder(path)
    for left in path.iterdir():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.suffix in (".draft", ".tmp") or not left.is_file():
            # What the engine had to put aside is of no use to another one.
            left.unlink(missing_ok=True)
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

"""Looking through the rows of a version before they are published: what would stand, and what would change.

Nothing is published here. The file between looking and publishing is kept sealed,
for it holds what the transforms have not yet taken out of it.
"""

import base64
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.held import Held, keep
from balai.base.sealing import seal, unseal
from balai.data import columnar
from balai.data.changes.versions import (
    _dataset,
    _declaration,
    _refuse,
    _regions,
    _Said,
    _same,
    _village_at,
    _written,
)
from balai.data.models import Dataset
from balai.data.rules.comparing import Comparison
from balai.data.rules.metadata import Declaration
from balai.data.storage import storage

SHOWN = 20
_PURPOSE = "data.rows"


@dataclass(frozen=True)
class Looked:
    """What publishing a file would do.

    Attributes:
        rows: how many would stand; `suppressed` more would be left out.
        first: the first of them, as published.
        comparison: against the version that stands; None where there is none, or its rows or key are gone.
        is_same: it holds just what stands, so no version would be made.
    """

    declaration: Declaration
    rows: int
    suppressed: int
    first: tuple[Mapping[str, object], ...]
    comparison: Comparison | None
    is_same: bool


def look_through(
    actor: Actor, dataset: str, path: Path, period: str, *, reason: str = "", corrects: int | None = None
) -> Looked:
    """Check a CSV file as `publish_file` would, and tell what would come of it.

    Raises: as `publish_file`, but for Conflict.
    """
    row = _dataset(dataset)
    actor.require("data.publish", row)
    declaration = _declaration(row)
    said = _Said(period, timezone.now(), reason, corrects)
    _refuse(said)

    def write(own: Declaration, folder: Path) -> columnar.Written:
        return columnar.write_file(own, path, folder, _regions, _village_at)

    with storage().drafting(row.tenant) as folder:
        written = _written(write, declaration, folder)
        files = (folder / "rows.parquet",)
        return Looked(
            declaration,
            written.rows,
            written.suppressed,
            columnar.rows(files, SHOWN),
            _compared(row, declaration, files),
            _same(row.current, said, declaration, written) is not None,
        )


def _compared(row: Dataset, declaration: Declaration, files: tuple[Path, ...]) -> Comparison | None:
    if row.current is None:
        return None
    try:
        standing = tuple(storage().local(row.tenant, file["sha256"]) for file in row.current.files)
        return columnar.compare(standing, files, declaration.key, SHOWN)
    except (FileNotFoundError, NotFound, Invalid):
        return None


@contextmanager
def on_disk(tenant: str, content: BinaryIO) -> Iterator[Path]:
    """Give a path at which an upload lies while it is read; it is gone afterwards."""
    with storage().drafting(tenant) as folder:
        path = folder / "given.csv"
        with path.open("wb") as file:
            while part := content.read(1 << 20):
                file.write(part)
        yield path


def keep_sealed(content: BinaryIO, name: str) -> Held:
    """Put a file aside until it is agreed to, so that nobody reads it on the disk.

    Raises:
        Invalid: it is larger than BALAI_UPLOAD_MAX_MB.
    """
    most = settings.OPTIONS.upload_max_mb
    whole = content.read(most * 1_000_000 + 1)
    if len(whole) > most * 1_000_000:
        right = _("Paling besar %(most)d MB. Kurangi kolom atau barisnya.") % {"most": most}
        raise Invalid([Fault("file", _("Berkasnya terlalu besar."), right)])
    closed = seal(base64.b64encode(zlib.compress(whole, 3)).decode(), _PURPOSE)
    return keep(io.BytesIO(closed.encode()), name, "file")


def opened(held: Held) -> BinaryIO:
    """Return the bytes of `keep_sealed`. Raises FileNotFoundError after a day."""
    with held.open() as file:
        closed = file.read().decode()
    return io.BytesIO(zlib.decompress(base64.b64decode(unseal(closed, _PURPOSE))))

"""Versions of a dataset: their record, their rows, and what changed between two of them."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data import columnar
from balai.data.engines.lease import Gone
from balai.data.models import Dataset, DatasetVersion
from balai.data.reads import sight
from balai.data.reads.catalogue import of_code
from balai.data.rules.comparing import Comparison
from balai.data.rules.gate import ColumnType, Table
from balai.data.rules.metadata import Declaration, read
from balai.data.sidefiles.place import Kind, place
from balai.data.sidefiles.versions import facts_of
from balai.data.storage import storage

MOST_ROWS = 1000
"""Rows given at once; whole versions leave as files."""


@dataclass(frozen=True)
class VersionRow:
    """The record of a version. `is_retired`: its rows were given up by the retention rule.

    `quality` is what an intake found of its rows: {score, since, parts, faults, by_kind, departures, signed};
    {} for a version that came in another way.
    """

    id: UUID
    tenant: str
    dataset: str
    number: int
    period: str
    rows: int
    bytes: int
    declaration: Declaration
    schema_hash: str
    content_hash: str
    reason: str
    corrects: int | None
    suppressed: int
    published_by: str
    published_at: datetime
    is_current: bool
    is_retired: bool
    quality: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Readable:
    """One version of a dataset, as questions in SQL read it.

    Attributes:
        tenant: whose dataset it is.
        code: of the dataset; the name of the table in SQL.
        version, number: of the version read.
        table: the file on this machine and its columns, as the gate takes them.
    """

    tenant: str
    code: str
    version: UUID
    number: int
    table: Table


def versions(actor: Actor, code: str) -> tuple[VersionRow, ...]:
    """Return the versions of a dataset, the newest first. Raises NotFound."""
    row = of_code(actor, code)
    with tenancy.widened(tenancy.NATIONAL):
        return tuple(_row(row, each) for each in _seen(actor, row).order_by("-number"))


def version(actor: Actor, code: str, number: int | None = None) -> VersionRow:
    """Return one version of a dataset, the one that stands without a number. Raises NotFound."""
    row = of_code(actor, code)
    return _row(row, _version(actor, row, number))


def first_rows(
    actor: Actor, code: str, number: int | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[Mapping[str, object], ...]:
    """Return rows of a version in the order of its key, at most MOST_ROWS; a point is two columns.

    Raises:
        NotFound: no such dataset or version the actor may see, or its rows were given up.
    """
    row = of_code(actor, code)
    files = _files(_version(actor, row, number))
    return columnar.rows(files, min(max(limit, 0), MOST_ROWS), max(offset, 0))


def compare(
    actor: Actor, code: str, before: int, after: int, key: tuple[str, ...] = (), limit: int = 20
) -> Comparison:
    """Return which rows version `after` added, removed and changed against `before`.

    Args:
        key: columns that tell rows apart; those declared for `after` when left out.
        limit: differences named, at most MOST_ROWS.

    Raises:
        NotFound: as `first_rows`.
        Invalid: a version has no such key column, or several rows of one key.
    """
    row = of_code(actor, code)
    old, new = _version(actor, row, before), _version(actor, row, after)
    wanted = key or read(new.metadata).key
    return columnar.compare(_files(old), _files(new), wanted, min(max(limit, 0), MOST_ROWS))


def readable(actor: Actor, codes: Collection[str] | None = None) -> Mapping[str, Readable]:
    """Return what the actor may ask questions of, by name; the own tenant's stand before the nation's.

    A version whose file is known to be gone is left out. Files in S3-compatible storage come
    when a question reads them.

    Args:
        codes: look for these alone; a catalogue may have thousands.
    """
    with tenancy.widened(tenancy.NATIONAL):
        # Metadata is long, and what questions need of it is remembered by version.
        seen = sight.published(actor).select_related("current")
        if codes is not None:
            seen = seen.filter(code__in=codes)
        rows = sorted(
            seen.defer("metadata", "draft", "current__metadata"), key=lambda row: row.tenant == actor.tenant
        )
        found = {}
        for row in rows:
            with suppress(NotFound):
                found[row.code] = _readable(row.code, row.current)
    return found


def readable_version(actor: Actor, code: str, number: int) -> Readable:
    """Return one version of a dataset, an old one too, as questions read it. Raises NotFound."""
    row = of_code(actor, code)
    found = _version(actor, row, number)
    _files(found)
    return _readable(code, found)


_TYPES = {
    "text": ColumnType.TEXT,
    "region": ColumnType.TEXT,
    "integer": ColumnType.INTEGER,
    "money": ColumnType.INTEGER,
    "decimal": ColumnType.DECIMAL,
    "double": ColumnType.DOUBLE,
    "date": ColumnType.DATE,
    "boolean": ColumnType.BOOLEAN,
}


def _readable(code: str, row: DatasetVersion | None) -> Readable:
    if row is None:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})
    file = _expected(row)
    known = facts_of(row)
    # Questions over the column cache take half the work of those over Parquet.
    quick = place(row.tenant, known.sha256, Kind.COLUMNS)
    columns = {one.name: _TYPES[one.sort] for one in known.columns}
    # Spark reads Parquet alone.
    quicker = settings.SPARK is None and quick.is_file()
    table = Table(code, quick if quicker else file, columns)
    return Readable(row.tenant, code, row.pk, row.number, table)


def _seen(actor: Actor, row: Dataset) -> QuerySet[DatasetVersion]:
    return sight.versions(actor, row).select_related("corrects", "retired")


def _version(actor: Actor, row: Dataset, number: int | None) -> DatasetVersion:
    with tenancy.widened(tenancy.NATIONAL):
        seen = _seen(actor, row)
        for one in seen.filter(pk__in=[row.current_id]) if number is None else seen.filter(number=number):
            return one
    raise NotFound(_("Tidak ada versi %(number)s dari set data ini.") % {"number": number or ""})


def _files(row: DatasetVersion) -> tuple[Path, ...]:
    """Return the files of a version, brought to this machine."""
    if hasattr(row, "retired"):
        raise _given_up(row)
    try:
        return tuple(storage().local(row.tenant, file["sha256"]) for file in row.files)
    except FileNotFoundError:
        raise _given_up(row) from None
    except OSError as error:
        raise Gone(_("Tempat simpan berkas set data tidak menjawab. Coba lagi.")) from error


def _expected(row: DatasetVersion) -> Path:
    """Return where the one file of a version will lie once a question needs it."""
    (file,) = row.files
    try:
        return storage().expected(row.tenant, file["sha256"])
    except FileNotFoundError:
        raise _given_up(row) from None


def _given_up(row: DatasetVersion) -> NotFound:
    return NotFound(_("Baris versi %(number)d tidak disimpan lagi.") % {"number": row.number})


def _row(dataset: Dataset, row: DatasetVersion) -> VersionRow:
    return VersionRow(
        row.pk,
        row.tenant,
        dataset.code,
        row.number,
        row.period,
        row.rows,
        sum(file["bytes"] for file in row.files),
        read(row.metadata),
        row.schema_hash,
        row.content_hash,
        row.reason,
        row.corrects.number if row.corrects else None,
        row.suppressed,
        row.published_by,
        row.published_at,
        row.pk == dataset.current_id,
        hasattr(row, "retired"),
        row.quality,
    )

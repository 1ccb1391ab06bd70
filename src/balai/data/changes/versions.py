"""Publishing a version: rows checked and written to a file first, then one transaction that names it.

Until that transaction nothing is visible, and after it everything is. A publisher that
stops anywhere leaves at most a file that nobody names; publishing again
finds the same content and ends in the same place.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, outbox, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.data import columnar
from balai.data.changes.locking import locked
from balai.data.models import Dataset, DatasetVersion
from balai.data.rules.metadata import Declaration, read, schema_hash
from balai.data.rules.transforms import Given, WrongWidth, texts
from balai.data.storage import Storage, storage
from balai.places import reads as places
from balai.places.rules import Point

ARRIVED = "data.version_published"
"""Announced with `dataset` (code), `number` and `version` (id) when a version has come to stand."""

_LONGEST_PERIOD = 40


@dataclass(frozen=True)
class Published:
    """The version that stands. `is_new` is False where the rows were those of the version before."""

    dataset: str
    version: DatasetVersion
    is_new: bool


def publish(
    actor: Actor,
    dataset: str,
    rows: Iterable[Given],
    period: str,
    *,
    at: datetime,
    reason: str = "",
    corrects: int | None = None,
    into: Storage | None = None,
) -> Published:
    """Publish `rows` as the next version of a dataset of the tenant in scope.

    Rows are all rows of the dataset, by name or in the order of the declared columns.
    Personal columns are transformed before anything is written anywhere. The same
    rows, period and schema as the current version make no new one.

    Call it outside of a transaction: writing the file may take long, and others would wait.

    Args:
        period: what the rows speak of, e.g. "2026" or "2026-T1".
        reason: why this version corrects another; needed with `corrects`.
        corrects: number of the version it corrects.
        into: where files are kept, when not where this installation keeps them.

    Raises:
        Forbidden: the actor may not publish this dataset.
        NotFound: the tenant has no such dataset, or no version `corrects`.
        Locked: its metadata was never checked.
        Invalid: faults by row and column, at most `columnar.MOST_FAULTS`; nothing is published.
        Conflict: the metadata in force changed meanwhile.
    """

    def write(declaration: Declaration, folder: Path) -> columnar.Written:
        return columnar.write(declaration, texts(declaration, rows, _village_at), folder, _regions)

    return _publish(actor, dataset, write, _Said(period, at, reason, corrects), into)


def publish_file(
    actor: Actor,
    dataset: str,
    path: Path,
    period: str,
    *,
    at: datetime,
    reason: str = "",
    corrects: int | None = None,
    into: Storage | None = None,
    memory: str = columnar.MEMORY,
) -> Published:
    """As `publish`, of a CSV file on this machine: the engine reads it, and a million rows take seconds.

    UTF-8 with a header of the declared names in any order; a point is `<name>_lon` and `<name>_lat`.
    The checks, transforms and refusals are those of `publish`, and so is the version. The file
    is the caller's, before and after.

    Args:
        memory: of the engine; beyond, it goes to the disk.

    Raises:
        Invalid: as `publish`; also where the file cannot be read as such a CSV.
    """

    def write(declaration: Declaration, folder: Path) -> columnar.Written:
        return columnar.write_file(declaration, path, folder, _regions, _village_at, memory=memory)

    return _publish(actor, dataset, write, _Said(period, at, reason, corrects), into)


def publish_checked(
    actor: Actor,
    dataset: str,
    write: Callable[[Declaration, Path], columnar.Written],
    period: str,
    *,
    at: datetime,
    reason: str = "",
    corrects: int | None = None,
    quality: Mapping[str, Any] | None = None,
) -> Published:
    """As `publish`, of rows that were checked before. Raises as `publish`.

    Args:
        write: puts ``rows.parquet`` into a folder and says what it is; it refuses where the declaration in
            force is not the one the rows were checked against.
        quality: what was found of the rows, kept with the version; also who signed for them and why.
    """
    return _publish(actor, dataset, write, _Said(period, at, reason, corrects, quality or {}), None)


@dataclass(frozen=True)
class _Said:
    """What is said of a version by whoever publishes it."""

    period: str
    at: datetime
    reason: str
    corrects: int | None
    quality: Mapping[str, Any] = field(default_factory=dict)


def _publish(
    actor: Actor,
    dataset: str,
    write: Callable[[Declaration, Path], columnar.Written],
    said: _Said,
    into: Storage | None,
) -> Published:
    store = into or storage()
    row = _dataset(dataset)
    actor.require("data.publish", row)
    declaration = _declaration(row)
    _refuse(said)
    tenant = row.tenant
    with store.drafting(tenant) as folder:
        written = _written(write, declaration, folder)
        same = _same(row.current, said, declaration, written)
        if same:
            return Published(row.code, same, False)
        sha256, size = store.lay_down(tenant, folder / "rows.parquet")
    file = {"name": f"{row.code}.parquet", "sha256": sha256, "bytes": size, "rows": written.rows}
    with transaction.atomic():
        row = locked(dataset)
        if row.metadata != declaration.written():
            raise Conflict(_("Metadata set data ini berubah saat barisnya diperiksa. Terbitkan lagi."))
        same = _same(row.current, said, declaration, written)
        if same:
            return Published(row.code, same, False)
        version = _new_version(actor, row, declaration, written, file, said)
        row.current, row.status = version, _status(row)
        row.save(update_fields=["current", "status"])
        facts: dict[str, Any] = {"code": row.code, "number": version.number, "period": said.period}
        journal.write(
            actor,
            "dataset.publish",
            version,
            **facts,
            rows=version.rows,
            suppressed=version.suppressed,
            content=version.content_hash,
            sha256=sha256,
            corrects=said.corrects,
            reason=version.reason,
            **_departed(version),
        )
        outbox.announce(
            ARRIVED, str(version.pk), dataset=row.code, number=version.number, version=str(version.pk)
        )
    return Published(row.code, version, True)


def _dataset(code: str) -> Dataset:
    found = (
        Dataset.objects.filter(tenant=tenancy.current_tenant(), code=code).select_related("current").first()
    )
    if found is None:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})
    return found


def _declaration(row: Dataset) -> Declaration:
    if not row.metadata:
        raise Locked(_("Set data ini belum diperiksa walidata, jadi belum dapat diterbitkan."))
    return read(row.metadata)


def _status(row: Dataset) -> str:
    # A draft under way goes on beside what is in force.
    return Dataset.Status.PUBLISHED if row.status == Dataset.Status.CHECKED else row.status


def _refuse(said: _Said) -> None:
    found = []
    if not said.period.strip() or len(said.period) > _LONGEST_PERIOD:
        right = _("Tulis misalnya 2026 atau 2026-T1, paling panjang %(most)d huruf.")
        found.append(Fault("period", _("Periodenya tidak sesuai."), right % {"most": _LONGEST_PERIOD}))
    if said.corrects is not None and not said.reason.strip():
        found.append(Fault("reason", _("Alasan koreksi belum diisi."), _("Tulis apa yang salah.")))
    if found:
        raise Invalid(found)


def _written(
    write: Callable[[Declaration, Path], columnar.Written], declaration: Declaration, folder: Path
) -> columnar.Written:
    try:
        return write(declaration, folder)
    except WrongWidth as wrong:
        names = ", ".join(column.name for column in declaration.columns)
        place = _("Baris %(row)d") % {"row": wrong.row}
        told = _("Kolomnya tidak sesuai: %(found)s.") % {"found": wrong.found}
        raise Invalid([Fault(place, told, _("Kolomnya: %(names)s.") % {"names": names})]) from None


def _village_at(longitude: object, latitude: object) -> str:
    try:
        found = places.containing(Point(latitude=float(str(latitude)), longitude=float(str(longitude))))
    except (ValueError, Invalid):
        return ""
    return found.code if found else ""


def _regions(codes: Collection[str]) -> Collection[str]:
    # In parts: a database takes only so many values in one question.
    known: set[str] = set()
    every = sorted(codes)
    for start in range(0, len(every), 500):
        known |= places.regions(every[start : start + 500]).keys()
    return known


def _same(
    current: DatasetVersion | None, said: _Said, declaration: Declaration, written: columnar.Written
) -> DatasetVersion | None:
    """Return the current version where it holds just this."""
    if current is None or current.classification != declaration.classification:
        return None
    if said.corrects is not None and (current.corrects is None or current.corrects.number != said.corrects):
        return None
    if current.period != said.period or current.suppressed != written.suppressed:
        return None
    if (current.content_hash, current.schema_hash) != (written.content_hash, schema_hash(declaration)):
        return None
    return current


def _departed(version: DatasetVersion) -> dict[str, Any]:
    """Return what the journal says of rows that are not as declared; nothing where all are."""
    if not version.quality.get("departures"):
        return {}
    return {"departures": version.quality["departures"], "signed": version.quality.get("signed")}


def _new_version(
    actor: Actor,
    row: Dataset,
    declaration: Declaration,
    written: columnar.Written,
    file: dict[str, Any],
    said: _Said,
) -> DatasetVersion:
    versions = DatasetVersion.objects.filter(dataset=row)
    corrected = None
    if said.corrects is not None:
        corrected = versions.filter(number=said.corrects).first()
        if corrected is None:
            raise NotFound(_("Tidak ada versi %(number)d dari set data ini.") % {"number": said.corrects})
    last = versions.order_by("-number").values_list("number", flat=True).first() or 0
    return DatasetVersion.objects.create(
        dataset=row,
        number=last + 1,
        period=said.period,
        rows=written.rows,
        files=[file],
        metadata=declaration.written(),
        classification=declaration.classification.value,
        schema_hash=schema_hash(declaration),
        content_hash=written.content_hash,
        reason=said.reason.strip(),
        corrects=corrected,
        suppressed=written.suppressed,
        quality={**said.quality, "departures": [asdict(each) for each in written.departures]}
        if said.quality
        else {},
        published_by=actor.name,
        publisher_id_text=actor.id,
        published_at=said.at,
    )

"""Changing some rows of a dataset: the rows that stand with those changes become the next version.

Nothing that was published changes. The rows of the new version are put together by the engine in a file
of our own and published as any file is: checked, and refused as a whole where a row is wrong.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.data import columnar
from balai.data.changes.versions import Published, publish_file
from balai.data.columnar.shape import Physical, parquet, quoted, text
from balai.data.models import Dataset, DatasetVersion
from balai.data.rules.metadata import ColumnType, Declaration, read
from balai.data.rules.transforms import text as text_of
from balai.data.storage import storage

MOST_CHANGED = 20_000
"""Rows changed at once; larger changes are published as a file."""
MOST_STANDING = 1_000_000
"""Rows of a version that is changed by rows; a larger one is published as a file."""

_PLACE, _NAMED = "#", "##"
"""Columns beside those of the records: which record it is, and what it names. No declared name is such."""

type Record = Mapping[str, object]


class Way(StrEnum):
    """What becomes of a row whose key is there already, or is not."""

    INSERT = "insert"
    """it must be new"""
    UPDATE = "update"
    """it must be there; columns that are not named stay as they are"""
    UPSERT = "upsert"
    """either"""


@dataclass(frozen=True)
class Editing:
    """A change of rows.

    Attributes:
        records: rows by the names of the published columns; a point is `<name>_lon` and `<name>_lat`.
        condition: SQL over the published columns, written by us; rows for which it holds leave.
        period, reason: of the new version; the period that stands, and no reason, where "".
    """

    records: Sequence[Record] = ()
    way: Way = Way.UPSERT
    condition: str = ""
    period: str = ""
    reason: str = ""


def edit_rows(actor: Actor, code: str, editing: Editing, *, at: datetime) -> Published:
    """Publish the rows that stand with some added, changed or left out as the next version.

    With a reason the new version is a correction of the one that stands. A dataset without a
    version takes records as its first.

    Raises:
        Forbidden: the actor may not publish this dataset.
        NotFound: there is no such dataset, or the rows that stand are not kept.
        Locked: it was never checked, or its rows cannot be taken back as they were handed in.
        Invalid: records have other columns, too many rows, or the outcome breaks the declaration.
        Conflict: somebody published meanwhile; nothing was written.
    """
    row = _dataset(code)
    actor.require("data.publish", row)
    if not row.metadata:
        raise Locked(_("Metadata set data ini belum diperiksa walidata."))
    declaration, before = read(row.metadata), row.current
    columns = columnar.physical(declaration)
    _refuse(declaration, columns, before, editing)
    store = storage()
    with store.drafting(row.tenant) as folder, transaction.atomic():
        path = folder / "changed.csv"
        standing = _standing(row, before)
        _write(folder, path, declaration, columns, standing, editing)
        period = editing.period or (before.period if before else str(at.year))
        corrects = before.number if before and editing.reason else None
        made = publish_file(actor, code, path, period, at=at, reason=editing.reason, corrects=corrects)
        number = before.number if before else 0
        if made.is_new and made.version.number != number + 1:
            # The rows we began with stand no more; what was published meanwhile would be lost.
            raise Conflict(_("Versi lain terbit saat baris ini disusun. Ulangi perubahannya."))
    return made


def _dataset(code: str) -> Dataset:
    row = Dataset.objects.filter(tenant=tenancy.current_tenant(), code=code).select_related("current").first()
    if row is None:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})
    return row


def _refuse(
    declaration: Declaration, columns: Sequence[Physical], before: DatasetVersion | None, editing: Editing
) -> None:
    """Refuse what cannot be done by rows. Raises Locked, Invalid."""
    if any(column.transform for column in declaration.columns):
        raise Locked(
            _("Kolom pribadi set data ini diubah saat terbit. Terbitkan berkas lengkap, bukan per baris.")
        )
    found = []
    if (before and before.rows > MOST_STANDING) or len(editing.records) > MOST_CHANGED:
        right = _("Paling banyak %(changed)d baris sekali kirim, atas paling banyak %(rows)d baris.")
        right %= {"changed": MOST_CHANGED, "rows": MOST_STANDING}
        found.append(Fault("records", _("Terlalu banyak untuk disunting per baris."), right))
    if before and before.schema_hash and {one.name for one in columns} != _names(before):
        right = _("Terbitkan berkas lengkap dengan kolom yang baru.")
        found.append(Fault("fields", _("Kolomnya berubah sejak versi yang berlaku terbit."), right))
    known = {one.name for one in columns}
    for place, record in enumerate(editing.records, 1):
        if strange := [name for name in record if name not in known]:
            wrong = _("Kolomnya tidak dikenal: %(names)s.") % {"names": ", ".join(strange)[:200]}
            found.append(_fault(place, wrong, _("Kolomnya: %(names)s.") % {"names": ", ".join(known)}))
        elif missing := [name for name in declaration.key if text_of(record.get(name)) is None]:
            wrong = _("Kuncinya tidak ada: %(names)s.") % {"names": ", ".join(missing)}
            found.append(_fault(place, wrong, _("Isi kolom kunci di tiap baris.")))
        if len(found) >= columnar.MOST_FAULTS:
            break
    if found:
        raise Invalid(found)


def _names(version: DatasetVersion) -> set[str]:
    return {one.name for one in columnar.physical(read(version.metadata))}


def _standing(row: Dataset, before: DatasetVersion | None) -> Sequence[Path]:
    if before is None:
        return ()
    try:
        return [storage().local(row.tenant, file["sha256"]) for file in before.files]
    except FileNotFoundError:
        told = _("Baris versi %(number)d tidak disimpan lagi.") % {"number": before.number}
        raise NotFound(told) from None


def _write(
    folder: Path,
    path: Path,
    declaration: Declaration,
    columns: Sequence[Physical],
    standing: Sequence[Path],
    editing: Editing,
) -> None:
    """Write all rows of the new version as CSV, as a whole file is handed in. Raises Invalid."""
    names = [one.name for one in columns]
    with columnar.engine(folder) as duck:
        cells = ", ".join(f"{_as_text(one)} AS {quoted(one.name)}" for one in columns)
        if standing:
            condition = f"WHERE NOT coalesce(({editing.condition}), false)" if editing.condition else ""
            duck.execute(
                f"CREATE TABLE standing AS SELECT {cells} FROM {parquet(standing)} {condition}"  # noqa: S608
            )
        else:
            shape = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
            duck.execute(f"CREATE TABLE standing ({shape})")
        if editing.records:
            _put(duck, path, declaration, columns, editing)
        duck.execute(f"COPY standing TO {text(path)} (FORMAT csv, HEADER true, FORCE_QUOTE *)")


def _put(
    duck: columnar.Engine,
    path: Path,
    declaration: Declaration,
    columns: Sequence[Physical],
    editing: Editing,
) -> None:
    """Bring the records into the table `standing`, all at once. Raises Invalid."""
    names = [one.name for one in columns]
    _take(duck, path, names, editing.records)
    types = {one.name: one.type for one in columns}

    def same(one: str, other: str) -> str:
        # Compared as typed: 1.50 and 1.5 are one key.
        return " AND ".join(
            f"TRY_CAST({one}.{quoted(name)} AS {types[name]}) "
            f"= TRY_CAST({other}.{quoted(name)} AS {types[name]})"
            for name in declaration.key
        )

    there = f"EXISTS (SELECT 1 FROM standing s WHERE {same('s', 'g')})"  # noqa: S608
    twice = (
        f"EXISTS (SELECT 1 FROM given o WHERE o.{quoted(_PLACE)} < g.{quoted(_PLACE)} AND {same('o', 'g')})"  # noqa: S608
    )
    _refuse_places(duck, twice, _("Kuncinya sama dengan baris lain dalam kiriman ini."), "")
    if editing.way is Way.INSERT:
        right = _("Pakai upsert atau update untuk mengubahnya.")
        _refuse_places(duck, there, _("Baris dengan kunci ini sudah ada."), right)
    if editing.way is Way.UPDATE:
        right = _("Pakai upsert atau insert untuk menambahnya.")
        _refuse_places(duck, f"NOT {there}", _("Baris dengan kunci ini tidak ada."), right)
    duck.execute(f"CREATE TABLE fresh AS SELECT * FROM given g WHERE NOT {there}")  # noqa: S608
    changed = ", ".join(
        f"{quoted(name)} = CASE WHEN list_contains(g.{quoted(_NAMED)}, {text(name)}) THEN g.{quoted(name)} "
        f"ELSE s.{quoted(name)} END"
        for name in names
    )
    duck.execute(f"UPDATE standing s SET {changed} FROM given g WHERE {same('s', 'g')}")  # noqa: S608
    listed = ", ".join(map(quoted, names))
    duck.execute(f"INSERT INTO standing ({listed}) SELECT {listed} FROM fresh ORDER BY {quoted(_PLACE)}")  # noqa: S608


def _take(duck: columnar.Engine, path: Path, names: Sequence[str], records: Sequence[Record]) -> None:
    """Make the table `given` of the records: `place` from 1, `named` the columns a record names."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for place, record in enumerate(records, 1):
            writer.writerow([place, "|".join(record), *(text_of(record.get(name)) or "" for name in names)])
    shape = ", ".join(f"{text(name)}: 'VARCHAR'" for name in (_PLACE, _NAMED, *names))
    duck.execute(
        f"CREATE TABLE given AS SELECT CAST({quoted(_PLACE)} AS BIGINT) AS {quoted(_PLACE)}, "  # noqa: S608
        f"string_split({quoted(_NAMED)}, '|') AS {quoted(_NAMED)}, {', '.join(map(quoted, names))} "
        f"FROM read_csv({text(path)}, header=false, auto_detect=false, delim=',', quote='\"', escape='\"', "
        f"new_line='\\n', nullstr='', parallel=false, max_line_size=16777216, columns={{{shape}}})"
    )
    path.unlink()


def _refuse_places(duck: columnar.Engine, condition: str, wrong: str, right: str) -> None:
    number = quoted(_PLACE)
    rows = duck.execute(
        f"SELECT {number} FROM given g WHERE {condition} "  # noqa: S608
        f"ORDER BY {number} LIMIT {columnar.MOST_FAULTS}"
    ).fetchall()
    if rows:
        raise Invalid([_fault(place, wrong, right) for (place,) in rows])


def _as_text(one: Physical) -> str:
    name = quoted(one.name)
    if one.column.type is ColumnType.POINT:
        # The engine writes small numbers with an exponent, which no declaration takes.
        plain = f"CAST({name} AS VARCHAR)"
        return f"CASE WHEN {plain} LIKE '%e%' THEN format('{{:.20f}}', {name}) ELSE {plain} END"
    return f"CAST({name} AS VARCHAR)"


def _fault(place: int, wrong: str, right: str) -> Fault:
    return Fault(_("Baris %(row)d") % {"row": place}, wrong, right)

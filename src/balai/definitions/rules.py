"""Dated tables as values: typed cells, rows with a validity, and which row is in force on a day.

No clock and no database here; a day is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid

type Value = date | int | Decimal | str | bool | None
"""A cell; None only where its column is optional."""


class CellType(StrEnum):
    DATE = "date"
    RUPIAH = "rupiah"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"


class Column(Protocol):
    """What a column declares of its cells (`balai.definitions.tables.Column`)."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> CellType: ...
    @property
    def optional(self) -> bool: ...
    @property
    def allowed(self) -> tuple[str, ...]: ...
    @property
    def minimum(self) -> Decimal | None: ...
    @property
    def maximum(self) -> Decimal | None: ...


class Origin(StrEnum):
    """Which rows stand above which: an approved amendment above the file's own."""

    FILE = "file"
    AMENDMENT = "amendment"


@dataclass(frozen=True)
class Row:
    """A row of a dated table.

    Attributes:
        key: which series it belongs to; "" in a table of one series.
        valid_from: first day it is in force.
        valid_to: last day it is in force, None while open.
        confidence: of a shipped row; an amendment has a person who answers for it instead.
    """

    key: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, Value]
    source: str
    confidence: str = ""
    origin: Origin = Origin.FILE

    def covers(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def meets(self, valid_from: date, valid_to: date | None) -> bool:
        """Tell whether the row and the period share a day."""
        begins_before_end = valid_to is None or self.valid_from <= valid_to
        return begins_before_end and (self.valid_to is None or valid_from <= self.valid_to)


def in_force(rows: Iterable[Row], on: date) -> dict[str, Row]:
    """Return the row in force on a day for each key that has one, amendments above the file.

    >>> old = Row("", date(2020, 1, 1), None, {"days": 10}, "file")
    >>> new = Row("", date(2026, 1, 1), None, {"days": 7}, "Perwal", origin=Origin.AMENDMENT)
    >>> [in_force([old, new], date(year, 6, 1))[""].values["days"] for year in (2025, 2026)]
    [10, 7]
    """
    found: dict[str, Row] = {}
    for row in rows:
        standing = found.get(row.key)
        if row.covers(on) and (standing is None or row.origin is Origin.AMENDMENT):
            found[row.key] = row
    return found


def overlapping(rows: Iterable[Row], key: str, valid_from: date, valid_to: date | None) -> Row | None:
    """Return the first row of the key that shares a day with the period, None where none does."""
    return next((row for row in rows if row.key == key and row.meets(valid_from, valid_to)), None)


def parse(column: Column, text: str, place: str = "") -> Value:
    """Return the cell that `text` says in the form of files: 2026-03-18, 1500000, 0.5, true.

    Empty text is None.

    Raises:
        Invalid: not of the column's type, outside its limits or choices, or missing.
    """
    place = place or column.name
    text = text.strip()
    if not text:
        return check(column, None, place)
    value: Value = text
    try:
        match column.type:
            case CellType.DATE:
                value = date.fromisoformat(text) if len(text) == 10 else None
            case CellType.INTEGER | CellType.RUPIAH:
                value = (
                    int(text)
                    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit()
                    else None
                )
            case CellType.DECIMAL:
                value = Decimal(text) if "e" not in text.lower() else None
            case CellType.BOOLEAN:
                value = {"true": True, "false": False}.get(text)
    except (ValueError, InvalidOperation):
        value = None
    if value is None:
        raise Invalid([Fault(place, _("“%(text)s” salah bentuk.") % {"text": text[:80]}, _form(column))])
    return check(column, value, place)


def check(column: Column, value: Value, place: str = "") -> Value:
    """Return `value` if it may stand in the column.

    Raises:
        Invalid: another type, outside the limits or choices, or missing where it must be there.
    """
    place = place or column.name
    if value is None:
        if column.optional:
            return None
        raise Invalid([Fault(place, _("Belum diisi."), _form(column))])
    if not _is(column.type, value):
        raise Invalid([Fault(place, _("“%(text)s” salah jenis.") % {"text": str(value)[:80]}, _form(column))])
    if column.allowed and value not in column.allowed:
        right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(column.allowed)}
        raise Invalid([Fault(place, _("“%(text)s” bukan pilihan.") % {"text": value}, right)])
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        if not Decimal(value).is_finite() or (column.minimum is not None and value < column.minimum):
            right = _("Paling sedikit %(limit)s.") % {"limit": column.minimum}
            raise Invalid([Fault(place, _("%(value)s terlalu kecil.") % {"value": value}, right)])
        if column.maximum is not None and value > column.maximum:
            right = _("Paling banyak %(limit)s.") % {"limit": column.maximum}
            raise Invalid([Fault(place, _("%(value)s terlalu besar.") % {"value": value}, right)])
    return value


def written(value: Value) -> str:
    """Return the cell as `parse` reads it; None is empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _is(cell: CellType, value: Value) -> bool:
    match cell:
        case CellType.DATE:
            return isinstance(value, date)
        case CellType.INTEGER | CellType.RUPIAH:
            return isinstance(value, int) and not isinstance(value, bool)
        case CellType.DECIMAL:
            return isinstance(value, Decimal)
        case CellType.BOOLEAN:
            return isinstance(value, bool)
        case CellType.TEXT:
            return isinstance(value, str)


def _form(column: Column) -> str:
    if column.allowed:
        return _("Pilihannya: %(expected)s.") % {"expected": ", ".join(column.allowed)}
    return {
        CellType.DATE: _("Tulis tahun-bulan-hari, misalnya 2026-03-18."),
        CellType.RUPIAH: _("Tulis rupiah bulat, misalnya 1500000."),
        CellType.INTEGER: _("Tulis bilangan bulat, misalnya 10."),
        CellType.DECIMAL: _("Tulis angka dengan titik desimal, misalnya 0.5."),
        CellType.BOOLEAN: _("Tulis true atau false."),
        CellType.TEXT: _("Tulis teks."),
    }[column.type]

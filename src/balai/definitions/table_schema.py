"""What the file of a dated table says, and the table made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from balai.base.errors import Fault, Invalid
from balai.definitions import rules
from balai.definitions.rules import CellType, Row, Value
from balai.definitions.schema import Code, Confidence, Sourced, Words, Written

ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Choice(Written):
    value: Code
    name: Words


class Column(Written):
    """A column: what its cells are, in which limits.

    Attributes:
        unit: shown behind a number.
        choices: of a text column; empty where any text may stand.
        optional: a row may leave it empty, and empty is not zero.
    """

    name: ColumnName
    title: Words
    type: CellType
    unit: Words | None = None
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    optional: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)

    def shown(self, value: Value) -> str | Value:
        """Return the cell as a person reads it: a choice by its name."""
        return next((str(choice.name) for choice in self.choices if choice.value == value), value)


class Key(Written):
    """What tells the series of a table apart.

    Attributes:
        type: text, or date where each row holds for just the one day that is its key.
        open: whether an amendment may bring a key the file does not have.
    """

    title: Words
    type: Literal["text", "date"] = "text"
    open: bool = False


class Span(Written):
    """The days a table speaks of; without `last` those to come too."""

    first: date
    last: date | None = None


class WrittenRow(Written):
    key: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    values: dict[ColumnName, str | int | Decimal | bool | None]
    source: str | None = None
    confidence: Confidence | None = None


class TableFile(Sourced):
    """A dated table as its file says it; `source` and `confidence` hold for rows that say nothing else."""

    code: Code
    title: Words
    about: Words
    key: Key | None = None
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    amendable: bool = True
    covers: Span | None = None
    rows: tuple[WrittenRow, ...] | None = None
    rows_csv: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+\.csv$")] | None = None


@dataclass(frozen=True)
class Table:
    """A dated table with its shipped rows, typed and checked."""

    file: TableFile
    rows: tuple[Row, ...]

    @property
    def code(self) -> str:
        return self.file.code

    def column(self, name: str) -> Column:
        return next(column for column in self.file.columns if column.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.key for row in self.rows))

    def row(
        self,
        key: str,
        valid_from: date,
        valid_to: date | None,
        cells: Mapping[str, str],
        source: str,
        origin: rules.Origin = rules.Origin.AMENDMENT,
    ) -> Row:
        """Return a row from cells in the form of files.

        Raises:
            Invalid: every cell, key and date that cannot stand in this table.
        """
        faults = list(validity(self.file, key, valid_from, valid_to))
        values: dict[str, Value] = {}
        for column in self.file.columns:
            try:
                values[column.name] = rules.parse(column, cells.get(column.name, ""), str(column.title))
            except Invalid as error:
                faults += error.faults
        for name in cells.keys() - {column.name for column in self.file.columns}:
            faults.append(Fault(name, _("Kolom ini tidak ada dalam tabel.")))
        if faults:
            raise Invalid(faults)
        return Row(key, valid_from, valid_to, MappingProxyType(values), source, origin=origin)


def validity(file: TableFile, key: str, valid_from: date, valid_to: date | None) -> Iterator[Fault]:
    """Yield what speaks against a row's key and dates, wherever it was written."""
    if file.key and not key:
        yield Fault(str(file.key.title), _("Belum diisi."))
    elif key and not file.key:
        yield Fault("key", _("Tabel ini hanya punya satu deret."), _("Kosongkan kuncinya."))
    elif file.key and file.key.type == "date":
        if day_of(key) is None:
            yield Fault(
                str(file.key.title),
                _("“%(text)s” bukan tanggal.") % {"text": key},
                _("Tulis tahun-bulan-hari, misalnya 2026-03-18."),
            )
        elif (valid_from, valid_to) != (day_of(key), day_of(key)):
            yield Fault(
                str(file.key.title),
                _("Baris ini berlaku hanya pada hari itu sendiri."),
                _("Samakan awal dan akhirnya dengan %(day)s.") % {"day": key},
            )
    if valid_to is not None and valid_to < valid_from:
        yield Fault(
            _("berlaku sampai"),
            _("%(to)s mendahului %(from)s.") % {"to": valid_to, "from": valid_from},
            _("Isi tanggal yang sama atau sesudahnya."),
        )
    if file.covers and not file.covers.first <= valid_from <= (file.covers.last or date.max):
        yield Fault(
            _("berlaku sejak"),
            _("%(day)s di luar masa tabel ini.") % {"day": valid_from},
            _("Tabel ini memuat %(first)s sampai %(last)s.")
            % {"first": file.covers.first, "last": file.covers.last or _("seterusnya")},
        )


def day_of(text: str) -> date | None:
    """Return the day written as 2026-03-18, None where it is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None

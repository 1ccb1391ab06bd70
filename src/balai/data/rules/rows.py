"""What may be asked of the rows of a dataset: filters, words, order; checked against its columns."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.sidefiles.shape import SideColumn, Sort

MOST_ROWS = 10_000
"""Rows of one answer; whole versions leave as files."""
MOST_FILTERS = 30
MOST_VALUES = 500
MOST_WORDS = 20
LONGEST_VALUE = 1000
MOST_OFFSET = 2**53

type Form = Literal["objects", "lists", "csv"]
type Value = int | float | Decimal | date | bool | str

_WORD = re.compile(r"[^\W_]+")
_FORMS: dict[Sort, str] = {
    "integer": "-?[0-9]{1,18}",
    "money": "-?[0-9]{1,18}",
    "decimal": r"-?[0-9]{1,24}(\.[0-9]{1,24})?",
    "double": r"-?[0-9]{1,24}(\.[0-9]{1,24})?",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "boolean": "true|false",
}


class Op(StrEnum):
    """How a filter compares."""

    EQUAL = "eq"
    IN = "in"
    FROM = "from"
    """the value or more"""
    UNTIL = "until"
    """the value or less"""
    PREFIX = "prefix"
    """texts and codes that begin so"""
    MISSING = "missing"
    """no value at all"""


@dataclass(frozen=True)
class Filter:
    """One condition, with values as people write them; all filters of a question hold together."""

    column: str
    op: Op
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A filter whose column is known and whose values have its type."""

    column: SideColumn
    op: Op
    values: tuple[Value, ...]


@dataclass(frozen=True)
class RowsAsked:
    """A checked question for rows.

    Attributes:
        words: each is in some text of the row.
        sort: columns and whether the greatest comes first; missing values come last; then the key,
            in the direction of the last of them, so that an index can be walked either way.
    """

    conditions: tuple[Condition, ...]
    words: tuple[str, ...]
    sort: tuple[tuple[SideColumn, bool], ...]
    columns: tuple[SideColumn, ...]

    @property
    def is_key_backwards(self) -> bool:
        """Whether rows that are otherwise alike stand in the reverse order of their key."""
        return bool(self.sort) and self.sort[-1][1]


def asked(
    known: Sequence[SideColumn],
    filters: Sequence[Filter] = (),
    words: str = "",
    sort: Sequence[str] = (),
    columns: Sequence[str] = (),
) -> RowsAsked:
    """Check a question against the columns there are.

    Args:
        words: a search as it was typed; "" for none.
        sort: names of columns, "-" before one whose greatest comes first.
        columns: those wanted, in order; all when empty.

    Raises:
        Invalid: a fault for each name or value that does not fit.
    """
    named = {one.name: one for one in known}
    found: list[Fault] = []
    if len(filters) > MOST_FILTERS:
        found.append(Fault("filter", _("Terlalu banyak saringan."), str(MOST_FILTERS)))
    conditions = [_condition(named, each, found) for each in filters[:MOST_FILTERS]]
    ordered = [(_column(named, name.removeprefix("-"), "sort", found), name.startswith("-")) for name in sort]
    shown = [_column(named, name, "columns", found) for name in dict.fromkeys(columns)]
    listed = word_list(words)
    if words.strip() and not listed:
        found.append(Fault("words", _("Tidak ada kata di sini."), _("Tulis huruf atau angka.")))
    if len(listed) > MOST_WORDS:
        found.append(Fault("words", _("Terlalu banyak kata."), str(MOST_WORDS)))
    if listed and not any(one.is_text for one in known):
        found.append(Fault("words", _("Set data ini tidak memiliki teks."), _("Hapus pencarian kata.")))
    if found:
        raise Invalid(found)
    return RowsAsked(
        tuple(each for each in conditions if each),
        listed,
        tuple((one, greatest) for one, greatest in ordered if one),
        tuple(one for one in shown if one) or tuple(known),
    )


def filters_of(written: Sequence[str]) -> tuple[Filter, ...]:
    """Return filters written as `column:op:value`; `in` separates its values by a bar.

    >>> filters_of(["amount:from:1000", "kind:in:besar|kecil", "paid_on:missing"])[1].values
    ('besar', 'kecil')

    Raises:
        Invalid: one is not written so.
    """
    found = []
    for each in written:
        name, _colon, rest = each.partition(":")
        op, colon, value = rest.partition(":")
        if op not in list(Op) or (not colon and op != Op.MISSING):
            right = _("Tulis kolom:cara:nilai; caranya: %(ops)s.") % {"ops": ", ".join(Op)}
            raise Invalid([Fault("filter", _("“%(filter)s” bukan saringan.") % {"filter": each[:80]}, right)])
        values = () if op == Op.MISSING else tuple(value.split("|")) if op == Op.IN else (value,)
        found.append(Filter(name, Op(op), values))
    return tuple(found)


def word_list(text: str) -> tuple[str, ...]:
    """Return the words of a search: letters and digits, each once, small.

    >>> word_list("Sawah, sawah irigasi-teknis")
    ('sawah', 'irigasi', 'teknis')
    """
    return tuple(dict.fromkeys(_WORD.findall(unicodedata.normalize("NFC", text).lower())))


def _column(named: Mapping[str, SideColumn], name: str, place: str, found: list[Fault]) -> SideColumn | None:
    if name not in named:
        wrong = _("Tidak ada kolom “%(name)s”.") % {"name": name[:80]}
        found.append(Fault(place, wrong, _("Kolomnya: %(names)s.") % {"names": ", ".join(named)}))
    return named.get(name)


def _condition(named: Mapping[str, SideColumn], one: Filter, found: list[Fault]) -> Condition | None:
    column = _column(named, one.column, "filter", found)
    if column is None:
        return None
    if one.op is Op.PREFIX and not column.is_text:
        right = _("Pakai eq, in, from, until, atau missing.")
        found.append(Fault(column.name, _("Awalan hanya untuk teks dan kode."), right))
        return None
    wanted = 0 if one.op is Op.MISSING else 1
    if len(one.values) != wanted and not (one.op is Op.IN and 1 <= len(one.values) <= MOST_VALUES):
        right = _("Satu nilai; untuk “in” 1 sampai %(most)d.") % {"most": MOST_VALUES}
        found.append(Fault(column.name, _("Jumlah nilainya tidak sesuai."), right))
        return None
    wrong = [fault for text in one.values for fault in _wrong(column, text)]
    found += wrong
    return None if wrong else Condition(column, one.op, tuple(_value(column, text) for text in one.values))


def _wrong(column: SideColumn, text: str) -> Iterator[Fault]:
    form = _FORMS.get(column.sort)
    fits = bool(text) and len(text) <= LONGEST_VALUE and "\0" not in text
    if form:
        fits = fits and re.fullmatch(form, text) is not None and (column.sort != "date" or _is_date(text))
    if not fits:
        wrong = _("“%(value)s” bukan nilai kolom ini.") % {"value": text[:80]}
        yield Fault(column.name, wrong, _right(column))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _right(column: SideColumn) -> str:
    match column.sort:
        case "integer" | "money":
            return _("Tulis bilangan bulat.")
        case "decimal" | "double":
            return _("Tulis angka dengan titik desimal.")
        case "date":
            return _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
        case "boolean":
            return _("Tulis true atau false.")
    return _("Tulis teks; untuk yang kosong pakai “missing”.")


def _value(column: SideColumn, text: str) -> Value:
    match column.sort:
        case "integer" | "money":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "double":
            return float(text)
        case "date":
            return date.fromisoformat(text)
        case "boolean":
            return text == "true"
    return text

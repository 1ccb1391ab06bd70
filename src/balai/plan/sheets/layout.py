"""Writes workbooks: the empty template, the filled export, and single tables as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from balai.plan.sheets.columns import GUIDE, LISTS, NO, YES, Column, Kind, Sheet

LAST_ROW = 2000
"""Drop-downs reach down to this row of the template."""

_FORMATS = {
    Kind.CODE: "@",
    Kind.TEXT: "@",
    Kind.SHARE: "@",
    Kind.CHOICE: "@",
    Kind.YES_NO: "@",
    Kind.MONEY: "#,##0",
    Kind.NUMBER: "General",
    Kind.COUNT: "0",
    Kind.YEAR: "0",
    Kind.DAY: "dd/mm/yyyy",
}
_WIDTHS = {Kind.CODE: 16, Kind.TEXT: 34, Kind.CHOICE: 24, Kind.MONEY: 20, Kind.NUMBER: 14}
_HEAD = PatternFill("solid", fgColor="0F766E")
_HEAD_REQUIRED = PatternFill("solid", fgColor="0B4F4A")
_WHITE = Font(bold=True, color="FFFFFF")

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""Signs at the start of a text that some spreadsheet takes for a formula when it opens a CSV."""

GUIDE_LINES = (
    "Isi lembar Program dan Aksi dahulu; lembar lain merujuk kodenya.",
    "Kolom berbintang (*) wajib diisi. Arahkan penunjuk ke judul kolom untuk penjelasannya.",
    "Satu baris satu hal. Jangan memakai rumus, sel gabungan, atau makro.",
    "Angka ditulis sebagai angka, tanggal sebagai tanggal, rupiah tanpa titik dan tanpa sen.",
    "Bagian dimensi ditulis 1 atau pecahan seperti 1/2; jumlahnya harus tepat 1.",
    "Sel kosong berarti tidak ada isinya. Kosong bukan nol.",
    "Baris yang tidak ada di berkas ini tidak dihapus dari rencana.",
    "Unggah berkas: Anda melihat dahulu apa yang akan berubah; tidak ada yang ditulis sebelum Anda setuju.",
)


@dataclass(frozen=True)
class Table:
    """A table to write: headings and rows of plain values."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def book(
    sheets: Sequence[Sheet],
    lists: Mapping[str, Sequence[str]],
    about: Sequence[tuple[str, str]],
    rows: Mapping[str, Sequence[Sequence[Any]]],
    views: Sequence[Table] = (),
) -> bytes:
    """Return an .xlsx with every sheet, its drop-downs and notes, and `rows` where given.

    Args:
        lists: name of a list → what its drop-down offers.
        about: lines of the instructions' head: (what, value).
        rows: sheet key → rows of values in the order of the columns.
        views: tables added at the end, which an import does not read.
    """
    workbook = Workbook()
    _guide(workbook.active, about, sheets)
    _lists(workbook, lists)
    for sheet in sheets:
        leaf = workbook.create_sheet(sheet.title)
        _columns(leaf, sheet, lists)
        for number, row in enumerate(rows.get(sheet.key, ()), 2):
            for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
                _write(leaf.cell(number, place), written(column, value), _FORMATS[column.kind])
    for table in views:
        _view(workbook.create_sheet(table.title), table)
    workbook.move_sheet(LISTS, len(workbook.sheetnames))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def tables(name: str, views: Sequence[Table]) -> bytes:
    """Return an .xlsx of plain tables."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in views:
        _view(workbook.create_sheet(table.title), table)
    workbook.properties.title = name
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def comma_separated(table: Table) -> bytes:
    """Return a table as CSV (UTF-8 with mark, so that spreadsheets read it right), no cell a formula.

    A text that begins like a formula gets an apostrophe before it; numbers are left alone.
    """
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(table.headings)
    lines.writerows([harmless(_plain(value)) for value in row] for row in table.rows)
    return "\ufeff".encode() + out.getvalue().encode()


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet will run when it opens a CSV.

    >>> harmless("=1+1"), harmless(" ＝A1"), harmless(-5), harmless("Taman")
    ("'=1+1", "' ＝A1", -5, 'Taman')
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(_RISKY):
        return f"'{value}"
    return value


def written(column: Column, value: Any) -> Any:
    """Return a value as a cell of its column holds it; the reverse of `cells.read`."""
    if value is None or value == "":
        return None
    if column.kind is Kind.CHOICE:
        return next(label for label, kept in column.labels.items() if kept == value)
    if column.kind is Kind.YES_NO:
        return YES if value else NO
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _write(cell: Any, value: Any, number_format: str) -> None:
    if value is None:
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    cell.number_format = number_format
    if isinstance(value, str):
        # openpyxl takes a text that begins with "=" for a formula; here it stays a text.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_RISKY)


def _guide(leaf: Any, about: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> None:
    leaf.title = GUIDE
    leaf.column_dimensions["A"].width = 34
    leaf.column_dimensions["B"].width = 90
    for number, (what, value) in enumerate(about, 1):
        leaf.cell(number, 1, what).font = Font(bold=True)
        _write(leaf.cell(number, 2), value, "@")
    start = len(about) + 2
    for number, line in enumerate(GUIDE_LINES, start):
        leaf.cell(number, 1, f"{number - start + 1}.").alignment = Alignment(horizontal="right")
        leaf.cell(number, 2, line)
    number = start + len(GUIDE_LINES) + 1
    for sheet in sheets:
        leaf.cell(number, 1, f"Lembar {sheet.title}").font = Font(bold=True)
        number += 1
        for column in sheet.columns:
            leaf.cell(number, 1, heading(column))
            leaf.cell(number, 2, column.note)
            number += 1


def _lists(workbook: Workbook, lists: Mapping[str, Sequence[str]]) -> None:
    leaf = workbook.create_sheet(LISTS)
    leaf.sheet_state = "hidden"
    for place, (name, values) in enumerate(lists.items(), 1):
        letter = get_column_letter(place)
        leaf.cell(1, place, name)
        for number, value in enumerate(values, 2):
            _write(leaf.cell(number, place), value, "@")
        ref = f"'{LISTS}'!${letter}$2:${letter}${max(len(values) + 1, 2)}"
        workbook.defined_names[f"daftar_{name}"] = DefinedName(f"daftar_{name}", attr_text=ref)


def heading(column: Column) -> str:
    return f"{column.heading} *" if column.required else column.heading


def _columns(leaf: Any, sheet: Sheet, lists: Mapping[str, Sequence[str]]) -> None:
    leaf.freeze_panes = "A2"
    leaf.row_dimensions[1].height = 32
    for place, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(place)
        cell = leaf.cell(1, place, heading(column))
        cell.font = _WHITE
        cell.fill = _HEAD_REQUIRED if column.required else _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        note = Comment(column.note, "Balai", height=80, width=260)
        cell.comment = note
        leaf.column_dimensions[letter].width = max(_WIDTHS.get(column.kind, 14), len(column.heading) // 2 + 4)
        leaf.column_dimensions[letter].number_format = _FORMATS[column.kind]
        leaf.add_data_validation(_validation(column, letter, lists))


def _validation(column: Column, letter: str, lists: Mapping[str, Sequence[str]]) -> DataValidation:
    if column.list_name in lists:
        rule = DataValidation(type="list", formula1=f"=daftar_{column.list_name}", allow_blank=True)
        # Offices and partners may be many and new; a wrong one is found at import, with its place.
        rule.showErrorMessage = bool(column.labels) or column.kind is Kind.YES_NO
        rule.error = "Pilih dari daftar."
    elif column.kind is Kind.MONEY:
        rule = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        rule.showErrorMessage, rule.error = True, "Rupiah utuh, 0 atau lebih."
    elif column.kind is Kind.YEAR:
        rule = DataValidation(type="whole", operator="between", formula1="1900", formula2="2200")
        rule.showErrorMessage, rule.error = True, "Tahun dengan empat angka."
    else:
        rule = DataValidation(allow_blank=True)
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = column.heading[:32], column.note[:255]
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    return rule


def _view(leaf: Any, table: Table) -> None:
    leaf.freeze_panes = "A2"
    for place, name in enumerate(table.headings, 1):
        cell = leaf.cell(1, place, name)
        cell.font, cell.fill = _WHITE, _HEAD
        leaf.column_dimensions[get_column_letter(place)].width = 22
    for number, row in enumerate(table.rows, 2):
        for place, value in enumerate(row, 1):
            plain = _plain(value)
            is_day = isinstance(value, date) and not isinstance(value, datetime)
            _write(leaf.cell(number, place), plain, "dd/mm/yyyy" if is_day else "General")


def rows_of(sheet: Sheet, standing: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]]) -> list[list[Any]]:
    """Return rows in the order of the columns from (key, fields) pairs."""
    made = []
    for key, fields in standing:
        values = {**dict(zip(sheet.keys, key, strict=True)), **fields}
        made.append([values.get(column.key) for column in sheet.columns])
    return made

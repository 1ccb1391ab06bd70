"""Reads a workbook somebody hands in, and writes the one to fill in; nothing in it is run or trusted."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.later import later
from balai.people.rules import COLUMNS, Formula

if TYPE_CHECKING:
    import openpyxl.styles
    import openpyxl.utils.exceptions
else:
    openpyxl = later("openpyxl")

LARGEST = 5 * 1024 * 1024
"""Bytes of the file as it comes; a sheet of five thousand people has some 300 kB."""
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS_READ = 20_000
"""Rows of a sheet, empty ones too: a row number of a million costs a file nothing and us much."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

type Cell = str | int | float | bool | date | datetime | None


def first_sheet(raw: bytes) -> tuple[str, list[list[Cell | Formula]]]:
    """Return the title of the first sheet and its rows, as many columns as our sheet has.

    Raises:
        Invalid: it is no workbook, too large, packed to burst, locked, or carries macros.
    """
    _check_package(raw)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except (
        openpyxl.utils.exceptions.InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
    ) as error:
        raise _refused(_("Berkas ini rusak atau bukan buku kerja Excel."), _save_again()) from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise _refused(_("Buku kerja ini tidak punya lembar."), _save_again())
        # Some programs write a wrong size of the sheet; the cells themselves tell the truth.
        sheet.reset_dimensions()
        rows = list(_rows(sheet.iter_rows(max_col=len(COLUMNS), max_row=MOST_ROWS_READ + 1)))
        if len(rows) > MOST_ROWS_READ:
            raise _refused(
                _("Lembarnya punya lebih dari %(most)d baris, mungkin banyak yang kosong.")
                % {"most": MOST_ROWS_READ},
                _("Salin isinya ke berkas contoh dari halaman ini."),
            )
        return sheet.title, rows
    except (KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise _refused(_("Isi lembarnya tidak terbaca."), _save_again()) from error
    finally:
        book.close()


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[list[Cell | Formula]]:
    for row in rows:
        yield [_value(cell) for cell in row]


def _value(cell: Any) -> Cell | Formula:
    value = cell.value
    if getattr(cell, "data_type", "") == "f":
        return Formula(str(value))
    return value if isinstance(value, str | int | float | bool | date | datetime | None) else str(value)


def _check_package(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise _refused(_("Berkas lebih besar dari 5 MB."), _("Bagi menjadi beberapa berkas."))
    if raw.startswith(_OLE):
        raise _refused(_("Berkas ini terkunci kata sandi atau berformat .xls lama."), _save_again())
    if not raw.startswith(_ZIP):
        raise _refused(_("Ini bukan buku kerja Excel."), _save_again())
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
    except zipfile.BadZipFile as error:
        raise _refused(_("Berkas ini rusak."), _save_again()) from error
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or len(parts) > 2_000:
        raise _refused(_("Isi berkas ini terlalu besar saat dibuka."), _("Hapus gambar dan lembar lain."))
    if any(part.filename.casefold().endswith("vbaproject.bin") for part in parts):
        raise _refused(_("Berkas ini memuat makro."), _save_again())


def _save_again() -> str:
    return _("Simpan sebagai buku kerja Excel (.xlsx) tanpa makro dan tanpa kata sandi.")


def _refused(wrong: str, right: str) -> Invalid:
    return Invalid([Fault(_("Berkas"), wrong, right)])


def sheet_to_fill_in(offices: Iterable[tuple[str, str]], roles: Iterable[tuple[str, str]]) -> bytes:
    """Return the workbook to fill in: the empty sheet, and beside it the offices and roles there are.

    Args:
        offices, roles: (code, name) of each.
    """
    book = openpyxl.Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Akun"
    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = openpyxl.styles.Font(bold=True)
    for index in range(len(COLUMNS)):
        sheet.column_dimensions["ABCDEFGH"[index]].width = 24
    sheet.freeze_panes = "A2"
    for title, header, rows in (
        (_("Perangkat daerah"), (_("Kode"), _("Nama")), offices),
        (_("Peran"), (_("Kode"), _("Nama")), roles),
    ):
        beside = book.create_sheet(title)
        beside.append(header)
        for row in rows:
            beside.append(row)
            for cell in beside[beside.max_row]:
                # An office may be called "=…"; here it is a name and no formula.
                cell.data_type = "s"
        beside.column_dimensions["A"].width, beside.column_dimensions["B"].width = 24, 60
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

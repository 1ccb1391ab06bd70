"""The sheets of an uploaded file as raw cells, after every check that needs no knowledge of the plan."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.later import later
from balai.plan.sheets import package as packages
from balai.plan.sheets import scan
from balai.plan.sheets.cells import EMPTY, Raw
from balai.plan.sheets.columns import GUIDE, LISTS, REGION_MARK, VIEWS, Sheet

if TYPE_CHECKING:
    import openpyxl.utils
else:
    openpyxl = later("openpyxl")


@dataclass(frozen=True)
class Row:
    """One filled row: its number in the file, and its cells by column key."""

    number: int
    cells: Mapping[str, Raw]


@dataclass(frozen=True)
class Grid:
    """One sheet as it lies in the file.

    Attributes:
        letters: column key → letter in this file (people may reorder columns).
    """

    sheet: Sheet
    letters: Mapping[str, str]
    rows: Sequence[Row]

    def place(self, number: int, key: str = "") -> str:
        return scan.place(self.sheet.title, number, self.letters.get(key, ""))


@dataclass(frozen=True)
class File:
    """An uploaded file, taken apart.

    Attributes:
        region: code of the region it was made for, "" where it does not say.
    """

    data: bytes
    grids: Sequence[Grid]
    region: str
    faults: Sequence[Fault]
    warnings: Sequence[str]


def open_file(stream: BinaryIO, sheets: Sequence[Sheet]) -> File:
    """Take an upload apart.

    Raises:
        Invalid: it is no bounded, plain .xlsx; nothing of it could be read.
    """
    data = packages.take(stream)
    package = packages.unpack(data)
    by_title = {sheet.title.casefold(): sheet for sheet in sheets}
    parts = scan.parts(package)
    read = {part.path: part.title for part in parts if part.title.strip().casefold() in by_title}
    faults = scan.faults(package, read)
    warnings: list[str] = []
    known = {name.casefold() for name in (GUIDE, LISTS, *VIEWS)} | by_title.keys()
    for part in parts:
        faults.extend(_strange_sheet(part, known, by_title, sheets))
        warnings.extend(_sheet_warnings(part))
    if len({title.strip().casefold() for title in read.values()}) < len(read):
        raise packages.refuse(
            _("ada dua lembar dengan nama sama."), _("Hapus atau ganti nama salah satunya.")
        )
    if not read:
        faults.append(
            Fault(
                _("Berkas"),
                _("tidak ada lembar yang dikenal."),
                _("Nama lembar: %(expected)s.") % {"expected": ", ".join(sheet.title for sheet in sheets)},
            )
        )
    # A formula or a merged cell already spoils the file; the cells are read all the same, so that a
    # person sees every fault at once.
    try:
        grids, region, more = _read(data, by_title)
    except Invalid:
        if faults:
            raise Invalid(faults) from None
        raise
    return File(data, grids, region, [*faults, *more], warnings)


def _strange_sheet(
    part: scan.Part, known: set[str], by_title: Mapping[str, Sheet], sheets: Sequence[Sheet]
) -> Iterator[Fault]:
    if part.title.strip().casefold() not in known:
        expected = ", ".join(sheet.title for sheet in sheets)
        yield Fault(
            scan.place(part.title),
            _("lembar ini tidak dikenal."),
            _("Hapus lembar ini, atau beri nama salah satu dari: %(expected)s.") % {"expected": expected},
        )


def _sheet_warnings(part: scan.Part) -> Iterator[str]:
    if part.is_hidden and part.title != LISTS:
        yield _("Lembar '%(sheet)s' tersembunyi, tetapi tetap dibaca.") % {"sheet": part.title}
    if part.title in VIEWS:
        yield _("Lembar '%(sheet)s' hanya untuk dibaca; isinya tidak diimpor.") % {"sheet": part.title}


def _read(data: bytes, by_title: Mapping[str, Sheet]) -> tuple[list[Grid], str, list[Fault]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            return _grids(book, by_title)
        finally:
            book.close()
    except (
        AttributeError,
        IndexError,
        KeyError,
        OverflowError,
        SyntaxError,
        TypeError,
        ValueError,
        zipfile.BadZipFile,
    ) as error:
        # The package is sound and every number is one; what is left is XML no spreadsheet writes.
        raise packages.refuse(
            _("susunan dalam berkas tidak lazim."),
            _("Buka di aplikasi lembar sebar, simpan ulang, lalu unggah lagi."),
        ) from error


def _grids(book: Any, by_title: Mapping[str, Sheet]) -> tuple[list[Grid], str, list[Fault]]:
    grids, region, faults = [], "", []
    for leaf in book.worksheets:
        leaf.reset_dimensions()
        sheet = by_title.get(leaf.title.strip().casefold())
        if sheet is not None:
            grid, wrong = _grid(leaf, sheet)
            grids.append(grid)
            faults.extend(wrong)
        elif leaf.title == GUIDE:
            region = _region(leaf)
    return grids, region, faults


def _region(leaf: Any) -> str:
    for row in leaf.iter_rows(max_row=30, max_col=2, values_only=True):
        if len(row) > 1 and row[0] == REGION_MARK:
            return str(row[1] or "").strip()
    return ""


def _grid(leaf: Any, sheet: Sheet) -> tuple[Grid, list[Fault]]:
    rows = leaf.iter_rows(max_col=scan.MOST_COLUMNS)
    header = next(rows, ())
    keys, faults = _header(sheet, header)
    untitled = {index for index, cell in enumerate(header) if _raw(cell).is_empty}
    letters = {key: openpyxl.utils.get_column_letter(index + 1) for index, key in keys.items()}
    kept = []
    for cells in rows:
        raws = {key: _raw(cells[index]) for index, key in keys.items() if index < len(cells)}
        if all(_raw(cell).is_empty for cell in cells):
            continue
        number = next(cell.row for cell in cells if getattr(cell, "row", None))
        kept.append(Row(number, raws))
        for index, cell in enumerate(cells):
            if (index in untitled or index >= len(header)) and not _raw(cell).is_empty:
                faults.append(
                    Fault(
                        scan.place(sheet.title, number, openpyxl.utils.get_column_letter(index + 1)),
                        _("sel berisi, tetapi kolomnya tidak berjudul."),
                        _("Hapus isi sel ini."),
                    )
                )
    return Grid(sheet, letters, kept), faults


def _header(sheet: Sheet, header: Sequence[Any]) -> tuple[dict[int, str], list[Fault]]:
    """Return which column stands where: index → column key."""
    known = {column.heading.casefold(): column.key for column in sheet.columns}
    keys: dict[int, str] = {}
    faults = []
    for index, cell in enumerate(header):
        raw = _raw(cell)
        if raw.is_empty:
            continue
        where = scan.place(sheet.title, 1, openpyxl.utils.get_column_letter(index + 1))
        heading = " ".join(str(raw.value).replace("*", " ").split())
        key = known.get(heading.casefold())
        if key is None:
            faults.append(
                Fault(
                    where,
                    _("judul kolom “%(heading)s” tidak dikenal.") % {"heading": heading[:60]},
                    _("Hapus kolom ini, atau pakai judul dari templat."),
                )
            )
        elif key in keys.values():
            faults.append(
                Fault(
                    where,
                    _("judul kolom “%(heading)s” ada dua kali.") % {"heading": heading},
                    _("Hapus salah satu kolom."),
                )
            )
        else:
            keys[index] = key
    for column in sheet.columns:
        if column.key not in keys.values() and not column.is_younger:
            faults.append(
                Fault(
                    scan.place(sheet.title, 1),
                    _("kolom “%(heading)s” tidak ada.") % {"heading": column.heading},
                    _("Tambahkan kolom itu seperti di templat."),
                )
            )
    return keys, faults


def _raw(cell: Any) -> Raw:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "e":
        return Raw(value, is_error=True)
    if cell.data_type == "f":
        return Raw(value, is_formula=True)
    if isinstance(value, str | bool | int | float | date):
        return Raw(value)
    return Raw(str(value))

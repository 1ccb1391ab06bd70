"""A sheet of a workbook to a CSV of text, row by row; what swells beyond measure is refused before."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from balai.base.later import later
from balai.data.intake.bounds import (
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_RATIO,
    MOST_SHARED_TEXTS,
    MOST_WORKBOOK,
    unfit,
)
from balai.data.intake.decoding import Tell

if TYPE_CHECKING:
    import openpyxl.utils.exceptions
else:
    openpyxl = later("openpyxl")

_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@cache
def _unreadable() -> tuple[type[Exception], ...]:
    return (
        zipfile.BadZipFile,
        openpyxl.utils.exceptions.InvalidFileException,
        DefusedXmlException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        OSError,
        OverflowError,
        NotImplementedError,
    )


def refuse_bombs(path: Path) -> None:
    """Raise Invalid where a zip file says it swells beyond measure, or has more parts than a workbook.

    What it says is what is ever unpacked: Python reads no further than that.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            sizes = {part.filename: part.file_size for part in parts}
            start = b"".join(archive.open(part).read(512) for part in parts[:50] if part.file_size)
    except _unreadable():
        raise _broken() from None
    total = sum(sizes.values())
    shared = sum(size for name, size in sizes.items() if "sharedstrings" in name.casefold())
    ratio = total / max(path.stat().st_size, 1)
    if total > MOST_WORKBOOK or shared > MOST_SHARED_TEXTS or len(parts) > MOST_PARTS:
        raise unfit(
            _("Buku kerja ini terlalu besar setelah dibuka."),
            _("Simpan sebagai CSV UTF-8; CSV boleh jauh lebih besar."),
        )
    if (total > 20_000_000 and ratio > MOST_RATIO) or _DOCTYPE.search(start):
        raise unfit(_("Buku kerja ini tidak wajar."), _("Simpan lagi dari Excel, atau sebagai CSV UTF-8."))


def sheets(path: Path) -> list[str]:
    """Return the names of the sheets. Raises Invalid."""
    refuse_bombs(path)
    try:
        # As an open file, for it is called "given", and openpyxl judges by the ending.
        with path.open("rb") as file:
            return [sheet.title for sheet in openpyxl.load_workbook(file, read_only=True).worksheets]
    except _unreadable():
        raise _broken() from None


def to_csv(path: Path, sheet: str, target: Path, tell: Tell) -> None:
    """Write a sheet as CSV with every cell in quotes; the first sheet for "".

    A formula gives the value it had when the workbook was saved. Rows above and below the
    table stay, as in the sheet. Raises Invalid.
    """
    refuse_bombs(path)
    try:
        with path.open("rb") as file, target.open("w", encoding="utf-8", newline="", errors="replace") as out:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            wanted = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
            # What a file says of its own width may be anything.
            wanted.reset_dimensions()
            _write(wanted, csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n"), tell)
    except _unreadable():
        raise _broken() from None


def _write(sheet: Any, out: Any, tell: Tell) -> None:
    width = 0
    waiting: list[list[str]] = []
    for number, row in enumerate(_texts(sheet), 1):
        if len(row) > MOST_COLUMNS:
            raise unfit(
                _("Kolomnya lebih dari %(most)d.") % {"most": MOST_COLUMNS},
                _("Bagi lembarnya menjadi beberapa set data."),
            )
        if number <= 200:
            width = max(width, len(row))
            waiting.append(row)
            continue
        if waiting:
            out.writerows(_wide(each, width) for each in waiting)
            waiting = []
        if any(row):
            out.writerow(_wide(row, width))
        if number % 10_000 == 0:
            tell(number, 1_048_576)
    while waiting and not any(waiting[-1]):
        waiting.pop()
    out.writerows(_wide(each, width) for each in waiting)


def _wide(row: list[str], width: int) -> list[str]:
    """Return a row of the width of the sheet; a longer one stays longer, and is told as such."""
    while len(row) > width and not row[-1]:
        row = row[:-1]
    return row + [""] * (width - len(row))


def _texts(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _broken() -> Exception:
    return unfit(_("Buku kerja ini tidak dapat dibaca."), _("Simpan lagi sebagai .xlsx atau CSV UTF-8."))

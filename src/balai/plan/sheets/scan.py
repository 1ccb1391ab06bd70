"""A look into the XML of every part, before a spreadsheet library reads it.

Refuses document types (and with them entity bombs), finds formulas and merged
cells with their places, numbers that are none, and stops early at sheets that
are too long, so that the reading after it is bounded.
"""

import math
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml import sax as safe_sax
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.plan.sheets.package import broken, read_part

MOST_ROWS = 10_000
MOST_ROW_MARKS = 60_000
MOST_CELLS = 300_000
MOST_COLUMNS = 100
LAST_COLUMN = "CV"
MOST_FAULTS = 1000

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass(frozen=True)
class Part:
    """One sheet as the package names it."""

    title: str
    path: str
    is_hidden: bool


def place(sheet: str, row: int | None = None, column: str = "") -> str:
    """Return where something is, as the person who looks at the file knows it."""
    if row is None:
        return _("Lembar '%(sheet)s'") % {"sheet": sheet}
    if not column:
        return _("Lembar '%(sheet)s', baris %(row)s") % {"sheet": sheet, "row": row}
    return _("Lembar '%(sheet)s', baris %(row)s, kolom %(column)s") % {
        "sheet": sheet,
        "row": row,
        "column": column,
    }


def parts(package: zipfile.ZipFile) -> list[Part]:
    """Return the sheets in the order of the workbook.

    Raises:
        Invalid: the list of sheets cannot be read.
    """
    try:
        workbook = fromstring(read_part(package, "xl/workbook.xml"), forbid_dtd=True)
        links = fromstring(read_part(package, "xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (SAXException, SyntaxError, ValueError) as error:
        raise broken() from error
    targets = {link.get("Id"): link.get("Target", "") for link in links.iter(f"{_PACKAGE}Relationship")}
    found = []
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(f"{_LINK}id"), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found.append(Part(sheet.get("name", ""), path, sheet.get("state", "visible") != "visible"))
    return found


def faults(package: zipfile.ZipFile, sheets: Mapping[str, str]) -> list[Fault]:
    """Return what is wrong inside the sheets; every part is looked at for forbidden XML.

    Args:
        sheets: path in the package → title, of the sheets that will be read.

    Raises:
        Invalid: some XML is broken or forbidden, or a sheet is too long to go on.
    """
    found: list[Fault] = []
    for member in package.infolist():
        if not member.filename.casefold().endswith((".xml", ".rels", ".vml")):
            continue
        title = sheets.get(member.filename)
        handler = _Cells(title, found) if title is not None else ContentHandler()
        _parse(package, member.filename, handler, title)
    return found


def _parse(package: zipfile.ZipFile, name: str, handler: Any, title: str | None) -> None:
    where = place(title) if title is not None else _("Berkas")
    try:
        safe_sax.parseString(read_part(package, name), handler, forbid_dtd=True)
    except DefusedXmlException as error:
        wrong = _("bagian %(name)s berisi definisi dokumen (DTD) yang terlarang.") % {"name": name}
        raise Invalid([Fault(where, wrong, broken().faults[0].right)]) from error
    except SAXException as error:
        raise Invalid(
            [Fault(where, _("bagian %(name)s rusak.") % {"name": name}, broken().faults[0].right)]
        ) from error


class _Cells(ContentHandler):
    """Walks one sheet and notes what an import does not take."""

    def __init__(self, title: str, found: list[Fault]) -> None:
        super().__init__()
        self.title, self.found = title, found
        self.row = self.marks = self.filled = self.cells = self.hidden = 0
        self.column, self.kind = "", ""
        self.text: list[str] | None = None
        self.is_filled = False

    def startElement(self, name: str, attrs: Any) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self._start_row(attrs)
        elif name == "c":
            self._start_cell(attrs)
        elif name == "f":
            self._note(_("sel berisi rumus."), _("Ganti rumus dengan nilainya (Salin, lalu Tempel Nilai)."))
        elif name == "v":
            self.text = []
        elif name == "mergeCell":
            self._merged(attrs.get("ref", ""))

    def characters(self, content: str) -> None:
        if self.text is not None:
            self.text.append(content)

    def endElement(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in ("v", "is"):
            self._end_value(name)
        elif name == "row" and self.is_filled:
            self.filled += 1
            if self.filled > MOST_ROWS or self.row > MOST_ROW_MARKS:
                self._stop(_("lembar memuat lebih dari %(limit)s baris berisi.") % {"limit": MOST_ROWS})

    def _start_row(self, attrs: Any) -> None:
        self.marks += 1
        number = attrs.get("r", "")
        self.row = int(number) if number.isascii() and number.isdigit() else self.row + 1
        self.is_filled = False
        self.column = ""
        if self.marks > MOST_ROW_MARKS:
            self._stop(
                _("lembar memuat lebih dari %(limit)s baris, termasuk yang kosong.")
                % {"limit": MOST_ROW_MARKS}
            )

    def _start_cell(self, attrs: Any) -> None:
        self.cells += 1
        self.kind = attrs.get("t", "n")
        self.text = None
        cell = _CELL.fullmatch(attrs.get("r", ""))
        self.column = cell[1] if cell else "?"
        if self.cells > MOST_CELLS:
            self._stop(_("lembar memuat lebih dari %(limit)s sel.") % {"limit": MOST_CELLS})
        if cell is None or int(cell[2]) != self.row:
            raise Invalid(
                [Fault(place(self.title, self.row), _("alamat sel tidak sah."), broken().faults[0].right)]
            )
        if (len(self.column), self.column) > (2, LAST_COLUMN):
            self._stop(_("lembar memakai kolom %(column)s.") % {"column": self.column})

    def _end_value(self, name: str) -> None:
        text = "".join(self.text or [])
        self.text = None
        if name == "is" or text:
            self.is_filled = True
        is_number = bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
        if name == "v" and text and self.kind == "n" and not is_number:
            self._note(_("sel angka berisi “%(text)s”.") % {"text": text[:30]}, _("Ketik ulang angkanya."))

    def _merged(self, ref: str) -> None:
        start = _CELL.match(ref)
        where = place(self.title, int(start[2]), start[1]) if start else place(self.title)
        self._add(
            Fault(
                where, _("sel %(ref)s digabung.") % {"ref": ref[:30]}, _("Pisahkan sel, satu nilai tiap sel.")
            )
        )

    def _note(self, wrong: str, right: str) -> None:
        self._add(Fault(place(self.title, self.row, self.column), wrong, right))

    def _add(self, fault: Fault) -> None:
        if len(self.found) <= MOST_FAULTS:
            self.found.append(fault)

    def _stop(self, wrong: str) -> None:
        raise Invalid(
            [
                Fault(
                    place(self.title),
                    wrong,
                    _("Hapus baris dan kolom kosong di luar data (pilih, lalu Hapus)."),
                )
            ]
        )

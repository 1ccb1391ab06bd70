"""How a text file is laid out: what separates its cells, where its headings stand."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from balai.data.intake.bounds import MOST_COLUMNS, unfit

DELIMITERS = {",": "koma", ";": "titik koma", "\t": "tab", "|": "garis tegak"}
QUOTES = ('"', "'")
LOOKED_AT = 262_144
"""Bytes from the start that are looked at; 100,000 headings are longer."""
_LINES = 60
_NUMBER = re.compile(r"-?[0-9][0-9.,]*")


@dataclass(frozen=True)
class Layout:
    """How a file is read.

    Attributes:
        form: csv, xlsx, json, ndjson, geojson or parquet.
        header_row: line of the headings, from 1; what stands above is left out.
        sheet: of a workbook, its name.
    """

    form: str
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header_row: int = 1
    sheet: str = ""

    def written(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, said: dict[str, Any]) -> "Layout":
        """Return it with what a person or an earlier file said instead."""
        return replace(self, **{name: value for name, value in said.items() if name in _SAID})


_SAID = {"encoding", "delimiter", "quote", "header_row", "sheet"}


def looked_at(text: str, form: str, encoding: str, said: dict[str, Any]) -> tuple[Layout, list[str]]:
    """Return the layout of a text file by what it begins with, and its headings.

    Raises:
        Invalid: it has no line, or more columns than we take.
    """
    first = text.split("\n", 1)[0]
    if max(map(first.count, DELIMITERS)) >= MOST_COLUMNS:
        raise _too_wide()
    if not text.strip():
        raise _empty()
    found = Layout(form, encoding).changed(said)
    if form == "csv" and "delimiter" not in said:
        found = replace(found, delimiter=_delimiter(text))
    if form == "csv" and "quote" not in said:
        found = replace(found, quote=_quote(text, found.delimiter))
    rows = _rows(text, found)
    if not any(any(row) for row in rows):
        raise _empty()
    if "header_row" not in said:
        found = replace(found, header_row=_header_row(rows))
    if found.header_row > len(rows):
        raise unfit(_("Baris judulnya tidak ada."), _("Pilih baris di antara %d baris pertama.") % len(rows))
    heads = headings(rows[found.header_row - 1])
    if len(heads) > MOST_COLUMNS:
        raise _too_wide()
    return found, heads


def _empty() -> Exception:
    return unfit(_("Berkasnya kosong."), _("Unggah berkas dengan baris judul dan barisnya."))


def _too_wide() -> Exception:
    return unfit(
        _("Kolomnya lebih dari %(most)d.") % {"most": MOST_COLUMNS},
        _("Periksa pemisahnya, atau bagi berkasnya menjadi beberapa set data."),
    )


def headings(row: Sequence[str]) -> list[str]:
    """Return a name for each column: none empty, none twice, on one line.

    >>> headings(["Nama", "", " Nama ", "Jumlah\\nPenduduk"])
    ['Nama', 'kolom 2', 'Nama (2)', 'Jumlah Penduduk']
    """
    found: list[str] = []
    for number, cell in enumerate(row, 1):
        name = " ".join(cell.split())[:200] or f"kolom {number}"
        taken, again = name, 2
        while taken.casefold() in {each.casefold() for each in found[-200:]}:
            taken, again = f"{name} ({again})", again + 1
        found.append(taken)
    return found


def _delimiter(text: str) -> str:
    """Return the separator by which most lines have the same number of cells."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    if len(lines) > 2:
        lines = lines[:-1] if len(text) >= LOOKED_AT - 4 else lines

    def weight(delimiter: str) -> tuple[float, int]:
        counts: Counter[int] = Counter()
        # A cell may be longer than this reader takes; the lines before it tell enough.
        with suppress(csv.Error):
            counts.update(len(row) for row in csv.reader(lines, delimiter=delimiter))
        if not counts:
            return 0, 0
        width, often = max(counts.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]))
        return (often if width > 1 else 0, width)

    return max(DELIMITERS, key=weight)


def _quote(text: str, delimiter: str) -> str:
    around = {sign: text.count(delimiter + sign) + text.count(sign + delimiter) for sign in QUOTES}
    return "'" if around["'"] > around['"'] and around['"'] == 0 else '"'


def _rows(text: str, layout: Layout) -> list[list[str]]:
    lines = text.splitlines(keepends=True)[: _LINES * 4]
    rows = csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote)
    found: list[list[str]] = []
    try:
        for row in rows:
            # The engine counts lines of the file, so a heading of two lines is counted as it does.
            found += [[cell.strip() for cell in row], *([[]] * (rows.line_num - len(found) - 1))]
            if len(found) >= _LINES:
                break
    except csv.Error:
        pass  # a cell longer than the reader takes; the engine says so at its row
    return found


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the line of the headings: the first that fills as many columns as the rows below, with words."""
    filled = [sum(map(bool, row)) for row in rows]
    usual = Counter(number for number in filled if number).most_common()
    width = max(number for number, often in usual if often >= max(usual[0][1] * 0.3, 1))
    for number, row in enumerate(rows[:30], 1):
        cells = [cell for cell in row if cell]
        if len(cells) >= max(width * 0.7, min(width, 2)) and not any(map(_NUMBER.fullmatch, cells[:3])):
            return number
    return next(number for number, count in enumerate(filled, 1) if count)

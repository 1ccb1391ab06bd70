"""A workbook written row by row as it is sent: no row is kept, and the file never lies anywhere.

    for part in workbook(["Tahun", "Pagu"], rows, notes): send(part)

Made with `zipping` and not with openpyxl, whose writer gathers the sheet in a file first and takes
ten times as long. Texts are cells of text, always: nothing in them is run as a formula.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from balai.base.zipping import Entry, zipped

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of a sheet beside its heading."""
MOST_TEXT = 32_767
MOST_BYTES = 2_000_000_000
"""Of a sheet before it is compressed; beyond, some programs cannot open it."""
EXACT_DIGITS = 15
PART = 1 << 16

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DAY_ZERO = date(1899, 12, 30)
_FIRST_DAY = date(1900, 3, 1)
"""Before, the calendar of spreadsheets has a day that never was."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_HEAD = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_SHEET_FOOT = "</sheetData></worksheet>"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_SHEET}.worksheet+xml"/></Types>'
)
_ROOT = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_LINKS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="r3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_WORKBOOK = (
    f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Data" sheetId="1" r:id="r1"/><sheet name="Keterangan" sheetId="2" r:id="r2"/>'
    "</sheets></workbook>"
)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/>'
    '<xf numFmtId="164" applyNumberFormat="1" xfId="0"/><xf numFmtId="165" applyNumberFormat="1" xfId="0"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FIXED = {
    "[Content_Types].xml": _TYPES,
    "_rels/.rels": _ROOT,
    "xl/workbook.xml": _WORKBOOK,
    "xl/_rels/workbook.xml.rels": _LINKS,
    "xl/styles.xml": _STYLES,
}


def workbook(
    headings: Sequence[str],
    rows: Iterable[Sequence[object] | None],
    notes: Callable[[int, bool], Iterable[tuple[str, str]]],
) -> Iterator[bytes]:
    """Yield the parts of a workbook: a sheet "Data", and "Keterangan" with what is to be known of it.

    Args:
        rows: None among them gives an empty part, for whoever sends it on to look up.
        notes: is told how many rows were written and whether there were more than a sheet takes;
            returns lines of the second sheet.
    """
    return zipped(_entries(headings, rows, notes), level=4, are_large=False)


def _entries(
    headings: Sequence[str],
    rows: Iterable[Sequence[object] | None],
    notes: Callable[[int, bool], Iterable[tuple[str, str]]],
) -> Iterator[Entry]:
    for name, content in _FIXED.items():
        yield Entry(name, [content.encode()])
    sheet = _Sheet()
    yield Entry("xl/worksheets/sheet1.xml", sheet.written(headings, rows))
    lines = "".join(_row(line) for line in notes(sheet.count, sheet.is_cut))
    yield Entry("xl/worksheets/sheet2.xml", [f"{_SHEET_HEAD}{lines}{_SHEET_FOOT}".encode()])


class _Sheet:
    """The sheet of the rows; how many there were is known when it has been written."""

    def __init__(self) -> None:
        self.count = 0
        self.is_cut = False

    def written(self, headings: Sequence[str], rows: Iterable[Sequence[object] | None]) -> Iterator[bytes]:
        waiting = [_SHEET_HEAD, _row(headings, 1)]
        size = written = 0
        for values in rows:
            if values is None:
                yield b""
                continue
            if self.count == MOST_ROWS or written > MOST_BYTES:
                self.is_cut = True
                break
            self.count += 1
            line = _row(values)
            waiting.append(line)
            size += len(line)
            if size > PART:
                piece = "".join(waiting).encode()
                written += len(piece)
                yield piece
                waiting, size = [], 0
        yield "".join([*waiting, _SHEET_FOOT]).encode()


def _row(values: Sequence[object], style: int = 0) -> str:
    return f"<row>{''.join([_cell(value, style) for value in values])}</row>"


def _cell(value: object, style: int) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _text(value, style)
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        day = value.replace(tzinfo=None)
        if day.date() >= _FIRST_DAY:
            since = day - datetime.combine(_DAY_ZERO, datetime.min.time())
            return f'<c s="3"><v>{since.days + since.seconds / 86400:.15g}</v></c>'
    elif isinstance(value, date):
        if value >= _FIRST_DAY:
            return f'<c s="2"><v>{(value - _DAY_ZERO).days}</v></c>'
    elif isinstance(value, int | float | Decimal) and _is_exact(value):
        return f"<c><v>{value}</v></c>"
    return _text(str(value), style)


def _is_exact(value: float | Decimal) -> bool:
    """Tell whether a spreadsheet keeps every digit; an identifier of 16 digits would lose its last."""
    return isinstance(value, float) or sum(map(str.isdigit, str(value))) <= EXACT_DIGITS


def _text(value: str, style: int) -> str:
    if len(value) > MOST_TEXT:
        value = f"{value[: MOST_TEXT - 1]}…"
    written = escape(_UNWRITABLE.sub("", value))
    mark = f' s="{style}"' if style else ""
    return f'<c{mark} t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'

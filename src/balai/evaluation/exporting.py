"""Published results as rows of plain values, and as a workbook."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from balai.base.later import later
from balai.base.twins import FlatRow
from balai.evaluation import reads

if TYPE_CHECKING:
    import openpyxl.styles
else:
    openpyxl = later("openpyxl")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def flat(
    seen: Sequence[reads.PublishedSeen], unjudged: Sequence[reads.Unjudged] = (), year: int = 0
) -> list[FlatRow]:
    """Return the rows as they are exported; numbers as text, "" where nothing was published.

    `took_part` is yes, no, or unknown of the `unjudged`, who have neither a value nor a rank.
    """
    parts = list(dict.fromkeys(key for each in seen for key in each.row.values))
    rows = [_row(each, parts) for each in seen]
    nothing: FlatRow = dict.fromkeys(rows[0] if rows else (), "")
    head: FlatRow = {"year": year, "took_part": "unknown"}
    return rows + [{**nothing, **head, "unit": each.name, "region_code": each.code} for each in unjudged]


def _row(seen: reads.PublishedSeen, parts: Sequence[str]) -> FlatRow:
    row = seen.row
    return {
        "year": row.year,
        "stage": row.stage,
        "group": row.group,
        "unit": row.unit,
        "region_code": row.region_code,
        "took_part": "yes" if row.took_part else "no",
        **{key: row.values.get(key, "") if row.took_part else "" for key in parts},
        "index": _told(row.total) if row.took_part else "",
        "change": _told(row.change),
        "predicate": row.predicate,
        "rank_in_group": seen.rank_in_group or "",
        "rank_in_nation": seen.rank_in_nation or "",
        "instrument": row.instrument.code,
        "source": row.source,
    }


def _told(value: Decimal | None) -> str:
    return "" if value is None else f"{value.quantize(Decimal('0.01')):f}"


_TEXTS = frozenset(
    {"stage", "group", "unit", "region_code", "took_part", "predicate", "instrument", "source"}
)


def workbook(title: str, rows: Sequence[FlatRow], *, texts: frozenset[str] = _TEXTS) -> bytes:
    """Return one sheet with a header row; columns in `texts` stay text, and no text can act as a formula."""
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    names = list(rows[0]) if rows else []
    head = []
    for name in names:
        cell = openpyxl.cell.WriteOnlyCell(sheet, name)
        cell.font = openpyxl.styles.Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, row[name], name in texts) for name in names])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: object, is_text: bool) -> Any:
    if value == "" or isinstance(value, int):
        return openpyxl.cell.WriteOnlyCell(sheet, value or None)
    if not is_text:
        # openpyxl writes a Decimal digit by digit; its types do not say so.
        return openpyxl.cell.WriteOnlyCell(sheet, Decimal(str(value)))  # type: ignore[arg-type]
    cell = openpyxl.cell.WriteOnlyCell(sheet, openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type = "s"
    return cell

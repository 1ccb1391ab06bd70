"""Rows of raw cells, read by their columns: keys and fields, or faults with their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.plan.sheets import cells
from balai.plan.sheets.grid import Grid, Row
from balai.plan.sheets.standing import Fields, Key, Standing, joined

_DEFAULTS: Mapping[str, Any] = {
    "origin": "record",
    "confidence": "",
    "direction": "up",
    "weight": 1,
    "is_quick_win": False,
    "is_in_kind": False,
}


@dataclass(frozen=True)
class Parsed:
    """A row in the words of its sheet; `is_whole` is False where a cell could not be read."""

    number: int
    key: Key
    fields: Fields
    is_whole: bool


def parsed_rows(grid: Grid, now: Standing, faults: list[Fault]) -> Iterator[Parsed]:
    """Yield the rows of a sheet, a repeated key only once; what cannot be read goes to `faults`."""
    seen: dict[Key, int] = {}
    for row in grid.rows:
        parsed = _parse(grid, row, now, faults)
        if all(parsed.key[:1]) and parsed.key in seen and parsed.is_whole:
            faults.append(
                Fault(
                    grid.place(row.number),
                    _("baris ini sama kuncinya dengan baris %(first)s.") % {"first": seen[parsed.key]},
                    _("Hapus salah satu, atau ganti kuncinya (%(keys)s).")
                    % {"keys": ", ".join(grid.sheet.column(key).heading for key in grid.sheet.keys)},
                )
            )
            continue
        seen.setdefault(parsed.key, row.number)
        yield parsed


def _parse(grid: Grid, row: Row, now: Standing, faults: list[Fault]) -> Parsed:
    fields: Fields = {}
    is_whole = True
    for column in grid.sheet.columns:
        if column.key not in grid.letters:
            is_whole = is_whole and column.is_younger
            continue
        raw = row.cells.get(column.key, cells.EMPTY)
        try:
            value = None if raw.is_formula else cells.read(column, raw)
        except cells.Wrong as error:
            faults.append(Fault(grid.place(row.number, column.key), error.wrong, error.right))
            value, is_whole = None, False
        is_whole = is_whole and not raw.is_formula
        fields[column.key] = _DEFAULTS.get(column.key) if value is None and column.key in _DEFAULTS else value
    if is_whole and "sub_dimensions" in fields:
        fields["sub_dimensions"] = joined(part.strip() for part in fields["sub_dimensions"].split(";"))
    for name in ("owner", "office"):
        # people write "Diskominfo" or the full name as readily as the code
        if fields.get(name) and fields[name] not in now.offices:
            fields[name] = now.office_names.get(fields[name].casefold(), fields[name])
    key = tuple(fields.pop(name, None) for name in grid.sheet.keys)
    return Parsed(row.number, key, fields, is_whole)

"""From raw cells to what an import would do: every fault with its place, every row that differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.plan.sheets import cells
from balai.plan.sheets.columns import Sheet
from balai.plan.sheets.faults import (
    Known,
    code_faults,
    quick_win_faults,
    risk_faults,
    row_faults,
    tie_faults,
)
from balai.plan.sheets.grid import Grid
from balai.plan.sheets.parsing import Parsed, parsed_rows
from balai.plan.sheets.standing import Key, Standing

PLANNED = ("programme", "action", "target")
"""Sheets that are the plan itself; in an adopted plan they are locked. Money, help and stories go on."""


@dataclass(frozen=True)
class Change:
    """A row an import would write.

    Attributes:
        number: its row in the file.
        key: what names it, e.g. (programme, action, year).
        is_new: it would be created; otherwise changed.
        fields: what it would hold; of a changed row only what differs.
        before: of a changed row what stands now, field by field.
    """

    sheet: str
    title: str
    number: int
    key: Key
    is_new: bool
    fields: Mapping[str, Any]
    before: Mapping[str, Any]

    @property
    def label(self) -> str:
        return " / ".join(str(part) for part in self.key if part != "")


@dataclass
class Outcome:
    """What one reading of a file found."""

    changes: list[Change] = field(default_factory=list)
    unchanged: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def compare(grids: Sequence[Grid], now: Standing) -> Outcome:
    """Return what the rows would change, and everything wrong with them."""
    found = Outcome()
    rows = {grid.sheet.key: list(parsed_rows(grid, now, found.faults)) for grid in grids}
    by_key = {grid.sheet.key: grid for grid in grids}
    known = _known(rows, now)
    for sheet, parsed in rows.items():
        grid = by_key[sheet]
        for row in parsed:
            found.faults.extend(row_faults(grid, row, known, now))
        _differences(grid, parsed, now, found)
    if "action" in rows:
        found.faults.extend(code_faults(by_key["action"], rows["action"], now))
    if "risk" in rows:
        found.faults.extend(risk_faults(by_key["risk"], rows["risk"], now))
    found.faults.extend(quick_win_faults(by_key, rows, now))
    found.faults.extend(tie_faults(by_key, rows, now))
    return found


def _known(rows: Mapping[str, Sequence[Parsed]], now: Standing) -> Known:
    return Known(
        {key[0] for key in now.rows.get("programme", {})} | {row.key[0] for row in rows.get("programme", ())},
        {(key[0], key[1]) for key in now.rows.get("action", {})}
        | {(row.key[0], row.key[1]) for row in rows.get("action", ())},
    )


def _differences(grid: Grid, rows: Sequence[Parsed], now: Standing, found: Outcome) -> None:
    sheet: Sheet = grid.sheet
    stands = now.rows.get(sheet.key, {})
    is_locked = now.plan.status != "draft" and sheet.key in PLANNED
    same = 0
    for row in rows:
        if not row.is_whole:
            continue
        before = stands.get(row.key)
        differs = {
            key: value
            for key, value in row.fields.items()
            if before is None or not _same(before.get(key, ""), value)
        }
        if before is not None and not differs:
            same += 1
            continue
        if is_locked:
            found.faults.append(
                Fault(
                    grid.place(row.number),
                    _("rencana induk sudah ditetapkan, sehingga baris ini tidak dapat ditambah atau diubah."),
                    _("Buat versi baru rencana induk, lalu impor ke versi itu."),
                )
            )
            continue
        old = {} if before is None else {key: before.get(key, "") for key in differs}
        found.changes.append(
            Change(sheet.key, sheet.title, row.number, row.key, before is None, differs, old)
        )
    found.unchanged[sheet.title] = same


def _same(before: Any, value: Any) -> bool:
    """Tell whether a cell says what stands; a text is compared as a cell would be read."""
    return before == value or (isinstance(before, str) and cells.tidy(before) == value)

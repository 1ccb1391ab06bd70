"""What happens to the personal columns of a row before anything of it is written anywhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from balai.data.rules.metadata import Column, ColumnType, Declaration, Transform

type Cell = str | int | float | Decimal | bool | date | tuple[object, object] | None
type Given = Mapping[str, object] | Sequence[object]
"""A row as handed in: by name, or in the order of the declared columns."""
type Locate = Callable[[object, object], str]
"""(longitude, latitude) → code of the village there, "" where none is known."""

VILLAGE_LENGTH = 13
"""of a code PP.KK.CC.DDDD (Kemendagri)"""

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class WrongWidth(ValueError):
    """A row has not the columns that are declared; `row` counts from 1."""

    def __init__(self, row: int, found: object) -> None:
        self.row, self.found = row, found
        super().__init__(f"row {row}: {found}")


def headings(declaration: Declaration) -> tuple[str, ...]:
    """Return the names of the texts that `texts` yields for each row."""
    return tuple(
        name
        for column in declaration.leaving
        for name in (
            (f"{column.name}_lon", f"{column.name}_lat")
            if column.type is ColumnType.POINT
            else (column.name,)
        )
    )


def texts(declaration: Declaration, rows: Iterable[Given], locate: Locate) -> Iterator[list[str | None]]:
    """Yield each row as texts under `headings`, personal columns transformed, None where missing.

    A value that cannot be transformed leaves as "?", never as itself; the check
    of types then finds it at its row and column.

    Raises:
        WrongWidth: a row has more, fewer or other columns.
    """
    names = [column.name for column in declaration.columns]
    known = set(names)
    plan = [(place, column) for place, column in enumerate(declaration.columns) if column.leaving is not None]
    special = {
        place: column for place, column in plan if column.changes_kind or column.type is ColumnType.POINT
    }
    for number, row in enumerate(rows, 1):
        if isinstance(row, Mapping):
            if row.keys() - known:
                raise WrongWidth(number, ", ".join(sorted(map(str, row.keys() - known))))
            cells: Sequence[object] = [row.get(name) for name in names]
        elif len(row) != len(names):
            raise WrongWidth(number, len(row))
        else:
            cells = row
        if not special:
            yield [text(cells[place]) for place, _column in plan]
            continue
        leaving: list[str | None] = []
        for place, column in plan:
            if place in special:
                leaving += _special(column, cells[place], locate)
            else:
                leaving.append(text(cells[place]))
        yield leaving


def text(value: object) -> str | None:
    """Return a value as the text its type is checked by.

    >>> [text(value) for value in (None, "", True, Decimal("1E+3"), date(2026, 3, 18), 7)]
    [None, None, 'true', '1000', '2026-03-18', '7']
    """
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return f"{value:f}" if isinstance(value, Decimal) else f"{Decimal(repr(value)):f}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def year_of_birth(value: object) -> str | None:
    """Return the year of a date, "?" where it is none.

    >>> [year_of_birth(value) for value in (date(1987, 5, 2), "1987-05-02", "kapan", "")]
    ['1987', '1987', '?', None]
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return str(value.year)
    if not _DATE.fullmatch(str(value)):
        return "?"
    try:
        return str(date.fromisoformat(str(value)).year)
    except ValueError:
        return "?"


def village(value: object) -> str | None:
    """Return the village a region code lies in, "?" where it is wider than a village.

    >>> village("35.73.01.1001.003.002"), village("35.73"), village(None)
    ('35.73.01.1001', '?', None)
    """
    if value is None or value == "":
        return None
    code = str(value)
    return code[:VILLAGE_LENGTH] if len(code) >= VILLAGE_LENGTH else "?"


def _special(column: Column, value: object, locate: Locate) -> list[str | None]:
    if column.transform is Transform.YEAR_OF_BIRTH:
        return [year_of_birth(value)]
    if column.transform is Transform.VILLAGE and column.type is ColumnType.REGION:
        return [village(value)]
    longitude, latitude = value if isinstance(value, tuple | list) and len(value) == 2 else (value, value)
    if column.transform is Transform.VILLAGE:
        return [None if value in (None, "") else locate(longitude, latitude) or "?"]
    return [text(longitude), text(latitude)]

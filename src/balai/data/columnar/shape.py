"""The columns of the file a declaration leads to, and words for the engine that reads and writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from balai.data.columnar.lending import Engine
from balai.data.rules.metadata import Column, ColumnType, Declaration

DIGITS = 24
"""of a decimal, before and after the point together"""

LONGEST_ROW = 16_777_216
"""bytes of one row of a file that is handed in"""
CSV_BUFFER = 2 * LONGEST_ROW
"""bytes of a CSV file read at once; by itself the engine takes sixteen of the longest rows, which its
memory does not hold, once a file is as large as that"""

_POINT = r"-?[0-9]{1,3}(\.[0-9]{1,12}[0-9]*)?"
_FORMS = {
    ColumnType.INTEGER: ("BIGINT", "-?[0-9]{1,18}"),
    ColumnType.RUPIAH: ("BIGINT", "-?[0-9]{1,18}"),
    ColumnType.DATE: ("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ColumnType.BOOLEAN: ("BOOLEAN", "(true|false)"),
    ColumnType.REGION: ("VARCHAR", r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?"),
}


@dataclass(frozen=True)
class Physical:
    """A column of the file: of one declared column, or one half of a point."""

    name: str
    column: Column
    type: str
    form: str
    bound: int = 0
    """the largest absolute value of a coordinate; 0 where there is none"""


def physical(declaration: Declaration) -> tuple[Physical, ...]:
    """Return the columns of the file a declaration leads to, in order."""
    return tuple(one for column in declaration.leaving for one in _physical(column))


def _physical(column: Column) -> tuple[Physical, ...]:
    if column.type is ColumnType.TEXT:
        return (Physical(column.name, column, "VARCHAR", ""),)
    if column.type is ColumnType.POINT:
        return (
            Physical(f"{column.name}_lon", column, "DOUBLE", _POINT, 180),
            Physical(f"{column.name}_lat", column, "DOUBLE", _POINT, 90),
        )
    if column.type is ColumnType.DECIMAL:
        digits = column.decimals
        after = rf"(\.[0-9]{{1,{digits}}}0*)?" if digits else r"(\.0+)?"
        form = rf"-?[0-9]{{1,{DIGITS - digits}}}{after}"
        return (Physical(column.name, column, f"DECIMAL({DIGITS},{digits})", form),)
    return (Physical(column.name, column, *_FORMS[column.type]),)


def count(duck: Engine, source: str) -> int:
    """Return how many rows a table, or whatever else stands after FROM, has."""
    found = duck.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def parquet(files: Sequence[Path]) -> str:
    """Return what stands after FROM to read the files."""
    return f"read_parquet([{', '.join(map(text, files))}])"


def quoted(name: str) -> str:
    """Return a name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: object) -> str:
    """Return a value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"

"""What the SQL of an indicator leads to, and what it may read; the parser is not needed for either."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from balai.data.rules.gate.values import ColumnType as T
from balai.data.rules.gate.values import Table
from balai.data.rules.metadata import ColumnType, Declaration

if TYPE_CHECKING:
    from sqlglot import exp

MOST_FIGURES = 2_000_000
"""of one part of one indicator"""

_KINDS = {
    ColumnType.TEXT: T.TEXT,
    ColumnType.INTEGER: T.INTEGER,
    ColumnType.DECIMAL: T.DECIMAL,
    ColumnType.RUPIAH: T.INTEGER,
    ColumnType.DATE: T.DATE,
    ColumnType.BOOLEAN: T.BOOLEAN,
    ColumnType.REGION: T.TEXT,
}


@dataclass(frozen=True)
class Part:
    """The checked SQL of one part of an indicator.

    Attributes:
        datasets: those it reads; the rows behind a figure are rows of the first.
        value, counted: what is added up, and how many rows that takes into account.
        empty: the value of a group that has no row: 0, or none where nothing is known (min, max).
    """

    datasets: tuple[str, ...]
    empty: Decimal | None
    tree: "exp.Select"
    value: "exp.Expr"
    counted: "exp.Expr"


def tables(declarations: Mapping[str, Declaration]) -> Mapping[str, Table]:
    """Return declared datasets as the gate takes them; they have no file yet."""
    found = {}
    for code, declaration in declarations.items():
        columns: dict[str, T] = {}
        for column in declaration.leaving:
            if column.type is ColumnType.POINT:
                columns |= {f"{column.name}_lon": T.DOUBLE, f"{column.name}_lat": T.DOUBLE}
            else:
                columns[column.name] = _KINDS[column.type]
        found[code] = Table(code, Path(f"{code}.parquet"), columns)
    return found

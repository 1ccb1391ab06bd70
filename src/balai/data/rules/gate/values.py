"""What goes into the gate and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

MOST_CHARACTERS = 20_000
"""of a question"""
FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet takes for a formula."""


class ColumnType(StrEnum):
    """What a column holds, as every engine understands it."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    INTERVAL = "interval"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Table:
    """One version of a dataset, as far as the asking actor may see it.

    Attributes:
        name: the name by which a question calls it; compared without regard to case.
        file: a Parquet file, or a `.duckdb` file whose rows are in the table `main.rows`.
        columns: exactly the columns that may be read, in the order of `SELECT *`.
    """

    name: str
    file: Path
    columns: Mapping[str, ColumnType]


@dataclass(frozen=True)
class Column:
    """One column of an answer. `UNKNOWN` where only the engine will know the type."""

    name: str
    type: ColumnType


@dataclass(frozen=True)
class Question:
    """A question the gate let through.

    Attributes:
        sql: the text for DuckDB, written by the gate and never by the asker.
        tables: the datasets it reads, each once, in order of first use.
        columns: what comes out.
        most_rows: how many rows may be shown; `sql` asks for one more, so that a cut is known.
        tree: the checked tree, from which the text for another engine is written.
    """

    sql: str
    tables: tuple[Table, ...]
    columns: tuple[Column, ...]
    most_rows: int
    tree: "exp.Query" = field(repr=False, compare=False)

"""The gate: one read-only SELECT over named datasets, checked against lists and written anew.

The text an engine executes is always written here from the checked tree. Measured why: the lock
of the engine alone lets a caller overwrite a file it may read, and one call can escape its
memory limit. The second wall is `balai.data.engines`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from balai.base.later import later
from balai.data.rules.gate.values import Column, ColumnType, Question, Table

if TYPE_CHECKING:
    from balai.data.rules.gate import checking
else:
    checking = later("balai.data.rules.gate.checking")

__all__ = ["Column", "ColumnType", "Question", "Table", "guarded", "read", "read_postgres", "spark"]


def read(text: str, tables: Mapping[str, Table], most_rows: int) -> Question:
    """Check a question in the SQL of DuckDB and write it anew.

    Args:
        text: what the asker wrote; never executed.
        tables: the datasets the asker may read, by name.
        most_rows: the most rows to show; the question asks for one more.

    Raises:
        Invalid: each fault with line and column, and what is allowed instead.
    """
    return checking.read(text, tables, most_rows, "duckdb")


def read_postgres(text: str, tables: Mapping[str, Table], most_rows: int) -> Question:
    """As `read`, for the SQL of PostgreSQL, where whole numbers divide to whole numbers."""
    return checking.read(text, tables, most_rows, "postgres")


def spark(question: Question) -> str:
    """Write the question for Spark."""
    return checking.spark(question)


def guarded(question: Question) -> Question:
    """Return the question with an apostrophe before each text a spreadsheet would run as a formula.

    For CSV alone, where a cell cannot say that it is text. Names of columns are guarded too.
    """
    return checking.guarded(question)

"""The gate: one read-only SELECT over named datasets, checked against lists and written anew.

The text an engine executes is always written here from the checked tree. Measured why: the lock
of the engine alone lets a caller overwrite a file it may read, and one call can escape its
memory limit. The second wall is `balai.data.engines`.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.base.errors import Fault, Invalid
from balai.data.rules.gate.meaning import same_everywhere
from balai.data.rules.gate.names import Names
from balai.data.rules.gate.text import checked_tree
from balai.data.rules.gate.values import Column, ColumnType, Question, Table
from balai.data.rules.gate.writing import for_duckdb, for_spark, without_formulas

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
    return _read(text, tables, most_rows, "duckdb")


def read_postgres(text: str, tables: Mapping[str, Table], most_rows: int) -> Question:
    """As `read`, for the SQL of PostgreSQL, where whole numbers divide to whole numbers."""
    return _read(text, tables, most_rows, "postgres")


def spark(question: Question) -> str:
    """Write the question for Spark."""
    return for_spark(question.tree)


def guarded(question: Question) -> Question:
    """Return the question with an apostrophe before each text a spreadsheet would run as a formula.

    For CSV alone, where a cell cannot say that it is text. Names of columns are guarded too.
    """
    tree = without_formulas(question.tree, question.columns)
    return replace(question, tree=tree, sql=for_duckdb(tree))


def _read(text: str, tables: Mapping[str, Table], most_rows: int, dialect: str) -> Question:
    try:
        tree = checked_tree(text, dialect)
        while isinstance(tree, exp.Subquery) and tree.args.get("alias") is None:
            tree = tree.this
        names = Names(text, tables)
        shape = names.query(tree, None, {})
        tree = same_everywhere(tree, text, dialect)
        _limit(tree, most_rows)
        sql = for_duckdb(tree)
    except RecursionError:
        right = _("Pecah menjadi beberapa bagian dengan WITH.")
        raise Invalid([Fault(_("Pertanyaan"), _("Terlalu dalam bersarang."), right)]) from None
    return Question(sql, tuple(names.read.values()), shape.columns, most_rows, tree)


def _limit(tree: exp.Query, most_rows: int) -> None:
    limit = tree.args.get("limit")
    asked = int(limit.expression.name) if limit is not None else most_rows + 1
    tree.set("limit", exp.Limit(expression=exp.Literal.number(min(asked, most_rows + 1))))

"""Dated tables: a page in YAML that declares columns, its rows there or in a CSV beside it."""

from balai.definitions import table_rows
from balai.definitions.kinds import get, kind
from balai.definitions.table_schema import Column, Key, Table, TableFile

__all__ = ["TABLES", "Column", "Key", "Table", "TableFile", "table"]

TABLES = kind("tables", "tables", TableFile, companions=table_rows.companions, complete=table_rows.complete)


def table(code: str) -> Table:
    """Return a dated table as shipped, or as the installation's folder has it. Raises NotFound."""
    return get(TABLES, code).value

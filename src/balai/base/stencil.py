"""Questions that every request asks: their SQL is made once, and one key in it changes."""

from typing import Any
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import QuerySet

GAP = uuid4()
"""Stands in a query where the key is to stand."""


class Stencil[Row: tuple[Any, ...]]:
    """A query that is finished but for one key.

    Django makes the SQL of a query anew each time, and that takes ten times as long as to answer a small one.

    Args:
        rows: made by `values_list`, with GAP where the key is to stand. Whoever keeps the stencil keeps it
            for the scope and the day it was made in, for they stand in the query.
    """

    def __init__(self, rows: "QuerySet[Any, Row]") -> None:
        self._using = rows.db
        compiler: Any = rows.query.get_compiler(rows.db)
        self._sql, values = compiler.as_sql()
        self._is_native = connections[rows.db].features.has_native_uuid_field
        self._before, self._after = _halves(list(values), GAP if self._is_native else GAP.hex)
        columns = [column for column, _sql, _name in compiler.select[: compiler.col_count]]
        self._converters = [*compiler.get_converters(columns).items()]

    def of(self, key: UUID) -> list[Row]:
        """Ask for the rows of a key; one query."""
        connection = connections[self._using]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, [*self._before, key if self._is_native else key.hex, *self._after])
            found = cursor.fetchall()
        return [self._converted(row, connection) for row in found]

    def _converted(self, row: Any, connection: Any) -> Any:
        values = list(row)
        for place, (converters, column) in self._converters:
            for converter in converters:
                values[place] = converter(values[place], column, connection)
        return tuple(values)


def _halves(values: list[Any], gap: UUID | str) -> tuple[list[Any], list[Any]]:
    (place,) = (number for number, value in enumerate(values) if value == gap)
    return values[:place], values[place + 1 :]

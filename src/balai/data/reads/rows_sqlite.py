"""Rows out of a side file: SQLite finds them by key and word, and writes the answer as JSON itself.

Connections are kept by thread, read-only, over files that never change. A question that would walk far
is given up after a bounded number of steps: the column store answers it sooner.
"""

# The SQL here is ours, over names of a declaration, quoted; every value is bound.
# ruff: noqa: S608

import csv
import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import apsw

from balai.data.rules.rows import Condition, Form, Op, RowsAsked, Value
from balai.data.sidefiles.place import Kind, place
from balai.data.sidefiles.shape import PLACE_INDEX, SideColumn, quoted
from balai.data.sidefiles.versions import Facts

_MOST_OPEN = 16
"""Versions a thread keeps open."""
_STEP = 20_000
_FEW_PLACES = 30_000
"""entries of the index of places that a small box looks at"""
STEPS_FOR_ROWS = 20
"""Of 20,000 steps of SQLite each, some 5 ms together; then the column store is asked."""
STEPS_FOR_WORDS = 1000
"""A search by words has no better place to go; this is about a quarter of a second."""
_MOST_BYTES = 64_000_000
_INTEGER = 2**63 - 1

type Cell = str | int | float | None


class TooFar(Exception):
    """The side file would have to walk too many rows."""


class Side:
    """The rows and words of one version, opened in one thread."""

    def __init__(self, facts: Facts) -> None:
        """Raises FileNotFoundError: there are no such side files."""
        rows, words = (place(facts.tenant, facts.sha256, kind) for kind in (Kind.ROWS, Kind.WORDS))
        if not (rows.is_file() and words.is_file()):
            raise FileNotFoundError(rows)
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        try:
            self._sqlite = apsw.Connection(_uri(str(rows)), flags=flags, statementcachesize=200)
            self._sqlite.execute("ATTACH ? AS w", [_uri(str(words))])
        except apsw.CantOpenError:
            # Swept up between the two lines above.
            raise FileNotFoundError(rows) from None
        self._sqlite.execute("PRAGMA mmap_size = 1073741824")
        self._sqlite.execute("PRAGMA query_only = 1")
        self._sqlite.limit(apsw.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        tables = self._sqlite.execute("SELECT name FROM pragma_table_info('tallies', 'w')")
        self._tallied = frozenset(name for (name,) in tables)
        indexed = self._sqlite.execute("SELECT name FROM pragma_index_info(?)", [PLACE_INDEX])
        self._place = tuple(name for (name,) in indexed)

    def rows(self, asked: RowsAsked, form: Form, limit: int, offset: int) -> tuple[bytes, int]:
        """Return the rows in the form asked for and how many they are. Raises TooFar."""
        source, values = _source(asked, limit, offset, self._is_small_box(asked))
        if form == "csv":
            cells = ", ".join(_shown(one) for one in asked.columns)
            found = self._ask(f"SELECT {cells} FROM ({source})", values, asked)
            return csv_bytes(asked.columns, found), len(found)
        ((text, number),) = self._ask(
            f"SELECT json_group_array({_json(asked.columns, form)}), count(*) FROM ({source})",
            values,
            asked,
        )
        return str(text).encode(), int(str(number))

    def _is_small_box(self, asked: RowsAsked) -> bool:
        """Tell whether to begin with the index of places: a box of few rows, to be put in order then.

        In a large box, walking along the key meets enough rows soon; to look at few entries of the
        index tells which it is.
        """
        lon = [each for each in asked.conditions if self._place and each.column.name == self._place[0]]
        if asked.words or asked.sort or {each.op for each in lon} != {Op.FROM, Op.UNTIL}:
            return False
        parts = [_condition(each, is_by_place=True) for each in lon]
        where = " AND ".join(part for part, _values in parts)
        values = [value for _part, own in parts for value in own]
        sql = f"SELECT 1 FROM rows INDEXED BY {PLACE_INDEX} WHERE {where} LIMIT 1 OFFSET {_FEW_PLACES}"
        return not self._ask(sql, values, asked)

    def total(self, asked: RowsAsked) -> int:
        """Return how many rows fit, exact. Raises TooFar."""
        condition, values = _conditions(asked.conditions)
        if asked.words and not asked.conditions:
            sql, values = (
                "SELECT count(*) FROM w.words AS found WHERE found.words MATCH ?",
                [_match(asked.words)],
            )
        elif not asked.words and all(each.column.name in self._tallied for each in asked.conditions):
            sql = f"SELECT coalesce(sum(_rows), 0) FROM w.tallies AS rows WHERE {condition}"
        else:
            source, values = _from(asked)
            sql = f"SELECT count(*) {source}"
        ((found,),) = self._ask(sql, values, asked)
        return int(str(found))

    def profile(self) -> str:
        """Return the profile of the columns, as JSON."""
        return str(self._sqlite.execute("SELECT told FROM w.profile").get)

    def close(self) -> None:
        self._sqlite.close()

    def _ask(self, sql: str, values: Sequence[Cell], asked: RowsAsked) -> list[tuple[Any, ...]]:
        left = STEPS_FOR_WORDS if asked.words else STEPS_FOR_ROWS

        def step() -> bool:
            nonlocal left
            left -= 1
            return left < 0

        self._sqlite.set_progress_handler(step, _STEP)
        try:
            return self._sqlite.execute(sql, values).fetchall()
        except (apsw.InterruptError, apsw.TooBigError):
            raise TooFar from None
        finally:
            self._sqlite.set_progress_handler(None)


class _Open(threading.local):
    def __init__(self) -> None:
        self.sides: OrderedDict[tuple[str, str], Side] = OrderedDict()


_open = _Open()


def side(facts: Facts) -> Side | None:
    """Return the side files of a version, opened for this thread; None where there are none."""
    key = (str(place(facts.tenant, facts.sha256, Kind.ROWS)), facts.sha256)
    found = _open.sides.get(key)
    if found is None:
        try:
            found = Side(facts)
        except FileNotFoundError:
            return None
        _open.sides[key] = found
        while len(_open.sides) > _MOST_OPEN:
            _key, oldest = _open.sides.popitem(last=False)
            oldest.close()
    _open.sides.move_to_end(key)
    return found


def csv_bytes(columns: Sequence[SideColumn], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return rows as CSV with a header, as the column store writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([one.name for one in columns])
    writer.writerows(rows)
    return out.getvalue().encode()


def _source(asked: RowsAsked, limit: int, offset: int, is_by_place: bool = False) -> tuple[str, list[Cell]]:
    """Return the SELECT of the page and its values."""
    names = ", ".join(f"rows.{quoted(one.name)}" for one in asked.columns)
    if not asked.conditions and not asked.words and not asked.sort:
        # Rows lie in the order of the key, numbered from 1: no walking to a far page.
        return f"SELECT {names} FROM rows WHERE _rowid_ > ? ORDER BY _rowid_ LIMIT ?", [offset, limit]
    source, values = _from(asked, is_by_place)
    order = [
        f"rows.{quoted(one.name)} {'DESC' if greatest else 'ASC'} NULLS LAST" for one, greatest in asked.sort
    ]
    direction = "DESC" if asked.is_key_backwards else "ASC"
    order.append(f"{'found.rowid' if asked.words else 'rows._rowid_'} {direction}")
    return f"SELECT {names} {source} ORDER BY {', '.join(order)} LIMIT ? OFFSET ?", [*values, limit, offset]


def _from(asked: RowsAsked, is_by_place: bool = False) -> tuple[str, list[Cell]]:
    condition, values = _conditions(asked.conditions, is_by_place)
    if not asked.words:
        how = f"INDEXED BY {PLACE_INDEX} " if is_by_place else ""
        return f"FROM rows {how}WHERE {condition}", values
    # CROSS JOIN keeps the order of the two: the words first. A column may be called rowid, none _rowid_.
    joined = "FROM w.words AS found CROSS JOIN rows ON rows._rowid_ = found.rowid WHERE found.words MATCH ?"
    return f"{joined} AND {condition}", [_match(asked.words), *values]


def _match(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' for word in words)


def _conditions(conditions: Sequence[Condition], is_by_place: bool = False) -> tuple[str, list[Cell]]:
    parts, values = ["true"], []
    for each in conditions:
        part, own = _condition(each, is_by_place)
        parts.append(part)
        values += own
    return " AND ".join(parts), values


def _condition(one: Condition, is_by_place: bool = False) -> tuple[str, list[Cell]]:
    name = f"rows.{quoted(one.column.name)}"
    if one.column.sort == "double" and not is_by_place:
        # A sum is looked up in no index: SQLite would take that of places for boxes of any size.
        name = f"+{name}"
    if one.op is Op.MISSING:
        return f"{name} IS NULL", []
    if one.op is Op.PREFIX:
        begin = str(one.values[0])
        return f"{name} >= ? AND {name} < ?", [begin, begin + chr(0x10FFFF)]
    if one.op in (Op.FROM, Op.UNTIL):
        rounding = ROUND_CEILING if one.op is Op.FROM else ROUND_FLOOR
        sign = ">=" if one.op is Op.FROM else "<="
        return f"{name} {sign} ?", [_kept(one.column, one.values[0], rounding)]
    values = [_kept(one.column, value) for value in one.values if _can_be(one.column, value)]
    if not values:
        return "false", []
    if len(values) == 1:
        return f"{name} = ?", values
    return f"{name} IN ({', '.join('?' for _value in values)})", values


def _can_be(column: SideColumn, value: Value) -> bool:
    """Tell whether a decimal has no more digits than the column keeps."""
    if column.sort != "decimal" or not isinstance(value, Decimal):
        return True
    scaled = value.scaleb(column.decimals)
    return scaled == scaled.to_integral_value() and abs(scaled) <= _INTEGER


def _kept(column: SideColumn, value: Value, rounding: str = ROUND_FLOOR) -> Cell:
    """Return a value as SQLite keeps it."""
    if isinstance(value, Decimal):
        scaled = int(value.scaleb(column.decimals).to_integral_value(rounding))
        return max(-_INTEGER - 1, min(_INTEGER, scaled))
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _json(columns: Sequence[SideColumn], form: Form) -> str:
    if form == "lists":
        return f"json_array({', '.join(map(_as_json, columns))})"
    cells = ", ".join(f"'{one.name}', {_as_json(one)}" for one in columns)
    return f"json_object({cells})"


def _as_json(one: SideColumn) -> str:
    name = quoted(one.name)
    if one.sort == "boolean":
        return f"json(CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
    return _shown(one)


def _shown(one: SideColumn) -> str:
    """Return a column as it is shown: a decimal as text with all its digits."""
    name = quoted(one.name)
    if one.sort == "boolean":
        return f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    if one.sort == "decimal":
        if one.decimals == 0:
            return f"CAST({name} AS TEXT)"
        unit = 10**one.decimals
        return (
            f"CASE WHEN {name} IS NOT NULL THEN printf('%s%d.%0{one.decimals}d', "
            f"CASE WHEN {name} < 0 THEN '-' ELSE '' END, abs({name}) / {unit}, abs({name}) % {unit}) END"
        )
    return name


def _uri(path: str) -> str:
    return "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro&immutable=1"

"""Rows by the column store: what side files cannot answer, or not soon enough.

The question is written as SQL over the declared names and passes the gate as everybody's does.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from balai.base.actor import Actor
from balai.data.reads.asking import ask
from balai.data.reads.rows_sqlite import Cell, csv_bytes
from balai.data.reads.versions import Readable
from balai.data.rules.rows import Condition, Form, Op, RowsAsked, Value
from balai.data.sidefiles.shape import SideColumn, quoted
from balai.data.sidefiles.versions import Facts

_IN_WORDS = (
    "0-9a-z\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00df-\u00f6\u00f8-\u02af"
    "\u0370-\u1ffc\u2c00-\ud7a3"
)
"""Small letters and digits, as the word index takes them. Of scripts other than Latin all signs count as
letters here, so that there a word ends at a space or a sign of ours: named classes pass no gate."""


def rows(
    actor: Actor, facts: Facts, table: Readable, asked: RowsAsked, form: Form, limit: int, offset: int
) -> tuple[bytes, int]:
    """Return the rows in the form asked for and how many they are. Raises as `reads.ask`."""
    names = ", ".join(quoted(one.name) for one in asked.columns)
    order = [f"{quoted(one.name)} {'DESC' if greatest else 'ASC'} NULLS LAST" for one, greatest in asked.sort]
    direction = "DESC NULLS FIRST" if asked.is_key_backwards else "ASC NULLS LAST"
    order += [f"{quoted(name)} {direction}" for name in facts.key]
    text = (
        f"SELECT {names} FROM {quoted(table.code)} WHERE {_where(facts, asked)} "  # noqa: S608
        f"ORDER BY {', '.join(order)} LIMIT {limit} OFFSET {offset}"
    )
    if limit == 0:
        return _written(asked.columns, [], form), 0
    with ask(actor, text, limit, {table.code: table}) as answer:
        found = [tuple(map(_plain, row)) for row in answer.rows]
    return _written(asked.columns, found, form), len(found)


def total(actor: Actor, facts: Facts, table: Readable, asked: RowsAsked) -> int:
    """Return how many rows fit, exact. Raises as `reads.ask`."""
    text = f"SELECT count(*) AS n FROM {quoted(table.code)} WHERE {_where(facts, asked)}"  # noqa: S608
    with ask(actor, text, 1, {table.code: table}) as answer:
        ((found,),) = answer.rows
    return int(found)


def _written(columns: Sequence[SideColumn], found: Sequence[Sequence[object]], form: Form) -> bytes:
    if form == "csv":
        return csv_bytes(columns, [[_in_csv(cell) for cell in row] for row in found])
    names = [one.name for one in columns]
    shown: list[Mapping[str, object] | Sequence[object]] = (
        [dict(zip(names, row, strict=True)) for row in found] if form == "objects" else list(found)
    )
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _in_csv(value: object) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | int | float) else None


def _where(facts: Facts, asked: RowsAsked) -> str:
    parts = [_condition(each) for each in asked.conditions]
    texts = [one for one in facts.columns if one.is_text]
    for word in asked.words:
        # A word is letters and digits, so nothing of it means anything in the pattern.
        pattern = _literal(f"(^|[^{_IN_WORDS}]){word}([^{_IN_WORDS}]|$)")
        held = [f"regexp_matches(lower({quoted(one.name)}), {pattern})" for one in texts]
        parts.append(f"({' OR '.join(held)})")
    return " AND ".join(parts) or "true"


def _condition(one: Condition) -> str:
    name = quoted(one.column.name)
    match one.op:
        case Op.MISSING:
            return f"{name} IS NULL"
        case Op.PREFIX:
            return f"starts_with({name}, {_literal(one.values[0])})"
        case Op.FROM:
            return f"{name} >= {_literal(one.values[0])}"
        case Op.UNTIL:
            return f"{name} <= {_literal(one.values[0])}"
        case Op.EQUAL:
            return f"{name} = {_literal(one.values[0])}"
    return f"{name} IN ({', '.join(map(_literal, one.values))})"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return (
        f"CAST({Decimal(repr(value)):f} AS DOUBLE)"
        if isinstance(value, float)
        else f"{value:f}"
        if isinstance(value, Decimal)
        else str(value)
    )

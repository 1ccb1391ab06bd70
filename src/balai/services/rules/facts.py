"""What conditions, notices and published columns may name, and the values of those names for a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from balai.definitions.conditions import Kind, Shape
from balai.definitions.rules import CellType
from balai.definitions.tables import Table
from balai.forms.rules import Field, Form, Group, Privacy, Type
from balai.forms.rules.form import KINDS, shape

CASE: Mapping[str, Kind] = {
    "state": Kind.TEXT,
    "channel": Kind.TEXT,
    "applicant": Kind.TEXT,
    "office": Kind.TEXT,
    "region": Kind.TEXT,
    "reopens": Kind.INTEGER,
    "reroutes": Kind.INTEGER,
    "tasks_open": Kind.INTEGER,
    "tasks_done": Kind.INTEGER,
    "tasks_refused": Kind.INTEGER,
    "children_open": Kind.INTEGER,
    "children_refused": Kind.INTEGER,
    "is_late": Kind.YES_NO,
}
"""`case.` in conditions: `applicant` is anonymous, contact or account; `office` and `region` are codes."""
COLUMNS: Mapping[str, Kind] = {
    **CASE,
    "number": Kind.TEXT,
    "filed_at": Kind.TEXT,
    "closed_at": Kind.TEXT,
    "outcome": Kind.TEXT,
    "village": Kind.TEXT,
    "district": Kind.TEXT,
    "days_taken": Kind.INTEGER,
}
"""`case.` in what leaves; instants are ISO text."""
INSTANTS = frozenset({"filed_at", "closed_at"})
CLOCK: Mapping[str, Kind] = {
    "state": Kind.TEXT,
    "used": Kind.INTEGER,
    "limit": Kind.INTEGER,
    "due": Kind.TEXT,
    "on_time": Kind.YES_NO,
}
"""`clock.<id>.` in what leaves."""
WORDS = frozenset({"number", "service", "state", "office", "due", "link", "clock", "left"})
"""Names between braces in notices, besides `form.…`, `input.…` and lookups."""
_CELLS = {
    CellType.TEXT: Kind.TEXT,
    CellType.DATE: Kind.TEXT,
    CellType.INTEGER: Kind.INTEGER,
    CellType.RUPIAH: Kind.INTEGER,
    CellType.DECIMAL: Kind.DECIMAL,
    CellType.BOOLEAN: Kind.YES_NO,
}


def variables(
    form: Form, moves: Iterable[str], states: Iterable[str], lookups: Mapping[str, Table]
) -> dict[str, Kind | Shape]:
    """Return the names every condition of a service may use, each with what it is.

    `times.x` counts how often move x was made; `days_since.x` the working days since the case last
    came to state x (missing when it never did), `days_since.filed` since it was filed.
    """
    return {
        "form": shape(tuple(form.items.values())),
        "case": Shape(CASE),
        "times": Shape(dict.fromkeys(moves, Kind.INTEGER)),
        "days_since": Shape(dict.fromkeys(("filed", *states), Kind.INTEGER)),
        **{key: Shape(table_shape(table)) for key, table in lookups.items()},
    }


def table_shape(table: Table) -> dict[str, Kind | Shape]:
    return {column.name: _CELLS[column.type] for column in table.file.columns}


@dataclass(frozen=True)
class Value:
    """What stands behind a path: its kind, how private it is, and of a field its type."""

    kind: Kind | Shape
    privacy: Privacy
    type: Type | None = None
    is_instant: bool = False


def form_values(form: Form, prefix: str) -> dict[str, Value]:
    """Return the values of the fields of a form by path ("form.title", "form.place.point")."""
    found: dict[str, Value] = {}
    for item in form.items.values():
        if isinstance(item, Field):
            if item.type is not Type.NOTE:
                found[f"{prefix}.{item.id}"] = _value(item)
        elif isinstance(item, Group) and not item.repeats:
            found.update({f"{prefix}.{item.id}.{one.id}": _value(one) for one in item.fields})
    return found


def _value(field: Field) -> Value:
    return Value(KINDS.get(field.type, Kind.TEXT), field.privacy, field.type)


def answers_for_conditions(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers that were checked and kept as JSON the way conditions read them."""
    found: dict[str, Any] = {}
    for key, item in form.items.items():
        value = answers.get(key)
        if value is None:
            continue
        if isinstance(item, Field):
            found[key] = _answer(item, value)
        elif item.repeats:
            found[key] = [_row(item, row) for row in value]
        else:
            found[key] = _row(item, value)
    return found


def _row(group: Group, row: Mapping[str, Any]) -> dict[str, Any]:
    return {one.id: _answer(one, row[one.id]) for one in group.fields if row.get(one.id) is not None}


def _answer(field: Field, value: Any) -> Any:
    if field.type is Type.DECIMAL:
        return Decimal(str(value))
    if field.type is Type.POINT:
        return {name: Decimal(str(part)) for name, part in value.items()}
    return value


def plain_cell(value: Any) -> Any:
    """Return a cell of a dated table as conditions read it."""
    return value.isoformat() if isinstance(value, date | datetime) else value

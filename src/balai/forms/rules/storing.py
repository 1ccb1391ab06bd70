"""Values apart: what may stand in a table, what is sealed, and what is found again by an index."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst

from balai.base import writing
from balai.forms.rules.checking import Checked
from balai.forms.rules.form import Field, Form, Group
from balai.forms.rules.values import Context, masked, read, told
from balai.forms.rules.written import Type

FOUND_BY = {Type.NIK: "nik", Type.KK: "kk", Type.NPWP: "npwp", Type.PHONE: "phone"}
"""Types by which somebody is looked for, and the purpose of their blind index."""


@dataclass(frozen=True)
class Apart:
    """Answers as they are stored.

    Attributes:
        open: P0 and P1, canonical JSON, for a column of JSON.
        personal: P2 and P3, canonical JSON, to be sealed.
        looked_for: (path, purpose of the blind index, value) of what somebody may be looked for by.
    """

    open: dict[str, Any]
    personal: dict[str, Any]
    looked_for: tuple[tuple[str, str, str], ...]


def apart(checked: Checked) -> Apart:
    """Divide checked answers by privacy. Rows of a group keep their order in both halves."""
    plain = checked.plain()
    return Apart(
        _half(checked.form, plain, lambda field: not field.is_personal),
        _half(checked.form, plain, lambda field: field.is_personal),
        tuple(
            (path, FOUND_BY[field.type], str(value))
            for path, field, value in answered(checked.form, plain)
            if field.type in FOUND_BY
        ),
    )


def _half(form: Form, plain: Mapping[str, Any], wanted: Callable[[Field], bool]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in plain.items():
        item = form.items[key]
        if isinstance(item, Field):
            if wanted(item):
                found[key] = value
        elif item.repeats:
            rows = [_members(item, row, wanted) for row in value]
            if any(wanted(field) for field in item.fields):
                found[key] = rows
        elif members := _members(item, value, wanted):
            found[key] = members
    return found


def _members(group: Group, row: Mapping[str, Any], wanted: Callable[[Field], bool]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if wanted(group.by_id[key])}


def joined(form: Form, open: Mapping[str, Any], personal: Mapping[str, Any]) -> dict[str, Any]:
    """Put the two halves together again."""
    found: dict[str, Any] = {}
    for key in form.items:
        halves = [half[key] for half in (open, personal) if key in half]
        if not halves:
            continue
        if isinstance(halves[0], list) and isinstance(form.items[key], Group):
            found[key] = [
                {name: value for half in rows for name, value in half.items()}
                for rows in zip(*halves, strict=True)
            ]
        elif isinstance(form.items[key], Group):
            found[key] = {name: value for half in halves for name, value in half.items()}
        else:
            found[key] = halves[0]
    return found


def answered(form: Form, plain: Mapping[str, Any]) -> Iterator[tuple[str, Field, Any]]:
    """Yield (path, field, answer) for each answer that is there, in the order of the form."""
    for key, item in form.items.items():
        value = plain.get(key)
        if value is None:
            continue
        if isinstance(item, Field):
            yield key, item, value
            continue
        rows = enumerate(value) if item.repeats else [("", value)]
        for number, row in rows:
            path = f"{key}[{number}]" if item.repeats else key
            yield from (
                (f"{path}.{field.id}", field, row[field.id])
                for field in item.fields
                if row.get(field.id) is not None
            )


@dataclass(frozen=True)
class Told:
    """An answer as it is read; `is_masked` where the reader may not see the whole of it."""

    path: str
    label: str
    text: str
    field: Field
    value: Any
    is_masked: bool = False


@dataclass(frozen=True)
class ToldPart:
    """The answers of a step, a section or a row, under a heading."""

    heading: str
    answers: tuple[Told, ...]
    level: int


def in_words(form: Form, plain: Mapping[str, Any], context: Context, *, personal: bool) -> list[ToldPart]:
    """Return stored answers as they are read back, step by step.

    Args:
        personal: the reader may see P2 and P3; else they are masked. The caller has asked the
            right and logs the reading.
    """
    parts: list[ToldPart] = []
    by_top: dict[str, list[tuple[str, Field, Any]]] = {}
    for path, field, value in answered(form, plain):
        by_top.setdefault(path.rpartition(".")[0], []).append((path, field, value))
    loose = {path: entry for entry in by_top.pop("", []) for path in [entry[0]]}
    for step in form.steps:
        own = [loose[item.id] for item in step.items if item.id in loose]
        inner: list[ToldPart] = []
        for item in step.items:
            if isinstance(item, Group):
                inner += _told_group(item, by_top, context, personal)
        if own or inner:
            parts.append(ToldPart(str(step.title), _told(own, context, personal), 2))
            parts += inner
    return parts


def _told_group(
    group: Group, by_top: Mapping[str, list[tuple[str, Field, Any]]], context: Context, personal: bool
) -> Iterator[ToldPart]:
    if not group.repeats:
        if group.id in by_top:
            yield ToldPart(str(group.label), _told(by_top[group.id], context, personal), 3)
        return
    for number in range(group.most):
        if found := by_top.get(f"{group.id}[{number}]"):
            yield ToldPart(capfirst(f"{group.row} {number + 1}"), _told(found, context, personal), 3)


def _told(found: list[tuple[str, Field, Any]], context: Context, personal: bool) -> tuple[Told, ...]:
    return tuple(_told_one(path, field, value, context, personal) for path, field, value in found)


def _as_stored(field: Field, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    try:
        return writing.day(date.fromisoformat(str(value))) if field.type is Type.DATE else str(value)
    except ValueError:
        return str(value)


def _told_one(path: str, field: Field, value: Any, context: Context, personal: bool) -> Told:
    is_hidden = field.is_personal and not personal
    try:
        known = read(field, value, context)
        text = masked(field, known) if is_hidden else told(field, known, context)
    except ValueError:
        # Today's limits would refuse it, as a day that has passed since; it is shown as it was stored.
        stored = _as_stored(field, value)
        known, text = stored, masked(field, stored) if is_hidden else stored
    return Told(path, str(field.label), text, field, None if is_hidden else known, is_hidden)

"""A form as it is filled in at a QR point: the place is the point's, and nobody can type another."""

from collections.abc import Mapping
from dataclasses import replace

from balai.forms.rules import Field, Form, Type
from balai.forms.rules.form import Group, Item, Step

PLACE, VILLAGE, LABEL = "point.place", "point.village", "point.label"
"""Facts of a point: its coordinates as an answer, the code of its village, what people call it."""


def at_point(form: Form) -> Form:
    """Return a form whose first point, and the region beside it, are answered by facts alone.

    Code, version and hash stay: a draft goes on with it as with the form itself.
    """
    wanted = next((path for path, field in form.fields() if field.type is Type.POINT), "")
    if not wanted or "[]" in wanted:
        return form
    group, _dot, _inner = wanted.rpartition(".")
    return replace(form, steps=tuple(_step(step, group) for step in form.steps))


def has_place(form: Form) -> bool:
    """Tell whether a form asks for a point that a QR point can answer."""
    return any(field.type is Type.POINT and "[]" not in path for path, field in form.fields())


def _step(step: Step, group: str) -> Step:
    return replace(step, items=tuple(_item(item, group) for item in step.items))


def _item(item: Item, group: str) -> Item:
    if isinstance(item, Field):
        return _answered(item) if not group else item
    if item.id != group:
        return item
    fields = tuple(_answered(field) for field in item.fields)
    return replace(item, text=item.text, fields=fields) if isinstance(item, Group) else item


_FACTS: Mapping[Type, tuple[str, bool | str]] = {
    Type.POINT: (PLACE, True),
    Type.REGION: (VILLAGE, "known"),
    Type.TEXT: (LABEL, False),
}


def _answered(field: Field) -> Field:
    if field.type not in _FACTS or field.is_personal:
        return field
    prefill, readonly = _FACTS[field.type]
    return replace(field, text=field.text.model_copy(update={"prefill": prefill, "readonly": readonly}))

"""A form, and what a move asks for, as JSON Schema (2020-12): for programs that fill them in.

The schema takes what the form's own check may take, and says of conditions and of what only
the server knows (regions, files, days counted from today) in words and in `x-` members. The
check itself stays the form's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from balai.definitions.conditions import Condition
from balai.forms.rules import Field, Form, Group, Option, Type

_TEXT: Mapping[Type, dict[str, Any]] = {
    Type.DATE: {"type": "string", "format": "date"},
    Type.TIME: {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]"},
    Type.EMAIL: {"type": "string", "format": "email", "maxLength": 254},
    Type.PHONE: {"type": "string", "maxLength": 40},
    Type.REGION: {"type": "string", "pattern": "^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$"},
    Type.NIK: {"type": "string", "maxLength": 40},
    Type.KK: {"type": "string", "maxLength": 40},
    Type.NOP: {"type": "string", "maxLength": 40},
    Type.NIB: {"type": "string", "maxLength": 40},
    Type.NPWP: {"type": "string", "maxLength": 40},
}
_POINT_PART = {"type": ["number", "string"]}
_MANY = (Type.CHOICES, Type.FILE, Type.IMAGE)
LONGEST = {Type.TEXT: 300, Type.LONG_TEXT: 10_000}
"""Letters where the form says nothing, as `forms` checks them."""


def schema_of(form: Form) -> dict[str, Any]:
    """Return the schema of answers to a form, sent as {"id": answer}; titles in the language in force."""
    conditions = {item.id: step.visible_if for step in form.steps for item in step.items}
    return _object(
        (item.id, _item(item, conditions[item.id]), _is_needed(item, conditions[item.id]))
        for item in form.items.values()
        if not (isinstance(item, Field) and not _is_answered(item))
    )


def _object(parts: Iterable[tuple[str, dict[str, Any], bool]]) -> dict[str, Any]:
    known = list(parts)
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema for name, schema, _needed in known},
        "additionalProperties": False,
    }
    if needed := [name for name, _schema, is_needed in known if is_needed]:
        found["required"] = needed
    return found


def _is_answered(field: Field) -> bool:
    """Tell whether a program may answer a field: notes are read, and some facts only the server knows."""
    return field.type is not Type.NOTE and field.text.readonly is not True


def _is_needed(item: Field | Group, of_step: Condition | None) -> bool:
    if of_step is not None or item.visible_if is not None:
        return False
    if isinstance(item, Field):
        return item.text.required
    if item.repeats:
        return item.least > 0
    return any(_is_answered(field) and _is_needed(field, None) for field in item.fields)


def _item(item: Field | Group, of_step: Condition | None) -> dict[str, Any]:
    if isinstance(item, Field):
        return _field(item, of_step)
    row = _object(
        (field.id, _field(field), _is_needed(field, None)) for field in item.fields if _is_answered(field)
    )
    whole: dict[str, Any] = row
    if item.repeats:
        whole = {"type": "array", "items": row, "minItems": item.least, "maxItems": item.most}
    return {**_told(item, of_step), **whole}


def _field(field: Field, of_step: Condition | None = None) -> dict[str, Any]:
    return {**_told(field, of_step), **_value(field), "x-privacy": str(field.privacy)}


def _value(field: Field) -> dict[str, Any]:
    match field.type:
        case Type.TEXT | Type.LONG_TEXT:
            return _text(field)
        case Type.INTEGER | Type.MONEY:
            return _number(field, {"type": "integer"})
        case Type.DECIMAL:
            # As text it is exact; a number is taken too.
            return {"type": ["string", "number"], "pattern": "^-?[0-9]{1,16}(\\.[0-9]{1,16})?$"}
        case Type.BOOLEAN:
            return {"type": "boolean"}
        case Type.CHOICE:
            return _choice(field.options)
        case Type.CHOICES:
            return {"type": "array", "items": _choice(field.options), **_count(field)}
        case Type.FILE | Type.IMAGE:
            return {"type": "array", "items": {"type": "string", "format": "uuid"}, **_count(field)}
        case Type.POINT:
            parts = {"latitude": _POINT_PART, "longitude": _POINT_PART}
            return {
                "type": "object",
                "properties": parts,
                "required": list(parts),
                "additionalProperties": False,
            }
    return dict(_TEXT[field.type])


def _text(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "maxLength": int(field.max or LONGEST[field.type])}
    if field.min is not None and field.text.required:
        found["minLength"] = int(field.min)
    return found


def _number(field: Field, found: dict[str, Any]) -> dict[str, Any]:
    if field.type is Type.MONEY and field.min is None:
        found["minimum"] = 0
    for name, limit in (("minimum", field.min), ("maximum", field.max)):
        if limit is not None:
            found[name] = int(limit)
    return found


def _choice(options: Iterable[Option]) -> dict[str, Any]:
    known = tuple(options)
    return {
        "type": "string",
        "enum": [option.key for option in known],
        "x-labels": {option.key: str(option.label) for option in known},
    }


def _count(field: Field) -> dict[str, Any]:
    least = (field.text.min_items or 0) if field.text.required else 0
    return {"minItems": least, "maxItems": field.most_items} if least else {"maxItems": field.most_items}


def _told(item: Field | Group, of_step: Condition | None) -> dict[str, Any]:
    """Return title, description and conditions of a field or group."""
    said = [str(item.text.help)] if item.text.help else []
    found: dict[str, Any] = {"title": str(item.label)}
    conditions = [one.text for one in (of_step, item.visible_if) if one is not None]
    if conditions:
        found["x-asked-if"] = " && ".join(f"({one})" if len(conditions) > 1 else one for one in conditions)
        said.append(_("Hanya ditanyakan bila %(condition)s.") % {"condition": found["x-asked-if"]})
    if isinstance(item, Field):
        if item.required_if is not None:
            found["x-required-if"] = item.required_if.text
            said.append(_("Wajib bila %(condition)s.") % {"condition": item.required_if.text})
        for name in ("earliest", "latest", "within", "level", "source", "kinds", "max_mb", "places", "unit"):
            if (limit := getattr(item.text, name)) is not None:
                found[f"x-{name.replace('_', '-')}"] = _plain(limit)
        if item.type in (Type.FILE, Type.IMAGE):
            said.append(_("Id berkas yang sudah diunggah."))
    if said:
        found["description"] = " ".join(said)
    return found


def _plain(limit: Any) -> Any:
    if isinstance(limit, tuple):
        return list(limit)
    return limit if isinstance(limit, int) else str(limit)

"""What a case is listed, found and reached by, taken from its answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from balai.forms.rules import Field, Form, Type, answered
from balai.services.rules.definition import Service

LONGEST_SUBJECT, LONGEST_KEY = 200, 120
ANONYMOUS, SECRET = "anonymous", "secret"
"""Yes-or-no fields of a form: its applicant stays unnamed; the public is shown nothing of it."""


@dataclass(frozen=True)
class Particulars:
    """Columns of a case that come from its answers.

    Attributes:
        name, email, phone: of the applicant, "" where not asked; personal.
        subject: a line without personal data.
        point: (longitude, latitude) or None.
    """

    name: str
    email: str
    phone: str
    topic: str
    subject: str
    region: str
    point: tuple[Decimal, Decimal] | None
    is_anonymous: bool


def particulars(service: Service, plain: Mapping[str, Any]) -> Particulars:
    """Return them; `plain` are checked answers as canonical JSON."""
    found = list(answered(service.form, plain))

    def first(type_: Type) -> Any:
        return next((value for _path, field, value in found if field.type is type_), None)

    point = first(Type.POINT)
    names = [
        str(value) for path, field, value in found if path.rpartition(".")[2] == "name" and field.is_personal
    ]
    topic = topic_field(service)
    chosen = str(plain.get(topic.id) or "") if topic else ""
    return Particulars(
        name=names[0] if names else "",
        email=str(first(Type.EMAIL) or ""),
        phone=str(first(Type.PHONE) or ""),
        topic=chosen[:60],
        subject=_subject(service, found, topic, chosen),
        region=str(first(Type.REGION) or ""),
        point=(Decimal(str(point["longitude"])), Decimal(str(point["latitude"]))) if point else None,
        is_anonymous=plain.get(ANONYMOUS) is True,
    )


def topic_field(service: Service) -> Field | None:
    """Return the choice by which cases are sorted: the suggested one, else the key of the first lookup."""
    wanted = service.suggest.field if service.suggest else ""
    if not wanted:
        wanted = next((one.field for one in service.lookups.values()), "")
    item = service.form.items.get(wanted)
    return item if isinstance(item, Field) else None


def _subject(service: Service, found: list[tuple[str, Field, Any]], topic: Field | None, chosen: str) -> str:
    said = [
        " ".join(str(value).split())
        for _path, field, value in found
        if field.type in (Type.TEXT, Type.LONG_TEXT) and not field.is_personal
    ]
    label = next((str(one.label) for one in topic.options if one.key == chosen), "") if topic else ""
    parts = [part for part in (label or chosen, said[0] if said else "") if part]
    return (": ".join(parts) or str(service.title))[:LONGEST_SUBJECT]


def keys(service: Service, plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (path, value) of the answers without personal data that a case is found by."""
    wanted = set(service.search)
    for path, field, value in answered(service.form, plain):
        if path in wanted and not field.is_personal and not isinstance(value, list | dict):
            yield path, str(value)[:LONGEST_KEY]


def first_field(form: Form, *types: Type) -> str:
    """Return the path of the first field of one of these types, "" where there is none."""
    return next((path for path, field in form.fields() if field.type in types and "[]" not in path), "")


def put(answers: dict[str, Any], path: str, value: Any) -> None:
    """Set one answer by its path, "phone" or "who.phone"."""
    top, _dot, inner = path.partition(".")
    if inner:
        answers.setdefault(top, {})[inner] = value
    else:
        answers[top] = value

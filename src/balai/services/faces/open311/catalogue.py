"""The services of the standard: one for each answer by which a service of ours sorts its cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from balai.definitions import reads as tables
from balai.definitions.rules import Row
from balai.forms.rules import Field, Group, Option, Type
from balai.services import reads
from balai.services.faces.open311.answers import Wrong
from balai.services.rules.definition import Service
from balai.services.rules.particulars import ANONYMOUS, first_field, topic_field

CHANNEL = "open311"
APART = "-"
"""Between the code of our service and the answer; neither holds it."""
_DATATYPES = {
    Type.LONG_TEXT: "text",
    Type.INTEGER: "number",
    Type.DECIMAL: "number",
    Type.MONEY: "number",
    Type.DATE: "datetime",
    Type.CHOICE: "singlevaluelist",
    Type.CHOICES: "multivaluelist",
    Type.BOOLEAN: "singlevaluelist",
}
"""Of the fields that are no mere string."""
YES, NO = "true", "false"


@dataclass(frozen=True)
class Carried:
    """The fields of a form that arguments of the standard answer, by path; "" where there is none."""

    topic: str
    story: str
    titles: tuple[str, ...]
    """short texts that are made of the story where they are not sent"""
    point: str
    region: str
    address: str
    name: str
    phone: str
    email: str
    photos: str

    @property
    def paths(self) -> frozenset[str]:
        """The paths that are asked by no attribute."""
        named = (self.topic, self.story, self.point, self.region, self.address)
        return frozenset((*named, self.name, self.phone, self.email, self.photos)) - {""}


def carried(service: Service) -> Carried:
    """Return which field of a form each argument of the standard answers."""
    form = service.form
    fields = dict(form.fields())
    topic = topic_field(service)
    told = [path for path in (service.suggest.text if service.suggest else ()) if path in fields]
    story = next((path for path in told if fields[path].type is Type.LONG_TEXT), "")
    story = story or first_field(form, Type.LONG_TEXT) or first_field(form, Type.TEXT)
    point = first_field(form, Type.POINT)
    group = point.partition(".")[0] + "." if "." in point else ""
    beside = (
        path for path, one in fields.items() if group and path.startswith(group) and one.type is Type.TEXT
    )
    named = (
        path
        for path, one in fields.items()
        if one.is_personal and path.rpartition(".")[2] == "name" and "[]" not in path
    )
    return Carried(
        topic=topic.id if topic else "",
        story=story,
        titles=tuple(path for path in told if path != story and fields[path].type is Type.TEXT),
        point=point,
        region=first_field(form, Type.REGION),
        address=next(beside, ""),
        name=next(named, ""),
        phone=first_field(form, Type.PHONE),
        email=first_field(form, Type.EMAIL),
        photos=first_field(form, Type.IMAGE),
    )


@dataclass(frozen=True)
class Kind:
    """A service of the standard: a service of ours, and one answer to its topic ("" where it has none)."""

    service: Service
    option: Option | None

    @property
    def code(self) -> str:
        return f"{self.service.code}{APART}{self.option.key}" if self.option else self.service.code

    @property
    def name(self) -> str:
        return str(self.option.label if self.option else self.service.title)

    @property
    def topic(self) -> str:
        return self.option.key if self.option else ""


def exposed(on: date) -> Mapping[str, Service]:
    """Return the services of the tenant that take and show reports this way, by code."""
    return {
        one.code: one
        for one in reads.services(on)
        if CHANNEL in one.filing.channels and one.publication.open311 is not None
    }


def kinds(on: date) -> Iterator[Kind]:
    """Yield every service of the standard."""
    for service in exposed(on).values():
        topic = topic_field(service)
        if topic is None or not topic.options:
            yield Kind(service, None)
        else:
            yield from (Kind(service, option) for option in topic.options)


def kind_of(code: str, on: date) -> Kind:
    """Return a service of the standard by its code. Raises Wrong."""
    if not code:
        raise Wrong(400, _("service_code belum diisi."))
    found = next((one for one in kinds(on) if one.code == code), None)
    if found is None:
        raise Wrong(404, _("service_code “%(code)s” tidak ada di sini.") % {"code": code[:80]})
    return found


def service_rows(on: date) -> Iterator[dict[str, Any]]:
    """Yield the services of the standard as its list tells them."""
    asks: dict[str, bool] = {}
    words: dict[str, Mapping[str, Row]] = {}
    for kind in kinds(on):
        service = kind.service
        if service.code not in asks:
            asks[service.code] = bool(attributes(service))
            words[service.code] = tables.all_in_force(service.suggest.table, on) if service.suggest else {}
        yield _service_row(kind, asks[service.code], words[service.code])


def _service_row(kind: Kind, asks: bool, words: Mapping[str, Row]) -> dict[str, Any]:
    about = kind.option.help if kind.option and kind.option.help else kind.service.summary
    return {
        "service_code": kind.code,
        "service_name": kind.name,
        "description": str(about),
        "metadata": asks,
        "type": "realtime",
        "keywords": _keywords(kind, words),
        "group": str(kind.service.title),
    }


def _keywords(kind: Kind, words: Mapping[str, Row]) -> str:
    said, row = kind.service.suggest, words.get(kind.topic)
    if said is None:
        return ""
    cells = [str(row.values.get(name) or "") for name in said.words] if row else []
    return ", ".join(cell for cell in cells if cell)


def definition(kind: Kind) -> dict[str, Any]:
    """Return what is asked besides the arguments of the standard."""
    return {"service_code": kind.code, "attributes": attributes(kind.service)}


def attributes(service: Service) -> list[dict[str, Any]]:
    """Return the fields of the form that no argument of the standard answers, in its order."""
    taken = carried(service)
    found: list[dict[str, Any]] = []
    for path, field in asked(service):
        needed = field.text.required and not _may_be_hidden(service, path) and path not in taken.titles
        found.append(
            {
                "variable": field.type is not Type.NOTE,
                "code": path,
                "datatype": _DATATYPES.get(field.type, "string"),
                "required": needed,
                "datatype_description": _described(field),
                "order": len(found) + 1,
                "description": f"{field.label}. {field.text.help or ''}".strip(),
                "values": _values(field),
            }
        )
    return found


def asked(service: Service) -> Iterator[tuple[str, Field]]:
    """Yield path and field of what attributes ask: no files, no groups that repeat, nothing known."""
    taken = carried(service).paths
    for path, field in service.form.fields():
        if path in taken or "[]" in path or field.text.readonly is True:
            continue
        if field.type not in (Type.FILE, Type.IMAGE, Type.POINT):
            yield path, field


def _may_be_hidden(service: Service, path: str) -> bool:
    top = path.partition(".")[0]
    item = service.form.items[top]
    step = service.form.step(service.form.step_of[top])
    inner = item.by_id[path.partition(".")[2]] if isinstance(item, Group) else item
    return any(one is not None and one.visible_if is not None for one in (item, step, inner))


def _values(field: Field) -> list[dict[str, str]]:
    if field.type is Type.BOOLEAN:
        return [{"key": YES, "name": _("ya")}, {"key": NO, "name": _("tidak")}]
    return [{"key": one.key, "name": str(one.label)} for one in field.options]


def _described(field: Field) -> str:
    said = []
    if field.visible_if is not None:
        said.append(_("Hanya bila %(condition)s.") % {"condition": field.visible_if.text})
    if field.min is not None:
        said.append(_("Paling sedikit %(least)s.") % {"least": field.min})
    if field.max is not None:
        said.append(_("Paling banyak %(most)s.") % {"most": field.max})
    return " ".join(said)


def takes_unnamed(service: Service) -> bool:
    """Tell whether a report may be sent without a name."""
    return isinstance(service.form.items.get(ANONYMOUS), Field)

"""A step as the page draws it: every box with its label, hint, answer and faults."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made_with
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.forms.rules import Checked, Context, Field, FileSeen, Form, Group, Step, Type
from balai.forms.rules.posted import in_input
from balai.forms.rules.values import area, is_empty, kinds_told, media_types, told
from balai.places import reads as places
from balai.places.rules import LEVELS, Level, above, level_of

MOST_IN_ONE_LIST = 700
"""Regions that stand in one list, grouped; above it they are chosen level by level."""


@dataclass(frozen=True)
class Choice:
    """One choice of a box."""

    key: str
    label: str
    help: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Choices:
    """Choices under a common heading."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Select:
    """One of several lists by which a region is chosen level by level."""

    name: str
    id: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Box:
    """A field on the page.

    Attributes:
        draws: which template draws it.
        value: as it stands in the input; `latitude` and `longitude` of a point.
        told: a known fact in words, that cannot be changed here.
        may_be_empty: whatever else is answered; one that is required on a condition says nothing of it.
    """

    path: str
    name: str
    id: str
    field: Field
    draws: str
    value: str = ""
    told: str = ""
    required: bool = False
    may_be_empty: bool = True
    faults: tuple[Fault, ...] = ()
    choices: tuple[Choice, ...] = ()
    groups: tuple[Choices, ...] = ()
    selects: tuple[Select, ...] = ()
    files: tuple[FileSeen, ...] = ()
    latitude: str = ""
    longitude: str = ""
    hint: str = ""
    map: str = ""
    attributes: Mapping[str, str] = made_with(default_factory=dict)

    is_group = False

    @property
    def label(self) -> str:
        return str(self.field.label)

    @property
    def help(self) -> str:
        return str(self.field.text.help or "")

    @property
    def described(self) -> str:
        """Ids of the hint and the faults, for aria-describedby."""
        parts = [f"{self.id}-help"] if self.help or self.hint else []
        return " ".join([*parts, f"{self.id}-fault"] if self.faults else parts)

    @property
    def first(self) -> str:
        """Id of the first thing in the box that can be reached."""
        if self.draws == "choices":
            return f"{self.id}-0"
        if self.draws == "point":
            return f"{self.id}-lat"
        return self.selects[0].id if self.selects else self.id


@dataclass(frozen=True)
class Row:
    """One of a group; `number` counts from 1."""

    number: int
    label: str
    boxes: tuple[Box, ...]
    can_go: bool


@dataclass(frozen=True)
class Rows:
    """A section or group on the page."""

    path: str
    name: str
    id: str
    group: Group
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()

    is_group = True

    @property
    def first(self) -> str:
        return self.id

    @property
    def label(self) -> str:
        return str(self.group.label)

    @property
    def can_grow(self) -> bool:
        return self.group.repeats and len(self.rows) < self.group.most


@dataclass(frozen=True)
class Told:
    """A fault in the list at the top, with where it leads."""

    href: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A step ready for `forms/step.html`.

    Attributes:
        number: which step it is, of `total` that are asked.
        before: id of the step before it, "" where it is the first.
    """

    form: Form
    step: Step
    number: int
    total: int
    before: str
    boxes: tuple[Box | Rows, ...]
    faults: tuple[Told, ...]

    @property
    def is_last(self) -> bool:
        return self.number == self.total

    @property
    def has_map(self) -> bool:
        return any(isinstance(box, Box) and box.map for box in _in_order(self.boxes))


def show(
    checked: Checked,
    step: str,
    answers: Mapping[str, Any],
    context: Context,
    *,
    with_faults: bool,
    more_faults: Mapping[str, tuple[Fault, ...]] | None = None,
) -> Shown:
    """Return a step with the answers as they were typed.

    Args:
        step: its id; the first one where it is not asked.
        with_faults: show what is wrong, as after "next"; a step seen first has none to show.
        more_faults: what was refused beside the answers, as a file.
    """
    form = checked.form
    asked = step if step in checked.steps else (checked.steps or (form.steps[0].id,))[0]
    here = form.step(asked) or form.steps[0]
    faults = dict(checked.of_step(asked)) if with_faults else {}
    for path, found in (more_faults or {}).items():
        faults[path] = (*found, *faults.get(path, ()))
    pen = _Pen(checked, context, faults)
    boxes = tuple(pen.items(here, answers))
    number = checked.steps.index(asked) + 1 if asked in checked.steps else 1
    before = checked.steps[number - 2] if number > 1 else ""
    return Shown(form, here, number, max(len(checked.steps), 1), before, boxes, pen.told(boxes))


def _in_order(boxes: tuple[Box | Rows, ...]) -> Iterator[Box | Rows]:
    for box in boxes:
        yield box
        if isinstance(box, Rows):
            yield from (inner for row in box.rows for inner in row.boxes)


@dataclass(frozen=True)
class _Pen:
    checked: Checked
    context: Context
    faults: Mapping[str, tuple[Fault, ...]]

    def items(self, step: Step, answers: Mapping[str, Any]) -> Iterator[Box | Rows]:
        for item in step.items:
            if item.id not in self.checked.shown:
                continue
            answer = answers.get(item.id)
            if isinstance(item, Field):
                yield self.box(item, item.id, item.id, answer, answers)
            else:
                yield self.rows(item, answer)

    def rows(self, group: Group, answer: Any) -> Rows:
        if not group.repeats:
            inner = tuple(self.members(group, group.id, group.id, answer))
            rows: tuple[Row, ...] = (Row(1, str(group.label), inner, False),)
        else:
            listed = list(answer) if isinstance(answer, (list, tuple)) else []
            listed += [{}] * (group.least - len(listed))
            rows = tuple(
                Row(
                    number + 1,
                    f"{group.row} {number + 1}",
                    tuple(self.members(group, f"{group.id}[{number}]", f"{group.id}.{number}", row)),
                    len(listed) > group.least,
                )
                for number, row in enumerate(listed[: group.most + 1])
            )
        return Rows(group.id, group.id, f"f-{group.id}", group, rows, self.faults.get(group.id, ()))

    def members(self, group: Group, path: str, name: str, answer: Any) -> Iterator[Box]:
        given = answer if isinstance(answer, Mapping) else {}
        fresh = f"{path}." not in {shown[: len(path) + 1] for shown in self.checked.shown}
        for one in group.fields:
            # A row that was just added was not checked yet: it shows what needs no condition.
            if f"{path}.{one.id}" in self.checked.shown or (fresh and one.visible_if is None):
                yield self.box(one, f"{path}.{one.id}", f"{name}.{one.id}", given.get(one.id), given)

    def box(self, one: Field, path: str, name: str, answer: Any, siblings: Mapping[str, Any]) -> Box:
        if is_empty(one, answer) and one.text.prefill and not one.text.readonly:
            answer = self.context.facts.get(one.text.prefill, answer)
        more: dict[str, Any] = {}
        draws = "input"
        known = ""
        if path in self.checked.known:
            # A known fact that the check refuses has no value; its fault says what is wrong with it.
            value = _at(self.checked.values, path)
            draws, known = "known", "" if value is None else told(one, value, self.context)
        else:
            match one.type:
                case Type.NOTE:
                    draws = "note"
                case Type.LONG_TEXT:
                    draws = "long"
                case Type.BOOLEAN:
                    draws = "tick"
                case Type.CHOICE | Type.CHOICES:
                    chosen = answer if isinstance(answer, (list, tuple)) else [answer]
                    more["choices"] = tuple(
                        Choice(o.key, str(o.label), str(o.help or ""), o.key in chosen) for o in one.options
                    )
                    draws = "select" if one.type is Type.CHOICE and len(one.options) > 7 else "choices"
                case Type.REGION:
                    draws, extra = self.region(one, name, answer, siblings)
                    more |= extra
                case Type.POINT:
                    draws = "point"
                    pair = answer if isinstance(answer, Mapping) else {}
                    more |= {
                        "latitude": _degrees(pair.get("latitude")),
                        "longitude": _degrees(pair.get("longitude")),
                    }
                    limit = area(one, self.context)
                    more["map"] = (places.map_address(limit[:5]) or "") if len(limit) >= 5 else ""
                case Type.FILE | Type.IMAGE:
                    draws = "files"
                    ids = answer if isinstance(answer, (list, tuple)) else ()
                    more["files"] = tuple(
                        self.context.files[one]
                        for one in ids
                        if isinstance(one, str) and one in self.context.files
                    )
        return Box(
            path, name, "f-" + name.replace(".", "-"), one, draws,
            value=("yes" if answer is True else "") if one.type is Type.BOOLEAN else in_input(one, answer),
            told=known,
            required=path in self.checked.required or one.text.required,
            may_be_empty=one.required_if is None,
            faults=self.faults.get(path, ()),
            hint=_hint(one),
            attributes=_attributes(one),
            **more,
        )  # fmt: skip

    def region(
        self, one: Field, name: str, answer: Any, siblings: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        chosen = answer if isinstance(answer, str) else ""
        limit = area(one, self.context)
        parent = siblings.get(one.text.parent or "")
        if isinstance(parent, str) and parent.startswith(limit):
            limit = parent
        depth = LEVELS.index(one.level)
        start = LEVELS.index(level_of(limit)) + 1 if limit else 0
        if limit and depth - start <= 1:
            found = _one_list(limit, one.level, chosen)
            if sum(len(group.choices) for group in found) <= MOST_IN_ONE_LIST:
                return "regions", {"groups": found}
        return "levels", {"selects": tuple(_levels(name, limit, start, depth, chosen))}

    def told(self, boxes: tuple[Box | Rows, ...]) -> tuple[Told, ...]:
        """Return the faults in the order of the page, those without a box of their own last."""
        places_of = {box.path: box for box in _in_order(boxes)}
        order = [path for path in places_of if path in self.faults]
        order += [path for path in self.faults if path not in places_of]
        return tuple(
            Told(f"#{places_of[path].first}" if path in places_of else "", str(fault))
            for path in order
            for fault in self.faults[path]
        )


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for part in path.replace("[", ".").replace("]", "").split("."):
        if found is None:
            return None
        found = found[int(part)] if part.isdigit() else found.get(part)
    return found


def _degrees(value: Any) -> str:
    return "" if value is None or isinstance(value, (Mapping, list)) else str(value).replace(".", ",")[:40]


def _one_list(limit: str, level: Level, chosen: str) -> tuple[Choices, ...]:
    regions = places.parts(limit, level)
    names = places.names({region.parent for region in regions})
    groups: dict[str, list[Choice]] = {}
    for region in regions:
        groups.setdefault(region.parent, []).append(
            Choice(region.code, region.long_name, is_chosen=region.code == chosen)
        )
    return tuple(Choices(names.get(parent, parent), tuple(found)) for parent, found in groups.items())


def _levels(name: str, limit: str, start: int, depth: int, chosen: str) -> Iterator[Select]:
    words = {
        Level.PROVINCE: _("Provinsi"),
        Level.REGENCY: _("Kabupaten atau kota"),
        Level.DISTRICT: _("Kecamatan"),
        Level.VILLAGE: _("Kelurahan atau desa"),
    }
    way = [*above(chosen), chosen] if chosen else []
    parent = limit
    for level in range(start, depth + 1):
        here = way[level] if level < len(way) else ""
        choices = tuple(
            Choice(code, name, is_chosen=code == here) for code, name in places.kept_children(parent)
        )
        yield Select(f"{name}.{level}", f"f-{name.replace('.', '-')}-{level}", words[LEVELS[level]], choices)
        if not here:
            return
        parent = here


def _hint(one: Field) -> str:
    """Return what the box takes, where its label does not say so."""
    text = one.text
    match one.type:
        case Type.FILE | Type.IMAGE:
            told = [kinds_told(one)]
            if text.max_mb:
                told.append(_("paling besar %(most)d MB") % {"most": text.max_mb})
            if one.most_items > 1:
                told.append(_("paling banyak %(most)d berkas") % {"most": one.most_items})
            return f"{', '.join(told)}."
        case Type.POINT:
            return _("Derajat desimal, misalnya -7,9771 dan 112,6340.")
        case Type.MONEY:
            return _("Dalam rupiah, misalnya 1.500.000.")
        case Type.LONG_TEXT if text.max:
            return _("Paling banyak %(most)d huruf.") % {"most": int(text.max)}
        case Type.TIME:
            return _("Jam dan menit, misalnya 08.30.")
    return ""


_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
_ATTRIBUTES: Mapping[Type, Mapping[str, str]] = {
    Type.INTEGER: _DIGITS,
    Type.MONEY: _DIGITS,
    Type.NIK: {**_DIGITS, "maxlength": "25"},
    Type.KK: {**_DIGITS, "maxlength": "25"},
    Type.NOP: {**_DIGITS, "maxlength": "30"},
    Type.NIB: {**_DIGITS, "maxlength": "20"},
    Type.NPWP: {**_DIGITS, "maxlength": "30"},
    Type.DECIMAL: {"inputmode": "decimal", "autocomplete": "off"},
    Type.PHONE: {"type": "tel", "maxlength": "30", "autocomplete": "tel"},
    Type.EMAIL: {"type": "email", "maxlength": "254", "autocomplete": "email"},
    Type.DATE: {"type": "date"},
    Type.TIME: {"type": "time"},
}


def _attributes(one: Field) -> Mapping[str, str]:
    found = dict(_ATTRIBUTES.get(one.type, {}))
    if one.type in (Type.TEXT, Type.LONG_TEXT) and one.text.max:
        found["maxlength"] = str(int(one.text.max))
    if one.type in (Type.FILE, Type.IMAGE):
        found["accept"] = ",".join(sorted(media_types(one)))
    return found

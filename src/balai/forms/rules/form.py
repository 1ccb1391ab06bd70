"""A form as values: what its definition says, with conditions ready to be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from balai.definitions import Words
from balai.definitions.conditions import Condition, Kind, Shape
from balai.forms.rules.written import FieldText, Privacy, Type
from balai.places.rules import Level


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    key: str
    label: Words
    help: Words | None = None


@dataclass(frozen=True)
class Field:
    """One question.

    Attributes:
        text: what the file says of it.
        options: of a choice, from the field itself or from a list of terms.
        is_live: a condition looks at the answer, so the screen may change with it.
    """

    text: FieldText
    options: tuple[Option, ...] = ()
    visible_if: Condition | None = None
    required_if: Condition | None = None
    is_live: bool = False

    @property
    def id(self) -> str:
        return self.text.id

    @property
    def type(self) -> Type:
        return self.text.kind

    @property
    def label(self) -> Words:
        return self.text.label

    @property
    def privacy(self) -> Privacy:
        return Privacy(self.text.privacy or Privacy.PUBLIC)

    @property
    def is_personal(self) -> bool:
        """Sealed at rest, and masked for whoever may not see it."""
        return self.privacy in (Privacy.PERSONAL, Privacy.SENSITIVE)

    @property
    def min(self) -> Decimal | None:
        return None if self.text.min is None else Decimal(self.text.min)

    @property
    def max(self) -> Decimal | None:
        return None if self.text.max is None else Decimal(self.text.max)

    @property
    def level(self) -> Level:
        return self.text.depth or Level.VILLAGE

    @property
    def most_items(self) -> int:
        return self.text.max_items or (len(self.options) if self.type is Type.CHOICES else 1)


@dataclass(frozen=True)
class Group:
    """Fields asked together: once (a section), or once for each of several (a group)."""

    text: FieldText
    fields: tuple[Field, ...]
    visible_if: Condition | None = None
    is_live: bool = False

    @property
    def id(self) -> str:
        return self.text.id

    @property
    def label(self) -> Words:
        return self.text.label

    @property
    def repeats(self) -> bool:
        return self.text.kind is Type.GROUP

    @property
    def least(self) -> int:
        return self.text.min_items or 0

    @property
    def most(self) -> int:
        return self.text.max_items or 20

    @property
    def row(self) -> Words:
        """What one of the group is called."""
        return self.text.row or self.text.label

    @cached_property
    def by_id(self) -> Mapping[str, Field]:
        return {field.id: field for field in self.fields}


type Item = Field | Group


@dataclass(frozen=True)
class Step:
    """A page of the form."""

    id: str
    title: Words
    about: Words | None
    items: tuple[Item, ...]
    visible_if: Condition | None = None


@dataclass(frozen=True)
class Form:
    """A form of one version of a definition; `sha256` is that of the file."""

    code: str
    version: str
    sha256: str
    steps: tuple[Step, ...]
    variables: Mapping[str, Kind | Shape] = field(default_factory=dict)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Every field and group of the top by id."""
        return {item.id: item for step in self.steps for item in step.items}

    @cached_property
    def step_of(self) -> Mapping[str, str]:
        """The step of every field and group of the top, by id."""
        return {item.id: step.id for step in self.steps for item in step.items}

    def fields(self) -> Iterator[tuple[str, Field]]:
        """Yield every question with its path: "nik", "pemohon.nik", "keluarga[].nik"."""
        for item in self.items.values():
            if isinstance(item, Field):
                yield item.id, item
            else:
                mark = "[]" if item.repeats else ""
                yield from ((f"{item.id}{mark}.{field.id}", field) for field in item.fields)

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)


KINDS: Mapping[Type, Kind | Shape] = {
    Type.INTEGER: Kind.INTEGER,
    Type.MONEY: Kind.INTEGER,
    Type.DECIMAL: Kind.DECIMAL,
    Type.BOOLEAN: Kind.YES_NO,
    Type.CHOICES: Kind.TEXTS,
    Type.FILE: Kind.TEXTS,
    Type.IMAGE: Kind.TEXTS,
    Type.POINT: Shape({"latitude": Kind.DECIMAL, "longitude": Kind.DECIMAL}),
}
"""What conditions see of an answer; text where nothing is said. Days are ISO text."""


def shape(items: tuple[Item, ...]) -> Shape:
    """Return what conditions may name of these fields and groups."""
    known: dict[str, Kind | Shape] = {}
    for item in items:
        if isinstance(item, Group):
            known[item.id] = Shape(shape(item.fields).fields, is_list=item.repeats)
        elif item.type is not Type.NOTE:
            known[item.id] = KINDS.get(item.type, Kind.TEXT)
    return Shape(known)

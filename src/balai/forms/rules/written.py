"""What a file says of a form: the models that pydantic reads and editors get as JSON Schema."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, StringConstraints, Tag

from balai.definitions import Code, Words, Written
from balai.places.rules import Level

FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A name that stays for ever and is never used again with another meaning."""
ConditionText = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Day = Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|today([+-][0-9]{1,4}[dmy])?)$")]
"""2026-03-18, or counted from the day of filling in: today, today-17y, today+30d."""


class Type(StrEnum):
    """What a field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    TIME = "time"
    NIK = "nik"
    KK = "kk"
    NOP = "nop"
    NIB = "nib"
    NPWP = "npwp"
    PHONE = "phone"
    EMAIL = "email"
    REGION = "region"
    POINT = "point"
    FILE = "file"
    IMAGE = "image"
    NOTE = "note"
    """words to read; nothing is asked"""
    SECTION = "section"
    """fields that belong together, as of one person"""
    GROUP = "group"
    """fields that are asked once for each person or thing"""


class Privacy(StrEnum):
    """How an answer is treated; P2 and P3 are sealed at rest."""

    PUBLIC = "P0"
    INTERNAL = "P1"
    PERSONAL = "P2"
    SENSITIVE = "P3"


FileKind = Literal["pdf", "image", "sheet", "document", "text"]

_LENGTH = ("min", "max")
LIMITS: Mapping[Type, tuple[str, ...]] = {
    Type.TEXT: _LENGTH,
    Type.LONG_TEXT: _LENGTH,
    Type.INTEGER: (*_LENGTH, "unit"),
    Type.DECIMAL: (*_LENGTH, "places", "unit"),
    Type.MONEY: _LENGTH,
    Type.CHOICE: ("options", "source"),
    Type.CHOICES: ("options", "source", "min_items", "max_items"),
    Type.DATE: ("earliest", "latest"),
    Type.REGION: ("level", "within", "parent"),
    Type.POINT: ("within",),
    Type.FILE: ("kinds", "min_items", "max_items", "max_mb"),
    Type.IMAGE: ("min_items", "max_items", "max_mb"),
    Type.SECTION: ("fields",),
    Type.GROUP: ("fields", "row", "min_items", "max_items"),
}
"""What may be said of a field of a type besides what may be said of all."""
_ANY = ("id", "type", "label", "help", "visible_if")
_ASKED = (*_ANY, "required", "required_if", "privacy", "prefill", "readonly")


def sayable(type: Type) -> tuple[str, ...]:
    """Return the names that may stand in a field of the type."""
    asks_nothing = type in (Type.NOTE, Type.SECTION, Type.GROUP)
    return (*(_ANY if asks_nothing else _ASKED), *LIMITS.get(type, ()))


class OptionText(Written):
    """A choice; its key stays, its label may change."""

    key: Code
    label: Words
    help: Words | None = None


class PartUse(Written):
    """Fields of a part (`definitions/parts/<name>/<version>.yaml`), put in this place.

    Attributes:
        use: such as "identity/1".
        id: name of the section the fields come into; without it they stand among their neighbours.
        label: heading of the section, in place of the part's own.
        without: ids of fields of the part that are not asked here.
    """

    use: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*/[1-9][0-9]*$")]
    id: FieldId | None = None
    label: Words | None = None
    visible_if: ConditionText | None = None
    without: tuple[FieldId, ...] = ()


def _limits_by_type(schema: dict[str, Any]) -> None:
    """Tell editors which limits go with which type."""
    every = set(schema["properties"])
    schema["allOf"] = [
        {
            "if": {"properties": {"type": {"const": sort.value}}, "required": ["type"]},
            "then": {"properties": dict.fromkeys(sorted(every - set(sayable(sort))), False)},
        }
        for sort in Type
    ]


class FieldText(Written):
    """One question, or a section or group of them. See docs/reference/formulir.md."""

    model_config = ConfigDict(json_schema_extra=_limits_by_type)

    id: FieldId
    type: Literal[
        "text", "long_text", "integer", "decimal", "money", "boolean", "choice", "choices", "date", "time",
        "nik", "kk", "nop", "nib", "npwp", "phone", "email", "region", "point", "file", "image", "note",
        "section", "group",
    ]  # fmt: skip
    label: Words
    help: Words | None = None
    privacy: Literal["P0", "P1", "P2", "P3"] | None = None
    required: bool = False
    required_if: ConditionText | None = None
    visible_if: ConditionText | None = None
    prefill: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)*$")] | None = None
    readonly: bool | Literal["known"] = False
    min: int | Decimal | None = None
    max: int | Decimal | None = None
    places: Annotated[int, Field(ge=1, le=8)] | None = None
    unit: Words | None = None
    options: tuple[OptionText, ...] | None = None
    source: Code | None = None
    earliest: Day | None = None
    latest: Day | None = None
    level: Literal["province", "regency", "district", "village"] | None = None
    within: Annotated[str, StringConstraints(pattern=r"^(city|[0-9.]{2,13})$")] | None = None
    parent: FieldId | None = None
    kinds: Annotated[tuple[FileKind, ...], Field(min_length=1)] | None = None
    min_items: Annotated[int, Field(ge=0, le=50)] | None = None
    max_items: Annotated[int, Field(ge=1, le=50)] | None = None
    max_mb: Annotated[int, Field(ge=1, le=100)] | None = None
    row: Words | None = None
    fields: "tuple[Entry, ...] | None" = None

    @property
    def kind(self) -> Type:
        return Type(self.type)

    @property
    def depth(self) -> Level | None:
        return Level(self.level) if self.level else None


def _which(entry: Any) -> str:
    uses_part = "use" in entry if isinstance(entry, dict) else isinstance(entry, PartUse)
    return "part" if uses_part else "field"


type Entry = Annotated[
    Annotated[FieldText, Tag("field")] | Annotated[PartUse, Tag("part")], Discriminator(_which)
]


class StepText(Written):
    """A page of the form."""

    id: FieldId
    title: Words
    about: Words | None = None
    visible_if: ConditionText | None = None
    fields: Annotated[tuple[Entry, ...], Field(min_length=1)]


class FormText(Written):
    """A form as a definition file holds it, under whatever name the file gives it."""

    steps: Annotated[tuple[StepText, ...], Field(min_length=1, max_length=20)]


class PartText(Written):
    """Questions many forms ask alike."""

    title: Words
    about: Words
    source: Annotated[str, Field(min_length=1)]
    fields: Annotated[tuple[FieldText, ...], Field(min_length=1)]

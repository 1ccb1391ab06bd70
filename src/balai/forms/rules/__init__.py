"""Forms as values: built from a file, checked, divided by privacy, told in words. No database, no clock."""

from balai.forms.rules.building import FACTS, PARTS, build
from balai.forms.rules.checking import Checked, validate
from balai.forms.rules.form import Field, Form, Group, Item, Option, Step
from balai.forms.rules.posted import typed
from balai.forms.rules.storing import Apart, Told, ToldPart, answered, apart, in_words, joined
from balai.forms.rules.values import Context, FileSeen
from balai.forms.rules.written import (
    Entry,
    FieldText,
    FormText,
    PartText,
    PartUse,
    Privacy,
    StepText,
    Type,
)

__all__ = [
    "FACTS",
    "PARTS",
    "Apart",
    "Checked",
    "Context",
    "Entry",
    "Field",
    "FieldText",
    "FileSeen",
    "Form",
    "FormText",
    "Group",
    "Item",
    "Option",
    "PartText",
    "PartUse",
    "Privacy",
    "Step",
    "StepText",
    "Told",
    "ToldPart",
    "Type",
    "answered",
    "apart",
    "build",
    "in_words",
    "joined",
    "typed",
    "validate",
]

"""Conditions of definition files: questions in CEL that answer yes or no, typed when they are read.

CEL (Common Expression Language) is a published standard: typed, without loops of
its own, and always ending. What could still grow is taken out of it: texts and
lists cannot be joined, nothing is of an unknown type, a condition has at most
500 letters, and an answer needs at most 10,000 steps. An answer that cannot be
computed is an error and never a yes.

See docs/decisions/0010-conditions-in-cel.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from cel_expr_python import cel
from django.utils.translation import gettext as _
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, wrappers_pb2
from google.protobuf.message import DecodeError, Message

LONGEST = 500
"""Letters of a condition."""
MOST_ROWS = 100
"""Items of a list that a condition is asked about."""

_RULES = """
stdlib:
  include_macros: [has, all, exists, exists_one]
  exclude_functions:
  - {name: _+_, overloads: [{id: add_string}, {id: add_bytes}, {id: add_list}]}
  - {name: dyn}
"""
_STRINGS = re.compile(r"""r?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_REFERENCE = re.compile(r"(?<![\w.])([a-z]\w*)\s*\.\s*([a-z]\w*)(?!\s*\()")
_PLACE = re.compile(r"<input>:(\d+):(\d+): ")


class Kind(StrEnum):
    """What a named value is. A missing one is `null`; a missing yes/no is no, a missing list is empty."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes or no"
    TEXTS = "list of text"


@dataclass(frozen=True)
class Shape:
    """A named group of values, or with `is_list` a list of such groups."""

    fields: Mapping[str, "Kind | Shape"]
    is_list: bool = False


@dataclass(frozen=True)
class Function:
    """A function that conditions may call; it must be quick, and raise ValueError where it has no answer."""

    name: str
    takes: tuple[Kind, ...]
    gives: Kind
    call: Callable[..., Any]


class ConditionWrong(ValueError):
    """The text is no condition over these names; `letter` counts from 1."""

    def __init__(self, wrong: str, right: str, letter: int = 1) -> None:
        self.wrong, self.right, self.letter = wrong, right, letter
        super().__init__(f"{wrong} {right}")


class ConditionFailed(RuntimeError):
    """The condition has no answer for these values."""


@dataclass(frozen=True)
class Condition:
    """A condition ready to be asked; made by `Vocabulary.condition`.

    Attributes:
        refers_to: pairs such as ("form", "topic"): the group and the value in it.
    """

    text: str
    refers_to: frozenset[tuple[str, str]]
    _program: Any
    _vocabulary: "Vocabulary"

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Answer the condition.

        Args:
            values: by the names of the vocabulary; groups as mappings, decimals as
                Decimal, days as ISO text. What is left out or None is missing.

        Raises:
            ConditionFailed: it compares what is missing, or takes too many steps.
        """
        try:
            value = self._program.eval(data=self._vocabulary.data(values))
        except RuntimeError as error:
            raise ConditionFailed(str(error)) from error
        # An error comes back as a text, which Python would take for a yes.
        if value.type() != cel.Type.BOOL:
            raise ConditionFailed(f"{self.text}: {value.value()}")
        return bool(value.value())


class Vocabulary:
    """The names that conditions may use, each with what it is.

    Args:
        variables: name → what it is. A plain text, number or yes/no must always be given a value.
        functions: what may be called besides `FUNCTIONS`.
    """

    def __init__(self, variables: Mapping[str, Kind | Shape], functions: tuple[Function, ...] = ()) -> None:
        self.variables = MappingProxyType(dict(variables))
        types, self._messages = _messages(self.variables)
        self._environment = cel.NewEnv(
            config=cel.NewEnvConfigFromYaml(_RULES),
            descriptor_pool=types,
            variables={name: self._type(name, kind) for name, kind in self.variables.items()},
            functions=[_declared(function) for function in (*FUNCTIONS, *functions)],
        )

    def _type(self, name: str, kind: Kind | Shape) -> Any:
        if isinstance(kind, Shape):
            message = cel.Type(f"balai.{_message_name((name,))}")
            return cel.Type.List(message) if kind.is_list else message
        return _TYPES[kind]

    def condition(self, text: str) -> Condition:
        """Return the condition `text`.

        Raises:
            ConditionWrong: too long, not CEL, a name or function nobody declared, kinds that do not
                fit, or no yes-or-no question; says which letter.
        """
        if len(text) > LONGEST:
            raise ConditionWrong(
                _("Syaratnya terlalu panjang."), _("Paling banyak %(most)d huruf.") % {"most": LONGEST}
            )
        try:
            program = self._environment.compile(text)
        except (RuntimeError, ValueError, UnicodeError) as error:
            raise _refusal(text, str(error), self) from error
        if program.return_type() != cel.Type.BOOL:
            raise ConditionWrong(
                _("Syarat ini tidak berjawab ya atau tidak."),
                _("Bandingkan nilainya, misalnya form.jumlah > 3."),
            )
        if _knows_no_type(program.serialize()):
            raise ConditionWrong(
                _("Syarat ini mencampur jenis nilai dalam satu daftar."),
                _("Isi daftar dengan teks saja atau dengan angka saja."),
            )
        bare = _STRINGS.sub("''", text)
        found = {pair for pair in _REFERENCE.findall(bare) if pair[0] in self.variables}
        return Condition(text, frozenset(found), program, self)

    def data(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as the engine takes them."""
        found: dict[str, Any] = {}
        for name, kind in self.variables.items():
            value = values.get(name)
            if not isinstance(kind, Shape):
                found[name] = _plain(kind, value)
            elif kind.is_list:
                message = self._messages[name]
                found[name] = [message(**_filled(kind, row)) for row in (value or ())[:MOST_ROWS]]
            else:
                found[name] = self._messages[name](**_filled(kind, value or {}))
        return found


_TYPES = {
    Kind.TEXT: cel.Type.STRING,
    Kind.INTEGER: cel.Type.INT,
    Kind.DECIMAL: cel.Type.DOUBLE,
    Kind.YES_NO: cel.Type.BOOL,
    Kind.TEXTS: cel.Type.List(cel.Type.STRING),
}
_WRAPPERS = {Kind.TEXT: "StringValue", Kind.INTEGER: "Int64Value", Kind.DECIMAL: "DoubleValue"}


def _plain(kind: Kind, value: Any) -> Any:
    if kind is Kind.TEXTS:
        return list(value or ())[:MOST_ROWS]
    return float(value) if isinstance(value, Decimal) else value


def _filled(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the message of `shape` is made with; names it does not know are left out."""
    found: dict[str, Any] = {}
    for name, kind in shape.fields.items():
        value = values.get(name)
        if value is None:
            continue
        if isinstance(kind, Shape):
            found[name] = (
                [_filled(kind, row) for row in value[:MOST_ROWS]] if kind.is_list else _filled(kind, value)
            )
        elif kind in _WRAPPERS:
            # Wrapped, a missing number is null; bare it would read as 0.
            found[name] = {"value": _plain(kind, value)}
        else:
            found[name] = _plain(kind, value)
    return found


def _message_name(path: tuple[str, ...]) -> str:
    # With its length before each part, ("a", "b_c") and ("a_b", "c") are told apart.
    return "_".join(("Of", *(f"{len(part)}{part}" for part in path)))


def _messages(variables: Mapping[str, Kind | Shape]) -> tuple[Any, dict[str, Callable[..., Message]]]:
    file = descriptor_pb2.FileDescriptorProto(
        name="balai.proto", package="balai", syntax="proto3", dependency=["google/protobuf/wrappers.proto"]
    )
    for name, kind in variables.items():
        if isinstance(kind, Shape):
            _describe(file, (name,), kind)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool, {
        name: cast(
            Callable[..., Message],
            message_factory.GetMessageClass(pool.FindMessageTypeByName(f"balai.{_message_name((name,))}")),
        )
        for name, kind in variables.items()
        if isinstance(kind, Shape)
    }


def _describe(file: descriptor_pb2.FileDescriptorProto, path: tuple[str, ...], shape: Shape) -> None:
    sort = descriptor_pb2.FieldDescriptorProto
    message = file.message_type.add(name=_message_name(path))
    # Nothing of it is ever written as JSON, where name_2 and name2 would be one.
    message.options.deprecated_legacy_json_field_conflicts = True
    for number, (name, kind) in enumerate(shape.fields.items(), 1):
        many = kind is Kind.TEXTS or (isinstance(kind, Shape) and kind.is_list)
        field = message.field.add(
            name=name,
            json_name=name,
            number=number,
            label=sort.LABEL_REPEATED if many else sort.LABEL_OPTIONAL,
        )
        if isinstance(kind, Shape):
            field.type, field.type_name = sort.TYPE_MESSAGE, f".balai.{_message_name((*path, name))}"
            _describe(file, (*path, name), kind)
        elif kind in _WRAPPERS:
            field.type, field.type_name = sort.TYPE_MESSAGE, f".google.protobuf.{_WRAPPERS[kind]}"
        else:
            field.type = sort.TYPE_BOOL if kind is Kind.YES_NO else sort.TYPE_STRING


def _declared(function: Function) -> Any:
    overload = cel.Overload(
        f"{function.name}_{len(function.takes)}",
        return_type=_TYPES[function.gives],
        parameters=[_TYPES[kind] for kind in function.takes],
        impl=function.call,
    )
    return cel.FunctionDecl(function.name, [overload])


def _years(since: str, until: str) -> int:
    """Return the whole years between two days; whoever is born on 29 February has a birthday on 1 March.

    >>> _years("2008-11-23", "2026-11-22"), _years("2008-11-22", "2026-11-22")
    (17, 18)
    """
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


def _lies_in(code: str, region: str) -> bool:
    return code == region or code.startswith(f"{region}.")


FUNCTIONS = (
    Function("years", (Kind.TEXT, Kind.TEXT), Kind.INTEGER, _years),
    Function("days", (Kind.TEXT, Kind.TEXT), Kind.INTEGER, _days),
    Function("lies_in", (Kind.TEXT, Kind.TEXT), Kind.YES_NO, _lies_in),
)
"""What every condition may call: years and days from one day to another, a region code inside another."""


def _refusal(text: str, told: str, vocabulary: Vocabulary) -> ConditionWrong:
    """Return what the engine told, in words for the author of the file."""
    found = _PLACE.search(told)
    letter = _letter(text, int(found[1]), int(found[2])) if found else 1
    first = told[found.end() :].split("\n", 1)[0] if found else told.split("\n", 1)[0]
    if name := re.search(r"undefined field '(\w+)'|undeclared reference to '([\w.]*)'", first):
        wanted = name[1] or name[2]
        wrong = _("“%(name)s” tidak dikenal.") % {"name": wanted}
        return ConditionWrong(wrong, _known(text, letter, vocabulary), letter)
    if name := re.search(r"no matching overload for '([^']+)' applied to '([^']+)'", first):
        wrong = _("Jenis nilainya tidak cocok (%(kinds)s).") % {"kinds": name[2]}
        right = _("Bandingkan teks dengan 'teks', bilangan bulat dengan 3, desimal dengan 3.0.")
        return ConditionWrong(wrong, right, letter)
    if "Syntax error" in first:
        return ConditionWrong(
            _("Bentuk syaratnya salah."), _("Tulis seperti form.jenis == 'usaha' && form.jumlah > 3."), letter
        )
    return ConditionWrong(_("Syarat ini tidak diterima (%(told)s).") % {"told": first[:200]}, "", letter)


def _letter(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(before) + 1 for before in lines[: line - 1]) + column


def _known(text: str, letter: int, vocabulary: Vocabulary) -> str:
    """Return which names would be right at a letter of the text: those of the group before the dot."""
    before = re.search(r"([a-z]\w*)\s*\.?\s*\Z", text[:letter])
    group = vocabulary.variables.get(before[1]) if before else None
    names = group.fields if isinstance(group, Shape) else vocabulary.variables
    return _("Yang dikenal: %(names)s.") % {"names": ", ".join(names)}


@lru_cache(maxsize=1)
def _checked() -> Callable[[], Message]:
    """Return the part of cel.expr.CheckedExpr that tells the type of each part of an expression."""
    sort = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="checked.proto", package="checked", syntax="proto3")
    messages: dict[str, tuple[tuple[str, int, str, bool], ...]] = {
        "Nothing": (),
        "List": (("item", 1, "Type", False),),
        "Map": (("key", 1, "Type", False), ("value", 2, "Type", False)),
        "Type": (("dyn", 1, "Nothing", False), ("list", 6, "List", False), ("map", 7, "Map", False)),
        "Entry": (("value", 2, "Type", False),),
        "Checked": (("types", 3, "Entry", True),),
    }
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, number, target, many in fields:
            message.field.add(
                name=field,
                number=number,
                label=sort.LABEL_REPEATED if many else sort.LABEL_OPTIONAL,
                type=sort.TYPE_MESSAGE,
                type_name=f".checked.{target}",
            )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return cast(
        Callable[[], Message],
        message_factory.GetMessageClass(pool.FindMessageTypeByName("checked.Checked")),
    )


def _knows_no_type(serialized: bytes) -> bool:
    """Tell whether a part of the expression gets its type only when it runs: such texts could be joined."""
    checked: Any = _checked()()
    try:
        checked.ParseFromString(any_pb2.Any.FromString(serialized).value)
    except DecodeError:
        return True
    return not checked.types or any(_dynamic(entry.value) for entry in checked.types)


def _dynamic(type: Any) -> bool:
    if type.HasField("dyn"):
        return True
    inner: Iterator[Any] = iter(())
    if type.HasField("list"):
        inner = iter((type.list.item,))
    elif type.HasField("map"):
        inner = iter((type.map.key, type.map.value))
    return any(map(_dynamic, inner))

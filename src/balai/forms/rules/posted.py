"""What a page sends, brought to the JSON form of answers; and an answer as it stands in an input.

Names on the page: "nik", "pemohon.nik", "keluarga.0.nik"; a point has ".lat" and
".lon", a region that is chosen level by level ".0" to ".3", a group ".rows".
Numbers are read in Indonesian writing; what cannot be read is left as it was
typed, for the check to refuse.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from balai.base import money
from balai.base.errors import Invalid
from balai.forms.rules.form import Field, Form, Group, Item, Step
from balai.forms.rules.written import Type

ACT = "_go"
"""Name of the buttons: next, back, save, refresh, add:<group>, remove:<group>:<row>, drop:<path>:<file>."""

_NUMBER = re.compile(r"(-?)([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?", re.ASCII)
_POINT = re.compile(r"-?(?:[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|0\.[0-9]+)", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})", re.ASCII)


class Sent(Protocol):
    """The fields of a page as Django has them: `QueryDict` is one."""

    def getlist(self, key: str) -> list[Any]: ...
    def get(self, key: str) -> Any: ...
    def keys(self) -> Iterable[str]: ...


@dataclass(frozen=True)
class Pressed:
    """The button that sent the page, with what stands behind its name: ("remove", ("keluarga", "1"))."""

    act: str
    on: tuple[str, ...] = ()


def pressed(sent: Sent) -> Pressed:
    """Return which button was pressed; "next" where none was."""
    act, *on = str(sent.get(ACT) or "next").split(":")
    known = {"next": 0, "back": 0, "save": 0, "refresh": 0, "add": 1, "remove": 2, "drop": 2}
    return Pressed(act, tuple(on)) if known.get(act) == len(on) else Pressed("refresh")


def answers(step: Step, sent: Sent, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of one step as it was sent, ready to be checked.

    Args:
        before: answers as they stood; files already handed in are kept from there.

    Names that the step does not have are ignored but those that look like answers:
    they come back under their own name and the check refuses them.
    """
    found: dict[str, Any] = {}
    known: set[str] = set()
    for item in step.items:
        stood = before.get(item.id)
        if isinstance(item, Field):
            found[item.id] = _one(item, item.id, sent, stood, known)
        elif item.repeats:
            rows = stood if isinstance(stood, (list, tuple)) else ()
            known.add(f"{item.id}.rows")
            found[item.id] = [
                _row(item, f"{item.id}.{number}", sent, rows[number] if number < len(rows) else {}, known)
                for number in range(_rows(item, sent))
            ]
        else:
            found[item.id] = _row(item, item.id, sent, stood, known)
    for name in sorted(set(sent.keys()) - known):
        if not name.startswith("_") and name != "csrfmiddlewaretoken":
            found.setdefault(name[:80], True)
    return found


def _rows(group: Group, sent: Sent) -> int:
    text = str(sent.get(f"{group.id}.rows") or "0")
    # One too many is let through, for the check to refuse; a million is not made.
    return min(int(text), group.most + 1) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _row(group: Group, name: str, sent: Sent, before: Any, known: set[str]) -> dict[str, Any]:
    stood = before if isinstance(before, Mapping) else {}
    return {
        one.id: _one(one, f"{name}.{one.id}", sent, stood.get(one.id), known)
        for one in group.fields
        if one.type is not Type.NOTE
    }


def _one(field: Field, name: str, sent: Sent, before: Any, known: set[str]) -> Any:
    known.add(name)
    match field.type:
        case Type.NOTE:
            return None
        case Type.FILE | Type.IMAGE:
            return list(before) if isinstance(before, (list, tuple)) else []
        case Type.CHOICES:
            return [str(one) for one in sent.getlist(name)]
        case Type.BOOLEAN:
            return sent.get(name) == "yes"
        case Type.POINT:
            known.update((f"{name}.lat", f"{name}.lon"))
            pair = {
                "latitude": _typed(sent.get(f"{name}.lat")),
                "longitude": _typed(sent.get(f"{name}.lon")),
            }
            return pair if any(pair.values()) else None
        case Type.REGION:
            return _deepest(name, sent, known)
    return typed(field, _typed(sent.get(name)))


def _typed(text: Any) -> str:
    return text.strip() if isinstance(text, str) else ""


def _deepest(name: str, sent: Sent, known: set[str]) -> str:
    """Return the code of the deepest level that lies in the one chosen above it."""
    if sent.get(name) is not None:
        return _typed(sent.get(name))
    code = ""
    for level in range(4):
        known.add(f"{name}.{level}")
        chosen = _typed(sent.get(f"{name}.{level}"))
        if chosen and (not code or chosen.startswith(f"{code}.")):
            code = chosen
    return code


def typed(field: Field, text: str) -> Any:
    """Return what a person typed as the JSON value it says; unreadable text comes back as it is.

    Imports use it too: a cell is typed by a person.
    """
    if len(text) > 60 or not text:
        return text
    match field.type:
        case Type.MONEY:
            try:
                return int(money.parse(text))
            except Invalid:
                return text
        case Type.INTEGER | Type.DECIMAL:
            return _number(text)
        case Type.DATE:
            found = _DAY.fullmatch(text)
            return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text
    return text


def _number(text: str) -> str:
    tidy = "".join(text.split())
    if _POINT.fullmatch(tidy):
        return tidy
    found = _NUMBER.fullmatch(tidy)
    if not found:
        return text
    part = (found[3] or "").rstrip("0")
    return f"{found[1]}{found[2].replace('.', '')}" + (f".{part}" if part else "")


def in_input(field: Field, answer: Any) -> str:
    """Return an answer as it stands in an input, so that it reads back the same."""
    if answer is None or isinstance(answer, (bool, list, tuple, dict)):
        return ""
    if isinstance(answer, int):
        return f"{answer:,}".replace(",", ".")
    text = str(answer)
    match field.type:
        case Type.DECIMAL if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
            return f"{Decimal(text):f}".replace(".", ",")
        case Type.TIME:
            return text[:5]
    return text


def add_row(item: Item | None, answers: dict[str, Any]) -> None:
    """Add an empty row to a group, where there is room."""
    if isinstance(item, Group) and item.repeats:
        rows = list(answers.get(item.id) or [])
        if len(rows) < item.most:
            answers[item.id] = [*rows, {}]


def remove_row(item: Item | None, number: str, answers: dict[str, Any]) -> None:
    """Take a row out of a group; nothing happens where there is none."""
    if isinstance(item, Group) and item.repeats and number.isascii() and number.isdigit():
        rows = list(answers.get(item.id) or [])
        answers[item.id] = [row for at, row in enumerate(rows) if at != int(number)]


def slot(form: Form, name: str) -> tuple[Field, tuple[str | int, ...]] | None:
    """Return the field of a name on the page and the way to its answer, None where there is none.

    >>> slot(Form("", "", "", ()), "keluarga.0.foto") is None
    True
    """
    head, *rest = name.split(".")
    item = form.items.get(head)
    if isinstance(item, Field):
        return (item, (head,)) if not rest else None
    if item is None or len(rest) != (2 if item.repeats else 1):
        return None
    field = item.by_id.get(rest[-1])
    if field is None or (item.repeats and not (rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 3)):
        return None
    return field, (head, int(rest[0]), rest[1]) if item.repeats else (head, rest[0])


def at_slot(answers: Any, way: Sequence[str | int]) -> Any:
    """Return the answer a way leads to, None where there is none."""
    for step in way:
        try:
            answers = answers[step]
        except (KeyError, IndexError, TypeError):
            return None
    return answers


def put(answers: dict[str, Any], way: Sequence[str | int], value: Any) -> bool:
    """Set the answer a way leads to; False where its row is not there."""
    holder = at_slot(answers, way[:-1]) if len(way) > 1 else answers
    if holder is None and len(way) == 2:
        holder = answers[str(way[0])] = {}
    if not isinstance(holder, dict):
        return False
    holder[str(way[-1])] = value
    return True

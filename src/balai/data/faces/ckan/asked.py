"""What an action is asked with, how it answers, and where actions are found by name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.data.faces.ckan.faults import Wrong

type Data = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One call of an action.

    Attributes:
        data: the parameters; from an address they are texts, or lists where one is repeated.
        base: scheme and host at which we were called, without a slash at the end.
    """

    request: HttpRequest
    actor: Actor
    data: Data
    base: str

    def text(self, name: str, otherwise: str = "") -> str:
        """Return a parameter as text, `otherwise` where it is not given. Raises Wrong."""
        value = self.data.get(name)
        if value is None or value == "":
            return otherwise
        if isinstance(value, bool | dict | list):
            raise Wrong(name, _("Ini harus berupa teks."))
        return str(value)

    def needed(self, *names: str) -> str:
        """Return the first of the parameters that is given. Raises Wrong."""
        for name in names:
            if found := self.text(name):
                return found
        raise Wrong(names[0], _("Bagian ini belum diisi."))

    def number(self, name: str, otherwise: int, most: int) -> int:
        """Return a whole number from 0; more than `most` is taken as `most`. Raises Wrong."""
        written = self.text(name, str(otherwise))
        if not (written.isascii() and written.isdigit() and len(written) < 17):
            raise Wrong(name, _("Tulis bilangan bulat mulai dari 0."))
        return min(int(written), most)

    def yes(self, name: str, otherwise: bool = False) -> bool:
        """Return a parameter as true or false, written in any of CKAN's ways. Raises Wrong."""
        value = self.data.get(name)
        if value is None or value == "":
            return otherwise
        if isinstance(value, bool):
            return value
        written = str(value).strip().lower()
        if written not in _YES and written not in _NO:
            raise Wrong(name, _("Tulis true atau false."))
        return written in _YES

    def listed(self, name: str) -> list[Any]:
        """Return a list, given as one, as JSON, or as text with commas between. Raises Wrong."""
        value = self.structured(name)
        if value is None or value == "":
            return []
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value if isinstance(value, list) else [value]

    def structured(self, name: str) -> Any:
        """Return a value that may be given as JSON text, which an address can only carry so."""
        value = self.data.get(name)
        if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
            try:
                return json.loads(value)
            except (ValueError, RecursionError):
                return value
        return value


_YES = frozenset({"true", "yes", "t", "y", "1", "on"})
_NO = frozenset({"false", "no", "f", "n", "0", "off", "none"})


@dataclass(frozen=True)
class Rendered:
    """The `result` of an answer as JSON that is written already."""

    body: bytes


type Result = Rendered | HttpResponseBase | Mapping[str, Any] | list[Any] | str | bool | int | None
type Doing = Callable[[Asked], Result]


@dataclass(frozen=True)
class Action:
    """What an action does. Only one that writes nothing may be called by GET."""

    do: Doing
    writes: bool = False


@dataclass
class _Known:
    actions: dict[str, Action] = field(default_factory=dict)


_known = _Known()


def action(name: str, *, writes: bool = False) -> Callable[[Doing], Doing]:
    """Register a function as the action `name`."""

    def register(do: Doing) -> Doing:
        _known.actions[name] = Action(do, writes)
        return do

    return register


def actions() -> Mapping[str, Action]:
    """Return every action by its name."""
    return _known.actions

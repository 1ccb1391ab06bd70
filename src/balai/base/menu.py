"""Where pages announce themselves: the rows of pages for everyone and the side of the officers' desk.

A module adds its entries when it is loaded (`AppConfig.ready`); nobody below it has to know them.

    menu.add("desk", gettext_lazy("Tugas saya"), "desk", icon="list-check", verb="plan.report", order=10)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import Promise

from balai.base.actor import Actor

type Place = Literal["public", "desk", "foot"]


@dataclass(frozen=True)
class Entry:
    """One way to a page.

    Attributes:
        route: name of the address, as `reverse` knows it.
        verb: shown to actors who may do it; empty shows it to everyone.
    """

    place: Place
    label: str | Promise
    route: str
    icon: str = ""
    verb: str = ""
    order: int = 100


@dataclass(frozen=True)
class Way:
    """An entry as one visitor sees it."""

    label: str
    href: str
    icon: str
    is_here: bool


_entries: dict[tuple[Place, str], Entry] = {}


def add(
    place: Place, label: str | Promise, route: str, *, icon: str = "", verb: str = "", order: int = 100
) -> None:
    """Add a way to a page; adding the same route at the same place again replaces it."""
    _entries[place, route] = Entry(place, label, route, icon, verb, order)


def entries() -> list[Entry]:
    """Return every entry, in the order in which it is shown."""
    return sorted(_entries.values(), key=lambda entry: (entry.place, entry.order, entry.route))


def ways(place: Place, actor: Actor | None, path: str) -> Iterator[Way]:
    """Yield what `actor` may go to; the way whose address begins `path` is marked as here."""
    shown = [
        (entry, _address(entry))
        for entry in entries()
        if entry.place == place and (not entry.verb or (actor is not None and actor.may(entry.verb)))
    ]
    fitting = [href for _entry, href in shown if path == href or (href != "/" and path.startswith(href))]
    here = max(fitting, key=len, default="")
    for entry, href in shown:
        if href:
            yield Way(str(entry.label), href, entry.icon, href == here)


def _address(entry: Entry) -> str:
    # An error page is drawn from here too: an unknown route must not turn a refusal into a failure.
    # tests/test_house.py and base/tests/test_menu.py hold that every entry leads somewhere.
    try:
        return _reversed(entry.route, get_script_prefix())
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=256)
def _reversed(route: str, _prefix: str) -> str:
    # Each page asks for all of them; they change with nothing but where the site is mounted.
    return reverse(route)

"""What is made of a dataset: indicators, plan figures, saved questions. Others tell it here.

uses.register("indicators", lambda actor, code: …)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from balai.base.actor import Actor


@dataclass(frozen=True)
class Use:
    """One thing that is made of a dataset: what kind it is, what it is called, where it stands."""

    kind: str
    label: str
    href: str


type Finder = Callable[[Actor, str], Iterable[Use]]
"""(actor, code of the dataset) → its uses that the actor may see."""

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Have `finder` asked for uses; the same name again replaces it."""
    _finders[name] = finder


def used_by(actor: Actor, code: str) -> tuple[Use, ...]:
    """Return what is made of a dataset, as far as the actor may see it, by kind and name."""
    found = [use for finder in _finders.values() for use in finder(actor, code)]
    return tuple(sorted(found, key=lambda use: (use.kind, use.label)))

"""What an indicator is used for: plan targets and the like. Others tell it here.

indicators_uses.register("plan", lambda actor, code: [Use(…), …])
"""

from balai.base.actor import Actor
from balai.data.reads.uses import Finder, Use

_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    """Have `finder` asked for uses by (actor, code of the indicator); the same name again replaces it."""
    _finders[name] = finder


def uses_of(actor: Actor, code: str) -> tuple[Use, ...]:
    """Return what an indicator is used for, as far as the actor may see it, by kind and name."""
    found = [use for finder in _finders.values() for use in finder(actor, code)]
    return tuple(sorted(found, key=lambda use: (use.kind, use.label)))

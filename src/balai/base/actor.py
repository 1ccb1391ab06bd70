"""Who acts, and what their roles let them do: a value, without the database.

`people` builds an `Actor` from accounts, memberships and grants; every module
asks it `may` before it writes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from django.utils.translation import gettext as _

from balai.base.errors import Forbidden
from balai.base.verbs import verbs


class Reach(StrEnum):
    """How far a verb of a role goes, widening."""

    OWN = "own"
    """things that belong to the actor's own account"""
    OFFICE = "office"
    """things of an office the actor sits in, in the actor's tenant"""
    TENANT = "tenant"
    """everything of the actor's tenant"""
    NATION = "nation"
    """everything of every tenant"""


_ORDER = list(Reach)


class Owned(Protocol):
    """Anything a right can be asked about."""

    @property
    def tenant(self) -> str: ...


@dataclass(frozen=True)
class Actor:
    """One account acting in one tenant at one time.

    Attributes:
        id: account id as text; "" for a visitor, "system:<name>" for a job.
        name: as it is written in the journal.
        tenant: the local government the actor acts in.
        verbs: what the actor's roles allow, with the widest reach of each.
        offices: ids (text) of the offices the actor sits in today.
        helix: partner groups the actor speaks for, if any.
    """

    id: str
    name: str
    tenant: str
    verbs: Mapping[str, Reach] = field(default_factory=lambda: MappingProxyType({}))
    offices: frozenset[str] = frozenset()
    is_demo: bool = False

    @property
    def is_signed_in(self) -> bool:
        return bool(self.id)

    def reach(self, verb: str) -> Reach | None:
        """Return how far the actor may do `verb`, None where not at all."""
        return self.verbs.get(verb)

    def may(self, verb: str, thing: Owned | None = None) -> bool:
        """Tell whether the actor may do `verb` to `thing`, or to anything at all when it is None.

        A thing says whose it is by `tenant`, and where it has them by
        `owner_offices` (office ids as text) and `owner_account` (account id as text).
        """
        reach = self.reach(verb)
        if reach is None or thing is None or reach is Reach.NATION:
            return reach is not None
        if thing.tenant != self.tenant:
            return False
        if reach is Reach.TENANT:
            return True
        if reach is Reach.OFFICE:
            owners: Collection[str] = getattr(thing, "owner_offices", ())
            return not self.offices.isdisjoint(owners)
        return bool(self.id) and getattr(thing, "owner_account", None) == self.id

    def require(self, verb: str, thing: Owned | None = None) -> None:
        """Raise Forbidden unless the actor may do `verb` to `thing`."""
        if not self.may(verb, thing):
            title = verbs().get(verb, verb)
            raise Forbidden(_("Peran Anda tidak mengizinkan ini: %(title)s.") % {"title": title})


def widest(one: Reach | None, other: Reach) -> Reach:
    """Return the wider of two reaches; two roles together allow what either allows."""
    return other if one is None or _ORDER.index(other) > _ORDER.index(one) else one


def system(name: str, tenant: str, *verbs: str) -> Actor:
    """Return the actor of a job: it may do just `verbs`, in one tenant."""
    return Actor(f"system:{name}", name, tenant, MappingProxyType(dict.fromkeys(verbs, Reach.TENANT)))

"""What a role file says, what a set of roles allows, and which faults such files can have."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from balai.base.actor import Reach, widest
from balai.base.errors import Fault
from balai.base.tenancy import NATIONAL
from balai.definitions.schema import Words, Written


class Given(StrEnum):
    """How an account comes by a role."""

    EVERYONE = "everyone"
    """everybody has it, visitors included"""
    SIGNED_IN = "signed_in"
    """everybody who is signed in has it"""
    SEAT = "seat"
    """it is given with a seat, and ends with it"""


class Where(StrEnum):
    """In which tenants a role can be held."""

    EVERYWHERE = "everywhere"
    CITIES = "cities"
    NATIONAL = "national"


class Role(Written):
    """One file of `definitions/roles`.

    Attributes:
        second_factor: who holds it signs in with a second factor, always.
        second_person: it is given only after another person has approved the request.
    """

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    name: Words
    description: Words
    given: Given = Given.SEAT
    where: Where = Where.EVERYWHERE
    second_factor: bool = False
    second_person: bool = False
    verbs: dict[str, Reach]

    def is_held_in(self, tenant: str) -> bool:
        """Tell whether the role exists in `tenant`."""
        return self.where is Where.EVERYWHERE or (self.where is Where.NATIONAL) == (tenant == NATIONAL)


def held_roles(
    roles: Mapping[str, Role], seats: Iterable[Iterable[str]], tenant: str, *, signed_in: bool
) -> list[Role]:
    """Return the roles an account holds in `tenant`, in the order of the files.

    Args:
        roles: every role there is, by code.
        seats: the role codes of each seat held today. A code that no file knows
            (any more) gives nothing.
    """
    seated = {code for codes in seats for code in codes}
    given = {Given.EVERYONE, Given.SIGNED_IN} if signed_in else {Given.EVERYONE}
    return [
        role
        for role in roles.values()
        if role.is_held_in(tenant)
        and (role.given in given or (role.given is Given.SEAT and role.code in seated))
    ]


def verbs_of(roles: Iterable[Role]) -> Mapping[str, Reach]:
    """Return what the roles allow together, each verb with its widest reach."""
    allowed: dict[str, Reach] = {}
    for role in roles:
        for verb, reach in role.verbs.items():
            allowed[verb] = widest(allowed.get(verb), reach)
    return MappingProxyType(allowed)


def faults_of_roles(roles: Mapping[str, Role], verbs: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with the role files, taken together, against the declared verbs."""
    for role in roles.values():
        for verb in sorted(role.verbs.keys() - set(verbs)):
            yield Fault(
                f"roles/{role.code}", f"no module declares the verb {verb}.", "Declare it or take it out."
            )
        if role.given is not Given.SEAT and (role.second_person or role.second_factor):
            yield Fault(
                f"roles/{role.code}", "nobody grants it, so nobody can approve it.", "Give it with a seat."
            )
    for verb in sorted(set(verbs) - {verb for role in roles.values() for verb in role.verbs}):
        yield Fault(f"verb {verb}", "no role holds it.", "Name it in a file of definitions/roles.")

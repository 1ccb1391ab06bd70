"""Who acts in a simulation: invented staff of each office and invented residents, each called an example.

They are actors, not accounts: nobody can sign in as one of them, and they hold just
the verbs that the role files give to people of their place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people import reads as people
from balai.people.rules.roles import Given, Role
from balai.services.rules.definition import ANY, ASSIGNED, OWNER, TASKED, Party, Service
from balai.services.rules.definition import Role as Part

MARK = "contoh"
"""Stands behind every invented name and title."""


@dataclass(frozen=True)
class Staff:
    """Somebody who works on cases: the roles of the service they may have, and their office by code."""

    actor: Actor
    parts: frozenset[str]
    office: str


def staff_of(service: Service) -> tuple[Staff, ...]:
    """Return one person for each role of the service and each office where it can be held."""
    offices = {one.code: one for one in people.all_offices()}
    found: dict[tuple[str, str], set[str]] = {}
    roles = _roles()
    for part in service.roles.values():
        if part.party is not Party.OFFICER:
            continue
        held = next((role for role in roles if part.verb in role.verbs), None)
        for code in _places(service, part, offices) if held else ():
            if code in offices and held is not None:
                found.setdefault((held.code, code), set()).add(part.id)
    by_code = {role.code: role for role in roles}
    return tuple(
        Staff(
            Actor(
                f"demo:{role}:{code}",
                f"{by_code[role].name.id} {offices[code].short_name or offices[code].name} ({MARK})",
                tenancy.current_tenant(),
                by_code[role].verbs,
                frozenset({str(offices[code].pk)}),
                is_demo=True,
            ),
            frozenset(parts),
            code,
        )
        for (role, code), parts in found.items()
    )


def _roles() -> list[Role]:
    """Return the roles that are held by seats here, those with the fewest rights first."""
    tenant = tenancy.current_tenant()
    held = [role for role in people.roles().values() if role.given is Given.SEAT and role.is_held_in(tenant)]
    return sorted(held, key=lambda role: (len(role.verbs), role.code))


def _places(service: Service, part: Part, offices: Iterable[str]) -> Iterable[str]:
    if part.office in (ASSIGNED, TASKED):
        return list(offices)
    return [service.owner] if part.office in (OWNER, ANY, "") else [part.office]


def residents(chance: Random, names: tuple[str, ...], many: int) -> tuple[Actor, ...]:
    """Return invented residents with accounts in name only."""
    verbs: Mapping[str, object] = people.roles()["resident"].verbs
    return tuple(
        Actor(
            f"demo:resident:{number}",
            f"{chance.choice(names)} ({MARK})",
            tenancy.current_tenant(),
            verbs,  # type: ignore[arg-type]
            is_demo=True,
        )
        for number in range(1, many + 1)
    )

"""Who reports and who verifies in the demo: the demo's own accounts, where they hold such seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from balai.base.actor import Actor, system
from balai.people.reads.actors import actor_for
from balai.people.reads.offices import all_offices
from balai.people.reads.people import seats_held

_VERBS = (
    *("plan.read", "plan.write", "plan.adopt", "plan.freeze", "plan.publish_figure"),
    *("partners.manage", "people.read", "files.read"),
)


@dataclass(frozen=True)
class Players:
    """The people of one city. An office without an officer of its own is spoken for by the loader."""

    loader: Actor
    reporters: Mapping[UUID, Actor]
    verifier: Actor
    offices: Mapping[str, UUID]

    @property
    def head_office(self) -> UUID:
        """The office for communication and information, which every city file has."""
        return self.offices["diskominfo"]

    def office(self, codes: Sequence[str]) -> UUID:
        """Return the first of the offices that the city has."""
        return next((self.offices[code] for code in codes if code in self.offices), self.head_office)

    def reporter(self, office: UUID) -> Actor:
        return self.reporters.get(office, self.loader)


def loader(tenant: str) -> Actor:
    return system("demo", tenant, *_VERBS)


def players(tenant: str, today: date) -> Players:
    """Return who plays in a city, in its scope."""
    own = loader(tenant)
    reporters = {
        seat.office_id: actor_for(seat.account, tenant, today)
        for seat in seats_held(own, today, role="officer")
        if seat.office_id
    }
    checks = seats_held(own, today, role="programme_office").first()
    verifier = actor_for(checks.account, tenant, today) if checks else system("demo-verifier", tenant)
    return Players(own, reporters, verifier, dict(all_offices().values_list("code", "pk")))

"""Cases of others that somebody follows: where they stand, without their answers and their reporter."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from balai.base.actor import Actor
from balai.services.models import Case, Follower
from balai.services.reads import sight
from balai.services.reads.definitions import service_of
from balai.services.reads.provisional import Provisional
from balai.services.reads.public import topic_names


@dataclass(frozen=True)
class Followed:
    """One case as who follows it sees it."""

    id: UUID
    number: str
    service: str
    topic: str
    state: str
    is_open: bool
    office: str
    received_on: date
    due_at: datetime | None
    provisional: str = ""


def followed(actor: Actor) -> tuple[Followed, ...]:
    """Return the cases the actor follows, the latest first; secret ones are not followed."""
    if not actor.is_signed_in:
        return ()
    rows = Follower.objects.filter(tenant=actor.tenant, account=actor.id, case__is_secret=False)
    return tuple(_seen(row.case) for row in rows.select_related("case__office").order_by("-since")[:100])


def followed_case(actor: Actor, key: sight.Key) -> Followed:
    """Return one case the actor follows. Raises NotFound."""
    found = next((one for one in followed(actor) if one.id == sight.as_key(key)), None)
    if found is None:
        raise sight.not_there()
    return found


def _seen(row: Case) -> Followed:
    service = service_of(row)
    return Followed(
        row.pk,
        row.number,
        str(service.title),
        topic_names(service).get(row.topic, row.topic),
        str(service.states[row.state].title),
        row.is_open,
        str(row.office) if row.office else "",
        row.received_at.date(),
        row.due_at,
        Provisional().words(service, row.due_at),
    )

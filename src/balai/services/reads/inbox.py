"""One inbox a person, over all their cases and all services."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from balai.base.actor import Actor
from balai.base.sealing import unseal
from balai.services.models import Case, Notice
from balai.services.reads import sight
from balai.services.reads.unsent import dead_among, said_by

PAGE = 50


@dataclass(frozen=True)
class Message:
    """A notice as it is read."""

    id: UUID
    case: UUID
    number: str
    subject: str
    text: str
    at: datetime
    is_read: bool


def inbox(actor: Actor, size: int = PAGE, before: datetime | None = None) -> tuple[Message, ...]:
    """Return what was told to the actor's account, the latest first; nobody reads another's."""
    rows = _own(actor)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return tuple(_message(row) for row in rows.select_related("case").order_by("-at")[:size])


def notice(actor: Actor, key: sight.Key) -> Message | None:
    """Return one notice of the actor's account, None where it has no such."""
    row = _own(actor).filter(pk=sight.key_of(key)).select_related("case").first()
    return _message(row) if row else None


def _message(row: Notice) -> Message:
    return Message(
        row.pk,
        row.case_id,
        row.case.number,
        row.subject,
        unseal(row.text, "services.notice", row.tenant),
        row.at,
        row.read_at is not None,
    )


def unread(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    return _own(actor).filter(read_at=None).count()


def _own(actor: Actor) -> QuerySet[Notice]:
    rows = Notice.objects.filter(tenant=actor.tenant, way=Notice.Way.INBOX)
    return rows.filter(account=actor.id) if actor.is_signed_in else rows.none()


@dataclass(frozen=True)
class Delivery:
    """How a notice of a case went out; without address.

    Attributes:
        subject: what its template says, without what is of the case alone.
        way: in words.
        is_dead: it waits, but is not tried any more.
    """

    id: UUID
    subject: str
    way: str
    for_applicant: bool
    state: str
    attempts: int
    last_error: str
    at: datetime
    sent_at: datetime | None
    is_dead: bool


def deliveries(actor: Actor, row: Case) -> tuple[Delivery, ...]:
    """Return what was sent about a case and what still waits or failed, for officers who may know of it."""
    if not sight.knows(actor, row):
        return ()
    rows = list(Notice.objects.filter(tenant=row.tenant, case=row).order_by("at", "pk"))
    dead = dead_among(one.pk for one in rows if one.state == Notice.State.WAITING)
    return tuple(
        Delivery(
            one.pk,
            said_by(row, one).subject,
            str(one.get_way_display()),
            one.for_applicant,
            one.state,
            one.attempts,
            one.last_error,
            one.at,
            one.sent_at,
            one.pk in dead,
        )
        for one in rows
    )

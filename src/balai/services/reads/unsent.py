"""Notices nobody tries to send any more: their retries are spent, or the worker died with the last one.

Whether a notice waits or is dead is read from its message, so it is told rightly however the
worker ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from balai.base import outbox
from balai.base.actor import Actor
from balai.services.models import Notice
from balai.services.reads import sight

KIND = "services.notice"
"""Of the messages that carry notices; the key of each is the id of its notice."""
MOST = 200


@dataclass(frozen=True)
class Unsent:
    """A notice that did not go out; neither its text nor its address is told."""

    id: UUID
    service: str
    number: str
    template: str
    way: str
    for_applicant: bool
    attempts: int
    last_error: str
    at: datetime


def dead_among(keys: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of some waiting notices that are not tried any more."""
    wanted = [str(key) for key in keys]
    if not wanted:
        return frozenset()
    return frozenset(
        UUID(key) for key in outbox.given_up(KIND).filter(key__in=wanted).values_list("key", flat=True)
    )


def unsent(actor: Actor) -> tuple[Unsent, ...]:
    """Return the dead notices of cases the actor may know of, the latest first, at most MOST."""
    keys = outbox.given_up(KIND).values_list("key", flat=True)[: MOST * 5]
    rows = Notice.objects.filter(
        tenant=actor.tenant,
        pk__in=[UUID(key) for key in keys],
        state=Notice.State.WAITING,
        case__in=sight.cases(actor),
    )
    return tuple(
        Unsent(
            one.pk,
            one.case.service,
            one.case.number,
            one.template,
            one.way,
            one.for_applicant,
            one.attempts,
            one.last_error,
            one.at,
        )
        for one in rows.select_related("case").order_by("-at", "-pk")[:MOST]
    )

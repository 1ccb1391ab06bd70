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
from balai.base.errors import NotFound
from balai.services.models import Case, Notice
from balai.services.reads import sight
from balai.services.reads.definitions import version_of
from balai.services.rules.filling import filled

KIND = "services.notice"
"""Of the messages that carry notices; the key of each is the id of its notice."""
MOST = 200
_OF_THE_ENGINE = ("recount", "comment")


@dataclass(frozen=True)
class Unsent:
    """A notice that did not go out; its address is not told.

    Attributes:
        subject, text: what it says, as its template has it: what was put in for this case may be
            somebody's own and is left out ("…"), but for the number.
        way: in words.
    """

    id: UUID
    service: str
    number: str
    subject: str
    text: str
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


@dataclass(frozen=True)
class Said:
    subject: str
    text: str


def said_by(case: Case, row: Notice) -> Said:
    """Return what a notice says without what is of its case alone; "" for the text of one of the engine's."""
    try:
        written = version_of(case.service, case.service_version).notices.get(row.template)
    except NotFound:
        written = None
    if written is None:
        # Those of the engine itself name nothing but the number of the case.
        is_own = row.template in _OF_THE_ENGINE
        return Said(row.subject if is_own else row.template, "")
    known = {"number": case.number}
    return Said(filled(str(written.subject), known, "…"), filled(str(written.text), known, "…"))


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
            (said := said_by(one.case, one)).subject,
            said.text,
            str(one.get_way_display()),
            one.for_applicant,
            one.attempts,
            one.last_error,
            one.at,
        )
        for one in rows.select_related("case").order_by("-at", "-pk")[:MOST]
    )

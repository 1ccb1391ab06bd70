"""Following a case by its number and PIN."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field
from pydantic import TypeAdapter

from balai.base.access import actor_of, public
from balai.base.api import Body, Router, Word
from balai.base.network import address_of
from balai.base.openapi import WITHOUT_KEY
from balai.services import changes, reads
from balai.services.api.asking import written
from balai.services.api.told import CaseClockRow, CaseEvent, clock_row, event_row

router = Router()


@dataclass(frozen=True)
class FiledCase:
    """A case that was filed.

    `pin` is told here alone. `ticket` stands for number and PIN: send it as X-Case-Ticket.
    """

    id: UUID
    number: str
    pin: str
    ticket: str
    state: str
    due_at: datetime | None
    due_is_provisional: bool

    @classmethod
    def of(cls, filed: changes.Filed) -> "FiledCase":
        row = filed.case
        is_provisional = reads.Provisional().year(reads.service_of(row), row.due_at) is not None
        ticket = written(filed.ticket)
        return cls(row.pk, row.number, filed.pin, ticket, row.state, row.due_at, is_provisional)


class NumberAndPin(Body):
    number: Word
    pin: Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True)
class TrackedCase:
    """A case as its applicant follows it."""

    id: UUID
    ticket: str
    number: str
    title: str
    state: str
    office: str
    received_at: datetime
    due_at: datetime | None
    due_is_provisional: bool
    merged_into: str
    clocks: list[CaseClockRow]
    history: list[CaseEvent]


@router.post(
    "/track",
    response=TrackedCase,
    summary="Follow a case by its number and PIN",
    openapi_extra={WITHOUT_KEY: "Nothing is written but that a PIN was wrong."},
)
@public("number and PIN are asked for; wrong ones are counted")
def track(request: HttpRequest, body: NumberAndPin) -> HttpResponse:
    """Five wrong PINs shut a number for an hour. Which of the two was wrong is not told."""
    actor, now = actor_of(request), timezone.now()
    ticket = changes.unlock(actor, body.number, body.pin, address_of(request), now)
    found = reads.track(actor, ticket.case, now, ticket)
    told = TrackedCase(
        UUID(ticket.case),
        written(ticket),
        found.number,
        found.title,
        found.state,
        found.office,
        found.received_at,
        found.due_at,
        bool(found.provisional),
        found.merged_into,
        [clock_row(one) for one in found.clocks],
        [event_row(one) for one in found.history],
    )
    response = HttpResponse(TypeAdapter(TrackedCase).dump_json(told), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response

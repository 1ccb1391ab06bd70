"""Who asks about a case, and how a write of theirs is made once."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from pydantic import TypeAdapter

from balai.base.access import actor_of
from balai.base.actor import Actor
from balai.services.keeping import kept_once, nobody
from balai.services.reads.sight import Ticket

TICKET = "X-Case-Ticket"
"""The header in which a program says that it knows number and PIN of a case: what `track` answered."""
BY_CASE = (
    "whom a case is for is asked by services: its applicant, its officers, or who knows its number and PIN"
)
SEEN = {
    "parameters": [
        {
            "name": TICKET,
            "in": "header",
            "required": False,
            "description": "`ticket` of a filing or of tracking; who is signed in needs none",
            "schema": {"type": "string", "maxLength": 200},
        }
    ]
}
"""Said in `openapi_extra` of operations on one case."""


def ticket_of(request: HttpRequest) -> Ticket | None:
    """Return the ticket a request brings, None where it brings none."""
    case, dot, key = request.headers.get(TICKET, "")[:200].partition(".")
    if not dot:
        return None
    request.is_private = True  # type: ignore[attr-defined]  # base.api keeps it from shared caches
    return Ticket(case, key)


def written(ticket: Ticket) -> str:
    """Return a ticket as programs keep it."""
    return f"{ticket.case}.{ticket.key}"


def make_once(
    request: HttpRequest,
    answer: Any,
    change: Callable[[], Any],
    *,
    status: int = 200,
    sent: bytes | None = None,
    is_nobodys: bool = False,
) -> HttpResponse:
    """Make a change under the request's Idempotency-Key and answer it; repeated, answer the same again.

    Visitors may write too: those who bring a ticket are told apart by their case, others by their
    key alone.

    Args:
        answer: the type of what `change` returns.
        sent: what tells two requests apart; the body, unless it holds a file.
        is_nobodys: the account is not to be written beside the answer: the reporter is anonymous.

    Raises:
        Invalid: the header is missing or malformed. Conflict: it was used with another body.
    """
    asked = f"{request.method} {request.path}\n".encode() + (request.body if sent is None else sent)
    key = request.headers.get("Idempotency-Key", "")
    return answered_once(_by_whom(request, is_nobodys), key, asked, answer, change, status)


def answered_once(
    actor: Actor, key: str, asked: bytes, answer: Any, change: Callable[[], Any], status: int = 200
) -> HttpResponse:
    """Make a change once, and answer it. Raises as `keeping.kept_once`."""
    done, told = kept_once(
        actor, key, asked, lambda: (status, TypeAdapter(answer).dump_python(change(), mode="json"))
    )
    response = HttpResponse(told, status=done, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def digest_of(file: UploadedFile, *said: str) -> bytes:
    """Return what tells one handed-in file from another; the file is read and wound back."""
    content = hashlib.sha256("\0".join((file.name or "", *said)).encode())
    for piece in file.chunks():
        content.update(piece)
    file.seek(0)
    return content.digest()


def _by_whom(request: HttpRequest, is_nobodys: bool) -> Actor:
    actor = actor_of(request)
    if actor.is_signed_in and not is_nobodys:
        return actor
    ticket = ticket_of(request)
    return nobody(actor, f"case:{ticket.case}") if ticket else nobody(actor)

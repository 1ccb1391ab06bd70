"""Files of the plan, handed out to those who may open them."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.handing_out import hand_out
from balai.plan import reads


@require_safe
@needs("files.read")
def evidence(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.evidence_file(actor_of(request), key))


@require_safe
@needs("plan.read")
def book(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.book_file(actor_of(request), key))


@require_safe
@needs("files.read")
def minutes(request: HttpRequest, key: UUID) -> FileResponse:
    return hand_out(reads.minutes_file(actor_of(request), key))

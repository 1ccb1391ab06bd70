"""What is said about a case besides its moves: comments, files, and how it was answered."""

from typing import Annotated, Any, BinaryIO, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from ninja import Field, File, Form, UploadedFile

from balai.base.access import actor_of, public, signed_in
from balai.base.api import Body, Prose, Router, Word
from balai.base.files import StoredFile, store_file
from balai.base.handing_out import hand_out
from balai.services import changes, reads
from balai.services.api.asking import BY_CASE, SEEN, digest_of, make_once, ticket_of
from balai.services.api.cases import known, seen
from balai.services.api.told import CaseAttachment, CaseComment, attachment, comment_row

router = Router()

Audience = Annotated[
    Literal["internal", "applicant"],
    Field(description="who reads it; what an applicant says is read by both sides"),
]


class NewComment(Body):
    text: Prose
    audience: Audience = "applicant"


class NewFile(Body):
    audience: Audience = "applicant"


class NewRating(Body):
    """How a case was answered, 1 to 5."""

    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    text: Prose = ""


@router.get(
    "/{code}/cases/{id}/comments",
    response=list[CaseComment],
    summary="What was said about a case",
    openapi_extra=SEEN,
)
@public(BY_CASE)
def comments(request: HttpRequest, code: Word, id: Word) -> list[CaseComment]:
    return [comment_row(one) for one in seen(request, code, id).comments]


@router.post(
    "/{code}/cases/{id}/comments",
    response=list[CaseComment],
    summary="Say something about a case",
    openapi_extra=SEEN,
)
@public(BY_CASE)
def add_comment(request: HttpRequest, code: Word, id: Word, body: NewComment) -> HttpResponse:
    """Answers with all that was said. The other side is told that there is something to read."""
    known(request, code, id)

    def made() -> list[CaseComment]:
        ticket = ticket_of(request)
        changes.comment(actor_of(request), id, body.text, body.audience, timezone.now(), ticket)
        return [comment_row(one) for one in seen(request, code, id).comments]

    return make_once(request, list[CaseComment], made)


@router.get(
    "/{code}/cases/{id}/files", response=list[CaseAttachment], summary="Files of a case", openapi_extra=SEEN
)
@public(BY_CASE)
def files(request: HttpRequest, code: Word, id: Word) -> list[CaseAttachment]:
    return [attachment(one) for one in seen(request, code, id).files]


@router.post(
    "/{code}/cases/{id}/files",
    response=CaseAttachment,
    summary="Put a file on a case",
    openapi_extra=SEEN,
)
@public(BY_CASE)
def add_file(
    request: HttpRequest,
    code: Word,
    id: Word,
    file: UploadedFile = File(...),  # noqa: B008
    body: NewFile = Form(...),  # noqa: B008
) -> HttpResponse:
    """The same content stands once on a case. What a photo tells besides its picture is removed."""
    known(request, code, id)

    def made() -> CaseAttachment:
        row = changes.hand_in(
            actor_of(request),
            id,
            cast(BinaryIO, file.file),
            file.name or "",
            body.audience,
            timezone.now(),
            ticket_of(request),
        )
        return attachment(row)

    sent = digest_of(file, body.audience)
    return make_once(request, CaseAttachment, made, sent=sent)


@router.post("/{code}/files", response=CaseAttachment, summary="Hand in a file, to name it in answers")
@signed_in
def hand_in(
    request: HttpRequest,
    code: Word,
    file: UploadedFile = File(...),  # noqa: B008
) -> HttpResponse:
    """Its `id` is the answer to a field of files. Only the account that handed it in may name it."""
    reads.service(code, timezone.localdate())

    def made() -> CaseAttachment:
        stored = store_file(cast(BinaryIO, file.file), file.name or "", actor_of(request))
        return CaseAttachment(
            stored.pk, stored.name, stored.media_type, stored.size, "", False, stored.stored_at
        )

    return make_once(request, CaseAttachment, made, sent=digest_of(file))


_BYTES: dict[str, Any] = {
    **SEEN,
    "responses": {
        200: {
            "description": "the bytes of the file, in its own media type",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}


@router.get(
    "/{code}/cases/{id}/files/{file}",
    response={200: None},
    summary="The bytes of a file of a case",
    openapi_extra=_BYTES,
)
@public(BY_CASE)
def file_of_case(request: HttpRequest, code: Word, id: Word, file: UUID) -> HttpResponseBase:
    known(request, code, id)
    found = reads.file_of(actor_of(request), id, file, ticket_of(request))
    return _bytes(request, found.file)


def _bytes(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    etag = quote_etag(stored.sha256)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None and request.method == "HEAD":
        response = HttpResponse(content_type=stored.media_type)
        response["Content-Length"] = str(stored.size)
    if response is None:
        response = hand_out(stored)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@router.post("/{code}/cases/{id}/rating", response=NewRating, summary="Rate the answer", openapi_extra=SEEN)
@public(BY_CASE)
def rate(request: HttpRequest, code: Word, id: Word, body: NewRating) -> HttpResponse:
    """Once each time the case was answered, by its applicant."""
    known(request, code, id)

    def made() -> NewRating:
        changes.rate(actor_of(request), id, body.score, body.text, timezone.now(), ticket_of(request))
        return body

    return make_once(request, NewRating, made)

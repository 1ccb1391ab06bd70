"""Files handed in by programs: `/api/v1/data/uploads`, in parts after tus 1.0 (HEAD and PATCH).

Announce a file, send its bytes with PATCH from the offset that HEAD tells, then look at what was
recognised, choose, and publish. Whatever an answer acknowledged is on disk for good.
"""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import Body, Prose, Router, Version, Word, write_once
from balai.base.errors import Fault, Invalid
from balai.base.openapi import WITHOUT_KEY
from balai.data import changes, reads

router = Router()

_PART: dict[str, Any] = {
    WITHOUT_KEY: "The offset tells a part that was sent already.",
    "parameters": [
        {
            "name": "Upload-Offset",
            "in": "header",
            "required": True,
            "description": "where in the file this part begins",
            "schema": {"type": "integer", "minimum": 0},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}
_TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}


class Announced(Body):
    """A file that is to come."""

    dataset: Annotated[
        Word | None, Field(description="whose next version it holds; none to declare one after it")
    ] = None
    name: Word
    size: Annotated[int, Field(ge=1, le=2**53, description="bytes of the whole file")]
    sha256: Annotated[
        str, Field(pattern="^([0-9a-f]{64})?$", description="of the whole file, compared once it is there")
    ] = ""


class Chosen(Body):
    """How a file is read and what its version is; whatever is left out stays as it was."""

    version: Version
    period: Word = ""
    reason: Prose = ""
    corrects: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    layout: dict[str, str | int] = Field(
        default_factory=dict, description="encoding, delimiter, quote, header_row, sheet"
    )
    columns: dict[str, str] = Field(default_factory=dict, description="heading in the file by column")
    styles: dict[str, str] = Field(default_factory=dict, description="how cells are written, by column")
    regions: dict[str, str] = Field(default_factory=dict, description="code by name of a region")


class SeenUpload(Body):
    """Which state of the file you saw."""

    version: Version


class Signed(SeenUpload):
    """Why rows that are not as declared may be published."""

    reason: Prose


@router.get("/uploads", response=list[reads.UploadRow], summary="Files on their way that I may go on with")
@needs("data.publish")
def uploads(request: HttpRequest, dataset: Word = "") -> tuple[reads.UploadRow, ...]:
    return reads.uploads(actor_of(request), dataset)


@router.post("/uploads", response={201: reads.UploadRow}, summary="Announce a file of data")
@needs("data.publish")
def announce(request: HttpRequest, body: Announced) -> HttpResponse:
    """Its parts follow by PATCH at the address in `Location`."""
    actor = actor_of(request)

    def made() -> reads.UploadRow:
        row = changes.begin_upload(
            actor,
            body.dataset,
            body.name,
            body.size,
            sha256=body.sha256,
            at=timezone.now(),
            source="page" if "sessionid" in request.COOKIES else "api",
        )
        return reads.upload(actor, row.pk)

    return write_once(request, reads.UploadRow, made, status=201)


@router.get(
    "/uploads/{upload}", response=reads.UploadRow, summary="How far a file is, and what was found in it"
)
@needs("data.publish")
def upload(request: HttpRequest, upload: UUID) -> Any:
    """HEAD answers as tus asks: `Upload-Offset`, where the next part begins, and `Upload-Length`."""
    row = reads.upload(actor_of(request), upload)
    if request.method == "HEAD":
        return _told(HttpResponse(status=200), row.offset, row.size)
    return row


@router.patch(
    "/uploads/{upload}",
    response={204: None},
    summary="Send the next part of a file",
    openapi_extra=_PART,
)
@needs("data.publish")
def append(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Send bytes as `application/offset+octet-stream` with `Upload-Offset`.

    A part is as short as you like and 20 MB at most, unless the installation takes larger ones
    (`BALAI_UPLOAD_MAX_MB`); a longer one is answered 413, and none of it is taken. A part at another offset
    than where the file stands is answered 409 with the right one.
    """
    reads.upload(actor_of(request), upload)
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isdecimal() or len(offset) > 18:
        right = _("Tulis dari bita keberapa bagian ini mulai.")
        raise Invalid([Fault("Upload-Offset", _("Kepala ini tidak ada atau bukan bilangan."), right)])
    if request.content_type != "application/offset+octet-stream":
        raise Invalid([Fault("Content-Type", _("Jenis isinya lain."), "application/offset+octet-stream")])
    length = request.headers.get("Content-Length", "")
    most = int(length) if length.isdecimal() and len(length) <= 18 else 2**53
    row = changes.append(actor_of(request), upload, int(offset), request, most, at=timezone.now())  # type: ignore[arg-type]
    return _told(HttpResponse(status=204), row.offset, row.size)


def _told(response: HttpResponse, offset: int, size: int) -> HttpResponse:
    for name, value in {**_TUS, "Upload-Offset": str(offset), "Upload-Length": str(size)}.items():
        response[name] = value
    return response


@router.delete(
    "/uploads/{upload}",
    response={204: None},
    summary="Give a file up",
    openapi_extra={WITHOUT_KEY: "Given up again, the file is only not found."},
)
@needs("data.publish")
def drop(request: HttpRequest, upload: UUID) -> HttpResponse:
    changes.drop_upload(actor_of(request), upload, at=timezone.now())
    return HttpResponse(status=204)


@router.post(
    "/uploads/{upload}/choose", response=reads.UploadRow, summary="Say how a file is read, and check it"
)
@needs("data.publish")
def choose(request: HttpRequest, upload: UUID, body: Chosen) -> HttpResponse:
    """Another layout has the file read anew; else every row is checked."""
    said = {name: value for name, value in body.model_dump(exclude={"version"}).items() if value}
    return _write(
        request,
        upload,
        lambda: changes.choose(actor_of(request), upload, said, version=body.version, at=timezone.now()),
    )


@router.post("/uploads/{upload}/publish", response=reads.UploadRow, summary="Publish a file that was checked")
@needs("data.publish")
def publish(request: HttpRequest, upload: UUID, body: SeenUpload) -> HttpResponse:
    return _write(
        request,
        upload,
        lambda: changes.publish_upload(actor_of(request), upload, version=body.version, at=timezone.now()),
    )


@router.post("/uploads/{upload}/ask", response=reads.UploadRow, summary="Ask the steward to sign for faults")
@needs("data.publish")
def ask(request: HttpRequest, upload: UUID, body: SeenUpload) -> HttpResponse:
    return _write(
        request,
        upload,
        lambda: changes.ask_steward(actor_of(request), upload, version=body.version, at=timezone.now()),
    )


@router.post("/uploads/{upload}/sign", response=reads.UploadRow, summary="Sign for faults as steward")
@needs("data.check")
def sign(request: HttpRequest, upload: UUID, body: Signed) -> HttpResponse:
    """Every reader of the version sees the reason."""
    return _write(
        request,
        upload,
        lambda: changes.sign_upload(
            actor_of(request), upload, body.reason, version=body.version, at=timezone.now()
        ),
    )


def _write(request: HttpRequest, upload: UUID, change: Callable[[], object]) -> HttpResponse:
    reads.upload(actor_of(request), upload)

    def made() -> reads.UploadRow:
        change()
        return reads.upload(actor_of(request), upload)

    return write_once(request, reads.UploadRow, made)

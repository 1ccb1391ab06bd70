"""Datasets for programs: the catalogue, versions, and the way from a draft to what is in force.

Every write names the `version` of the dataset it saw; when somebody else was first it is
refused with what differs. It needs an Idempotency-Key and answers with the dataset as
it stands afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import After, Body, Limit, Page, Prose, Router, Version, Word, page, write_once
from balai.base.errors import Fault, Invalid
from balai.data import changes, reads
from balai.data.models import Dataset
from balai.data.rules.comparing import Comparison
from balai.data.rules.drafting import declaration_of
from balai.data.rules.metadata import Declaration

router = Router()

Number = Annotated[int, Field(ge=1, le=2**31 - 1, description="number of a version")]


class Declared(Body):
    """What is said of a dataset."""

    declaration: dict[str, Any] = Field(
        description="as in a file of definitions/datasets (docs/reference/schemas/datasets.json)"
    )


class Redeclared(Declared):
    """A draft to save over the one there is. `version` is the one of the dataset you saw."""

    version: Version


class Seen(Body):
    """Which version of the dataset you saw."""

    version: Version


class Returned(Seen):
    """Why a draft goes back to its producer."""

    reason: Prose


@dataclass(frozen=True)
class Draft:
    """A dataset as its makers and the steward see it.

    `version` counts the changes of what is said; it is not the number of a version of rows.
    """

    code: str
    status: str
    producer: str
    version: int
    draft: Declaration | None
    in_force: Declaration | None
    reason: str
    submitted_by: str
    submitted_at: datetime | None
    checked_by: str
    checked_at: datetime | None
    number: int | None


@router.get("/datasets", response=Page[reads.DatasetRow], summary="Datasets I may read")
@needs("data.read")
def datasets(
    request: HttpRequest,
    words: Annotated[
        Word, Field(description="each is in code, title, description, keywords, columns or producer")
    ] = "",
    keyword: Word = "",
    producer: Annotated[Word, Field(description="name of the office")] = "",
    classification: Literal["", "open", "limited", "closed"] = "",
    whose: Annotated[Literal["", "city", "nation"], Field(description="who keeps it")] = "",
    holds: Annotated[
        Literal["", "point", "region", "rupiah", "date", "excel"],
        Field(description="a column of this type; excel: fits a workbook"),
    ] = "",
    licence: Word = "",
    region: Annotated[Word, Field(description="code of the region it covers")] = "",
    sort: Annotated[Word, Field(description="title, newest or largest")] = "title",
    after: After = "",
    limit: Limit = 100,
) -> Page[reads.DatasetRow]:
    wanted = reads.Wanted(
        words=words,
        keyword=keyword,
        producer=producer,
        classification=classification,
        whose=whose,
        holds=holds,
        licence=licence,
        region=region,
        sort=sort,
    )
    found = reads.shelf(actor_of(request), wanted, after, limit)
    return Page(items=list(reads.described(actor_of(request), found.rows)), next=found.next)


@router.get("/datasets/{code}", response=reads.DatasetRow, summary="What is said of a dataset")
@needs("data.read")
def dataset(request: HttpRequest, code: Word) -> reads.DatasetRow:
    return reads.dataset(actor_of(request), code)


@router.get(
    "/datasets/{code}/versions",
    response=Page[reads.VersionRow],
    summary="Versions of a dataset, newest first",
)
@needs("data.read")
def versions(
    request: HttpRequest, code: Word, after: After = "", limit: Limit = 100
) -> Page[reads.VersionRow]:
    return page(
        _public(reads.versions(actor_of(request), code), request), lambda row: row.number, after, limit
    )


@router.get(
    "/datasets/{code}/versions/{number}", response=reads.VersionRow, summary="One version, an old one too"
)
@needs("data.read")
def version(request: HttpRequest, code: Word, number: Number) -> reads.VersionRow:
    (row,) = _public((reads.version(actor_of(request), code, number),), request)
    return row


@router.get("/datasets/{code}/differences", response=Comparison, summary="Rows added, removed and changed")
@needs("data.read")
def differences(
    request: HttpRequest,
    code: Word,
    before: Annotated[Number | None, Field(description="the one before the last when left out")] = None,
    after: Annotated[Number | None, Field(description="the last when left out")] = None,
    limit: Limit = 100,
) -> Comparison:
    """Rows are told apart by the key declared for `after`; `first` has at most `limit` of them."""
    actor = actor_of(request)
    last = [row.number for row in reads.versions(actor, code) if not row.is_retired]
    old, new = before or (last[1:2] or last[:1] or [1])[0], after or (last[:1] or [1])[0]
    return reads.compare(actor, code, old, new, limit=limit)


@router.get("/drafts", response=Page[reads.OwnRow], summary="Datasets I make or check")
@needs("data.produce")
def drafts(request: HttpRequest, after: After = "", limit: Limit = 100) -> Page[reads.OwnRow]:
    return page(reads.own_datasets(actor_of(request)), lambda row: row.code, after, limit)


@router.get("/drafts-waiting", response=Page[reads.OwnRow], summary="Drafts waiting to be checked")
@needs("data.check")
def drafts_waiting(request: HttpRequest, after: After = "", limit: Limit = 100) -> Page[reads.OwnRow]:
    rows = reads.own_datasets(actor_of(request), Dataset.Status.SUBMITTED)
    return page(rows, lambda row: row.code, after, limit)


@router.get("/drafts/{code}", response=Draft, summary="A dataset as its makers see it")
@needs("data.produce")
def draft(request: HttpRequest, code: Word) -> Draft:
    return _draft(request, code)


@router.post("/drafts", response=Draft, summary="Declare a new dataset without handing it in")
@needs("data.produce")
def declare(request: HttpRequest, body: Declared) -> HttpResponse:
    said = declaration_of(body.declaration)
    return _write(request, said.code, lambda: changes.declare(actor_of(request), said))


@router.put("/drafts/{code}", response=Draft, summary="Save over a draft without handing it in")
@needs("data.produce")
def redeclare(request: HttpRequest, code: Word, body: Redeclared) -> HttpResponse:
    """Save a draft; what is in force stays so until the steward accepts."""
    reads.own_dataset(actor_of(request), code)

    def save() -> Dataset:
        said = declaration_of(body.declaration)
        if said.code != code:
            wrong = _("Tertulis “%(code)s”.") % {"code": said.code}
            raise Invalid([Fault("code", wrong, _("Kode sebuah set data tidak berubah."))])
        return changes.declare(actor_of(request), said, version=body.version)

    return _write(request, code, save)


@router.post("/drafts/{code}/submit", response=Draft, summary="Hand a draft to the steward")
@needs("data.produce")
def submit(request: HttpRequest, code: Word, body: Seen) -> HttpResponse:
    actor = actor_of(request)
    return _write(request, code, lambda: changes.submit(actor, code, version=body.version, at=timezone.now()))


@router.post("/drafts/{code}/check", response=Draft, summary="Accept a draft as steward")
@needs("data.check")
def check(request: HttpRequest, code: Word, body: Seen) -> HttpResponse:
    """Accept a draft that another account handed in; it is in force from now on."""
    actor = actor_of(request)
    return _write(request, code, lambda: changes.check(actor, code, version=body.version, at=timezone.now()))


@router.post("/drafts/{code}/return", response=Draft, summary="Send a draft back with a reason")
@needs("data.check")
def return_draft(request: HttpRequest, code: Word, body: Returned) -> HttpResponse:
    actor = actor_of(request)
    return _write(request, code, lambda: changes.return_draft(actor, code, body.reason, version=body.version))


def _public(rows: tuple[reads.VersionRow, ...], request: HttpRequest) -> list[reads.VersionRow]:
    """Return the records of versions without the names of officers, unless an officer asks."""
    if actor_of(request).may("data.read_limited"):
        return list(rows)
    return [replace(row, published_by="") for row in rows]


def _write(request: HttpRequest, code: str, change: Callable[[], Dataset]) -> HttpResponse:
    def made() -> Draft:
        change()
        return _draft(request, code)

    return write_once(request, Draft, made)


def _draft(request: HttpRequest, code: str) -> Draft:
    found = reads.own_dataset(actor_of(request), code)
    return Draft(
        found.row.code,
        found.row.status,
        found.row.producer,
        found.row_version,
        found.draft,
        found.in_force,
        found.reason,
        found.row.submitted_by,
        found.row.submitted_at,
        found.checked_by,
        found.checked_at,
        found.row.number,
    )

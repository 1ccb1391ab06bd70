"""The desks for programs: what is due, what waits, and the report of progress from draft to verified.

Every write names the `version` it saw; when somebody else was first it is
refused with what differs. It needs an Idempotency-Key and answers with the
report as it stands afterwards.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, File, Form, UploadedFile

from balai.base.access import actor_of, needs
from balai.base.api import After, Body, Limit, Page, Prose, Router, Version, Word, Year, page, write_once
from balai.plan import changes, reads
from balai.plan.models import Report
from balai.plan.pages.asked import today

router = Router()

Rupiah = Annotated[int, Field(strict=True, description="whole rupiah, all sources together")]
Title = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Link = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class Progress(Body):
    """What an office says of an action at the end of a period, cumulated since 1 January."""

    value: Decimal | None = Field(None, description="in the unit of the action; needed where it has a target")
    physical_percent: Decimal | None = Field(None, description="0 to 100; needed where it has no target")
    spent: Rupiah | None = None
    note: Prose = ""

    def draft(self) -> changes.ReportDraft:
        return changes.ReportDraft(self.value, self.physical_percent, self.spent, self.note)


class Saved(Body):
    """A report to save. `version` is the one you saw, null when you saw none."""

    action: Word = Field(description="id of the action")
    period: Word = Field(description="id of the period")
    version: Version | None
    progress: Progress


class Corrected(Body):
    """A new entry for a period that is verified or locked, with the reason for it."""

    action: Word = Field(description="id of the action")
    period: Word = Field(description="id of the period")
    reason: Prose
    progress: Progress


class Seen(Body):
    """Which version of the report you saw."""

    version: Version


class Returned(Seen):
    """Why a report goes back to its office."""

    reason: Prose


class Linked(Body):
    """Evidence that stands elsewhere."""

    title: Title
    link: Link
    dated_on: date | None = Field(None, description="the day of the evidence itself")


class Handed(Body):
    """What is said of a file that is handed in."""

    title: Title
    dated_on: date | None = Field(None, description="the day of the evidence itself")


@dataclass(frozen=True)
class Removed:
    """What is not there any more."""

    id: str


@router.get("/due", response=reads.Due, summary="Reports my office owes, by urgency")
@needs("plan.report")
def due(request: HttpRequest) -> reads.Due:
    return reads.due(actor_of(request), today())


@router.get("/own-actions", response=list[reads.ActionRow], summary="Actions I may report on")
@needs("plan.report")
def own_actions(
    request: HttpRequest, year: Year | None = None, plan: Word | None = None
) -> tuple[reads.ActionRow, ...]:
    return reads.own_actions(actor_of(request), plan, year or today().year, today())


@router.get("/verify-queue", response=Page[reads.QueueRow], summary="Reports waiting to be verified")
@needs("plan.verify")
def verify_queue(request: HttpRequest, after: After = "", limit: Limit = 100) -> Page[reads.QueueRow]:
    rows = reads.verify_queue(actor_of(request), today())
    return page(rows, lambda row: row.report_id, after, limit)


@router.get("/offices-late", response=list[reads.OfficeLate], summary="Offices that owe reports")
@needs("plan.verify")
def offices_late(request: HttpRequest) -> tuple[reads.OfficeLate, ...]:
    return reads.offices_late(actor_of(request), today())


@router.get(
    "/executive", response=reads.Executive, summary="The plan in one minute: figures, worries and gains"
)
@needs("plan.oversee")
def executive(request: HttpRequest, year: Year | None = None, plan: Word | None = None) -> reads.Executive:
    return reads.executive(actor_of(request), today(), plan, year)


class Tied(Seen):
    """How the progress of an action becomes known."""

    indicator: Word = Field(description="code of an indicator of One Data; empty: progress is typed")


@router.put("/actions/{id}/indicator", response=reads.ActionRow, summary="Tie an action to an indicator")
@needs("plan.write")
def tie_action(request: HttpRequest, id: Word, body: Tied) -> HttpResponse:
    """Have progress computed from records, of a draft or of the plan in force. `version` is the action's."""
    actor = actor_of(request)

    def tied() -> reads.ActionRow:
        row = changes.tie_action(actor, id, body.indicator, body.version)
        return reads.action(actor, str(row.pk), today().year, today()).row

    return write_once(request, reads.ActionRow, tied)


@router.post("/reports", response=reads.ReportRow, summary="Save a report without sending it")
@needs("plan.report")
def save_report(request: HttpRequest, body: Saved) -> HttpResponse:
    """Save a new report, or save over a draft or a returned one."""
    return _write(
        request,
        lambda: changes.save_report(
            actor_of(request),
            body.action,
            body.period,
            body.progress.draft(),
            version=body.version,
            at=timezone.now(),
        ),
    )


@router.post("/reports/{id}/submit", response=reads.ReportRow, summary="Send a saved report to be verified")
@needs("plan.report")
def submit_report(request: HttpRequest, id: Word, body: Seen) -> HttpResponse:
    actor = actor_of(request)
    return _write(request, lambda: changes.submit_report(actor, id, version=body.version, at=timezone.now()))


@router.post("/reports/{id}/verify", response=reads.ReportRow, summary="Accept a report that was sent")
@needs("plan.verify")
def verify_report(request: HttpRequest, id: Word, body: Seen) -> HttpResponse:
    """Accept a report of another account; from now on it stands for its year."""
    actor = actor_of(request)
    return _write(request, lambda: changes.verify_report(actor, id, version=body.version, at=timezone.now()))


@router.post("/reports/{id}/return", response=reads.ReportRow, summary="Send a report back to its office")
@needs("plan.verify")
def return_report(request: HttpRequest, id: Word, body: Returned) -> HttpResponse:
    actor = actor_of(request)
    return _write(request, lambda: changes.return_report(actor, id, body.reason, version=body.version))


@router.post("/corrections", response=reads.ReportRow, summary="Begin a correction of a closed period")
@needs("plan.report")
def correct_report(request: HttpRequest, body: Corrected) -> HttpResponse:
    """Write a new entry as a draft; the entry it corrects stands until the new one is verified."""
    return _write(
        request,
        lambda: changes.correct_report(
            actor_of(request),
            body.action,
            body.period,
            body.progress.draft(),
            body.reason,
            at=timezone.now(),
        ),
    )


@router.post("/reports/{id}/evidence-links", response=reads.ReportRow, summary="Put a link beside a report")
@needs("plan.report")
def add_evidence_link(request: HttpRequest, id: Word, body: Linked) -> HttpResponse:
    actor = actor_of(request)
    return _write(
        request,
        lambda: changes.add_evidence(actor, id, body.title, link=body.link, dated_on=body.dated_on).report,
    )


@router.post("/reports/{id}/evidence-files", response=reads.ReportRow, summary="Put a file beside a report")
@needs("plan.report")
def add_evidence_file(
    request: HttpRequest, id: Word, file: File[UploadedFile], about: Form[Handed]
) -> HttpResponse:
    """Store the file; its type is read from its content. Sent as multipart/form-data."""
    actor = actor_of(request)
    handed, name = cast(BinaryIO, file.file), file.name or ""
    # Programs draw a new boundary each time, so that the parts are compared, not the body.
    content = hashlib.sha256()
    for piece in file.chunks():
        content.update(piece)
    handed.seek(0)
    return _write(
        request,
        lambda: (
            changes.add_evidence(
                actor, id, about.title, upload=changes.Upload(handed, name), dated_on=about.dated_on
            ).report
        ),
        sent=repr((about.title, about.dated_on, name, content.hexdigest())).encode(),
    )


@router.delete("/evidence/{id}", response=Removed, summary="Take evidence away from a report")
@needs("plan.report")
def remove_evidence(request: HttpRequest, id: Word) -> HttpResponse:
    def remove() -> Removed:
        changes.remove_evidence(actor_of(request), id)
        return Removed(id)

    return write_once(request, Removed, remove)


def _write(request: HttpRequest, change: Callable[[], Report], sent: bytes | None = None) -> HttpResponse:
    """Make the change, and answer with the report as the actor may see it afterwards."""

    def report() -> reads.ReportRow:
        return reads.report(actor_of(request), change().pk)

    return write_once(request, reads.ReportRow, report, sent=sent)

"""The desk: the rounds one is part of, and one round as a region, an assessor or the nation sees it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from balai.base import tenancy
from balai.base.access import actor_of, needs
from balai.evaluation import reads
from balai.evaluation.pages.asking import show
from balai.evaluation.rules.rounds import is_within


@require_safe
@needs("evaluation.read")
def index(request: HttpRequest) -> HttpResponse:
    """Every round the actor is part of; assessors see whom they judge, the nation what it holds."""
    actor = actor_of(request)
    own = [row for row in reads.assessments(actor) if row.withdrawn_at is None]
    advice = reads.recommendations(actor) if actor.tenant != tenancy.NATIONAL else ()
    return show(
        request,
        "evaluation/desk/index.html",
        {
            "rounds": reads.rounds(actor),
            "assessments": own,
            "runs": reads.runs(actor),
            "is_region": actor.tenant != tenancy.NATIONAL,
            "open_advice": sum(1 for row in advice if row.follow_up is None or row.follow_up.state == "open"),
            "now": timezone.now(),
        },
    )


@require_safe
@needs("evaluation.read")
def round_(request: HttpRequest, key: UUID) -> HttpResponse:
    """One round: the region's own state, or how far every region is."""
    actor = actor_of(request)
    row = reads.round_(actor, key)
    if actor.tenant == tenancy.NATIONAL:
        return _of_the_nation(request, key)
    sheet = reads.sheet(actor, key)
    now = timezone.now()
    sent = sheet.participation.submitted_at if sheet.participation else None
    visible = [line for line in sheet.lines if actor.may("evaluation.submit") or line.answer]
    return show(
        request,
        "evaluation/desk/round.html",
        {
            "row": row,
            "sheet": sheet,
            "instrument": sheet.instrument,
            "is_open": is_within(now, row.opens_at, sheet.due_at) and not sent and not row.frozen_at,
            "answered": sum(1 for line in visible if line.answer and line.answer.answered_at),
            "questions": len(visible),
            "confirmed": sum(1 for line in visible if line.answer and line.answer.confirmed_at),
            "parts": _parts(sheet, visible),
            "visits": reads.visits(actor, sheet.invitation.pk),
            "results": reads.results(actor, key) if row.frozen_at else (),
            "may_submit": actor.may("evaluation.submit"),
        },
    )


def _parts(sheet: reads.Sheet, visible: list[reads.AnswerLine]) -> list[dict[str, object]]:
    found = []
    for part in sheet.instrument.parts:
        lines = [line for line in visible if line.question.part == part.key]
        lacking = sum(1 for line in lines if line.lack)
        if lines:
            found.append(
                {"part": part, "count": len(lines), "whole": len(lines) - lacking, "lacking": lacking}
            )
    return found


def _of_the_nation(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = reads.round_(actor, key)
    runs = reads.runs(actor)
    standing = {each.region_tenant: each for each in reads.provisional(actor, key)} if runs else {}
    rows = reads.standing(actor, key)
    return show(
        request,
        "evaluation/desk/national_round.html",
        {
            "row": row,
            "instrument": reads.instrument_of(row),
            "rows": [(each, standing.get(each.invitation.region_tenant)) for each in rows],
            "runs": runs,
            "finished": sum(1 for each in rows if each.assessors and each.finished == each.assessors),
            "submitted": sum(1 for each in rows if each.is_submitted),
            "results": reads.results(actor, key) if row.frozen_at else (),
        },
    )

"""The plan for programs: the reads of its pages, and the progress report.

Fractions are text ("47/51") and money whole rupiah, so nothing is lost on the way.
"""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from balai.base.access import actor_of, needs
from balai.plan import reads

router = Router(tags=["plan"])


def today() -> date:
    return timezone.localdate()


@router.get("/masterplans", response=list[reads.PlanRow], summary="Masterplans of the local government")
@needs("plan.read")
def masterplans(request: HttpRequest) -> tuple[reads.PlanRow, ...]:
    return reads.masterplans(actor_of(request))


@router.get("/masterplan", response=reads.Plan, summary="One masterplan with its books, bodies and versions")
@needs("plan.read")
def masterplan(request: HttpRequest, id: UUID | None = None) -> reads.Plan:
    return reads.masterplan(actor_of(request), id)


@router.get("/programme", response=reads.ProgrammeTree, summary="Dimensions, actions and realisation of a year")
@needs("plan.read")
def programme(request: HttpRequest, year: int | None = None, plan: UUID | None = None) -> reads.ProgrammeTree:
    return reads.programme_tree(actor_of(request), plan, year or today().year, today())


@router.get("/realisation", response=list[reads.Count], summary="Realisation by three rules, with its sum")
@needs("plan.read")
def realisation(
    request: HttpRequest, year: int | None = None, plan: UUID | None = None
) -> tuple[reads.Count, ...]:
    return reads.realisation(actor_of(request), plan, year or today().year, today())


@router.get("/actions/{code}", response=reads.ActionStory, summary="One action: targets, reports, money, evidence")
@needs("plan.read")
def action(
    request: HttpRequest, code: str, year: int | None = None, plan: UUID | None = None
) -> reads.ActionStory:
    return reads.action(actor_of(request), code, year or today().year, today(), plan)


@router.get("/quick-wins", response=list[reads.QuickWinRow], summary="Quick wins with their ten elements")
@needs("plan.read")
def quick_wins(
    request: HttpRequest, year: int | None = None, plan: UUID | None = None
) -> tuple[reads.QuickWinRow, ...]:
    return reads.quick_wins(actor_of(request), plan, year or today().year, today())


@router.get("/money", response=reads.PlanMoney, summary="Budget and spending by source")
@needs("plan.read")
def money(request: HttpRequest, year: int | None = None, plan: UUID | None = None) -> reads.PlanMoney:
    return reads.money(actor_of(request), plan, year or today().year)


@router.get("/published-figures", response=list[reads.PublishedRow], summary="Figures somebody published")
@needs("plan.read")
def published_figures(
    request: HttpRequest, year: int | None = None, subject: str = ""
) -> tuple[reads.PublishedRow, ...]:
    return reads.published(actor_of(request), year, subject)


@router.get("/stages", response=list[reads.StageRow], summary="Frozen stages with the figures of their day")
@needs("plan.read")
def stages(request: HttpRequest, plan: UUID | None = None) -> tuple[reads.StageRow, ...]:
    return reads.stages(actor_of(request), plan)


@router.get("/shared-programmes", response=list[reads.SharedProgramme], summary="Programmes of several regions")
@needs("plan.read")
def shared_programmes(request: HttpRequest) -> tuple[reads.SharedProgramme, ...]:
    return reads.shared_programmes(actor_of(request))


@router.get("/search", response=list[reads.Hit], summary="Search over the plan")
@needs("plan.read")
def search(request: HttpRequest, q: str, most: int = Query(20, ge=1, le=100)) -> tuple[reads.Hit, ...]:
    return reads.search(actor_of(request), q, most)


@router.get("/due", response=reads.Due, summary="Reports my office owes, by urgency")
@needs("plan.report")
def due(request: HttpRequest) -> reads.Due:
    return reads.due(actor_of(request), today())


@router.get("/verify-queue", response=list[reads.QueueRow], summary="Reports waiting to be verified")
@needs("plan.verify")
def verify_queue(request: HttpRequest) -> tuple[reads.QueueRow, ...]:
    return reads.verify_queue(actor_of(request), today())


@router.get("/offices-late", response=list[reads.OfficeLate], summary="Offices that owe reports")
@needs("plan.verify")
def offices_late(request: HttpRequest) -> tuple[reads.OfficeLate, ...]:
    return reads.offices_late(actor_of(request), today())


@router.get("/reports/{id}", response=reads.ReportRow, summary="One report with its evidence")
@needs("plan.read")
def report(request: HttpRequest, id: UUID) -> reads.ReportRow:
    return reads.report(actor_of(request), id)

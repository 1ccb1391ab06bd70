"""What everybody may read of the plan: the same reads as its pages.

Fractions are text ("47/51"), decimals are text ("92.16") and money is whole
rupiah, so nothing is lost on the way.
"""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import After, Limit, Page, Router, Word, Year, page
from balai.plan import reads
from balai.plan.pages.asked import today

router = Router()

Plan = Annotated[Word, Field(description="id of a masterplan; without one, the plan in force")]
AsOf = Annotated[Year, Field(description="whose targets and reports are counted; this year without one")]
AnyYear = Annotated[Year, Field(description="only this year; all years without one")]


@router.get("/masterplans", response=list[reads.PlanRow], summary="Masterplans of the local government")
@needs("plan.read")
def masterplans(request: HttpRequest) -> tuple[reads.PlanRow, ...]:
    return reads.masterplans(actor_of(request))


@router.get("/masterplan", response=reads.Plan, summary="One masterplan with its books, bodies and versions")
@needs("plan.read")
def masterplan(request: HttpRequest, id: Plan | None = None) -> reads.Plan:
    return reads.masterplan(actor_of(request), id)


@router.get(
    "/programme", response=reads.ProgrammeTree, summary="Dimensions, actions and realisation of a year"
)
@needs("plan.read")
def programme(
    request: HttpRequest, year: AsOf | None = None, plan: Plan | None = None
) -> reads.ProgrammeTree:
    return reads.programme_tree(actor_of(request), plan, year or today().year, today())


@router.get("/programmes", response=list[reads.ProgrammeRow], summary="Programmes of a masterplan")
@needs("plan.read")
def programmes(request: HttpRequest, plan: Plan | None = None) -> tuple[reads.ProgrammeRow, ...]:
    actor = actor_of(request)
    return reads.programmes(actor, plan or reads.masterplan(actor).plan.id)


@router.get("/realisation", response=list[reads.Count], summary="Realisation by three rules, with its sum")
@needs("plan.read")
def realisation(
    request: HttpRequest, year: AsOf | None = None, plan: Plan | None = None
) -> tuple[reads.Count, ...]:
    return reads.realisation(actor_of(request), plan, year or today().year, today())


@router.get("/figure-kinds", response=list[reads.Kinds], summary="Figures computed and figures typed")
@needs("plan.read")
def figure_kinds(
    request: HttpRequest, year: AsOf | None = None, plan: Plan | None = None
) -> tuple[reads.Kinds, ...]:
    """Return, by origin, how many figures of progress stand and how many are computed from records."""
    return tuple(reads.figure_kinds(actor_of(request), plan, year or today().year).values())


@router.get("/actions", response=Page[reads.ActionRow], summary="Actions of a masterplan as seen in a year")
@needs("plan.read")
def actions(
    request: HttpRequest,
    year: AsOf | None = None,
    plan: Plan | None = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[reads.ActionRow]:
    tree = reads.programme_tree(actor_of(request), plan, year or today().year, today())
    return page(tree.actions, lambda row: row.id, after, limit)


@router.get(
    "/actions/{code}", response=reads.ActionStory, summary="One action: targets, reports, money, evidence"
)
@needs("plan.read")
def action(
    request: HttpRequest, code: Word, year: AsOf | None = None, plan: Plan | None = None
) -> reads.ActionStory:
    """Return one action by its code in the plan, or by its id in any plan."""
    return reads.action(actor_of(request), code, year or today().year, today(), plan)


@router.get("/quick-wins", response=list[reads.QuickWinRow], summary="Quick wins with their ten elements")
@needs("plan.read")
def quick_wins(
    request: HttpRequest, year: AsOf | None = None, plan: Plan | None = None
) -> tuple[reads.QuickWinRow, ...]:
    return reads.quick_wins(actor_of(request), plan, year or today().year, today())


@router.get("/money", response=reads.PlanMoney, summary="Budget and spending by source")
@needs("plan.read")
def money(request: HttpRequest, year: AsOf | None = None, plan: Plan | None = None) -> reads.PlanMoney:
    return reads.money(actor_of(request), plan, year or today().year)


@router.get("/published-figures", response=Page[reads.PublishedRow], summary="Figures somebody published")
@needs("plan.read")
def published_figures(
    request: HttpRequest,
    year: AnyYear | None = None,
    subject: Word = "",
    after: After = "",
    limit: Limit = 100,
) -> Page[reads.PublishedRow]:
    rows = reads.published(actor_of(request), year, subject)
    return page(rows, lambda row: row.id, after, limit)


@router.get(
    "/published-totals",
    response=list[reads.PublishedTotal],
    summary="Published totals, with the sums that can and cannot give them",
)
@needs("plan.read")
def published_totals(request: HttpRequest, year: AnyYear | None = None) -> tuple[reads.PublishedTotal, ...]:
    return reads.published_totals(actor_of(request), year)


@router.get("/periods", response=list[reads.PeriodRow], summary="Reporting periods of a year")
@needs("plan.read")
def periods(request: HttpRequest, year: AsOf | None = None) -> tuple[reads.PeriodRow, ...]:
    return reads.periods(actor_of(request), year or today().year)


@router.get("/stages", response=list[reads.StageRow], summary="Frozen stages with the figures of their day")
@needs("plan.read")
def stages(request: HttpRequest, plan: Plan | None = None) -> tuple[reads.StageRow, ...]:
    return reads.stages(actor_of(request), plan)


@router.get("/stages/{id}", response=reads.StageRow, summary="One frozen stage")
@needs("plan.read")
def stage(request: HttpRequest, id: Word) -> reads.StageRow:
    return reads.stage(actor_of(request), id)


@router.get(
    "/shared-programmes", response=list[reads.SharedProgramme], summary="Programmes of several regions"
)
@needs("plan.read")
def shared_programmes(request: HttpRequest) -> tuple[reads.SharedProgramme, ...]:
    return reads.shared_programmes(actor_of(request))


@router.get(
    "/standings", response=list[reads.Standing], summary="The regions in view, each with its realisation"
)
@needs("plan.read")
def standings(request: HttpRequest, year: AsOf | None = None) -> tuple[reads.Standing, ...]:
    return reads.standings(actor_of(request), year or today().year, today())


@router.get("/search", response=list[reads.Hit], summary="Search over the plans in force")
@needs("plan.read")
def search(
    request: HttpRequest, q: Word, most: Annotated[int, Field(ge=1, le=100)] = 20
) -> tuple[reads.Hit, ...]:
    return reads.search(actor_of(request), q, most)


@router.get("/reports/{id}", response=reads.ReportRow, summary="One report with its evidence")
@needs("plan.read")
def report(request: HttpRequest, id: Word) -> reads.ReportRow:
    """Return a verified report to everybody, another one to its office and to those who verify."""
    return reads.report(actor_of(request), id)

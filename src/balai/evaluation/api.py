"""The evaluation for programs: published results, instruments, rounds, and the scores of an assessor."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field

from balai.base import tenancy
from balai.base.access import actor_of, needs, public
from balai.base.api import After, Body, Limit, Page, Prose, Router, Version, Word, Year, page, write_once
from balai.base.errors import NotFound
from balai.evaluation import changes, reads, rules
from balai.evaluation.models import Round
from balai.evaluation.pages.public import PUBLISHED
from balai.evaluation.survey_api import router as surveys

router = Router(tags=["evaluation"])
router.add_router("/surveys", surveys)

Family = Annotated[str, Field(pattern="^(smartcity|spbe)$", description="smartcity or spbe")]


@dataclass(frozen=True)
class PublishedResultRow:
    """One row as a ministry published it; `index` is null for who did not take part, which is no zero."""

    id: UUID
    year: int
    stage: str
    group: str
    unit: str
    region_code: str
    took_part: bool
    values: dict[str, str]
    index: Decimal | None
    change: Decimal | None
    predicate: str
    rank_in_group: int | None
    rank_in_nation: int | None
    instrument: str
    source: str


@router.get("/results", response=Page[PublishedResultRow], summary="Published results of a year, by name")
@public(PUBLISHED)
def results(
    request: HttpRequest, family: Family, year: Year, after: After = "", limit: Limit = 100
) -> Page[PublishedResultRow]:
    rows = [_published(each) for each in reads.published(actor_of(request), family, year)]
    return page(rows, lambda row: row.id, after, limit)


def _published(seen: reads.PublishedSeen) -> PublishedResultRow:
    row = seen.row
    return PublishedResultRow(
        row.pk,
        row.year,
        row.stage,
        row.group,
        row.unit,
        row.region_code,
        row.took_part,
        row.values if row.took_part else {},
        row.total if row.took_part else None,
        row.change,
        row.predicate,
        seen.rank_in_group,
        seen.rank_in_nation,
        row.instrument.code,
        row.source,
    )


@dataclass(frozen=True)
class Listed:
    """An instrument by which cities are judged."""

    code: str
    name: str
    family: str
    group: str
    rounding: str
    questions: int
    weights: dict[str, Decimal]


@router.get("/instruments", response=list[Listed], summary="Instruments with their weights in percent")
@public("The questions by which cities are judged are open to everybody.")
def instruments(request: HttpRequest) -> list[Listed]:
    return [
        Listed(
            each.value.code,
            str(each.value.name),
            each.value.family,
            each.value.group,
            each.value.rounding,
            len(each.value.questions),
            dict(each.value.weights),
        )
        for each in rules.instruments().values()
    ]


@dataclass(frozen=True)
class RoundRow:
    id: UUID
    code: str
    title: str
    year: int
    instrument: str
    opens_at: datetime
    answers_due_at: datetime
    scores_due_at: datetime
    frozen_at: datetime | None


@router.get("/rounds", response=list[RoundRow], summary="Rounds I may know of, newest first")
@needs("evaluation.read")
def rounds(request: HttpRequest) -> list[RoundRow]:
    return [_round(row) for row in reads.rounds(actor_of(request))]


def _round(row: Round) -> RoundRow:
    return RoundRow(
        row.pk,
        row.code,
        row.title,
        row.year,
        row.instrument.code,
        row.opens_at,
        row.answers_due_at,
        row.scores_due_at,
        row.frozen_at,
    )


@dataclass(frozen=True)
class StandingRow:
    """How far one region is in a round."""

    region: str
    region_name: str
    answered: int
    questions: int
    is_submitted: bool
    assessors: int
    finished: int


@router.get("/rounds/{id}/standing", response=list[StandingRow], summary="How far each region is")
@needs("evaluation.read")
def standing(request: HttpRequest, id: Word) -> list[StandingRow]:
    return [
        StandingRow(
            each.invitation.region_tenant,
            each.invitation.region_name,
            each.answered,
            each.questions,
            each.is_submitted,
            each.assessors,
            each.finished,
        )
        for each in reads.standing(actor_of(request), id)
    ]


@router.get("/rounds/{id}/results", response=list[reads.Placed], summary="Frozen results of a round")
@needs("evaluation.read")
def frozen(request: HttpRequest, id: Word) -> list[reads.Placed]:
    return list(reads.results(actor_of(request), id))


@dataclass(frozen=True)
class AnswerRow:
    """What the region says to a question; nothing where it has not been answered or may not be seen."""

    question: str
    part: str
    level: int | None
    value: Decimal | None
    text: str
    answered_by: str
    answered_at: datetime | None
    is_confirmed: bool
    inner_level: int | None
    evidence: int
    lacks_answer: bool
    lacks_evidence: bool


@router.get("/rounds/{id}/answers", response=list[AnswerRow], summary="My region's self-assessment")
@needs("evaluation.read")
def answers(request: HttpRequest, id: Word) -> list[AnswerRow]:
    actor = actor_of(request)
    if actor.tenant == tenancy.NATIONAL:
        raise NotFound("A self-assessment is read at the host of its region.")
    return [_answer(line) for line in reads.sheet(actor, id).lines]


def _answer(line: reads.AnswerLine) -> AnswerRow:
    row = line.answer
    return AnswerRow(
        line.question.key,
        line.question.part,
        row.level if row else None,
        row.value if row else None,
        row.text if row else "",
        row.answered_by if row else "",
        row.answered_at if row else None,
        bool(row and row.confirmed_at),
        line.inner.level if line.inner else None,
        len(line.evidence),
        bool(line.lack and line.lack.answer),
        bool(line.lack and line.lack.evidence),
    )


@dataclass(frozen=True)
class AssessmentRow:
    """A region I am to judge."""

    id: UUID
    round: UUID
    region: str
    region_name: str
    declared_at: datetime | None
    has_conflict: bool
    finished_at: datetime | None


@router.get("/assessments", response=list[AssessmentRow], summary="The regions I judge")
@needs("evaluation.assess")
def assessments(request: HttpRequest) -> list[AssessmentRow]:
    return [
        AssessmentRow(
            row.pk,
            row.invitation.round_id,
            row.invitation.region_tenant,
            row.invitation.region_name,
            row.declared_at,
            row.has_conflict,
            row.finished_at,
        )
        for row in reads.assessments(actor_of(request))
    ]


@dataclass(frozen=True)
class ScoreRow:
    question: str
    value: int
    note: str
    version: int


@router.get("/assessments/{id}/scores", response=list[ScoreRow], summary="My scores of a region")
@needs("evaluation.assess")
def scores(request: HttpRequest, id: Word) -> list[ScoreRow]:
    found = reads.score_sheet(actor_of(request), id)
    return [ScoreRow(key, row.value, row.note, row.version) for key, row in found.scores.items()]


class Scored(Body):
    """A score of one question. `version` is the one you saw, null when you saw none."""

    question: Word
    value: Annotated[int, Field(strict=True, ge=0, le=100)]
    note: Prose = ""
    version: Version | None


@router.post("/assessments/{id}/scores", response=ScoreRow, summary="Score one question")
@needs("evaluation.assess")
def give(request: HttpRequest, id: Word, body: Scored) -> HttpResponse:
    def change() -> ScoreRow:
        row = changes.score(
            actor_of(request),
            id,
            body.question,
            body.value,
            body.note,
            version=body.version,
            at=timezone.now(),
        )
        return ScoreRow(row.question, row.value, row.note, row.version)

    return write_once(request, ScoreRow, change)

"""Impact surveys for programs: which are held and what they found; for offices, opening and ending them.

An answer is given on the pages alone: a program that could send answers could stuff them.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field
from pydantic import AwareDatetime

from balai.base.access import actor_of, needs, public
from balai.base.api import Body, Prose, Router, Word, Year, write_once
from balai.base.errors import NotFound
from balai.evaluation import changes, reads
from balai.evaluation.models import Survey
from balai.evaluation.pages.surveys import OPEN_TO_ALL

router = Router()


@dataclass(frozen=True)
class SurveyRow:
    """A survey among the users of one programme or action.

    Attributes:
        subject: "programme:<code>" or "action:<code>".
        target: users that must answer before its result is valid.
        state: waiting, open or closed; a result is there once it is closed.
    """

    code: str
    title: str
    year: int
    definition: str
    subject: str
    subject_name: str
    dimensions: list[str]
    opens_at: datetime
    closes_at: datetime
    target: int
    state: str


def _survey(row: Survey) -> SurveyRow:
    now = timezone.now()
    state = "open" if reads.is_open(row, now) else "closed" if reads.is_closed(row, now) else "waiting"
    return SurveyRow(
        row.code,
        row.title,
        row.year,
        row.definition,
        f"{row.subject}:{row.subject_code}",
        row.subject_name,
        list(row.dimensions),
        row.opens_at,
        row.closes_at,
        row.target,
        state,
    )


@router.get("", response=list[SurveyRow], summary="Surveys of the region that have opened, newest first")
@public(OPEN_TO_ALL)
def surveys(request: HttpRequest) -> list[SurveyRow]:
    return [_survey(row) for row in reads.announced(timezone.now())]


@dataclass(frozen=True)
class SurveyLine:
    """What was found of a question, part, dimension or group; null where too few answered to be shown.

    Attributes:
        level: question, part, dimension, or often (a group by how often they used it).
        counts: answers of each value, of questions alone.
    """

    level: str
    key: str
    name: str
    mean: Decimal | None
    answers: int | None
    unknown: int | None
    counts: dict[str, int] | None


@dataclass(frozen=True)
class SurveyFound:
    """`users` alone are reckoned; who did not use the programme is counted in `others`."""

    survey: SurveyRow
    users: int
    others: int
    is_valid: bool
    lines: list[SurveyLine]


@router.get("/{code}/results", response=SurveyFound, summary="What a closed survey found")
@public(OPEN_TO_ALL)
def survey_results(request: HttpRequest, code: Word) -> SurveyFound:
    now = timezone.now()
    row = reads.announced_one(code, now)
    result = reads.survey_found(row, now)
    if result is None:
        raise NotFound("The results can be read once the survey is closed.")
    names = reads.survey_names()
    often = {way.key: str(way.label) for way in reads.text_of(row).often.options}
    lines = [
        SurveyLine(
            "question",
            each.question.key,
            str(each.question.text),
            each.mean.shown,
            None if each.counts is None else each.answers,
            None if each.counts is None else each.unknown,
            None if each.counts is None else {str(value): count for value, count in each.counts.items()},
        )
        for each in result.questions
    ]
    for level, parts in (("part", result.parts), ("dimension", result.dimensions)):
        lines += [
            SurveyLine(level, each.key, names.get(each.key, each.key), each.mean.shown, None, None, None)
            for each in parts
        ]
    lines += [
        SurveyLine("often", each.key, often.get(each.key, each.key), each.mean.shown, each.users, None, None)
        for each in result.groups
    ]
    return SurveyFound(_survey(row), result.users, result.others, result.is_valid, lines)


@dataclass(frozen=True)
class SheetRow:
    """One printed sheet: codes on it that are left or used, and those used."""

    sheet: int
    codes: int
    used: int


@dataclass(frozen=True)
class SurveyStanding:
    """How far a survey of my office is; what was said is told once it is closed."""

    survey: SurveyRow
    users: int
    others: int
    contacts: int
    contacts_used: int
    sheets: list[SheetRow]


@router.get("/{code}/standing", response=SurveyStanding, summary="How far a survey of my office is")
@needs("evaluation.survey")
def survey_standing(request: HttpRequest, code: Word) -> SurveyStanding:
    row = reads.survey_of(actor_of(request), code)
    far = reads.intake(row)
    sheets = [SheetRow(*each) for each in far.sheets]
    return SurveyStanding(_survey(row), far.users, far.others, far.contacts, far.contacts_spent, sheets)


class SurveyToOpen(Body):
    """A survey. Without `dimensions` it asks about those of its programme or action."""

    code: Word
    title: Word
    year: Year
    definition: Word
    subject: Annotated[Word, Field(description="programme:<code> or action:<code>")]
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    target: Annotated[int, Field(strict=True, ge=1, le=32_000)]
    dimensions: Annotated[list[Word], Field(max_length=20)] = []


@router.post("", response=SurveyRow, summary="Open a survey")
@needs("evaluation.survey")
def open_survey(request: HttpRequest, body: SurveyToOpen) -> HttpResponse:
    def change() -> SurveyRow:
        told = body.model_dump() | {"dimensions": tuple(body.dimensions)}
        return _survey(changes.open_survey(actor_of(request), changes.SurveyDraft(**told), timezone.now()))

    return write_once(request, SurveyRow, change)


class SurveyToEnd(Body):
    """Another end; one in the past ends the survey now."""

    until: AwareDatetime
    reason: Prose


@router.post("/{code}/end", response=SurveyRow, summary="Let a survey end earlier or later")
@needs("evaluation.survey")
def end_survey(request: HttpRequest, code: Word, body: SurveyToEnd) -> HttpResponse:
    def change() -> SurveyRow:
        return _survey(changes.end_survey(actor_of(request), code, body.until, body.reason, timezone.now()))

    return write_once(request, SurveyRow, change)

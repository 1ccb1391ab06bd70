"""Surveys: those an officer may work on, what everybody may read of one, and what it found.

What was found is reckoned once the survey is closed. While answers come in only
their number is told: who saw the mean after every answer would know each answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.base.twins import FlatRow
from balai.definitions import axis_set
from balai.evaluation.models import Survey, SurveyAnswer, SurveyPass
from balai.evaluation.rules.rounds import is_within
from balai.evaluation.rules.survey import USES, YES, QuestionResult, SurveyResult, SurveyText, survey_result
from balai.evaluation.rules.survey_loading import survey_form
from balai.forms.rules import Form
from balai.plan import reads as plan

VERB = "evaluation.survey"


@dataclass(frozen=True)
class Subject:
    """A programme or action of the plan that a survey may be about; `office` is its owner's id or None."""

    kind: str
    code: str
    name: str
    dimensions: tuple[str, ...]
    office: UUID | None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.code}"


def survey_subjects(actor: Actor, year: int, on: date) -> tuple[Subject, ...]:
    """Return what the actor may open a survey about: programmes and actions, or actions of their office."""
    reach = actor.reach(VERB)
    if reach is None:
        return ()
    try:
        rows = plan.programme_tree(actor, None, year, on).actions
    except NotFound:
        return ()
    programmes: dict[str, Subject] = {}
    actions = []
    for row in rows:
        if reach is Reach.TENANT:
            known = programmes.get(row.programme_code)
            dimensions = dict.fromkeys((*(known.dimensions if known else ()), *row.dimensions))
            programmes[row.programme_code] = Subject(
                Survey.Subject.PROGRAMME, row.programme_code, row.programme_title, tuple(dimensions), None
            )
        if reach is Reach.TENANT or str(row.owner_id) in actor.offices:
            actions.append(
                Subject(Survey.Subject.ACTION, row.code, row.title, tuple(row.dimensions), row.owner_id)
            )
    return (*programmes.values(), *actions)


def surveys_of(actor: Actor) -> QuerySet[Survey]:
    """Return the surveys the actor works on, newest first."""
    reach = actor.reach(VERB)
    rows = Survey.objects.filter(tenant=tenancy.current_tenant()).select_related("office")
    if actor.tenant != tenancy.current_tenant() or reach is None:
        return rows.none()
    return rows.filter(office_id__in=actor.offices) if reach is Reach.OFFICE else rows


def survey_of(actor: Actor, code: str) -> Survey:
    """Return one survey the actor works on. Raises NotFound."""
    found = surveys_of(actor).filter(code=code).first()
    if found is None:
        raise NotFound(_("Survei itu tidak ada, atau bukan milik kantor Anda."))
    return found


def announced(at: datetime) -> tuple[Survey, ...]:
    """Return the surveys of the region that have opened, newest first; everybody may know of them."""
    return tuple(Survey.objects.filter(tenant=tenancy.current_tenant(), opens_at__lte=at))


def announced_one(code: str, at: datetime) -> Survey:
    """Return one survey that has opened. Raises NotFound."""
    found = Survey.objects.filter(tenant=tenancy.current_tenant(), code=code, opens_at__lte=at).first()
    if found is None:
        raise NotFound(_("Survei itu tidak ada, atau belum dibuka."))
    return found


def text_of(row: Survey) -> SurveyText:
    """Return the questions of a survey as they were when it was opened."""
    return SurveyText.kept(row.written)


def form_of(row: Survey) -> Form:
    """Return its form, as the engine draws and checks it."""
    return survey_form(row.written, tuple(row.dimensions))


def is_open(row: Survey, at: datetime) -> bool:
    return is_within(at, row.opens_at, row.closes_at)


def is_closed(row: Survey, at: datetime) -> bool:
    """Tell whether the last second of a survey is over, so that its results may be seen."""
    return at > row.closes_at and not is_open(row, at)


@dataclass(frozen=True)
class Intake:
    """How far a survey is: respondents, and what passes were given out.

    Attributes:
        sheets: (number of the sheet, codes on it that are left or used, used) of each printed sheet.
    """

    users: int
    others: int
    contacts: int
    contacts_spent: int
    sheets: tuple[tuple[int, int, int], ...]

    @property
    def codes(self) -> int:
        return sum(count for _sheet, count, _used in self.sheets)


def intake(row: Survey) -> Intake:
    """Return how far a survey of the actor is; the caller found it by `survey_of`."""
    said = _said(row)
    users = sum(1 for each in said if each.get(USES) == YES)
    used = Count("pk", filter=~Q(spent_with=""))
    passes = SurveyPass.objects.filter(tenant=row.tenant, survey=row)
    contacts = passes.filter(kind=SurveyPass.Kind.EMAIL).aggregate(all=Count("pk"), used=used)
    sheets = (
        passes.filter(kind=SurveyPass.Kind.CODE)
        .values("sheet")
        .annotate(all=Count("pk"), used=used)
        .order_by("sheet")
    )
    return Intake(
        users,
        len(said) - users,
        contacts["all"],
        contacts["used"],
        tuple((each["sheet"], each["all"], each["used"]) for each in sheets),
    )


def survey_found(row: Survey, at: datetime) -> SurveyResult | None:
    """Return what a survey found, None while it is not closed."""
    if not is_closed(row, at):
        return None
    return survey_result(text_of(row), row.dimensions, row.target, _said(row))


def _said(row: Survey) -> list[Mapping[str, str]]:
    return list(SurveyAnswer.objects.filter(tenant=row.tenant, survey=row).values_list("said", flat=True))


def survey_names() -> Mapping[str, str]:
    """Return the names of dimensions and sub-dimensions by key."""
    axes = axis_set().dimensions
    return {axis.key: str(axis.name) for axis in axes} | {
        part.key: str(part.name) for axis in axes for part in axis.parts
    }


def survey_rows(row: Survey, found: SurveyResult) -> tuple[FlatRow, ...]:
    """Return a line for each question, sub-dimension, dimension and group; "" where it is withheld."""
    values = [step.value for step in text_of(row).scale]
    nothing: FlatRow = dict.fromkeys(("answers", "unknown", *(f"value_{value}" for value in values)), "")
    head: FlatRow = {
        "survey": row.code,
        "title": row.title,
        "subject": row.subject_name,
        "users": found.users,
        "others": found.others,
        "valid": "yes" if found.is_valid else "no",
    }
    lines: list[FlatRow] = [
        {
            **head,
            "level": "question",
            "key": each.question.key,
            "name": str(each.question.text),
            "answers": each.answers if each.counts is not None else "",
            "unknown": each.unknown if each.counts is not None else "",
            **{f"value_{value}": (each.counts or {}).get(value, "") for value in values},
            "mean": _text(each.mean.shown),
        }
        for each in found.questions
    ]
    names = survey_names()
    for level, rows in (("part", found.parts), ("dimension", found.dimensions)):
        lines += [
            {
                **head,
                "level": level,
                "key": each.key,
                "name": names.get(each.key, each.key),
                **nothing,
                "mean": _text(each.mean.shown),
            }
            for each in rows
        ]
    ways = {way.key: str(way.label) for way in text_of(row).often.options}
    lines += [
        {
            **head,
            "level": "often",
            "key": each.key,
            "name": ways.get(each.key, each.key),
            **nothing,
            "answers": each.users if each.users is not None else "",
            "mean": _text(each.mean.shown),
        }
        for each in found.groups
    ]
    return tuple(lines)


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def surveyed(
    year: int, questions: Iterable[str], at: datetime
) -> Mapping[str, tuple[Survey, QuestionResult]]:
    """Return by question the newest valid, closed survey of a year that asked it, with what it found.

    One about a programme of the question's own dimension alone goes before one that asked about everything.
    """
    wanted = set(questions)
    found: dict[str, tuple[Survey, QuestionResult]] = {}
    rows = Survey.objects.filter(tenant=tenancy.current_tenant(), year=year, closes_at__lt=at)
    for row in sorted(rows, key=lambda row: (-len(row.dimensions), row.closes_at)):
        result = survey_found(row, at)
        if result is None or not result.is_valid:
            continue
        for each in result.questions:
            if each.question.key in wanted and each.mean.exact is not None:
                found[each.question.key] = (row, each)
    return found

"""Two surveys of the demo city about illustrations: one closed with simulated answers, one that is open.

Their titles and programmes say so on every page and in every export. The answers go the way of
real ones: by a code, through the form, counted once.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.evaluation import changes, reads, rules
from balai.evaluation.models import Survey
from balai.evaluation.rules.survey import HOW, NO, OFTEN, UNKNOWN, USES, YES, SurveyText
from balai.people import reads as people

REGION = "35.73"
DEFINITION = "impact-2023"
CLOSED, OPEN = "contoh-kalender-wisata", "contoh-lokapasar"
USERS, OTHERS = 56, 5
_SEED = 3573


def load(at: datetime, say: Callable[[str], object]) -> int:
    """Open both surveys and let the simulated respondents answer the first; return how many rows are new.

    Where they are there already, or without the illustrations they are about, nothing is written.
    """
    if REGION not in {each.key for each in people.governments()}:
        return 0
    officer = system("demo", REGION, "evaluation.survey", "plan.read")
    with tenancy.scope(REGION):
        subjects = {each.key for each in reads.survey_subjects(officer, at.year, timezone.localdate(at))}
        written = 0
        for draft, opened, answers in _surveys(at):
            if draft.subject not in subjects:
                say(f"{draft.subject} tidak ada, survei contohnya dilewati")
            elif not Survey.objects.filter(code=draft.code).exists():
                row = changes.open_survey(officer, draft, opened)
                written += 1 + (_answer(officer, row, opened) if answers else 0)
        return written


def _surveys(at: datetime) -> tuple[tuple[changes.SurveyDraft, datetime, bool], ...]:
    """Return each survey, when it was opened, and whether it has answers."""
    today, zone = timezone.localdate(at), timezone.get_current_timezone()

    def draft(code: str, title: str, subject: str, first: int, last: int) -> changes.SurveyDraft:
        return changes.SurveyDraft(
            code=code,
            title=f"Ilustrasi: {title}",
            year=at.year,
            definition=DEFINITION,
            subject=subject,
            opens_at=datetime.combine(today + timedelta(days=first), time(8), tzinfo=zone),
            closes_at=datetime.combine(today + timedelta(days=last), time(23, 59, 59), tzinfo=zone),
            target=50,
        )

    closed = draft(CLOSED, "Kalender wisata (responden simulasi)", "action:IL-BRA-1", -60, -10)
    held = draft(OPEN, "Pendampingan masuk lokapasar (untuk dicoba)", "action:IL-ECO-1", -5, 40)
    return (closed, closed.opens_at, True), (held, held.opens_at, False)


def _answer(officer: Actor, row: Survey, at: datetime) -> int:
    """Let users and others answer, each with a printed code; return how many."""
    draw, text = Random(_SEED), rules.survey_text(DEFINITION).value  # noqa: S311  a simulation, no secret
    respondent = system("simulasi", REGION)
    _sheet, codes = changes.print_codes(officer, row.code, USERS + OTHERS, at)
    for number, code in enumerate(codes):
        ticket = changes.use_code(respondent, row.code, code, "simulasi", at)
        said = _said(text, row, draw) if number < USERS else {USES: NO}
        changes.answer_survey(respondent, row.code, ticket, said, at)
    return len(codes)


def _said(text: SurveyText, row: Survey, draw: Random) -> dict[str, Any]:
    """Return what a user says: around a mean of their own, now and then "I do not know"."""
    mood = draw.gauss(2.7, 0.7)
    found: dict[str, Any] = {
        USES: YES,
        HOW: draw.choice(text.how.options).key,
        OFTEN: draw.choice(text.often.options).key,
    }
    for question in text.asked(row.dimensions):
        value = min(text.most, max(0, round(draw.gauss(mood, 0.8))))
        told = UNKNOWN if draw.random() < 0.05 else str(value)
        found.setdefault(question.part.replace(".", "_").replace("-", "_"), {})[question.field] = told
    return found

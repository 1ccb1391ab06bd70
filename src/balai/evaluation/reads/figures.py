"""What plan, One Data and surveys already know of a question: offered as its answer, and where it is from.

Nothing is answered by itself; an officer takes a figure over, and its provenance goes with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.reads.indicators import latest
from balai.evaluation.reads.surveys import surveyed
from balai.evaluation.rules import Instrument, Question, half_up
from balai.plan import reads as plan

RECORDS = "record"
INDICATOR = "data."
SURVEY = "survey.mean"


@dataclass(frozen=True)
class Figure:
    """A figure for a question.

    Attributes:
        figure: as the instrument names it: "plan.actions", "data.<indicator>", "survey.mean".
        source: in words; `reference` is the key of the plan, the measurement or the survey it is from.
    """

    question: str
    figure: str
    value: Decimal
    unit: str
    as_of: date
    source: str
    reference: str

    def told(self) -> dict[str, Any]:
        """Return the provenance as it is kept with an answer."""
        return {
            "figure": self.figure,
            "value": f"{self.value:f}",
            "unit": self.unit,
            "as_of": self.as_of.isoformat(),
            "source": self.source,
            "reference": self.reference,
        }


def figures(
    actor: Actor, instrument: Instrument, year: int, region_code: str, on: date
) -> Mapping[str, Figure]:
    """Return the figures that are there for the questions of an instrument, by question.

    Args:
        year: of the round; questions about "last year" take the year before.
        region_code: of the actor's region.
        on: the local day it is looked at.
    """
    found = {**_of_plan(actor, instrument, year, on), **_of_surveys(instrument, year, on)}
    codes = {
        each.figure.removeprefix(INDICATOR): each.key
        for each in instrument.questions
        if each.figure.startswith(INDICATOR)
    }
    for (code, _region), measured in latest(actor, codes, [region_code], on).items() if codes else ():
        if measured.value is not None:
            found[codes[code]] = Figure(
                codes[code],
                f"{INDICATOR}{code}",
                measured.value,
                str(measured.unit),
                measured.period_ends_on,
                _("Satu Data"),
                str(measured.id),
            )
    return found


def _of_surveys(instrument: Instrument, year: int, on: date) -> dict[str, Figure]:
    """Return the means of the year's valid, closed surveys: of users alone, rounded once."""
    asked = [each.key for each in instrument.questions if each.figure == SURVEY]
    if not asked:
        return {}
    now = min(timezone.now(), datetime.combine(on, time.max, tzinfo=timezone.get_current_timezone()))
    found = {}
    for key, (row, said) in surveyed(year, asked, now).items():
        if said.mean.shown is not None:
            source = _("Survei “%(title)s”, %(number)d pengguna menjawab pertanyaan ini") % {
                "title": row.title,
                "number": said.answers,
            }
            closed = timezone.localtime(row.closes_at).date()
            found[key] = Figure(
                key, SURVEY, said.mean.shown, _("nilai rata-rata"), closed, source, f"survey:{row.code}"
            )
    return found


def _of_plan(actor: Actor, instrument: Instrument, year: int, on: date) -> dict[str, Figure]:
    asked = [each for each in instrument.questions if each.figure.startswith("plan.")]
    if not asked:
        return {}
    try:
        seen = plan.masterplan(actor)
    except NotFound:
        return {}
    made: dict[str, Figure] = {}
    before = plan.programme_tree(actor, None, year - 1, on)
    counted = [row for row in before.actions if row.is_planned and row.provenance.origin == RECORDS]
    meetings = [
        meeting
        for body in seen.bodies
        if body.kind == "council"
        for meeting in body.meetings
        if meeting.held_on.year == year
    ]
    shares = _shares(actor, year, on)
    for each in asked:
        told: tuple[Decimal, str] | None = None
        if each.figure == "plan.programmes":
            told = Decimal(len({row.programme_id for row in counted})), _("program")
        elif each.figure == "plan.actions":
            told = Decimal(len(counted)), _("rencana aksi")
        elif each.figure == "plan.council_meetings":
            told = Decimal(len(meetings)), _("sidang")
        elif each.figure == "plan.realisation" and each.dimension in shares:
            told = shares[each.dimension], _("persen")
        if told is not None:
            made[each.key] = _figure(each, told, seen, on)
    return made


def _figure(question: Question, told: tuple[Decimal, str], seen: plan.Plan, on: date) -> Figure:
    return Figure(question.key, question.figure, told[0], told[1], on, seen.plan.title, str(seen.plan.id))


def _shares(actor: Actor, year: int, on: date) -> dict[str, Decimal]:
    """Return the percent of planned actions that are done, by dimension, of what was recorded."""
    for count in plan.realisation(actor, None, year, on):
        if count.origin == RECORDS:
            return {
                key: half_up(tally.done / tally.planned * 100)
                for key, tally in count.tallies.items()
                if tally.planned
            }
    return {}

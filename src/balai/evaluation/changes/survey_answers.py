"""An answer to a survey: checked, kept apart from the pass that allowed it, and taken once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.evaluation.changes.survey_passes import digest, open_one, pass_of
from balai.evaluation.models import Survey, SurveyAnswer, SurveyPass
from balai.evaluation.reads.surveys import announced_one, form_of
from balai.evaluation.rules.survey_loading import flat_answers
from balai.forms import reads as forms
from balai.forms.rules import validate

PASSES_KEPT = timedelta(days=30)
"""How long passes stay after a survey is closed, so that nobody asks why they are refused."""


@transaction.atomic
def answer_survey(actor: Actor, code: str, ticket: str, answers: Mapping[str, Any], at: datetime) -> bool:
    """Take an answer. Sent again with its own ticket it is one answer; returns whether it is new.

    Raises:
        NotFound: no such survey or ticket. Locked: too late, or too early.
        Conflict: this contact or code has answered already.
        Invalid: with every fault.
    """
    row = announced_one(code, at)
    held = pass_of(row, ticket)
    if held.spent_with:
        return False
    open_one(code, at)
    form = form_of(row)
    checked = validate(
        form, dict(answers), forms.context(row.tenant, timezone.localtime(at).date())
    ).require()
    SurveyAnswer.objects.create(survey=row, said=flat_answers(form, checked.plain()))
    held.spent_with, held.tickets = digest(ticket), []
    held.save(update_fields=["spent_with", "tickets"])
    journal.write(actor, "survey.answer", row, code=row.code, by=held.kind)
    return True


def forget_passes(actor: Actor, at: datetime) -> int:
    """Remove the passes of surveys of the tenant that closed long ago; return how many."""
    done = 0
    old = Survey.objects.filter(tenant=tenancy.current_tenant(), closes_at__lt=at - PASSES_KEPT)
    for row in old.filter(passes__isnull=False).distinct():
        with transaction.atomic():
            count, _tables = SurveyPass.objects.filter(survey=row).delete()
            journal.write(actor, "survey.forget_passes", row, code=row.code, count=count)
        done += count
    return done

"""Work of the evaluation that comes back."""

from datetime import datetime, time

from balai.base import tenancy
from balai.base.actor import system
from balai.base.schedules import every
from balai.evaluation.changes import forget_passes


@every("evaluation.survey_passes", at=time(3, 40))
def forget_survey_passes(due: str) -> None:
    """Forget who could answer surveys that closed a month ago."""
    forget_passes(system("evaluation.surveys", tenancy.current_tenant()), datetime.fromisoformat(due))

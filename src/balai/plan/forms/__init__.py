"""What officers fill in about the plan; each form makes the draft that `changes` takes."""

from balai.plan.forms.actions import ActionForm, QuickWinForm, TieForm
from balai.plan.forms.money import FundForm, PledgeForm, SpendingForm
from balai.plan.forms.papers import (
    BodyForm,
    BookForm,
    FigureForm,
    MeetingForm,
    PlanningPeriodForm,
    WorkbookForm,
)
from balai.plan.forms.plans import AdoptForm, MasterplanForm, PartForm, ProgrammeForm, StageForm
from balai.plan.forms.reports import CorrectionForm, ReportForm

__all__ = [
    "ActionForm",
    "AdoptForm",
    "BodyForm",
    "BookForm",
    "CorrectionForm",
    "FigureForm",
    "FundForm",
    "MasterplanForm",
    "MeetingForm",
    "PartForm",
    "PlanningPeriodForm",
    "PledgeForm",
    "ProgrammeForm",
    "QuickWinForm",
    "ReportForm",
    "SpendingForm",
    "StageForm",
    "TieForm",
    "WorkbookForm",
]

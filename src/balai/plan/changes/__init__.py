"""Every write of the plan: may the actor? → check → write → journal, in one transaction.

Things are named by their keys. Each function says what it raises; whatever it
raises, nothing was written.
"""

from balai.plan.changes.actions import (
    ActionDraft,
    QuickWinDraft,
    ShareDraft,
    SupportDraft,
    check_action,
    create_action,
    edit_action,
    remove_action,
    write_quick_win,
)
from balai.plan.changes.computed import take_over
from balai.plan.changes.evidence import add_evidence, remove_evidence
from balai.plan.changes.funds import (
    FundDraft,
    WrittenFund,
    add_fund,
    check_fund,
    edit_fund,
    record_spending,
    remove_fund,
)
from balai.plan.changes.masterplans import (
    MasterplanDraft,
    add_book,
    add_planning_period,
    create_masterplan,
    edit_masterplan,
    record_meeting,
    remove_book,
    remove_planning_period,
    write_body,
)
from balai.plan.changes.periods import count_periods_again, lock_period, open_year
from balai.plan.changes.programmes import (
    ProgrammeDraft,
    create_programme,
    edit_programme,
    remove_programme,
)
from balai.plan.changes.published import (
    PublishedDraft,
    record_published_figure,
    remove_published_figure,
)
from balai.plan.changes.reports import (
    ReportDraft,
    correct_report,
    report,
    return_report,
    save_report,
    submit_report,
    verify_report,
)
from balai.plan.changes.shared import create_shared_programme, write_shared_part
from balai.plan.changes.stages import freeze_stage
from balai.plan.changes.ties import tie_action
from balai.plan.changes.uploads import Upload
from balai.plan.changes.versions import adopt, new_version

__all__ = [
    "ActionDraft",
    "FundDraft",
    "MasterplanDraft",
    "ProgrammeDraft",
    "PublishedDraft",
    "QuickWinDraft",
    "ReportDraft",
    "ShareDraft",
    "SupportDraft",
    "Upload",
    "WrittenFund",
    "add_book",
    "add_evidence",
    "add_fund",
    "add_planning_period",
    "adopt",
    "check_action",
    "check_fund",
    "correct_report",
    "count_periods_again",
    "create_action",
    "create_masterplan",
    "create_programme",
    "create_shared_programme",
    "edit_action",
    "edit_fund",
    "edit_masterplan",
    "edit_programme",
    "freeze_stage",
    "lock_period",
    "new_version",
    "open_year",
    "record_meeting",
    "record_published_figure",
    "record_spending",
    "remove_action",
    "remove_book",
    "remove_evidence",
    "remove_fund",
    "remove_planning_period",
    "remove_programme",
    "remove_published_figure",
    "report",
    "return_report",
    "save_report",
    "submit_report",
    "take_over",
    "tie_action",
    "verify_report",
    "write_body",
    "write_quick_win",
    "write_shared_part",
]

"""Every write of the evaluation: may the actor? -> check -> write -> journal, in one transaction.

Instants are passed in. Each function says what it raises; whatever it raises, nothing
was written. Those that may be sent again after a lost line write the same thing once.
"""

from balai.evaluation.changes.answers import (
    AnswerDraft,
    add_answer_evidence,
    allot,
    confirm_answer,
    remove_answer_evidence,
    save_answer,
    submit,
)
from balai.evaluation.changes.assessing import (
    RecommendationDraft,
    assign,
    declare_interest,
    finish,
    recommend,
    score,
    take_back,
    withdraw,
)
from balai.evaluation.changes.follow_ups import (
    answer_follow_up,
    close_follow_up,
    move_follow_up,
    prove_follow_up,
    take_up,
)
from balai.evaluation.changes.freezing import freeze, moderate
from balai.evaluation.changes.importing import Imported, import_published
from balai.evaluation.changes.rounds import RoundDraft, extend, invite, return_submission, start_round
from balai.evaluation.changes.survey_answers import answer_survey, forget_passes
from balai.evaluation.changes.survey_passes import ask_for_pin, use_code, verify_email
from balai.evaluation.changes.surveys import SurveyDraft, end_survey, open_survey, print_codes, void_sheet
from balai.evaluation.changes.visits import VisitDraft, add_visit_photo, plan_visit, write_visit_notes

__all__ = [
    "AnswerDraft",
    "Imported",
    "RecommendationDraft",
    "RoundDraft",
    "SurveyDraft",
    "VisitDraft",
    "add_answer_evidence",
    "add_visit_photo",
    "allot",
    "answer_follow_up",
    "answer_survey",
    "ask_for_pin",
    "assign",
    "close_follow_up",
    "confirm_answer",
    "declare_interest",
    "end_survey",
    "extend",
    "finish",
    "forget_passes",
    "freeze",
    "import_published",
    "invite",
    "moderate",
    "move_follow_up",
    "open_survey",
    "plan_visit",
    "print_codes",
    "prove_follow_up",
    "recommend",
    "remove_answer_evidence",
    "return_submission",
    "save_answer",
    "score",
    "start_round",
    "submit",
    "take_back",
    "take_up",
    "use_code",
    "verify_email",
    "void_sheet",
    "withdraw",
    "write_visit_notes",
]

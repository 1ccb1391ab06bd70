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
from balai.evaluation.changes.rounds import RoundDraft, extend, invite, start_round
from balai.evaluation.changes.visits import VisitDraft, add_visit_photo, plan_visit, write_visit_notes

__all__ = [
    "AnswerDraft",
    "Imported",
    "RecommendationDraft",
    "RoundDraft",
    "VisitDraft",
    "add_answer_evidence",
    "add_visit_photo",
    "allot",
    "answer_follow_up",
    "assign",
    "close_follow_up",
    "confirm_answer",
    "declare_interest",
    "extend",
    "finish",
    "freeze",
    "import_published",
    "invite",
    "moderate",
    "move_follow_up",
    "plan_visit",
    "prove_follow_up",
    "recommend",
    "remove_answer_evidence",
    "save_answer",
    "score",
    "start_round",
    "submit",
    "take_back",
    "take_up",
    "withdraw",
    "write_visit_notes",
]

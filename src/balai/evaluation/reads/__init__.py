"""Every query of the evaluation; each begins with what the actor may see (`sight`)."""

from balai.evaluation.reads.answers import AnswerLine, Sheet, sheet
from balai.evaluation.reads.assessing import (
    RegionStanding,
    ScoreSheet,
    Settled,
    assessments,
    moderation,
    score_sheet,
    standing,
    visits,
)
from balai.evaluation.reads.evidence import Paper, paper_file, papers, whole_papers
from balai.evaluation.reads.figures import Figure, figures
from balai.evaluation.reads.published import (
    PublishedSeen,
    index_before,
    index_of,
    published,
    published_of_region,
    published_result,
    published_years,
)
from balai.evaluation.reads.recommendations import Advice, follow_up_evidence, recommendations
from balai.evaluation.reads.results import AssessorWords, Placed, Report, report, results
from balai.evaluation.reads.scoring import Standing, provisional
from balai.evaluation.reads.sight import (
    due_at,
    instrument_kept,
    instrument_of,
    invitation,
    participation,
    round_,
    rounds,
    runs,
)

__all__ = [
    "Advice",
    "AnswerLine",
    "AssessorWords",
    "Figure",
    "Paper",
    "Placed",
    "PublishedSeen",
    "RegionStanding",
    "Report",
    "ScoreSheet",
    "Settled",
    "Sheet",
    "Standing",
    "assessments",
    "due_at",
    "figures",
    "follow_up_evidence",
    "index_before",
    "index_of",
    "instrument_kept",
    "instrument_of",
    "invitation",
    "moderation",
    "paper_file",
    "papers",
    "participation",
    "provisional",
    "published",
    "published_of_region",
    "published_result",
    "published_years",
    "recommendations",
    "report",
    "results",
    "round_",
    "rounds",
    "runs",
    "score_sheet",
    "sheet",
    "standing",
    "visits",
    "whole_papers",
]

"""Unfinished forms that may be seen, what is known of the applicant, and a step ready to be drawn."""

from balai.forms.reads.drafts import Held, draft, draft_answers, drafts, files_of, for_whom
from balai.forms.reads.drawing import Shown, show
from balai.forms.reads.known import context, facts_about, opened

__all__ = [
    "Held",
    "Shown",
    "context",
    "draft",
    "draft_answers",
    "drafts",
    "facts_about",
    "files_of",
    "for_whom",
    "opened",
    "show",
]

"""Every write of forms: begin, fill in step by step, keep for later, take up again, hand over, forget."""

from balai.forms.changes.filling import Filled, Outcome, check_version, fill
from balai.forms.changes.handing import Sealed, Taken, sealed, take
from balai.forms.changes.keeping import (
    KEPT,
    Begun,
    Filing,
    begin,
    discard,
    hand_out_code,
    prune,
    resume,
)

__all__ = [
    "KEPT",
    "Begun",
    "Filing",
    "Filled",
    "Outcome",
    "Sealed",
    "Taken",
    "begin",
    "check_version",
    "discard",
    "fill",
    "hand_out_code",
    "prune",
    "resume",
    "sealed",
    "take",
]

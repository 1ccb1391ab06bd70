"""The states of a report, and who may move it from one to the next.

    draft ──submit──▶ submitted ──verify──▶ verified
                        │    ▲
                     return  submit
                        ▼    │
                       returned

Nothing leaves `verified`: what was wrong is corrected by a new entry. What is
computed from data is born `computed` and stays so; a new figure is a new entry.
"""

from collections.abc import Mapping

SAVE = "report.save"
SUBMIT = "report.submit"
VERIFY = "report.verify"
RETURN = "report.return"
CORRECT = "report.correct"
CARRY = "report.carry"
COMPUTE = "report.compute"

AFTER: Mapping[str, str] = {
    SAVE: "draft",
    SUBMIT: "submitted",
    VERIFY: "verified",
    RETURN: "returned",
    CORRECT: "draft",
    COMPUTE: "computed",
}
"""Verb → state it leads to. Saving a returned report leaves it returned."""

ALLOWED: Mapping[str, frozenset[str]] = {
    SAVE: frozenset({"draft", "returned"}),
    SUBMIT: frozenset({"draft", "returned"}),
    VERIFY: frozenset({"submitted"}),
    RETURN: frozenset({"submitted"}),
}
"""Verb → states it may start from."""

STEPS: frozenset[tuple[str | None, str]] = frozenset(
    {
        (None, SAVE),
        (None, CORRECT),
        (None, CARRY),
        (None, COMPUTE),
        *((before, after) for before in (SAVE, CORRECT, CARRY) for after in (SAVE, SUBMIT)),
        (CARRY, VERIFY),
        (CARRY, RETURN),
        (SUBMIT, VERIFY),
        (SUBMIT, RETURN),
        (RETURN, SAVE),
        (RETURN, SUBMIT),
    }
)
"""Every pair of neighbouring acts on one report that the journal may show."""


def may_move(status: str, verb: str) -> bool:
    """Tell whether `verb` may be done to a report in `status`."""
    return status in ALLOWED[verb]

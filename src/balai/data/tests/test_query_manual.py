"""The manual names just what the gate lets through."""

import re

from django.conf import settings

from balai.data.rules.gate import allowed
from balai.data.rules.gate.values import MOST_CHARACTERS

MANUAL = settings.ROOT / "docs" / "how-to" / "bertanya-dengan-sql.md"


def listed(after: str) -> set[str]:
    """Return the words in code marks of the paragraph that begins after `after`."""
    paragraph = MANUAL.read_text("utf-8").partition(after)[2].lstrip().partition("\n\n")[0]
    return set(re.findall(r"`([^`]+)`", paragraph))


def test_the_manual_lists_every_function_of_the_gate_and_no_other() -> None:
    assert listed("Fungsi:") == set(allowed.FUNCTION_NAMES)


def test_the_manual_lists_every_type_of_the_gate() -> None:
    assert listed("`TRY_CAST`:") == set(allowed.TYPES.values())


def test_the_manual_says_how_long_a_question_may_be() -> None:
    text = MANUAL.read_text("utf-8")
    assert f"{MOST_CHARACTERS:,}".replace(",", ".") in text
    assert f"{allowed.MOST_JOINS} `JOIN`" in text

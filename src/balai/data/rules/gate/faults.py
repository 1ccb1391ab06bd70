"""Where in the text of a question something is wrong, and the refusal that says so."""

from django.utils.translation import gettext as _
from sqlglot import exp

from balai.base.errors import Fault, Invalid


def place_at(text: str, offset: int) -> str:
    """Name the line and column, both from 1, of the character at `offset`."""
    before = text[: max(offset, 0)]
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return _("Baris %(line)s, kolom %(column)s") % {"line": line, "column": column}


def place_of(node: exp.Expr, text: str) -> str:
    """Name where `node` stands; the parser marks only names, so the nearest one is taken."""
    start = _first_mark(node)
    above = node.parent
    while start is None and above is not None:
        start, above = _first_mark(above), above.parent
    return place_at(text, start) if start is not None else _("Pertanyaan")


def _first_mark(node: exp.Expr) -> int | None:
    marks = [int(part.meta["start"]) for part in node.walk() if "start" in part.meta]
    return min(marks, default=None)


def refusal(node: exp.Expr, text: str, wrong: str, right: str = "") -> Invalid:
    return Invalid([Fault(place_of(node, text), wrong, right)])

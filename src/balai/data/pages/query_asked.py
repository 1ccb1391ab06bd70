"""What a page of questions is asked with, and how a question is asked so that leaving ends it."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from balai.base.access import actor_of
from balai.base.errors import Fault
from balai.base.network import address_of
from balai.data.engines.reader import PULSE
from balai.data.pages.query_shown import Row, Wish
from balai.data.patience import Steps
from balai.data.reads.asking import question
from balai.data.reads.running import begin, limits
from balai.data.rules.gate import Column


@dataclass(frozen=True)
class Told:
    """The rows of an answer, and how long they took to come."""

    columns: tuple[Column, ...]
    rows: Sequence[Row]
    is_cut: bool
    seconds: float


@dataclass(frozen=True)
class Marked:
    """A fault of a question with the line it is in, and a mark under the place."""

    fault: Fault
    line: int
    column: int
    excerpt: str


def steps(
    request: HttpRequest,
    text: str,
    make: Callable[[Told], HttpResponseBase],
    most_rows: int | None = None,
) -> Steps:
    """Ask a question as whoever sent the request, stopping while nothing comes.

    Args:
        most_rows: fewer rows than the actor may see.

    Raises:
        Refused: by the gate, for want of a turn, or by the reader.
    """
    actor = actor_of(request)
    most = limits(actor).rows
    began = time.monotonic()
    asked = question(actor, text, min(most, most_rows or most))
    with begin(actor, asked, address=address_of(request)) as under_way:
        while not under_way.is_ready(PULSE):
            yield
        rows: list[Row] = []
        with under_way.answer() as answer:
            for row in answer.pulsing(PULSE):
                if row is None:
                    yield
                else:
                    rows.append(row)
    return make(Told(answer.columns, rows, answer.truncated, time.monotonic() - began))


def wish_in(sent: QueryDict) -> Wish:
    return Wish(sent.get("chart", ""), sent.get("x", ""), sent.get("y", ""))


def page_in(sent: QueryDict) -> int:
    number = sent.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1


def marked(text: str, fault: Fault) -> Marked:
    """Return a fault with the line of the question it names; line 0 where it names none."""
    found = re.search(r"(\d+)\D+(\d+)", fault.place)
    lines = text.replace("\r\n", "\n").split("\n")
    line, column = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 < line <= len(lines):
        return Marked(fault, 0, 0, "")
    return Marked(fault, line, column, _excerpt(lines[line - 1].replace("\t", " "), column))


def _excerpt(line: str, column: int) -> str:
    start = max(0, column - 40)
    return f"{line[start : start + 80]}\n{' ' * (column - 1 - start)}^"

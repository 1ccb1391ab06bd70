"""Questions in SQL over the datasets the actor may read.

    with reads.ask(actor, "SELECT year, count(*) AS n FROM plan_actions GROUP BY year") as answer:
        for row in answer.rows: ...

Every question, of a person, a page or an indicator, passes here: through the gate, which writes the
text anew, and to a reader process behind its walls.
"""

import re
from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings

from balai.base.actor import Actor
from balai.base.errors import Invalid
from balai.data.engines.reader import Answer, Export, Form
from balai.data.engines.serving import readers
from balai.data.reads.versions import Readable, readable
from balai.data.rules import gate
from balai.data.rules.gate import Question, Table

SECONDS_OF_AN_EXPORT = 600
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 20_000
_MOST_WORDS = 500


def question(
    actor: Actor, text: str, most_rows: int | None = None, tables: Mapping[str, Readable] | None = None
) -> Question:
    """Check a question and write it anew, without asking it.

    Args:
        most_rows: the most rows to show; what the installation allows when left out.
        tables: what it may read, by name, when not all that the actor may (an old version, say).

    Raises:
        Invalid: each fault with line and column, and what is allowed instead.
    """
    most = most_rows or settings.QUERY_MOST_ROWS
    if tables is not None:
        return gate.read(text, _tables(tables), most)
    words = set(_WORD.findall(text.lower()[:_LONGEST]))
    if len(words) <= _MOST_WORDS:
        # A catalogue may have thousands of datasets; a question names a few.
        with suppress(Invalid):
            return gate.read(text, _tables(readable(actor, words)), most)
    return gate.read(text, _tables(readable(actor)), most)


def _tables(known: Mapping[str, Readable]) -> Mapping[str, Table]:
    return {name: one.table for name, one in known.items()}


def ask(
    actor: Actor, text: str, most_rows: int | None = None, tables: Mapping[str, Readable] | None = None
) -> Answer:
    """Ask a question; see `question` for the arguments. Close the answer, or read it to its end.

    Raises:
        Invalid: the gate refused it.
        TooLong, TooMuchMemory, Busy, Gone, Refused: the reader could not; with words for the asker.
    """
    return answer(question(actor, text, most_rows, tables))


def answer(asked: Question) -> Answer:
    """Ask a question that passed the gate. Raises as `ask`."""
    return readers().ask(asked, seconds=settings.QUERY_SECONDS, memory_mb=settings.QUERY_MEMORY_MB)


def export(asked: Question, form: Form) -> Export:
    """Ask for the whole answer to a question as a file: "csv", "json" or "parquet". Raises as `ask`."""
    return readers().export(asked, form, seconds=SECONDS_OF_AN_EXPORT, memory_mb=settings.QUERY_MEMORY_MB)

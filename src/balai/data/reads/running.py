"""A question that is under way: begun in turn, waited for in small steps, ended when its asker has gone."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.conf import settings

from balai.base.actor import Actor
from balai.data.engines.reader import Answer, Export, Form, Running
from balai.data.engines.serving import readers
from balai.data.engines.turns import Turn, turns
from balai.data.engines.walls import Walls
from balai.data.reads.asking import SECONDS_OF_AN_EXPORT
from balai.data.rules.gate import Question

WHOLE = 2**31 - 1
"""As many rows as a file may have."""


@dataclass(frozen=True)
class Limits:
    """What one question of an actor may take: rows shown, seconds of an answer and of a file."""

    rows: int
    seconds: float
    seconds_of_a_file: float


def limits(actor: Actor) -> Limits:
    """Return the limits of an actor; those of visitors are smaller."""
    if actor.is_signed_in:
        return Limits(settings.QUERY_MOST_ROWS, settings.QUERY_SECONDS, SECONDS_OF_AN_EXPORT)
    seconds = settings.QUERY_VISITOR_SECONDS
    return Limits(settings.QUERY_VISITOR_ROWS, seconds, 10 * seconds)


class UnderWay:
    """A question a reader works on, within the turn of its asker. Close it, or leave it as a context."""

    def __init__(self, running: Running, turn: Turn) -> None:
        self._running = running
        self._turn = turn

    def is_ready(self, seconds: float) -> bool:
        """Wait up to `seconds`; say whether the answer has begun, or will not come."""
        return self._running.is_ready(seconds)

    def answer(self) -> Answer:
        """Return the rows; raises as `reads.ask`."""
        return self._running.answer()

    def export(self) -> Export:
        """Return the file; raises as `reads.ask`."""
        return self._running.export()

    def close(self) -> None:
        self._running.close()
        self._turn.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def begin(
    actor: Actor, asked: Question, *, address: str = "", form: Form | None = None, long: bool = False
) -> UnderWay:
    """Ask a question that passed the gate, and return at once.

    Args:
        address: where a visitor asks from, by which they are told apart.
        form: "csv", "json" or "parquet" for a file.
        long: rows that become a file here have the time of a file.

    Raises:
        TooMany: it is not the actor's turn.
        Busy, Gone: no reader could take it.
    """
    most = limits(actor)
    is_file = long or form is not None
    turn = turns().take(actor.id or f"visitor {address}", not actor.is_signed_in, is_file)
    try:
        running = readers().begin(
            asked,
            form,
            seconds=most.seconds_of_a_file if is_file else most.seconds,
            memory_mb=settings.QUERY_MEMORY_MB,
        )
    except BaseException:
        turn.end()
        raise
    return UnderWay(running, turn)


def walls() -> Walls:
    """Say which protections stand around the readers of this machine. Raises Busy, Gone."""
    return readers().readers.walls()

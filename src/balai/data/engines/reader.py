"""Ask a question in a reader process, from the web process.

    readers = Readers(children=2)
    with readers.ask(question, seconds=10, memory_mb=512) as answer:
        for row in answer.rows:
            ...

A question that takes too long, or whose asker has gone, ends with its process: nothing else stops
an engine in the middle of one call. Another process stands ready meanwhile.
"""

import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

from django.utils.translation import gettext as _

from balai.data.engines import frames
from balai.data.engines.lease import Busy, Child, Gone, Lease, TooLong, TooMuchMemory
from balai.data.engines.walls import Walls
from balai.data.rules.gate import Column, ColumnType, Question

__all__ = ["Answer", "Busy", "Export", "Gone", "Readers", "Running", "TooLong", "TooMuchMemory"]

Form = Literal["csv", "json", "parquet", "texts"]
Row = tuple[Any, ...]

SECONDS_TO_START = 30.0
SECONDS_FOR_A_SLOW_ASKER = 60.0
PULSE = 0.3
"""Seconds after which who waits for a reader looks up."""


class _Closing:
    """Closing an answer early ends its question."""

    _lease: Lease

    def close(self) -> None:
        self._lease.end(whole=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Answer(_Closing):
    """The rows of one question.

    Attributes:
        columns: names and types as the engine gave them.
        rows: each row once; values are int, float, Decimal, str, bool, date, datetime or None.
        truncated: true once the rows ran out and there were more than may be shown.
    """

    def __init__(self, lease: Lease, columns: tuple[Column, ...], most_rows: int) -> None:
        self._lease = lease
        self.columns = columns
        self.truncated = False
        self._most_rows = most_rows
        self._pulse: float | None = None
        self.rows = cast("Iterator[Row]", self._rows())

    def pulsing(self, seconds: float) -> Iterator[Row | None]:
        """Yield the rows of `rows`, and None whenever nothing came for `seconds`: who waits may look up."""
        self._pulse = seconds
        return self.rows

    def _rows(self) -> Iterator[Row | None]:
        readers = [_READERS.get(column.type, _as_is) for column in self.columns]
        shown = 0
        try:
            while True:
                while self._pulse and not self._lease.has_frame(self._pulse):
                    yield None
                kind, payload = self._lease.next_frame()
                if kind == frames.DONE:
                    return
                for values in json.loads(payload):
                    if shown == self._most_rows:
                        self.truncated = True
                        continue
                    shown += 1
                    yield tuple(
                        None if value is None else read(value)
                        for read, value in zip(readers, values, strict=True)
                    )
        finally:
            self._lease.end(whole=False)


class Export(_Closing):
    """The bytes of one whole answer as CSV, JSON or Parquet, as they come.

    A part is empty when nothing came for a moment: who sends the parts on then learns whether
    somebody still takes them.
    """

    def __init__(self, lease: Lease, first: bytes) -> None:
        self._lease = lease
        self.parts = self._parts(first)

    def _parts(self, part: bytes) -> Iterator[bytes]:
        try:
            while True:
                yield part
                while not self._lease.has_frame(PULSE):
                    yield b""
                kind, part = self._lease.next_frame()
                if kind == frames.DONE:
                    return
        finally:
            self._lease.end(whole=False)


class Running(_Closing):
    """A question a reader works on. Close it to end the question, or take its answer once it is ready."""

    def __init__(self, lease: Lease, most_rows: int) -> None:
        self._lease = lease
        self._most_rows = most_rows

    def is_ready(self, seconds: float) -> bool:
        """Wait up to `seconds`; say whether the answer has begun, or will not come."""
        return self._lease.has_frame(seconds)

    def answer(self) -> Answer:
        """Return the answer, waiting for it. Raises as `Readers.ask`."""
        kind, payload = self._lease.next_frame()
        if kind != frames.COLUMNS:
            self.close()
            raise Gone(_("Pembaca data berhenti sebelum jawaban lengkap. Coba lagi."))
        columns = tuple(Column(str(name), ColumnType(type_)) for name, type_ in json.loads(payload))
        return Answer(self._lease, columns, self._most_rows)

    def export(self) -> Export:
        """Return the answer as a file, its first bytes there. Raises as `Readers.ask`."""
        kind, payload = self._lease.next_frame()
        return Export(self._lease, payload if kind == frames.BYTES else b"")


def _as_is(value: Any) -> Any:
    return value


def _finite(value: float) -> float | None:
    """No number where the engine has none: JSON and spreadsheets know no infinity."""
    return float(value) if math.isfinite(value) else None


_READERS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DECIMAL: Decimal,
    ColumnType.DOUBLE: _finite,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIMESTAMP: datetime.fromisoformat,
}


class Readers:
    """The reader processes of one web process: a few, kept warm, shared by its threads."""

    def __init__(self, children: int = 2, address_space_mb: int = 1536, questions_each: int = 500) -> None:
        """Args:
        children: how many questions are answered at once.
        address_space_mb: the hard limit of one process; what a call takes beyond it fails.
        questions_each: after so many answers a process is replaced by a fresh one.
        """
        self._children = children
        self._address_space_mb = address_space_mb
        self._questions_each = questions_each
        self._changed = threading.Condition()
        self._idle: list[Child] = []
        self._busy: list[Child] = []
        self._closed = False

    def ask(self, question: Question, *, seconds: float = 10, memory_mb: int = 512) -> Answer:
        """Ask, and return once the engine has the answer.

        Args:
            seconds: how long the reader may take, all waiting together.
            memory_mb: what the engine may take for it.

        Raises:
            TooLong, TooMuchMemory, Busy, Gone, Refused: with words for the asker.
        """
        return self.begin(question, seconds=seconds, memory_mb=memory_mb).answer()

    def export(self, question: Question, form: Form, *, seconds: float = 120, memory_mb: int = 512) -> Export:
        """Ask for the whole answer as a file; the first bytes have come when this returns."""
        return self.begin(question, form, seconds=seconds, memory_mb=memory_mb).export()

    def begin(
        self,
        question: Question,
        form: Form | None = None,
        *,
        seconds: float = 10,
        memory_mb: int = 512,
        threads: int = 1,
    ) -> Running:
        """Hand the question to a reader and return at once; `form` when the answer is wanted as a file.

        Args:
            threads: on how many cores the engine may work; for files alone.

        Raises:
            Busy, Gone: no reader could take it.
        """
        lease = self._send(
            question, {"form": form or "", "memory_mb": memory_mb, "threads": threads}, seconds
        )
        return Running(lease, question.most_rows)

    def walls(self) -> Walls:
        """Say which protections stand around the readers of this machine; one is asked at first only."""
        with self._changed:
            for child in (*self._idle, *self._busy):
                if child.walls:
                    return child.walls
        lease = self._lease(SECONDS_TO_START)
        walls = lease.child.walls
        lease.end(whole=True)
        if walls is None:
            raise Gone(_("Pembaca data tidak dapat dimulai."))
        return walls

    def warm(self) -> None:
        """Start every process now, so that the first question need not wait for it."""
        with self._changed:
            while not self._closed and len(self._idle) + len(self._busy) < self._children:
                self._idle.append(Child(self._address_space_mb))

    def close(self) -> None:
        """End every process; open answers end with them."""
        with self._changed:
            self._closed = True
            children, self._idle, self._busy = self._idle + self._busy, [], []
            self._changed.notify_all()
        for child in children:
            child.end()

    def _send(self, question: Question, terms: Mapping[str, object], seconds: float) -> Lease:
        lease = self._lease(seconds)
        files: list[int] = []
        try:
            for table in question.tables:
                files.append(os.open(table.file, os.O_RDONLY | os.O_CLOEXEC))
            told = {
                **terms,
                "sql": question.sql,
                "tables": [
                    {
                        "name": table.name,
                        "columns": list(table.columns),
                        "kind": "duckdb" if table.file.suffix == ".duckdb" else "parquet",
                    }
                    for table in question.tables
                ],
            }
            lease.child.sock.settimeout(seconds)
            frames.send_question(lease.child.sock, told, files)
        except FileNotFoundError as error:
            lease.end(whole=True)
            raise Gone(
                _("Berkas set data tidak ada: %(file)s.") % {"file": Path(error.filename).name}
            ) from None
        except (OSError, frames.Broken):
            lease.end(whole=False)
            raise Gone(_("Pembaca data berhenti sebelum jawaban lengkap. Coba lagi.")) from None
        finally:
            for file in files:
                os.close(file)
        return lease

    def _lease(self, seconds: float) -> Lease:
        child = self._take(seconds)
        lease = Lease(child, self._give_back, seconds)
        try:
            child.wait_until_ready(SECONDS_TO_START)
        except (OSError, frames.Broken, ValueError, TypeError):
            lease.end(whole=False)
            raise Gone(_("Pembaca data tidak dapat dimulai.")) from None
        child.asked += 1
        child.overdue_at = time.monotonic() + seconds + SECONDS_FOR_A_SLOW_ASKER
        return lease

    def _take(self, seconds: float) -> Child:
        """Return a process of one's own; keep another warm where one more is allowed."""
        until = time.monotonic() + seconds
        with self._changed:
            while True:
                if self._closed:
                    raise Gone(_("Pembaca data sudah ditutup."))
                for dead in [child for child in self._idle if child.process.poll() is not None]:
                    self._idle.remove(dead)
                    dead.end()
                self.warm()
                if self._idle:
                    child = self._idle.pop(0)
                    self._busy.append(child)
                    return child
                if self._end_overdue():
                    continue
                now = time.monotonic()
                next_overdue = min((child.overdue_at for child in self._busy), default=until)
                if now >= until:
                    raise Busy(_("Semua pembaca data sedang dipakai. Coba lagi sebentar lagi."))
                self._changed.wait(max(0.01, min(until, next_overdue) - now))

    def _end_overdue(self) -> bool:
        """Take back readers whose askers have stopped reading; say whether there was one."""
        overdue = [child for child in self._busy if child.overdue_at < time.monotonic()]
        self._busy = [child for child in self._busy if child not in overdue]
        for child in overdue:
            child.process.kill()
        return bool(overdue)

    def _give_back(self, child: Child, whole: bool) -> None:
        kept = False
        with self._changed:
            if child in self._busy:
                self._busy.remove(child)
                child.overdue_at = math.inf
                kept = whole and child.asked < self._questions_each and not self._closed
                if kept:
                    self._idle.append(child)
                else:
                    self.warm()
            self._changed.notify()
        if not kept:
            child.end()

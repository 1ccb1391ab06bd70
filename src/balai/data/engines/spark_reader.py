"""Questions answered by Spark, through Spark Connect: the same rows as the readers of this machine give.

Each question has a session of its own, so no view of one asker is ever seen by another, and
whoever gives up ends what the server does for them. What comes back passes as the same frames
that a reader process sends; `Answer` and `Running` are those of `reader`.
"""

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

import pyarrow as pa
import structlog
from django.utils.translation import gettext as _
from pyspark.errors import PySparkException
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.session import SparkSession

from balai.base.errors import Refused
from balai.data.engines import frames
from balai.data.engines.lease import Busy, Gone, Lease, TooLong
from balai.data.engines.reader import Running
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType, Question, Table

log = structlog.get_logger(__name__)

SECONDS_TO_CONNECT = 3.0
SECONDS_TO_LEAVE = 5.0
"""how long a server may take to release what nobody waits for any more, before the line is cut"""
ROWS_OF_A_FRAME = 1000
_PORT = 15002
_CONFIG = {
    # As DuckDB is asked: instants in UTC, a wrong cast is an error, a zero divisor too.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.caseSensitive": "false",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.orderByOrdinal": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
}

type Frame = tuple[bytes, bytes]


def _patience() -> DefaultPolicy:
    """Return how a call is tried again: for a second. By itself the client tries for ten minutes."""
    return DefaultPolicy(
        max_retries=3, initial_backoff=100, max_backoff=500, jitter=50, max_server_retry_delay=500
    )


class Spark:
    """A Spark Connect server, as the readers of one web process ask it."""

    def __init__(self, remote: str, files: str = "", questions: int = 2) -> None:
        """Args:
        remote: address, ``sc://host:15002``.
        files: folder or address under which the server sees the files of the tenants; where this
            machine sees them when empty.
        questions: how many are asked at once.
        """
        self._remote = remote
        self._files = files
        self._free = threading.BoundedSemaphore(questions)

    def can_read(self, question: Question) -> bool:
        """Say whether the server can read every file of the question."""
        return bool(question.tables) and all(table.file.suffix == ".parquet" for table in question.tables)

    @property
    def reads_here(self) -> bool:
        """Whether the server reads the files where this machine has them."""
        return not self._files

    def begin(self, question: Question, seconds: float) -> Running:
        """Hand the question to the server and return at once.

        Args:
            seconds: how long all waiting together may take.

        Raises:
            Busy: as many questions as may be are under way.
            Gone: the server cannot be reached.
            Invalid: the question cannot be written for Spark.
        """
        text = gate.spark(question)
        began = time.monotonic()
        if not self._free.acquire(timeout=seconds):
            raise Busy(_("Semua pembaca data sedang dipakai. Coba lagi sebentar lagi."))
        try:
            self._greet()
        except BaseException:
            self._free.release()
            raise
        views = {table.name: (self._source(table), tuple(table.columns)) for table in question.tables}
        asking = _Asking(self._remote, views, text, self._free)
        left = seconds - (time.monotonic() - began)
        return Running(SparkLease(asking, left, seconds), question.most_rows)

    def _greet(self) -> None:
        """Find out quickly whether somebody is there: the client itself tries for minutes."""
        parts = urlsplit(self._remote)
        try:
            socket.create_connection((parts.hostname, parts.port or _PORT), SECONDS_TO_CONNECT).close()
        except OSError as error:
            log.warning("data.spark.away", remote=parts.hostname, error=str(error))
            raise Gone(_("Peladen Spark tidak menjawab. Coba lagi.")) from None

    def _source(self, table: Table) -> str:
        if self._files:
            return f"{self._files}/{'/'.join(table.file.parts[-3:])}"
        # As it is, not encoded: the server takes a percent sign for a part of the name.
        return f"file://{table.file.resolve()}"


class _Asking:
    """One question under way in a thread of its own, which puts what comes into a queue."""

    def __init__(
        self,
        remote: str,
        views: Mapping[str, tuple[str, tuple[str, ...]]],
        text: str,
        free: threading.BoundedSemaphore,
    ) -> None:
        self.frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._remote, self._views, self._text, self._free = remote, views, text, free
        self._session: SparkSession | None = None
        self._ended = threading.Event()
        self._left = threading.Lock()
        threading.Thread(target=self._run, name="spark question", daemon=True).start()

    def end(self) -> None:
        """Have the server end what it does; returns at once."""
        if not self._ended.is_set():
            self._ended.set()
            threading.Thread(target=self._leave, name="spark leaving", daemon=True).start()

    def _run(self) -> None:
        try:
            # Made here and not by the builder, which keeps one session for the whole process and
            # stops it under a lock that all questions share.
            self._session = session = SparkSession(self._remote)
            if self._ended.is_set():
                return
            session.client.set_retry_policies([_patience()])
            # With reattaching, the client releases each answer in threads that the process waits
            # for when it ends: minutes, where the server is gone by then.
            session.client.disable_reattachable_execute()
            for name, value in _CONFIG.items():
                session.conf.set(name, value)
            for frame in self._answer(session):
                if self._ended.is_set():
                    return
                self.frames.put(frame)
        except Exception as error:
            if not self._ended.is_set():
                self.frames.put((frames.ERROR, json.dumps(_told(error)).encode()))
        finally:
            self._leave()
            self._free.release()

    def _answer(self, session: SparkSession) -> Iterator[Frame]:
        for name, (source, columns) in self._views.items():
            rows = session.read.parquet(source).select(*(_column(column) for column in columns))
            rows.createTempView(name)
        if self._ended.is_set():
            return
        yield from _frames(session.sql(self._text).toArrow())

    def _leave(self) -> None:
        """Release the session, which ends all that runs in it, and cut the line, which frees `_run`.

        To interrupt what runs is not enough: a call that is only on its way would begin after it.
        """
        with self._left:
            session, self._session = self._session, None
        if session is None:
            return
        cut = threading.Timer(SECONDS_TO_LEAVE, session.client.close)
        cut.daemon = True
        cut.start()
        with suppress(Exception):
            session.client.release_session()
        cut.cancel()
        with suppress(Exception):
            session.client.close()


class SparkLease(Lease):
    """The hold on one question for as long as its answer is read."""

    def __init__(self, asking: _Asking, left: float, seconds: float) -> None:
        self._asking = asking
        self._left = left
        self._seconds = seconds
        self._next: Frame | None = None
        self._is_over = False

    def next_frame(self) -> Frame:
        if self._is_over:
            raise Gone(_("Jawaban ini sudah ditutup."))
        if not self._wait(max(self._left, 0.001)):
            self.end(whole=False)
            raise TooLong(
                _("Pertanyaan dihentikan setelah %(seconds)s detik. Persempit dengan WHERE atau jumlahkan.")
                % {"seconds": f"{self._seconds:g}"}
            )
        (kind, payload), self._next = self._next or (frames.DONE, b""), None
        if kind == frames.ERROR:
            told = json.loads(payload)
            self.end(whole=False)
            if told["kind"] == "gone":
                raise Gone(_("Peladen Spark tidak menjawab. Coba lagi."))
            raise Refused(_("Mesin data menolak pertanyaan: %(why)s") % {"why": told["message"]})
        if kind == frames.DONE:
            self.end(whole=True)
        return kind, payload

    def has_frame(self, seconds: float) -> bool:
        if self._is_over or self._left <= 0:
            return True
        return self._wait(min(seconds, self._left)) or self._left <= 0

    def end(self, whole: bool) -> None:
        self._is_over = True
        if not whole:
            self._asking.end()

    def _wait(self, seconds: float) -> bool:
        if self._next is None:
            began = time.monotonic()
            with suppress(queue.Empty):
                self._next = self._asking.frames.get(timeout=seconds)
            self._left -= time.monotonic() - began
        return self._next is not None


def _column(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _frames(rows: pa.Table) -> Iterator[Frame]:
    rows = rows.cast(pa.schema([(field.name, _without_zone(field.type)) for field in rows.schema]))
    columns = [[field.name, _kind(field.type)] for field in rows.schema]
    yield frames.COLUMNS, json.dumps(columns).encode()
    for batch in rows.to_batches(max_chunksize=ROWS_OF_A_FRAME):
        lists = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        yield frames.ROWS, json.dumps([list(row) for row in lists], default=_written).encode()
    yield frames.DONE, b""


def _without_zone(type_: pa.DataType) -> pa.DataType:
    """The session stands in UTC, so an instant in a zone and one without are the same."""
    return pa.timestamp("us") if pa.types.is_timestamp(type_) else type_


def _kind(type_: pa.DataType) -> ColumnType:
    kinds = pa.types
    for holds, kind in (
        (kinds.is_integer, ColumnType.INTEGER),
        (kinds.is_decimal, ColumnType.DECIMAL),
        (kinds.is_floating, ColumnType.DOUBLE),
        (kinds.is_boolean, ColumnType.BOOLEAN),
        (kinds.is_date, ColumnType.DATE),
        (kinds.is_timestamp, ColumnType.TIMESTAMP),
    ):
        if holds(type_):
            return kind
    return ColumnType.TEXT


def _written(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _told(error: Exception) -> dict[str, str]:
    if isinstance(error, PySparkException):
        message = str(error.getMessage() or error).split("\n")[0][:400]
        if error.getCondition() is not None:
            return {"kind": "refused", "message": message}
    log.warning("data.spark.failed", error=str(error)[:1000])
    return {"kind": "gone", "message": ""}

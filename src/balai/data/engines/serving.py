"""Who answers the questions of this process: made when the first one comes."""

import atexit
import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from balai.data.engines.lease import Gone
from balai.data.engines.reader import Answer, Export, Form, Readers, Running
from balai.data.engines.texts import Texts, of_answer, of_export
from balai.data.engines.walls import Walls
from balai.data.rules.gate import Question, Table
from balai.data.storage import storage

if TYPE_CHECKING:
    from balai.data.engines.spark_reader import Spark

MOST_THREADS = 8
"""of one question; each takes address space, of which a reader has so much"""


class Engines:
    """The reader processes of this machine and, where the settings name one, a Spark server."""

    def __init__(self, readers: Readers, spark: "Spark | None" = None) -> None:
        self.readers = readers
        self._spark = spark

    def ask(self, question: Question, *, seconds: float = 10, memory_mb: int = 512) -> Answer:
        """Ask, and return once the engine has the answer.

        Args:
            seconds: how long the engine may take, all waiting together.
            memory_mb: what a reader of this machine may take for it.

        Raises:
            TooLong, TooMuchMemory, Busy, Gone, Refused: with words for the asker.
        """
        return self.begin(question, seconds=seconds, memory_mb=memory_mb).answer()

    def export(self, question: Question, form: Form, *, seconds: float = 120, memory_mb: int = 512) -> Export:
        """Ask for the whole answer as a file, with its first bytes there. Raises as `ask`."""
        return self.begin(question, form, seconds=seconds, memory_mb=memory_mb).export()

    def walls(self) -> Walls:
        """Say which protections stand around the readers of this machine. Raises Busy, Gone."""
        return self.readers.walls()

    def texts(self, question: Question, *, seconds: float, memory_mb: int) -> Texts:
        """Return the whole answer as text, counted on as many cores as there are.

        For the installation's own counting; questions of people keep to one core. Raises as `ask`.
        """
        if self._spark is not None and self._spark.can_read(question):
            return of_answer(self.ask(question, seconds=seconds, memory_mb=memory_mb))
        _bring(question.tables)
        running = self.readers.begin(
            question, "texts", seconds=seconds, memory_mb=memory_mb, threads=min(_cores(), MOST_THREADS)
        )
        return of_export(running.export(), question.most_rows)

    def begin(
        self, question: Question, form: Form | None = None, *, seconds: float = 10, memory_mb: int = 512
    ) -> Running:
        """Hand the question to an engine and return at once; `form` when the answer is wanted as a file.

        Spark answers what becomes rows; files are written on this machine, in the forms DuckDB knows.

        Raises:
            Busy, Gone: none could take it.
        """
        spark = self._spark if form is None else None
        if spark is not None and spark.can_read(question):
            if spark.reads_here:
                _bring(question.tables)
            return spark.begin(question, seconds)
        _bring(question.tables)
        return self.readers.begin(question, form, seconds=seconds, memory_mb=memory_mb)


def _cores() -> int:
    """Say how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _bring(tables: Iterable[Table]) -> None:
    """Have the files of these tables on this machine; `reads.readable` only names them."""
    for table in tables:
        try:
            storage().fetch(table.file)
        except FileNotFoundError:
            raise Gone(_("Berkas set data tidak ada: %(file)s.") % {"file": table.file.name}) from None
        except OSError as error:
            raise Gone(_("Tempat simpan berkas set data tidak menjawab. Coba lagi.")) from error


@cache
def readers() -> Engines:
    """Return what every question of this process goes to, as the settings want it."""
    made = Readers(children=settings.QUERY_READERS, address_space_mb=settings.QUERY_ADDRESS_SPACE_MB)
    atexit.register(made.close)
    return Engines(made, _spark())


def _spark() -> "Spark | None":
    if settings.SPARK is None:
        return None
    try:
        spark = import_string("balai.data.engines.spark_reader.Spark")
    except ImportError as error:
        wanted = "BALAI_SPARK names a Spark server; install requirements/spark.txt for it"
        raise ImproperlyConfigured(wanted) from error
    found: Spark = spark(settings.SPARK["remote"], settings.SPARK["files"], settings.QUERY_READERS)
    return found

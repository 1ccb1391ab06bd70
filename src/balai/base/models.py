"""The tables of `base`, each defined beside the functions that use it."""

from balai.base.files import StoredFile
from balai.base.idempotency import IdempotencyKey
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.base.numbers import NumberSeries, NumberTaken
from balai.base.prepared import Prepared
from balai.base.schedules import ScheduledRun
from balai.base.seals import Seal, SealLink
from balai.base.worker import Worker

__all__ = [
    "IdempotencyKey",
    "JournalEntry",
    "NumberSeries",
    "NumberTaken",
    "Prepared",
    "QueuedJob",
    "ScheduledRun",
    "Seal",
    "SealLink",
    "StoredFile",
    "Worker",
]

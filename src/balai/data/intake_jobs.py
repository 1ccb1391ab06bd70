"""Work of the intake: files that wait for the worker, fetching what is due, tidying every night."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from balai.base.jobs import job
from balai.base.schedules import every
from balai.data import changes
from balai.data.changes import intake_work


@job(changes.INTAKE, retries=12, backoff=timedelta(seconds=5), in_one_transaction=False)
def _work(upload: str, version: int) -> None:
    """Read, check or publish one file, from the beginning of the step it is at."""
    intake_work.work_on(UUID(upload), version, timezone.now())


@every("data.fetch_due", minutes=10)
def _fetch_due(due: str) -> None:
    changes.fetch_due(datetime.fromisoformat(due))


@job(changes.FETCH, retries=0, in_one_transaction=False)
def _fetch(source: str, due: str) -> None:
    """Ask one address; what goes wrong is kept with the source, which is tried again later and later."""
    changes.fetch_source(UUID(source), timezone.now())


@every("data.sweep_uploads", at=time(2, 50), in_one_transaction=False)
def _sweep(due: str) -> None:
    changes.sweep_uploads(datetime.fromisoformat(due))

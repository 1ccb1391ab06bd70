"""Work done later by the worker: accepted once, tried again, and visible when it fails for good.

A job is a function with a name. `later` writes one row and one task of Django's
task queue in the transaction of the change that asks for it, so both stand or
fall together. The row is the truth: it holds what is to be done, how often it
was tried, how far it is and what went wrong. The task only wakes the worker
(`balai.base.worker`); a task that comes twice finds the row already taken.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.tasks import TaskContext, task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from balai.base import tenancy
from balai.base.errors import Refused
from balai.base.ids import uuid7
from balai.base.rows import TenantModel

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(hours=6)
ERROR_LENGTH = 4000


class QueuedJob(TenantModel):
    """One piece of work of one tenant, from the moment it was asked for."""

    class State(models.TextChoices):
        WAITING = "waiting", _("menunggu")
        RUNNING = "running", _("berjalan")
        DONE = "done", _("selesai")
        FAILED = "failed", _("gagal")

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    task = models.CharField(max_length=36, blank=True)
    worker = models.CharField(max_length=64, blank=True)
    last_error = models.TextField(blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "name", "key"], name="job_accepted_once")]
        indexes = [models.Index(fields=["tenant", "state", "queued_at"], name="job_state")]

    @property
    def share(self) -> float | None:
        """How far the work is, 0 to 1; None while the job has not said how much there is."""
        return min(self.done / self.total, 1.0) if self.total else None


@dataclass(frozen=True)
class Job:
    """A function that may be done later.

    Attributes:
        retries: how often it is tried again after the first time.
        backoff: the wait before the first retry; it doubles each time, up to LONGEST_WAIT.
        in_one_transaction: the work and the note that it is done are one transaction, so
            its writes happen exactly once. False for work that takes long or reaches
            outside: it may be repeated after a crash and must bear that.
    """

    name: str
    work: Callable[..., object]
    retries: int
    backoff: timedelta
    in_one_transaction: bool

    def wait(self, attempts: int) -> timedelta:
        """Return how long to wait after `attempts` (1 or more) failures.

        >>> Job("x", print, 5, timedelta(seconds=10), True).wait(3)
        datetime.timedelta(seconds=40)
        """
        wait: timedelta = self.backoff * 2 ** min(attempts - 1, 30)
        return min(wait, LONGEST_WAIT)


class Overtaken(Exception):
    """The work was given to another worker meanwhile; what this one did is rolled back."""


_jobs: dict[str, Job] = {}
_current: ContextVar[UUID | None] = ContextVar("balai_job", default=None)


def job[F: Callable[..., object]](
    name: str,
    *,
    retries: int = 5,
    backoff: timedelta = timedelta(seconds=10),
    in_one_transaction: bool = True,
) -> Callable[[F], F]:
    """Register a function as the job `name`; it is called with the payload as keyword arguments."""

    def register(work: F) -> F:
        known = _jobs.get(name)
        if known and known.work.__qualname__ != work.__qualname__:
            raise ValueError(f"two jobs are called {name!r}; a job's name is unique")
        _jobs[name] = Job(name, work, retries, backoff, in_one_transaction)
        return work

    return register


def registered() -> Iterator[Job]:
    """Yield every job there is, by name."""
    yield from (_jobs[name] for name in sorted(_jobs))


def later(
    name: str, tenant: str, /, *, key: str | None = None, run_after: datetime | None = None, **payload: Any
) -> QueuedJob:
    """Ask for the job `name` to be done for `tenant`, once the running transaction is committed.

    Args:
        key: makes the request unique: a second one with the same name and key is not
            accepted, and the row of the first is returned. None: each request is its own.
        run_after: not before this instant.
        payload: what the job is called with; anything JSON can carry (a date arrives as text).

    Raises:
        LookupError: no job has this name.
    """
    if name not in _jobs:
        raise LookupError(f"there is no job {name!r}; the jobs are {', '.join(sorted(_jobs))}")
    with tenancy.scope(tenant), transaction.atomic():
        row, accepted = QueuedJob.objects.get_or_create(
            tenant=tenant,
            name=name,
            key=key or str(uuid7()),
            defaults={"payload": payload, "run_after": run_after},
        )
        if accepted:
            _queue(row, run_after)
    return row


def tell(done: int, total: int, message: str = "") -> None:
    """Note how far the running job is, for the page that shows it; outside of a job, nothing.

    Inside a transaction the note is seen when that ends, so long work tells between
    its own transactions.
    """
    if (current := _current.get()) is not None:
        QueuedJob.objects.filter(pk=current).update(done=done, total=total, message=message[:300])


def stuck() -> models.QuerySet[QueuedJob]:
    """Return the jobs of the tenant in scope that failed for good, the newest first."""
    return QueuedJob.objects.filter(state=QueuedJob.State.FAILED).order_by("-ended_at")


def again(row: QueuedJob) -> None:
    """Give a job that failed for good a new set of tries."""
    with tenancy.scope(row.tenant), transaction.atomic():
        if QueuedJob.objects.filter(pk=row.pk, state=QueuedJob.State.FAILED).update(
            state=QueuedJob.State.WAITING, attempts=0, ended_at=None
        ):
            _queue(QueuedJob.objects.get(pk=row.pk), None)


def _queue(row: QueuedJob, run_after: datetime | None) -> None:
    result = run.using(run_after=run_after).enqueue(row.tenant, str(row.pk), row.attempts)
    QueuedJob.objects.filter(pk=row.pk).update(task=str(result.id), run_after=run_after)
    row.task = str(result.id)


@task(takes_context=True)
def run(context: TaskContext, tenant: str, job_id: str, attempt: int) -> str:
    """Do one attempt; return what came of it: done, again, failed, or stale (somebody else has it)."""
    worker = context.task_result.worker_ids[-1] if context.task_result.worker_ids else ""
    with tenancy.scope(tenant):
        taken = QueuedJob.objects.filter(pk=job_id, state=QueuedJob.State.WAITING, attempts=attempt).update(
            state=QueuedJob.State.RUNNING, attempts=attempt + 1, worker=worker, started_at=timezone.now()
        )
        if not taken:
            return "stale"
        return _attempt(QueuedJob.objects.get(pk=job_id))


def _attempt(row: QueuedJob) -> str:
    known = _jobs.get(row.name)
    token = _current.set(row.pk)
    with structlog.contextvars.bound_contextvars(job=row.name, job_id=str(row.pk), tenant=row.tenant):
        try:
            if known is None:
                raise Refused(f"there is no job {row.name!r} in this version")
            if known.in_one_transaction:
                with transaction.atomic():
                    known.work(**row.payload)
                    _done(row)
            else:
                known.work(**row.payload)
                _done(row)
        except Overtaken:
            return "stale"
        except Exception as error:
            return _failed(row, known, error)
        finally:
            _current.reset(token)
    return "done"


def _ours(row: QueuedJob) -> models.QuerySet[QueuedJob]:
    return QueuedJob.objects.filter(pk=row.pk, state=QueuedJob.State.RUNNING, attempts=row.attempts)


def _done(row: QueuedJob) -> None:
    if not _ours(row).update(state=QueuedJob.State.DONE, ended_at=timezone.now(), last_error=""):
        raise Overtaken


def _failed(row: QueuedJob, known: Job | None, error: Exception) -> str:
    """Try again later, or give up: after the last retry, and at once when the answer was a refusal."""
    final = known is None or isinstance(error, Refused) or row.attempts > known.retries
    log.warning("job_failed", attempt=row.attempts, final=final, error=repr(error)[:500])
    told = "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
    return give_back(row, told, known, final=final)


def give_back(row: QueuedJob, told: str, known: Job | None, *, final: bool) -> str:
    """End a running attempt without success: queue the next one, or mark the job failed."""
    with transaction.atomic():
        if final or known is None:
            changed = _ours(row).update(
                state=QueuedJob.State.FAILED, ended_at=timezone.now(), last_error=told
            )
            return "failed" if changed else "stale"
        if not _ours(row).update(state=QueuedJob.State.WAITING, last_error=told):
            return "stale"
        _queue(row, timezone.now() + known.wait(row.attempts))
    return "again"


def take_from_dead_worker(tenant: str, job_id: str, task_id: str) -> None:
    """Queue a job again whose worker is gone; that attempt counts, lest a job kill workers for ever."""
    with tenancy.scope(tenant), transaction.atomic():
        row = QueuedJob.objects.select_for_update().filter(pk=job_id, task=task_id).first()
        if row is None or row.state in (QueuedJob.State.DONE, QueuedJob.State.FAILED):
            return
        if row.state == QueuedJob.State.WAITING:
            _queue(row, None)
            return
        known = _jobs.get(row.name)
        told = f"the worker {row.worker} stopped in the middle of attempt {row.attempts}"
        give_back(row, told, known, final=known is None or row.attempts > known.retries)


def tidy(names: Iterable[str], rows_before: datetime, payloads_before: datetime) -> None:
    """Remove what is no longer needed of the done jobs of the tenant in scope.

    The rows of jobs `names` go; of all others the row stays, since its key is
    accepted once for ever, and only what they were called with is forgotten.
    """
    done = QueuedJob.objects.filter(state=QueuedJob.State.DONE)
    done.filter(name__in=list(names), ended_at__lt=rows_before).delete()
    done.filter(ended_at__lt=payloads_before).exclude(payload={}).update(payload={})

"""The worker: takes tasks from the queue one after the other, and looks after those of dead workers.

Django's database queue leaves the task of a killed worker "running" for ever.
So each worker says every few seconds that it lives; when one falls silent, its
tasks are given back to the queue by another, or by the same host's next one.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from uuid import UUID

import structlog
from django.db import OperationalError, close_old_connections, connection, models, transaction
from django.tasks import TaskContext, TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction, is_locked_database_exception

from balai.base import jobs, schedules
from balai.base.rows import SharedModel

log = structlog.get_logger(__name__)

BEAT = 4.0
"""Seconds between two signs of life."""
LEASE = timedelta(seconds=20)
"""A worker silent for longer is taken for dead."""


class Worker(SharedModel):
    """A worker process and when it was last seen."""

    why_shared = "a worker works for every tenant"

    name = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "base"


def new_name() -> str:
    """Return a name for a worker of this process, unlike every other."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{os.urandom(4).hex()}"


def beat(name: str) -> None:
    """Say that the worker `name` lives."""
    now = timezone.now()
    Worker.objects.update_or_create(name=name, defaults={"seen_at": now}, create_defaults={"seen_at": now})


def last_seen() -> timedelta | None:
    """Return how long ago any worker was seen, None when there never was one."""
    seen = Worker.objects.aggregate(last=models.Max("seen_at"))["last"]
    return None if seen is None else timezone.now() - seen


def release(name: str) -> int:
    """Forget the worker `name`, known to be dead, and queue its tasks again; return how many."""
    Worker.objects.filter(name=name).delete()
    return recover()


def recover() -> int:
    """Queue the tasks again whose worker is dead; return how many there were."""
    now = timezone.now()
    Worker.objects.filter(seen_at__lt=now - LEASE).delete()
    living = set(Worker.objects.values_list("name", flat=True))
    orphans = [
        found.pk
        for found in DBTaskResult.objects.running().only("pk", "worker_ids")
        if not found.worker_ids or found.worker_ids[-1] not in living
    ]
    return sum(_recover_one(pk) for pk in orphans)


def _recover_one(pk: UUID) -> bool:
    with transaction.atomic():
        found = DBTaskResult.objects.select_for_update().get(pk=pk)
        if found.status != TaskResultStatus.RUNNING:
            return False
        tenant, job_id, _attempt = found.args_kwargs["args"]
        DBTaskResult.objects.filter(pk=pk).update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path="balai.base.worker.WorkerGone",
            traceback="the worker stopped in the middle of the task",
        )
        jobs.take_from_dead_worker(tenant, job_id, str(found.pk))
    log.warning("task_recovered", task=str(pk), job_id=job_id, tenant=tenant)
    return True


def take(name: str) -> DBTaskResult | None:
    """Take the next task that is ready, None when there is none."""
    # Asked first without a lock: an idle worker must not hold up writers every second.
    if not DBTaskResult.objects.ready().exists():
        return None
    try:
        with exclusive_transaction():
            found = DBTaskResult.objects.ready().get_locked()
            if found is not None:
                found.claim(name)
            return found
    except OperationalError as error:
        if is_locked_database_exception(error):
            return None
        raise


def perform(found: DBTaskResult) -> None:
    """Run a task that was taken; an error of the job itself is kept in its row and not raised."""
    result = found.task_result
    try:
        came_of_it = found.task.call(TaskContext(task_result=result), *result.args, **result.kwargs)
    except Exception as error:
        found.set_failed(error)
        raise
    found.set_successful(came_of_it)


def drain(name: str = "drain", limit: int = 10_000) -> int:
    """Do everything that is ready, here and now; return how many tasks were done."""
    done = 0
    while done < limit and (found := take(name)) is not None:
        perform(found)
        done += 1
    return done


class Loop:
    """A worker process: one thread works, one keeps the lease, the clock and the dead."""

    def __init__(self, name: str, interval: float = 0.5) -> None:
        self.name = name
        self.interval = interval
        self.stop = threading.Event()
        self.parent = os.getppid()

    def end(self, _signal: int, _frame: FrameType | None) -> None:
        self.stop.set()

    def run(self) -> None:
        """Work until told to stop; the task in hand is finished first."""
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGINT, self.end)
        beat(self.name)
        log.info("worker_started", worker=self.name)
        keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        keeper.start()
        try:
            while not self.stop.is_set():
                close_old_connections()
                found = take(self.name)
                if found is not None:
                    perform(found)
                else:
                    self.stop.wait(self.interval)
        finally:
            self.stop.set()
            keeper.join(timeout=BEAT * 2)
            Worker.objects.filter(name=self.name).delete()
            log.info("worker_stopped", worker=self.name)

    def _keep(self) -> None:
        try:
            while not self.stop.is_set():
                if os.getppid() != self.parent:
                    log.warning("worker_orphaned", worker=self.name)
                    self.stop.set()
                # Who could not say that it lives must not look for the dead: it would find itself.
                all(self._try(duty) for duty in (self._beat, recover, self._tick))
                self.stop.wait(BEAT)
        finally:
            connection.close()

    def _beat(self) -> None:
        beat(self.name)

    def _tick(self) -> None:
        schedules.tick(timezone.now())

    def _try(self, duty: Callable[[], object]) -> bool:
        """Do a duty; when the database is away for a moment, the next beat comes soon enough."""
        try:
            close_old_connections()
            duty()
        except Exception as error:
            log.warning("worker_duty_failed", duty=duty.__name__, error=repr(error)[:500])
            return False
        return True

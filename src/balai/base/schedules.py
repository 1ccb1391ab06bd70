"""Work that comes back: every few minutes, every day, every week, for each tenant once.

A due time is taken by writing a row (name, due time) whose key is unique, in
the transaction that queues the jobs: however many workers look, one wins.
Times of day are local to the installation (`TIME_ZONE`). A schedule starts with
the first due time after it is first seen, and after an outage only the last
missed time is made up for.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from balai.base import jobs
from balai.base.jobs import job, later
from balai.base.rows import SharedModel
from balai.base.tenancy import NATIONAL
from balai.base.tenants import every as all_tenants


class ScheduledRun(SharedModel):
    """A due time of a schedule that was taken, or seen first."""

    why_shared = "it is the same clock for every tenant"

    name = models.CharField(max_length=100)
    due_at = models.DateTimeField()

    class Meta:
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="schedule_due_once")]


@dataclass(frozen=True)
class Schedule:
    """When a job comes back. Either `minutes`, or a time of day `at`, on one `weekday` (0 Monday) or all."""

    name: str
    minutes: int = 0
    at: time | None = None
    weekday: int | None = None
    tenants: Callable[[], Iterable[str]] = all_tenants

    def last_due(self, now: datetime) -> datetime:
        """Return the last due time that is not after `now` (an aware instant)."""
        if self.at is None:
            step = self.minutes * 60
            return datetime.fromtimestamp(now.timestamp() // step * step, UTC)
        local = timezone.localtime(now)
        due = datetime.combine(local.date(), self.at, tzinfo=local.tzinfo)
        while due > local or self.weekday not in (None, due.weekday()):
            due = datetime.combine(due.date() - timedelta(days=1), self.at, tzinfo=local.tzinfo)
        return due.astimezone(UTC)


_schedules: dict[str, Schedule] = {}


def every[F: Callable[..., object]](
    name: str,
    *,
    minutes: int = 0,
    at: time | None = None,
    weekday: int | None = None,
    tenants: Callable[[], Iterable[str]] = all_tenants,
    retries: int = 5,
    in_one_transaction: bool = True,
) -> Callable[[F], F]:
    """Register a function as a job that comes back; it is called with `due`, the due time as ISO text.

    Raises:
        ValueError: neither or both of `minutes` and `at` are given.
    """
    if bool(minutes) == (at is not None):
        raise ValueError(f"schedule {name!r} needs either minutes or a time of day")
    _schedules[name] = Schedule(name, minutes, at, weekday, tenants)
    return partial(_registered, name, retries, in_one_transaction)


def _registered[F: Callable[..., object]](name: str, retries: int, in_one_transaction: bool, work: F) -> F:
    return job(name, retries=retries, in_one_transaction=in_one_transaction)(work)


def schedules() -> Iterator[Schedule]:
    """Yield every schedule, by name."""
    yield from (_schedules[name] for name in sorted(_schedules))


def tick(now: datetime) -> list[str]:
    """Queue what has become due at `now`; return the names of the schedules taken here."""
    return [schedule.name for schedule in schedules() if _take(schedule, schedule.last_due(now))]


def _take(schedule: Schedule, due: datetime) -> bool:
    # Not "later than the last one": a clock that once ran ahead would silence the schedule.
    runs = ScheduledRun.objects.filter(name=schedule.name)
    if runs.filter(due_at=due).exists():
        return False
    first_seen = not runs.exists()
    try:
        with transaction.atomic():
            ScheduledRun.objects.create(name=schedule.name, due_at=due)
            for tenant in () if first_seen else schedule.tenants():
                later(schedule.name, tenant, key=due.isoformat(), due=due.isoformat())
    except IntegrityError:
        return False
    return not first_seen


ROWS_KEPT = timedelta(days=7)
PAYLOADS_KEPT = timedelta(days=30)


@every("jobs.tidy", at=time(3, 10))
def tidy(due: str) -> None:
    """Forget the runs of schedules after a week, and what jobs were called with after a month."""
    now = datetime.fromisoformat(due)
    jobs.tidy(_schedules, now - ROWS_KEPT, now - PAYLOADS_KEPT)


@every("jobs.tidy_tasks", at=time(3, 20), tenants=lambda: [NATIONAL])
def tidy_tasks(due: str) -> None:
    """Forget the tasks and due times that are over; the jobs' own rows say what became of them."""
    before = datetime.fromisoformat(due) - ROWS_KEPT
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    # The last run of each schedule stays: without any it would count as never seen.
    last = ScheduledRun.objects.values("name").annotate(last=models.Max("due_at")).values("last")
    ScheduledRun.objects.filter(due_at__lt=before).exclude(due_at__in=last).delete()

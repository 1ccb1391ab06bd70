"""Jobs are accepted once, tried again, given back by dead workers, and come back on time."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
import time_machine
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from balai.base import invariants, jobs, outbox, schedules, tenancy, tenants, worker
from balai.base.errors import Invalid
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.base.schedules import Schedule, ScheduledRun
from balai.site.options import mailer

pytestmark = pytest.mark.django_db

MALANG = "35.73"
seen: list[str] = []


def _note(text: str) -> None:
    JournalEntry.objects.create(
        actor_id_text="", actor_name="", verb="noted", kind="test", thing=text, facts={}
    )


@jobs.job("test.note")
def note(text: str) -> None:
    _note(text)


@jobs.job("test.break", retries=2, backoff=timedelta(seconds=60))
def break_down(text: str) -> None:
    _note(text)
    raise ConnectionError("the bank does not answer")


@jobs.job("test.refuse", retries=2)
def refuse() -> None:
    raise Invalid([])


@jobs.job("test.long", in_one_transaction=False)
def long_work() -> None:
    jobs.tell(3, 12, "sheet Aksi")
    row = QueuedJob.objects.get(name="test.long")
    seen.append(f"{row.state} {row.done}/{row.total} {row.message}")


@pytest.fixture(autouse=True)
def _two_tenants() -> Iterator[None]:
    before = list(tenants._sources)
    tenants.provide(lambda: ["35.73", "35.07"])
    seen.clear()
    yield
    tenants._sources[:] = before


def _notes() -> list[str]:
    with tenancy.scope(MALANG):
        return list(JournalEntry.objects.order_by("id").values_list("thing", flat=True))


def _row(name: str) -> QueuedJob:
    with tenancy.scope(MALANG):
        return QueuedJob.objects.get(name=name)


def test_a_job_is_done_in_the_scope_of_its_tenant() -> None:
    jobs.later("test.note", MALANG, text="a")
    assert worker.drain() == 1
    assert _notes() == ["a"]
    assert _row("test.note").state == QueuedJob.State.DONE


def test_a_request_with_the_same_key_is_accepted_once_in_each_tenant() -> None:
    for _ in range(3):
        jobs.later("test.note", MALANG, key="stage-1", text="a")
    jobs.later("test.note", "35.07", key="stage-1", text="b")
    assert worker.drain() == 2
    assert _notes() == ["a"]


def test_a_change_that_is_rolled_back_asks_for_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.later("test.note", MALANG, text="a")
        raise RuntimeError
    assert worker.drain() == 0


def test_a_failing_job_is_tried_again_with_growing_waits_and_then_shown_as_stuck() -> None:
    waits = []
    with time_machine.travel(datetime(2026, 3, 2, 1, tzinfo=UTC), tick=False) as clock:
        jobs.later("test.break", MALANG, text="x")
        for _ in range(3):
            assert worker.drain() == 1
            row = _row("test.break")
            waits.append(row.run_after - timezone.now() if row.state == "waiting" else None)
            clock.shift(timedelta(hours=1))
        assert worker.drain() == 0
    assert waits == [timedelta(seconds=60), timedelta(seconds=120), None]
    assert _notes() == [], "what a failed attempt wrote is undone"
    with tenancy.scope(MALANG):
        assert [row.name for row in jobs.stuck()] == ["test.break"]
    assert "the bank does not answer" in row.last_error
    with tenancy.scope("35.07"):
        assert not jobs.stuck().exists(), "Joko sees nothing of it"


def test_a_refusal_is_not_tried_again() -> None:
    jobs.later("test.refuse", MALANG)
    worker.drain()
    assert (_row("test.refuse").state, _row("test.refuse").attempts) == ("failed", 1)


def test_a_stuck_job_can_be_given_new_tries() -> None:
    jobs.later("test.refuse", MALANG)
    worker.drain()
    jobs.again(_row("test.refuse"))
    assert worker.drain() == 1


def test_a_job_that_no_longer_exists_is_shown_as_stuck() -> None:
    row = jobs.later("test.note", MALANG, text="a")
    with tenancy.scope(MALANG):
        QueuedJob.objects.filter(pk=row.pk).update(name="test.gone")
    worker.drain()
    assert "test.gone" in _row("test.gone").last_error


def test_an_unknown_job_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(LookupError, match=r"test\.unknown"):
        jobs.later("test.unknown", MALANG)


def test_long_work_shows_how_far_it_is() -> None:
    jobs.later("test.long", MALANG)
    worker.drain()
    assert seen == ["running 3/12 sheet Aksi"]
    assert _row("test.long").share == 0.25


def test_a_second_task_for_the_same_attempt_does_nothing() -> None:
    row = jobs.later("test.note", MALANG, text="a")
    jobs.run.enqueue(MALANG, str(row.pk), 0)
    assert worker.drain() == 2
    assert _notes() == ["a"]


def test_the_task_of_a_dead_worker_is_done_by_another() -> None:
    jobs.later("test.note", MALANG, text="a")
    worker.beat("one")
    found = worker.take("one")
    assert found is not None
    with tenancy.scope(MALANG):  # killed after it took the job, before the end of its transaction
        QueuedJob.objects.update(state="running", attempts=1, worker="one")
    assert worker.recover() == 0, "worker one is alive"
    assert worker.release("one") == 1
    assert worker.drain() == 0, "the crash counts as a failed attempt and waits like one"
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert worker.drain() == 1
    assert _notes() == ["a"]
    assert _row("test.note").attempts == 2


def test_a_worker_silent_for_longer_than_its_lease_is_dead() -> None:
    jobs.later("test.note", MALANG, text="a")
    worker.beat("one")
    worker.take("one")
    with time_machine.travel(timezone.now() + worker.LEASE * 2):
        assert worker.recover() == 1
        assert worker.drain() == 1
    assert _notes() == ["a"]


def test_a_worker_that_wakes_up_too_late_leaves_no_trace() -> None:
    row = jobs.later("test.note", MALANG, text="a")
    with tenancy.scope(MALANG):
        QueuedJob.objects.update(state="running", attempts=1, worker="one")
        late = QueuedJob.objects.get(pk=row.pk)
        QueuedJob.objects.update(attempts=2, worker="two")  # given to worker two meanwhile
        assert jobs._attempt(late) == "stale"
    assert _notes() == []


def test_a_job_that_kills_its_worker_every_time_ends_as_stuck() -> None:
    jobs.later("test.note", MALANG, text="a")
    clock = timezone.now()
    for crash in range(7):
        clock += timedelta(hours=7)
        with time_machine.travel(clock):
            worker.beat(f"w{crash}")
            found = worker.take(f"w{crash}")
            if found is None:
                break
            with tenancy.scope(MALANG):
                QueuedJob.objects.update(state="running", attempts=found.args_kwargs["args"][2] + 1)
            worker.release(f"w{crash}")
    assert (_row("test.note").state, _row("test.note").attempts) == ("failed", 6)


def test_every_open_job_has_a_task_that_wakes_the_worker() -> None:
    jobs.later("test.note", MALANG, text="a")
    jobs.later("test.break", MALANG, text="a")
    worker.drain()
    assert invariants.values()["jobs_asleep"] == 0
    DBTaskResult.objects.all().delete()
    assert invariants.values()["jobs_asleep"] == 1


WIB = timezone.get_default_timezone()


@pytest.mark.parametrize(
    ("schedule", "now", "due", "because"),
    [
        (Schedule("s", minutes=15), "2026-03-02 10:29", "2026-03-02 10:15", "the quarter before"),
        (Schedule("s", minutes=15), "2026-03-02 10:30", "2026-03-02 10:30", "on the dot"),
        (Schedule("s", at=time(6)), "2026-03-02 07:00", "2026-03-02 06:00", "this morning"),
        (Schedule("s", at=time(6)), "2026-03-02 05:59", "2026-03-01 06:00", "yesterday morning"),
        (Schedule("s", at=time(6)), "2026-01-01 00:30", "2025-12-31 06:00", "over New Year"),
        (Schedule("s", at=time(6), weekday=0), "2026-03-02 06:00", "2026-03-02 06:00", "Monday morning"),
        (Schedule("s", at=time(6), weekday=0), "2026-03-01 23:00", "2026-02-23 06:00", "the Monday before"),
    ],
)
def test_the_last_due_time(schedule: Schedule, now: str, due: str, because: str) -> None:
    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=WIB)

    assert schedule.last_due(instant(now)) == instant(due), because


@pytest.fixture
def hourly() -> Iterator[SimpleNamespace]:
    calls = SimpleNamespace(due=[])
    schedules.every("test.hourly", minutes=60)(lambda due: calls.due.append((tenancy.current_tenant(), due)))
    yield calls
    schedules._schedules.pop("test.hourly")
    jobs._jobs.pop("test.hourly")


def test_a_schedule_runs_once_for_each_tenant_however_many_workers_look(hourly: SimpleNamespace) -> None:
    start = datetime(2026, 3, 2, 1, 20, tzinfo=UTC)
    assert "test.hourly" not in schedules.tick(start), "it begins with the next due time"
    for minutes in (30, 50, 55, 58):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            schedules.tick(timezone.now())
            worker.drain()
    due = "2026-03-02T02:00:00+00:00"
    assert sorted(hourly.due) == [("35.07", due), ("35.73", due)]


def test_a_clock_that_ran_ahead_does_not_silence_a_schedule(hourly: SimpleNamespace) -> None:
    start = datetime(2026, 3, 2, 1, 20, tzinfo=UTC)
    schedules.tick(start)
    schedules.tick(start + timedelta(days=400))
    assert "test.hourly" in schedules.tick(start + timedelta(hours=1))
    assert "test.hourly" not in schedules.tick(start + timedelta(hours=1))
    assert ScheduledRun.objects.filter(name="test.hourly").count() == 3


def test_a_schedule_names_minutes_or_a_time() -> None:
    with pytest.raises(ValueError, match="either minutes or a time"):
        schedules.every("test.both", minutes=5, at=time(6))


def test_an_event_reaches_every_subscriber_once() -> None:
    heard: list[str] = []

    @outbox.on("test.happened")
    def first(thing: str) -> None:
        heard.append(f"first {thing}")

    @outbox.on("test.happened")
    def second(thing: str) -> None:
        heard.append(f"second {thing}")

    with tenancy.scope(MALANG), transaction.atomic():
        outbox.announce("test.happened", "key-1", thing="road")
        outbox.announce("test.happened", "key-1", thing="road")
    worker.drain()
    assert sorted(heard) == ["first road", "second road"]


def test_an_event_nobody_listens_to_is_no_error() -> None:
    with tenancy.scope(MALANG):
        outbox.announce("test.silence", "key-1")
    assert worker.drain() == 0


def test_an_email_keeps_its_message_id_when_it_is_sent_again(mailoutbox: list) -> None:
    with tenancy.scope(MALANG), transaction.atomic():
        for _ in range(2):
            outbox.send_email("due:1", to=["budi@example.id"], subject="Jatuh tempo", text="Besok.")
    worker.drain()
    (first,) = mailoutbox
    with tenancy.scope(MALANG):  # killed after the mail server took it, before that was noted
        QueuedJob.objects.update(state="failed")
        jobs.again(QueuedJob.objects.get())
    worker.drain()
    assert first.message()["Message-ID"] == mailoutbox[1].message()["Message-ID"]
    assert first.to == ["budi@example.id"]


def test_an_email_that_the_server_does_not_take_is_tried_again(settings: SimpleNamespace) -> None:
    settings.MAILERS = {"default": mailer("smtp://127.0.0.1:1", Path("unused"))}
    with tenancy.scope(MALANG):
        outbox.send_email("due:1", to=["budi@example.id"], subject="Jatuh tempo", text="Besok.")
    worker.drain()
    assert _row("outbox.email").state == "waiting"
    assert "ConnectionRefused" in _row("outbox.email").last_error


def test_old_runs_are_forgotten_but_never_a_key(hourly: SimpleNamespace) -> None:
    start = datetime(2026, 3, 2, 1, 20, tzinfo=UTC)
    with time_machine.travel(start):
        schedules.tick(timezone.now())
    with time_machine.travel(start + timedelta(hours=1)):
        schedules.tick(timezone.now())
        jobs.later("test.note", MALANG, key="stage-1", text="a")
        worker.drain()
    with time_machine.travel(start + timedelta(days=40)), tenancy.scope(MALANG):
        due = timezone.now().isoformat()
        schedules.tidy(due)
        schedules.tidy_tasks(due)
        jobs.later("test.note", MALANG, key="stage-1", text="a")
        assert list(QueuedJob.objects.values_list("name", "payload")) == [("test.note", {})]
        assert not DBTaskResult.objects.exists()
        assert ScheduledRun.objects.filter(name="test.hourly").count() == 1


def test_a_worker_that_cannot_say_that_it_lives_looks_for_no_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take itself for one: a long write of another kept its sign of life away."""
    loop = worker.Loop("w")
    looked: list[str] = []

    def locked(_name: str) -> None:
        loop.stop.set()
        raise OperationalError("database is locked")

    monkeypatch.setattr(worker, "beat", locked)
    monkeypatch.setattr(worker, "recover", lambda: looked.append("recover"))
    for name in ("connection", "close_old_connections"):
        monkeypatch.setattr(worker, name, MagicMock())
    loop._keep()
    assert looked == []

"""Work of services that comes back: clocks, the calendar, news, children, datasets."""

from datetime import datetime, time

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.outbox import on
from balai.base.schedules import every
from balai.definitions import load
from balai.services.changes import clocks, heartbeat, joining, public_counts, webhooks
from balai.services.rules.loading import SERVICES


def _actor() -> Actor:
    return system("services.clock", tenancy.current_tenant(), "services.import")


@every("services.clocks", minutes=5, in_one_transaction=False)
def ring_clocks(due: str) -> None:
    """Warn, escalate and decide where the time has come; each case in a transaction of its own."""
    now = datetime.fromisoformat(due)
    while found := clocks.due_cases(now):
        rang = sum(clocks.ring(_actor(), key, now) for key in found)
        if not rang:
            break


@every("services.calendar", minutes=60, in_one_transaction=False)
def count_with_the_calendar(due: str) -> None:
    """Count open clocks anew where the holidays or the office hours became others."""
    now = datetime.fromisoformat(due)
    for one in load(SERVICES).values():
        if not one.value.offered_in(tenancy.current_tenant()):
            continue
        while found := clocks.outdated(one.value):
            for key in found:
                clocks.recount(_actor(), key, now)
            if clocks.outdated(one.value) == found:
                break


@every("services.news", at=time(9, 0), in_one_transaction=False)
def tell_news(due: str) -> None:
    """Tell those who wait how it stands, every so many days as the service says."""
    now = datetime.fromisoformat(due)
    for one in load(SERVICES).values():
        for key in heartbeat.waiting(one.value):
            heartbeat.beat(key, now)


@every("services.public_counts", minutes=5, in_one_transaction=False)
def count_for_everybody(due: str) -> None:
    """Write down the numbers that everybody is shown; to count them holds nobody up."""
    public_counts.count_for_everybody(datetime.fromisoformat(due))


@every("services.webhooks", at=time(3, 30))
def forget_messages(due: str) -> None:
    """Forget what programs elsewhere were told of long ago and took."""
    webhooks.forget_sent(datetime.fromisoformat(due))


@every("services.lost_messages", minutes=15)
def bury_messages(due: str) -> None:
    """Give up the messages to programs elsewhere whose last try ended with its worker."""
    webhooks.bury(datetime.fromisoformat(due))


@on("services.child")
def open_child(case: str, service: str) -> None:
    """Open the child a move asked for."""
    joining.open_child(_actor(), case, service, timezone.now())


@on("services.child_closed")
def end_child(case: str, service: str) -> None:
    """Move a parent on whose children are closed."""
    joining.child_closed(case, service, timezone.now())

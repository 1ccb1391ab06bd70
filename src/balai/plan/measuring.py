"""When progress is computed: after an indicator was measured, after a tie or an adoption, and every night."""

from datetime import datetime, time

from django.utils import timezone

from balai.base import tenancy, tenants
from balai.base.actor import Actor, system
from balai.base.jobs import job, later
from balai.base.outbox import on
from balai.base.schedules import every
from balai.plan import changes, reads
from balai.plan.ties import JOB


def computer() -> Actor:
    """Return in whose name progress is computed in the tenant in scope."""
    return system("plan.compute", tenancy.current_tenant(), "plan.read", "plan.write", "data.read")


@job(JOB)
def _take_over(indicator: str) -> None:
    changes.take_over(computer(), indicator, at=timezone.now())


@on("data.indicator_measured")
def _measured(indicator: str, run: str, tenant: str) -> None:
    """Take over the figures of a tenant's own indicator, and those of the nation for every tenant."""
    if tenant != tenancy.NATIONAL:
        changes.take_over(computer(), indicator, at=timezone.now())
        return
    for each in tenants.every():
        later(JOB, each, key=run, indicator=indicator)


@every("plan.take_over_nightly", at=time(3, 40))
def _nightly(due: str) -> None:
    """Take over what an event did not bring: figures that were braked, years whose periods opened since."""
    actor = computer()
    for indicator in reads.tied_indicators(actor):
        changes.take_over(actor, indicator, at=datetime.fromisoformat(due))

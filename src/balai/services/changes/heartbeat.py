"""News to those who wait, every so many days while nothing else is told: "kabar mingguan"."""

from datetime import datetime

from django.db import transaction

from balai.base import tenancy
from balai.services.changes import telling, wording
from balai.services.models import Case
from balai.services.reads.definitions import service_of
from balai.services.reads.situation import holds, situation_of, world_of
from balai.services.rules import machine
from balai.services.rules.definition import Notice, Service


def waiting(service: Service) -> list[str]:
    """Return ids of the open cases of a service version that may be due for news."""
    states = {state for one in service.notices.values() if one.every_days for state in one.during}
    if not states:
        return []
    rows = Case.objects.filter(
        tenant=tenancy.current_tenant(),
        service=service.code,
        service_version=service.version,
        is_open=True,
        state__in=states,
    ).order_by("pk")
    return [str(key) for key in rows.values_list("pk", flat=True)]


@transaction.atomic
def beat(key: str, now: datetime) -> int:
    """Tell the news of one case for the stretch of days it is in; each stretch is told once."""
    row: Case | None = Case.objects.select_for_update(of=("self",)).filter(pk=key, is_open=True).first()
    if row is None:
        return 0
    service = service_of(row)
    world, situation = world_of(service), situation_of(service, row)
    known = machine.values(service, situation, now, world)
    told = 0
    for notice in service.notices.values():
        stretch = _stretch(notice, row, now)
        if stretch < 1 or not holds(notice.when, known):
            continue
        said = wording.letter(service, row, notice, f"every:{stretch}", now, situation, world)
        told += len(telling.tell(service, row, notice.to, said, now))
    return told


def _stretch(notice: Notice, row: Case, now: datetime) -> int:
    """Return how many whole stretches of days have passed since the case was filed; 0 for no news."""
    if not notice.every_days or row.state not in notice.during:
        return 0
    return (now - row.received_at).days // notice.every_days

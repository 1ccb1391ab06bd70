"""The dataset of a service, published every night.

The service's file says which values leave and by which transform; small groups are held
back before anything is written.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Locked, NotFound
from balai.base.schedules import every
from balai.data import changes as data
from balai.people import reads as people
from balai.services.models import Case
from balai.services.reads.definitions import service_of
from balai.services.reads.leaving import leaving_values
from balai.services.reads.situation import holds, world_of
from balai.services.rules.definition import PublishedDataset, Service
from balai.services.rules.leaving import row_of, without_small_groups
from balai.services.rules.machine import World
from balai.services.rules.offered import newest


def rows(service: Service, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of the dataset of a service; hidden and young cases and small groups are left out."""
    said = service.publication.dataset
    if said is None:
        return
    yield from without_small_groups(said, _all_rows(service, said, now))


def _all_rows(service: Service, said: PublishedDataset, now: datetime) -> Iterator[Mapping[str, Any]]:
    until = now - timedelta(days=said.delay_days)
    tenant = tenancy.current_tenant()
    found = Case.objects.filter(tenant=tenant, service=service.code, is_secret=False, received_at__lte=until)
    world = world_of(service)
    government = people.government(tenant)
    region = government.region_code if government else tenant
    for row in found.order_by("received_at", "pk").iterator(chunk_size=500):
        known = _known(row, now, world)
        if known is None or (said.hide_when is not None and holds(said.hide_when, known)):
            continue
        leaves = row_of(said.columns, known)
        yield {"region": region, **{name: _cell(value) for name, value in leaves.items()}}


def _known(row: Case, now: datetime, world: World) -> Mapping[str, Any] | None:
    try:
        return leaving_values(service_of(row), row, now, world)
    except (NotFound, Locked):
        # Its definition is gone or altered: such a case is not told rather than told wrong.
        return None


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return (value["longitude"], value["latitude"])
    return value


def publish(actor: Actor, code: str, now: datetime) -> data.Published | None:
    """Publish the cases of a service as the next version of its dataset. Call it outside of a transaction.

    None where the service publishes none.

    Raises:
        NotFound: no such service. Forbidden. Invalid: what is wrong, by row and column.
        Conflict: a dataset declared on a page has its code.
    """
    if code not in newest():
        raise NotFound(code)
    service = newest()[code].value
    said = service.publication.dataset
    if said is None:
        return None
    data.ensure(actor, said.code)
    return data.publish(actor, said.code, rows(service, now), f"{timezone.localtime(now).year}", at=now)


@every("services.publish", at=time(2, 10), in_one_transaction=False)
def publish_nightly(due: str) -> None:
    """Publish the datasets of all services of the tenant."""
    now = datetime.fromisoformat(due)
    actor = system("services.publish", tenancy.current_tenant(), "data.publish")
    for code, one in newest().items():
        if one.value.offered_in(tenancy.current_tenant()):
            publish(actor, code, now)

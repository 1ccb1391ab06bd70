"""The dataset of a service, published every night.

The service's file says which values leave and by which transform; small groups are held
back before anything is written.
"""

import pickle
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import batched
from tempfile import TemporaryFile
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
from balai.services.reads.leaving import Known, gathered, leaving_values
from balai.services.reads.situation import holds, world_of
from balai.services.rules.definition import PublishedDataset, Service
from balai.services.rules.leaving import Group, group_of, row_of
from balai.services.rules.machine import World
from balai.services.rules.offered import newest

_AT_ONCE = 500
"""Cases gathered together: enough that queries cost little, few enough to be held in memory."""


def rows(service: Service, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of the dataset of a service; hidden and young cases and small groups are left out."""
    said = service.publication.dataset
    if said is None:
        return
    yield from _without_small_groups(said, _all_rows(service, said, now))


def _without_small_groups(
    said: PublishedDataset, found: Iterator[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of groups large enough. Rows wait on the disk until all are counted."""
    if not said.least:
        yield from found
        return
    groups: Counter[Group] = Counter()
    with TemporaryFile() as waiting:
        for some in batched(found, _AT_ONCE):
            groups.update(group_of(said, row) for row in some)
            pickle.dump(some, waiting)
        length = waiting.tell()
        waiting.seek(0)
        while waiting.tell() < length:
            some = pickle.load(waiting)  # noqa: S301  our own rows, in a file without a name
            yield from (row for row in some if groups[group_of(said, row)] >= said.least)


def _all_rows(service: Service, said: PublishedDataset, now: datetime) -> Iterator[Mapping[str, Any]]:
    until = now - timedelta(days=said.delay_days)
    tenant = tenancy.current_tenant()
    found = Case.objects.filter(tenant=tenant, service=service.code, is_secret=False, received_at__lte=until)
    world = world_of(service)
    government = people.government(tenant)
    region = government.region_code if government else tenant
    ordered = found.order_by("received_at", "pk").iterator(chunk_size=_AT_ONCE)
    for some in batched(ordered, _AT_ONCE):
        beside = gathered(some)
        for row in some:
            known = _known(row, now, world, beside)
            if known is None or (said.hide_when is not None and holds(said.hide_when, known)):
                continue
            leaves = row_of(said.columns, known)
            yield {"region": region, **{name: _cell(value) for name, value in leaves.items()}}


def _known(row: Case, now: datetime, world: World, beside: Known) -> Mapping[str, Any] | None:
    try:
        return leaving_values(service_of(row), row, now, world, beside)
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

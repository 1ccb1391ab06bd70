"""The dataset of a service: declared by its producer, checked by the steward, published here every night.

The service's file says which values leave and by which transform; small groups are held
back before anything is written. A service whose dataset nobody has declared and checked
publishes nothing.
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
from balai.data.rules.metadata import (
    Classification,
    Column,
    ColumnType,
    Declaration,
    Frequency,
    Standard,
)
from balai.definitions import Words
from balai.definitions.conditions import Kind, Shape
from balai.people import reads as people
from balai.services.models import Case
from balai.services.reads.definitions import service as service_on
from balai.services.reads.definitions import service_of, services
from balai.services.reads.leaving import leaving_values
from balai.services.reads.situation import holds, world_of
from balai.services.rules.definition import PublishedDataset, Service, Shown, Transform
from balai.services.rules.leaving import row_of, without_small_groups
from balai.services.rules.machine import World

REGION = Column(
    name="region",
    type=ColumnType.REGION,
    meaning=Words(id="Wilayah pemerintah daerah", en="Region of the local government"),
    reference="regions",
)
_TYPES = {Kind.INTEGER: ColumnType.INTEGER, Kind.DECIMAL: ColumnType.DECIMAL, Kind.YES_NO: ColumnType.BOOLEAN}


def declaration(service: Service) -> Declaration:
    """Return what the dataset of a service says of itself, for its producer and its steward.

    Raises:
        NotFound: the service publishes none.
    """
    said = service.publication.dataset
    if said is None:
        raise NotFound(service.code)
    case = Words(id="Berkas layanan", en="Case of a service")
    return Declaration(
        code=said.code,
        title=said.title,
        description=service.summary,
        producer=service.owner,
        steward=Words(id="Walidata pemerintah daerah", en="Data steward of the local government"),
        custodian=Words(id="Pengelola layanan", en="Office in charge of the service"),
        licence=said.licence,
        frequency=Frequency(said.frequency),
        legal_basis="; ".join(law.name for law in service.laws.values()),
        classification=Classification.OPEN,
        standard=Standard(
            concept=case,
            definition=Words(id="Satu baris untuk tiap berkas", en="One row for each case"),
            classification=service.title,
            measure=Words(id="Berkas", en="Case"),
            unit=Words(id="Berkas", en="Case"),
        ),
        keywords=(service.code,),
        key=("region", said.columns[0].name),
        columns=(REGION, *(_column(one, number == 0) for number, one in enumerate(said.columns))),
    )


def _column(one: Shown, is_key: bool) -> Column:
    kind = one.kind
    if one.transform is Transform.DAY:
        type_ = ColumnType.DATE
    elif one.transform in (Transform.GRID_25M, Transform.GRID_100M):
        type_ = ColumnType.POINT
    elif one.transform is Transform.PRESENCE:
        type_ = ColumnType.BOOLEAN
    elif one.transform is Transform.NONE and not isinstance(kind, Shape):
        type_ = _TYPES.get(kind, ColumnType.TEXT)
    else:
        type_ = ColumnType.TEXT
    return Column(name=one.name, type=type_, meaning=one.meaning, optional=not is_key)


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

    None where the dataset was not declared and checked yet.

    Raises:
        NotFound: no such service. Forbidden. Invalid: what is wrong, by row and column.
    """
    on = timezone.localtime(now).date()
    service = service_on(code, on)
    said = service.publication.dataset
    if said is None:
        return None
    try:
        return data.publish(actor, said.code, rows(service, now), f"{on.year}", at=now)
    except (NotFound, Locked):
        return None


@every("services.publish", at=time(2, 10), in_one_transaction=False)
def publish_nightly(due: str) -> None:
    """Publish the datasets of all services of the tenant."""
    now = datetime.fromisoformat(due)
    actor = system("services.publish", tenancy.current_tenant(), "data.publish")
    for one in services(timezone.localtime(now).date()):
        publish(actor, one.code, now)

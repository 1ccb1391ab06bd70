"""What services hand to One Data, as definitions like those of files: their datasets and indicators.

The newest version of a service speaks for it. So a dataset is followed, an indicator
counted and a target of a plan tied to it without anybody declaring them once more.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

from balai.base.errors import Invalid, NotFound
from balai.data.rules.indicators import Indicator
from balai.data.rules.indicators_files import INDICATORS
from balai.data.rules.metadata import (
    DATASETS,
    Classification,
    Column,
    ColumnType,
    Declaration,
    Frequency,
    Standard,
)
from balai.definitions import Definition, Words, inside, load
from balai.definitions.conditions import Kind, Shape
from balai.services.rules.definition import Service, Shown, Status, Transform
from balai.services.rules.loading import SERVICES

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


def _once[T](make: Callable[[Mapping[str, Definition[Service]]], T]) -> Callable[[], T]:
    """Make it anew only when services were loaded anew; whoever asks for a dataset or an indicator asks here.

    It is made of no service where a file of one is faulty: `check` tells what is wrong with it, and
    everything else goes on.
    """
    last: list[tuple[Mapping[str, Definition[Service]], T]] = []

    @wraps(make)
    def made() -> T:
        try:
            known = load(SERVICES)
        except Invalid:
            known = _NONE
        for of, found in last:
            if of is known:
                return found
        found = make(known)
        last[:] = [(known, found)]
        return found

    return made


_NONE: Mapping[str, Definition[Service]] = MappingProxyType({})


@_once
def newest(known: Mapping[str, Definition[Service]]) -> Mapping[str, Definition[Service]]:
    """Return the newest version of each service by code, one that was retired too; drafts are no versions."""
    found: dict[str, Definition[Service]] = {}
    for one in known.values():
        other = found.get(one.value.code)
        is_later = other is None or one.value.version > other.value.version
        if one.value.status is not Status.DRAFT and is_later:
            found[one.value.code] = one
    return MappingProxyType(found)


def _kept[T](
    found: Mapping[str, Definition[T]], last: list[tuple[object, Mapping[str, Definition[T]]]]
) -> Mapping[str, Definition[T]]:
    """Return the mapping given last where it says the same: whoever loads definitions tells them by it."""
    said = [(code, one.sha256) for code, one in found.items()]
    if not last or last[0][0] != said:
        last[:] = [(said, found)]
    return last[0][1]


_last_datasets: list[tuple[object, Mapping[str, Definition[Declaration]]]] = []
_last_indicators: list[tuple[object, Mapping[str, Definition[Indicator]]]] = []


@_once
def datasets(_known: Mapping[str, Definition[Service]]) -> Mapping[str, Definition[Declaration]]:
    """Return the datasets of services as definitions, by code."""
    found: dict[str, Definition[Declaration]] = {}
    for one in newest().values():
        said = one.value.publication.dataset
        if said is not None:
            found[said.code] = _definition(
                DATASETS.code, said.code, declaration(one.value), one, ("publication", "dataset")
            )
    return _kept(found, _last_datasets)


@_once
def indicators(_known: Mapping[str, Definition[Service]]) -> Mapping[str, Definition[Indicator]]:
    """Return the indicators of services as definitions, by code."""
    found = {
        told.define.code: _definition(
            INDICATORS.code, told.define.code, told.define, one, ("indicators", number, "define")
        )
        for one in newest().values()
        for number, told in enumerate(one.value.indicators)
    }
    return _kept(found, _last_indicators)


def _definition(
    kind: str, code: str, value: Any, of: Definition[Service], path: tuple[str | int, ...]
) -> Definition[Any]:
    digest = hashlib.sha256(f"{of.sha256}/{kind}/{code}".encode()).hexdigest()
    return Definition(kind, code, value, of.file, digest, of.layer, of.document.part(path))


inside(DATASETS, datasets)
inside(INDICATORS, indicators)

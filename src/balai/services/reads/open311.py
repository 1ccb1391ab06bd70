"""Cases as the Open311 face of their services shows them to everybody.

What is not shown by the face is not read from here. A list opens no sealed answer and asks a
handful of questions of the database, however long it is, wherever the face and its conditions
speak of the form and of the case alone.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from balai.base import tenancy
from balai.base.errors import Locked, NotFound
from balai.definitions.conditions import Condition, ConditionFailed
from balai.services.models import Case
from balai.services.reads.definitions import service_of
from balai.services.reads.leaving import leaving_values
from balai.services.reads.sight import as_key
from balai.services.reads.situation import applicant_kind, world_of
from balai.services.rules import facts
from balai.services.rules.definition import PUBLIC, Face, Service
from balai.services.rules.leaving import shown_of
from balai.services.rules.machine import World

_METRES_OF_A_DEGREE = 111_320
_MOST_REMEMBERED = 1000
_COLUMNS = (
    "tenant", "service", "service_version", "definition_hash", "number", "state", "kind", "is_open", "topic",
    "answers", "region_code", "office_id", "channel", "owner", "contact", "is_anonymous", "received_at",
    "moved_at", "closed_at", "days_taken", "reopens", "reroutes", "is_late",
)  # fmt: skip
_CASE = frozenset(
    {"state", "number", "filed_at", "closed_at", "channel", "applicant", "region", "village",
     "district", "outcome", "days_taken", "reopens", "reroutes", "is_late"}
)  # fmt: skip
"""Values of `case.` that stand in its columns."""


@dataclass(frozen=True)
class Near:
    """Within so many metres of a point."""

    latitude: Decimal
    longitude: Decimal
    metres: int


@dataclass(frozen=True)
class Sought:
    """Which cases are wanted; the services are those that have the face, by code.

    Attributes:
        topics: (service, topic), None for all; a topic of "" means all of the service.
        is_open: None for both.
        near: of the place that is shown, not of the true one.
    """

    services: Collection[str]
    since: datetime
    until: datetime
    topics: Collection[tuple[str, str]] | None = None
    is_open: bool | None = None
    near: Near | None = None


@dataclass(frozen=True)
class Request:
    """A case as it may be shown; `shown` by the names the face gives.

    Attributes:
        updated_at: when it moved last, or was closed.
    """

    service: Service
    number: str
    topic: str
    is_open: bool
    state: str
    updated_at: datetime
    shown: Mapping[str, Any]


def public_requests(sought: Sought, first: int, most: int, after: str = "") -> tuple[Request, ...]:
    """Return shown cases, the latest first: `most` of them after the first `first`.

    Args:
        after: number of a shown case the list goes on after, however far back it is; "" from the first.

    Raises:
        NotFound: no case of that number is shown.
    """
    rows = _rows(sought.services).filter(received_at__range=(sought.since, sought.until))
    if sought.topics is not None:
        wanted = Q(pk__in=[])
        for service, topic in sought.topics:
            wanted |= Q(service=service, topic=topic) if topic else Q(service=service)
        rows = rows.filter(wanted)
    if sought.is_open is not None:
        rows = rows.filter(is_open=sought.is_open)
    if sought.near is not None:
        rows = _around(rows, sought.near)
    rows = rows.order_by("-received_at", "-pk")
    if after:
        last = _shown_row(sought.services, after)
        rows = _beyond(rows, last.received_at, last.pk)
    if sought.near is None:
        if first:
            rows = _beyond_first(rows, first)
        return tuple(one.told() for one in islice(_seen(_in_parts(rows, most)), most))
    near = sought.near
    seen = _seen(_in_parts(rows, 500))
    found = (one for one in (each.told() for each in seen) if _is_near(one, near))
    return tuple(islice(found, first, first + most))


def _shown_row(services: Collection[str], number: str) -> Case:
    """Return the row of a shown case; whoever names a hidden one learns no more than of a missing one."""
    rows = _rows(services).filter(number=number.strip().upper())
    one = next(_seen(rows.iterator()), None)
    if one is None:
        raise NotFound
    return one.row


def _beyond(rows: QuerySet[Case], at: datetime, key: UUID) -> QuerySet[Case]:
    return rows.filter(Q(received_at__lt=at) | Q(received_at=at, pk__lt=key), received_at__lte=at)


def _in_parts(rows: QuerySet[Case], size: int) -> Iterator[Case]:
    """Yield rows a part at a time: told how few are wanted, PostgreSQL does not sort all of them first."""
    part = list(rows[:size])
    while part:
        yield from part
        part = list(_beyond(rows, part[-1].received_at, part[-1].pk)[:size]) if len(part) == size else []


def _beyond_first(rows: QuerySet[Case], number: int) -> QuerySet[Case]:
    """Return the rows after the first `number` that are shown.

    Of those before them only the answers are read, and mostly remembered whether such answers hide
    a case: a tenth of what it costs to read a case whole.
    """
    readers: dict[tuple[str, int], _Reader | None] = {}
    for key, at, service, version, answers in _answers_in_parts(rows, 2000):
        if (service, version) not in readers:
            readers[service, version] = _reader(rows.get(pk=key))
        reader = readers[service, version]
        if reader is None:
            continue
        hidden = reader.hides_for(answers)
        if hidden is None:
            hidden = reader.seen(rows.get(pk=key)) is None
        number -= not hidden
        if not number:
            return _beyond(rows, at, key)
    return rows.none()


def _answers_in_parts(
    rows: QuerySet[Case], size: int
) -> Iterator[tuple[UUID, datetime, str, int, dict[str, Any]]]:
    columns = ("pk", "received_at", "service", "service_version", "answers")
    part = list(rows.values_list(*columns)[:size])
    while part:
        yield from part
        more = len(part) == size
        part = list(_beyond(rows, part[-1][1], part[-1][0]).values_list(*columns)[:size]) if more else []


def requests_by_number(services: Collection[str], numbers: Collection[str]) -> tuple[Request, ...]:
    """Return the shown cases with these numbers, the latest first."""
    plain = [one.strip().upper() for one in numbers]
    rows = _rows(services).filter(number__in=plain).order_by("-received_at", "-pk")
    return tuple(one.told() for one in _seen(rows.iterator(chunk_size=500)))


def request_by_token(services: Collection[str], token: str) -> Request | None:
    """Return the shown case with an id, None where there is none."""
    key = as_key(token)
    found = next(_seen(_rows(services).filter(pk=key).iterator()), None) if key else None
    return found.told() if found else None


def _rows(services: Collection[str]) -> QuerySet[Case]:
    rows = Case.objects.filter(tenant=tenancy.current_tenant(), service__in=list(services), is_secret=False)
    return rows.only(*_COLUMNS)


def _around(rows: QuerySet[Case], near: Near) -> QuerySet[Case]:
    """Narrow to a box that surely holds every case whose shown place is near."""
    reach = Decimal(near.metres + 100) / _METRES_OF_A_DEGREE
    # Indonesia lies within 11 degrees of the equator, where a degree of longitude is nearly as long.
    return rows.filter(
        latitude__range=(near.latitude - reach, near.latitude + reach),
        longitude__range=(near.longitude - reach * 2, near.longitude + reach * 2),
    )


def _is_near(one: Request, near: Near) -> bool:
    # The true place is compared nowhere, else many small circles would find it.
    point = one.shown.get("point")
    if not isinstance(point, Mapping):
        return False
    east = float(Decimal(str(point["longitude"])) - near.longitude) * cos(radians(float(near.latitude)))
    north = float(Decimal(str(point["latitude"])) - near.latitude)
    return hypot(east, north) * _METRES_OF_A_DEGREE <= near.metres


def _seen(rows: Iterator[Case]) -> Iterator["_Seen"]:
    readers: dict[tuple[str, int], _Reader | None] = {}
    for row in rows:
        key = (row.service, row.service_version)
        if key not in readers:
            readers[key] = _reader(row)
        reader = readers[key]
        if reader is not None and (found := reader.seen(row)) is not None:
            yield found


@dataclass(frozen=True)
class _Seen:
    """A case that is not hidden, before it is said what of it is shown."""

    reader: "_Reader"
    row: Case
    known: Mapping[str, Any]

    def told(self) -> Request:
        row = self.row
        return Request(
            self.reader.service,
            row.number,
            row.topic,
            row.is_open,
            row.state,
            row.closed_at or row.moved_at,
            shown_of(self.reader.face, self.known),
        )


@dataclass
class _Reader:
    """Reads the cases of one version of a service through its face."""

    service: Service
    face: Face
    world: World
    is_light: bool
    hides: "_Remembered"

    def hides_for(self, answers: Mapping[str, Any]) -> bool | None:
        """Tell whether answers to the form hide a case, None where they do not decide it alone."""
        if not self.is_light or not self.hides.is_of_form:
            return None
        return self.hides.for_answers(self.service, answers)

    def seen(self, row: Case) -> _Seen | None:
        known = (
            self._light(row) if self.is_light else leaving_values(self.service, row, row.moved_at, self.world)
        )
        return None if self.hides(known) else _Seen(self, row, known)

    def _light(self, row: Case) -> dict[str, Any]:
        local, state = self.world.office.local, self.service.states[row.state]
        region = row.region_code
        return {
            "form": facts.answers_for_conditions(self.service.form, row.answers),
            "case": {
                "state": row.state,
                "number": row.number,
                "filed_at": local(row.received_at).isoformat(timespec="seconds"),
                "closed_at": local(row.closed_at).isoformat(timespec="seconds") if row.closed_at else None,
                "channel": row.channel,
                "applicant": applicant_kind(row),
                "region": region,
                "village": region if len(region) == 13 else None,
                "district": region[:8] if len(region) >= 8 else None,
                "outcome": str(state.outcome) if state.outcome else None,
                "days_taken": row.days_taken,
                "reopens": row.reopens,
                "reroutes": row.reroutes,
                "is_late": row.is_late,
            },
        }


def _reader(row: Case) -> _Reader | None:
    try:
        service = service_of(row)
    except (NotFound, Locked):
        # Its definition is gone or altered: such a case is not shown rather than shown wrong.
        return None
    face = service.publication.open311
    if face is None:
        return None
    # Whole cases that anything hides from the public stay hidden, whatever the face itself says.
    conditions = [face.hide_when] if face.hide_when is not None else []
    conditions += [
        one.when for one in service.hiding if not one.fields and PUBLIC in one.hidden_from and one.when
    ]
    always = any(not one.fields and PUBLIC in one.hidden_from and one.when is None for one in service.hiding)
    hidden = {
        field for one in service.hiding if one.fields and PUBLIC in one.hidden_from for field in one.fields
    }
    if always:
        return None
    # What may be hidden from the public for some cases is shown of none.
    face = replace(face, show=tuple(one for one in face.show if one.value not in hidden))
    named = {tuple(one.value.split(".", 1)) for one in face.show}
    named |= {pair for condition in conditions for pair in condition.refers_to}
    return _Reader(service, face, world_of(service), _is_light(service, named), _Remembered(conditions))


def _is_light(service: Service, named: set[tuple[str, ...]]) -> bool:
    """Tell whether all that is named stands in columns and in answers that are not sealed."""
    personal = (path for path, field in service.form.fields() if field.is_personal)
    sealed = {path.partition(".")[0].removesuffix("[]") for path in personal}
    for group, name in named:
        if group == "case" and name in _CASE:
            continue
        if group == "form" and name.partition(".")[0] not in sealed:
            continue
        return False
    return True


class _Remembered:
    """Conditions of which one hides a case; the same values are asked about once."""

    def __init__(self, conditions: list[Condition]) -> None:
        self._conditions = conditions
        self._named = sorted({pair for one in conditions for pair in one.refers_to})
        self._answers: dict[str, bool] = {}
        self._by_answers: dict[str, bool] = {}
        self.is_of_form = all(group == "form" for group, _name in self._named)
        self._tops = sorted({name.partition(".")[0] for _group, name in self._named})

    def for_answers(self, service: Service, answers: Mapping[str, Any]) -> bool:
        """Tell the same of a case of which only the answers are known, as they are kept."""
        said = repr([answers.get(name) for name in self._tops])
        if said not in self._by_answers:
            if len(self._by_answers) > _MOST_REMEMBERED:
                self._by_answers.clear()
            self._by_answers[said] = self({"form": facts.answers_for_conditions(service.form, answers)})
        return self._by_answers[said]

    def __call__(self, known: Mapping[str, Any]) -> bool:
        said = repr([known.get(group, {}).get(name) for group, name in self._named])
        if said not in self._answers:
            if len(self._answers) > _MOST_REMEMBERED:
                self._answers.clear()
            self._answers[said] = any(_holds(one, known) for one in self._conditions)
        return self._answers[said]


def _holds(condition: Condition, known: Mapping[str, Any]) -> bool:
    # A condition without an answer hides.
    try:
        return condition.holds(known)
    except ConditionFailed:
        return True

"""Open cases that may be about the same thing, shown before a new one is filed: follow it instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from balai.base import tenancy
from balai.base.errors import NotFound
from balai.services.models import Case
from balai.services.reads.definitions import version_of
from balai.services.rules.definition import Duplicates, Service
from balai.services.rules.leaving import value_at
from balai.services.rules.particulars import SECRET, topic_field

_METRES_OF_A_DEGREE = 111_320
_MOST_GONE_THROUGH = 2_000
"""Cases of the same topic that are gone through, the newest: no index holds places."""
_MOST_LOOKED_AT, _MOST_COMPARED, _MOST_SHOWN = 500, 60, 5
_SHORTEST_WORD = 4


@dataclass(frozen=True)
class Alike:
    """A case that may be the same, as anyone may see it: without its story and its reporter.

    Attributes:
        metres: how far off, None where either has no point.
        words: how many longer words both say.
    """

    id: UUID
    number: str
    topic: str
    state: str
    received_on: date
    metres: int | None
    words: int


def alike(service: Service, answers: Mapping[str, Any], now: datetime) -> tuple[Alike, ...]:
    """Return open cases near in place, topic, words and time, the likest first; no hidden ones.

    Cases of other versions of the service are among them: each is read by the names of its own version.
    Of a topic with very many cases the 2,000 that came in last are gone through; three queries.

    Args:
        answers: as they were typed so far, JSON; nothing about them is trusted.
    """
    asked = service.filing.duplicates
    if asked is None:
        return ()
    point = _point(value_at(asked.place, answers)) if asked.place else None
    said = _words(_text(asked, answers))
    rows = _candidates(service, asked, answers, point, now)
    metres = _nearest(rows, point, asked.within_m) if point is not None else None
    if metres is not None:
        rows = rows.filter(pk__in=metres)
    found: list[Alike] = []
    versions: dict[int, Service | None] = {service.version: service}
    columns = ("pk", "number", "topic", "service_version", "state", "received_at", "answers")
    for key, number, topic, version, state, received_at, theirs in rows.values_list(*columns)[
        :_MOST_LOOKED_AT
    ]:
        if version not in versions:
            versions[version] = _of_version(service.code, version)
        its = versions[version]
        if its is None:
            continue
        words = len(said & _words(_text(its.filing.duplicates or asked, theirs)))
        if theirs.get(SECRET) is True or (metres is None and not words):
            continue
        away = metres[key] if metres is not None else None
        title = str(its.states[state].title)
        found.append(Alike(key, number, topic, title, received_at.date(), away, words))
    found.sort(key=lambda one: (one.metres or 0, -one.words))
    return tuple(found[:_MOST_SHOWN])


def _of_version(code: str, version: int) -> Service | None:
    try:
        return version_of(code, version)
    except NotFound:
        # Its file is gone. Who files has nothing to do with it, and is not kept from filing.
        return None


def _text(asked: Duplicates, answers: Mapping[str, Any]) -> str:
    return " ".join(str(answers.get(name) or "") for name in asked.text)


def _candidates(
    service: Service,
    asked: Duplicates,
    answers: Mapping[str, Any],
    point: tuple[Decimal, Decimal] | None,
    now: datetime,
) -> QuerySet[Case]:
    rows = Case.objects.filter(tenant=tenancy.current_tenant(), service=service.code)
    topic = topic_field(service)
    if topic is not None and topic.id in asked.same:
        rows = rows.filter(topic=str(answers.get(topic.id) or "")[:60])
    rows = rows.filter(
        received_at__gte=max(now - timedelta(days=asked.days), _when_many_came(rows)),
        is_open=True,
        is_secret=False,
    )
    if point is not None:
        reach = Decimal(asked.within_m) / _METRES_OF_A_DEGREE
        rows = rows.filter(
            longitude__range=(point[0] - reach * 2, point[0] + reach * 2),
            latitude__range=(point[1] - reach, point[1] + reach),
        )
    return rows.order_by("-received_at")


def _when_many_came(rows: QuerySet[Case]) -> datetime:
    """Return since when as many came in as are gone through; the beginning of time where they are fewer."""
    newest = rows.order_by("-received_at").values_list("received_at", flat=True)
    # Read from the index alone. To go on to the rows themselves is what costs.
    found: datetime | None = newest[_MOST_GONE_THROUGH : _MOST_GONE_THROUGH + 1].first()
    return found or datetime.min.replace(tzinfo=UTC)


def _nearest(rows: QuerySet[Case], point: tuple[Decimal, Decimal], within_m: int) -> dict[UUID, int]:
    """Return id → metres of the cases nearest to a point; of equally near ones the newest."""
    places = rows.values_list("pk", "longitude", "latitude")[:_MOST_LOOKED_AT]
    found = [
        (_metres(point, longitude, latitude), key)
        for key, longitude, latitude in places
        if longitude is not None and latitude is not None
    ]
    found.sort(key=lambda one: one[0])
    return {key: metres for metres, key in found[:_MOST_COMPARED] if metres <= within_m}


def _point(value: Any) -> tuple[Decimal, Decimal] | None:
    try:
        return Decimal(str(value["longitude"])), Decimal(str(value["latitude"]))
    except (ArithmeticError, KeyError, TypeError):
        return None


def _metres(point: tuple[Decimal, Decimal], longitude: Decimal, latitude: Decimal) -> int:
    east = float(point[0] - longitude) * cos(radians(float(point[1])))
    return round(hypot(east, float(point[1] - latitude)) * _METRES_OF_A_DEGREE)


def _words(text: str) -> frozenset[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return frozenset(word for word in plain.split() if len(word) >= _SHORTEST_WORD)

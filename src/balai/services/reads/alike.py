"""Open cases that may be about the same thing, shown before a new one is filed: follow it instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from balai.base import tenancy
from balai.services.models import Case
from balai.services.rules.definition import Duplicates, Service
from balai.services.rules.leaving import value_at
from balai.services.rules.particulars import SECRET, topic_field

_METRES_OF_A_DEGREE = 111_320
_MOST_LOOKED_AT, _MOST_SHOWN = 500, 5
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

    Args:
        answers: as they were typed so far, JSON; nothing about them is trusted.
    """
    asked = service.filing.duplicates
    if asked is None:
        return ()
    point = _point(value_at(asked.place, answers)) if asked.place else None
    said = _words(" ".join(str(answers.get(name) or "") for name in asked.text))
    found: list[Alike] = []
    for row in _candidates(service, asked, answers, point, now)[:_MOST_LOOKED_AT]:
        if row.answers.get(SECRET) is True:
            continue
        metres = _metres(point, row)
        if metres is not None and metres > asked.within_m:
            continue
        words = len(said & _words(" ".join(str(row.answers.get(name) or "") for name in asked.text)))
        if metres is None and not words:
            continue
        title = str(service.states[row.state].title)
        received = row.received_at.date()
        found.append(Alike(row.pk, row.number, row.topic, title, received, metres, words))
    found.sort(key=lambda one: (one.metres if one.metres is not None else asked.within_m, -one.words))
    return tuple(found[:_MOST_SHOWN])


def _candidates(
    service: Service,
    asked: Duplicates,
    answers: Mapping[str, Any],
    point: tuple[Decimal, Decimal] | None,
    now: datetime,
) -> QuerySet[Case]:
    rows = Case.objects.filter(
        tenant=tenancy.current_tenant(),
        service=service.code,
        service_version=service.version,
        is_open=True,
        is_secret=False,
        received_at__gte=now - timedelta(days=asked.days),
    )
    topic = topic_field(service)
    if topic is not None and topic.id in asked.same:
        rows = rows.filter(topic=str(answers.get(topic.id) or "")[:60])
    if point is not None:
        reach = Decimal(asked.within_m) / _METRES_OF_A_DEGREE
        rows = rows.filter(
            longitude__range=(point[0] - reach * 2, point[0] + reach * 2),
            latitude__range=(point[1] - reach, point[1] + reach),
        )
    return rows.order_by("-received_at")


def _point(value: Any) -> tuple[Decimal, Decimal] | None:
    try:
        return Decimal(str(value["longitude"])), Decimal(str(value["latitude"]))
    except (ArithmeticError, KeyError, TypeError):
        return None


def _metres(point: tuple[Decimal, Decimal] | None, row: Case) -> int | None:
    if point is None or row.longitude is None or row.latitude is None:
        return None
    east = float(point[0] - row.longitude) * cos(radians(float(point[1])))
    north = float(point[1] - row.latitude)
    return round(hypot(east, north) * _METRES_OF_A_DEGREE)


def _words(text: str) -> frozenset[str]:
    plain = "".join(sign if sign.isalnum() else " " for sign in text.casefold())
    return frozenset(word for word in plain.split() if len(word) >= _SHORTEST_WORD)

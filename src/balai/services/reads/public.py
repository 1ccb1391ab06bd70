"""What everybody is shown of the cases of a service: how many, where, of what, how soon they were answered.

All of it is counted from the same rows: cases that the service's file hides are in the
total alone. A million cases take the database a second to count, so the numbers are
written every few minutes; where nobody writes them they are counted when they are asked for.
Counted is a column of the index. To count the key would read each row, four times as long.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from balai.base import tenancy
from balai.people import reads as people
from balai.places import reads as places
from balai.services.models import Case, PublicCount
from balai.services.reads.leaving import leaving_values
from balai.services.reads.situation import world_of
from balai.services.rules.definition import Service
from balai.services.rules.holding_back import held_back
from balai.services.rules.leaving import row_of
from balai.services.rules.particulars import topic_field

LOOKED_BACK = timedelta(days=365)
FRESH = timedelta(minutes=10)
"""How old written numbers may be; older ones are counted anew when they are asked for."""
MOST_POINTS = 300
_DISTRICT = 8


@dataclass(frozen=True)
class Counted:
    """One line of a table: a key, what it is called, and how many."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class OfficeCounted:
    """How one office answered, of the cases that are public.

    Attributes:
        median_days: working days to close one, None where none was closed.
        on_time: share of closed ones that were never late, 0 to 1; None where none was closed.
        score: mean of the ratings, None where fewer than may be told rated.
    """

    name: str
    open: int
    closed: int
    median_days: int | None
    on_time: float | None
    score: float | None


@dataclass(frozen=True)
class PublicFigures:
    """What is told of the cases filed since `since`.

    Attributes:
        total: every case, those that are not public among them.
        cells: (topic, district) → how many, None where they are too few to be told.
        points: the newest cases as the map of the service shows them, without those that have no place.
    """

    counted_at: datetime
    since: date
    total: int
    shown: int
    topics: tuple[Counted, ...]
    states: tuple[Counted, ...]
    months: tuple[Counted, ...]
    villages: tuple[Counted, ...]
    districts: tuple[Counted, ...]
    cells: Mapping[tuple[str, str], int | None]
    least: int
    offices: tuple[OfficeCounted, ...]
    points: tuple[Mapping[str, Any], ...]

    @property
    def hidden(self) -> int:
        return self.total - self.shown


def public_figures(service: Service, now: datetime) -> PublicFigures:
    """Return what everybody may know of the cases of a service in the last 365 days."""
    kept = PublicCount.objects.filter(
        tenant=tenancy.current_tenant(), service=service.code, counted_at__gte=now - FRESH
    ).first()
    return _told(service, kept.figures if kept else counted(service, now))


def counted(service: Service, now: datetime) -> dict[str, Any]:
    """Count the cases of a service as JSON: what `public_figures` tells, without names."""
    today = timezone.localtime(now).date()
    since = today - LOOKED_BACK
    rows = Case.objects.filter(
        tenant=tenancy.current_tenant(), service=service.code, received_at__gte=_midnight(since)
    ).order_by()
    total, months = 0, list[list[Any]]()
    topics, states, villages = Counter[str](), Counter[str](), Counter[str]()
    cells = Counter[tuple[str, str]]()
    # Month by month: to cut every instant to its month costs a function call each, and the database
    # puts a twelfth in order sooner than the whole.
    for month, of_month in _by_month(rows, since, today):
        groups = of_month.values_list("is_public", "topic", "region_code", "state")
        in_month = 0
        for shown, topic, region, state, count in groups.annotate(count=Count("received_at")).iterator():
            total += count
            if shown:
                in_month += count
                topics[topic] += count
                states[state] += count
                villages[region] += count
                cells[topic, region[:_DISTRICT]] += count
        months.append([month, in_month])
    return {
        "counted_at": now.isoformat(),
        "since": since.isoformat(),
        "total": total,
        "topics": topics,
        "states": states,
        "villages": villages,
        "cells": [[topic, district, count] for (topic, district), count in cells.items()],
        "months": months,
        "offices": _offices(service, rows.filter(is_public=True)),
        "points": list(_points(service, rows, now)),
    }


def _by_month(rows: QuerySet[Case], since: date, until: date) -> Iterator[tuple[str, QuerySet[Case]]]:
    """Yield "2026-08" and its cases for every month that has begun, the first one from `since` on."""
    begin = since
    while begin <= until:
        after = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        found = rows.filter(received_at__gte=_midnight(begin))
        yield f"{begin:%Y-%m}", found.filter(received_at__lt=_midnight(after)) if after <= until else found
        begin = after


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _offices(service: Service, rows: QuerySet[Case]) -> list[dict[str, Any]]:
    """Return how each office answered: what `OfficeCounted` tells, with how many rated and their sum."""
    groups = rows.filter(office__isnull=False).values_list(
        "office", "state", "is_late", "days_taken", "score"
    )
    by_office: dict[str, list[tuple[Any, ...]]] = {}
    for office, *rest in groups.annotate(count=Count("received_at")).iterator():
        by_office.setdefault(str(office), []).append(tuple(rest))
    return [{"office": key, **_office(service, found)} for key, found in by_office.items()]


def _office(service: Service, groups: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    days = Counter[int]()
    opened = closed = in_time = rated = scored = 0
    for state, is_late, taken, score, count in groups:
        known = service.states.get(state)
        if known is not None and not known.is_closed:
            opened += count
        else:
            closed += count
            in_time += 0 if is_late else count
            if taken is not None:
                days[taken] += count
        if score is not None:
            rated += count
            scored += score * count
    return {
        "open": opened, "closed": closed, "in_time": in_time, "median": _median(days),
        "rated": rated, "scored": scored,
    }  # fmt: skip


def _points(service: Service, rows: QuerySet[Case], now: datetime) -> Iterable[dict[str, Any]]:
    face = service.publication.map
    if face is None:
        return
    world = world_of(service)
    is_plain = all(one.value.partition(".")[0] in ("form", "case") for one in face.show)
    newest = rows.filter(is_public=True, longitude__isnull=False).order_by("-received_at", "-pk")
    for row in newest[:MOST_POINTS]:
        known = _plainly(row) if is_plain else leaving_values(service, row, now, world)
        told = row_of(face.show, known)
        yield {name: _as_json(value) for name, value in told.items()}


def _plainly(row: Case) -> dict[str, Any]:
    """Return the values of a case that need no other row; clocks and moves have none here."""
    filed_at = timezone.localtime(row.received_at).isoformat()
    case = {
        "number": row.number,
        "state": row.state,
        "channel": row.channel,
        "filed_at": filed_at,
        "region": row.region_code,
        "village": row.region_code or None,
        "district": row.region_code[:_DISTRICT] or None,
    }
    return {"form": row.answers, "case": case}


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: float(part) for name, part in value.items()}
    return value


def _told(service: Service, said: Mapping[str, Any]) -> PublicFigures:
    topics, villages = said["topics"], said["villages"]
    cells = {(topic, district): count for topic, district, count in said["cells"]}
    districts = Counter[str]()
    for region, count in villages.items():
        districts[region[:_DISTRICT]] += count
    names = places.names({*villages, *districts} - {""})
    dataset = service.publication.dataset
    least = dataset.least if dataset else 0
    table = {(topic, district): cells.get((topic, district), 0) for topic in topics for district in districts}
    return PublicFigures(
        datetime.fromisoformat(said["counted_at"]),
        date.fromisoformat(said["since"]),
        said["total"],
        sum(topics.values()),
        _lines(topics, topic_names(service)),
        _in_order(said["states"], {key: str(state.title) for key, state in service.states.items()}),
        tuple(Counted(month, month, count) for month, count in said["months"]),
        _lines(villages, names),
        _lines(districts, names),
        held_back(table, least),
        least,
        _offices_told(said["offices"], least),
        tuple(said["points"]),
    )


def topic_names(service: Service) -> dict[str, str]:
    """Return key → label of what cases of a service are about."""
    field = topic_field(service)
    return {option.key: str(option.label) for option in field.options} if field else {}


def _lines(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Counted, ...]:
    """Return the lines of a table, most first."""
    found = [Counted(key, names.get(key, key), count) for key, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))


def _in_order(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Counted, ...]:
    """Return the lines in the order of the service's file, those of older versions last."""
    keys = [*(key for key in names if key in counts), *(key for key in counts if key not in names)]
    return tuple(Counted(key, names.get(key, key), counts[key]) for key in keys)


def _offices_told(said: Iterable[Mapping[str, Any]], least: int) -> tuple[OfficeCounted, ...]:
    rows = list(said)
    names = people.office_names({row["office"] for row in rows})
    found = [
        OfficeCounted(
            names.get(row["office"], row["office"]),
            row["open"],
            row["closed"],
            row["median"],
            row["in_time"] / row["closed"] if row["closed"] else None,
            row["scored"] / row["rated"] if row["rated"] >= max(least, 1) else None,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (-(one.open + one.closed), one.name)))


def _median(days: Counter[int]) -> int | None:
    """Return the lower middle of counted days, None of none."""
    left = (days.total() + 1) // 2
    for taken in sorted(days):
        left -= days[taken]
        if left <= 0:
            return taken
    return None

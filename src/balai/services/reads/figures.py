"""What the supervisor's board shows: per office what is open, late, how long it takes, what comes back.

What is open and late is counted whenever somebody looks. What was closed in ninety days may be
most of a million cases: where it is that many, a job counts it every few minutes, and the board
says of when it is. Everywhere else it is counted at once too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum

from balai.base.actor import Actor, Reach
from balai.people import reads as people
from balai.services.models import Case
from balai.services.reads import sight
from balai.services.verbs import SERVICES_FIGURES

LOOKED_BACK = timedelta(days=90)
MOST_AT_ONCE = 50_000
"""Closed cases that are counted while somebody waits; the count of more is kept."""
FRESH = timedelta(minutes=10)
"""How old a kept count may be; an older one is made anew for who asks."""
_WIDE = (Reach.TENANT, Reach.NATION)


@dataclass(frozen=True)
class OfficeFigures:
    """How one office does with one service, or with all.

    Attributes:
        open, late: now; late are the open ones past their due date.
        closed: in the days looked back over; `median_days` working days to close one of them, lower
            middle where they are even, None where none was closed.
        reopened: of the closed ones, those that came back at least once.
        rated, satisfaction: of the closed ones, how many were rated and their mean, 1 to 5; None for none.
    """

    office: str
    name: str
    open: int
    late: int
    closed: int
    median_days: int | None
    reopened: int
    rated: int = 0
    satisfaction: Fraction | None = None


@dataclass(frozen=True)
class Board:
    """The figures of offices, most late first.

    Attributes:
        ended_at: when what was closed was counted; what is open is of the moment it is read.
    """

    offices: tuple[OfficeFigures, ...]
    ended_at: datetime


@dataclass(frozen=True)
class _Ended:
    closed: int = 0
    median_days: int | None = None
    reopened: int = 0
    rated: int = 0
    satisfaction: Fraction | None = None


type _Line = tuple[str, str, int | None, int, int, int, int]
"""Service, office, working days taken, then how many of these were closed, came back, were rated, and
the sum of their ratings. A million cases come as a few hundred of these."""


def board_of_offices(actor: Actor, now: datetime, service: str = "") -> Board:
    """Return the figures of every office with cases, most late first; secret cases are not counted.

    Who may see the figures of their offices only is given those.

    Raises:
        Forbidden: the actor may not see them.
    """
    rows = counted(actor).filter(is_open=True)
    if service:
        rows = rows.filter(service=service)
    opened = {
        str(office): (count, late)
        for office, count, late in rows.order_by()
        .values_list("office")
        # Counted by a column of the index: to count the key would read each row for it.
        .annotate(n=Count("urgent_at"), late=Count("urgent_at", filter=Q(urgent_at__lt=now)))
    }
    lines, ended_at = _closed(actor.tenant, now)
    ended = _by_office(line for line in lines if not service or line[0] == service)
    if actor.reach(SERVICES_FIGURES) not in _WIDE:
        ended = {office: one for office, one in ended.items() if office in actor.offices}
    names = people.office_names({*opened, *ended})
    found = []
    for office in {*opened, *ended}:
        count, late = opened.get(office, (0, 0))
        done = ended.get(office, _Ended())
        found.append(
            OfficeFigures(
                office,
                names.get(office, ""),
                count,
                late,
                done.closed,
                done.median_days,
                done.reopened,
                done.rated,
                done.satisfaction,
            )
        )
    return Board(tuple(sorted(found, key=lambda one: (-one.late, -one.open, one.name))), ended_at)


def counted(actor: Actor) -> QuerySet[Case]:
    """Return the cases the actor may see figures of. Raises Forbidden."""
    actor.require(SERVICES_FIGURES)
    rows = Case.objects.filter(tenant=actor.tenant, is_secret=False, office__isnull=False)
    if actor.reach(SERVICES_FIGURES) in _WIDE:
        return rows
    return rows.filter(office__in=sight.offices_of(actor))


def count_closed(tenant: str, now: datetime) -> Sequence[_Line]:
    """Count what was closed in the days looked back over; where it is much, keep it for those who ask."""
    lines = _counted_closed(tenant, now)
    if sum(line[3] for line in lines) > MOST_AT_ONCE:
        cache.set(_key(tenant), (now, lines), FRESH.total_seconds())
    return lines


def _closed(tenant: str, now: datetime) -> tuple[Sequence[_Line], datetime]:
    """Return what was closed in the days looked back over, and when that was counted."""
    kept: tuple[datetime, Sequence[_Line]] | None = cache.get(_key(tenant))
    if kept is None or not now - FRESH < kept[0] <= now:
        return count_closed(tenant, now), now
    return kept[1], kept[0]


def _key(tenant: str) -> str:
    return f"services.closed:{tenant}"


def _counted_closed(tenant: str, now: datetime) -> list[_Line]:
    rows = Case.objects.filter(
        tenant=tenant,
        is_open=False,
        is_secret=False,
        office__isnull=False,
        closed_at__gte=now - LOOKED_BACK,
    )
    lines = (
        rows.order_by()
        .values_list("service", "office", "days_taken")
        .annotate(
            n=Count("closed_at"),
            back=Count("closed_at", filter=Q(reopens__gt=0)),
            rated=Count("score"),
            score=Sum("score"),
        )
    )
    return [
        (service, str(office), days, number, back, rated, score or 0)
        for service, office, days, number, back, rated, score in lines
    ]


def _by_office(lines: Iterable[_Line]) -> Mapping[str, _Ended]:
    offices: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        offices[line[1]].append(line)
    return {office: _of_office(found) for office, found in offices.items()}


def _of_office(lines: Sequence[_Line]) -> _Ended:
    days = Counter[int]()
    for line in lines:
        if line[2] is not None:
            days[line[2]] += line[3]
    rated, score = sum(line[5] for line in lines), sum(line[6] for line in lines)
    return _Ended(
        sum(line[3] for line in lines),
        _median(list(days.items())),
        sum(line[4] for line in lines),
        rated,
        Fraction(score, rated) if rated else None,
    )


def _median(days: Sequence[tuple[int, int]]) -> int | None:
    """Return the lower middle of values that come with how often they are there, in order.

    >>> _median([(1, 2), (5, 2)]), _median([])
    (1, None)
    """
    left = (sum(count for _value, count in days) - 1) // 2
    for value, count in sorted(days):
        if left < count:
            return value
        left -= count
    return None

"""What the supervisor's board shows: per office what is open, late, how long it takes, what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from django.db.models import Count, Q, QuerySet, Sum

from balai.base.actor import Actor, Reach
from balai.people import reads as people
from balai.services.models import Case
from balai.services.reads import sight
from balai.services.verbs import SERVICES_FIGURES

LOOKED_BACK = timedelta(days=90)
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
class _Ended:
    closed: int = 0
    median_days: int | None = None
    reopened: int = 0
    rated: int = 0
    satisfaction: Fraction | None = None


def board_of_offices(actor: Actor, now: datetime, service: str = "") -> tuple[OfficeFigures, ...]:
    """Return the figures of every office with cases, most late first; secret cases are not counted.

    Who may see the figures of their offices only is given those.

    Raises:
        Forbidden: the actor may not see them.
    """
    rows = counted(actor)
    if service:
        rows = rows.filter(service=service)
    opened = {
        str(office): (count, late)
        for office, count, late in rows.filter(is_open=True)
        .order_by()
        .values_list("office")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(urgent_at__lt=now)))
    }
    ended = _ended(rows.filter(is_open=False, closed_at__gte=now - LOOKED_BACK))
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
    return tuple(sorted(found, key=lambda one: (-one.late, -one.open, one.name)))


def counted(actor: Actor) -> QuerySet[Case]:
    """Return the cases the actor may see figures of. Raises Forbidden."""
    actor.require(SERVICES_FIGURES)
    rows = Case.objects.filter(tenant=actor.tenant, is_secret=False, office__isnull=False)
    if actor.reach(SERVICES_FIGURES) in _WIDE:
        return rows
    return rows.filter(office__in=sight.offices_of(actor))


def _ended(rows: QuerySet[Case]) -> dict[str, _Ended]:
    """Return office → how its closed cases went.

    The database counts them by days taken, so that a million of them come as a few hundred lines.
    """
    lines = (
        rows.order_by("office", "days_taken")
        .values_list("office", "days_taken")
        .annotate(
            n=Count("pk"),
            back=Count("pk", filter=Q(reopens__gt=0)),
            rated=Count("score"),
            score=Sum("score"),
        )
    )
    return {str(office): _of_office(list(group)) for office, group in groupby(lines, lambda line: line[0])}


def _of_office(lines: Sequence[tuple[object, int | None, int, int, int, int | None]]) -> _Ended:
    days = [(taken, count) for _office, taken, count, *_rest in lines if taken is not None]
    rated = sum(line[4] for line in lines)
    score = sum(line[5] or 0 for line in lines)
    return _Ended(
        sum(line[2] for line in lines),
        _median(days),
        sum(line[3] for line in lines),
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

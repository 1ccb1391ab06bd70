"""What the supervisor's board shows: per office what is open, late, how long it takes, what comes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, Q

from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.people import reads as people
from balai.services.models import Case
from balai.services.reads import sight
from balai.services.verbs import SERVICES_LEAD, SERVICES_SUPERVISE

LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True)
class OfficeFigures:
    """How one office does with one service, or with all.

    Attributes:
        open, late: now; late are the open ones past their due date.
        closed: in the days looked back over; `median_days` working days to close one of them, lower
            middle where they are even, None where none was closed.
        reopened: of the closed ones, those that came back at least once.
    """

    office: str
    name: str
    open: int
    late: int
    closed: int
    median_days: int | None
    reopened: int


def board_of_offices(actor: Actor, now: datetime, service: str = "") -> tuple[OfficeFigures, ...]:
    """Return the figures of every office with cases, most late first; secret cases are not counted.

    A head of office is given those of their own offices.

    Raises:
        Forbidden: the actor neither supervises nor leads an office.
    """
    rows = Case.objects.filter(tenant=actor.tenant, is_secret=False, office__isnull=False)
    if not sight.is_wide(actor):
        if not actor.may(SERVICES_LEAD):
            actor.require(SERVICES_SUPERVISE)
            raise Forbidden
        rows = rows.filter(office__in=sight.offices_of(actor))
    if service:
        rows = rows.filter(service=service)
    opened = {
        str(office): (count, late)
        for office, count, late in rows.filter(is_open=True)
        .order_by()
        .values_list("office")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(urgent_at__lt=now)))
    }
    closed = (
        rows.filter(is_open=False, closed_at__gte=now - LOOKED_BACK, days_taken__isnull=False)
        .order_by("office", "days_taken")
        .values_list("office", "days_taken", "reopens")
    )
    ended = {
        str(office): _ended(list(group)) for office, group in groupby(closed.iterator(), lambda row: row[0])
    }
    names = people.office_names({*opened, *ended})
    found = [
        OfficeFigures(
            office,
            names.get(office, ""),
            *opened.get(office, (0, 0)),
            closed=ended[office][0] if office in ended else 0,
            median_days=ended[office][1] if office in ended else None,
            reopened=ended[office][2] if office in ended else 0,
        )
        for office in {*opened, *ended}
    ]
    return tuple(sorted(found, key=lambda one: (-one.late, -one.open, one.name)))


def _ended(rows: Iterable[tuple[object, int | None, int]]) -> tuple[int, int | None, int]:
    days = [taken for _office, taken, _reopens in rows if taken is not None]
    return len(days), days[(len(days) - 1) // 2], sum(reopens > 0 for _office, _taken, reopens in rows)

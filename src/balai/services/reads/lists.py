"""The lists of the desk: a queue, what is wanted of it, a page, its number, its points, and all of it.

What a list shows and what its export holds come from the same selection, so a file
never has a case that the list had not.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.services.models import Case, CaseTask, SavedList
from balai.services.reads import sight
from balai.services.reads.definitions import services
from balai.services.reads.queues import (
    COLUMNS,
    PAGE,
    After,
    Line,
    Page,
    Wanted,
    line,
    narrowed,
    page_of,
)
from balai.services.verbs import SERVICES_VERIFY

MOST_COUNTED = 10_000
"""Above it a list says "more than" instead of counting on."""
MOST_POINTS = 2_000
_EXPORT_PAGE = 2_000
_LONG_FOR, _MOST_REMEMBERED = 60.0, 1_000
_long: dict[tuple[object, ...], float] = {}
"""Lists that had more than MOST_COUNTED, and until when that is believed."""
_ALL = Wanted()
_CLOSED_COLUMNS = (*COLUMNS, "closed_at", "days_taken", "reopens", "score")


class Queue(StrEnum):
    """The lists there are, by the word in their address."""

    MINE = "saya"
    OFFICE = "kantor"
    INTAKE = "masuk"
    ALL = "semua"
    SECRET = "rahasia"  # noqa: S105  it is a word of an address
    CLOSED = "selesai"


@dataclass(frozen=True)
class Selection:
    """A queue and what is wanted of it.

    Attributes:
        reopened: of closed cases, only those that came back at least once.
        since: of closed cases, only those closed at or after this instant.
    """

    queue: Queue
    wanted: Wanted = _ALL
    reopened: bool = False
    since: datetime | None = None


@dataclass(frozen=True)
class ClosedLine:
    """A closed case in a list, as `Line` and how it went."""

    line: Line
    closed_at: datetime
    days_taken: int | None
    reopens: int
    score: int | None


@dataclass(frozen=True)
class Counted:
    """How many open cases of a service the actor may know of."""

    service: str
    open: int
    late: int
    mine: int
    states: Mapping[str, int]


def queues_of(actor: Actor) -> tuple[Queue, ...]:
    """Return the queues an actor has, the first of them the one to begin with."""
    has = {
        Queue.INTAKE: actor.may(SERVICES_VERIFY) and sight.is_wide(actor),
        Queue.MINE: sight.works(actor) or sight.is_wide(actor) or sight.sees_secret(actor),
        Queue.OFFICE: sight.works(actor),
        Queue.ALL: sight.is_wide(actor),
        Queue.SECRET: sight.sees_secret(actor),
        Queue.CLOSED: sight.works(actor) or sight.is_wide(actor),
    }
    return tuple(queue for queue, is_there in has.items() if is_there)


def page(
    actor: Actor, asked: Selection, after: After | None = None, size: int = PAGE
) -> tuple[Page, tuple[ClosedLine, ...]]:
    """Return a page of a list; of closed cases also how they went.

    Raises:
        Forbidden: the queue is not the actor's.
    """
    rows = selected(actor, asked)
    if asked.queue is not Queue.CLOSED:
        return page_of(rows, Wanted(), after, size), ()
    if after is not None:
        rows = rows.filter(
            Q(closed_at__lt=after.urgent_at) | Q(closed_at=after.urgent_at, pk__lt=after.id),
            closed_at__lte=after.urgent_at,
        )
    found = [_closed(row) for row in rows.order_by("-closed_at", "-pk").values(*_CLOSED_COLUMNS)[: size + 1]]
    last = found[size - 1] if len(found) > size else None
    shown = tuple(found[:size])
    return Page(
        tuple(one.line for one in shown), After(last.closed_at, last.line.id) if last else None
    ), shown


def count(actor: Actor, asked: Selection) -> int:
    """Return how many cases a list has, at most MOST_COUNTED + 1.

    A list that had more is not counted again for a minute: it says "more than" in any case.
    """
    # The desk a person sits at is part of what they see.
    key = (actor.tenant, actor.id, actor.offices, asked)
    if _long.get(key, 0.0) > time.monotonic():
        return MOST_COUNTED + 1
    found = int(selected(actor, asked).order_by().values("pk")[: MOST_COUNTED + 1].count())
    if found > MOST_COUNTED:
        if len(_long) > _MOST_REMEMBERED:
            _long.clear()
        _long[key] = time.monotonic() + _LONG_FOR
    return found


def every(actor: Actor, asked: Selection) -> Iterator[list[dict[str, Any]]]:
    """Yield all cases of a list in pages, as values of a line; the memory holds one page.

    Each page is a question of its own that goes on after the last row, so that nothing is held
    open in the database while a slow line takes the file.
    """
    after: After | None = None
    columns = (*_CLOSED_COLUMNS, "channel", "due_at")
    is_closed = asked.queue is Queue.CLOSED
    order, way = ("closed_at", "gt") if is_closed else ("urgent_at", "gt")
    while True:
        rows = selected(actor, asked)
        if after is not None:
            rows = rows.filter(
                Q(**{f"{order}__{way}": after.urgent_at}) | Q(**{order: after.urgent_at}, pk__gt=after.id),
                **{f"{order}__gte": after.urgent_at},
            )
        found = list(rows.order_by(order, "pk").values(*columns)[:_EXPORT_PAGE])
        if found:
            yield found
        if len(found) < _EXPORT_PAGE:
            return
        after = After(found[-1][order], found[-1]["pk"])


def points(actor: Actor, asked: Selection) -> list[dict[str, Any]]:
    """Return the cases of a list that have a place, most urgent first, at most MOST_POINTS."""
    rows = selected(actor, asked).filter(longitude__isnull=False)
    order = "-closed_at" if asked.queue is Queue.CLOSED else "urgent_at"
    return list(rows.order_by(order, "pk").values(*COLUMNS, "longitude", "latitude")[:MOST_POINTS])


def as_line(row: Mapping[str, Any]) -> Line:
    """Return the values of a page of `every`, or of a point, as a line."""
    return line(row)


def selected(actor: Actor, asked: Selection) -> QuerySet[Case]:
    """Return the cases of a list, without order. Raises Forbidden."""
    if asked.queue not in queues_of(actor):
        raise Forbidden
    rows = narrowed(_of_queue(actor, asked), asked.wanted)
    if asked.reopened:
        rows = rows.filter(reopens__gt=0)
    if asked.since is not None:
        rows = rows.filter(closed_at__gte=asked.since)
    return rows


def _of_queue(actor: Actor, asked: Selection) -> QuerySet[Case]:
    rows = Case.objects.filter(tenant=actor.tenant)
    opened = rows.filter(is_open=True)
    match asked.queue:
        case Queue.MINE:
            return sight.cases(actor).filter(is_open=True, officer=actor.id)
        case Queue.OFFICE:
            return _of_offices(actor, opened.filter(is_secret=False))
        case Queue.ALL:
            return opened.filter(is_secret=False)
        case Queue.INTAKE:
            return opened.filter(is_secret=False).filter(_incoming(asked.wanted.service))
        case Queue.SECRET:
            return opened.filter(is_secret=True)
        case Queue.CLOSED:
            closed = rows.filter(is_open=False, is_secret=False)
            return closed if sight.is_wide(actor) else _of_offices(actor, closed)


def _of_offices(actor: Actor, rows: QuerySet[Case]) -> QuerySet[Case]:
    # Equality lets the index give the order; several offices are sorted.
    offices = sight.offices_of(actor)
    return rows.filter(office=offices[0]) if len(offices) == 1 else rows.filter(office__in=offices)


def _incoming(service: str) -> Q:
    """Return what stands in the first state of its service."""
    found = Q(pk__in=[])
    for one in services(timezone.localdate()):
        if not service or service == one.code:
            found |= Q(service=one.code, state=one.initial)
    return found


def counts(actor: Actor, now: datetime) -> Mapping[str, Counted]:
    """Return service → open cases the actor may know of, of which late and their own; two queries."""
    rows = Case.objects.filter(tenant=actor.tenant, is_open=True, is_secret=False)
    if not sight.is_wide(actor):
        rows = _of_offices(actor, rows) if sight.works(actor) else rows.none()
    lines = (
        rows.order_by()
        .values_list("service", "state")
        # Counted by a column of the index: to count the key would read each row for it.
        .annotate(n=Count("urgent_at"), late=Count("urgent_at", filter=Q(urgent_at__lt=now)))
    )
    states: dict[str, dict[str, int]] = {}
    late: dict[str, int] = {}
    for service, state, number, overdue in lines:
        states.setdefault(service, {})[state] = number
        late[service] = late.get(service, 0) + overdue
    own = Case.objects.filter(tenant=actor.tenant, is_open=True, officer=actor.id).order_by()
    # Counted here: asked for it by service, SQLite goes through every case for a handful of them.
    mine = Counter(own.values_list("service", flat=True)) if actor.id else Counter[str]()
    return {
        code: Counted(
            code,
            sum(states.get(code, {}).values()),
            late.get(code, 0),
            mine[code],
            states.get(code, {}),
        )
        for code in {*states, *mine}
    }


@dataclass(frozen=True)
class TaskLine:
    """A part of a case that waits for an office."""

    id: UUID
    task: str
    opened_at: datetime
    case: Line


@dataclass(frozen=True)
class TaskPage:
    """Open tasks of a list, and where the next page begins."""

    lines: tuple[TaskLine, ...]
    after: After | None


def tasks(actor: Actor, after: After | None = None, size: int = PAGE) -> TaskPage:
    """Return the open tasks of the actor's offices, the oldest first."""
    if not sight.works(actor):
        return TaskPage((), None)
    rows = CaseTask.objects.filter(
        tenant=actor.tenant,
        office__in=sight.offices_of(actor),
        state=CaseTask.State.OPEN,
        case__is_secret=False,
    )
    if after is not None:
        rows = rows.filter(
            Q(opened_at__gt=after.urgent_at) | Q(opened_at=after.urgent_at, pk__gt=after.id),
            opened_at__gte=after.urgent_at,
        )
    found = list(rows.order_by("opened_at", "pk").values("pk", "task", "opened_at", "case_id")[: size + 1])
    shown = found[:size]
    by_id = {
        row["pk"]: line(row)
        for row in Case.objects.filter(pk__in=[one["case_id"] for one in shown]).values(*COLUMNS)
    }
    lines = tuple(TaskLine(one["pk"], one["task"], one["opened_at"], by_id[one["case_id"]]) for one in shown)
    more = len(found) > size
    return TaskPage(lines, After(shown[-1]["opened_at"], shown[-1]["pk"]) if more else None)


def task_count(actor: Actor) -> int:
    """Return how many open tasks wait for the actor's offices."""
    if not sight.works(actor):
        return 0
    rows = CaseTask.objects.filter(
        tenant=actor.tenant,
        office__in=sight.offices_of(actor),
        state=CaseTask.State.OPEN,
        case__is_secret=False,
    )
    return int(rows.count())


def column(actor: Actor, service: str, state: str, size: int) -> tuple[Line, ...]:
    """Return the most urgent open cases of a service in a state, as the board shows them."""
    rows = Case.objects.filter(tenant=actor.tenant, is_open=True, is_secret=False)
    if not sight.is_wide(actor):
        rows = _of_offices(actor, rows) if sight.works(actor) else rows.none()
    return page_of(rows, Wanted(service=service, state=state), None, size).lines


def saved_lists(actor: Actor) -> tuple[SavedList, ...]:
    """Return the actor's own saved lists by name."""
    if not actor.is_signed_in:
        return ()
    return tuple(SavedList.objects.filter(tenant=actor.tenant, account=actor.id).order_by("name"))


def _closed(row: Mapping[str, Any]) -> ClosedLine:
    return ClosedLine(line(row), row["closed_at"], row["days_taken"], row["reopens"], row["score"])

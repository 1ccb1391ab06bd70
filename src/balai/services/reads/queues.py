"""Lists of cases as desks show them: most urgent first, a page at a time, without opening an answer.

A page reads one index and no whole row. Pages go on after the last row of the one
before, so the thousandth costs what the first does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from balai.base.actor import Actor
from balai.services.models import Case
from balai.services.reads import sight

PAGE = 100
MOST_FOUND = 200
"""Cases a search gives; who finds more writes more of what is looked for."""
_NEVER = 9999
"""The year in which a case without a running clock is urgent: after all others."""
COLUMNS = (
    "pk",
    "number",
    "state",
    "service",
    "subject",
    "topic",
    "office_id",
    "officer_name",
    "region_code",
    "received_at",
    "urgent_at",
    "is_late",
    "is_secret",
    "office__name",
)


class Line(NamedTuple):
    """One case in a list, as `COLUMNS` say it; a tuple, for a page makes a hundred."""

    id: UUID
    number: str
    state: str
    service: str
    subject: str
    topic: str
    office_id: UUID | None
    officer: str
    region_code: str
    received_at: datetime
    urgent_at: datetime
    is_late: bool
    is_secret: bool
    office_name: str | None

    @property
    def office(self) -> str:
        """The id of the office that works on it, "" where none does."""
        return str(self.office_id or "")

    @property
    def due_at(self) -> datetime | None:
        """When it is due; None while no clock runs."""
        return None if self.urgent_at.year == _NEVER else self.urgent_at

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True)
class After:
    """The last row of the page before."""

    urgent_at: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    """Cases of a list, and where the next page begins; None after the last one."""

    lines: tuple[Line, ...]
    after: After | None


@dataclass(frozen=True)
class Wanted:
    """What of a list is shown; empty for all.

    Attributes:
        overdue: only those whose due date is before this instant.
        text: words of the subject or of the number, each of which must be there.
        version: of the service.
    """

    service: str = ""
    state: str = ""
    topic: str = ""
    region: str = ""
    office: str = ""
    overdue: datetime | None = None
    text: str = ""
    version: int = 0


def my_queue(
    actor: Actor, wanted: Wanted | None = None, after: After | None = None, size: int = PAGE
) -> Page:
    """Return the open cases the actor took on, most urgent first."""
    mine = sight.cases(actor).filter(is_open=True, officer=actor.id) if actor.id else Case.objects.none()
    return page_of(mine, wanted or Wanted(), after, size)


def office_queue(
    actor: Actor, wanted: Wanted | None = None, after: After | None = None, size: int = PAGE
) -> Page:
    """Return the open cases of the actor's offices that are not secret, most urgent first."""
    if not sight.works(actor):
        return Page((), None)
    rows = Case.objects.filter(tenant=actor.tenant, is_open=True, is_secret=False)
    # Equality lets the index give the order; several offices are sorted.
    offices = sight.offices_of(actor)
    rows = rows.filter(office=offices[0]) if len(offices) == 1 else rows.filter(office__in=offices)
    return page_of(rows, wanted or Wanted(), after, size)


def tenant_queue(
    actor: Actor, wanted: Wanted | None = None, after: After | None = None, size: int = PAGE
) -> Page:
    """Return every open case of the tenant that is not secret, for who checks or supervises."""
    if not sight.is_wide(actor):
        return Page((), None)
    rows = Case.objects.filter(tenant=actor.tenant, is_open=True, is_secret=False)
    return page_of(rows, wanted or Wanted(), after, size)


def secret_queue(
    actor: Actor, wanted: Wanted | None = None, after: After | None = None, size: int = PAGE
) -> Page:
    """Return the open secret cases, for the inspectorate alone."""
    if not sight.sees_secret(actor):
        return Page((), None)
    rows = Case.objects.filter(tenant=actor.tenant, is_open=True, is_secret=True)
    return page_of(rows, wanted or Wanted(), after, size)


def own_list(actor: Actor, size: int = PAGE) -> tuple[Line, ...]:
    """Return the actor's own cases as applicant, the latest first."""
    return tuple(line(row) for row in sight.own_cases(actor).values(*COLUMNS)[:size])


def narrowed(rows: QuerySet[Case], wanted: Wanted) -> QuerySet[Case]:
    """Return those of some cases that are wanted."""
    for field in ("service", "state", "topic", "office"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    if wanted.region:
        rows = rows.filter(Q(region_code=wanted.region) | Q(region_code__startswith=f"{wanted.region}."))
    if wanted.overdue is not None:
        rows = rows.filter(urgent_at__lt=wanted.overdue)
    if wanted.version:
        rows = rows.filter(service_version=wanted.version)
    for word in wanted.text.split()[:5]:
        rows = rows.filter(Q(subject__icontains=word) | Q(number__icontains=word))
    return rows


def page_of(rows: QuerySet[Case], wanted: Wanted, after: After | None, size: int) -> Page:
    """Return a page of open cases, most urgent first."""
    rows = narrowed(rows, wanted)
    if after is not None:
        rows = rows.filter(
            Q(urgent_at__gt=after.urgent_at) | Q(urgent_at=after.urgent_at, pk__gt=after.id),
            urgent_at__gte=after.urgent_at,
        )
    found = [Line._make(row) for row in rows.order_by("urgent_at", "pk").values_list(*COLUMNS)[: size + 1]]
    last = found[size - 1] if len(found) > size else None
    return Page(tuple(found[:size]), After(last.urgent_at, last.id) if last else None)


def line(row: Mapping[str, Any]) -> Line:
    """Return a line of a list, of the values of `COLUMNS`."""
    return Line._make(row[name] for name in COLUMNS)

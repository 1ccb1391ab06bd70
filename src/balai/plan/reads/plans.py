"""Masterplans: the list, one of them with what surrounds it, its programmes by dimension."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from balai.base.actor import Actor
from balai.definitions.taxonomies import axis_set
from balai.plan.models import Action, Body, Book, Masterplan, Meeting, PlanningPeriod
from balai.plan.reads import sight
from balai.plan.reads.counting import Count, counts
from balai.plan.reads.rows import ActionRow, Provenance, Share, action_rows, provenance


@dataclass(frozen=True)
class PlanRow:
    """A version of a masterplan. `adopted_on` is None for a draft.

    `last_year` is past `year_to` where a planning period (RPJMD, RPD) carries the plan on.
    """

    id: UUID
    tenant: str
    region_code: str
    title: str
    version: int
    status: str
    year_from: int
    year_to: int
    last_year: int
    legal_basis: str
    vision: str
    axis_set: str
    adopted_on: date | None
    provenance: Provenance

    @property
    def is_draft(self) -> bool:
        return self.status == Masterplan.Status.DRAFT

    @property
    def is_in_force(self) -> bool:
        return self.status == Masterplan.Status.ADOPTED

    @property
    def is_superseded(self) -> bool:
        return self.status == Masterplan.Status.SUPERSEDED

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(range(self.year_from, self.last_year + 1))

    def year_on(self, on: date) -> int:
        """Return the year of the plan to show on a day: that day's, or the nearest the plan has."""
        return min(max(on.year, self.year_from), self.last_year)


@dataclass(frozen=True)
class BookRow:
    """A book. `file_id` is None where the book is a link, or a file the actor may not open."""

    id: UUID
    kind: str
    title: str
    file_id: UUID | None
    link: str


@dataclass(frozen=True)
class PlanningPeriodRow:
    id: UUID
    document: str
    title: str
    year_from: int
    year_to: int
    source: str


@dataclass(frozen=True)
class MeetingRow:
    id: UUID
    held_on: date
    place: str
    attendees: int | None
    decisions: str
    minutes_id: UUID | None


@dataclass(frozen=True)
class BodyRow:
    """Council, team or forum; meetings newest first."""

    id: UUID
    kind: str
    legal_basis: str
    chair: str
    members: str
    meetings: tuple[MeetingRow, ...]


@dataclass(frozen=True)
class Plan:
    """A masterplan with its surroundings; `versions` are all the actor may see, newest first."""

    plan: PlanRow
    books: tuple[BookRow, ...]
    planning_periods: tuple[PlanningPeriodRow, ...]
    bodies: tuple[BodyRow, ...]
    versions: tuple[PlanRow, ...]


@dataclass(frozen=True)
class InDimension:
    """An action in a dimension, with the part of it that counts there."""

    share: Share
    action: ActionRow


@dataclass(frozen=True)
class DimensionNode:
    """A dimension with its actions; an action in two dimensions is in both."""

    key: str
    actions: tuple[InDimension, ...]


@dataclass(frozen=True)
class ProgrammeTree:
    """The programme on one page.

    Attributes:
        dimensions: in the order of the axis set, empty ones included.
        actions: every action once, ordered by programme and code.
        counts: realisation by origin (see `counting.realisation`).
    """

    plan: PlanRow
    year: int
    as_of: date
    dimensions: tuple[DimensionNode, ...]
    actions: tuple[ActionRow, ...]
    counts: tuple[Count, ...]

    @property
    def has_illustrations(self) -> bool:
        return any(row.provenance.is_illustration for row in self.actions)


def masterplans(actor: Actor) -> tuple[PlanRow, ...]:
    """Return every version the actor may see: by tenant, the one in force first, then the newest."""
    rows = sight.plans(actor).order_by("tenant", "region_code", "-version")
    return tuple(sorted(map(plan_row, rows), key=_in_force_first))


def _in_force_first(row: PlanRow) -> tuple[str, str, bool]:
    return row.tenant, row.region_code, not row.is_in_force


def masterplan(actor: Actor, plan: UUID | str | None = None) -> Plan:
    """Return one masterplan, the one in force without a key.

    Raises:
        NotFound: there is none the actor may see.
    """
    row = sight.plan(actor, plan)
    opens_files = sight.files(actor)
    versions = sight.plans(actor).filter(tenant=row.tenant, region_code=row.region_code).order_by("-version")
    return Plan(
        plan_row(row),
        # The books of an adopted plan are its publication: anybody may open them.
        tuple(_book(book, opens_files or row.status != Masterplan.Status.DRAFT) for book in _books(row)),
        tuple(
            _period(period) for period in PlanningPeriod.objects.filter(masterplan=row).order_by("year_from")
        ),
        _bodies(row, opens_files),
        tuple(map(plan_row, versions)),
    )


def programme_tree(actor: Actor, plan: UUID | str | None, year: int, on: date) -> ProgrammeTree:
    """Return the dimensions and actions of a plan as they stand in a year.

    Args:
        on: the local day it is looked at; ages are counted from it.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    row = sight.plan(actor, plan)
    actions = action_rows(Action.objects.filter(programme__masterplan=row), year, on)
    nodes: dict[str, list[InDimension]] = {each.key: [] for each in axis_set(row.axis_set).dimensions}
    for action in actions:
        for share in action.shares:
            nodes.setdefault(share.dimension, []).append(InDimension(share, action))
    return ProgrammeTree(
        plan_row(row),
        year,
        on,
        tuple(DimensionNode(key, tuple(own)) for key, own in nodes.items()),
        actions,
        counts(row, year, on),
    )


def plan_row(row: Masterplan) -> PlanRow:
    return PlanRow(
        row.pk,
        row.tenant,
        row.region_code,
        row.title,
        row.version,
        row.status,
        row.year_from,
        row.year_to,
        row.last_year,
        row.legal_basis,
        row.vision,
        row.axis_set,
        row.adopted_on,
        provenance(row),
    )


def _books(row: Masterplan) -> list[Book]:
    return list(Book.objects.filter(masterplan=row).order_by("kind"))


def _book(book: Book, may_open: bool) -> BookRow:
    return BookRow(book.pk, book.kind, book.title, book.file_id if may_open else None, book.link)


def _period(row: PlanningPeriod) -> PlanningPeriodRow:
    return PlanningPeriodRow(row.pk, row.document, row.title, row.year_from, row.year_to, row.source)


def _bodies(row: Masterplan, opens_files: bool) -> tuple[BodyRow, ...]:
    meetings: dict[UUID, list[MeetingRow]] = {}
    for meeting in Meeting.objects.filter(body__masterplan=row).order_by("-held_on"):
        minutes = meeting.minutes_id if opens_files else None
        meetings.setdefault(meeting.body_id, []).append(
            MeetingRow(
                meeting.pk, meeting.held_on, meeting.place, meeting.attendees, meeting.decisions, minutes
            )
        )
    order: Mapping[str, int] = {kind: place for place, kind in enumerate(Body.Kind.values)}
    bodies = sorted(Body.objects.filter(masterplan=row), key=lambda body: order[body.kind])
    return tuple(
        BodyRow(
            body.pk, body.kind, body.legal_basis, body.chair, body.members, tuple(meetings.get(body.pk, ()))
        )
        for body in bodies
    )

"""What waits for somebody: reports to write, reports to verify, offices that are late."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from balai.base.actor import Actor
from balai.definitions.calendar import is_provisional
from balai.plan.models import Action, Masterplan, Period, Report, Target
from balai.plan.reads import sight
from balai.plan.reads.rows import local_day
from balai.plan.reads.tables import stale_after_days
from balai.plan.rules.freshness import Freshness, Urgency, freshness, urgency

IN_FORCE = Q(programme__masterplan__status=Masterplan.Status.ADOPTED)
_OPEN = (Report.Status.DRAFT, Report.Status.RETURNED)


@dataclass(frozen=True)
class PeriodRow:
    """A reporting period. `locked_at` is None while it takes reports."""

    id: UUID
    year: int
    number: int
    title: str
    starts_on: date
    ends_on: date
    due_on: date
    locked_at: datetime | None

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_provisional(self) -> bool:
        """Whether the holidays before its due day are not all decreed, so that it may still move."""
        return not self.is_locked and is_provisional(self.due_on)


@dataclass(frozen=True)
class DueRow:
    """A report somebody still has to send.

    Attributes:
        report_id, status, reason: of a draft or a returned report that waits; None and "" without one.
        last_value: of the report that stands for the year, to start from.
        days: until the due day; negative when late.
    """

    action_id: UUID
    code: str
    title: str
    is_illustration: bool
    office_id: UUID | None
    office_name: str
    period: PeriodRow
    urgency: Urgency
    days: int
    indicator: str
    unit: str
    target: Decimal | None
    last_value: Decimal | None
    last_physical_percent: Decimal | None
    report_id: UUID | None
    status: str
    reason: str


@dataclass(frozen=True)
class Due:
    """Everything an actor has to report, by urgency; within one, the earliest first."""

    late: tuple[DueRow, ...]
    this_week: tuple[DueRow, ...]
    later: tuple[DueRow, ...]

    @property
    def all(self) -> tuple[DueRow, ...]:
        return self.late + self.this_week + self.later


@dataclass(frozen=True)
class QueueRow:
    """A report that waits to be verified.

    Attributes:
        previous: value of the report that stands for the year, None without one.
        may_verify: False for the account that reported it; two persons are needed.
        waiting_days: since it was sent.
    """

    report_id: UUID
    action_id: UUID
    code: str
    title: str
    is_illustration: bool
    office_name: str
    period_title: str
    indicator: str
    unit: str
    direction: str
    target: Decimal | None
    value: Decimal | None
    previous: Decimal | None
    physical_percent: Decimal | None
    spent: int | None
    note: str
    evidence_count: int
    reported_by: str
    reported_at: datetime
    waiting_days: int
    is_correction: bool
    may_verify: bool
    version: int


@dataclass(frozen=True)
class OfficeLate:
    """How an office stands with its reports.

    Attributes:
        late: reports past their day. due: reports to send at all.
        oldest_days: age of the longest late one, 0 without any.
        freshness: since anybody of the office last reported anything.
    """

    office_id: UUID | None
    office_name: str
    planned: int
    due: int
    late: int
    oldest_days: int
    freshness: Freshness


def periods(actor: Actor, year: int) -> tuple[PeriodRow, ...]:
    """Return the reporting periods of a year in order."""
    if not actor.may("plan.read"):
        return ()
    return tuple(map(period_row, Period.objects.filter(year=year).order_by("tenant", "number")))


def period_row(row: Period) -> PeriodRow:
    return PeriodRow(
        row.pk,
        row.year,
        row.number,
        row.title,
        row.starts_on,
        row.ends_on,
        row.due_on,
        row.locked_at,
    )


def due(actor: Actor, on: date) -> Due:
    """Return what the actor may and should report: "my actions".

    A report is due for every period that has begun and is not locked, of each
    action with a target in that year, until one is sent. A correction that was
    begun is due too, in a locked period as well. Where the figure is computed from
    data nobody owes a report; one that was begun or returned waits all the same.
    """
    own = sight.within_reach(actor, "plan.report", "owner_id")
    return due_in(sight.actions(actor).filter(own), on)


def due_in(actions: QuerySet[Action], on: date) -> Due:
    """Return what has to be reported of `actions`, those of plans not in force aside."""
    rows = _due(actions.filter(IN_FORCE), on)
    return Due(*(tuple(row for row in rows if row.urgency is level) for level in Urgency))


def verify_queue(actor: Actor, on: date) -> tuple[QueueRow, ...]:
    """Return the reports that wait for the actor's verification, the longest waiting first."""
    may = sight.within_reach(actor, "plan.verify")
    rows = (
        sight.reports(actor)
        .filter(may, status=Report.Status.SUBMITTED)
        .filter(action__programme__masterplan__status=Masterplan.Status.ADOPTED)
        .select_related("action__owner", "period")
        .annotate(evidence_count=Count("evidence"))
        .order_by("reported_at", "pk")
    )
    found = list(rows)
    actions = [row.action_id for row in found]
    targets = {(row.action_id, row.year): row.value for row in Target.objects.filter(action__in=actions)}
    stands = {
        (row.action_id, row.year): row.value for row in Report.objects.filter(action__in=actions, stands=True)
    }
    return tuple(_queued(row, actor, on, targets, stands) for row in found)


def offices_late(actor: Actor, on: date) -> tuple[OfficeLate, ...]:
    """Return how the offices the actor answers for stand with their reports, the latest first.

    All offices of the tenant for those who verify, their own for officers and heads.
    """
    mine = sight.within_reach(actor, "plan.report", "owner_id") | sight.within_reach(actor, "plan.verify")
    actions = sight.actions(actor).filter(mine, IN_FORCE)
    rows: dict[UUID | None, list[DueRow]] = defaultdict(list)
    for row in _due(actions, on):
        rows[row.office_id].append(row)
    planned: dict[UUID | None, set[UUID]] = defaultdict(set)
    names: dict[UUID | None, str] = {}
    for action in actions.filter(targets__year=on.year).select_related("owner"):
        planned[action.owner_id].add(action.pk)
        names[action.owner_id] = action.owner.name if action.owner else action.owner_name
    said, stale = _last_said(actions), stale_after_days(on)
    found = [
        OfficeLate(
            office,
            names[office],
            len(planned[office]),
            len(rows[office]),
            sum(row.urgency is Urgency.LATE for row in rows[office]),
            max((-row.days for row in rows[office] if row.days < 0), default=0),
            freshness(said.get(office), on, stale),
        )
        for office in planned
    ]
    return tuple(sorted(found, key=lambda row: (-row.late, -row.oldest_days, row.office_name)))


def _last_said(actions: QuerySet[Action]) -> Mapping[UUID | None, date | None]:
    rows = (
        Report.objects.filter(action__in=actions.order_by().values("pk"), reported_at__isnull=False)
        .order_by("reported_at")
        .values_list("action__owner_id", "reported_at")
    )
    return {office: local_day(at) for office, at in rows}


def _due(actions: QuerySet[Action], on: date) -> list[DueRow]:
    corrected = Report.objects.filter(
        action__in=actions.order_by().values("pk"), is_correction=True, status__in=_OPEN
    )
    open_periods = list(
        Period.objects.filter(
            Q(locked_at__isnull=True) | Q(pk__in=corrected.values("period")), starts_on__lte=on
        ).order_by("due_on", "number")
    )
    years = {period.year for period in open_periods}
    targets = (
        Target.objects.filter(action__in=actions.order_by().values("pk"), year__in=years)
        .select_related("action__owner")
        .order_by("action__code")
    )
    wanted = list(targets)
    reports: dict[tuple[UUID, UUID], Report] = {}
    stands: dict[tuple[UUID, int], Report] = {}
    own = Report.objects.filter(action__in=actions.order_by().values("pk"), year__in=years, measured_by="")
    for report in own.order_by("entry"):
        reports[report.action_id, report.period_id] = report
    for report in Report.objects.filter(
        action__in=actions.order_by().values("pk"), year__in=years, stands=True
    ):
        stands[report.action_id, report.year] = report
    return [
        _due_row(target, period, on, last, stands.get((target.action_id, target.year)))
        for period in open_periods
        for target in wanted
        if target.year == period.year and target.tenant == period.tenant
        if _is_open(period, last := reports.get((target.action_id, period.pk)))
        if last or not target.action.counts_by_data(target.value)
    ]


def _is_open(period: Period, last: Report | None) -> bool:
    if last is None:
        return period.locked_at is None
    return last.status in _OPEN and (period.locked_at is None or last.is_correction)


def _due_row(target: Target, period: Period, on: date, last: Report | None, stands: Report | None) -> DueRow:
    action = target.action
    return DueRow(
        action.pk,
        action.code,
        action.title,
        action.origin == "illustration",
        action.owner_id,
        action.owner.name if action.owner else action.owner_name,
        period_row(period),
        urgency(period.due_on, on),
        (period.due_on - on).days,
        action.indicator,
        action.unit,
        target.value,
        stands.value if stands else None,
        stands.physical_percent if stands else None,
        last.pk if last else None,
        last.status if last else "",
        last.reason if last else "",
    )


def _queued(
    row: Report,
    actor: Actor,
    on: date,
    targets: Mapping[tuple[UUID, int], Decimal | None],
    stands: Mapping[tuple[UUID, int], Decimal | None],
) -> QueueRow:
    action = row.action
    if row.reported_at is None:
        raise RuntimeError(f"report {row.pk} is submitted and does not say when")
    sent_on = local_day(row.reported_at) or on
    return QueueRow(
        row.pk,
        action.pk,
        action.code,
        action.title,
        action.origin == "illustration",
        action.owner.name if action.owner else action.owner_name,
        row.period.title,
        action.indicator,
        action.unit,
        action.direction,
        targets.get((action.pk, row.year)),
        row.value,
        stands.get((action.pk, row.year)),
        row.physical_percent,
        row.spent,
        row.note,
        getattr(row, "evidence_count", 0),
        row.reported_by if sight.names(actor, str(action.owner_id)) else "",
        row.reported_at,
        max((on - sent_on).days, 0),
        row.is_correction,
        row.reporter_id_text != actor.id and actor.may("plan.verify", row),
        row.version,
    )

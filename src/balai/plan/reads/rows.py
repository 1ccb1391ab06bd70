"""Actions as rows of a list: everything a row shows, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from balai.plan.models import COMPUTED, Action, DimensionShare, Fund, Origin, Report, Sourced, Target
from balai.plan.reads.tables import realisation_rule, stale_after_days
from balai.plan.rules.freshness import Freshness, freshness
from balai.plan.rules.money import Line, Sum, add_up
from balai.plan.rules.numbers import percent
from balai.plan.rules.progress import Trend, achievement, trend
from balai.plan.rules.realisation import is_done


@dataclass(frozen=True)
class Provenance:
    """Where a record comes from. `source` and `confidence` are "" for what the region itself recorded."""

    origin: str
    source: str
    confidence: str

    @property
    def is_illustration(self) -> bool:
        return self.origin == Origin.ILLUSTRATION


@dataclass(frozen=True)
class Share:
    """The part of an action that counts in a dimension; the parts of an action sum to 1."""

    dimension: str
    sub_dimension: str
    part: Fraction


@dataclass(frozen=True)
class ActionRow:
    """An action as seen in one year.

    Attributes:
        target: None where the year has no numeric target.
        is_planned: whether the year has a target row at all, numeric or not.
        value, physical_percent: of the report that stands for the year; None without one.
        achievement: share of the target reached, exact (see `rules.progress.achievement`).
        is_done: None where the action is not planned in the year or no report stands.
        as_of: the day the figure speaks of: the last of its period, or the day it was computed.
        kind: of the figure that stands: "typed" or "computed"; "" where none does.
        measured_by: code of the indicator the action is tied to; "" where progress is typed.
        measurement: of One Data, behind a computed figure.
        missing: why a tied action has no figure: "withheld" (too few rows to be told), "empty" (nothing
            to divide by), "gone" (taken back) or "not_yet" (none was computed so far); "" elsewhere.
        trend: against the period before, None without two of the same kind.
        freshness: days since an office last said anything of it, or a figure was computed, in any year.
        money: cash of the year, all sources; `in_kind` beside it.
    """

    id: UUID
    tenant: str
    code: str
    title: str
    programme_id: UUID
    programme_code: str
    programme_title: str
    family: str
    shares: tuple[Share, ...]
    owner_id: UUID | None
    owner_name: str
    indicator: str
    unit: str
    direction: str
    baseline: Decimal | None
    weight: Decimal
    is_quick_win: bool
    place_name: str
    latitude: Decimal | None
    longitude: Decimal | None
    year: int
    is_planned: bool
    target: Decimal | None
    value: Decimal | None
    physical_percent: Decimal | None
    period_title: str
    period_ends_on: date | None
    as_of: date | None
    is_reported: bool
    kind: str
    measured_by: str
    measurement: UUID | None
    missing: str
    is_done: bool | None
    achievement: Fraction | None
    trend: Trend | None
    freshness: Freshness
    evidence_count: int
    money: Sum
    in_kind: Sum
    provenance: Provenance
    version: int

    @property
    def achievement_percent(self) -> Decimal | None:
        return None if self.achievement is None else percent(self.achievement)

    @property
    def physical_share(self) -> Decimal | None:
        """Return the physical progress as a share of one."""
        return None if self.physical_percent is None else self.physical_percent / 100

    @property
    def is_computed(self) -> bool:
        return self.kind == COMPUTED

    @property
    def counts_by_data(self) -> bool:
        """Tell whether the figure of the year is computed, once there is one, and not typed."""
        return bool(self.measured_by) and self.target is not None

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(share.dimension for share in self.shares)


def local_day(at: datetime | None) -> date | None:
    return timezone.localtime(at).date() if at else None


def provenance(row: Sourced) -> Provenance:
    return Provenance(row.origin, row.source, row.confidence)


def action_rows(actions: QuerySet[Action], year: int, on: date) -> tuple[ActionRow, ...]:
    """Return `actions` as rows, ordered by programme and code; six queries whatever their number."""
    keys = actions.order_by().values("pk")
    shares = shares_of(DimensionShare.objects.filter(action__in=keys))
    targets = {row.action_id: row for row in Target.objects.filter(action__in=keys, year=year)}
    counted = _counted(Report.objects.filter(action__in=keys, year=year))
    said = dict(
        Report.objects.filter(action__in=keys, reported_at__isnull=False)
        .values_list("action_id")
        .annotate(last=Max("reported_at"))
        .order_by()
    )
    funds: dict[UUID, list[Line]] = defaultdict(list)
    for fund in Fund.objects.filter(action__in=keys, year=year):
        funds[fund.action_id].append(Line(fund.source, fund.budget, fund.spent, fund.is_in_kind))
    rule, stale = realisation_rule(on), stale_after_days(on)

    def row(action: Action) -> ActionRow:
        target = targets.get(action.pk)
        own = counted.get(action.pk, _NOTHING)
        stands, before, told = own.stands, own.before, own.told
        wanted = target.value if target else None
        value = stands.value if stands else None
        physical = told.physical_percent if told else None
        lines = funds.get(action.pk, [])
        return ActionRow(
            **_of_action(action),
            shares=shares.get(action.pk, ()),
            year=year,
            is_planned=target is not None,
            target=wanted,
            value=value,
            physical_percent=physical,
            period_title=stands.period.title if stands else "",
            period_ends_on=stands.period.ends_on if stands else None,
            as_of=_as_of(stands),
            is_reported=stands is not None,
            kind=stands.kind if stands else "",
            measurement=stands.measurement if stands else None,
            missing=_missing(action, wanted, own),
            is_done=is_done(rule, value, wanted, physical, action.direction) if target and stands else None,
            achievement=achievement(value, wanted, action.baseline, action.direction),
            trend=trend(value, before.value if before else None, action.direction),
            freshness=freshness(local_day(said.get(action.pk)), on, stale),
            evidence_count=getattr(told, "evidence_count", 0),
            money=add_up(line for line in lines if not line.is_in_kind),
            in_kind=add_up(line for line in lines if line.is_in_kind),
        )

    ordered = actions.select_related("programme", "owner").order_by("programme__code", "code")
    return tuple(row(action) for action in ordered)


def shares_of(rows: Iterable[DimensionShare]) -> Mapping[UUID, tuple[Share, ...]]:
    """Return the shares of each action, the largest first."""
    found: dict[UUID, list[Share]] = defaultdict(list)
    for row in rows:
        part = Fraction(row.numerator, row.denominator)
        found[row.action_id].append(Share(row.dimension, row.sub_dimension, part))
    return {
        key: tuple(sorted(own, key=lambda share: (-share.part, share.dimension)))
        for key, own in found.items()
    }


def _of_action(action: Action) -> dict[str, Any]:
    names = (
        "id tenant code title programme_id family owner_id indicator unit direction baseline weight "
        "is_quick_win place_name latitude longitude measured_by version"
    )
    return {name: getattr(action, name) for name in names.split()} | {
        "programme_code": action.programme.code,
        "programme_title": action.programme.title,
        "owner_name": action.owner.name if action.owner else action.owner_name,
        "provenance": provenance(action),
    }


class _Counted(NamedTuple):
    """The report that stands, the last one of its kind before its period, and what an office told.

    `told` is what stands where that was typed; beside a computed figure it is the newest
    verified report, whose evidence and physical percent go with it. `emptied` is the newest
    computed entry where it took its figure away.
    """

    stands: Report | None
    before: Report | None
    told: Report | None
    emptied: Report | None = None


_NOTHING = _Counted(None, None, None)


def _as_of(stands: Report | None) -> date | None:
    if stands is None:
        return None
    return local_day(stands.reported_at) if stands.measured_by else stands.period.ends_on


def _missing(action: Action, target: Decimal | None, own: _Counted) -> str:
    if own.stands or not action.counts_by_data(target):
        return ""
    if own.emptied is None:
        return "not_yet"
    if own.emptied.is_withheld:
        return "withheld"
    return "empty" if own.emptied.measurement else "gone"


def _counted(reports: QuerySet[Report]) -> Mapping[UUID, _Counted]:
    rows = (
        reports.filter(status__in=[Report.Status.VERIFIED, Report.Status.COMPUTED])
        .select_related("period")
        .annotate(evidence_count=Count("evidence"))
        .order_by("-period__number", "-entry")
    )
    by_action: dict[UUID, list[Report]] = defaultdict(list)
    for report in rows:
        by_action[report.action_id].append(report)
    return {key: _of(own) for key, own in by_action.items()}


def _of(rows: list[Report]) -> _Counted:
    """Return what counts among the entries of an action and year, the newest first."""
    stands = next((row for row in rows if row.stands), None)
    typed = next((row for row in rows if not row.measured_by), None)
    if stands is None:
        computed = next((row for row in rows if row.measured_by), None)
        return _Counted(None, None, typed, computed)
    before = next(
        (
            row
            for row in rows
            if row.period.number < stands.period.number and row.measured_by == stands.measured_by
        ),
        None,
    )
    return _Counted(stands, before, typed if stands.measured_by else stands)

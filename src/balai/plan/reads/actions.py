"""One action with its whole story, and the quick wins."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.plan.models import COMPUTED, Action, Evidence, Fund, QuickWin, Report, Support, Target
from balai.plan.reads import sight
from balai.plan.reads.plans import PlanRow, plan_row
from balai.plan.reads.rows import ActionRow, action_rows, local_day


@dataclass(frozen=True)
class EvidenceRow:
    """Evidence. `file_id` is None for a link, and for a file the actor may not open (`has_file` says so)."""

    id: UUID
    report_id: UUID
    title: str
    dated_on: date | None
    link: str
    has_file: bool
    file_id: UUID | None


@dataclass(frozen=True)
class ReportRow:
    """One entry of one period. Names are "" for those who may not see them.

    Attributes:
        kind: "typed" or "computed"; a computed one has no reporter and no verifier.
        measured_by, measurement: indicator and figure of One Data it was computed from.
        is_withheld: the figure counts too few rows to be told. A computed entry with neither
            value nor measurement says that the figure was taken back.
    """

    id: UUID
    action_id: UUID
    period_id: UUID
    period_title: str
    period_ends_on: date
    year: int
    entry: int
    value: Decimal | None
    physical_percent: Decimal | None
    spent: int | None
    note: str
    status: str
    stands: bool
    reason: str
    reported_by: str
    reported_at: datetime | None
    verified_by: str
    verified_at: datetime | None
    is_correction: bool
    is_carried: bool
    kind: str
    measured_by: str
    measurement: UUID | None
    is_withheld: bool
    evidence: tuple[EvidenceRow, ...]
    version: int

    @property
    def told_on(self) -> date:
        """Return the day it speaks of: the last of its period, or the day it was computed."""
        computed_on = local_day(self.reported_at) if self.kind == COMPUTED else None
        return computed_on or self.period_ends_on


@dataclass(frozen=True)
class TargetRow:
    year: int
    value: Decimal | None


@dataclass(frozen=True)
class FundRow:
    """A line of money. `edition` is "" where no edition we hold knows the code."""

    id: UUID
    action_id: UUID
    action_code: str
    action_title: str
    origin: str
    year: int
    source: str
    code: str
    edition: str
    partner_name: str
    is_in_kind: bool
    budget: int
    spent: int | None

    @property
    def is_over_budget(self) -> bool:
        return self.spent is not None and self.spent > self.budget

    @property
    def edition_is_unknown(self) -> bool:
        return bool(self.code) and not self.edition


@dataclass(frozen=True)
class SupportRow:
    office_id: UUID | None
    partner_id: UUID | None
    name: str
    helix: str
    role: str


@dataclass(frozen=True)
class Risk:
    risk: str
    mitigation: str


@dataclass(frozen=True)
class QuickWinRow:
    """A quick win as a story: element key → text, risks, and evidence of verified reports, newest first."""

    action: ActionRow
    story: str
    elements: Mapping[str, str]
    risks: tuple[Risk, ...]
    evidence: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class ActionStory:
    """One action with everything the actor may see of it.

    Attributes:
        reports: newest period and entry first; only verified ones for the public.
        funds: all years.
        may_report: whether the actor may report on it (its state aside).
    """

    plan: PlanRow
    row: ActionRow
    description: str
    starts_on: date | None
    ends_on: date | None
    targets: tuple[TargetRow, ...]
    reports: tuple[ReportRow, ...]
    funds: tuple[FundRow, ...]
    supports: tuple[SupportRow, ...]
    quick_win: QuickWinRow | None
    may_report: bool

    @property
    def stands(self) -> ReportRow | None:
        """Return the report behind the figure of the year in view."""
        return next((row for row in self.reports if row.stands and row.year == self.row.year), None)


def action(actor: Actor, code: str, year: int, on: date, plan: UUID | str | None = None) -> ActionStory:
    """Return an action by its code in a plan (the one in force without a key) or by its own key.

    Raises:
        NotFound: there is no such action the actor may see.
    """
    row = _find(actor, code, plan)
    one = Action.objects.filter(pk=row.pk)
    as_row = action_rows(one, year, on)[0]
    reports = _reports(actor, sight.reports(actor).filter(action=row), str(row.owner_id))
    return ActionStory(
        plan_row(sight.plan(actor, row.programme.masterplan_id)),
        as_row,
        row.description,
        row.starts_on,
        row.ends_on,
        tuple(
            TargetRow(target.year, target.value)
            for target in Target.objects.filter(action=row).order_by("year")
        ),
        reports,
        fund_rows(Fund.objects.filter(action=row)),
        _supports(row),
        next(iter(_quick_wins(actor, (as_row,))), None),
        actor.may("plan.report", row),
    )


def quick_wins(actor: Actor, plan: UUID | str | None, year: int, on: date) -> tuple[QuickWinRow, ...]:
    """Return the quick wins of a plan in the order of their codes.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    row = sight.plan(actor, plan)
    actions = Action.objects.filter(programme__masterplan=row, is_quick_win=True)
    return _quick_wins(actor, action_rows(actions, year, on))


def fund_rows(funds: QuerySet[Fund]) -> tuple[FundRow, ...]:
    """Return lines of money, by year, action and source."""
    rows = funds.select_related("action", "partner").order_by("year", "action__code", "source", "code")
    return tuple(
        FundRow(
            row.pk,
            row.action_id,
            row.action.code,
            row.action.title,
            row.action.origin,
            row.year,
            row.source,
            row.code,
            row.edition,
            row.partner.name if row.partner else "",
            row.is_in_kind,
            row.budget,
            row.spent,
        )
        for row in rows
    )


def report(actor: Actor, key: UUID | str) -> ReportRow:
    """Return one report.

    Raises:
        NotFound: there is no such report the actor may see.
    """
    rows = sight.reports(actor).filter(pk=sight.as_key(key))
    owner = rows.values_list("action__owner_id", flat=True).first()
    found = _reports(actor, rows, str(owner))
    if not found:
        raise NotFound(_("Laporan itu tidak ada."))
    return found[0]


def _find(actor: Actor, code: str, plan: UUID | str | None) -> Action:
    rows = sight.actions(actor).select_related("programme__masterplan")
    try:
        by_key = rows.filter(pk=UUID(code)).first()
    except ValueError:
        by_key = None
    if by_key:
        return by_key
    found = rows.filter(code=code, programme__masterplan=sight.plan(actor, plan)).first()
    if found is None:
        raise NotFound(_("Rencana aksi %(code)s tidak ada dalam rencana induk ini.") % {"code": code})
    return found


def _reports(actor: Actor, rows: QuerySet[Report], office: str) -> tuple[ReportRow, ...]:
    shows_names = sight.names(actor, office)
    found = list(rows.select_related("period").order_by("-year", "-period__number", "-entry"))
    evidence = evidence_of(actor, [row.pk for row in found], office)
    return tuple(
        ReportRow(
            row.pk,
            row.action_id,
            row.period_id,
            row.period.title,
            row.period.ends_on,
            row.year,
            row.entry,
            row.value,
            row.physical_percent,
            row.spent,
            row.note,
            row.status,
            row.stands,
            row.reason,
            row.reported_by if shows_names else "",
            row.reported_at,
            row.verified_by if shows_names else "",
            row.verified_at,
            row.is_correction,
            row.carried_from_id is not None,
            row.kind,
            row.measured_by,
            row.measurement,
            row.is_withheld,
            evidence.get(row.pk, ()),
            row.version,
        )
        for row in found
    )


def evidence_of(actor: Actor, reports: list[UUID], office: str) -> Mapping[UUID, tuple[EvidenceRow, ...]]:
    """Return the evidence of reports of one office, oldest first."""
    opens = sight.files(actor, office)
    found: dict[UUID, list[EvidenceRow]] = defaultdict(list)
    for row in Evidence.objects.filter(report__in=reports).order_by("pk"):
        found[row.report_id].append(_evidence(row, opens))
    return {key: tuple(own) for key, own in found.items()}


def _evidence(row: Evidence, opens: bool) -> EvidenceRow:
    has_file = row.file_id is not None
    return EvidenceRow(
        row.pk, row.report_id, row.title, row.dated_on, row.link, has_file, row.file_id if opens else None
    )


def _supports(row: Action) -> tuple[SupportRow, ...]:
    rows = Support.objects.filter(action=row).select_related("office", "partner")
    found = [_support(support) for support in rows]
    return tuple(sorted(found, key=lambda support: (support.partner_id is not None, support.name)))


def _support(row: Support) -> SupportRow:
    if row.partner:
        return SupportRow(None, row.partner_id, row.partner.name, row.partner.helix, row.role)
    return SupportRow(row.office_id, None, row.office.name if row.office else "", "", row.role)


def _quick_wins(actor: Actor, actions: tuple[ActionRow, ...]) -> tuple[QuickWinRow, ...]:
    owners = {row.id: str(row.owner_id) for row in actions if row.is_quick_win}
    told = {row.action_id: row for row in QuickWin.objects.filter(action__in=list(owners))}
    shown: dict[UUID, list[EvidenceRow]] = defaultdict(list)
    verified = Q(report__status=Report.Status.VERIFIED)
    rows = Evidence.objects.filter(verified, report__action__in=list(owners)).select_related("report")
    for row in rows.order_by("-report__verified_at", "pk"):
        action_id = row.report.action_id
        shown[action_id].append(_evidence(row, sight.files(actor, owners[action_id])))
    return tuple(
        _quick_win(row, told.get(row.id), tuple(shown.get(row.id, ()))) for row in actions if row.is_quick_win
    )


def _quick_win(row: ActionRow, told: QuickWin | None, evidence: tuple[EvidenceRow, ...]) -> QuickWinRow:
    risks: list[dict[str, Any]] = told.risks if told else []
    return QuickWinRow(
        row,
        told.story if told else "",
        dict(told.elements) if told else {},
        tuple(Risk(each["risk"], each.get("mitigation", "")) for each in risks),
        evidence,
    )

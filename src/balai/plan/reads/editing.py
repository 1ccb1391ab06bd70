"""What the forms of the desk begin with: parts of a plan as they stand, each by its own key."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.plan.models import Action, Fund, Period, Programme
from balai.plan.reads import sight
from balai.plan.reads.desk import PeriodRow, period_row
from balai.plan.reads.rows import ActionRow, Provenance, action_rows, provenance


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme of a masterplan, also one that has no action yet."""

    id: UUID
    plan_id: UUID
    code: str
    title: str
    goal: str
    rpjmd_code: str
    provenance: Provenance
    action_count: int


@dataclass(frozen=True)
class FundLine:
    """A line of money with the keys a form needs. Whole rupiah; `spent` None says nothing."""

    id: UUID
    action_id: UUID
    year: int
    source: str
    code: str
    edition: str
    partner_id: UUID | None
    is_in_kind: bool
    budget: int
    spent: int | None


def programmes(actor: Actor, plan: UUID | str) -> tuple[ProgrammeRow, ...]:
    """Return the programmes of a plan, ordered by code.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    rows = Programme.objects.filter(masterplan=sight.plan(actor, plan)).annotate(
        action_count=Count("actions")
    )
    return tuple(_programme(row) for row in rows.order_by("code"))


def programme(actor: Actor, key: UUID | str) -> ProgrammeRow:
    """Return one programme of a plan. Raises NotFound."""
    rows = Programme.objects.filter(pk=sight.as_key(key), masterplan__in=sight.plans(actor))
    row = rows.annotate(action_count=Count("actions")).first()
    if row is None:
        raise NotFound(_("Program itu tidak ada."))
    return _programme(row)


def own_actions(actor: Actor, plan: UUID | str | None, year: int, on: date) -> tuple[ActionRow, ...]:
    """Return the actions of a plan (the one in force without a key) that the actor may report on.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    own = sight.within_reach(actor, "plan.report", "owner_id")
    rows = sight.actions(actor).filter(own, programme__masterplan=sight.plan(actor, plan))
    return action_rows(Action.objects.filter(pk__in=rows.order_by().values("pk")), year, on)


def fund(actor: Actor, key: UUID | str) -> FundLine:
    """Return one line of money of an action the actor may see. Raises NotFound."""
    row = Fund.objects.filter(pk=sight.as_key(key), action__in=sight.actions(actor)).first()
    if row is None:
        raise NotFound(_("Baris dana itu tidak ada."))
    return FundLine(
        row.pk,
        row.action_id,
        row.year,
        row.source,
        row.code,
        row.edition,
        row.partner_id,
        row.is_in_kind,
        row.budget,
        row.spent,
    )


def period(actor: Actor, key: UUID | str) -> PeriodRow:
    """Return one reporting period. Raises NotFound."""
    row = Period.objects.filter(pk=sight.as_key(key)).first() if actor.may("plan.read") else None
    if row is None:
        raise NotFound(_("Periode laporan itu tidak ada."))
    return period_row(row)


def _programme(row: Programme) -> ProgrammeRow:
    if row.masterplan_id is None:
        raise RuntimeError(f"programme {row.pk} belongs to no masterplan")
    return ProgrammeRow(
        row.pk,
        row.masterplan_id,
        row.code,
        row.title,
        row.goal,
        row.rpjmd_code,
        provenance(row),
        getattr(row, "action_count", 0),
    )

"""Money of actions: budgets and pledges, spending and their realisation.

Money follows the budget of each year, not the masterplan, so it is written down
for adopted plans too; a superseded plan takes none.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Locked
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked
from balai.plan.models import Action, Fund, Masterplan
from balai.plan.nomenclature import find_code
from balai.plan.rules.money import APBD, PLEDGED


@dataclass(frozen=True)
class FundDraft:
    """One line of money in a year from one source.

    Attributes:
        code: sub-kegiatan of the nomenclature, for APBD only.
        partner: who pledged, for CSR and partners.
        budget: whole rupiah; for CSR and partners the pledge.
        spent: whole rupiah; None says nothing, which is not 0.
        is_in_kind: goods or services; the rupiah are an estimate and never added to cash.
    """

    year: int
    source: str
    budget: int
    spent: int | None = None
    code: str = ""
    partner: UUID | None = None
    is_in_kind: bool = False


@dataclass(frozen=True)
class WrittenFund:
    """What was written, and what the writer should know: warnings refuse nothing."""

    fund: Fund
    warnings: tuple[Fault, ...]


@transaction.atomic
def add_fund(actor: Actor, action: Key, draft: FundDraft) -> WrittenFund:
    """Write down a line of money. A code no edition we hold knows is kept, with a warning.

    Raises:
        Forbidden, NotFound, Invalid.
        Locked: the plan was superseded.
        Conflict: the action has this line already; change that one.
    """
    row = locked(Action, action)
    actor.require("plan.write", row)
    plan = _plan_with_money(row)
    edition, warnings = _checked(plan, draft)
    line = Fund.objects.filter(
        action=row, year=draft.year, source=draft.source, code=draft.code, partner=draft.partner
    )
    if line.exists():
        raise Conflict(_("Baris dana ini sudah ada. Ubah baris itu."))
    fund = Fund.objects.create(action=row, edition=edition, **_columns(draft))
    journal.write(actor, "fund.add", fund, action=row.code, **asdict(draft))
    return WrittenFund(fund, warnings)


@transaction.atomic
def edit_fund(actor: Actor, fund: Key, draft: FundDraft) -> WrittenFund:
    """Change a line of money. Raises as `add_fund`."""
    row = locked(Fund, fund)
    actor.require("plan.write", row)
    edition, warnings = _checked(_plan_with_money(row.action), draft)
    columns = _columns(draft) | {"edition": edition}
    same = Fund.objects.filter(
        action=row.action_id, year=draft.year, source=draft.source, code=draft.code, partner=draft.partner
    )
    if same.exclude(pk=row.pk).exists():
        raise Conflict(_("Baris dana ini sudah ada. Ubah baris itu."))
    changed = journal.changes(row, columns)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    journal.write(actor, "fund.edit", row, **changed)
    return WrittenFund(row, warnings)


@transaction.atomic
def record_spending(actor: Actor, fund: Key, spent: int) -> WrittenFund:
    """Write down what was spent of a budget, or realised of a pledge, since 1 January.

    By who writes the plan, or the office that owns the action. More than the
    budget is kept, with a warning.

    Raises:
        Forbidden, NotFound, Invalid.
        Locked: the plan was superseded.
    """
    row = locked(Fund, fund)
    if not actor.may("plan.write", row):
        actor.require("plan.report", row.action)
    _plan_with_money(row.action)
    checks.refuse(checks.rupiah("spent", spent))
    journal.write(actor, "fund.spend", row, spent=[row.spent, spent])
    row.spent = spent
    row.save(update_fields=["spent"])
    return WrittenFund(row, tuple(_overspent(row.budget, spent)))


@transaction.atomic
def remove_fund(actor: Actor, fund: Key) -> None:
    """Take a line of money away; the journal keeps what it said. Raises Forbidden, NotFound, Locked."""
    row = locked(Fund, fund)
    actor.require("plan.write", row)
    _plan_with_money(row.action)
    journal.write(
        actor, "fund.remove", row, year=row.year, source=row.source, budget=row.budget, spent=row.spent
    )
    row.delete()


def check_fund(action: Action, draft: FundDraft) -> tuple[Fault, ...]:
    """Check a line against its plan without writing, for dry runs too; return its warnings.

    Raises:
        Invalid, Locked.
    """
    return _checked(_plan_with_money(action), draft)[1]


def _checked(plan: Masterplan, draft: FundDraft) -> tuple[str, tuple[Fault, ...]]:
    checks.refuse(_faults(plan, draft))
    edition, warnings = "", list(_overspent(draft.budget, draft.spent))
    if draft.code:
        answer = find_code(draft.code, draft.year)
        edition = answer.edition
        warnings += [Fault("code", answer.warning)] if answer.warning else []
    return edition, tuple(warnings)


def _faults(plan: Masterplan, draft: FundDraft) -> Iterator[Fault]:
    if not plan.year_from <= draft.year <= plan.last_year:
        yield Fault(
            "year",
            _("Tahun ini di luar masa rencana."),
            _("Rencana ini berlaku %(first)d sampai %(last)d.")
            % {"first": plan.year_from, "last": plan.last_year},
        )
    yield from checks.choice("source", draft.source, Fund.Source.values)
    yield from checks.rupiah("budget", draft.budget)
    yield from checks.rupiah("spent", draft.spent)
    yield from checks.text("code", draft.code, 40, needed=False)
    if draft.code and draft.source != APBD:
        yield Fault("code", _("Kode sub-kegiatan hanya untuk APBD."), _("Kosongkan kodenya."))
    if draft.partner:
        partners: Any = Fund._meta.get_field("partner").related_model
        if draft.source not in PLEDGED:
            yield Fault("partner", _("Mitra hanya untuk CSR/TJSL dan mitra."), _("Kosongkan mitranya."))
        elif not partners.objects.filter(pk=draft.partner, tenant=plan.tenant).exists():
            yield Fault("partner", _("Mitra ini tidak ada."), _("Pilih dari daftar mitra."))


def _overspent(budget: int, spent: int | None) -> Iterator[Fault]:
    if spent is not None and spent > budget:
        yield Fault(
            "spent", _("Realisasi melebihi pagu."), _("Periksa angkanya; tetap disimpan dan ditandai.")
        )


def _plan_with_money(action: Action) -> Masterplan:
    plan = Masterplan.objects.get(programmes=action.programme_id)
    if plan.status == Masterplan.Status.SUPERSEDED:
        raise Locked(_("Rencana induk ini sudah digantikan versi baru; catat dana pada versi yang berlaku."))
    return plan


def _columns(draft: FundDraft) -> dict[str, Any]:
    columns = asdict(draft)
    return columns | {"partner_id": columns.pop("partner")}

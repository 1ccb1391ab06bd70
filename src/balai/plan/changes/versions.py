"""Versions of a masterplan: a new one begins as a copy, and takes over when it is adopted."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Max
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked
from balai.base.ids import uuid7
from balai.base.rows import TenantModel
from balai.definitions.taxonomies import axis_set
from balai.plan.changes.actions import ShareDraft, share_faults
from balai.plan.changes.locking import Key, draft_plan, locked
from balai.plan.changes.standing import COUNTED, let_stand
from balai.plan.models import (
    Action,
    Body,
    DimensionShare,
    Evidence,
    Fund,
    Masterplan,
    PlanningPeriod,
    Programme,
    QuickWin,
    Report,
    Support,
    Target,
)
from balai.plan.publishing import publish_soon
from balai.plan.rules import moves
from balai.plan.ties import measure_soon

type NewKeys = dict[UUID, UUID]


@transaction.atomic
def new_version(actor: Actor, plan: Key) -> Masterplan:
    """Begin a new version as a draft copy: programmes, actions, targets, quick wins, planning periods.

    Money, reports and bodies come over when it is adopted, as they stand then.

    Raises:
        Forbidden, NotFound.
        Locked: the plan is not the one in force.
        Conflict: a draft of a new version is there already.
    """
    old = locked(Masterplan, plan)
    actor.require("plan.write", old)
    if old.status != Masterplan.Status.ADOPTED:
        raise Locked(_("Versi baru dibuat dari rencana induk yang berlaku."))
    versions = Masterplan.objects.filter(tenant=old.tenant, region_code=old.region_code)
    if versions.filter(status=Masterplan.Status.DRAFT).exists():
        raise Conflict(_("Sudah ada draf versi baru. Lanjutkan draf itu."))
    last: int = versions.aggregate(last=Max("version"))["last"]
    new = _copy(old, version=last + 1, supersedes_id=old.pk, status=Masterplan.Status.DRAFT, adopted_on=None)
    new.save()
    _copy_all(PlanningPeriod, "masterplan_id", {old.pk: new.pk})
    programmes = _copy_all(Programme, "masterplan_id", {old.pk: new.pk})
    actions = _copy_all(
        Action, "programme_id", programmes, lambda row: {"continues_id": row.pk, "version": 1}
    )
    for model in (DimensionShare, Target, Support, QuickWin):
        _copy_all(model, "action_id", actions)
    journal.write(actor, "masterplan.new_version", new, supersedes=str(old.pk), version=new.version)
    return new


@transaction.atomic
def adopt(actor: Actor, plan: Key, on: date) -> Masterplan:
    """Adopt a draft: from now on it is locked, public and reported on.

    The version in force until now is superseded in the same transaction. Money,
    reports with their evidence, and bodies of its actions come over to the
    actions that continue them.

    Args:
        on: the local day of the decision.

    Raises:
        Forbidden, NotFound.
        Locked: it was adopted before.
        Invalid: it names no legal basis, has no action, or an action whose shares do not sum to 1.
    """
    row = draft_plan(plan)
    actor.require("plan.adopt", row)
    faults = list(_unready(row))
    if faults:
        raise Invalid(faults)
    old = (
        Masterplan.objects.select_for_update()
        .filter(tenant=row.tenant, region_code=row.region_code, status=Masterplan.Status.ADOPTED)
        .first()
    )
    if old:
        old.status = Masterplan.Status.SUPERSEDED
        old.save(update_fields=["status"])
        journal.write(actor, "masterplan.supersede", old, by=str(row.pk))
        _take_over(actor, old, row)
    row.status, row.adopted_on = Masterplan.Status.ADOPTED, on
    row.save(update_fields=["status", "adopted_on"])
    journal.write(actor, "masterplan.adopt", row, on=on, legal_basis=row.legal_basis)
    _count_again(row)
    publish_soon()
    return row


def _count_again(plan: Masterplan) -> None:
    """Let what was carried over stand as a new tie counts it, and ask for the figures of all ties."""
    actions = Action.objects.filter(programme__masterplan=plan)
    changed = actions.filter(continues__isnull=False).exclude(measured_by=F("continues__measured_by"))
    by_key = {row.pk: row for row in changed}
    carried = Report.objects.filter(action__in=by_key).values_list("action_id", "year").distinct()
    for action, year in carried.order_by():
        let_stand(by_key[action], year)
    for indicator in sorted(set(actions.values_list("measured_by", flat=True)) - {""}):
        measure_soon(indicator)


def _unready(plan: Masterplan) -> Iterable[Fault]:
    if not plan.legal_basis.strip():
        yield Fault("legal_basis", _("Dasar hukum belum diisi."), _("Tulis peraturan yang menetapkannya."))
    actions = Action.objects.filter(programme__masterplan=plan).annotate(planned=Count("targets"))
    if not actions:
        yield Fault("actions", _("Rencana ini belum punya rencana aksi."))
    axes = axis_set(plan.axis_set)
    shares: dict[UUID, list[ShareDraft]] = {}
    for row in DimensionShare.objects.filter(action__programme__masterplan=plan):
        draft = ShareDraft(row.dimension, row.numerator, row.denominator, row.sub_dimension)
        shares.setdefault(row.action_id, []).append(draft)
    for action in actions.order_by("code"):
        for fault in share_faults(axes, tuple(shares.get(action.pk, ()))):
            yield Fault(f"{action.code}: {fault.place}", fault.wrong, fault.right)
    for target in Target.objects.filter(action__programme__masterplan=plan).select_related("action"):
        if not plan.year_from <= target.year <= plan.last_year:
            yield Fault(f"{target.action.code}: target {target.year}", _("Tahun ini di luar masa rencana."))


def _take_over(actor: Actor, old: Masterplan, new: Masterplan) -> None:
    taken_kinds = Body.objects.filter(masterplan=new).values("kind")
    Body.objects.filter(masterplan=old).exclude(kind__in=taken_kinds).update(masterplan=new)
    actions: NewKeys = {
        row.continues_id: row.pk
        for row in Action.objects.filter(programme__masterplan=new, continues__isnull=False)
        if row.continues_id
    }
    planned = set(Target.objects.filter(action__in=actions.values()).values_list("action_id", "year"))
    _carry_funds(actions)
    _carry_reports(actor, actions, planned)


def _carry_funds(actions: NewKeys) -> None:
    own = set(Fund.objects.filter(action__in=actions.values()).values_list("action_id", "year"))
    # Money written down for the draft already stands for that year; the rest comes over.
    _copy_all(Fund, "action_id", actions, keep=lambda row: (actions[row.action_id], row.year) not in own)


def _carry_reports(actor: Actor, actions: NewKeys, planned: set[tuple[UUID, int]]) -> None:
    """Copy the last entry of each period, typed and computed apart; the version before keeps its own."""
    last: dict[tuple[UUID, UUID, str], Report] = {}
    stands: dict[tuple[UUID, UUID, str], Report] = {}
    for report in Report.objects.filter(action__in=actions).order_by("entry"):
        if (actions[report.action_id], report.year) in planned:
            place = report.action_id, report.period_id, report.measured_by
            last[place] = report
            if report.status in COUNTED:
                stands[place] = report
    # A correction that waits does not take the place of what it corrects.
    wanted = {report.pk: report for report in (*last.values(), *stands.values())}
    keys: NewKeys = {}
    made = []
    for report in sorted(wanted.values(), key=lambda row: row.entry):
        corrected = keys.get(report.corrects_id) if report.corrects_id else None
        copy = _copy(
            report,
            action_id=actions[report.action_id],
            carried_from_id=report.pk,
            corrects_id=corrected,
            version=1,
        )
        keys[report.pk] = copy.pk
        made.append(copy)
    Report.objects.bulk_create(made, batch_size=500)
    _copy_all(Evidence, "report_id", keys)
    journal.write_all(
        actor,
        [
            journal.Act(moves.CARRY, copy, {"from": str(copy.carried_from_id), "status": copy.status})
            for copy in made
        ],
    )


def _copy_all[M: TenantModel](
    model: type[M],
    parent: str,
    keys: NewKeys,
    change: Callable[[M], dict[str, Any]] = lambda row: {},
    keep: Callable[[M], bool] = lambda row: True,
) -> NewKeys:
    """Copy the rows below `keys` (old parent → new parent); return old key → new key."""
    rows = [row for row in model.objects.filter(**{f"{parent}__in": list(keys)}) if keep(row)]
    copies = [_copy(row, **{parent: keys[getattr(row, parent)]}, **change(row)) for row in rows]
    model.objects.bulk_create(copies, batch_size=500)
    return {row.pk: copy.pk for row, copy in zip(rows, copies, strict=True)}


def _copy[M: TenantModel](row: M, **changed: Any) -> M:
    values = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return type(row)(**values | {"id": uuid7()} | changed)

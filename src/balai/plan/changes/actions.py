"""Actions of a draft: what they are, their shares in dimensions, targets, helpers, quick wins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault
from balai.definitions.taxonomies import AxisSet, axis_set, terms
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, draft_action, draft_programme, same_version
from balai.plan.changes.ties import tie_faults
from balai.plan.models import (
    Action,
    DimensionShare,
    Masterplan,
    Origin,
    Programme,
    QuickWin,
    Report,
    Support,
    Target,
)


@dataclass(frozen=True)
class ShareDraft:
    """`numerator / denominator` of the action counts in the dimension."""

    dimension: str
    numerator: int = 1
    denominator: int = 1
    sub_dimension: str = ""


@dataclass(frozen=True)
class SupportDraft:
    """A helping office or partner: exactly one of the two keys."""

    office: UUID | None = None
    partner: UUID | None = None
    role: str = ""


@dataclass(frozen=True)
class ActionDraft:
    """What an action says of itself.

    Attributes:
        shares: they sum to exactly 1.
        targets: year → value; None for a year measured by physical percent alone. A year that is
            absent is not planned.
        owner: office of the tenant; `owner_name` is for an office that a source names and we do not have.
        weight: above 0.
        measured_by: code of the indicator its progress is computed from; "" where it is typed.
    """

    code: str
    title: str
    family: str
    indicator: str
    unit: str
    shares: tuple[ShareDraft, ...]
    targets: Mapping[int, Decimal | None] = field(default_factory=dict)
    owner: UUID | None = None
    owner_name: str = ""
    supports: tuple[SupportDraft, ...] = ()
    description: str = ""
    direction: str = Action.Direction.UP.value
    baseline: Decimal | None = None
    measured_by: str = ""
    weight: Decimal = Decimal(1)
    starts_on: date | None = None
    ends_on: date | None = None
    is_quick_win: bool = False
    place_name: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    origin: str = Origin.RECORD.value
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class QuickWinDraft:
    """The story, element key → text, and (risk, mitigation) pairs of a quick win."""

    story: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    risks: tuple[tuple[str, str], ...] = ()


_PARTS = {"shares", "targets", "supports", "owner"}
_PLAIN = tuple(each.name for each in fields(ActionDraft) if each.name not in _PARTS)


@transaction.atomic
def create_action(actor: Actor, programme: Key, draft: ActionDraft) -> Action:
    """Add an action to a programme of a draft.

    Raises:
        Forbidden, NotFound, Locked, Invalid.
        Conflict: the code is taken.
    """
    row = draft_programme(programme)
    actor.require("plan.write", row)
    check_action(row, draft)
    checks.refuse(tie_faults(actor, draft.measured_by, draft, draft.targets))
    action = Action(programme=row, **_columns(draft))
    action.save()
    _write_parts(action, draft)
    journal.write(actor, "action.create", action, code=draft.code, title=draft.title)
    return action


@transaction.atomic
def edit_action(actor: Actor, action: Key, draft: ActionDraft, version: int) -> Action:
    """Change an action of a draft.

    Args:
        version: the one the actor saw.

    Raises:
        Forbidden, NotFound, Locked, Invalid.
        Conflict: somebody else changed it since, or the code is taken.
    """
    row = draft_action(action)
    actor.require("plan.write", row)
    columns = _columns(draft)
    same_version(row, version, columns)
    check_action(row.programme, draft, row)
    checks.refuse(tie_faults(actor, draft.measured_by, draft, draft.targets))
    changed = journal.changes(row, columns) | _changed_parts(row, draft)
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    for model in (DimensionShare, Target, Support):
        model.objects.filter(action=row).delete()
    _write_parts(row, draft)
    journal.write(actor, "action.edit", row, **changed)
    return row


@transaction.atomic
def remove_action(actor: Actor, action: Key) -> None:
    """Take an action out of a draft, with its targets and money.

    Raises:
        Forbidden, NotFound, Locked.
        Conflict: something was reported of it.
    """
    row = draft_action(action)
    actor.require("plan.write", row)
    if Report.objects.filter(action=row).exists():
        raise Conflict(_("Rencana aksi ini sudah dilaporkan dan tidak dapat dihapus."))
    journal.write(actor, "action.remove", row, code=row.code, title=row.title)
    row.delete()


@transaction.atomic
def write_quick_win(actor: Actor, action: Key, draft: QuickWinDraft) -> QuickWin:
    """Write the ten elements and the risks of a quick win, in place of what was there.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: an element is not one of the ten, or the action is no quick win.
    """
    row = draft_action(action)
    actor.require("plan.write", row)
    checks.refuse(_quick_win_faults(row, draft))
    risks = [{"risk": risk, "mitigation": mitigation} for risk, mitigation in draft.risks]
    told = QuickWin.objects.filter(action=row).first() or QuickWin(action=row)
    new = {"story": draft.story, "elements": dict(draft.elements), "risks": risks}
    changed = journal.changes(told, new)
    for name, value in new.items():
        setattr(told, name, value)
    told.save()
    journal.write(actor, "quick_win.write", told, **changed)
    return told


def check_action(programme: Programme, draft: ActionDraft, known: Action | None = None) -> None:
    """Check a draft against its plan without writing, for dry runs too.

    Args:
        known: the action that is about to be changed, None for a new one.

    Raises:
        Invalid: with every fault found.
        Conflict: another action of the plan has the code.
    """
    plan = programme.masterplan
    if plan is None:
        raise Conflict(_("Rencana aksi hanya berada dalam program sebuah rencana induk."))
    checks.refuse(_faults(plan, draft))
    taken = Action.objects.filter(programme__masterplan=plan, code=draft.code)
    if known:
        taken = taken.exclude(pk=known.pk)
    if taken.exists():
        raise Conflict(
            _("Kode rencana aksi %(code)s sudah dipakai dalam rencana ini.") % {"code": draft.code}
        )


def share_faults(axes: AxisSet, shares: tuple[ShareDraft, ...]) -> Iterator[Fault]:
    """Yield what is wrong with shares: unknown or repeated dimensions, a sum that is not exactly 1."""
    known = {dimension.key: {part.key for part in dimension.parts} for dimension in axes.dimensions}
    seen: set[str] = set()
    for share in shares:
        yield from checks.choice("shares", share.dimension, known)
        if share.dimension in seen:
            yield Fault("shares", _("Dimensi %(key)s disebut dua kali.") % {"key": share.dimension})
        seen.add(share.dimension)
        if share.sub_dimension:
            yield from checks.choice(
                "sub_dimension", share.sub_dimension, sorted(known.get(share.dimension, ()))
            )
        if not 0 < share.numerator <= share.denominator <= 10_000:
            yield Fault(
                "shares",
                _("Bagian %(part)s tidak sah.") % {"part": f"{share.numerator}/{share.denominator}"},
                _("Tulis pecahan di atas 0 dan paling banyak 1, misalnya 1/2."),
            )
            return
    whole = sum((Fraction(share.numerator, share.denominator) for share in shares), Fraction(0))
    if whole != 1:
        yield Fault(
            "shares",
            _("Bagian semua dimensi berjumlah %(sum)s.") % {"sum": whole},
            _("Jumlahnya harus tepat 1."),
        )


def _faults(plan: Masterplan, draft: ActionDraft) -> Iterator[Fault]:
    yield from checks.text("code", draft.code, 40)
    yield from checks.text("title", draft.title, 300)
    yield from checks.text("indicator", draft.indicator, 300)
    yield from checks.text("unit", draft.unit, 60)
    yield from checks.text("description", draft.description, 20_000, needed=False)
    yield from checks.text("owner_name", draft.owner_name, 200, needed=False)
    yield from checks.text("place_name", draft.place_name, 200, needed=False)
    yield from checks.choice("family", draft.family, Action.Family.values)
    yield from checks.choice("direction", draft.direction, Action.Direction.values)
    yield from checks.provenance(draft.origin, draft.source, draft.confidence)
    yield from checks.number("baseline", draft.baseline)
    yield from _weight_faults(draft.weight)
    yield from share_faults(axis_set(plan.axis_set), draft.shares)
    yield from _target_faults(plan, draft)
    yield from _place_faults(draft)
    yield from _people_faults(plan, draft)
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        yield Fault("ends_on", _("Selesai mendahului mulai."), _("Isi tanggal mulai atau sesudahnya."))


def _weight_faults(weight: Decimal) -> Iterator[Fault]:
    if not weight.is_finite() or not 0 < weight < 10_000:
        yield Fault("weight", _("Bobot ini di luar batas."), _("Isi angka di atas 0 dan di bawah 10.000."))
    elif weight != weight.quantize(Decimal("0.0001")):
        yield Fault("weight", _("Bobot ini terlalu rinci."), _("Paling banyak empat angka di belakang koma."))


def _target_faults(plan: Masterplan, draft: ActionDraft) -> Iterator[Fault]:
    for year, value in draft.targets.items():
        if not plan.year_from <= year <= plan.last_year:
            yield Fault(
                f"target {year}",
                _("Tahun ini di luar masa rencana."),
                _("Rencana ini berlaku %(first)d sampai %(last)d.")
                % {"first": plan.year_from, "last": plan.last_year},
            )
        yield from checks.number(f"target {year}", value)


def _place_faults(draft: ActionDraft) -> Iterator[Fault]:
    if (draft.latitude is None) != (draft.longitude is None):
        yield Fault("latitude", _("Letak hanya diisi separuh."), _("Isi lintang dan bujur, atau kosongkan."))
        return
    if draft.latitude is None or draft.longitude is None:
        return
    if not (-11 <= draft.latitude <= 7 and 94 <= draft.longitude <= 142):
        yield Fault("latitude", _("Letak ini di luar Indonesia."), _("Periksa lintang dan bujurnya."))


def _people_faults(plan: Masterplan, draft: ActionDraft) -> Iterator[Fault]:
    offices = {each.office for each in draft.supports if each.office}
    partners = {each.partner for each in draft.supports if each.partner}
    wanted = offices | ({draft.owner} if draft.owner else set())
    missing = wanted - _known("owner", Action, wanted, plan.tenant)
    if draft.owner in missing:
        yield Fault("owner", _("Perangkat daerah ini tidak ada."), _("Pilih perangkat daerah dari daftar."))
    if missing - {draft.owner} or partners - _known("partner", Support, partners, plan.tenant):
        yield Fault("supports", _("Pendukung ini tidak ada."), _("Pilih dari daftar."))
    for each in draft.supports:
        if (each.office is None) == (each.partner is None):
            yield Fault("supports", _("Isi salah satu: perangkat daerah atau mitra."))
        yield from checks.text("supports", each.role, 200, needed=False)
    if len(offices) + len(partners) < len(draft.supports):
        yield Fault("supports", _("Satu pendukung disebut dua kali."))


def _known(name: str, model: type[Action] | type[Support], keys: set[UUID], tenant: str) -> set[UUID]:
    """Return those of `keys` that are rows of the tenant in the table the foreign key `name` points to."""
    target: Any = model._meta.get_field(name).related_model
    return (
        set(target.objects.filter(pk__in=keys, tenant=tenant).values_list("pk", flat=True)) if keys else set()
    )


def _quick_win_faults(action: Action, draft: QuickWinDraft) -> Iterator[Fault]:
    if not action.is_quick_win:
        yield Fault("is_quick_win", _("Rencana aksi ini bukan program unggulan."), _("Tandai dahulu."))
    known = [term.key for term in terms("quick-win-elements").terms]
    for key, said in draft.elements.items():
        yield from checks.choice("elements", key, known)
        yield from checks.text(key, said, 10_000, needed=False)
    yield from checks.text("story", draft.story, 20_000, needed=False)
    for risk, mitigation in draft.risks:
        yield from checks.text("risks", risk, 2_000)
        yield from checks.text("risks", mitigation, 2_000, needed=False)


def _columns(draft: ActionDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in _PLAIN} | {"owner_id": draft.owner}


def _changed_parts(action: Action, draft: ActionDraft) -> dict[str, Any]:
    """Return [old, new] of shares and targets where they change, in a form for the journal."""
    old_shares = sorted(
        f"{row.dimension} {row.numerator}/{row.denominator}"
        for row in DimensionShare.objects.filter(action=action)
    )
    new_shares = sorted(f"{row.dimension} {row.numerator}/{row.denominator}" for row in draft.shares)
    old_targets = {str(row.year): row.value for row in Target.objects.filter(action=action)}
    new_targets = {str(year): value for year, value in draft.targets.items()}
    changed: dict[str, Any] = {}
    if old_shares != new_shares:
        changed["shares"] = [old_shares, new_shares]
    if old_targets != new_targets:
        changed["targets"] = [old_targets, new_targets]
    return changed


def _write_parts(action: Action, draft: ActionDraft) -> None:
    DimensionShare.objects.bulk_create(
        DimensionShare(
            action=action,
            dimension=share.dimension,
            sub_dimension=share.sub_dimension,
            numerator=share.numerator,
            denominator=share.denominator,
        )
        for share in draft.shares
    )
    Target.objects.bulk_create(
        Target(action=action, year=year, value=value) for year, value in sorted(draft.targets.items())
    )
    Support.objects.bulk_create(
        Support(action=action, office_id=each.office, partner_id=each.partner, role=each.role)
        for each in draft.supports
    )

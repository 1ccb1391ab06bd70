"""Reporting the progress of an action: save, send, verify, return, correct.

Every change locks the action first, so two officers, or an officer and a
verifier, never decide on the same report at the same time.

Where progress is computed from data nobody types it; such an action may still
be reported on, with physical percent, spending, notes and evidence. Those
entries are verified like all others and never stand for the figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Locked
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, action_in_force, locked, report_in_force, same_version
from balai.plan.changes.standing import let_spend, let_stand
from balai.plan.models import Action, Period, Report, Target
from balai.plan.publishing import publish_soon
from balai.plan.rules import moves


@dataclass(frozen=True)
class ReportDraft:
    """What an office says of an action at the end of a period, cumulated since 1 January.

    Attributes:
        value: in the unit of the action; needed where the year has a numeric target, and refused
            where that is computed from data.
        physical_percent: 0 to 100; needed where it has none.
        spent: whole rupiah, all sources together; None says nothing about money.
    """

    value: Decimal | None = None
    physical_percent: Decimal | None = None
    spent: int | None = None
    note: str = ""


@transaction.atomic
def save_report(
    actor: Actor, action: Key, period: Key, draft: ReportDraft, *, version: int | None, at: datetime
) -> Report:
    """Save a report without sending it: a new one, or over a draft or a returned one.

    Args:
        version: the one the actor saw, None when they saw none.
        at: now; nothing is reported for a period that has not begun.

    Raises:
        Forbidden, NotFound.
        Locked: the period is locked, the report was sent, the plan is not in force, or a value is
            typed that is computed.
        Invalid: a number out of bounds, or the action has no target in the year.
        Conflict: somebody else saved it since; lists what differs.
    """
    row = action_in_force(action)
    actor.require("plan.report", row)
    of = locked(Period, period, tenant=row.tenant)
    _refuse_faults(row, of, draft, at)
    _refuse_typed(row, of.year, draft.value)
    last = _last_entry(row, of)
    if last is None:
        _refuse_locked(of)
        if version is not None:
            raise Conflict(_("Laporan yang Anda buka sudah tidak ada. Muat ulang halamannya."))
        return _new(actor, row, of, draft, moves.SAVE)
    return _save_over(actor, last, of, draft, version)


@transaction.atomic
def submit_report(actor: Actor, report: Key, *, version: int, at: datetime) -> Report:
    """Send a saved report to be verified.

    Raises:
        Forbidden, NotFound.
        Locked: it was sent already, its period is locked, the plan is not in force, or its value
            is computed since.
        Invalid: the value, or the physical percent, is missing.
        Conflict: somebody else saved it since.
    """
    row = report_in_force(report)
    actor.require("plan.report", row.action)
    same_version(row, version, {})
    _refuse_move(row, moves.SUBMIT)
    if not row.is_correction:
        _refuse_locked(row.period)
    _refuse_typed(row.action, row.year, row.value)
    checks.refuse(_missing(row))
    return _move(
        actor,
        row,
        moves.SUBMIT,
        reported_by=actor.name,
        reporter_id_text=actor.id,
        reported_at=at,
        reason=row.reason if row.is_correction else "",
    )


@transaction.atomic
def report(
    actor: Actor, action: Key, period: Key, draft: ReportDraft, *, version: int | None, at: datetime
) -> Report:
    """Save and send in one step, as from the phone. Raises as `save_report` and `submit_report`."""
    saved = save_report(actor, action, period, draft, version=version, at=at)
    return submit_report(actor, saved.pk, version=saved.version, at=at)


@transaction.atomic
def verify_report(actor: Actor, report: Key, *, version: int, at: datetime) -> Report:
    """Accept a report that was sent; from now on the newest verified one of the year stands.

    Where the action has one line of cash in the year, its spending follows the
    report; with several, nobody can say which source paid, so each is recorded
    by itself (`record_spending`).

    Raises:
        Forbidden: no right to verify, or the actor sent this very report: two persons are needed.
        NotFound, Conflict.
        Locked: it does not wait for verification, or its value is computed since it was sent.
    """
    row = report_in_force(report)
    actor.require("plan.verify", row)
    if row.reporter_id_text == actor.id:
        raise Forbidden(_("Laporan diperiksa oleh orang lain dari pelapornya."))
    same_version(row, version, {})
    _refuse_move(row, moves.VERIFY)
    _refuse_typed(row.action, row.year, row.value)
    _move(actor, row, moves.VERIFY, verified_by=actor.name, verifier_id_text=actor.id, verified_at=at)
    let_stand(row.action, row.year)
    let_spend(actor, row.action_id, row.year)
    publish_soon()
    row.refresh_from_db()
    return row


@transaction.atomic
def return_report(actor: Actor, report: Key, reason: str, *, version: int) -> Report:
    """Send a report back to its office, with what is to be mended.

    Raises:
        Forbidden, NotFound, Conflict.
        Locked: it does not wait for verification.
        Invalid: no reason is given.
    """
    row = report_in_force(report)
    actor.require("plan.verify", row)
    same_version(row, version, {})
    _refuse_move(row, moves.RETURN)
    checks.refuse(checks.text("reason", reason, 5_000))
    return _move(actor, row, moves.RETURN, reason=reason)


@transaction.atomic
def correct_report(
    actor: Actor, action: Key, period: Key, draft: ReportDraft, reason: str, *, at: datetime
) -> Report:
    """Begin a new entry for a period that is verified or locked; it goes the usual way from there.

    What it corrects keeps standing until the new entry is verified, and stays readable after.

    Raises:
        Forbidden, NotFound.
        Invalid: no reason, a number out of bounds, or no target in the year.
        Conflict: the period is open and nothing of it is verified (change the report itself), or
            another entry of it waits.
        Locked: the plan is not in force, or a value is typed that is computed.
    """
    row = action_in_force(action)
    actor.require("plan.report", row)
    of = locked(Period, period, tenant=row.tenant)
    checks.refuse(checks.text("reason", reason, 5_000))
    _refuse_faults(row, of, draft, at)
    _refuse_typed(row, of.year, draft.value)
    last = _last_entry(row, of)
    verified = Report.objects.filter(action=row, period=of, status=Report.Status.VERIFIED)
    corrects = verified.order_by("-entry").first()
    if not of.locked_at and corrects is None:
        raise Conflict(_("Periode ini masih terbuka: ubah laporannya sendiri, tanpa koreksi."))
    if last and last.status != Report.Status.VERIFIED and _may_still_move(last, of):
        raise Conflict(_("Masih ada laporan periode ini yang belum selesai. Selesaikan dahulu."))
    return _new(actor, row, of, draft, moves.CORRECT, is_correction=True, corrects=corrects, reason=reason)


def _refuse_faults(action: Action, period: Period, draft: ReportDraft, at: datetime) -> None:
    faults = list(_faults(draft))
    if not Target.objects.filter(action=action, year=period.year).exists():
        faults.append(
            Fault("period", _("Rencana aksi ini tidak punya target tahun %(year)d.") % {"year": period.year})
        )
    if period.starts_on > timezone.localtime(at).date():
        faults.append(
            Fault("period", _("Periode ini belum dimulai."), _("Pilih periode yang sedang berjalan."))
        )
    checks.refuse(faults)


def _refuse_typed(action: Action, year: int, value: Decimal | None) -> None:
    if value is None or not action.measured_by:
        return
    target = Target.objects.filter(action=action, year=year).first()
    if action.counts_by_data(target.value if target else None):
        raise Locked(
            _(
                "Capaian rencana aksi ini dihitung dari indikator “%(indicator)s”, jadi tidak diketik. "
                "Kosongkan nilainya; persen fisik, belanja, catatan, dan bukti tetap dapat dilaporkan."
            )
            % {"indicator": action.measured_by}
        )


def _faults(draft: ReportDraft) -> Iterator[Fault]:
    yield from checks.number("value", draft.value)
    yield from checks.percentage("physical_percent", draft.physical_percent)
    yield from checks.rupiah("spent", draft.spent)
    yield from checks.text("note", draft.note, 10_000, needed=False)


def _missing(row: Report) -> Iterator[Fault]:
    target = Target.objects.filter(action=row.action_id, year=row.year).first()
    if target is None:
        yield Fault("period", _("Rencana aksi ini tidak punya target tahun %(year)d.") % {"year": row.year})
    elif row.action.counts_by_data(target.value):
        yield from _nothing_said(row)
    elif target.value is not None and row.value is None:
        yield Fault("value", _("Nilai capaian belum diisi."), _("Isi nilai kumulatif sejak 1 Januari."))
    elif target.value is None and row.physical_percent is None:
        yield Fault("physical_percent", _("Persen fisik belum diisi."), _("Isi antara 0 dan 100."))


def _nothing_said(row: Report) -> Iterator[Fault]:
    said = row.physical_percent is not None or row.spent is not None or row.note.strip()
    if not said and not row.evidence.exists():
        yield Fault(
            "note",
            _("Laporan ini belum berisi apa-apa."),
            _("Isi persen fisik, belanja, atau catatan, atau lampirkan bukti."),
        )


def _last_entry(action: Action, period: Period) -> Report | None:
    """Return the last entry that somebody wrote; what was computed is nobody's to change."""
    typed = Report.objects.filter(action=action, period=period, measured_by="")
    return typed.select_for_update().order_by("-entry").first()


def next_entry(action: Action, period: Period) -> int:
    """Return the number of a new entry. The action is locked."""
    found = Report.objects.filter(action=action, period=period).aggregate(last=Max("entry"))
    return (found["last"] or 0) + 1


def _may_still_move(row: Report, period: Period) -> bool:
    """Tell whether an unverified entry can still reach its end; a first draft of a locked period cannot."""
    return row.status == Report.Status.SUBMITTED or row.is_correction or period.locked_at is None


def _refuse_locked(period: Period) -> None:
    if period.locked_at:
        raise Locked(
            _("Periode %(period)s sudah dikunci. Buat koreksi dengan alasannya.") % {"period": period.title}
        )


def _refuse_move(row: Report, verb: str) -> None:
    if moves.may_move(row.status, verb):
        return
    told = {
        Report.Status.DRAFT: _("Laporan ini belum dikirim."),
        Report.Status.SUBMITTED: _("Laporan ini sudah dikirim dan menunggu verifikasi."),
        Report.Status.RETURNED: _("Laporan ini sudah dikembalikan ke pelapornya."),
        Report.Status.VERIFIED: _("Laporan ini sudah diverifikasi. Buat koreksi bila ada yang salah."),
        Report.Status.COMPUTED: _(
            "Angka ini dihitung dari catatan. Perbaiki catatannya bila ada yang salah."
        ),
    }
    raise Locked(told[Report.Status(row.status)])


def _new(
    actor: Actor,
    action: Action,
    period: Period,
    draft: ReportDraft,
    verb: str,
    **more: object,
) -> Report:
    row = Report(
        action=action,
        period=period,
        year=period.year,
        entry=next_entry(action, period),
        **asdict(draft),
        **more,
    )
    row.save()
    journal.write(
        actor, verb, row, action=action.code, period=period.title, entry=row.entry, **_told(asdict(draft))
    )
    return row


def _save_over(actor: Actor, row: Report, period: Period, draft: ReportDraft, version: int | None) -> Report:
    if row.status == Report.Status.VERIFIED:
        _refuse_move(row, moves.SAVE)
    fields = asdict(draft)
    changed = journal.changes(row, fields)
    if version != row.version and not changed and moves.may_move(row.status, moves.SAVE):
        return row
    same_version(row, -1 if version is None else version, fields)
    _refuse_move(row, moves.SAVE)
    if not row.is_correction:
        _refuse_locked(period)
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    journal.write(actor, moves.SAVE, row, **_told(changed))
    return row


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts for the journal; a note may name people, so only that there is one."""
    return {name: value if name != "note" else bool(value) for name, value in facts.items()}


def _move(actor: Actor, row: Report, verb: str, **fields: object) -> Report:
    before = row.status
    row.status = moves.AFTER[verb]
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    facts = {"reason": row.reason} if verb == moves.RETURN else {}
    journal.write(actor, verb, row, status=[before, row.status], entry=row.entry, **facts)
    return row

"""Opening a round, inviting regions, giving more time, giving back what was sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Locked, NotFound
from balai.evaluation import rules
from balai.evaluation.changes.finding import national, open_invitation, open_round
from balai.evaluation.changes.keeping import kept_instrument
from balai.evaluation.models import Extension, Invitation, Participation, Return, Round
from balai.evaluation.reads.sight import due_at
from balai.evaluation.rules.rounds import is_within
from balai.people import reads as people
from balai.plan.changes import checks
from balai.plan.changes.locking import Key


@dataclass(frozen=True)
class RoundDraft:
    """A round as the nation announces it. Instants count to the second; `regions` are tenant keys."""

    code: str
    title: str
    year: int
    instrument: str
    opens_at: datetime
    answers_due_at: datetime
    scores_due_at: datetime
    regions: tuple[str, ...]
    visits_from: datetime | None = None
    visits_to: datetime | None = None
    previous: str = ""


@transaction.atomic
def start_round(actor: Actor, draft: RoundDraft) -> Round:
    """Open a round and invite its regions. The instrument is kept as it is now.

    Asked again with the same draft it returns the round that is there.

    Raises:
        Forbidden.
        NotFound: no such instrument, or no previous round of that code.
        Invalid: dates out of order, no region, or one that is not on this installation.
        Conflict: another round has this code.
    """
    national(actor, "evaluation.run")
    instrument = rules.instrument(draft.instrument)
    checks.refuse(_faults(draft))
    kept = kept_instrument(draft.instrument)
    standing = Round.objects.filter(tenant=tenancy.NATIONAL, code=draft.code).first()
    previous = _previous(draft)
    fields = {
        "title": draft.title,
        "year": draft.year,
        "family": instrument.value.family,
        "instrument": kept,
        "opens_at": draft.opens_at,
        "answers_due_at": draft.answers_due_at,
        "scores_due_at": draft.scores_due_at,
        "visits_from": draft.visits_from,
        "visits_to": draft.visits_to,
        "previous": previous,
    }
    if standing is not None:
        invited = set(standing.invitations.values_list("region_tenant", flat=True))
        if journal.changes(standing, fields) or invited != set(draft.regions):
            raise Conflict(_("Kode tahap ini sudah dipakai. Pilih kode lain."))
        return standing
    row = Round.objects.create(code=draft.code, **fields)
    journal.write(
        actor,
        "round.open",
        row,
        code=row.code,
        instrument=draft.instrument,
        instrument_sha256=kept.sha256,
        answers_due_at=draft.answers_due_at,
        scores_due_at=draft.scores_due_at,
    )
    _invite(actor, row, draft.regions)
    return row


@transaction.atomic
def invite(actor: Actor, round_key: Key, regions: Iterable[str]) -> int:
    """Invite more regions; those invited already stay. Return how many are new.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: a region is not on this installation.
    """
    national(actor, "evaluation.run")
    row = open_round(round_key)
    invited = set(row.invitations.values_list("region_tenant", flat=True))
    new = [key for key in dict.fromkeys(regions) if key not in invited]
    checks.refuse(_unknown(new))
    _invite(actor, row, new)
    return len(new)


@transaction.atomic
def extend(actor: Actor, invitation: Key, until: datetime, reason: str, at: datetime) -> Extension:
    """Give one region more time for its answers.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: no reason; not later than the deadline in force, or beyond the end of scoring.
    """
    national(actor, "evaluation.run")
    row = open_invitation(invitation)
    faults = list(checks.text("reason", reason, 500))
    if not due_at(row) < until < row.round.scores_due_at:
        faults.append(
            Fault(
                "due_at",
                _("Perpanjangan harus sesudah batas yang berlaku dan sebelum masa penilaian berakhir."),
            )
        )
    checks.refuse(faults)
    made = Extension.objects.create(
        invitation=row, due_at=until, reason=reason, given_by=actor.name, given_at=at
    )
    journal.write(actor, "round.extend", row, region=row.region_tenant, due_at=until, reason=reason)
    return made


@transaction.atomic
def return_submission(actor: Actor, invitation: Key, reason: str, at: datetime) -> Return:
    """Give a self-assessment back to its region, which may then change it and send it again.

    Scores that were given stay; who gave them sees what was changed once it is sent again.

    Raises:
        Forbidden. NotFound: the region has sent nothing.
        Invalid: no reason.
        Locked: its time is over (extend it first), an assessor has finished, or the round is frozen.
    """
    national(actor, "evaluation.run")
    row = open_invitation(invitation)
    checks.refuse(checks.text("reason", reason, 500))
    if not is_within(at, row.round.opens_at, due_at(row)):
        raise Locked(_("Waktu daerah ini sudah habis. Perpanjang dahulu, lalu kembalikan."))
    if row.assessments.filter(finished_at__isnull=False, withdrawn_at__isnull=True).exists():
        raise Locked(_("Seorang penilai sudah menyelesaikan penilaian daerah ini."))
    # The region's own row, and the journal its auditor reads, are written as the region's.
    with tenancy.scope(row.region_tenant):
        part = (
            Participation.objects.select_for_update()
            .filter(round_id_text=str(row.round_id), submitted_at__isnull=False)
            .first()
        )
        sent_at = part.submitted_at if part else None
        if part is None or sent_at is None:
            raise NotFound(_("Daerah ini belum mengirim penilaian mandiri."))
        part.submitted_at, part.submitted_by = None, ""
        part.save(update_fields=["submitted_at", "submitted_by"])
        journal.write(actor, "participation.return", part, round=part.round_id_text, reason=reason)
    made = Return.objects.create(
        invitation=row, sent_at=sent_at, reason=reason, returned_by=actor.name, returned_at=at
    )
    journal.write(actor, "round.return", row, region=row.region_tenant, sent_at=sent_at, reason=reason)
    return made


def _invite(actor: Actor, row: Round, keys: Iterable[str]) -> None:
    made = []
    for key in keys:
        government = people.government(key)
        if government is not None:
            made.append(
                Invitation(
                    round=row,
                    region_tenant=key,
                    region_code=government.region_code,
                    region_name=government.name,
                )
            )
    Invitation.objects.bulk_create(made, batch_size=500)
    journal.write_all(
        actor, [journal.Act("round.invite", each, {"region": each.region_tenant}) for each in made]
    )


def _previous(draft: RoundDraft) -> Round | None:
    if not draft.previous:
        return None
    found: Round | None = Round.objects.filter(tenant=tenancy.NATIONAL, code=draft.previous).first()
    if found is None:
        raise NotFound(_("Tahap sebelumnya tidak ada."))
    return found


def _faults(draft: RoundDraft) -> Iterator[Fault]:
    yield from checks.text("code", draft.code, 60)
    yield from checks.text("title", draft.title, 200)
    if not 2000 <= draft.year <= 2100:
        yield Fault("year", _("Tahun di luar batas."), _("Isi antara 2000 dan 2100."))
    if not draft.opens_at < draft.answers_due_at < draft.scores_due_at:
        yield Fault(
            "answers_due_at",
            _("Urutan tanggalnya salah."),
            _("Dibuka, lalu batas penilaian mandiri, lalu batas penilaian."),
        )
    window = (draft.visits_from, draft.visits_to)
    if (window[0] is None) != (window[1] is None) or (window[0] and window[1] and window[0] >= window[1]):
        yield Fault("visits_from", _("Masa kunjungan tidak utuh."), _("Isi awal dan akhirnya, berurutan."))
    if not draft.regions:
        yield Fault("regions", _("Belum ada daerah yang diundang."))
    yield from _unknown(draft.regions)


def _unknown(keys: Iterable[str]) -> Iterator[Fault]:
    for key in keys:
        if key == tenancy.NATIONAL or people.government(key) is None:
            yield Fault("regions", _("Daerah %(key)s tidak ada di sini.") % {"key": key})

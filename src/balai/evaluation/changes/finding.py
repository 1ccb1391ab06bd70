"""The rows a change is about, locked, and the sentences with which it is refused."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Forbidden, Locked, NotFound
from balai.evaluation.models import Assessment, Invitation, Participation, Round
from balai.evaluation.reads.sight import due_at
from balai.evaluation.rules import Instrument
from balai.evaluation.rules.rounds import is_within
from balai.plan.changes.locking import Key, locked
from balai.plan.reads.sight import as_key


def national(actor: Actor, verb: str) -> None:
    """Refuse unless the actor may do `verb` and works for the nation.

    Raises:
        Forbidden.
    """
    actor.require(verb)
    if actor.tenant != tenancy.NATIONAL or tenancy.current_tenant() != tenancy.NATIONAL:
        raise Forbidden(_("Ini hanya dilakukan oleh penyelenggara penilaian nasional."))


def open_round(key: Key) -> Round:
    """Return a round that is not frozen, locked.

    Raises:
        NotFound.
        Locked: its results are frozen.
    """
    row = locked(Round, key, tenant=tenancy.NATIONAL)
    refuse_frozen(row)
    return row


def refuse_frozen(row: Round) -> None:
    if row.frozen_at is not None:
        raise Locked(_("Hasil tahap ini sudah dibekukan dan tidak dapat diubah lagi."))


def open_invitation(key: Key) -> Invitation:
    """Return an invitation of a round that is not frozen, both locked. Raises NotFound, Locked."""
    found = Invitation.objects.filter(pk=as_key(key), tenant=tenancy.NATIONAL).first()
    if found is None:
        raise NotFound(_("Daerah itu tidak diundang dalam tahap ini."))
    row = open_round(found.round_id)
    invitation = locked(Invitation, found.pk)
    invitation.round = row
    return invitation


def own_assessment(actor: Actor, key: Key, at: datetime) -> Assessment:
    """Return an assessment the actor may still write, locked.

    Raises:
        NotFound: it is not the actor's.
        Forbidden: no conflict of interest was declared absent, or the assessor was withdrawn.
        Locked: the deadline has passed, the assessor has finished, or the round is frozen.
    """
    row = actors_assessment(actor, key)
    if row.declared_at is None:
        raise Forbidden(_("Nyatakan dahulu apakah Anda punya konflik kepentingan dengan daerah ini."))
    if row.finished_at is not None:
        raise Locked(_("Anda sudah menyelesaikan penilaian daerah ini."))
    round_row = row.invitation.round
    if not is_within(at, round_row.opens_at, round_row.scores_due_at):
        raise Locked(_("Masa penilaian tidak sedang berjalan."))
    return row


def actors_assessment(actor: Actor, key: Key) -> Assessment:
    """Return an assessment of the actor with its invitation and round, locked.

    Raises:
        NotFound, Forbidden, Locked.
    """
    found = Assessment.objects.filter(pk=as_key(key), tenant=tenancy.NATIONAL).first()
    if found is None or not actor.may("evaluation.assess", found):
        raise NotFound(_("Penugasan itu tidak ada, atau bukan milik Anda."))
    invitation = open_invitation(found.invitation_id)
    row = locked(Assessment, found.pk)
    row.invitation = invitation
    if row.withdrawn_at is not None or row.has_conflict:
        raise Forbidden(_("Anda tidak lagi menilai daerah ini."))
    return row


def invited(actor: Actor, round_key: UUID | str) -> tuple[Round, Invitation]:
    """Return a round and the actor's own region's invitation to it; the rows are the nation's, so only read.

    Raises:
        NotFound: the region is not invited.
        Locked: the round is frozen.
    """
    with tenancy.widened(tenancy.NATIONAL):
        row = (
            Invitation.objects.filter(
                tenant=tenancy.NATIONAL, round=as_key(round_key), region_tenant=tenancy.current_tenant()
            )
            .select_related("round__instrument")
            .first()
        )
    if row is None or row.region_tenant != actor.tenant:
        raise NotFound(_("Daerah Anda tidak diundang dalam tahap ini."))
    refuse_frozen(row.round)
    return row.round, row


def answering(actor: Actor, round_key: UUID | str, at: datetime) -> tuple[Participation, Instrument]:
    """Return the region's part of a round to which something may still be written, locked.

    Raises:
        NotFound: the region is not invited.
        Locked: too early, too late, sent already, or frozen.
    """
    row, invitation = invited(actor, round_key)
    with tenancy.widened(tenancy.NATIONAL):
        last = due_at(invitation)
    if not is_within(at, row.opens_at, last):
        raise Locked(
            _("Penilaian mandiri dibuka %(from)s sampai %(to)s.")
            % {
                "from": row.opens_at.isoformat(timespec="seconds"),
                "to": last.isoformat(timespec="seconds"),
            }
        )
    made, _new = Participation.objects.get_or_create(round_id_text=str(row.pk))
    part = locked(Participation, made.pk)
    if part.submitted_at is not None:
        raise Locked(_("Penilaian mandiri sudah dikirim dan tidak dapat diubah lagi."))
    return part, Instrument.kept(row.instrument.written)

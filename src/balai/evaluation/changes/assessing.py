"""Assessors: assigned, free of conflict, scoring without seeing each other, advising."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked, NotFound
from balai.evaluation.changes.finding import actors_assessment, national, open_invitation, own_assessment
from balai.evaluation.models import Assessment, Invitation, Recommendation, Score
from balai.evaluation.reads.sight import instrument_of, is_submitted
from balai.evaluation.rules import in_scale
from balai.people import reads as people
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, same_version
from balai.plan.reads.sight import as_key


@transaction.atomic
def assign(actor: Actor, invitation: Key, assessor: str, on: date) -> Assessment:
    """Let an assessor judge a region. Assigned twice is assigned once.

    Args:
        assessor: id of an account that holds an assessor's role on the day `on`.

    Raises:
        Forbidden: no right; or the assessor holds a seat in that very region.
        NotFound: no such invitation, or the account is no assessor.
        Locked: the round is frozen. Conflict: the region has as many assessors as there may be.
    """
    national(actor, "evaluation.run")
    row = open_invitation(invitation)
    known = {each.account: each.name for each in people.recipients("evaluation.assess", on)}
    if assessor not in known:
        raise NotFound(_("Orang itu bukan penilai pada hari ini."))
    if _has_seat(row.region_tenant, assessor, on):
        raise Forbidden(_("Penilai ini bertugas di daerah itu, jadi tidak boleh menilainya."))
    standing: Assessment | None = row.assessments.filter(assessor_id_text=assessor).first()
    if standing is not None and standing.withdrawn_at is None:
        return standing
    most = instrument_of(row.round).assessors.most
    if row.assessments.filter(withdrawn_at__isnull=True, has_conflict=False).count() >= most:
        raise Conflict(_("Daerah ini sudah punya %(most)d penilai.") % {"most": most})
    if standing is not None:
        raise Conflict(_("Penilai ini sudah ditarik dari daerah itu. Pilih penilai lain."))
    made = Assessment.objects.create(invitation=row, assessor_id_text=assessor, assessor_name=known[assessor])
    journal.write(actor, "assessment.assign", made, region=row.region_tenant, assessor=assessor)
    return made


@transaction.atomic
def withdraw(actor: Actor, assessment: Key, reason: str, at: datetime) -> Assessment:
    """Take an assessor off a region; what they scored no longer counts.

    Raises:
        Forbidden, NotFound, Locked. Invalid: no reason.
    """
    national(actor, "evaluation.run")
    found = Assessment.objects.filter(pk=as_key(assessment), tenant=tenancy.NATIONAL).first()
    if found is None:
        raise NotFound(_("Penugasan itu tidak ada."))
    open_invitation(found.invitation_id)
    row = locked(Assessment, found.pk)
    checks.refuse(checks.text("reason", reason, 500))
    if row.withdrawn_at is None:
        row.withdrawn_at, row.finished_at = at, None
        row.version += 1
        row.save()
        journal.write(actor, "assessment.withdraw", row, reason=reason)
    return row


@transaction.atomic
def declare_interest(
    actor: Actor, assessment: Key, *, has_conflict: bool, words: str = "", at: datetime
) -> Assessment:
    """Say whether the assessor has a conflict of interest with the region; with one they do not score it.

    Raises:
        NotFound, Forbidden, Locked. Invalid: a conflict that is not described.
    """
    row = actors_assessment(actor, assessment)
    if row.finished_at is not None:
        raise Locked(_("Anda sudah menyelesaikan penilaian daerah ini."))
    checks.refuse(checks.text("conflict", words, 500, needed=has_conflict))
    row.declared_at, row.has_conflict, row.conflict = at, has_conflict, words
    row.version += 1
    row.save()
    journal.write(actor, "assessment.declare", row, has_conflict=has_conflict)
    return row


@transaction.atomic
def score(
    actor: Actor,
    assessment: Key,
    question: str,
    value: int,
    note: str = "",
    *,
    version: int | None,
    at: datetime,
) -> Score:
    """Score one question. The same score twice is written once, so it may be sent again after a lost line.

    Args:
        version: the one the actor saw; None when they saw none.

    Raises:
        NotFound: not the actor's assessment.
        Forbidden: no declaration, a conflict, or a seat in the region.
        Locked: finished, outside of the dates, frozen, or the region has not sent its answers yet.
        Invalid: no such question, or not a whole number of the scale. Conflict: saved from elsewhere since.
    """
    row = own_assessment(actor, assessment, at)
    _refuse_own_region(row, at.date())
    instrument = instrument_of(row.invitation.round)
    if not is_submitted(row.invitation):
        raise Locked(_("Daerah ini belum mengirim penilaian mandirinya."))
    faults = list(checks.text("note", note, 20_000, needed=False))
    if question not in {each.key for each in instrument.questions}:
        faults.append(Fault("question", _("Instrumen tahap ini tidak punya pertanyaan itu.")))
    if not isinstance(value, int) or not in_scale(instrument, value):
        faults.append(
            Fault(
                "value",
                _("Nilai ini di luar skala."),
                _("Isi bilangan bulat %(least)d sampai %(most)d.")
                % {"least": instrument.scale.least, "most": instrument.scale.most},
            )
        )
    checks.refuse(faults)
    standing: Score | None = row.scores.filter(question=question).first()
    if standing is None:
        made = Score.objects.create(assessment=row, question=question, value=value, note=note, scored_at=at)
        journal.write(actor, "score.give", made, question=question)
        return made
    fields = {"value": value, "note": note}
    if not journal.changes(standing, fields):
        return standing
    same_version(standing, version or 0, fields)
    standing.value, standing.note, standing.scored_at = value, note, at
    standing.version += 1
    standing.save()
    # The journal of a round under way does not tell values: assessors are blind to each other.
    journal.write(actor, "score.give", standing, question=question)
    return standing


@transaction.atomic
def finish(actor: Actor, assessment: Key, strengths: str, weaknesses: str, at: datetime) -> Assessment:
    """End the actor's judging of a region: every question is scored, strengths and weaknesses are named.

    Raises:
        NotFound, Forbidden, Locked. Invalid: with each question that has no score.
    """
    row = own_assessment(actor, assessment, at)
    _refuse_own_region(row, at.date())
    scored = set(row.scores.values_list("question", flat=True))
    missing = [each for each in instrument_of(row.invitation.round).questions if each.key not in scored]
    checks.refuse(
        [
            *(Fault(each.key, _("Belum dinilai."), str(each.text)) for each in missing),
            *checks.text("strengths", strengths, 20_000),
            *checks.text("weaknesses", weaknesses, 20_000),
        ]
    )
    row.strengths, row.weaknesses, row.finished_at = strengths, weaknesses, at
    row.version += 1
    row.save()
    journal.write(actor, "assessment.finish", row, region=row.invitation.region_tenant)
    return row


@dataclass(frozen=True)
class RecommendationDraft:
    """What an assessor advises; about a question or a dimension where it is about one."""

    text: str
    question: str = ""
    dimension: str = ""


@transaction.atomic
def recommend(actor: Actor, assessment: Key, draft: RecommendationDraft, at: datetime) -> Recommendation:
    """Add a recommendation; the region tracks it once the round is frozen. The same text twice is one.

    Raises:
        NotFound, Forbidden, Locked, Invalid.
    """
    row = own_assessment(actor, assessment, at)
    instrument = instrument_of(row.invitation.round)
    keys = ["", *(each.key for each in instrument.questions)]
    dimensions = ["", *sorted({each.dimension for each in instrument.questions if each.dimension})]
    faults = list(checks.text("text", draft.text, 5_000))
    if draft.question not in keys:
        faults.append(Fault("question", _("Instrumen tahap ini tidak punya pertanyaan itu.")))
    faults += checks.choice("dimension", draft.dimension, dimensions)
    checks.refuse(faults)
    standing: Recommendation | None = row.recommendations.filter(**asdict(draft)).first()
    if standing is not None:
        return standing
    made = Recommendation.objects.create(assessment=row, **asdict(draft), written_at=at)
    journal.write(actor, "recommendation.write", made, region=row.invitation.region_tenant)
    return made


@transaction.atomic
def take_back(actor: Actor, recommendation: Key, at: datetime) -> None:
    """Remove one's own recommendation before finishing. Raises NotFound, Forbidden, Locked."""
    found = Recommendation.objects.filter(pk=as_key(recommendation), tenant=tenancy.NATIONAL).first()
    if found is None:
        raise NotFound(_("Rekomendasi itu tidak ada."))
    own_assessment(actor, found.assessment_id, at)
    journal.write(actor, "recommendation.remove", found)
    found.delete()


def _refuse_own_region(row: Assessment, on: date) -> None:
    """Refuse an assessor who was given a seat in the region since the assignment."""
    if _has_seat(row.invitation.region_tenant, row.assessor_id_text, on):
        raise Forbidden(_("Anda bertugas di daerah ini, jadi tidak boleh menilainya."))


def _has_seat(region: str, account: str, on: date) -> bool:
    with tenancy.scope(region):
        return any(seat.account == account for seat in people.recipients("plan.read", on))


def refuse_unready(invitation: Invitation) -> list[Assessment]:
    """Return the assessments of a region that count, all finished and as many as the instrument asks.

    Raises:
        Invalid: somebody has not finished, or they are too few.
    """
    rows = list(invitation.assessments.filter(withdrawn_at__isnull=True, has_conflict=False))
    faults = [
        Fault(invitation.region_name, _("%(name)s belum selesai menilai.") % {"name": row.assessor_name})
        for row in rows
        if row.finished_at is None
    ]
    least = instrument_of(invitation.round).assessors.least
    if len(rows) < least:
        faults.append(
            Fault(
                invitation.region_name,
                _("Penilainya %(found)d.") % {"found": len(rows)},
                _("Paling sedikit %(least)d.") % {"least": least},
            )
        )
    if faults:
        raise Invalid(faults)
    return rows

"""What assessors see: their regions, their own scores, and those of others once all have scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Forbidden, NotFound
from balai.evaluation.models import Answer, Assessment, Invitation, Recommendation, Score, Visit
from balai.evaluation.reads import sight
from balai.evaluation.rules import Instrument, Question, question_score
from balai.evaluation.rules.rounds import disagreements
from balai.plan.reads.sight import as_key


def assessments(actor: Actor) -> tuple[Assessment, ...]:
    """Return the regions the actor is to judge or has judged, newest round first."""
    with sight.nation():
        return tuple(
            sight.assessments_of(actor).order_by("-invitation__round__opens_at", "invitation__region_name")
        )


@dataclass(frozen=True)
class ScoreSheet:
    """An assessor's sheet of one region. `others` is empty until all have scored."""

    assessment: Assessment
    instrument: Instrument
    scores: Mapping[str, Score]
    others: Mapping[str, tuple[int, ...]]
    recommendations: tuple[Recommendation, ...]
    all_have_scored: bool

    @property
    def missing(self) -> tuple[Question, ...]:
        return tuple(each for each in self.instrument.questions if each.key not in self.scores)


def score_sheet(actor: Actor, assessment: UUID | str) -> ScoreSheet:
    """Return the actor's own sheet.

    Raises:
        NotFound: it is another assessor's, or there is none.
    """
    with sight.nation():
        row = sight.assessments_of(actor).filter(pk=as_key(assessment)).first()
        if row is None:
            raise NotFound(_("Penugasan itu tidak ada, atau bukan milik Anda."))
        done = sight.all_have_scored(row.invitation)
        own = {each.question: each for each in row.scores.all()}
        return ScoreSheet(
            row,
            sight.instrument_of(row.invitation.round),
            own,
            _others(row) if done else {},
            tuple(row.recommendations.order_by("pk")),
            done,
        )


def _others(row: Assessment) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    given = Score.objects.filter(
        tenant=tenancy.NATIONAL,
        assessment__invitation=row.invitation_id,
        assessment__withdrawn_at__isnull=True,
        assessment__has_conflict=False,
    ).exclude(assessment=row)
    for question, value in given.order_by("assessment_id").values_list("question", "value"):
        found[question] = (*found.get(question, ()), value)
    return found


@dataclass(frozen=True)
class Settled:
    """One question at the moderation: what was given, the mean, and what was settled."""

    question: Question
    given: tuple[int, ...]
    mean: Fraction | None
    settled: Fraction | None
    disagrees: bool


def moderation(actor: Actor, invitation: UUID | str) -> tuple[Settled, ...]:
    """Return each question with what all assessors gave.

    Raises:
        NotFound: the actor may not know of the region.
        Forbidden: not all assessors have scored, so nobody sees what others gave, the nation neither.
    """
    row = sight.invitation(actor, invitation)
    if actor.tenant != tenancy.NATIONAL:
        raise NotFound(_("Daerah itu tidak diundang, atau bukan untuk Anda."))
    with sight.nation():
        if not sight.all_have_scored(row):
            raise Forbidden(_("Belum semua penilai selesai; nilainya belum dapat dilihat."))
        instrument = sight.instrument_of(row.round)
        given = sight.scores_by_question(row)
        settled = sight.moderated(row)
    torn = set(disagreements(instrument, given))
    return tuple(
        Settled(
            each,
            tuple(given.get(each.key, ())),
            question_score(given[each.key]) if given.get(each.key) else None,
            settled.get(each.key),
            each.key in torn,
        )
        for each in instrument.questions
    )


def visits(actor: Actor, invitation: UUID | str) -> tuple[Visit, ...]:
    """Return the schedule of a region with its photos, for the region, its assessors and the nation.

    The region sees when and where; `notes` are for those who judge until the round is frozen.

    Raises:
        NotFound: the actor may not know of the region.
    """
    row = sight.invitation(actor, invitation)
    with sight.nation():
        found = tuple(row.visits.prefetch_related("photos__file"))
    if actor.tenant != tenancy.NATIONAL and row.round.frozen_at is None:
        for each in found:
            each.notes = ""
    return found


@dataclass(frozen=True)
class RegionStanding:
    """How far one region is in a round."""

    invitation: Invitation
    answered: int
    questions: int
    is_submitted: bool
    assessors: int
    finished: int


def standing(actor: Actor, round_key: UUID | str) -> tuple[RegionStanding, ...]:
    """Return how far each region is that the actor may know of, by name. Five queries and two a region."""
    sight.round_(actor, round_key)
    found = []
    with sight.nation():
        rows = sight.invitations(actor).filter(round=as_key(round_key)).prefetch_related("assessments")
        for row in rows:
            part = sight.participation(row)
            counted = sight.counting(row.assessments.all())
            found.append(
                RegionStanding(
                    row,
                    _answered(row),
                    len(sight.instrument_of(row.round).questions),
                    part is not None and part.submitted_at is not None,
                    len(counted),
                    sum(each.finished_at is not None for each in counted),
                )
            )
    return tuple(found)


def _answered(row: Invitation) -> int:
    with tenancy.widened(row.region_tenant):
        return Answer.objects.filter(
            tenant=row.region_tenant,
            participation__round_id_text=str(row.round_id),
            answered_at__isnull=False,
        ).count()

"""What an actor may see of the evaluation, and the small facts of a round that reads and changes share.

A region sees the rounds it is invited to, its own answers, and its own results once
they are frozen. An assessor sees the regions they judge. The nation sees all of it.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.evaluation.models import (
    Answer,
    Assessment,
    Invitation,
    KeptInstrument,
    Participation,
    Round,
    Score,
)
from balai.evaluation.rules import Instrument
from balai.plan.reads.sight import NOBODY, as_key


def nation() -> AbstractContextManager[tenancy.Scope]:
    """Read the rows of the nation beside those in scope; evaluate the query within."""
    return tenancy.widened(tenancy.NATIONAL)


def runs(actor: Actor) -> bool:
    """Tell whether the actor holds rounds."""
    return actor.tenant == tenancy.NATIONAL and actor.may("evaluation.run")


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations the actor may know of; evaluate it within `nation()`.

    All of them for the nation; those of the regions they judge for assessors; of a
    region its own, for those who may read or answer there.
    """
    rows = Invitation.objects.filter(tenant=tenancy.NATIONAL).select_related("round__instrument")
    if actor.tenant == tenancy.NATIONAL:
        if runs(actor):
            return rows
        return rows.filter(
            pk__in=assessments_of(actor).filter(withdrawn_at__isnull=True).values("invitation_id")
        )
    if actor.reach("evaluation.read") in (Reach.OFFICE, Reach.TENANT):
        return rows.filter(region_tenant=actor.tenant)
    return rows.none()


def invitation(actor: Actor, key: UUID | str) -> Invitation:
    """Return one invitation the actor may know of. Raises NotFound."""
    with nation():
        found = invitations(actor).filter(pk=as_key(key)).first()
    if found is None:
        raise NotFound(_("Daerah itu tidak diundang, atau bukan untuk Anda."))
    return found


def own_invitation(actor: Actor, round_key: UUID | str, region: str | None = None) -> Invitation:
    """Return the invitation of a region to a round, the actor's own when none is named. Raises NotFound."""
    with nation():
        found = (
            invitations(actor).filter(round=as_key(round_key), region_tenant=region or actor.tenant).first()
        )
    if found is None:
        raise NotFound(_("Daerah itu tidak diundang, atau bukan untuk Anda."))
    return found


def assessments_of(actor: Actor) -> QuerySet[Assessment]:
    """Return the actor's own assessments; evaluate it within `nation()`."""
    rows = Assessment.objects.filter(tenant=tenancy.NATIONAL).select_related("invitation__round__instrument")
    if actor.tenant != tenancy.NATIONAL or not actor.id or not actor.may("evaluation.assess"):
        return rows.none()
    return rows.filter(assessor_id_text=actor.id)


def rounds(actor: Actor) -> tuple[Round, ...]:
    """Return the rounds the actor may know of, newest first."""
    with nation():
        rows = Round.objects.filter(tenant=tenancy.NATIONAL).select_related("instrument", "previous")
        if not runs(actor):
            rows = rows.filter(pk__in=invitations(actor).values("round_id"))
        return tuple(rows)


def round_(actor: Actor, key: UUID | str) -> Round:
    """Return one round the actor may know of. Raises NotFound."""
    wanted = as_key(key)
    found = next((row for row in rounds(actor) if row.pk == wanted), None)
    if found is None:
        raise NotFound(_("Tahap itu tidak ada, atau daerah Anda tidak diundang."))
    return found


def answers(actor: Actor, row: Invitation) -> QuerySet[Answer]:
    """Return the answers of a region that the actor may see; evaluate within `tenancy.widened(region)`.

    Assessors and the nation see them once they are sent; within the region an officer
    sees the questions of their own office.
    """
    found = Answer.objects.filter(
        tenant=row.region_tenant, participation__round_id_text=str(row.round_id)
    ).select_related("office", "participation")
    reach = actor.reach("evaluation.read")
    if actor.tenant == tenancy.NATIONAL:
        seen = runs(actor) or judges(actor, row)
        return found.filter(participation__submitted_at__isnull=False) if seen else found.none()
    if actor.tenant != row.region_tenant or reach is None:
        return found.none()
    if reach is Reach.OFFICE:
        return found.filter(office_id__in=actor.offices)
    return found if reach in (Reach.TENANT, Reach.NATION) else found.filter(NOBODY)


def judges(actor: Actor, row: Invitation) -> bool:
    """Tell whether the actor judges a region: assigned, not withdrawn, without conflict."""
    with nation():
        return (
            assessments_of(actor)
            .filter(invitation=row.pk, withdrawn_at__isnull=True, has_conflict=False)
            .exists()
        )


# --- facts of a round -------------------------------------------------------------


def instrument_of(row: Round) -> Instrument:
    """Return the instrument a round was opened with, as it was then."""
    return instrument_kept(row.instrument)


def instrument_kept(row: KeptInstrument) -> Instrument:
    """Return a kept instrument as it was when it was kept."""
    return _kept(row.written)


@lru_cache(maxsize=16)
def _kept(written: str) -> Instrument:
    return Instrument.kept(written)


def due_at(row: Invitation) -> datetime:
    """Return the last second in which the region may answer, extensions counted."""
    longest: datetime | None = row.extensions.aggregate(last=Max("due_at"))["last"]
    return max(longest, row.round.answers_due_at) if longest else row.round.answers_due_at


def participation(row: Invitation) -> Participation | None:
    """Return the region's part, None where it has not begun."""
    with tenancy.widened(row.region_tenant):
        return Participation.objects.filter(tenant=row.region_tenant, round_id_text=str(row.round_id)).first()


def is_submitted(row: Invitation) -> bool:
    part = participation(row)
    return part is not None and part.submitted_at is not None


def counting(rows: Iterable[Assessment]) -> list[Assessment]:
    """Return those assessments that count: not withdrawn, without conflict."""
    return [row for row in rows if row.withdrawn_at is None and not row.has_conflict]


def all_have_scored(row: Invitation) -> bool:
    """Tell whether every assessor of a region has finished; until then they are blind to each other."""
    rows = counting(row.assessments.all())
    return bool(rows) and all(each.finished_at is not None for each in rows)


def scores_by_question(row: Invitation) -> dict[str, list[int]]:
    """Return what the assessors that count have given, by question."""
    found: dict[str, list[int]] = {}
    given = Score.objects.filter(
        Q(assessment__withdrawn_at__isnull=True, assessment__has_conflict=False),
        tenant=tenancy.NATIONAL,
        assessment__invitation=row.pk,
    )
    for question, value in given.order_by("assessment_id").values_list("question", "value"):
        found.setdefault(question, []).append(value)
    return found


def moderated(row: Invitation) -> dict[str, Fraction]:
    """Return what was settled together, by question; the newest settlement stands."""
    return {
        each.question: Fraction(each.numerator, each.denominator) for each in row.moderations.order_by("pk")
    }

"""Recommendations of frozen rounds, with what the region does about them; open ones come back every year."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.evaluation.models import FollowUp, FollowUpEvidence, Recommendation
from balai.plan.reads.sight import NOBODY, as_key


@dataclass(frozen=True)
class Advice:
    """One recommendation to the actor's region. `follow_up` is None while nobody has taken it up."""

    id: UUID
    round_id: UUID
    year: int
    round_title: str
    assessor_name: str
    question: str
    dimension: str
    text: str
    follow_up: FollowUp | None


def recommendations(actor: Actor, region: str | None = None) -> tuple[Advice, ...]:
    """Return every recommendation to the actor's region, newest round first.

    Officers who follow up for their office see those given to it. The nation names a region.
    """
    wanted = region if actor.tenant == tenancy.NATIONAL else actor.tenant
    if wanted is None or not actor.may("evaluation.read"):
        return ()
    with tenancy.widened(tenancy.NATIONAL, wanted):
        taken = {each.recommendation_id_text: each for each in follow_ups(actor, wanted)}
        rows = [_advice(each, taken.get(str(each.pk))) for each in _frozen(wanted)]
    if actor.reach("evaluation.read") is Reach.OFFICE:
        return tuple(row for row in rows if row.follow_up is not None)
    return tuple(rows)


def follow_ups(actor: Actor, region: str) -> QuerySet[FollowUp]:
    """Return what a region does, as far as the actor may see; evaluate where its rows can be read."""
    rows = FollowUp.objects.filter(tenant=region).select_related("office").order_by("due_on", "pk")
    reach = actor.reach("evaluation.read")
    if actor.tenant == tenancy.NATIONAL and reach is Reach.NATION:
        return rows
    if actor.tenant != region:
        return rows.none()
    if reach is Reach.OFFICE:
        return rows.filter(office_id__in=actor.offices)
    return rows if reach in (Reach.TENANT, Reach.NATION) else rows.filter(NOBODY)


def advice(actor: Actor, key: UUID | str) -> Advice:
    """Return one recommendation to the actor's own region.

    Raises:
        NotFound: there is none, or its round is not frozen yet.
    """
    wanted = as_key(key)
    if not actor.may("evaluation.read"):
        raise NotFound(_("Rekomendasi itu tidak ada."))
    with tenancy.widened(tenancy.NATIONAL):
        found = _frozen(actor.tenant).filter(pk=wanted).first()
        if found is None:
            raise NotFound(_("Rekomendasi itu tidak ada, atau hasilnya belum dibekukan."))
        return _advice(found, None)


def _frozen(region: str) -> QuerySet[Recommendation]:
    return (
        Recommendation.objects.filter(
            tenant=tenancy.NATIONAL,
            assessment__invitation__region_tenant=region,
            assessment__invitation__round__frozen_at__isnull=False,
            assessment__withdrawn_at__isnull=True,
            assessment__has_conflict=False,
        )
        .select_related("assessment__invitation__round")
        .order_by("-assessment__invitation__round__year", "pk")
    )


def _advice(row: Recommendation, taken: FollowUp | None) -> Advice:
    of = row.assessment.invitation.round
    return Advice(
        row.pk,
        of.pk,
        of.year,
        of.title,
        row.assessment.assessor_name,
        row.question,
        row.dimension,
        row.text,
        taken,
    )


def follow_up_evidence(row: FollowUp) -> tuple[FollowUpEvidence, ...]:
    """Return the proofs of what was done; the caller has seen the follow-up."""
    with tenancy.widened(row.tenant):
        return tuple(
            FollowUpEvidence.objects.filter(tenant=row.tenant, follow_up=row)
            .select_related("file")
            .order_by("pk")
        )

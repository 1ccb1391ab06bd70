"""What an actor may see of the plan: every query of this folder starts here.

An adopted plan and what was verified of it is public: the programme of a city
is its promise to everybody. Drafts, unverified reports, names of officers and
evidence files are not.
"""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.plan.models import Action, Masterplan, Report

NOBODY = Q(pk__in=[])


def within_reach(actor: Actor, verb: str, office: str = "") -> Q:
    """Return the condition that a row lies within the reach of `verb`.

    Args:
        office: lookup of the office a row belongs to; without one, reach OFFICE sees nothing.
    """
    reach = actor.reach(verb)
    if reach is Reach.NATION:
        return ~NOBODY
    if reach is Reach.TENANT:
        return Q(tenant=actor.tenant)
    if reach is Reach.OFFICE and office:
        return Q(tenant=actor.tenant, **{f"{office}__in": actor.offices})
    return NOBODY


def plans(actor: Actor) -> QuerySet[Masterplan]:
    """Return the masterplans in scope: what was adopted; drafts for those who write or adopt them."""
    rows = Masterplan.objects.prefetch_related("planning_periods")
    if not actor.may("plan.read"):
        return rows.none()
    drafts = within_reach(actor, "plan.write") | within_reach(actor, "plan.adopt")
    return rows.filter(~Q(status=Masterplan.Status.DRAFT) | drafts)


def plan(actor: Actor, key: UUID | str | None = None) -> Masterplan:
    """Return one masterplan; without a key the one in force in the region.

    Raises:
        NotFound: there is none the actor may see.
    """
    rows = plans(actor)
    if key is None:
        # The region's own, also where the scope reads others beside it.
        own = rows.filter(tenant=tenancy.current_tenant(), status=Masterplan.Status.ADOPTED)
        found = own.order_by("region_code").first()
    else:
        found = rows.filter(pk=as_key(key)).first()
    if found is None:
        raise NotFound(_("Rencana induk itu tidak ada, atau belum ditetapkan."))
    return found


def actions(actor: Actor) -> QuerySet[Action]:
    """Return the actions of every masterplan the actor may see."""
    return Action.objects.filter(programme__masterplan__in=plans(actor))


def reports(actor: Actor) -> QuerySet[Report]:
    """Return verified and computed ones for everybody; others for their office and for those who verify."""
    if not actor.may("plan.read"):
        return Report.objects.none()
    own = within_reach(actor, "plan.report", "action__owner_id") | within_reach(actor, "plan.verify")
    public = Q(status__in=[Report.Status.VERIFIED, Report.Status.COMPUTED])
    return Report.objects.filter(public | own, action__in=actions(actor))


def names(actor: Actor, office: str = "") -> bool:
    """Tell whether names of officers are shown to the actor; `office` is the office they work in."""
    reach = actor.reach("people.read")
    return reach in (Reach.TENANT, Reach.NATION) or (reach is Reach.OFFICE and office in actor.offices)


def files(actor: Actor, office: str = "") -> bool:
    """Tell whether evidence files of an office may be opened by the actor."""
    reach = actor.reach("files.read")
    return reach in (Reach.TENANT, Reach.NATION) or (reach is Reach.OFFICE and office in actor.offices)


def as_key(key: UUID | str) -> UUID:
    """Return a row key from what stood in an address.

    Raises:
        NotFound: it is no key at all, so there is no such row.
    """
    try:
        return key if isinstance(key, UUID) else UUID(str(key))
    except ValueError as error:
        raise NotFound(_("Alamat itu tidak menunjuk ke data mana pun.")) from error

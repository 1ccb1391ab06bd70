"""Which datasets and versions an actor may see: the rule that every read of `data` begins with."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.data.models import Dataset, DatasetVersion
from balai.data.rules.metadata import Classification

_WHOLE = (Reach.TENANT, Reach.NATION)


def published(actor: Actor) -> QuerySet[Dataset]:
    """Return the datasets whose rows the actor may read; evaluate it within `tenancy.widened(NATIONAL)`.

    Open ones of the tenant and of the nation; limited ones of the tenant for whoever reads
    limited data; all of them, the closed too, for the steward and for the office that produces
    them. Rows published under a stricter classification stay under it.
    """
    seen = Q(pk__in=())
    if actor.may("data.read"):
        seen |= _as(("open",)) & Q(tenant__in=(actor.tenant, tenancy.NATIONAL))
    own = Q(tenant=actor.tenant)
    seen |= own & _as(_levels(actor))
    return Dataset.objects.filter(seen | _produced(actor), current__isnull=False)


def versions(actor: Actor, row: Dataset) -> QuerySet[DatasetVersion]:
    """Return the versions of a dataset the actor may read that were published for readers like them."""
    levels: Collection[str] = ("open",)
    if row.tenant == actor.tenant:
        levels = Classification if _produces(actor, row) else _levels(actor)
    return DatasetVersion.objects.filter(dataset=row, classification__in=[str(level) for level in levels])


def drafts(actor: Actor) -> QuerySet[Dataset]:
    """Return the datasets whose drafts the actor may see: those they produce, and all for the steward."""
    own = Q(tenant=actor.tenant)
    return Dataset.objects.filter(own & (own if _checks(actor) else _produced(actor)))


def _levels(actor: Actor) -> Collection[str]:
    """Return the classifications the actor reads in their own tenant."""
    if _checks(actor):
        return tuple(Classification)
    found = ["open"] if actor.may("data.read") else []
    return [*found, "limited"] if actor.reach("data.read_limited") in _WHOLE else found


def _as(levels: Collection[str]) -> Q:
    named = [str(level) for level in levels]
    return Q(classification__in=named, current__classification__in=named)


def _checks(actor: Actor) -> bool:
    return actor.reach("data.check") in _WHOLE


def _produces(actor: Actor, row: Dataset) -> bool:
    return actor.may("data.produce", row)


def _produced(actor: Actor) -> Q:
    own = Q(tenant=actor.tenant)
    reach = actor.reach("data.produce")
    if reach in _WHOLE:
        return own
    return own & Q(producer_id__in=actor.offices) if reach is Reach.OFFICE else Q(pk__in=())

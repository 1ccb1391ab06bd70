"""Who looked at whose personal data."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people.models import AccessLog


def log_access(actor: Actor, subject: object, fields: Iterable[str], purpose: str) -> None:
    """Note that `actor` was shown personal data of an account; looking at one's own leaves no line.

    It is the one thing a read writes. The line can never be changed or removed.

    Args:
        subject: account id of the person whose data it is.
        fields: names of the fields that were shown, never their content.
        purpose: what for, in words the person will read.
    """
    if str(subject) == actor.id:
        return
    AccessLog.objects.create(
        at=timezone.now(),
        actor_id_text=actor.id,
        actor_name=actor.name,
        subject=str(subject),
        fields=sorted(fields),
        purpose=purpose,
    )


def accesses_to(actor: Actor) -> QuerySet[AccessLog]:
    """Return who looked at the actor's own data in this tenant, the latest first."""
    return AccessLog.objects.filter(subject=actor.id, tenant=tenancy.current_tenant())

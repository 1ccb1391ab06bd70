"""Keys of programs: those of one account, and whom a key stands for."""

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.people.models import ProgramKey
from balai.people.reads.actors import Arrival, arrive, visitor
from balai.people.reads.keys import ids
from balai.people.rules.program_keys import digest, verbs_by_key


def own_program_keys(actor: Actor) -> QuerySet[ProgramKey]:
    """Return the actor's own keys in the tenant, the newest first; expired and revoked ones too."""
    rows = ProgramKey.objects.filter(tenant=actor.tenant)
    return rows.filter(account__in=ids([actor.id]))


def own_program_key(actor: Actor, key: object) -> ProgramKey:
    """Return one of the actor's own keys by its id. Raises NotFound."""
    found = own_program_keys(actor).filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Kunci itu tidak ada."))
    return found


def program_key_in_force(key: str, on: date) -> ProgramKey | None:
    """Return the row of a key that is neither expired, revoked nor of another tenant."""
    rows = ProgramKey.objects.filter(tenant=tenancy.current_tenant(), digest=digest(key))
    return (
        rows.filter(revoked_at__isnull=True, expires_on__gte=on, account__is_active=True)
        .select_related("account")
        .first()
    )


def arrive_by_key(row: ProgramKey, on: date) -> Arrival:
    """Return who a program acts as: the account, named with the program, with the verbs of both.

    The seats are read anew: who leaves today takes their programs along.
    """
    arrival = arrive(row.account, row.tenant, on)
    verbs = verbs_by_key(arrival.actor.verbs, visitor(row.tenant).verbs, row.verbs)
    name = f"{row.account.name} ({row.name})"
    return replace(arrival, actor=replace(arrival.actor, name=name, verbs=verbs))

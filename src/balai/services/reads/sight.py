"""Which cases an actor may know of, and who they are to one of them.

Every list starts here. An applicant knows their own cases. An officer knows the cases of
their office and those their office has a task in. Who checks or supervises knows all of
the tenant, but no secret one: those are the inspectorate's alone, and their reporter's.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.people import reads as people
from balai.services.models import Case, CaseTask
from balai.services.rules.definition import ANY, ASSIGNED, OWNER, TASKED, Party, Role, Service
from balai.services.verbs import (
    SERVICES_FOLLOW,
    SERVICES_HANDLE,
    SERVICES_INSPECT,
    SERVICES_LEAD,
    SERVICES_SUPERVISE,
    SERVICES_VERIFY,
)

type Key = UUID | str

_WIDE = (Reach.TENANT, Reach.NATION)
NOBODY = Q(pk__in=[])


@dataclass(frozen=True)
class Ticket:
    """What number and PIN were changed for: it lets a browser without an account follow one case.

    It ends when the case is given another PIN.
    """

    case: str
    key: str


def as_key(value: Key) -> UUID | None:
    """Return an id, None for a text that is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def key_of(value: Key) -> UUID:
    """Return an id. Raises NotFound for a text that is none."""
    found = as_key(value)
    if found is None:
        raise not_there()
    return found


def offices_of(actor: Actor) -> list[UUID]:
    """Return the ids of the offices the actor sits in."""
    return [found for one in sorted(actor.offices) if (found := as_key(one)) is not None]


def ticket_for(row: Case) -> Ticket:
    """Return the ticket of a case. The caller has checked the PIN, or has just filed it."""
    said = f"services.ticket|{row.tenant}|{row.pk}|{row.pin_hash}"
    mark = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()
    return Ticket(str(row.pk), mark)


def holds(ticket: Ticket | None, row: Case) -> bool:
    """Tell whether the ticket is that of the case as it is now."""
    return (
        ticket is not None
        and bool(row.pin_hash)
        and ticket.case == str(row.pk)
        and hmac.compare_digest(ticket.key, ticket_for(row).key)
    )


def is_wide(actor: Actor) -> bool:
    """Tell whether the actor knows every case of the tenant that is not secret."""
    return any(actor.reach(verb) in _WIDE for verb in (SERVICES_VERIFY, SERVICES_SUPERVISE))


def sees_secret(actor: Actor) -> bool:
    return actor.reach(SERVICES_INSPECT) in _WIDE


def works(actor: Actor) -> bool:
    """Tell whether the actor works on the cases of their offices."""
    return bool(actor.offices) and (actor.may(SERVICES_HANDLE) or actor.may(SERVICES_LEAD))


def cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases the actor may know of as officer. Lists of their own are `own_cases`."""
    rows = Case.objects.filter(tenant=actor.tenant)
    return rows.filter(_known(actor))


def _known(actor: Actor) -> Any:
    known: Any = NOBODY
    if is_wide(actor):
        known |= Q(is_secret=False)
    elif works(actor):
        tasks = CaseTask.objects.filter(
            tenant=actor.tenant, case=OuterRef("pk"), office__in=offices_of(actor)
        ).order_by()
        known |= Q(is_secret=False) & (Q(office__in=offices_of(actor)) | Exists(tasks))
    if sees_secret(actor):
        known |= Q(is_secret=True)
    return known


def own_cases(actor: Actor) -> QuerySet[Case]:
    """Return the cases the actor's account filed or that were filed for it, the latest first."""
    rows = Case.objects.filter(tenant=actor.tenant)
    if not actor.is_signed_in or not actor.may(SERVICES_FOLLOW):
        return rows.none()
    return rows.filter(owner=actor.id).order_by("-received_at", "-pk")


def case(actor: Actor, key: Key, ticket: Ticket | None = None, *, to_change: bool = False) -> Case:
    """Return one case the actor may know of: as officer, as applicant, or by the ticket of its PIN.

    Args:
        to_change: lock the row until the transaction ends.

    Raises:
        NotFound: there is none, or it is not for the actor; which of them is not told.
    """
    rows = Case.objects.select_for_update(of=("self",)) if to_change else Case.objects.all()
    row: Case | None = rows.select_related("office").filter(tenant=actor.tenant, pk=key_of(key)).first()
    if row is None or actor.tenant != tenancy.current_tenant() or not may_know(actor, row, ticket):
        raise not_there()
    return row


def not_there() -> NotFound:
    """Return the refusal that does not tell a missing case from one that is not for the actor."""
    return NotFound(_("Berkas itu tidak ada, atau bukan untuk Anda."))


def may_know(actor: Actor, row: Case, ticket: Ticket | None = None) -> bool:
    """Tell whether the actor may know of a case."""
    if actor.id.startswith("system:"):
        return True
    return is_applicant(actor, row, ticket) or knows(actor, row)


def knows(actor: Actor, row: Case) -> bool:
    """Tell whether a case is among those the actor knows as officer."""
    # Nearly always it is one of their office, and nobody needs to be asked.
    if (
        actor.tenant == row.tenant
        and not row.is_secret
        and works(actor)
        and str(row.office_id) in actor.offices
    ):
        return True
    return bool(cases(actor).filter(pk=row.pk).exists())


def is_applicant(actor: Actor, row: Case, ticket: Ticket | None = None) -> bool:
    """Tell whether the actor is who the case was filed for."""
    if actor.tenant != row.tenant:
        return False
    return (actor.is_signed_in and bool(row.owner) and row.owner == actor.id) or holds(ticket, row)


def roles_of(
    actor: Actor, service: Service, row: Case, ticket: Ticket | None = None, task: CaseTask | None = None
) -> frozenset[str]:
    """Return the roles of the service the actor has in a case; a job has none, the engine gives it its own.

    An officer has a role by its verb, and by sitting in the office it names. Nobody has an
    officer's role in a case of their own.
    """
    if is_applicant(actor, row, ticket):
        return service.roles_of(Party.APPLICANT)
    if actor.tenant != row.tenant or not actor.is_signed_in:
        return frozenset()
    if row.is_secret and not sees_secret(actor):
        return frozenset()
    return frozenset(
        role.id
        for role in service.roles.values()
        if role.party is Party.OFFICER
        and actor.may(role.verb)
        and _sits_right(actor, service, role, row, task)
    )


def _sits_right(actor: Actor, service: Service, role: Role, row: Case, task: CaseTask | None) -> bool:
    if role.office == ANY:
        return True
    if role.office == ASSIGNED:
        return str(row.office_id) in actor.offices
    if role.office == TASKED:
        return task is not None and str(task.office_id) in actor.offices
    code = service.owner if role.office in (OWNER, "") else role.office
    return office_id(code) in actor.offices


def office_id(code: str) -> str | None:
    """Return the id (text) of the tenant's office with a code, None where it has none."""
    found = people.all_offices().filter(code=code).values_list("pk", flat=True).first()
    return str(found) if found else None

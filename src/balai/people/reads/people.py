"""Accounts and seats, as far as the actor may see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.people.models import Account, Membership, Office, Partner, RoleRequest
from balai.people.reads.actors import in_force
from balai.people.reads.catalogue import roles
from balai.people.reads.keys import ids


def seats_visible_to(actor: Actor) -> QuerySet[Membership]:
    """Return the seats the actor may see: of their offices, of the tenant, or none; past ones too."""
    reach = actor.reach("people.read")
    seats = Membership.objects.filter(tenant=actor.tenant).select_related("account", "office", "partner")
    if reach is None or reach is Reach.OWN:
        return seats.none()
    if reach is Reach.OFFICE:
        return seats.filter(office__in=ids(actor.offices))
    return seats


def offices_visible_to(actor: Actor) -> QuerySet[Office]:
    """Return the offices whose people the actor may see."""
    rows = Office.objects.filter(tenant=actor.tenant)
    reach = actor.reach("people.read")
    if reach is None or reach is Reach.OWN:
        return rows.none()
    return rows.filter(pk__in=ids(actor.offices)) if reach is Reach.OFFICE else rows


def seats_held(
    actor: Actor, on: date, *, words: str = "", office: str = "", role: str = ""
) -> QuerySet[Membership]:
    """Return the seats held on a local day that the actor may see, by name of the person.

    Args:
        words: every word must be in the name, the e-mail or the position.
        office, role: only of this office (id), only with this role (code).
    """
    seats = seats_visible_to(actor).filter(in_force(on)).order_by("account__name", "pk")
    for word in words.split():
        seats = seats.filter(
            Q(account__name__icontains=word) | Q(account__email__icontains=word) | Q(position__icontains=word)
        )
    if office:
        seats = seats.filter(office__in=ids([office]))
    if role:
        # The column is JSON on both databases; a code in quotes is found as text in either.
        seats = seats.filter(roles__icontains=f'"{role}"')
    return seats


@dataclass(frozen=True)
class PersonSeen:
    """One person with the seats that the actor may see, the newest first."""

    account: Account
    seats: tuple[Membership, ...]


def person(actor: Actor, key: object) -> PersonSeen:
    """Return one person.

    Raises:
        NotFound: there is none with a seat that the actor may see.
    """
    seats = tuple(seats_visible_to(actor).filter(account__in=ids([key])).order_by("-from_on", "-pk"))
    if not seats:
        raise NotFound(_("Orang itu tidak ada, atau Anda tidak berhak melihatnya."))
    return PersonSeen(seats[0].account, seats)


def seat(actor: Actor, key: object) -> Membership:
    """Return one seat that the actor may see.

    Raises:
        NotFound: there is none.
    """
    found = seats_visible_to(actor).filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Jabatan itu tidak ada, atau Anda tidak berhak melihatnya."))
    return found


def role_requests(actor: Actor) -> QuerySet[RoleRequest]:
    """Return the requests for powerful roles, open ones first, to who grants roles; none to others."""
    rows = RoleRequest.objects.filter(tenant=actor.tenant).select_related(
        "membership__account", "membership__office", "requested_by", "decided_by"
    )
    if actor.reach("people.roles") not in (Reach.TENANT, Reach.NATION):
        return rows.none()
    waits = Case(When(state=RoleRequest.State.REQUESTED, then=0), default=1)
    return rows.order_by(waits, "-requested_at")


def role_request(actor: Actor, key: object) -> RoleRequest:
    """Return one request for a role. Raises NotFound where the actor may not know of it."""
    found = role_requests(actor).filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Permintaan peran itu tidak ada."))
    return found


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to, in the office in which they hold the role."""

    account: str
    name: str
    email: str
    office: str


def recipients(verb: str, on: date, offices: Collection[str] = ()) -> list[Recipient]:
    """Return who holds a role with `verb` in the tenant on a local day; for reminders, not for pages.

    Args:
        offices: only seats in these offices (ids as text); all when empty.
    """
    able = {role.code for role in roles().values() if verb in role.verbs}
    seats = Membership.objects.filter(in_force(on), account__is_active=True).select_related("account")
    if offices:
        seats = seats.filter(office__in=ids(offices))
    return [
        Recipient(str(seat.account_id), seat.account.name, seat.account.email, str(seat.office_id or ""))
        for seat in seats.order_by("account__name")
        if able.intersection(seat.roles)
    ]


def partners(on: date, helix: str = "") -> QuerySet[Partner]:
    """Return the partners of the programme on a local day, by name; all but the contact is public."""
    rows = Partner.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))
    return rows.filter(helix=helix) if helix else rows


def partner(key: object) -> Partner:
    """Return one partner of the tenants in scope. Raises NotFound."""
    found = Partner.objects.filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Mitra itu tidak ada."))
    return found

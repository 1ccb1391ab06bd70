"""What is kept about the person who asks, for their own page and their own copy."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import identifiers, sealing
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.base.journal import JournalEntry
from balai.people.models import AccessLog, Account, DataRequest, Membership, ResidentProfile
from balai.people.reads.access import accesses_to
from balai.people.reads.actors import in_force
from balai.people.reads.keys import ids
from balai.people.rules import PersonalData, declared

JOURNAL_SHOWN = 100


@dataclass(frozen=True)
class About:
    """Everything this tenant keeps about one person, lists with the latest first.

    Attributes:
        nik: masked; "" where none is kept.
        journal: the person's own acts and acts done to their account; the latest hundred.
    """

    account: Account
    profile: ResidentProfile | None
    nik: str
    seats: tuple[Membership, ...]
    requests: tuple[DataRequest, ...]
    accesses: tuple[AccessLog, ...]
    journal: tuple[JournalEntry, ...]
    declarations: tuple[PersonalData, ...]


def about(actor: Actor) -> About:
    """Return what is kept about the actor in the tenant; eight queries.

    Raises:
        Forbidden: the actor has not signed in.
    """
    actor.require("self.read")
    account = Account.objects.get(pk=actor.id)
    profile = own_profile(actor)
    return About(
        account=account,
        profile=profile,
        nik=identifiers.mask(sealing.unseal(profile.nik_sealed, "nik")) if profile else "",
        seats=tuple(
            Membership.objects.filter(account=account, tenant=actor.tenant)
            .select_related("office", "partner")
            .order_by("-from_on")
        ),
        requests=tuple(own_requests(actor)),
        accesses=tuple(accesses_to(actor)[:JOURNAL_SHOWN]),
        journal=tuple(_journal(actor)[:JOURNAL_SHOWN]),
        declarations=tuple(declared().values()),
    )


def email_of(actor: Actor) -> str:
    """Return the address of the actor's own account, "" for who has none."""
    return Account.objects.filter(pk__in=ids([actor.id])).values_list("email", flat=True).first() or ""


def own_profile(actor: Actor) -> ResidentProfile | None:
    """Return the actor's own profile in the tenant, None where nothing is kept."""
    return ResidentProfile.objects.filter(account__in=ids([actor.id]), tenant=actor.tenant).first()


def own_seats(actor: Actor, on: date) -> tuple[Account, tuple[Membership, ...]]:
    """Return the actor's own account and the seats it holds in the tenant on a local day, oldest first."""
    seats = Membership.objects.filter(in_force(on), account__in=ids([actor.id]), tenant=actor.tenant)
    rows = seats.select_related("office", "partner").order_by("from_on", "pk")
    return Account.objects.get(pk=actor.id), tuple(rows)


def own_requests(actor: Actor) -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(account__in=ids([actor.id]), tenant=actor.tenant)


def own_request(actor: Actor, key: object) -> DataRequest:
    """Return one of the actor's own requests. Raises NotFound."""
    found = own_requests(actor).filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Permintaan itu tidak ada."))
    return found


def _journal(actor: Actor) -> QuerySet[JournalEntry]:
    mine = Q(actor_id_text=actor.id) | Q(kind="people.account", thing=actor.id)
    return JournalEntry.objects.filter(mine, tenant=actor.tenant).order_by("-at", "-pk")


def copy_of_own_data(actor: Actor) -> dict[str, Any]:
    """Return the actor's data in this tenant as a tree for JSON, the NIK in clear, every line of the journal.

    Source: UU 27/2022 Pasal 7 and 13, access to and a copy of one's own data.
    """
    found = about(actor)
    return {
        "made_at": timezone.now().isoformat(),
        "tenant": actor.tenant,
        "account": {
            "id": str(found.account.pk),
            "name": found.account.name,
            "email": found.account.email,
            "joined_at": found.account.joined_at.isoformat(),
        },
        "profile": _profile(found.profile),
        "seats": [
            {
                "office": seat.office.name if seat.office else None,
                "partner": seat.partner.name if seat.partner else None,
                "position": seat.position,
                "acting": seat.acting,
                "roles": seat.roles,
                "from_on": seat.from_on.isoformat(),
                "to_on": seat.to_on.isoformat() if seat.to_on else None,
            }
            for seat in found.seats
        ],
        "requests": [
            {
                "kind": request.kind,
                "text": request.text,
                "state": request.state,
                "received_at": request.received_at.isoformat(),
                "due_at": request.due_at.isoformat(),
                "answer": request.answer,
            }
            for request in found.requests
        ],
        "seen_by": [
            {
                "at": line.at.isoformat(),
                "who": line.actor_name,
                "fields": line.fields,
                "purpose": line.purpose,
            }
            for line in accesses_to(actor)
        ],
        "journal": [
            {"at": entry.at.isoformat(), "who": entry.actor_name, "verb": entry.verb, "kind": entry.kind}
            for entry in _journal(actor)
        ],
        "why_kept": [
            {
                "table": data.table,
                "fields": list(data.fields),
                "controller": data.controller,
                "legal_basis": data.legal_basis,
                "purpose": data.purpose,
                "retention": data.retention,
            }
            for data in found.declarations
        ],
    }


def _profile(profile: ResidentProfile | None) -> dict[str, str] | None:
    if profile is None:
        return None
    return {"nik": sealing.unseal(profile.nik_sealed, "nik"), "phone": profile.phone}


def data_requests(actor: Actor) -> QuerySet[DataRequest]:
    """Return the requests of the tenant, waiting ones first, to who manages people; none to others."""
    rows = DataRequest.objects.filter(tenant=actor.tenant).select_related("account")
    if actor.reach("people.manage") not in (Reach.TENANT, Reach.NATION):
        return rows.none()
    waits = Case(When(state=DataRequest.State.RECEIVED, then=0), default=1)
    return rows.order_by(waits, "due_at")


def data_request(actor: Actor, key: object) -> DataRequest:
    """Return one request to who manages people. Raises NotFound."""
    found = data_requests(actor).filter(pk__in=ids([key])).first()
    if found is None:
        raise NotFound(_("Permintaan itu tidak ada, atau Anda tidak berhak melihatnya."))
    return found

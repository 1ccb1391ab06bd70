"""The demo's accounts: written once, marked as demo, never in an installation that is not one."""

from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from balai.base import journal, tenancy
from balai.base.actor import system
from balai.people import reads
from balai.people.models import Account, Membership, Office, Partner
from balai.people.rules import DEMO_PASSWORD, City, DemoPerson, demo_people

SINCE = date(2020, 1, 1)
_PARTNER = "Kampus Peragaan"


@dataclass(frozen=True)
class DemoAccount:
    """What a visitor of the demo needs to sign in as somebody."""

    city: str
    host: str
    role: str
    name: str
    email: str
    password: str


def load_demo_people() -> int:
    """Write the demo's accounts of every city file that are not there yet; return how many were written.

    The local governments and their offices have to be loaded before (`load_city`).
    """
    # One hash for all: the password is public, and hashing it sixty times would take seconds of every set-up.
    password = make_password(DEMO_PASSWORD)
    return sum(_load(city, password) for city in reads.cities().values())


@transaction.atomic
def _load(city: City, password: str) -> int:
    people = list(demo_people(city, reads.roles()))
    there = set(
        Account.objects.filter(email__in=[one.email for one in people]).values_list("email", flat=True)
    )
    new = [one for one in people if one.email not in there]
    with tenancy.scope(city.key):
        for one in new:
            _write(city, one, password)
    return len(new)


def _write(city: City, one: DemoPerson, password: str) -> None:
    account = Account.objects.create(email=one.email, name=one.name, password=password, is_demo=True)
    EmailAddress.objects.create(user=account, email=one.email, primary=True, verified=True)
    if one.role == "resident":
        return
    seat = Membership.objects.create(
        account=account,
        office=Office.objects.get(code=one.office) if one.office else None,
        partner=_partner() if one.role == "partner" else None,
        position=one.position,
        roles=[one.role],
        from_on=SINCE,
    )
    actor = system("demo", city.key, "people.manage")
    journal.write(actor, "people.seat_given", seat, account=str(account.pk), roles=[one.role], demo=True)


def _partner() -> Partner:
    found, _is_new = Partner.objects.get_or_create(
        name=_PARTNER, defaults={"helix": Partner.Helix.ACADEMIA, "origin": "illustration"}
    )
    return found


def demo_accounts() -> list[DemoAccount]:
    """Return every demo account, city by city, for the table printed at start."""
    return [
        DemoAccount(
            city.name, city.hosts[0], reads.roles()[one.role].name.id, one.name, one.email, DEMO_PASSWORD
        )
        for city in reads.cities().values()
        for one in demo_people(city, reads.roles())
    ]

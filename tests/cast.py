"""The people of every test: six of them, always with the same seats.

Sari   resident of Kota Malang
Budi   officer of Dinas Kominfo, Kota Malang
Wati   head of that office
Agus   officer of another office there, Dinas Kesehatan
Rini   programme office of Kota Malang (Bappeda): writes the plan and verifies
Joko   officer of Kabupaten Malang, who sees nothing of Kota Malang

Agus and Joko stand in the test of every list, export and search. A few more fill
the other roles: `eka` reads all as head of region, `dewi` audits, `tono` and
`lina` administer accounts, `putu` speaks for the nation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people import reads
from balai.people.models import Account, HostName, LocalGovernment, Membership, Office

MALANG, REGENCY, BATU, MADIUN = "35.73", "35.07", "35.79", "35.77"
SINCE = date(2020, 1, 1)
_UNUSABLE = make_password(None)


@dataclass(frozen=True)
class Person:
    """One of the cast: an account, and the tenant they live or work in."""

    account: Account
    tenant: str

    @property
    def actor(self) -> Actor:
        """The person acting today in their own tenant, as their seats in the database say."""
        return self.actor_in(self.tenant)

    def actor_in(self, tenant: str, on: date | None = None) -> Actor:
        with tenancy.scope(tenant):
            return reads.actor_for(self.account, tenant, on or timezone.localdate())

    @property
    def client(self) -> Client:
        """A browser in which the person is signed in at the host of their tenant."""
        client = visitor_at(self.tenant)
        client.force_login(self.account)
        return client


@dataclass(frozen=True)
class Cast:
    """The six, the few more, and their offices (`kominfo`, `health`, `bappeda` of Kota Malang)."""

    sari: Person
    budi: Person
    wati: Person
    agus: Person
    rini: Person
    joko: Person
    eka: Person
    dewi: Person
    tono: Person
    lina: Person
    putu: Person
    kominfo: Office
    health: Office
    bappeda: Office
    regency_kominfo: Office

    @property
    def visitor(self) -> Actor:
        """Somebody at the host of Kota Malang who has not signed in."""
        return reads.visitor(MALANG)


def visitor_at(tenant: str) -> Client:
    """Return a browser at the host of a tenant in which nobody is signed in."""
    return Client(HTTP_HOST=reads.city(tenant).hosts[0])


def govern() -> None:
    """Write the local governments of the city files and their host names."""
    cities = reads.cities().values()
    LocalGovernment.objects.bulk_create(
        [
            LocalGovernment(
                key=city.key,
                region_code=city.region_code,
                name=city.name,
                short_name=city.short_name,
                head_title=city.head_title,
                brand=city.brand,
            )
            for city in cities
        ]
    )
    HostName.objects.bulk_create(
        [HostName(host=host, government_id=city.key) for city in cities for host in city.hosts]
    )
    reads.forget_governments()


def someone(
    name: str,
    tenant: str,
    *roles: str,
    office: Office | None = None,
    position: str = "",
    second_factor: bool = True,
) -> Person:
    """Write an account with one seat in `tenant` (none when `roles` is empty) since 2020.

    The password is unusable, since hashing one takes longer than most tests; sign in
    by `person.client`.
    """
    (person,) = _written([_Said(name, tenant, roles, office, position, second_factor)])
    return person


class _Said(NamedTuple):
    """Who is to be written, as `someone` takes it."""

    name: str
    tenant: str
    roles: tuple[str, ...] = ()
    office: Office | None = None
    position: str = ""
    second_factor: bool = True


def _written(people: Sequence[_Said]) -> list[Person]:
    """Write accounts and seats; all at once, for most tests begin with that."""
    accounts = [
        Account(
            name=said.name,
            email=f"{said.name.split()[0].lower()}@{said.tenant.replace('.', '-')}.example",
            password=_UNUSABLE,
        )
        for said in people
    ]
    Account.objects.bulk_create(accounts)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in accounts]
    )
    seated = [(one, said) for one, said in zip(accounts, people, strict=True) if said.roles]
    for tenant in sorted({said.tenant for _one, said in seated}):
        with tenancy.scope(tenant):
            Membership.objects.bulk_create(
                [
                    Membership(
                        account=one,
                        office=said.office,
                        position=said.position,
                        roles=list(said.roles),
                        from_on=SINCE,
                    )
                    for one, said in seated
                    if said.tenant == tenant
                ]
            )
    Authenticator.objects.bulk_create(
        [
            Authenticator(user=one, type=Authenticator.Type.TOTP, data={"secret": "set in tests"})
            for one, said in seated
            if said.second_factor
        ]
    )
    return [Person(one, said.tenant) for one, said in zip(accounts, people, strict=True)]


@pytest.fixture(autouse=True)
def _fresh_governments() -> Iterator[None]:
    """No test sees the host names that another one wrote."""
    reads.forget_governments()
    yield
    reads.forget_governments()


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, with governments, host names, offices and seats."""
    return everybody()


def everybody() -> Cast:
    """Write the cast."""
    govern()
    with tenancy.scope(MALANG):
        kominfo = Office.objects.create(
            code="diskominfo", name="Dinas Komunikasi dan Informatika", short_name="Diskominfo"
        )
        health = Office.objects.create(code="dinkes", name="Dinas Kesehatan", short_name="Dinkes")
        bappeda = Office.objects.create(
            code="bappeda", name="Badan Perencanaan Pembangunan Daerah", short_name="Bappeda"
        )
    with tenancy.scope(REGENCY):
        regency = Office.objects.create(
            code="diskominfo", name="Dinas Komunikasi dan Informatika", short_name="Diskominfo"
        )
    sari, budi, wati, agus, rini, joko, eka, dewi, tono, lina, putu = _written(
        [
            _Said("Sari", MALANG),
            _Said("Budi", MALANG, ("officer",), kominfo, "Pranata Komputer"),
            _Said("Wati", MALANG, ("office_head",), kominfo, "Kepala Dinas"),
            _Said("Agus", MALANG, ("officer",), health, "Analis Kesehatan"),
            _Said("Rini", MALANG, ("programme_office",), bappeda, "Perencana"),
            _Said("Joko", REGENCY, ("officer",), regency, "Pranata Komputer"),
            _Said("Eka", MALANG, ("executive",), position="Wali Kota"),
            _Said("Dewi", MALANG, ("auditor",), position="Auditor"),
            _Said("Tono", MALANG, ("user_admin",), kominfo),
            _Said("Lina", MALANG, ("user_admin",), bappeda),
            _Said("Putu", tenancy.NATIONAL, ("national_admin",)),
        ]
    )
    return Cast(
        sari, budi, wati, agus, rini, joko, eka, dewi, tono, lina, putu, kominfo, health, bappeda, regency
    )

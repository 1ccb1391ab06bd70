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

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people import reads
from balai.people.models import Account, HostName, LocalGovernment, Membership, Office

MALANG, REGENCY, BATU, MADIUN = "35.73", "35.07", "35.79", "35.77"
SINCE = date(2020, 1, 1)


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
    account = Account(name=name, email=f"{name.split()[0].lower()}@{tenant.replace('.', '-')}.example")
    account.set_unusable_password()
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    if roles:
        with tenancy.scope(tenant):
            Membership.objects.create(
                account=account, office=office, position=position, roles=list(roles), from_on=SINCE
            )
        if second_factor:
            Authenticator.objects.create(
                user=account, type=Authenticator.Type.TOTP, data={"secret": "set in tests"}
            )
    return Person(account, tenant)


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
    return Cast(
        sari=someone("Sari", MALANG),
        budi=someone("Budi", MALANG, "officer", office=kominfo, position="Pranata Komputer"),
        wati=someone("Wati", MALANG, "office_head", office=kominfo, position="Kepala Dinas"),
        agus=someone("Agus", MALANG, "officer", office=health, position="Analis Kesehatan"),
        rini=someone("Rini", MALANG, "programme_office", office=bappeda, position="Perencana"),
        joko=someone("Joko", REGENCY, "officer", office=regency, position="Pranata Komputer"),
        eka=someone("Eka", MALANG, "executive", position="Wali Kota"),
        dewi=someone("Dewi", MALANG, "auditor", position="Auditor"),
        tono=someone("Tono", MALANG, "user_admin", office=kominfo),
        lina=someone("Lina", MALANG, "user_admin", office=bappeda),
        putu=someone("Putu", tenancy.NATIONAL, "national_admin"),
        kominfo=kominfo,
        health=health,
        bappeda=bappeda,
        regency_kominfo=regency,
    )

"""People for programs: governments, offices, partners, the account that asks, and its key."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from balai.base import tenancy
from balai.base.access import SignInFirst, actor_of, public, signed_in
from balai.base.actor import Actor, Reach
from balai.base.api import After, Limit, Page, Router, Word, page
from balai.base.errors import Forbidden
from balai.people import changes, reads
from balai.people.models import LocalGovernment, Office, Partner

router = Router(tags=["people"])

PUBLISHED = "who governs and which offices and partners take part is published"


class ProgramKeyBearer(HttpBearer):
    """`Authorization: Bearer balai_…`: a key an account has made for a program, of this tenant alone."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        today = timezone.localdate()
        row = reads.program_key_in_force(token, today)
        if row is None:
            raise SignInFirst(_("Kunci program ini tidak dikenal di sini, dicabut, atau habis masanya."))
        arrival = reads.arrive_by_key(row, today)
        actor = arrival.actor
        if arrival.lacks_second_factor:
            raise Forbidden(_("Pemilik kunci ini harus memasang faktor kedua dahulu."))
        changes.note_use(row, today)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


@dataclass(frozen=True)
class GovernmentRow:
    """A local government; `key` names its tenant, `host` is where it answers ("" where nowhere)."""

    key: str
    region_code: str
    name: str
    short_name: str
    host: str
    is_demo: bool


@dataclass(frozen=True)
class OfficeRow:
    """An office that exists today."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: UUID | None
    region_code: str


@dataclass(frozen=True)
class PartnerRow:
    """A partner by its helix. `contact` is "" for those who do not keep the register."""

    id: UUID
    name: str
    helix: str
    mandate: str
    is_vendor: bool
    origin: str
    contact: str


@dataclass(frozen=True)
class SeatRow:
    """A seat of the account, held today."""

    office_id: UUID | None
    office_name: str
    partner_name: str
    position: str
    acting: str
    roles: tuple[str, ...]
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class Own:
    """The account that asks, in this tenant: its seats today, and each verb with how far it reaches."""

    id: str
    name: str
    email: str
    tenant: str
    is_demo: bool
    seats: tuple[SeatRow, ...]
    verbs: dict[str, Reach]


def _government(row: LocalGovernment) -> GovernmentRow:
    host = reads.host_of(row.key)
    return GovernmentRow(row.key, row.region_code, row.name, row.short_name, host, row.is_demo)


def _office(row: Office) -> OfficeRow:
    return OfficeRow(row.pk, row.code, row.name, row.short_name, row.kind, row.parent_id, row.region_code)


def _partner(row: Partner, shows_contact: bool) -> PartnerRow:
    contact = row.contact if shows_contact else ""
    return PartnerRow(row.pk, row.name, row.helix, row.mandate, row.is_vendor, row.origin, contact)


@router.get("/governments", response=list[GovernmentRow], summary="Local governments that work here")
@public(PUBLISHED)
def governments(request: HttpRequest) -> list[GovernmentRow]:
    return [_government(row) for row in reads.governments()]


@router.get("/offices", response=Page[OfficeRow], summary="Offices of the local government that exist today")
@public(PUBLISHED)
def offices(request: HttpRequest, after: After = "", limit: Limit = 100) -> Page[OfficeRow]:
    rows = reads.offices(timezone.localdate()).order_by("name", "pk")
    return page([_office(row) for row in rows], lambda row: row.id, after, limit)


@router.get("/offices/{id}", response=OfficeRow, summary="One office")
@public(PUBLISHED)
def office(request: HttpRequest, id: Word) -> OfficeRow:
    return _office(reads.office(id))


@router.get("/partners", response=Page[PartnerRow], summary="Partners of the programme")
@public(PUBLISHED)
def partners(
    request: HttpRequest, helix: Partner.Helix | None = None, after: After = "", limit: Limit = 100
) -> Page[PartnerRow]:
    keeps = actor_of(request).may("partners.manage")
    rows = reads.partners(timezone.localdate(), helix or "").order_by("name", "pk")
    return page([_partner(row, keeps) for row in rows], lambda row: row.id, after, limit)


@router.get("/partners/{id}", response=PartnerRow, summary="One partner")
@public(PUBLISHED)
def partner(request: HttpRequest, id: Word) -> PartnerRow:
    return _partner(reads.partner(id), actor_of(request).may("partners.manage"))


@router.get("/me", response=Own, summary="The account that asks: seats, verbs and their reach")
@signed_in
def me(request: HttpRequest) -> Own:
    actor = actor_of(request)
    account, seats = reads.own_seats(actor, timezone.localdate())
    return Own(
        id=actor.id,
        name=account.name,
        email=account.email,
        tenant=tenancy.current_tenant(),
        is_demo=actor.is_demo,
        seats=tuple(
            SeatRow(
                row.office_id,
                row.office.name if row.office else "",
                row.partner.name if row.partner else "",
                row.position,
                row.acting,
                tuple(row.roles),
                row.from_on,
                row.to_on,
            )
            for row in seats
        ),
        verbs=dict(sorted(actor.verbs.items())),
    )

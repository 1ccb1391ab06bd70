"""To which office a case goes: by routing, by place, by load, or by hand; always with the reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.people import reads as people
from balai.services.models import Case, Route
from balai.services.rules import machine
from balai.services.rules.definition import Route as Rule
from balai.services.rules.definition import Service

_DISTRICT, _VILLAGE = 8, 13
"""Letters of a region code down to the kecamatan and to the kelurahan."""
_LONGEST = 500


class Office(Protocol):
    """An office as routing sees it."""

    pk: UUID
    code: str


def office_by_code(code: str) -> Office:
    """Return the office of the tenant with a code. Raises Invalid."""
    found: Office | None = people.all_offices().filter(code=code).first()
    if found is None:
        wrong = _("Tidak ada perangkat daerah berkode %(code)s.") % {"code": code}
        raise Invalid([Fault(_("Perangkat daerah"), wrong, _("Pilih dari daftar."))])
    return found


def find(code: str) -> Office | None:
    """Return the office of the tenant with a code, None where it has none."""
    found: Office | None = people.all_offices().filter(code=code).first() if code else None
    return found


def routed(service: Service, row: Case, known: Mapping[str, Any]) -> tuple[Office | None, str, str]:
    """Return (office, name of the rule, reason) of where a case goes by the routing of its service.

    Where the rule names an office this local government does not have, the office in charge of
    the service gets it, and the reason says so.
    """
    rule = machine.route_of(service, known)
    if rule is None:
        return _owner(service), "", _("Layanan ini tidak punya aturan pembagian.")
    number = service.routing.index(rule) + 1
    found = _office_of(service, rule, row, known)
    because = str(rule.because)
    if found is None:
        found = _owner(service)
        because = _(
            "%(because)s Perangkat daerah itu tidak ada di sini, jadi pengelola layanan menerimanya."
        ) % {"because": because}
    return found, f"{service.key}#{number}", because[:_LONGEST]


def _office_of(service: Service, rule: Rule, row: Case, known: Mapping[str, Any]) -> Office | None:
    offices = people.all_offices()
    if rule.place:
        length = _VILLAGE if rule.place == "village" else _DISTRICT
        code = row.region_code[:length]
        return offices.filter(region_code=code, kind=rule.place).first() if len(code) == length else None
    if rule.least_loaded:
        return least_loaded(rule.least_loaded, row)
    code = machine.office_of(service, known)
    return offices.filter(code=code).first() if code else None


def least_loaded(codes: tuple[str, ...], row: Case) -> Office | None:
    """Return the office among `codes` with the fewest open cases besides `row`; of equal ones the first."""
    offices = {one.code: one for one in people.all_offices().filter(code__in=codes)}
    counted = dict(
        Case.objects.filter(tenant=row.tenant, office__in=[one.pk for one in offices.values()], is_open=True)
        .exclude(pk=row.pk)
        .order_by()
        .values_list("office")
        .annotate(n=Count("pk"))
    )
    known = [offices[code] for code in codes if code in offices]
    return min(known, key=lambda one: counted.get(one.pk, 0), default=None)


def _owner(service: Service) -> Office | None:
    found: Office | None = people.all_offices().filter(code=service.owner).first()
    return found


def give(
    actor: Actor, service: Service, row: Case, office: Office | None, rule: str, reason: str, at: datetime
) -> None:
    """Give a case to an office and keep why. `row` is not saved; the same office again only keeps the rule.

    Raises:
        Conflict: it was re-routed as often as the service allows.
    """
    before = row.office_id
    after = office.pk if office else None
    if before == after and not rule:
        return
    # From the desk where it was checked it goes to its first office; only from there on it is passed on.
    is_first = not Route.objects.filter(tenant=row.tenant, case=row).exists()
    if before not in (None, after) and not is_first:
        row.reroutes += 1
        if row.reroutes > service.most_reroutes:
            raise Conflict(
                _("Berkas ini sudah %(most)d kali dipindahkan. Putuskan di kantor ini, atau minta pengawas.")
                % {"most": service.most_reroutes}
            )
    if before != after:
        row.office_id = after
        row.officer, row.officer_name = "", ""
    Route.objects.create(
        case=row,
        from_office_id=before,
        to_office_id=after,
        rule=rule,
        reason=(reason or _("Dipilih petugas."))[:_LONGEST],
        at=at,
        actor_id_text=actor.id,
        actor_name=actor.name,
    )

"""QR points: those of a tenant, and the one a code leads to."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Locked, NotFound
from balai.services.models import Point
from balai.services.reads.sight import Key, key_of
from balai.services.rules.at_point import LABEL, PLACE, VILLAGE
from balai.services.verbs import SERVICES_POINTS


def points(actor: Actor) -> QuerySet[Point]:
    """Return the QR points of the tenant by service and name, shut ones too. Raises Forbidden."""
    actor.require(SERVICES_POINTS)
    return Point.objects.filter(tenant=actor.tenant).order_by("service", "is_shut", "label", "pk")


def point(actor: Actor, key: Key) -> Point:
    """Return one point for who looks after them. Raises NotFound, Forbidden."""
    found = points(actor).filter(pk=key_of(key)).first()
    if found is None:
        raise NotFound(_("Titik QR itu tidak ada."))
    return found


def point_at(code: str) -> Point:
    """Return the point a QR code leads to; open to everybody.

    Raises:
        NotFound: there is none. Locked: nothing is filed there any more.
    """
    found: Point | None = Point.objects.filter(
        tenant=tenancy.current_tenant(), code=code[:12].lower()
    ).first()
    if found is None:
        raise NotFound(_("Kode QR ini tidak dikenal. Pindai lagi, atau pilih layanannya dari daftar."))
    if found.is_shut:
        raise Locked(_("Titik ini sudah ditutup. Laporkan lewat daftar layanan."))
    return found


def facts_of(found: Point) -> dict[str, Any]:
    """Return what a form is told at a point; see `rules.at_point`."""
    place = {"latitude": str(found.latitude), "longitude": str(found.longitude)}
    facts = {PLACE: place, VILLAGE: found.region_code, LABEL: found.label}
    return {name: value for name, value in facts.items() if value}

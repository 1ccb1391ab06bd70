"""QR points set up and shut."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.people import reads as people
from balai.places import reads as places
from balai.places.rules import Level, lies_in
from balai.places.rules import Point as Place
from balai.services.models import Point
from balai.services.reads.definitions import service as service_on
from balai.services.reads.points import point as one_point
from balai.services.reads.sight import Key
from balai.services.rules.at_point import has_place
from balai.services.verbs import SERVICES_POINTS

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 8


@dataclass(frozen=True)
class PointDraft:
    """What is said of a new point; degrees as they were typed."""

    service: str
    label: str
    latitude: str
    longitude: str
    address: str = ""


def add_point(actor: Actor, draft: PointDraft, now: datetime) -> Point:
    """Set up a QR point.

    Raises:
        Forbidden. NotFound: no such service here.
        Invalid: the service takes no QR points, the name is missing, or the place lies outside.
    """
    actor.require(SERVICES_POINTS)
    service = service_on(draft.service, timezone.localtime(now).date())
    if "qr" not in service.filing.channels or not has_place(service.form):
        raise Invalid([Fault("service", _("Layanan ini tidak menerima laporan dari titik QR."))])
    label = " ".join(draft.label.split())
    if not label:
        raise Invalid([Fault("label", _("Belum diisi."), _("Tulis nama tempat yang dikenal orang."))])
    if len(label) > 120 or len(draft.address) > 300:
        raise Invalid([Fault("label", _("Terlalu panjang."), _("Paling banyak 120 huruf."))])
    place = Place.read(draft.latitude, draft.longitude)
    region = _region(actor, place)
    for _try in range(5):
        code = "".join(secrets.choice(_LETTERS) for _letter in range(_LENGTH))
        try:
            with transaction.atomic():
                made: Point = Point.objects.create(
                    service=service.code,
                    code=code,
                    label=label,
                    address=draft.address.strip(),
                    region_code=region,
                    longitude=round(Decimal(place.longitude), 6),
                    latitude=round(Decimal(place.latitude), 6),
                    made_by=actor.id,
                    made_by_name=actor.name,
                    made_at=now,
                )
                journal.write(actor, "services.add_point", made, service=service.code, code=code)
        except IntegrityError:
            continue
        return made
    raise RuntimeError("no free code was found in five tries")


def _region(actor: Actor, place: Place) -> str:
    found = places.containing(place, Level.VILLAGE) or places.containing(place, Level.REGENCY)
    government = people.government(actor.tenant)
    city = government.region_code if government else ""
    if city and (found is None or not lies_in(found.code, city)):
        raise Invalid([Fault("latitude", _("Titiknya di luar wilayah pelayanan."))])
    return found.code if found is not None and found.level == Level.VILLAGE else ""


@transaction.atomic
def shut_point(actor: Actor, key: Key, *, is_shut: bool) -> Point:
    """Shut a point, or open it again: what is printed leads to a page that says so. Raises NotFound."""
    row = one_point(actor, key)
    if row.is_shut != is_shut:
        row.is_shut = is_shut
        row.save(update_fields=["is_shut"])
        journal.write(actor, "services.shut_point", row, is_shut=is_shut)
    return row

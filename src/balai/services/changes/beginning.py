"""Forms of services begun: on the web, at a QR point, by a helper, at the counter."""

from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from balai.base.access import SignInFirst
from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.base.sealing import blind_index
from balai.forms import changes as forms
from balai.forms.changes import Begun, Filing
from balai.services.models import Point
from balai.services.rules.definition import Service

MOST_AN_HOUR = 60
"""Forms that one network address may begin in an hour; a school on one address begins several."""
_CHANNELS = {"helper": "web"}


def begin_filing(
    actor: Actor,
    service: Service,
    now: datetime,
    *,
    address: str,
    filing: Filing | None = None,
    point: Point | None = None,
) -> Begun:
    """Begin the form of a service.

    Args:
        address: network address of who asks.
        filing: for whom, where it is for somebody else.
        point: the QR point it is begun at.

    Raises:
        Forbidden: not this way, or too many from this network; signing in first may help.
        Invalid: as `forms.changes.begin`.
    """
    filing = filing or Filing()
    channel = "qr" if point else _CHANNELS.get(filing.channel, filing.channel)
    if channel not in service.filing.channels:
        raise Forbidden(_("Layanan ini tidak menerima pengajuan lewat jalan itu."))
    if not actor.is_signed_in and not service.filing.without_account:
        raise SignInFirst(_("Masuk dahulu untuk mengajukan layanan ini."))
    _refuse_flood(actor, address, now)
    if point is not None:
        filing = Filing(origin=point.code)
    return forms.begin(actor, service.form, now, filing)


def _refuse_flood(actor: Actor, address: str, now: datetime) -> None:
    mark = blind_index(address, "services.address")
    counter = f"services.begin.{actor.tenant}.{mark}.{now:%Y%m%d%H}"
    count = cache.get(counter, 0)
    if count >= MOST_AN_HOUR:
        raise Forbidden(_("Terlalu banyak formulir dimulai dari jaringan ini. Coba lagi satu jam lagi."))
    cache.set(counter, count + 1, 3600)

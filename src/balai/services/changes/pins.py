"""Number and PIN: how somebody without an account follows their case, and nobody guesses it.

Five wrong PINs shut the number for an hour, twenty wrong tries a network address.

Of a PIN a keyed index is kept. A slow hash would take a fifth of a second of each filing and guard
little: whoever had the table would try a million PINs all the same, and here they lack the key.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Forbidden, NotFound
from balai.base.sealing import blind_index
from balai.services.models import Case
from balai.services.reads import sight

WRONG_PINS, LOCKED = 5, timedelta(hours=1)
WRONG_HERE, SECONDS_HERE = 20, 3600


def new_pin(row: Case) -> str:
    """Give a case a PIN, six digits, and return it; it is told this once. The row is not saved."""
    return known_pin(row, f"{secrets.randbelow(1_000_000):06}")


def known_pin(row: Case, pin: str) -> str:
    """Give a case this PIN, and return it; for an invented case, of which everybody may know it."""
    row.pin_hash = _index(row, pin)
    row.wrong_pins, row.locked_until = 0, None
    return pin


def unlock(actor: Actor, number: str, pin: str, address: str, now: datetime) -> sight.Ticket:
    """Change number and PIN for the ticket of a case.

    Args:
        address: network address of who asks.

    Raises:
        NotFound: there is no such number, or the PIN is not its own; which of them is not told.
        Forbidden: too many wrong tries.
    """
    counter = _counter(actor.tenant, address)
    if cache.get(counter, 0) >= WRONG_HERE:
        raise _too_many()
    with transaction.atomic():
        rows = Case.objects.select_for_update(of=("self",)).exclude(pin_hash="")
        row: Case | None = rows.filter(tenant=actor.tenant, number=number.strip().upper()[:60]).first()
        is_locked = row is not None and row.locked_until is not None and row.locked_until > now
        fits = row is not None and hmac.compare_digest(_index(row, pin.strip()[:20]), row.pin_hash)
        if row is not None and fits and not is_locked:
            if row.wrong_pins:
                row.wrong_pins, row.locked_until = 0, None
                row.save(update_fields=["wrong_pins", "locked_until"])
            return sight.ticket_for(row)
        if row is not None and not is_locked:
            row.wrong_pins += 1
            if row.wrong_pins >= WRONG_PINS:
                row.wrong_pins, row.locked_until = 0, now + LOCKED
                journal.write(actor, "services.lock_number", row)
            row.save(update_fields=["wrong_pins", "locked_until"])
    cache.set(counter, cache.get(counter, 0) + 1, SECONDS_HERE)
    if is_locked:
        raise _too_many()
    raise NotFound(_("Nomor atau PIN-nya tidak cocok. Periksa tanda terima Anda."))


def _too_many() -> Forbidden:
    return Forbidden(_("Terlalu banyak percobaan yang salah. Coba lagi satu jam lagi."))


def _counter(tenant: str, address: str) -> str:
    mark = hmac.new(settings.SECRET_KEY.encode(), f"{tenant}|{address}".encode(), hashlib.sha256)
    return f"services.pin.{mark.hexdigest()[:32]}"


def _index(row: Case, pin: str) -> str:
    """Return the index of a PIN, of this case alone: the same PIN has another for the next."""
    return blind_index(f"{row.pk.hex}{pin}", "services.case.pin", row.tenant)

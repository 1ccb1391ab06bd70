"""Number and PIN: how somebody without an account follows their case, and nobody guesses it.

Five wrong PINs shut the number for an hour, twenty wrong tries a network address.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Forbidden, NotFound
from balai.services.models import Case
from balai.services.reads import sight

WRONG_PINS, LOCKED = 5, timedelta(hours=1)
WRONG_HERE, SECONDS_HERE = 20, 3600


def new_pin(row: Case) -> str:
    """Give a case a PIN, six digits, and return it; it is told this once. The row is not saved."""
    pin = f"{secrets.randbelow(1_000_000):06}"
    row.pin_hash = make_password(pin)
    row.wrong_pins, row.locked_until = 0, None
    return pin


def known_pin(row: Case, pin: str) -> str:
    """Give an invented case a PIN that everybody may know, and return it. The row is not saved.

    One hash serves all of them: hashing each takes longer than filing it.
    """
    row.pin_hash = _hash_of(pin)
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
        # A wrong number takes as long as a wrong PIN.
        fits = check_password(pin.strip()[:20], row.pin_hash if row else _no_pin()) and row is not None
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


@lru_cache(maxsize=2)
def _hash_of(pin: str) -> str:
    return make_password(pin)


def _no_pin() -> str:
    return _hash_of("no case has this PIN")

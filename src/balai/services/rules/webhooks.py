"""Which events programs elsewhere are told of, what a message says, and how it is signed.

The headers and the signature are those of Standard Webhooks 1.0 (standardwebhooks.com),
so a receiver may check them with any of its libraries. A message holds ids, states and
what the public may see of a case; never an answer, a name or a comment.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base.errors import Fault

FILED, MOVED, CLOSED, REOPENED = "case.filed", "case.moved", "case.closed", "case.reopened"
COMMENTED, LATE, PING = "case.commented", "case.late", "ping"
EVENTS = {
    FILED: gettext_lazy("berkas masuk"),
    MOVED: gettext_lazy("berkas berpindah"),
    CLOSED: gettext_lazy("berkas ditutup"),
    REOPENED: gettext_lazy("berkas dibuka lagi"),
    COMMENTED: gettext_lazy("ada pesan antara pemohon dan petugas"),
    LATE: gettext_lazy("batas waktunya lewat"),
}
"""What may be subscribed to; a `ping` is sent by hand, to try the way."""
PREFIX = "whsec_"
LONGEST_URL, LONGEST_NAME = 500, 80


def new_secret() -> str:
    """Return a secret as receivers keep it: 32 random bytes in Base64 behind `whsec_`."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """Return what stands in `webhook-signature`.

    Args:
        timestamp: seconds since 1970 at which this try is sent; a receiver refuses old ones.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...     '{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    said = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def headers(secret: str, message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """Return the headers one try is sent with."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def body_of(event: str, at: datetime, data: Mapping[str, Any]) -> str:
    """Return a message as it is sent, letter for letter at every try."""
    said = {"type": event, "timestamp": at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)


def faults_of(
    name: str, url: str, events: Collection[str], services: Collection[str], offered: Collection[str]
) -> Iterator[Fault]:
    """Yield what is wrong with a subscription somebody wants to make.

    Args:
        offered: codes of the services of the tenant.
    """
    if not name.strip() or len(name) > LONGEST_NAME or "\0" in name:
        yield Fault("name", _("Kosong atau terlalu panjang."), _("Isi 1 sampai 80 huruf."))
    parts = urlsplit(url) if "\0" not in url else urlsplit("")
    if len(url) > LONGEST_URL or parts.scheme not in ("https", "http") or not parts.hostname:
        yield Fault(
            "url", _("Bukan alamat yang dapat dikirimi."), _("Tulis seperti https://contoh.go.id/kabar.")
        )
    if not events:
        yield Fault("events", _("Belum ada yang dipilih."), _("Pilih paling sedikit satu kejadian."))
    for one in sorted(set(events) - set(EVENTS)):
        right = _("Yang dikenal: %(names)s.") % {"names": ", ".join(EVENTS)}
        yield Fault("events", _("“%(name)s” tidak dikenal.") % {"name": one[:40]}, right)
    for one in sorted(set(services) - set(offered)):
        right = _("Yang dibuka di sini: %(names)s.") % {"names": ", ".join(sorted(offered))}
        yield Fault("services", _("“%(name)s” tidak dikenal.") % {"name": one[:40]}, right)

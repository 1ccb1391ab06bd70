"""Text messages that a gateway hands in: read, and known to be the gateway's by their signature.

The same signed JSON as messages out (`adapters.gateway`), which small SMS gateways and a
city's own relay can send. NOT run against a real gateway: nobody should rely on it before a
message of a real telephone has arrived.
"""

import hashlib
import hmac
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.errors import Forbidden, NotFound

SIGNATURE = "X-Balai-Signature"
"""`sha256=` and the HMAC of the body, in hex, with the secret shared with the gateway."""


def check_signature(signature: str, body: bytes) -> None:
    """Let the gateway in.

    Raises:
        NotFound: this installation shares no secret with any gateway.
        Forbidden: it is not signed, or with another secret.
    """
    file = settings.OPTIONS.gateway_secret_file
    secret = Path(file).read_text("utf-8").strip() if file else ""
    if not secret:
        raise NotFound(_("Pemasangan ini tidak menerima pesan teks."))
    right = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode()):
        raise Forbidden(_("Tanda tangan kiriman ini tidak cocok."))

"""What a reader may send about a dataset, and how much of it."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from balai.base.errors import Fault

LEAST, MOST = 10, 2_000
"""Characters of a remark."""
MOST_AN_HOUR = 5
"""From one network."""
MOST_A_DAY = 40
"""About one dataset, from everybody."""
_MOST_LINKS = 2
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def faults(text: str, kind: str, kinds: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with a remark as it was typed."""
    if kind not in kinds:
        yield Fault("kind", _("Belum dipilih."), _("Pilih apa yang keliru."))
    length = len(text.strip())
    if length < LEAST:
        yield Fault(
            "text",
            _("Terlalu pendek untuk dipahami."),
            _("Sebut barisnya, dan apa yang seharusnya tertulis."),
        )
    if length > MOST:
        yield Fault(
            "text", _("%(length)d huruf.") % {"length": length}, _("Paling banyak %(most)d.") % {"most": MOST}
        )
    if links(text) > _MOST_LINKS:
        yield Fault("text", _("Terlalu banyak tautan."), _("Paling banyak dua tautan."))


def links(text: str) -> int:
    """Count the addresses of pages in a text."""
    return len(_LINK.findall(text))


def sender(secret: str, address: str, on: date) -> str:
    """Return a digest of the network a remark came from; on another day it is another one.

    >>> sender("k", "10.0.0.1", date(2026, 4, 1)) == sender("k", "10.0.0.1", date(2026, 4, 2))
    False
    """
    text = f"feedback {on.isoformat()} {address}".encode()
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()

"""Gateways for WhatsApp and SMS: one message out, one answer read.

Two ways to speak are known. The *Cloud API* of WhatsApp takes a template that was
approved there; any other address gets a plain signed JSON message, which small SMS
gateways and a city's own relay can take. Written from public documentation and
recorded answers; NOT run against a real gateway: nobody should rely on it before a
message has arrived on a real telephone.

Sources: Meta, "WhatsApp Cloud API: messages" and "error codes" (developers.facebook.com).
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from balai.base.outgoing import Answer, NoAnswer

CLOUD_HOST = "graph.facebook.com"
_LATER = frozenset({1, 2, 4, 17, 80007, 130429, 131000, 131016, 131048, 131056})
"""Error codes of the Cloud API after which the same message may be sent again: too many at once, or down."""


class NotTaken(Exception):
    """The gateway refused this message for good; sending it again would not help."""


@dataclass(frozen=True)
class Gateway:
    """Where messages of one way go, and the secret shared with whoever runs it."""

    url: str
    secret: str

    @property
    def is_cloud(self) -> bool:
        return (urlsplit(self.url).hostname or "") == CLOUD_HOST


@dataclass(frozen=True)
class Message:
    """One message to one telephone.

    Attributes:
        id: the same whenever it is sent again, by which the gateway knows a repetition.
        to: telephone number, digits with the country in front, such as 628123456789.
        template: name of the approved template.
    """

    id: str
    to: str
    template: str
    language: str
    subject: str
    text: str


def request(gateway: Gateway, message: Message) -> tuple[Mapping[str, str], bytes]:
    """Return headers and body of the POST that sends a message."""
    if gateway.is_cloud:
        body = json.dumps(_cloud(message), ensure_ascii=False, sort_keys=True).encode()
        return {"Content-Type": "application/json", "Authorization": f"Bearer {gateway.secret}"}, body
    said = {"id": message.id, "to": message.to, "subject": message.subject, "text": message.text}
    body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    mark = hmac.new(gateway.secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": message.id,
        "X-Balai-Signature": f"sha256={mark}",
    }, body


def _cloud(message: Message) -> dict[str, object]:
    parameters = [{"type": "text", "text": one_line(text)} for text in (message.subject, message.text)]
    return {
        "messaging_product": "whatsapp",
        "to": message.to,
        "type": "template",
        "template": {
            "name": message.template,
            "language": {"code": message.language},
            "components": [{"type": "body", "parameters": parameters}],
        },
        "biz_opaque_callback_data": message.id,
    }


def one_line(text: str) -> str:
    """Return a text as a template parameter may be: without line breaks, tabs and runs of blanks.

    >>> one_line("Baris satu.\\n\\nBaris dua.")
    'Baris satu. Baris dua.'
    """
    return re.sub(r"\s+", " ", text).strip()


def taken_as(answer: Answer) -> str:
    """Return the gateway's own id of a message it took, "" where it tells none.

    Raises:
        NotTaken: it refused the message for good.
        NoAnswer: it is down or asks to come later; try again.
    """
    try:
        said = json.loads(answer.body or b"{}")
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    if 200 <= answer.status < 300:
        messages = said.get("messages") or [{}]
        return str(messages[0].get("id") or said.get("id") or "")[:64]
    error = said.get("error") if isinstance(said.get("error"), dict) else {}
    told = str((error or {}).get("message") or answer.status)[:200]
    if answer.status == 429 or answer.status >= 500 or (error or {}).get("code") in _LATER:
        raise NoAnswer(_("Gerbang pesan meminta dicoba lagi nanti: %(told)s.") % {"told": told})
    raise NotTaken(told)


def telephone(number: str) -> str:
    """Return an Indonesian number as gateways want it, "" where it is none.

    >>> telephone("0812-3456-789"), telephone("+62 812 3456 789"), telephone("x")
    ('628123456789', '628123456789', '')
    """
    digits = re.sub(r"\D", "", number)
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    elif digits.startswith("8"):
        digits = f"62{digits}"
    return digits if 9 <= len(digits) <= 15 else ""

"""Where a gateway hands in text messages of residents."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field

from balai.base.access import public
from balai.base.api import Body, Router
from balai.base.openapi import WITHOUT_KEY
from balai.services.adapters.texts import SIGNATURE, check_signature
from balai.services.api.asking import answered_once
from balai.services.changes.texts import Text, gateway_actor, take_text

router = Router()

_SIGNED = {
    WITHOUT_KEY: "The message's own id tells a repetition.",
    "parameters": [
        {
            "name": SIGNATURE,
            "in": "header",
            "required": True,
            "description": "`sha256=` and the HMAC-SHA256 of the body in hex, with the shared secret",
            "schema": {"type": "string"},
        }
    ],
}


class TextMessage(Body):
    """A message as the gateway got it."""

    id: Annotated[
        str, Field(pattern=r"^[!-~]{1,64}$", description="the gateway's own; the same when repeated")
    ]
    sender: Annotated[str, Field(max_length=20, pattern=r"^\+?[0-9][0-9 -]{5,18}$", alias="from")]
    text: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True)
class TextReply:
    """What the gateway is to write back; `in_reply_to` is the id of the message."""

    in_reply_to: str
    text: str


@router.post(
    "/texts",
    response=TextReply,
    auth=None,
    summary="Hand in a text message of a resident",
    openapi_extra=_SIGNED,
)
@public("the gateway proves itself by its signature")
def take(request: HttpRequest, body: TextMessage) -> HttpResponse:
    """LAPOR, USUL and TANYA file a report; STATUS with number and PIN tells where one stands.

    Any other word is answered with how it is done. Not run against a real gateway.
    """
    check_signature(request.headers.get(SIGNATURE, ""), request.body)
    actor = gateway_actor()
    message = Text(body.id, body.sender, body.text)

    def made() -> TextReply:
        return TextReply(body.id, take_text(actor, message, timezone.now()))

    key = hashlib.sha256(f"text:{body.id}".encode()).hexdigest()
    return answered_once(actor, key, request.body, TextReply, made)

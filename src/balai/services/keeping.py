"""A write that is sent twice is made once, and its answer is kept sealed, for it may hold a PIN."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Conflict
from balai.base.idempotency import once
from balai.base.sealing import SealBroken, seal, unseal

PURPOSE = "services.answer"


def kept_once(actor: Actor, key: str, asked: bytes, change: Callable[[], tuple[int, Any]]) -> tuple[int, str]:
    """Make a change, and return its status with its answer as JSON; sent again, return that unmade.

    Args:
        asked: all that says what was asked.
        change: returns status and answer, as JSON has it.

    Raises:
        Invalid: the key is malformed. Conflict: it was used for something else.
    """

    def make_it() -> tuple[int, dict[str, Any]]:
        status, answer = change()
        return status, {"sealed": seal(json.dumps(answer, ensure_ascii=False), PURPOSE)}

    status, kept = once(actor, key, asked, make_it)
    try:
        return status, unseal(kept["sealed"], PURPOSE)
    except SealBroken as error:
        # The root key was changed since, and the answer of a few days ago went with the old one.
        raise Conflict(
            _("Kiriman ini sudah dikerjakan, tetapi jawabannya tidak dapat dibaca lagi.")
        ) from error


def nobody(actor: Actor, name: str = "visitor") -> Actor:
    """Return an actor under whose keys no account is written: a visitor's, or an unnamed reporter's."""
    return replace(actor, id=name[:64])

"""Files on their way: what a form with faults brought, and a workbook that waits to be agreed to.

They belong to nothing yet, so no row names them; they lie a day under
``held/<tenant>/`` in the data folder and are found only by the sealed name that
the same person was given.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.disk import make_folder
from balai.base.errors import Fault, Invalid
from balai.base.files import clean_name
from balai.base.schedules import every

KEPT = timedelta(days=1)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Held:
    """A file on its way; `name` is what the person's machine calls it."""

    key: str
    name: str

    def open(self) -> BinaryIO:
        """Open the bytes. Raises FileNotFoundError after a day."""
        return (_folder() / self.key).open("rb")

    def remove(self) -> None:
        """Let go of the bytes before their day is over."""
        (_folder() / self.key).unlink(missing_ok=True)


def keep(content: BinaryIO, name: str, place: str) -> Held:
    """Put the bytes of an upload aside, read from where it stands.

    Args:
        place: the field it was handed in with, for the fault.

    Raises:
        Invalid: it is larger than BALAI_UPLOAD_MAX_MB.
    """
    folder = _folder()
    make_folder(folder)
    held = Held(secrets.token_hex(16), clean_name(name))
    left = settings.OPTIONS.upload_max_mb * 1_000_000
    with (folder / held.key).open("xb") as file:
        while part := content.read(_CHUNK):
            left -= len(part)
            if left < 0:
                (folder / held.key).unlink()
                most = _("Paling besar %(most)d MB.") % {"most": settings.OPTIONS.upload_max_mb}
                raise Invalid([Fault(place, _("Berkasnya terlalu besar."), most)])
            file.write(part)
    return held


def sealed(actor: Actor, files: list[Held]) -> str:
    """Return the files as a text that only this person can send back, in this tenant, within a day."""
    return signing.dumps([[held.key, held.name] for held in files], salt=_salt(actor)) if files else ""


def unsealed(actor: Actor, text: str) -> list[Held]:
    """Return the files of `sealed`; those of others, those too old and those gone are left out."""
    if not text:
        return []
    try:
        pairs = signing.loads(text, salt=_salt(actor), max_age=KEPT)
    except signing.BadSignature:
        return []
    return [Held(key, name) for key, name in pairs if (_folder() / key).is_file()]


def _salt(actor: Actor) -> str:
    return f"held {actor.tenant} {actor.id}"


def _folder() -> Path:
    return Path(settings.DATA) / "held" / tenancy.current_tenant()


@every("held.forget", at=time(2, 40), in_one_transaction=False)
def forget(due: str) -> None:
    """Remove what has been on its way for more than a day."""
    before = (datetime.fromisoformat(due) - KEPT).timestamp()
    for path in _folder().glob("*") if _folder().is_dir() else ():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)

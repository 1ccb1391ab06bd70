"""Unfinished forms: each is its owner's alone, or of the browser that holds its key."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.base.files import StoredFile
from balai.base.sealing import unseal
from balai.forms.models import FormDraft
from balai.forms.rules import FileSeen


@dataclass(frozen=True)
class Held:
    """How somebody comes to a draft: its id, and the key in their browser where they have no account."""

    id: UUID | str
    key: str = ""


def drafts(actor: Actor, now: datetime) -> QuerySet[FormDraft]:
    """Return the actor's own unfinished forms in the tenant, the latest first; a visitor has none here."""
    if not actor.is_signed_in:
        return FormDraft.objects.none()
    own = FormDraft.objects.filter(tenant=actor.tenant, owner=actor.id, expires_at__gt=now)
    return own.order_by("-saved_at")


def draft(actor: Actor, held: Held, now: datetime, *, to_change: bool = False) -> FormDraft:
    """Return a draft that is the actor's own, or whose key is held.

    Args:
        to_change: hold the row until the transaction ends, so that two pages sent at once both count.

    Raises:
        NotFound: there is none, its time is over, or it is somebody else's.
    """
    try:
        key = UUID(str(held.id))
    except ValueError as error:
        raise _none() from error
    rows = FormDraft.objects.select_for_update() if to_change else FormDraft.objects.all()
    row: FormDraft | None = rows.filter(tenant=actor.tenant, pk=key, expires_at__gt=now).first()
    if row is None or not _may(actor, row, held.key):
        raise _none()
    return row


def _may(actor: Actor, row: FormDraft, key: str) -> bool:
    if row.owner:
        return actor.id == row.owner
    return bool(key and row.key_hash) and hmac.compare_digest(digest(key), row.key_hash)


def digest(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _none() -> NotFound:
    return NotFound(_("Formulir ini tidak ada, sudah dikirim, atau masanya sudah lewat."))


def draft_answers(row: FormDraft) -> dict[str, Any]:
    """Return the answers of a draft as they were typed. The caller has the draft by right."""
    text = unseal(row.answers, "forms.draft", row.tenant)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def for_whom(row: FormDraft) -> str:
    """Return the name of who a draft is filled in for, "" for oneself. The caller has the draft by right."""
    text = unseal(row.for_whom, "forms.for_whom", row.tenant)
    return str(json.loads(text).get("name", "")) if text else ""


def files_of(row: FormDraft) -> dict[str, FileSeen]:
    """Return the files handed in with a draft, by id."""
    return seen(StoredFile.objects.filter(tenant=row.tenant, pk__in=row.files.values("file")))


def seen(files: Iterable[StoredFile]) -> dict[str, FileSeen]:
    """Return stored files as answers name them."""
    return {str(file.pk): FileSeen(str(file.pk), file.name, file.media_type, file.size) for file in files}

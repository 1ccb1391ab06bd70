"""Making and revoking the keys with which programs act for an account."""

import secrets
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Forbidden, Invalid
from balai.people.models import ProgramKey
from balai.people.reads.program_keys import own_program_key
from balai.people.rules.program_keys import PREFIX, digest, faults_of_key


@transaction.atomic
def make_program_key(
    actor: Actor, name: str, verbs: Collection[str], expires_on: date, *, at: datetime
) -> tuple[ProgramKey, str]:
    """Make a key for a program of the actor; return its row and the key, which nobody can read again.

    Args:
        verbs: what the program may do, some of what the actor may.
        expires_on: the last day of the key, at most a year ahead.

    Raises:
        Forbidden: the actor has not signed in.
        Invalid: a verb the actor does not hold, a day out of bounds, or no name.
    """
    if not actor.is_signed_in:
        raise Forbidden(_("Silakan masuk dahulu."))
    today = timezone.localtime(at).date()
    faults = list(faults_of_key(name, verbs, actor.verbs.keys(), expires_on, today))
    if faults:
        raise Invalid(faults)
    key = PREFIX + secrets.token_urlsafe(32)
    row = ProgramKey.objects.create(
        account_id=actor.id,
        name=name.strip(),
        digest=digest(key),
        verbs=sorted(set(verbs)),
        made_at=at,
        expires_on=expires_on,
    )
    journal.write(actor, "people.program_key_made", row, verbs=row.verbs, expires_on=expires_on)
    return row, key


@transaction.atomic
def revoke_program_key(actor: Actor, key: object, *, at: datetime) -> None:
    """Take an own key out of force, at once and for ever; a revoked one stays so. Raises NotFound."""
    row = own_program_key(actor, key)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        journal.write(actor, "people.program_key_revoked", row)


def note_use(row: ProgramKey, on: date) -> None:
    """Remember the day on which a key was last used; one write a day, so that a stale key shows itself."""
    if row.last_used_on != on:
        ProgramKey.objects.filter(pk=row.pk).update(last_used_on=on)

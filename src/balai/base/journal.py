"""The journal: who did what to which thing, written in the transaction of the change itself.

Rows are append-only; the database refuses to change or remove them. They name
actor and thing in text, so they outlive both. Chaining them by hash is the work
of `balai.base.seals`, later and in batches, so that writers never queue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone

from balai.base.actor import Actor
from balai.base.rows import TenantModel


class JournalEntry(TenantModel):
    """One act, as it happened."""

    append_only = True

    at = models.DateTimeField(default=timezone.now)
    actor_id_text = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    thing = models.CharField(max_length=64)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta(TenantModel.Meta):
        app_label = "base"
        indexes = [
            models.Index(fields=["tenant", "kind", "thing"], name="journal_thing"),
            models.Index(fields=["tenant", "actor_id_text", "at"], name="journal_actor"),
        ]


@dataclass(frozen=True)
class Act:
    """One line for the journal: `verb` done to `thing`, with what a reader needs to understand it."""

    verb: str
    thing: models.Model
    facts: Mapping[str, Any] = field(default_factory=dict)


def write(actor: Actor, verb: str, thing: models.Model, **facts: Any) -> None:
    """Write one line. `facts` must not hold personal data in clear; name the field, not its value."""
    write_all(actor, [Act(verb, thing, facts)])


def write_all(actor: Actor, acts: Iterable[Act]) -> None:
    """Write many lines in one statement.

    Raises:
        RuntimeError: no transaction is open; a line must stand or fall with its change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a journal line is written inside the transaction of its change")
    JournalEntry.objects.bulk_create(
        [
            JournalEntry(
                actor_id_text=actor.id,
                actor_name=actor.name,
                verb=act.verb,
                kind=act.thing._meta.label_lower,
                thing=str(act.thing.pk),
                facts=dict(act.facts),
            )
            for act in acts
        ],
        batch_size=500,
    )


def changes(row: models.Model, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return {field: [old, new]} for what setting `fields` on `row` would change."""
    return {name: [getattr(row, name), new] for name, new in fields.items() if getattr(row, name) != new}

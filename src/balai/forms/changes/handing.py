"""A finished form handed over to whoever asked for it, and its answers sealed for keeping."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from balai.base import journal
from balai.base.actor import Actor
from balai.base.sealing import blind_index, seal, unseal
from balai.forms.changes.filling import check_version
from balai.forms.changes.keeping import Filing, hand
from balai.forms.models import DraftFile
from balai.forms.reads import Held, context, draft, draft_answers, files_of
from balai.forms.rules import Checked, Form, apart, validate


@dataclass(frozen=True)
class Sealed:
    """Answers for the columns of whoever keeps them.

    Attributes:
        open: P0 and P1, for a JSONField.
        personal: P2 and P3, for a SealedField with purpose "forms.answers"; "" where there are none.
        indexes: (path, purpose, blind index) of NIK, KK, NPWP and phone, to find them again.
    """

    open: dict[str, Any]
    personal: str
    indexes: tuple[tuple[str, str, str], ...]


def sealed(checked: Checked) -> Sealed:
    """Return checked answers as the tenant in scope keeps them. Raises Invalid where there are faults."""
    halves = apart(checked.require())
    text = json.dumps(halves.personal, ensure_ascii=False, sort_keys=True) if halves.personal else ""
    indexes = tuple(
        (path, purpose, blind_index(value, purpose)) for path, purpose, value in halves.looked_for
    )
    return Sealed(halves.open, seal(text, "forms.answers"), indexes)


@dataclass(frozen=True)
class Taken:
    """A finished form.

    Attributes:
        filed_by: id of the account that filled it in for somebody else, "" where nobody did.
        files: ids of the stored files among the answers; they are the taker's from now on.
    """

    checked: Checked
    filing: Filing
    filed_by: str
    owner: str
    files: tuple[UUID, ...]


def take(
    actor: Actor,
    held: Held,
    form: Form,
    now: datetime,
    today: date,
    *,
    facts: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Taken:
    """Check a whole draft once more, end it, and hand over what it said.

    Called within the transaction in which the taker keeps it: both happen or neither.

    Raises:
        Invalid: with every fault.
        NotFound, Conflict: as `fill`; NotFound too for the second of two who send it at once.
    """
    with transaction.atomic():
        row = draft(actor, held, now, to_change=True)
        check_version(row, form)
        known = files_of(row)
        around = context(row.tenant, today, facts=facts, variables=variables, files=known)
        checked = validate(form, draft_answers(row), around).require()
        used = _files_in(checked.plain(), set(known))
        told = json.loads(unseal(row.for_whom, "forms.for_whom", row.tenant) or "{}")
        DraftFile.objects.filter(draft=row, file__in=[UUID(key) for key in used]).delete()
        journal.write(hand(actor, row.filed_by), "forms.take", row, form=row.form, version=row.form_version)
        filing = Filing(row.channel, told.get("name", ""), told.get("relation", ""), row.origin)
        taken = Taken(checked, filing, row.filed_by, row.owner, tuple(UUID(key) for key in sorted(used)))
        for rest in DraftFile.objects.filter(draft=row).select_related("file"):
            rest.file.delete()
        row.delete()
    return taken


def _files_in(value: Any, known: set[str]) -> set[str]:
    if isinstance(value, Mapping):
        return set().union(*(_files_in(inner, known) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(_files_in(inner, known) for inner in value))
    return {value} & known if isinstance(value, str) else set()

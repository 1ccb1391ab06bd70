"""Programmes of a draft."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, draft_plan, draft_programme
from balai.plan.models import Action, Masterplan, Origin, Programme


@dataclass(frozen=True)
class ProgrammeDraft:
    """What a programme says of itself."""

    code: str
    title: str
    goal: str = ""
    rpjmd_code: str = ""
    origin: str = Origin.RECORD.value
    source: str = ""
    confidence: str = ""


@transaction.atomic
def create_programme(actor: Actor, plan: Key, draft: ProgrammeDraft) -> Programme:
    """Add a programme to a draft. Raises Forbidden, NotFound, Locked, Invalid, Conflict (code taken)."""
    row = draft_plan(plan)
    actor.require("plan.write", row)
    check(draft)
    _free(row, draft.code)
    programme = Programme.objects.create(masterplan=row, **asdict(draft))
    journal.write(actor, "programme.create", programme, code=draft.code, title=draft.title)
    return programme


@transaction.atomic
def edit_programme(actor: Actor, programme: Key, draft: ProgrammeDraft) -> Programme:
    """Change a programme of a draft. Raises Forbidden, NotFound, Locked, Invalid, Conflict (code taken)."""
    row = draft_programme(programme)
    actor.require("plan.write", row)
    check(draft)
    if row.masterplan and row.code != draft.code:
        _free(row.masterplan, draft.code)
    changed = journal.changes(row, asdict(draft))
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.save()
    journal.write(actor, "programme.edit", row, **changed)
    return row


@transaction.atomic
def remove_programme(actor: Actor, programme: Key) -> None:
    """Take an empty programme out of a draft.

    Raises:
        Forbidden, NotFound, Locked.
        Conflict: it still has actions.
    """
    row = draft_programme(programme)
    actor.require("plan.write", row)
    if Action.objects.filter(programme=row).exists():
        raise Conflict(_("Program ini masih punya rencana aksi. Pindahkan atau hapus dahulu."))
    journal.write(actor, "programme.remove", row, code=row.code)
    row.delete()


def check(draft: ProgrammeDraft) -> None:
    checks.refuse(
        [
            *checks.text("code", draft.code, 40),
            *checks.text("title", draft.title, 300),
            *checks.text("goal", draft.goal, 20_000, needed=False),
            *checks.text("rpjmd_code", draft.rpjmd_code, 40, needed=False),
            *checks.provenance(draft.origin, draft.source, draft.confidence),
        ]
    )


def _free(plan: Masterplan, code: str) -> None:
    if Programme.objects.filter(masterplan=plan, code=code).exists():
        raise Conflict(_("Kode program %(code)s sudah dipakai dalam rencana ini.") % {"code": code})

"""Programmes that several regions share: written by the nation, each region its own part."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Forbidden, NotFound
from balai.plan.changes import checks
from balai.plan.changes.locking import Key
from balai.plan.changes.programmes import ProgrammeDraft, check
from balai.plan.models import Programme, SharedPart
from balai.plan.reads.sight import as_key


@transaction.atomic
def create_shared_programme(actor: Actor, draft: ProgrammeDraft) -> Programme:
    """Begin a programme of several regions, in the scope of the national tenant.

    Raises:
        Forbidden: the actor does not write for the nation.
        Invalid.
        Conflict: the code is taken.
    """
    if actor.tenant != tenancy.NATIONAL:
        raise Forbidden(_("Program bersama ditulis oleh pengelola nasional."))
    check(draft)
    programme = Programme(masterplan=None, **asdict(draft))
    actor.require("plan.write", programme)
    if Programme.objects.filter(tenant=tenancy.NATIONAL, masterplan__isnull=True, code=draft.code).exists():
        raise Conflict(_("Kode program bersama %(code)s sudah dipakai.") % {"code": draft.code})
    programme.save()
    journal.write(actor, "shared_programme.create", programme, code=draft.code, title=draft.title)
    return programme


@transaction.atomic
def write_shared_part(actor: Actor, programme: Key, part: str) -> SharedPart:
    """Write what the actor's region does in a shared programme, in place of what it wrote before.

    The scope must read the national tenant too.

    Raises:
        Forbidden, Invalid.
        NotFound: there is no such shared programme.
    """
    actor.require("plan.write")
    shared = Programme.objects.filter(tenant=tenancy.NATIONAL, masterplan__isnull=True, pk=as_key(programme))
    if not shared.exists():
        raise NotFound(_("Program bersama itu tidak ada."))
    checks.refuse(checks.text("part", part, 20_000))
    row = SharedPart.objects.filter(tenant=actor.tenant, programme_id_text=str(as_key(programme))).first()
    row = row or SharedPart(programme_id_text=str(as_key(programme)))
    actor.require("plan.write", row)
    changed = journal.changes(row, {"part": part})
    row.part = part
    row.save()
    journal.write(actor, "shared_programme.part", row, **changed)
    return row

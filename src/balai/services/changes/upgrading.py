"""Running cases brought to a new version of their service: where it is safe, or by its map."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Refused
from balai.base.jobs import QueuedJob, later
from balai.forms.changes import sealed
from balai.forms.reads import context
from balai.forms.rules import FileSeen, validate
from balai.services.changes import counting, moving
from balai.services.changes.locking import locked, same_version
from balai.services.models import Case, CaseFile, CaseKey, CaseMove
from balai.services.reads import sight
from balai.services.reads.beside import UPGRADE as UPGRADE
from balai.services.reads.definitions import service_of, version_of
from balai.services.reads.situation import plain_answers, situation_of, world_of
from balai.services.reads.versions import BRING_OVER
from balai.services.rules.definition import Service, Upgrade
from balai.services.rules.particulars import keys
from balai.services.rules.upgrading import fit
from balai.services.verbs import SERVICES_UPGRADE


@dataclass(frozen=True)
class Result:
    """How many running cases were brought over, and why the others were not (number, why)."""

    done: int
    left: tuple[tuple[str, str], ...]


def map_between(old: Service, new: Service) -> Upgrade:
    """Return how cases of `old` are brought to `new`: as it says, or one to one where that is safe.

    Raises:
        Conflict: it says nothing and the versions do not fit: names what is missing.
    """
    found = fit(old, new)
    if found.upgrade is None:
        raise Conflict(
            _("Versi %(new)d tidak mengenal lagi %(gone)s. Tulis upgrades dari versi %(old)d di berkasnya.")
            % {"new": new.version, "old": old.version, "gone": ", ".join(found.gone)}
        )
    return found.upgrade


@transaction.atomic
def upgrade(actor: Actor, key: sight.Key, to: int, at: datetime, *, version: int) -> Case:
    """Bring one running case to another version of its service; clocks keep what they have counted.

    Raises:
        NotFound, Forbidden, Conflict. Invalid: its answers do not fit the new form.
    """
    actor.require(SERVICES_UPGRADE)
    row = locked(actor, key)
    same_version(row, version, UPGRADE)
    old, new = service_of(row), version_of(row.service, to)
    if new.version <= old.version:
        raise Conflict(_("Berkas hanya pindah ke versi yang lebih baru."))
    if not row.is_open:
        raise Conflict(_("Berkas yang sudah ditutup tetap pada versinya."))
    told = map_between(old, new)
    state = told.states.get(row.state, row.state)
    if state not in new.states:
        raise Conflict(_("Status %(state)s tidak ada di versi baru.") % {"state": row.state})
    before = situation_of(old, row)
    _answers(row, new, plain_answers(old, row), told.fields, at)
    from_state, row.state = row.state, state
    row.previous_state = told.states.get(row.previous_state, row.previous_state)
    row.kind, row.is_open = str(new.states[state].kind), not new.states[state].is_closed
    row.service_version, row.definition_hash = new.version, new.sha256
    world = world_of(new)
    runs = {name: run for name, run in before.runs.items() if new.clock_of(name)}
    counting.keep_runs(new, row, runs, world.office, at)
    row.version += 1
    row.moved_at = at
    row.save()
    CaseMove.objects.create(
        case=row,
        move=UPGRADE,
        from_state=from_state,
        to_state=row.state,
        at=at,
        actor_id_text=actor.id,
        actor_name=actor.name,
        office_id=row.office_id,
        case_version=row.version,
    )
    # The new version may hide what the old one showed.
    moving.look_again(new, row, at, world)
    journal.write(
        actor, "services.upgrade", row, version=[old.version, new.version], state=[from_state, state]
    )
    return row


def _answers(row: Case, new: Service, plain: dict[str, Any], fields: Mapping[str, str], at: datetime) -> None:
    given = {fields.get(name, name): value for name, value in plain.items()}
    given = {name: value for name, value in given.items() if name in new.form.items}
    files = {
        str(one.file_id): FileSeen(str(one.file_id), one.file.name, one.file.media_type, one.file.size)
        for one in CaseFile.objects.filter(tenant=row.tenant, case=row).select_related("file")
    }
    around = context(row.tenant, timezone.localtime(at).date(), files=files)
    checked = validate(new.form, given, around).require()
    halves = sealed(checked)
    row.answers, row.personal = halves.open, halves.personal
    CaseKey.objects.filter(tenant=row.tenant, case=row).delete()
    found = {(path, value) for path, value in keys(new, checked.plain())}
    if not row.is_anonymous:
        found |= {(purpose, mark) for _path, purpose, mark in halves.indexes}
    CaseKey.objects.bulk_create([CaseKey(case=row, field=name, value=value) for name, value in sorted(found)])


def _untold(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def upgrade_all(
    actor: Actor,
    code: str,
    old: int,
    new: int,
    at: datetime,
    told: Callable[[int, int], None] = _untold,
) -> Result:
    """Bring every running case of a version to another, each in a transaction of its own.

    Args:
        told: is told now and then how many of how many were looked at.

    Raises:
        Forbidden. Conflict: the versions do not fit and no map is written; nothing was begun.
    """
    actor.require(SERVICES_UPGRADE)
    map_between(version_of(code, old), version_of(code, new))
    rows = sight.cases(actor).filter(service=code, service_version=old, is_open=True).order_by("pk")
    done, left = 0, []
    wanted = list(rows.values_list("pk", "number", "version"))
    for count, (key, number, version) in enumerate(wanted):
        if count % 100 == 0:
            told(count, len(wanted))
        try:
            upgrade(actor, key, new, at, version=version)
        except Refused as error:
            left.append((number, str(error)))
        else:
            done += 1
    told(len(wanted), len(wanted))
    return Result(done, tuple(left))


@transaction.atomic
def begin_upgrade(actor: Actor, code: str, old: int, new: int, at: datetime) -> QueuedJob:
    """Ask for the running cases of a version to be brought over by the worker.

    Raises:
        Forbidden. NotFound: no such version. Conflict: they do not fit, or none runs on the old one.
    """
    actor.require(SERVICES_UPGRADE)
    map_between(version_of(code, old), version_of(code, new))
    if new <= old:
        raise Conflict(_("Berkas hanya pindah ke versi yang lebih baru."))
    if not Case.objects.filter(tenant=actor.tenant, service=code, service_version=old, is_open=True).exists():
        raise Conflict(_("Tidak ada berkas berjalan pada versi %(old)d.") % {"old": old})
    row = later(BRING_OVER, actor.tenant, code=code, old=old, new=new, asked_by=actor.name)
    journal.write(actor, "services.begin_upgrade", row, service=code, version=[old, new])
    return row

"""Moving a case: may? → from here? → guard → lock → write → journal → outbox, in one transaction."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, outbox
from balai.base.actor import Actor, system
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Refused
from balai.base.files import StoredFile, store_file
from balai.base.sealing import seal, unseal
from balai.forms.changes import sealed
from balai.forms.reads import context
from balai.forms.rules import Checked, FileSeen, Form, Privacy, Type, validate
from balai.services.changes import counting, routing, telling, wording
from balai.services.changes.locking import locked, same_version
from balai.services.changes.speaking import hidden_reporter, in_journal, keep_file, keep_rating
from balai.services.models import Case, CaseClock, CaseInput, CaseMove, CaseTask, Comment, Follower
from balai.services.reads import sight
from balai.services.reads.definitions import service_of
from balai.services.reads.situation import (
    hides_applicant,
    is_hidden_whole,
    is_public,
    office_codes,
    plain_answers,
    situation_of,
    world_of,
)
from balai.services.rules import machine
from balai.services.rules.definition import AT, Effect, EffectKind, Move, Party, Service
from balai.services.rules.machine import Situation, Step, Who, World

MOVED = "services.moved"
"""Announced with `case`, `service`, `move`, `state` and the case's `version` after a move."""
DOCUMENT = "services.document"
"""Announced with `case` and `document` when a letter is to be made."""
CHILD = "services.child"
CHILD_CLOSED = "services.child_closed"
"""Announced with `case`, the parent, and `service`, the child's, when a child is closed."""
RATING, REASON = "rating", "reason"
"""Inputs of moves with a meaning of their own: a score of 1 to 5, and why a case goes elsewhere."""


class Upload(Protocol):
    """A file as Django hands it over."""

    name: str | None
    file: Any


@dataclass(frozen=True)
class Moved:
    """A case after a move."""

    case: Case
    step: Step


@transaction.atomic
def move(
    actor: Actor,
    key: sight.Key,
    name: str,
    *,
    version: int,
    at: datetime,
    given: Mapping[str, Any] | None = None,
    offices: tuple[str, ...] = (),
    ticket: sight.Ticket | None = None,
    uploads: Mapping[str, Iterable[Upload]] | None = None,
) -> Moved:
    """Make a move of a case.

    Args:
        name: id of the move in the service.
        version: of the case as the actor saw it.
        given: answers to what the move asks, as JSON; files are ids of stored files of the actor.
        offices: codes of the offices chosen with it.
        uploads: files handed in with it, by the field that asks for them.

    Raises:
        NotFound: no such case for the actor, or no such move.
        Forbidden: none of the actor's roles may make it.
        Conflict: somebody else was first, or it may not be made from here or not now; says why.
        Invalid: what was given has faults.
    """
    row = locked(actor, key, ticket)
    service = service_of(row)
    roles = sight.roles_of(actor, service, row, ticket)
    known = service.moves.get(name)
    if known is None:
        raise NotFound(_("Layanan ini tidak mengenal langkah “%(move)s”.") % {"move": name})
    if not roles & set(known.by):
        raise Forbidden(_("Peran Anda tidak dapat melakukan “%(move)s”.") % {"move": known.title})
    same_version(row, version, str(known.title))
    named = in_journal(actor, row, service, is_applicant=sight.is_applicant(actor, row, ticket))
    answers, files = _stored(named, known.form, given or {}, uploads or {})
    files |= files_of(actor, answers)
    return _make(
        actor, service, row, known, Who(roles, actor.id), at, answers, offices, ticket=ticket, files=files
    )


def _signed(actor: Actor, row: Case, ticket: sight.Ticket | None) -> Actor:
    """Return who the history names for a move: nobody where the applicant is protected."""
    return hidden_reporter(row) if row.hides_applicant and sight.is_applicant(actor, row, ticket) else actor


def fire(service: Service, row: Case, name: str, at: datetime) -> Moved | None:
    """Make a move as the system, within the caller's transaction; None where it is not possible from here."""
    known = service.moves[name]
    if row.state not in known.sources:
        return None
    actor = system("services.clock", row.tenant)
    return _make(actor, service, row, known, Who(service.roles_of(Party.SYSTEM)), at, {}, ())


def _make(
    actor: Actor,
    service: Service,
    row: Case,
    known: Move,
    who: Who,
    at: datetime,
    given: Mapping[str, Any],
    offices: tuple[str, ...],
    *,
    ticket: sight.Ticket | None = None,
    files: Mapping[str, FileSeen] | None = None,
) -> Moved:
    files = files or {}
    checked = _checked(row, known.form, given, files, at)
    world = world_of(service)
    before = situation_of(service, row)
    plain = checked.plain() if checked else {}
    # Routing, limits and notices look at the answers as this move puts them right.
    before = replace(before, answers={**before.answers, **_corrections(service, known, plain)})
    step = machine.make(service, before, known.id, who, at, world, input=plain, offices=offices)
    is_applicant = sight.is_applicant(actor, row, ticket)
    signed = _signed(actor, row, ticket)
    role = min(who.roles & set(known.by))
    named = in_journal(actor, row, service, is_applicant=is_applicant)
    line = _write(signed, named, service, row, known, role, before, step, plain, world, at)
    if checked is not None:
        _keep_given(row, line, known, checked, files, signed, at)
    if is_applicant and isinstance(plain.get(RATING), int):
        keep_rating(row, plain[RATING], "", at)
        row.save(update_fields=["score"])
    tell_step(service, row, step, known.id, at, world, plain)
    for number, effect in enumerate(step.effects):
        carry_out(named, service, row, effect, f"{row.version}.{number}", at, plain)
    look_again(service, row, at, world)
    return Moved(row, step)


def look_again(service: Service, row: Case, at: datetime, world: World) -> None:
    """Hide a case from officers or from everybody where this move has made it so; never the other way."""
    situation = situation_of(service, row)
    known = machine.values(service, situation, at, world)
    before = (row.is_secret, row.is_protected, row.is_public)
    if not row.is_secret and is_hidden_whole(service, situation, at, world):
        protect(row)
    row.is_protected = row.is_protected or row.is_secret or hides_applicant(service, known)
    row.is_public = not row.is_secret and is_public(service, known)
    if (row.is_secret, row.is_protected, row.is_public) != before:
        row.save(update_fields=["is_secret", "subject", "is_protected", "is_public"])


def protect(row: Case) -> None:
    """Make a case secret: not even its subject is told in lists. The row is not saved."""
    row.is_secret, row.subject = True, _("Laporan rahasia")


def _corrections(service: Service, known: Move, plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        effect.of: plain[effect.from_input]
        for effect in known.effects
        if effect.kind is EffectKind.CORRECT
        and effect.of in service.form.items
        and plain.get(effect.from_input) is not None
    }


def _checked(
    row: Case, form: Form | None, given: Mapping[str, Any], files: Mapping[str, FileSeen], at: datetime
) -> Checked | None:
    """Return what was given with a move, checked. Raises Invalid with every fault."""
    if form is None:
        if given:
            raise Invalid([Fault(_("Jawaban"), _("Langkah ini tidak menanyakan apa pun."))])
        return None
    around = context(row.tenant, timezone.localtime(at).date(), files=files)
    return validate(form, dict(given), around).require()


def files_of(actor: Actor, given: Mapping[str, Any]) -> dict[str, FileSeen]:
    """Return the stored files named in answers that the actor handed in; those of others are not seen."""
    wanted: set[UUID] = set()
    for value in given.values():
        for one in value if isinstance(value, list) else ():
            if isinstance(one, str) and (found := sight.as_key(one)) is not None:
                wanted.add(found)
    # Files without a name belong to drafts and to hidden reporters: nobody takes them by their id.
    if not wanted or not actor.id:
        return {}
    rows = StoredFile.objects.filter(tenant=actor.tenant, pk__in=wanted, stored_by=actor.id)
    return {str(one.pk): FileSeen(str(one.pk), one.name, one.media_type, one.size) for one in rows}


def _write(
    actor: Actor,
    named: Actor,
    service: Service,
    row: Case,
    known: Move,
    role: str,
    before: Situation,
    step: Step,
    plain: Mapping[str, Any],
    world: World,
    at: datetime,
) -> CaseMove:
    """Write the case, its line, its tasks, its clocks, its route, and the journal, which names `named`."""
    after = step.situation
    state = service.states[after.state]
    row.previous_state, row.state = after.previous, after.state
    row.kind, row.is_open = str(state.kind), not state.is_closed
    row.reopens, row.moved_at = after.reopens, at
    row.closed_at = (row.closed_at or at) if state.is_closed else None
    if state.is_closed and before.state != after.state:
        row.days_taken = world.office.working_days_after(row.received_at, at)
    _route(actor, service, row, step, plain, world, at)
    counting.keep_runs(service, row, after.runs, world.office, at)
    row.version += 1
    row.save()
    keep_tasks(row, before, after, at)
    line: CaseMove = CaseMove.objects.create(
        case=row,
        move=known.id,
        from_state=before.state,
        to_state=after.state,
        at=at,
        actor_id_text=actor.id,
        actor_name=actor.name,
        role=role,
        office_id=row.office_id,
        legal_article=_article(known)[:200],
        case_version=row.version,
    )
    journal.write(
        named,
        "services.move",
        row,
        move=known.id,
        state=[before.state, after.state],
        role=role,
        **({"article": _article(known)} if known.deemed else {}),
    )
    outbox.announce(
        MOVED,
        f"{row.pk}:{row.version}",
        case=str(row.pk),
        service=row.service,
        move=known.id,
        state=row.state,
        version=row.version,
    )
    if row.parent_id and state.is_closed and before.state != after.state:
        outbox.announce(CHILD_CLOSED, f"{row.pk}:{row.version}", case=str(row.parent_id), service=row.service)
    return line


def _article(known: Move) -> str:
    return f"{known.law.name} {known.law.article}".strip() if known.law and known.deemed else ""


def _route(
    actor: Actor,
    service: Service,
    row: Case,
    step: Step,
    plain: Mapping[str, Any],
    world: World,
    at: datetime,
) -> None:
    for effect in step.effects:
        if effect.kind is not EffectKind.ROUTE:
            continue
        if effect.of == "chosen":
            office = routing.office_by_code(step.situation.office)
            routing.give(actor, service, row, office, "", str(plain.get(REASON) or ""), at)
        else:
            known = machine.values(service, replace(step.situation, office=""), at, world)
            found, rule, reason = routing.routed(service, row, known)
            routing.give(actor, service, row, found, rule, reason, at)


def keep_tasks(row: Case, before: Situation, after: Situation, at: datetime) -> None:
    """Write the tasks that a step opened or dropped."""
    kept = list(CaseTask.objects.filter(tenant=row.tenant, case=row).order_by("opened_at", "pk"))
    for one, seen in zip(kept, after.tasks, strict=False):
        if one.state != seen.state:
            one.state, one.done_at = seen.state, at
            one.save()
    for seen in after.tasks[len(before.tasks) :]:
        office = routing.office_by_code(seen.office) if seen.office else None
        rounds = sum((one.task, one.in_state) == (seen.task, after.state) for one in kept)
        kept.append(
            CaseTask.objects.create(
                case=row,
                task=seen.task,
                in_state=after.state,
                round=rounds + 1,
                office_id=office.pk if office else None,
                opened_at=at,
            )
        )


def _keep_given(
    row: Case,
    line: CaseMove,
    known: Move,
    checked: Checked,
    files: Mapping[str, FileSeen],
    signed: Actor,
    at: datetime,
) -> None:
    halves = sealed(checked)
    CaseInput.objects.create(move=line, answers=halves.open, personal=halves.personal)
    named = {one for value in checked.plain().values() if isinstance(value, list) for one in value}
    for file in files:
        if file in named:
            keep_file(signed, row, UUID(file), known.id, Comment.Audience.APPLICANT, at)


def _stored(
    actor: Actor, form: Form | None, given: Mapping[str, Any], uploads: Mapping[str, Iterable[Upload]]
) -> tuple[dict[str, Any], dict[str, FileSeen]]:
    """Store what was handed in with a move; return the answers with its ids, and the files themselves.

    Raises:
        Invalid: a file is not of a kind that is taken, or nothing asks for it.
    """
    answers, found = dict(given), dict[str, FileSeen]()
    for name, contents in uploads.items():
        item = form.items.get(name) if form else None
        if getattr(item, "type", None) not in (Type.FILE, Type.IMAGE):
            raise Invalid([Fault(name, _("Langkah ini tidak meminta berkas."))])
        for upload in contents:
            one = store_file(upload.file, upload.name or "berkas", actor)
            found[str(one.pk)] = FileSeen(str(one.pk), one.name, one.media_type, one.size)
            answers[name] = [*answers.get(name, []), str(one.pk)]
    return answers, found


def tell_step(
    service: Service,
    row: Case,
    step: Step,
    key: str,
    at: datetime,
    world: World,
    given: Mapping[str, Any],
) -> None:
    """Send the notices of a step."""
    for name in step.notices:
        notice = service.notices[name]
        said = wording.letter(service, row, notice, f"{row.version}:{key}", at, step.situation, world, given)
        telling.tell(service, row, notice.to, said, at)


def carry_out(
    actor: Actor,
    service: Service,
    row: Case,
    effect: Effect,
    key: str,
    at: datetime,
    given: Mapping[str, Any],
    clock: CaseClock | None = None,
) -> None:
    """Do what a move or a clock asks for besides; routing and tasks are done with the move itself.

    Args:
        key: of the event, within the case: notices and events are sent once by it.
    """
    if effect.kind in (EffectKind.NOTIFY, EffectKind.ESCALATE):
        name = effect.notice or (effect.of if effect.of in service.notices else "")
        _escalate(actor, service, row, effect, at)
        if name:
            world, situation = world_of(service), situation_of(service, row)
            notice = service.notices[name]
            said = wording.letter(service, row, notice, key, at, situation, world, given, clock)
            roles = (effect.of,) if effect.of in service.roles else notice.to
            telling.tell(service, row, roles, said, at, tasked=clock.clock.partition(AT)[2] if clock else "")
    elif effect.kind is EffectKind.FIRE:
        fire(service, row, effect.of, at)
    elif effect.kind is EffectKind.DOCUMENT:
        outbox.announce(DOCUMENT, f"{row.pk}:{key}", case=str(row.pk), document=effect.of)
    elif effect.kind is EffectKind.CHILD:
        outbox.announce(CHILD, f"{row.pk}:{key}", case=str(row.pk), service=effect.of)
    elif effect.kind is EffectKind.MERGE_INTO:
        merge(row, str(given.get(effect.of) or ""), at)
    elif effect.kind is EffectKind.CORRECT:
        correct(service, row, effect.of, given.get(effect.from_input))


def _escalate(actor: Actor, service: Service, row: Case, effect: Effect, at: datetime) -> None:
    if effect.kind is not EffectKind.ESCALATE:
        return
    journal.write(actor, "services.escalate", row, to=effect.of)


def merge(row: Case, number: str, at: datetime) -> None:
    """Let a case follow the one with a number; its reporter and its followers hear of that one from now on.

    Raises:
        Invalid: there is no such case of the same service, it is the case itself, or it was merged too.
    """
    main: Case | None = (
        Case.objects.select_for_update(of=("self",))
        .filter(
            tenant=row.tenant, service=row.service, number=number.strip().upper(), is_secret=row.is_secret
        )
        .exclude(pk=row.pk)
        .first()
    )
    if main is None or main.merged_into_id is not None:
        wrong = _("Tidak ada berkas %(number)s yang dapat diikuti.") % {"number": number}
        right = _("Tulis nomor berkas utama dari layanan yang sama, yang tidak digabung lagi.")
        raise Invalid([Fault(_("Berkas utama"), wrong, right)])
    row.merged_into = main
    row.save(update_fields=["merged_into"])
    accounts = {row.owner, *row.followers.values_list("account", flat=True)} - {"", main.owner}
    for account in sorted(accounts):
        Follower.objects.get_or_create(tenant=row.tenant, case=main, account=account, defaults={"since": at})


def correct(service: Service, row: Case, field: str, value: Any) -> None:
    """Replace an answer by what was given with a move; what stood there stays in the history."""
    item = service.form.items.get(field)
    if value is None or item is None:
        return
    privacy = getattr(item, "privacy", Privacy.PERSONAL)
    before = plain_answers(service, row).get(field)
    if before == value:
        return
    if privacy in (Privacy.PUBLIC, Privacy.INTERNAL):
        row.answers = {**row.answers, field: value}
        row.facts = {**row.facts, "corrected": [*row.facts.get("corrected", []), [field, before, value]]}
    else:
        kept = json.loads(unseal(row.personal, "forms.answers", row.tenant) or "{}")
        row.personal = seal(json.dumps({**kept, field: value}, ensure_ascii=False), "forms.answers")
    row.save(update_fields=["answers", "personal", "facts"])


@transaction.atomic
def finish(
    actor: Actor,
    task: sight.Key,
    result: str,
    *,
    version: int,
    at: datetime,
    given: Mapping[str, Any] | None = None,
    note: str = "",
) -> Case:
    """End the part of an office in a case; when it was the last, the case moves on by itself.

    Args:
        result: done or refused.

    Raises:
        NotFound: no such open task in an office of the actor.
        Forbidden, Conflict, Invalid.
    """
    found = (
        CaseTask.objects.filter(
            tenant=actor.tenant, pk=sight.key_of(task), office__in=sight.offices_of(actor)
        )
        .values_list("case_id", flat=True)
        .first()
    )
    if found is None or result not in (CaseTask.State.DONE, CaseTask.State.REFUSED):
        raise NotFound(_("Tugas itu tidak ada, atau bukan untuk perangkat daerah Anda."))
    row = locked(actor, found)
    one = CaseTask.objects.select_for_update(of=("self",)).get(pk=sight.key_of(task))
    if one.version != version or one.state != CaseTask.State.OPEN:
        raise Conflict(
            _("Tugas ini sudah diselesaikan %(name)s.") % {"name": one.done_by_name or _("orang lain")},
            {"state": (result, one.state)},
        )
    service = service_of(row)
    known = service.tasks[one.task]
    checked = _checked(row, known.form, given or {}, files_of(actor, given or {}), at)
    before = situation_of(service, row)
    roles = sight.roles_of(actor, service, row, task=one)
    code = office_codes({one.office_id}).get(one.office_id, "")
    after, follows = machine.finish(service, before, one.task, code, result, Who(roles, actor.id), at)
    one.state, one.done_at, one.version = result, at, one.version + 1
    one.done_by, one.done_by_name = actor.id, actor.name
    told = {"note": note.strip(), "given": checked.plain() if checked else {}}
    one.note = seal(json.dumps(told, ensure_ascii=False), "services.task") if any(told.values()) else ""
    one.save()
    counting.keep_runs(service, row, after.runs, world_of(service).office, at)
    row.version += 1
    row.save(update_fields=["version"])
    journal.write(actor, "services.finish_task", row, task=one.task, result=result, office=code)
    if follows:
        fire(service, row, follows, at)
    return row


@dataclass(frozen=True)
class Outcome:
    """What became of one case of many; `refusal` is "" where it was moved."""

    key: str
    refusal: str = ""


def move_many(
    actor: Actor,
    cases: Iterable[tuple[sight.Key, int]],
    name: str,
    *,
    at: datetime,
    given: Mapping[str, Any] | None = None,
    offices: tuple[str, ...] = (),
) -> list[Outcome]:
    """Make one move of many cases, each in a transaction and with a journal line of its own.

    One that is refused does not keep the others from being moved.

    Args:
        cases: (id, version as the actor saw it).
    """
    done: list[Outcome] = []
    for key, version in cases:
        try:
            move(actor, key, name, version=version, at=at, given=given, offices=offices)
        except Refused as error:
            done.append(Outcome(str(key), str(error)))
        else:
            done.append(Outcome(str(key)))
    return done

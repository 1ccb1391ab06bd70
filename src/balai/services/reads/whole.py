"""One case as it is read: its answers as far as the reader may see them, its history, its promises."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Forbidden
from balai.base.sealing import unseal
from balai.forms.reads import context
from balai.forms.rules import Context, FileSeen, Form, ToldPart, in_words, joined
from balai.people import reads as people
from balai.services.models import (
    Case,
    CaseClock,
    CaseFile,
    CaseInput,
    CaseMove,
    CaseTask,
    Comment,
    DueChange,
    Route,
)
from balai.services.reads import sight
from balai.services.reads.beside import move_title
from balai.services.reads.definitions import service_of
from balai.services.reads.provisional import Provisional, words_of_clock
from balai.services.reads.situation import beside, holds, situation_of, world_of
from balai.services.rules import machine
from balai.services.rules.definition import AT, Clock, Party, Service
from balai.services.rules.machine import Possible, Situation, Who, World


@dataclass(frozen=True)
class ClockSeen:
    """A promise as it is shown; a clock that rests has no due date.

    Attributes:
        provisional: what is said beside a due date that a decree to come may move, "" for none.
    """

    id: str
    title: str
    state: str
    used: int
    limit: int
    unit: str
    due_at: datetime | None
    explanation: tuple[str, ...]
    provisional: str = ""


@dataclass(frozen=True)
class Happened:
    """A line of the history.

    Attributes:
        who: a name for officers; for the applicant the office that acted, or themselves.
        said: what was given with it, as far as the reader may see it.
    """

    at: datetime
    title: str
    who: str
    office: str
    said: tuple[ToldPart, ...] = ()
    article: str = ""


@dataclass(frozen=True)
class Said:
    """A comment as it is read."""

    at: datetime
    who: str
    text: str
    is_internal: bool
    by_applicant: bool


@dataclass(frozen=True)
class Whole:
    """A case as one reader sees it.

    Attributes:
        roles: of the service, that the reader has in it.
        moves: what they may do next, each with why not now.
        contact: of the applicant, for officers who may see it; empty values where not.
        situation, world: as the machine was asked, with every answer; not to be shown.
    """

    case: Case
    service: Service
    is_applicant: bool
    roles: frozenset[str]
    state: str
    answers: tuple[ToldPart, ...]
    contact: Mapping[str, str]
    moves: tuple[Possible, ...]
    clocks: tuple[ClockSeen, ...]
    history: tuple[Happened, ...]
    comments: tuple[Said, ...]
    files: tuple[CaseFile, ...]
    tasks: tuple[CaseTask, ...]
    routes: tuple[Route, ...]
    due_changes: tuple[DueChange, ...]
    situation: Situation = field(repr=False)
    world: World = field(repr=False)


@dataclass(frozen=True)
class _Reader:
    """Who reads a case, and what is kept from them; what several parts of it need is asked once."""

    actor: Actor
    row: Case
    service: Service
    is_applicant: bool
    roles: frozenset[str]
    hidden: frozenset[str]
    now: datetime

    @property
    def sees_personal(self) -> bool:
        return self.is_applicant or bool(self.roles)

    @cached_property
    def files(self) -> tuple[CaseFile, ...]:
        rows = CaseFile.objects.filter(tenant=self.row.tenant, case=self.row).select_related("file")
        if self.is_applicant:
            rows = rows.filter(audience=Comment.Audience.APPLICANT)
        elif not self.roles:
            return ()
        return tuple(rows.order_by("at", "pk"))

    @cached_property
    def around(self) -> Context:
        """What answers are put into words with. Where they must lie was asked when they came in."""
        files = {
            str(one.file_id): FileSeen(str(one.file_id), one.file.name, one.file.media_type, one.file.size)
            for one in self.files
        }
        known = context(self.row.tenant, timezone.localtime(self.now).date(), files=files)
        return replace(known, city="")


def whole(actor: Actor, key: sight.Key, now: datetime, ticket: sight.Ticket | None = None) -> Whole:
    """Return a case as the actor may see it. Who is shown personal answers leaves a line in the log.

    Raises:
        NotFound: there is none, or it is not for the actor.
    """
    row = sight.case(actor, key, ticket)
    service = service_of(row)
    moves = _moves(row)
    gathered = beside([row], moves)
    world, situation = world_of(service), situation_of(service, row, gathered)
    is_applicant = sight.is_applicant(actor, row, ticket)
    tasks = tuple(gathered.tasks[row.pk])
    roles = sight.roles_of(actor, service, row, ticket)
    for one in tasks:
        roles |= sight.roles_of(actor, service, row, task=one) if not is_applicant else frozenset()
    hidden = _hidden(service, situation, roles, now, world)
    reader = _Reader(actor, row, service, is_applicant, roles, hidden, now)
    plain = situation.answers
    if reader.sees_personal and not is_applicant and row.owner:
        people.log_access(
            actor,
            row.owner,
            _personal_fields(service, plain),
            _("Mengerjakan %(number)s") % {"number": row.number},
        )
    return Whole(
        row,
        service,
        is_applicant,
        roles,
        str(service.states[row.state].title),
        tuple(_told(reader, service.form, plain)),
        _contact(reader),
        machine.possible(service, situation, Who(roles, actor.id), now, world),
        _clocks(reader, gathered.clocks[row.pk]),
        _history(reader, moves),
        _comments(reader),
        reader.files,
        () if is_applicant else tasks,
        ()
        if is_applicant
        else tuple(row.routes.select_related("from_office", "to_office").order_by("at", "pk")),
        tuple(row.due_changes.order_by("at", "pk")),
        situation,
        world,
    )


def _hidden(
    service: Service, situation: Situation, roles: frozenset[str], now: datetime, world: World
) -> frozenset[str]:
    """Return the paths of answers that are kept from every role the reader has."""
    known = machine.values(service, situation, now, world)
    found: set[str] = set()
    for one in service.hiding:
        if one.fields and roles <= set(one.hidden_from) and holds(one.when, known):
            found |= {field.removeprefix("form.") for field in one.fields}
    return frozenset(found)


def _personal_fields(service: Service, plain: Mapping[str, Any]) -> list[str]:
    return [
        path for path, field in service.form.fields() if field.is_personal and path.partition(".")[0] in plain
    ]


def _told(reader: _Reader, form: Form, plain: Mapping[str, Any]) -> list[ToldPart]:
    return in_words(form, _without(plain, reader.hidden), reader.around, personal=reader.sees_personal)


def _without(plain: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in plain.items():
        if name in hidden:
            continue
        if isinstance(value, Mapping):
            value = {inner: one for inner, one in value.items() if f"{name}.{inner}" not in hidden}
        found[name] = value
    return found


def _contact(reader: _Reader) -> Mapping[str, str]:
    if not reader.sees_personal or reader.hidden:
        return {}
    text = unseal(reader.row.contact, "services.contact", reader.row.tenant)
    return dict(json.loads(text)) if text else {}


def _clocks(reader: _Reader, rows: Iterable[CaseClock]) -> tuple[ClockSeen, ...]:
    return tuple(
        ClockSeen(
            one.clock,
            _clock_title(clock),
            one.state,
            one.used,
            one.limit,
            one.unit,
            one.due_at,
            tuple(one.explanation.splitlines()),
            words_of_clock(one),
        )
        for one in sorted(rows, key=lambda one: (one.started_at, one.pk))
        if (clock := reader.service.clock_of(one.clock)) and (not reader.is_applicant or clock.shown)
    )


def _clock_title(clock: Clock) -> str:
    """Return what a clock is called; that of a task with the office that has it."""
    _task, sign, office = clock.id.partition(AT)
    return f"{clock.title} ({office})" if sign else str(clock.title)


def _moves(row: Case) -> Sequence[CaseMove]:
    rows = CaseMove.objects.filter(tenant=row.tenant, case=row).select_related("office")
    return list(rows.order_by("case_version"))


def _history(reader: _Reader, moves: Sequence[CaseMove]) -> tuple[Happened, ...]:
    given = {
        one.move_id: one
        for one in CaseInput.objects.filter(tenant=reader.row.tenant, move__in=[line.pk for line in moves])
    }
    return tuple(_happened(reader, line, given.get(line.pk)) for line in moves)


def _happened(reader: _Reader, line: CaseMove, given: CaseInput | None) -> Happened:
    known = reader.service.moves.get(line.move)
    title = move_title(reader.service, line.move)
    office = str(line.office) if line.office else ""
    applicant = reader.service.roles_of(Party.APPLICANT)
    who = line.actor_name
    if reader.is_applicant:
        who = _("Anda") if line.role in applicant else office or _("Petugas")
    said: list[ToldPart] = []
    if given is not None and known is not None and known.form is not None:
        personal = json.loads(unseal(given.personal, "forms.answers", line.tenant) or "{}")
        said = _told(reader, known.form, joined(known.form, given.answers, personal))
    return Happened(line.at, title, who, office, tuple(said), line.legal_article)


def _comments(reader: _Reader) -> tuple[Said, ...]:
    rows = Comment.objects.filter(tenant=reader.row.tenant, case=reader.row).order_by("at", "pk")
    if reader.is_applicant:
        rows = rows.filter(audience=Comment.Audience.APPLICANT)
    return tuple(
        Said(
            one.at,
            _("Pemohon") if one.by_applicant else one.author_name,
            unseal(one.text, "services.comment", one.tenant),
            one.audience == Comment.Audience.INTERNAL,
            one.by_applicant,
        )
        for one in rows
    )


def file_of(actor: Actor, key: sight.Key, file: UUID | str, ticket: sight.Ticket | None = None) -> CaseFile:
    """Return a file of a case for its bytes to be given out. Raises NotFound, Forbidden."""
    row = sight.case(actor, key, ticket)
    is_applicant = sight.is_applicant(actor, row, ticket)
    roles = sight.roles_of(actor, service_of(row), row, ticket)
    found: CaseFile | None = (
        CaseFile.objects.filter(tenant=row.tenant, case=row, file=sight.as_key(file))
        .select_related("file")
        .first()
    )
    if found is None or (is_applicant and found.audience != Comment.Audience.APPLICANT):
        raise sight.not_there()
    if not is_applicant and not roles:
        raise Forbidden(_("Lampiran hanya dibuka oleh petugas berkas ini."))
    return found


@dataclass(frozen=True)
class Tracked:
    """What the applicant follows at one look."""

    number: str
    title: str
    state: str
    office: str
    received_at: datetime
    due_at: datetime | None
    clocks: tuple[ClockSeen, ...]
    history: tuple[Happened, ...]
    merged_into: str
    provisional: str = ""


def track(actor: Actor, key: sight.Key, now: datetime, ticket: sight.Ticket | None = None) -> Tracked:
    """Return what the applicant sees of a case by account or by number and PIN. Raises NotFound."""
    row = sight.case(actor, key, ticket)
    if not sight.is_applicant(actor, row, ticket):
        raise sight.not_there()
    service = service_of(row)
    reader = _Reader(actor, row, service, True, service.roles_of(Party.APPLICANT), frozenset(), now)
    return Tracked(
        row.number,
        str(service.title),
        str(service.states[row.state].title),
        str(row.office) if row.office else "",
        row.received_at,
        row.due_at,
        _clocks(reader, CaseClock.objects.filter(tenant=row.tenant, case=row)),
        _history(reader, _moves(row)),
        row.merged_into.number if row.merged_into else "",
        Provisional().words(service, row.due_at),
    )

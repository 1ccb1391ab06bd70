"""What the API tells of services and cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from balai.forms.rules import ToldPart
from balai.forms.rules.values import plain
from balai.people import reads as people
from balai.services.models import Case, CaseFile
from balai.services.reads.definitions import services
from balai.services.reads.provisional import Provisional
from balai.services.reads.queues import Line
from balai.services.reads.whole import ClockSeen, Happened, Said, Whole
from balai.services.rules.definition import Service
from balai.services.rules.machine import Possible
from balai.services.rules.schema import schema_of


@dataclass(frozen=True)
class ServiceRow:
    """A service as new cases are filed in it."""

    code: str
    version: int
    title: str
    summary: str
    channels: list[str]
    without_account: bool


@dataclass(frozen=True)
class ServiceState:
    """Where a case can stand; `kind` is open, waiting or closed, `outcome` of a closed state only."""

    id: str
    title: str
    kind: str
    outcome: str | None
    waits_for: str


@dataclass(frozen=True)
class ServiceMove:
    """A step; `asks` is the JSON Schema of what is given with it, `offices` is one, many or ""."""

    id: str
    title: str
    from_states: list[str]
    to: str
    by: list[str]
    offices: str
    asks: dict[str, Any] | None


@dataclass(frozen=True)
class ServiceWhole:
    """A version of a service; `form` is the JSON Schema of the answers a case is filed with.

    `definition` is the hash of all that the version says; a case keeps the one it was filed under.
    """

    service: ServiceRow
    definition: str
    form: dict[str, Any]
    initial: str
    states: list[ServiceState]
    moves: list[ServiceMove]


@dataclass(frozen=True)
class CaseRow:
    """A case in a list. `office` is the code of the office that works on it, "" where none does."""

    id: UUID
    service: str
    number: str
    state: str
    subject: str
    topic: str
    office: str
    officer: str
    region_code: str
    received_at: datetime
    due_at: datetime | None
    is_late: bool
    due_is_provisional: bool


@dataclass(frozen=True)
class CaseAnswer:
    """An answer as the reader may see it: `text` in words, `value` as it was checked, null where masked."""

    path: str
    label: str
    text: str
    value: Any
    is_masked: bool


@dataclass(frozen=True)
class CaseAnswers:
    heading: str
    answers: list[CaseAnswer]


@dataclass(frozen=True)
class CaseClockRow:
    """A promise; a clock that rests or has ended has no due date.

    A due date is provisional while the holidays of its year are not decreed; the decree may move it.
    """

    id: str
    title: str
    state: str
    used: int
    limit: int
    unit: str
    due_at: datetime | None
    due_is_provisional: bool


@dataclass(frozen=True)
class CaseEvent:
    """A line of the history; `who` is an office or "Anda" for the applicant."""

    at: datetime
    title: str
    who: str
    office: str
    article: str
    said: list[CaseAnswers]


@dataclass(frozen=True)
class CaseComment:
    at: datetime
    who: str
    text: str
    is_internal: bool
    by_applicant: bool


@dataclass(frozen=True)
class CaseAttachment:
    """A file of a case; its bytes are at `…/files/{id}`."""

    id: UUID
    name: str
    media_type: str
    size: int
    field: str
    is_internal: bool
    at: datetime


@dataclass(frozen=True)
class CasePart:
    """The part of one office in a case, `office` by its code."""

    id: UUID
    task: str
    title: str
    office: str
    state: str
    opened_at: datetime
    version: int


@dataclass(frozen=True)
class CasePossibleMove:
    """A move the reader may make; `refusal` says why not now, "" where it may be made."""

    id: str
    title: str
    refusal: str
    offices: str
    asks: dict[str, Any] | None


@dataclass(frozen=True)
class CaseWhole:
    """A case as the reader may see it. `version` goes with the next write."""

    id: UUID
    service: str
    service_version: int
    number: str
    state: str
    state_title: str
    kind: str
    subject: str
    topic: str
    office: str
    region_code: str
    channel: str
    received_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    due_is_provisional: bool
    is_late: bool
    score: int | None
    merged_into: str
    is_applicant: bool
    roles: list[str]
    contact: dict[str, str]
    answers: list[CaseAnswers]
    clocks: list[CaseClockRow]
    history: list[CaseEvent]
    tasks: list[CasePart]
    version: int


@dataclass(frozen=True)
class CaseMoved:
    """A case after a write. `case` is null where the write has taken it out of the reader's sight."""

    id: UUID
    service: str
    number: str
    state: str
    kind: str
    office: str
    version: int
    case: CaseWhole | None


def service_row(one: Service) -> ServiceRow:
    return ServiceRow(
        one.code,
        one.version,
        str(one.title),
        str(one.summary),
        list(one.filing.channels),
        one.filing.without_account,
    )


def service_whole(one: Service) -> ServiceWhole:
    """Return a service with its form and moves as schemas, in the language in force."""
    states = [
        ServiceState(
            state.id,
            str(state.title),
            str(state.kind),
            str(state.outcome) if state.outcome else None,
            state.waits_for,
        )
        for state in one.states.values()
    ]
    moves = [
        ServiceMove(
            move.id,
            str(move.title),
            list(move.sources),
            move.target,
            list(move.by),
            move.offices,
            schema_of(move.form) if move.form else None,
        )
        for move in one.moves.values()
    ]
    return ServiceWhole(service_row(one), one.sha256, schema_of(one.form), one.initial, states, moves)


def rows_of(lines: tuple[Line, ...]) -> list[CaseRow]:
    """Return lines of a list; one query for the codes of their offices."""
    codes = _codes({line.office for line in lines})
    known = {one.code: one for one in services(timezone.localdate())}
    provisional = Provisional()
    return [
        CaseRow(
            line.id,
            line.service,
            line.number,
            line.state,
            line.subject,
            line.topic,
            codes.get(line.office, ""),
            line.officer,
            line.region_code,
            line.received_at,
            line.due_at,
            line.is_late,
            provisional.year(known.get(line.service), line.due_at) is not None,
        )
        for line in lines
    ]


def _codes(keys: set[str]) -> Mapping[str, str]:
    wanted = keys - {""}
    if not wanted:
        return {}
    found = people.all_offices().filter(pk__in=wanted).values_list("pk", "code")
    return {str(key): code for key, code in found}


def case_whole(seen: Whole) -> CaseWhole:
    row = seen.case
    offices = {str(row.office_id or ""), *(str(one.office_id or "") for one in seen.tasks)}
    codes = _codes(offices)
    return CaseWhole(
        id=row.pk,
        service=row.service,
        service_version=row.service_version,
        number=row.number,
        state=row.state,
        state_title=seen.state,
        kind=row.kind,
        subject=row.subject,
        topic=row.topic,
        office=codes.get(str(row.office_id), ""),
        region_code=row.region_code,
        channel=row.channel,
        received_at=row.received_at,
        closed_at=row.closed_at,
        due_at=row.due_at,
        due_is_provisional=Provisional().year(seen.service, row.due_at) is not None,
        is_late=row.is_late,
        score=row.score,
        merged_into=row.merged_into.number if row.merged_into else "",
        is_applicant=seen.is_applicant,
        roles=sorted(seen.roles),
        contact=dict(seen.contact),
        answers=[_answers(part) for part in seen.answers],
        clocks=[clock_row(one) for one in seen.clocks],
        history=[event_row(one) for one in seen.history],
        tasks=[
            CasePart(
                one.pk,
                one.task,
                str(seen.service.tasks[one.task].title) if one.task in seen.service.tasks else one.task,
                codes.get(str(one.office_id), ""),
                one.state,
                one.opened_at,
                one.version,
            )
            for one in seen.tasks
        ],
        version=row.version,
    )


def case_moved(row: Case, seen: Whole | None) -> CaseMoved:
    office = str(row.office_id or "")
    return CaseMoved(
        row.pk,
        row.service,
        row.number,
        row.state,
        row.kind,
        _codes({office}).get(office, ""),
        row.version,
        case_whole(seen) if seen else None,
    )


def _answers(part: ToldPart) -> CaseAnswers:
    return CaseAnswers(
        part.heading,
        [
            CaseAnswer(
                one.path, one.label, one.text, None if one.is_masked else plain(one.value), one.is_masked
            )
            for one in part.answers
        ],
    )


def clock_row(one: ClockSeen) -> CaseClockRow:
    return CaseClockRow(
        one.id, one.title, one.state, one.used, one.limit, one.unit, one.due_at, bool(one.provisional)
    )


def event_row(one: Happened) -> CaseEvent:
    said = [_answers(part) for part in one.said]
    return CaseEvent(one.at, one.title, one.who, one.office, one.article, said)


def comment_row(one: Said) -> CaseComment:
    return CaseComment(one.at, one.who, one.text, one.is_internal, one.by_applicant)


def attachment(one: CaseFile) -> CaseAttachment:
    file = one.file
    return CaseAttachment(
        file.pk, file.name, file.media_type, file.size, one.field, one.audience == "internal", one.at
    )


def possible(one: Possible) -> CasePossibleMove:
    move = one.move
    asks = schema_of(move.form) if move.form else None
    return CasePossibleMove(move.id, str(move.title), one.refusal, move.offices, asks)

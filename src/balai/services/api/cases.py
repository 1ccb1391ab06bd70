"""Cases for programs: filing, lists, one case, its moves, the parts of other offices."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field

from balai.base.access import actor_of, public, signed_in
from balai.base.api import After, Body, Limit, Page, Prose, Router, Version, Word
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.network import address_of
from balai.services import changes, reads
from balai.services.api.asking import BY_CASE, SEEN, make_once, ticket_of
from balai.services.api.told import (
    CaseMoved,
    CasePossibleMove,
    CaseRow,
    CaseWhole,
    case_moved,
    case_whole,
    possible,
    rows_of,
)
from balai.services.api.tracking import FiledCase
from balai.services.models import Case
from balai.services.reads import queues, sight
from balai.services.rules.particulars import ANONYMOUS
from balai.services.verbs import SERVICES_FOLLOW, SERVICES_RELAY

router = Router()

FILING = "whoever may file is said by each service: some take reports without an account"
Answers = Annotated[dict[str, Any], Field(description="by id, as `form` of the service says")]
Given = Annotated[dict[str, Any], Field(description="by id, as `asks` of the move says")]


class ForOther(Body):
    """Somebody a program files for; both may be empty where they want to stay unnamed."""

    name: Word = ""
    relation: Word = ""


class NewCase(Body):
    """Answers to the form, and whom they are of where that is not the account of the key."""

    answers: Answers
    for_other: ForOther | None = None


class MoveMade(Body):
    """What a move asks for. `version` is that of the case as you saw it."""

    version: Version
    answers: Given = Field(default_factory=dict)
    offices: list[Word] = Field(default_factory=list, description="codes of offices chosen with it")


class PartDone(Body):
    """How the part of an office ended. `version` is that of the part."""

    version: Version
    result: Literal["done", "refused"]
    answers: Given = Field(default_factory=dict)
    note: Prose = ""


@router.post("/{code}/cases", response={201: FiledCase}, summary="File a case")
@public(FILING)
def file_case(request: HttpRequest, code: Word, body: NewCase) -> HttpResponse:
    """The answers are checked as on the page; each fault names its field.

    The PIN is told in this answer alone; with the number it lets somebody without an account follow
    the case. `for_other` needs the right services.relay.
    """
    actor, now = actor_of(request), timezone.now()
    # A program that may only pass on cases of others owns none itself.
    relays = body.for_other is not None or (actor.may(SERVICES_RELAY) and not actor.may(SERVICES_FOLLOW))
    other = body.for_other or ForOther()
    coming = changes.Coming(
        Case.Channel.API,
        request.headers.get("Idempotency-Key", ""),
        "" if relays else address_of(request),
        other.name,
        other.relation,
        is_relayed=relays,
    )
    return make_once(
        request,
        FiledCase,
        lambda: FiledCase.of(changes.file(actor, code, body.answers, coming, now)),
        status=201,
        is_nobodys=body.answers.get(ANONYMOUS) is True,
    )


Which = Annotated[
    Literal["own", "mine", "office", "all", "secret"],
    Field(description="own: filed by me; mine: taken on by me; office: of my office; all; secret"),
]


@router.get("/{code}/cases", response=Page[CaseRow], summary="Cases I may know of, most urgent first")
@signed_in
def cases(
    request: HttpRequest,
    code: Word,
    which: Which = "own",
    state: Word = "",
    topic: Word = "",
    region: Annotated[Word, Field(description="code of a region; its parts too")] = "",
    overdue: Annotated[bool, Field(description="only those past their due date")] = False,
    after: After = "",
    limit: Limit = 100,
) -> Page[CaseRow]:
    """Open cases of a queue; `own` holds closed ones too, the latest first."""
    actor, now = actor_of(request), timezone.now()
    reads.service(code, timezone.localdate())
    _check_state(code, state)
    if which == "own":
        return _own(request, code, state, after, limit)
    wanted = queues.Wanted(
        service=code, state=state, topic=topic, region=region, overdue=now if overdue else None
    )
    read = {
        "mine": reads.my_queue,
        "office": reads.office_queue,
        "all": reads.tenant_queue,
        "secret": reads.secret_queue,
    }[which]
    found = read(actor, wanted, _after(after), limit)
    following = f"{found.after.urgent_at.isoformat()}~{found.after.id}" if found.after else ""
    return Page(items=rows_of(found.lines), next=following)


def _check_state(code: str, wanted: str) -> None:
    # An empty list would look like an answer.
    if wanted and wanted not in (known := reads.states_of(code)):
        wrong = _("Layanan ini tidak punya status “%s”.") % wanted
        raise Invalid([Fault("state", wrong, _("Pilihannya: %s.") % ", ".join(sorted(known)))])


def _own(request: HttpRequest, code: str, state: str, after: str, limit: int) -> Page[CaseRow]:
    rows = sight.own_cases(actor_of(request)).filter(service=code)
    if state:
        rows = rows.filter(state=state)
    begin = _after(after)
    if begin is not None:
        rows = rows.filter(
            Q(received_at__lt=begin.urgent_at) | Q(received_at=begin.urgent_at, pk__lt=begin.id)
        )
    found = list(rows.values(*queues.COLUMNS)[: limit + 1])
    lines = tuple(queues.line(row) for row in found[:limit])
    following = f"{lines[-1].received_at.isoformat()}~{lines[-1].id}" if len(found) > limit else ""
    return Page(items=rows_of(lines), next=following)


def _after(text: str) -> queues.After | None:
    if not text:
        return None
    at, _sign, key = text.partition("~")
    try:
        return queues.After(datetime.fromisoformat(at), UUID(key))
    except ValueError as error:
        wrong = _("Ini bukan awal halaman dari daftar ini.")
        raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))]) from error


def seen(request: HttpRequest, code: str, id: str) -> reads.Whole:
    """Return a case of a service as the reader may see it. Raises NotFound."""
    whole = reads.whole(actor_of(request), id, timezone.now(), ticket_of(request))
    if whole.case.service != code:
        raise sight.not_there()
    return whole


def known(request: HttpRequest, code: str, id: str) -> Case:
    """Return the row of a case of a service the reader may know of. Raises NotFound."""
    row = reads.case(actor_of(request), id, ticket_of(request))
    if row.service != code:
        raise sight.not_there()
    return row


@router.get("/{code}/cases/{id}", response=CaseWhole, summary="One case", openapi_extra=SEEN)
@public(BY_CASE)
def case(request: HttpRequest, code: Word, id: Word) -> CaseWhole:
    """Its applicant, its officers and who brings its ticket each see what is theirs to see."""
    return case_whole(seen(request, code, id))


@router.get(
    "/{code}/cases/{id}/moves",
    response=list[CasePossibleMove],
    summary="Moves I may make in a case now",
    openapi_extra=SEEN,
)
@public(BY_CASE)
def case_moves(request: HttpRequest, code: Word, id: Word) -> list[CasePossibleMove]:
    return [possible(one) for one in seen(request, code, id).moves]


@router.post("/{code}/cases/{id}/moves/{move}", response=CaseMoved, summary="Make a move", openapi_extra=SEEN)
@public(BY_CASE)
def make_move(request: HttpRequest, code: Word, id: Word, move: Word, body: MoveMade) -> HttpResponse:
    """When somebody else moved the case since `version`, 409 says where it stands now."""

    def made() -> CaseMoved:
        known(request, code, id)
        done = changes.move(
            actor_of(request),
            id,
            move,
            version=body.version,
            at=timezone.now(),
            given=body.answers,
            offices=tuple(body.offices),
            ticket=ticket_of(request),
        )
        return _afterwards(request, done.case)

    return make_once(request, CaseMoved, made)


def _afterwards(request: HttpRequest, row: Case) -> CaseMoved:
    # A head who passes a case to another office does not see it any more.
    try:
        seen = reads.whole(actor_of(request), row.pk, timezone.now(), ticket_of(request))
    except NotFound:
        seen = None
    return case_moved(row, seen)


@router.post(
    "/{code}/cases/{id}/tasks/{task}", response=CaseMoved, summary="End the part of my office in a case"
)
@public(BY_CASE)
def end_part(request: HttpRequest, code: Word, id: Word, task: Word, body: PartDone) -> HttpResponse:
    def made() -> CaseMoved:
        known(request, code, id)
        row = changes.finish(
            actor_of(request),
            task,
            body.result,
            version=body.version,
            at=timezone.now(),
            given=body.answers,
            note=body.note,
        )
        row.refresh_from_db()
        return _afterwards(request, row)

    return make_once(request, CaseMoved, made)

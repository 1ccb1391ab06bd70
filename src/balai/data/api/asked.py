"""Wishes for datasets that are missing, for programs."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field

from balai.base.access import actor_of, needs, signed_in
from balai.base.api import After, Body, Limit, Page, Prose, Router, Version, Word, write_once
from balai.base.network import address_of
from balai.data.changes.asked import Answered, Wish, answer_wish, ask_for_dataset
from balai.data.pages.asked import site_of
from balai.data.reads import asked

router = Router()


class Wished(Body):
    """A dataset you miss. Who has no account asks on the page `/data/permintaan/`, by e-mail."""

    what: Prose
    why: Prose
    use: Annotated[Word, Field(description="research, press, business, community, government or own")]


class WishTaken(Body):
    """What became of a wish at once."""

    state: str


class WishAnswer(Body):
    """A steward's answer; `office` and `planned_on` accept, `ground` refuses, `dataset` leads there."""

    version: Version
    state: Annotated[Word, Field(description="accepted, refused or published")]
    title: Word
    answer: Prose = ""
    office: Annotated[Word, Field(description="id of the office that prepares it")] = ""
    planned_on: date | None = None
    ground: Annotated[Word, Field(description="key in the table data_request_grounds")] = ""
    dataset: Annotated[Word, Field(description="code of an open dataset")] = ""


@router.get("/wishes", response=Page[asked.AskedRow], summary="Datasets people ask for, the newest first")
@needs("data.read")
def wishes(
    request: HttpRequest,
    state: Annotated[
        Literal["", "new", "accepted", "refused", "published"], Field(description="all when empty")
    ] = "",
    after: After = "",
    limit: Limit = 100,
) -> Page[asked.AskedRow]:
    """With their state and how many days they took or have waited."""
    states = [state] if state else ()
    found = asked.wishes(actor_of(request), timezone.localdate(), states, limit=limit + 1, after=after)
    items = list(found[:limit])
    return Page(items=items, next=str(items[-1].id) if len(found) > limit else "")


@router.post("/wishes", response={201: WishTaken}, summary="Ask for a dataset that is missing")
@signed_in
def wish(request: HttpRequest, body: Wished) -> HttpResponse:
    def made() -> WishTaken:
        said = Wish(body.what, body.why, body.use, "", address_of(request), site_of(request))
        return WishTaken(state=ask_for_dataset(actor_of(request), said, at=timezone.now()).state)

    return write_once(request, WishTaken, made, status=201)


@router.get("/wishes/{wish}", response=asked.AskedWhole, summary="One wish at my desk")
@needs("data.answer")
def one(request: HttpRequest, wish: UUID) -> asked.AskedWhole:
    return asked.wish_to_answer(actor_of(request), wish, timezone.localdate())


@router.post("/wishes/{wish}/answer", response=asked.AskedRow, summary="Answer a wish as steward")
@needs("data.check")
def answer(request: HttpRequest, wish: UUID, body: WishAnswer) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    asked.wish_to_answer(actor, wish, today)

    def made() -> asked.AskedRow:
        said = Answered(**body.model_dump(exclude={"version"}))
        answer_wish(actor, wish, said, version=body.version, site=site_of(request), at=timezone.now())
        return asked.wish_to_answer(actor, wish, today).shown

    return write_once(request, asked.AskedRow, made)

"""Subscriptions of programs elsewhere to what happens to cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import Body, Router, Version, Word
from balai.services.api.asking import make_once
from balai.services.changes import webhooks as changes
from balai.services.models import Webhook
from balai.services.reads import webhooks as reads
from balai.services.reads.webhooks import DeliverySeen, WebhookSeen

router = Router()

Event = Literal["case.filed", "case.moved", "case.closed", "case.reopened", "case.commented", "case.late"]


class NewWebhook(Body):
    """What a program wants to be told, and where."""

    name: Word
    url: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
    events: list[Event] = Field(default_factory=list, description="at least one")
    services: list[Word] = Field(default_factory=list, description="codes; empty for all services")


class SeenWebhook(Body):
    """Which version of the subscription you saw."""

    version: Version


@dataclass(frozen=True)
class WebhookMade:
    """A subscription, and the secret its messages are signed with: it is told in this answer alone."""

    webhook: WebhookSeen
    secret: str


@router.get("/webhooks", response=list[WebhookSeen], summary="Who is told of cases")
@needs("services.connect")
def webhooks(request: HttpRequest) -> tuple[WebhookSeen, ...]:
    return reads.webhooks(actor_of(request))


@router.post("/webhooks", response=WebhookMade, summary="Tell a program of cases from now on")
@needs("services.connect")
def subscribe(request: HttpRequest, body: NewWebhook) -> HttpResponse:
    """Messages hold ids, states and what the public map shows; never an answer or a name."""
    wanted = changes.Wanted(body.name, body.url, body.events, body.services)
    return _with_secret(request, lambda: changes.subscribe(actor_of(request), wanted, timezone.now()))


@router.get("/webhooks/{id}", response=WebhookSeen, summary="One subscription")
@needs("services.connect")
def webhook(request: HttpRequest, id: Word) -> WebhookSeen:
    return reads.webhook(actor_of(request), id)


@router.get(
    "/webhooks/{id}/messages", response=list[DeliverySeen], summary="Messages of a subscription, latest first"
)
@needs("services.connect")
def messages(
    request: HttpRequest,
    id: Word,
    state: Literal["", "waiting", "sent", "dead"] = "",
    before: datetime | None = None,
) -> tuple[DeliverySeen, ...]:
    """At most 100; for older ones send `at` of the last as `before`."""
    return reads.deliveries(actor_of(request), id, state, before)


@router.post("/webhooks/{id}/stop", response=WebhookSeen, summary="End a subscription for good")
@needs("services.connect")
def stop(request: HttpRequest, id: Word, body: SeenWebhook) -> HttpResponse:
    actor = actor_of(request)
    reads.webhook(actor, id)

    def made() -> WebhookSeen:
        changes.stop(actor, id, version=body.version, at=timezone.now())
        return reads.webhook(actor, id)

    return make_once(request, WebhookSeen, made)


@router.post("/webhooks/{id}/secret", response=WebhookMade, summary="Sign with another secret from now on")
@needs("services.connect")
def replace_secret(request: HttpRequest, id: Word, body: SeenWebhook) -> HttpResponse:
    actor = actor_of(request)
    reads.webhook(actor, id)
    return _with_secret(request, lambda: changes.replace_secret(actor, id, version=body.version))


@router.post("/webhooks/{id}/ping", response=WebhookSeen, summary="Send a message that tells nothing")
@needs("services.connect")
def ping(request: HttpRequest, id: Word) -> HttpResponse:
    actor = actor_of(request)
    reads.webhook(actor, id)

    def made() -> WebhookSeen:
        changes.ping(actor, id, timezone.now())
        return reads.webhook(actor, id)

    return make_once(request, WebhookSeen, made)


@router.post("/webhooks/{id}/messages/{message}/again", response=WebhookSeen, summary="Send a message again")
@needs("services.connect")
def send_again(request: HttpRequest, id: Word, message: Word) -> HttpResponse:
    """Its `webhook-id` stays, so a receiver that had it knows it."""
    actor = actor_of(request)
    reads.webhook(actor, id)

    def made() -> WebhookSeen:
        changes.send_again(actor, message)
        return reads.webhook(actor, id)

    return make_once(request, WebhookSeen, made)


def _with_secret(request: HttpRequest, change: Callable[[], tuple[Webhook, str]]) -> HttpResponse:
    def made() -> WebhookMade:
        row, secret = change()
        return WebhookMade(reads.webhook(actor_of(request), row.pk), secret)

    return make_once(request, WebhookMade, made)

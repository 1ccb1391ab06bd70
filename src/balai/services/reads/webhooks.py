"""Who is told of cases, and what they were told; for those who connect other systems."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.services.models import Webhook, WebhookDelivery
from balai.services.reads.sight import key_of
from balai.services.verbs import SERVICES_CONNECT

PAGE = 100


@dataclass(frozen=True)
class WebhookSeen:
    """A subscription; its secret is told once and not again.

    Attributes:
        waiting, dead: messages on their way, and those that were given up.
    """

    id: UUID
    name: str
    url: str
    events: list[str]
    services: list[str]
    made_by: str
    made_at: datetime
    stopped_at: datetime | None
    stopped_because: str
    waiting: int
    dead: int
    version: int


@dataclass(frozen=True)
class DeliverySeen:
    """One message: `id` is what the receiver sees as `webhook-id`, however often it comes."""

    id: UUID
    event: str
    state: str
    tries: int
    last_status: int | None
    last_error: str
    at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
    body: str


def webhooks(actor: Actor) -> tuple[WebhookSeen, ...]:
    """Return the subscriptions of the tenant, the newest first. Raises Forbidden."""
    actor.require(SERVICES_CONNECT)
    return tuple(_seen(row) for row in _rows(actor).order_by("-made_at"))


def webhook(actor: Actor, key: UUID | str) -> WebhookSeen:
    """Return one subscription. Raises NotFound, Forbidden."""
    actor.require(SERVICES_CONNECT)
    row = _rows(actor).filter(pk=key_of(key)).first()
    if row is None:
        raise NotFound(_("Sambungan itu tidak ada."))
    return _seen(row)


def deliveries(
    actor: Actor, key: UUID | str, state: str = "", before: datetime | None = None, size: int = PAGE
) -> tuple[DeliverySeen, ...]:
    """Return the messages of a subscription, the latest first. Raises NotFound, Forbidden."""
    found = webhook(actor, key)
    rows = WebhookDelivery.objects.filter(tenant=actor.tenant, webhook=found.id)
    if state:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return tuple(
        DeliverySeen(
            row.pk,
            row.event,
            row.state,
            row.tries,
            row.last_status,
            row.last_error,
            row.at,
            row.tried_at,
            row.sent_at,
            row.body,
        )
        for row in rows.order_by("-at", "-pk")[:size]
    )


def _rows(actor: Actor) -> QuerySet[Webhook]:
    counted = {
        f"n_{state}": Count("deliveries", filter=Q(deliveries__state=state))
        for state in (WebhookDelivery.State.WAITING, WebhookDelivery.State.DEAD)
    }
    return Webhook.objects.filter(tenant=actor.tenant).annotate(**counted)


def _seen(row: Webhook) -> WebhookSeen:
    return WebhookSeen(
        row.pk,
        row.name,
        row.url,
        list(row.events),
        list(row.services),
        row.made_by_name,
        row.made_at,
        row.stopped_at,
        row.stopped_because,
        vars(row)["n_waiting"],
        vars(row)["n_dead"],
        row.version,
    )

"""Telling programs elsewhere what happens to cases: subscribing, sending, giving up, sending again.

The message is written by a job of the event, so it stands or falls with the change it tells
of; it is sent by another, which tries for most of a day with growing pauses.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, outbox, outgoing, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.base.sealing import seal, unseal
from balai.definitions.conditions import ConditionFailed
from balai.services.adapters import webhooks as adapter
from balai.services.changes.clocks import LATE
from balai.services.changes.filing import FILED
from balai.services.changes.moving import MOVED
from balai.services.changes.speaking import COMMENTED
from balai.services.models import Case, CaseClock, CaseMove, Comment, Webhook, WebhookDelivery
from balai.services.reads.definitions import service_of, services
from balai.services.reads.leaving import leaving_values
from balai.services.reads.sight import key_of
from balai.services.reads.situation import FILE, office_codes, world_of
from balai.services.rules import webhooks as rules
from balai.services.rules.definition import Face, Service
from balai.services.rules.leaving import leaving, value_at
from balai.services.verbs import SERVICES_CONNECT

MOST = 50
"""Subscriptions of a tenant that are not stopped."""
KIND = "services.webhook"
_LOOKED_BACK = timedelta(days=2)
KEPT = timedelta(days=30)
"""How long a message that was taken is kept."""


@dataclass(frozen=True)
class Wanted:
    """A subscription somebody wants to make; no services for all of them."""

    name: str
    url: str
    events: Collection[str]
    services: Collection[str] = field(default_factory=tuple)


@transaction.atomic
def subscribe(actor: Actor, wanted: Wanted, at: datetime) -> tuple[Webhook, str]:
    """Tell a program of events from now on; return its row and the secret its messages are signed with.

    Raises:
        Forbidden. Invalid: with every fault; an address inside a network of ours is one.
        Locked: there are too many.
    """
    actor.require(SERVICES_CONNECT)
    offered = [one.code for one in services(timezone.localtime(at).date())]
    faults = list(rules.faults_of(wanted.name, wanted.url, wanted.events, wanted.services, offered))
    faults = faults or _faults_of_address(wanted.url)
    if faults:
        raise Invalid(faults)
    if Webhook.objects.filter(tenant=actor.tenant, stopped_at=None).count() >= MOST:
        raise Locked(_("Sudah ada %(most)d sambungan. Hentikan yang tidak dipakai lagi.") % {"most": MOST})
    secret = rules.new_secret()
    row: Webhook = Webhook.objects.create(
        name=wanted.name.strip(),
        url=wanted.url,
        events=sorted(set(wanted.events)),
        services=sorted(set(wanted.services)),
        secret=seal(secret, "services.webhook"),
        made_by=actor.id,
        made_by_name=actor.name,
        made_at=at,
    )
    journal.write(actor, "services.webhook_made", row, url=row.url, events=row.events, services=row.services)
    return row, secret


def _faults_of_address(url: str) -> list[Fault]:
    try:
        outgoing.Door(outgoing.allowed()).check(url)
    except outgoing.NotReachable as error:
        return [Fault("url", str(error))]
    except outgoing.NoAnswer:
        # Its name may be known tomorrow; until then the messages say why they wait.
        return []
    return []


@transaction.atomic
def stop(actor: Actor, key: UUID | str, *, version: int, at: datetime) -> Webhook:
    """End a subscription for good; what waits for it is given up. Stopped already, it stays so.

    Raises:
        Forbidden, NotFound. Conflict: somebody changed it since `version`.
    """
    row = _locked(actor, key)
    if row.stopped_at is None:
        _same(row, version)
        _stop(row, at, "")
        journal.write(actor, "services.webhook_stopped", row)
    return row


@transaction.atomic
def replace_secret(actor: Actor, key: UUID | str, *, version: int) -> tuple[Webhook, str]:
    """Sign with another secret from now on, what waits included; return it.

    Raises:
        Forbidden, NotFound. Conflict: somebody changed it since `version`. Locked: it was stopped.
    """
    row = _locked(actor, key)
    _same(row, version)
    if row.stopped_at is not None:
        raise Locked(_("Sambungan ini sudah dihentikan."))
    secret = rules.new_secret()
    row.secret, row.version = seal(secret, "services.webhook"), row.version + 1
    row.save(update_fields=["secret", "version"])
    journal.write(actor, "services.webhook_secret", row)
    return row, secret


@transaction.atomic
def ping(actor: Actor, key: UUID | str, at: datetime) -> WebhookDelivery:
    """Send a message that tells nothing, to try the way.

    Raises:
        Forbidden, NotFound. Locked: it was stopped.
    """
    row = _locked(actor, key)
    if row.stopped_at is not None:
        raise Locked(_("Sambungan ini sudah dihentikan."))
    count = WebhookDelivery.objects.filter(tenant=row.tenant, webhook=row, event=rules.PING).count()
    body = rules.body_of(rules.PING, at, {"webhook": str(row.pk)})
    return _write(row, rules.PING, f"ping:{count + 1}", body, at)


@transaction.atomic
def send_again(actor: Actor, key: UUID | str) -> WebhookDelivery:
    """Begin a new round of tries for a message that was given up, or that waits for its next try.

    Raises:
        Forbidden, NotFound. Locked: it was taken already, or its subscription was stopped.
    """
    actor.require(SERVICES_CONNECT)
    rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook")
    row: WebhookDelivery | None = rows.filter(tenant=actor.tenant, pk=key_of(key)).first()
    if row is None:
        raise NotFound(_("Pesan itu tidak ada."))
    if row.state == WebhookDelivery.State.SENT:
        raise Locked(_("Pesan ini sudah diterima."))
    if row.webhook.stopped_at is not None:
        raise Locked(_("Sambungan ini sudah dihentikan."))
    row.state, row.round, row.tries = WebhookDelivery.State.WAITING, row.round + 1, 0
    row.save(update_fields=["state", "round", "tries"])
    journal.write(actor, "services.webhook_again", row.webhook, message=str(row.pk))
    _queue(row)
    return row


def _locked(actor: Actor, key: UUID | str) -> Webhook:
    actor.require(SERVICES_CONNECT)
    rows = Webhook.objects.select_for_update(of=("self",))
    row: Webhook | None = rows.filter(tenant=actor.tenant, pk=key_of(key)).first()
    if row is None:
        raise NotFound(_("Sambungan itu tidak ada."))
    return row


def _same(row: Webhook, version: int) -> None:
    if row.version != version:
        told = _("Sambungan ini sudah berubah sejak Anda membukanya.")
        raise Conflict(told, {"version": (version, row.version)})


def _stop(row: Webhook, at: datetime, because: str) -> None:
    row.stopped_at, row.stopped_because, row.version = at, because, row.version + 1
    row.save(update_fields=["stopped_at", "stopped_because", "version"])
    waiting = WebhookDelivery.objects.filter(
        tenant=row.tenant, webhook=row, state=WebhookDelivery.State.WAITING
    )
    waiting.update(state=WebhookDelivery.State.DEAD, last_error=_("Sambungannya dihentikan."))


# What is told


@outbox.on(FILED)
def tell_filed(case: str, service: str) -> None:
    """Write the messages about a case that was filed."""
    line = CaseMove.objects.filter(case=key_of(case), move=FILE).select_related("case", "office").first()
    if line is not None:
        _tell((rules.FILED,), line)


@outbox.on(MOVED)
def tell_moved(case: str, service: str, move: str, state: str, version: int) -> None:
    """Write the messages about a move of a case."""
    lines = CaseMove.objects.filter(case=key_of(case), case_version=version)
    line = lines.select_related("case", "office").first()
    if line is None:
        return
    definition = service_of(line.case)
    events = [rules.MOVED]
    if definition.states[line.to_state].is_closed and line.from_state != line.to_state:
        events.append(rules.CLOSED)
    if (known := definition.moves.get(line.move)) is not None and known.reopens:
        events.append(rules.REOPENED)
    _tell(events, line)


@outbox.on(COMMENTED)
def tell_commented(case: str, comment: str, version: int) -> None:
    """Write the messages about a comment both sides read: that it is there, and from which side."""
    line, said = _line_at(case, version), Comment.objects.filter(pk=key_of(comment)).first()
    if line is not None and said is not None:
        more = {"comment": comment, "by_applicant": said.by_applicant}
        _tell((rules.COMMENTED,), line, comment, said.at, more)


@outbox.on(LATE)
def tell_late(case: str, clock: str, version: int) -> None:
    """Write the messages about a clock that ran out."""
    line = _line_at(case, version)
    late = CaseClock.objects.filter(case=key_of(case), clock=clock).first()
    if line is not None and late is not None:
        due = timezone.localtime(late.breached_at or late.due_at) if late.breached_at or late.due_at else None
        more = {"clock": clock, "due_at": due.isoformat() if due else None}
        key = f"{clock}:{late.started_at:%Y%m%d%H%M%S}"
        _tell((rules.LATE,), line, key, due or timezone.now(), more)


def _line_at(case: str, version: int) -> CaseMove | None:
    """Return the last move of a case when it had a version."""
    lines = CaseMove.objects.filter(case=key_of(case), case_version__lte=version)
    found: CaseMove | None = lines.select_related("case", "office").order_by("-case_version").first()
    return found


def _tell(
    events: Collection[str],
    line: CaseMove,
    key: str = "",
    at: datetime | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the messages about a move; about something else since, `key` and `more` say what, `at` when."""
    row: Case = line.case
    # Nobody but the inspectorate and its reporter knows of a secret case.
    if row.is_secret:
        return
    when = at or line.at
    hooks = Webhook.objects.filter(tenant=row.tenant, stopped_at=None)
    for event in events:
        wanted = [
            one for one in hooks if event in one.events and row.service in (one.services or [row.service])
        ]
        if not wanted:
            continue
        body = rules.body_of(event, timezone.localtime(when), {**message(row, line), **(more or {})})
        for hook in wanted:
            _write(hook, event, f"{row.pk}:{key or line.case_version}:{event}", body, when)


def message(row: Case, line: CaseMove) -> dict[str, Any]:
    """Return what is told of a move: ids and states, and what the public map shows of the case's answers."""
    service = service_of(row)
    state = service.states[line.to_state]
    public = _public(service, row)
    return {
        "tenant": row.tenant,
        "service": row.service,
        "service_version": row.service_version,
        "case": str(row.pk),
        "number": row.number,
        "case_version": line.case_version,
        "move": line.move,
        "from_state": line.from_state,
        "state": line.to_state,
        "kind": str(state.kind),
        "outcome": str(state.outcome) if state.outcome else None,
        "office": office_codes({line.office_id}).get(line.office_id),
        "received_at": timezone.localtime(row.received_at).isoformat(),
        "is_public": public is not None,
        "public": public or {},
    }


def _public(service: Service, row: Case) -> dict[str, Any] | None:
    """Return what of the answers the map shows, None where the public is shown nothing of the case."""
    face = service.publication.map
    if face is None:
        return None
    known = leaving_values(service, row, row.received_at, world_of(service))
    if _hides(face, known):
        return None
    # The state of the case is that of the move, not of now: of the face only the answers are told.
    return {
        one.name: leaving(one.transform, value_at(one.value, known))
        for one in face.show
        if one.value.startswith("form.")
    }


def _hides(face: Face, known: dict[str, Any]) -> bool:
    # A condition without an answer hides.
    try:
        return face.hide_when is not None and face.hide_when.holds(known)
    except ConditionFailed:
        return True


def _write(hook: Webhook, event: str, key: str, body: str, at: datetime) -> WebhookDelivery:
    row: WebhookDelivery
    row, is_new = WebhookDelivery.objects.get_or_create(
        tenant=hook.tenant,
        webhook=hook,
        key=key[:120],
        defaults={"event": event, "body": body, "at": at},
    )
    if is_new:
        _queue(row)
    return row


def _queue(row: WebhookDelivery) -> None:
    outbox.send(KIND, key=f"{row.pk}:{row.round}", delivery=str(row.pk), round=row.round)


# How it is sent


@outbox.receives(KIND)
def deliver(message_id: str, delivery: str, round: int) -> None:
    """Send one message. Taken already, it is not sent again; given up after the last try, it says so.

    The receiver knows a repetition by `webhook-id`, the id of the message, in whichever round.
    """
    row = WebhookDelivery.objects.filter(pk=delivery).select_related("webhook").first()
    if row is None or row.state != WebhookDelivery.State.WAITING or row.round != round:
        return
    hook, now = row.webhook, timezone.now()
    secret = unseal(hook.secret, "services.webhook", row.tenant)
    row.tries, row.tried_at = row.tries + 1, now
    try:
        row.last_status = adapter.send(hook.url, secret, str(row.pk), int(now.timestamp()), row.body)
    except outgoing.NotReachable as error:
        _note(row, WebhookDelivery.State.DEAD, str(error))
    except adapter.NotTaken as error:
        row.last_status = error.status
        if error.status == adapter.GONE:
            _note(row, WebhookDelivery.State.DEAD, str(error))
            _end(hook, now)
        elif row.tries > outbox.RETRIES:
            _note(row, WebhookDelivery.State.DEAD, str(error))
        else:
            _note(row, WebhookDelivery.State.WAITING, str(error))
            # What a job raises lets it be tried again after a longer pause.
            raise ConnectionError(str(error)) from error
    else:
        row.sent_at = timezone.now()
        _note(row, WebhookDelivery.State.SENT, "")


def _note(row: WebhookDelivery, state: WebhookDelivery.State, error: str) -> None:
    row.state, row.last_error = state, error[:300]
    row.save(update_fields=["state", "tries", "tried_at", "sent_at", "last_status", "last_error"])


@transaction.atomic
def _end(hook: Webhook, now: datetime) -> None:
    row = Webhook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
    if row.stopped_at is None:
        _stop(row, now, _("Penerimanya menjawab bahwa alamat ini tidak ada lagi (410)."))


def bury(now: datetime) -> int:
    """Give up the messages whose last try ended with its worker; return how many.

    Other tries end with a word of their own, see `deliver`.
    """
    count = 0
    lost = outbox.given_up(KIND).filter(ended_at__gt=now - _LOOKED_BACK)
    for key, told in lost.values_list("key", "last_error"):
        delivery, _colon, turn = key.rpartition(":")
        rows = WebhookDelivery.objects.filter(pk=delivery, round=int(turn))
        count += rows.filter(state=WebhookDelivery.State.WAITING).update(
            state=WebhookDelivery.State.DEAD, last_error=told.strip().splitlines()[-1][:300]
        )
    return count


def forget_sent(now: datetime) -> None:
    """Remove messages that were taken long ago."""
    rows = WebhookDelivery.objects.filter(tenant=tenancy.current_tenant(), state=WebhookDelivery.State.SENT)
    rows.filter(at__lt=now - KEPT).delete()

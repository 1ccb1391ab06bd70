"""What leaves a change: messages to the outside, and events between modules.

Both are jobs, written in the transaction of the change, so a message is never
sent for a change that was undone and never forgotten for one that stands. Each
key is accepted once. A delivery reaches outside and may therefore happen twice
when the process dies between sending and noting it; it then carries the same
message id, by which the receiver knows it.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet

from balai.base import tenancy
from balai.base.jobs import QueuedJob, job, later, stuck

RETRIES = 12
"""With a first wait of 30 seconds and a longest of 6 hours: most of a day of trying."""

_subscribers: dict[str, list[str]] = {}


def receives[F: Callable[..., object]](kind: str) -> Callable[[F], F]:
    """Register the function that delivers messages of a kind; it is called with `message_id` and the payload.

    It raises when the message was not taken; it is then called again later.
    """
    return job(_job_of(kind), retries=RETRIES, backoff=timedelta(seconds=30), in_one_transaction=False)


def send(kind: str, key: str, **payload: Any) -> QueuedJob:
    """Send a message of `kind` when the running transaction is committed; a key is accepted once."""
    tenant = tenancy.current_tenant()
    message_id = sha256(f"{tenant}|{kind}|{key}".encode()).hexdigest()[:40]
    return later(_job_of(kind), tenant, key=key, message_id=message_id, **payload)


def given_up(kind: str) -> QuerySet[QueuedJob]:
    """Return the messages of a kind of the tenant in scope that are not tried any more, the latest first.

    `jobs.again` gives one of them a new set of tries, with the message id it had.
    """
    return stuck().filter(name=_job_of(kind))


def _job_of(kind: str) -> str:
    return f"outbox.{kind}"


def on[F: Callable[..., object]](event: str) -> Callable[[F], F]:
    """Register a function that is called, as a job of its own, with the payload of each `event`."""

    def subscribe(work: F) -> F:
        name = f"on {event}: {work.__module__}.{work.__qualname__}"[:100]
        known = _subscribers.setdefault(event, [])
        if name not in known:
            known.append(name)
        return job(name)(work)

    return subscribe


def announce(event: str, key: str, **payload: Any) -> None:
    """Tell every subscriber of `event`, once for each key, when the running transaction is committed."""
    tenant = tenancy.current_tenant()
    with transaction.atomic():
        for name in _subscribers.get(event, ()):
            later(name, tenant, key=key, **payload)


def send_email(key: str, *, to: Sequence[str], subject: str, text: str, html: str = "") -> QueuedJob:
    """Send an e-mail; `html` beside the text where it has one."""
    return send("email", key, to=list(to), subject=subject, text=text, html=html)


@receives("email")
def deliver_email(message_id: str, to: list[str], subject: str, text: str, html: str) -> None:
    """Hand one e-mail to the mail server of the installation."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    # A line break in a name must not start a header of its own.
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text, to=to, headers={"Message-ID": f"<{message_id}@{domain}>"}
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()

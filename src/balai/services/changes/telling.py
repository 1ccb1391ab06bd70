"""Telling people about a case: each notice accepted once by its key, sent by the worker, retries visible.

The row is written in the transaction of what it tells of. What the queue carries is its id
alone; text and address stay sealed. A delivery that dies between sending and noting it is
repeated with the same message id.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import jobs, journal, outbox, outgoing, tenancy
from balai.base.actor import Actor
from balai.base.errors import Locked, NotFound
from balai.base.sealing import seal, unseal
from balai.people import reads as people
from balai.services.adapters import gateway
from balai.services.models import Case, CaseTask, Follower, Notice
from balai.services.reads import sight
from balai.services.reads.unsent import KIND
from balai.services.rules.definition import ANY, ASSIGNED, OWNER, TASKED, Party, Role, Service
from balai.services.verbs import SERVICES_HANDLE, SERVICES_INSPECT, SERVICES_READ

_MOST_OFFICERS = 25
"""Officers written to at once; an office with more has a queue to look at."""
_LONGEST_SUBJECT = 200
_WAYS_OF_OFFICERS = (Notice.Way.INBOX, Notice.Way.EMAIL)


@dataclass(frozen=True)
class Contact:
    """How an applicant is reached; empty where not."""

    name: str = ""
    email: str = ""
    phone: str = ""

    def sealed(self) -> str:
        said = {"name": self.name, "email": self.email, "phone": self.phone}
        return seal(json.dumps(said, ensure_ascii=False), "services.contact") if any(said.values()) else ""


def contact_of(row: Case) -> Contact:
    """Return how the applicant of a case is reached. For sending alone; pages ask `reads`."""
    text = unseal(row.contact, "services.contact", row.tenant)
    return Contact(**json.loads(text)) if text else Contact()


@dataclass(frozen=True)
class Letter:
    """What is told, ready to be read.

    Attributes:
        key: of the event it tells of, within the case: the same event tells once.
        template: name of the notice.
    """

    key: str
    template: str
    subject: str
    text: str
    ways: tuple[str, ...]


def tell(
    service: Service, row: Case, roles: Iterable[str], letter: Letter, at: datetime, *, tasked: str = ""
) -> list[Notice]:
    """Write the notices of one event to everybody in `roles` of a case, those written before left alone.

    Args:
        tasked: code of the only office whose task it is about, "" for every office with a task.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a notice is written in the transaction of what it tells of")
    made: list[Notice] = []
    for role in (service.roles[name] for name in roles):
        if role.party is Party.APPLICANT:
            made += _tell_applicant(row, letter, at)
        elif role.party is Party.OFFICER:
            made += _tell_officers(service, row, role, letter, at, tasked)
    return made


def _tell_applicant(row: Case, letter: Letter, at: datetime) -> Iterator[Notice]:
    contact = contact_of(row)
    for way in letter.ways:
        address = {
            Notice.Way.EMAIL: contact.email,
            Notice.Way.WHATSAPP: gateway.telephone(contact.phone),
            Notice.Way.SMS: gateway.telephone(contact.phone),
        }.get(Notice.Way(way), "")
        if way == Notice.Way.INBOX and row.owner:
            yield from _write(row, letter, way, at, account=row.owner, for_applicant=True)
        elif address and gateway_of(way, needed=False):
            yield from _write(row, letter, way, at, address=address, for_applicant=True)
    for follower in Follower.objects.filter(tenant=row.tenant, case=row):
        yield from _write(row, letter, Notice.Way.INBOX, at, account=follower.account)


def _tell_officers(
    service: Service, row: Case, role: Role, letter: Letter, at: datetime, tasked: str
) -> Iterator[Notice]:
    if row.is_secret and role.verb != SERVICES_INSPECT:
        return
    offices = _offices(service, role, row, tasked)
    if offices is not None and not offices:
        return
    on = timezone.localtime(at).date()
    for person in people.recipients(role.verb, on, offices or ())[:_MOST_OFFICERS]:
        for way in letter.ways:
            if way == Notice.Way.INBOX:
                yield from _write(row, letter, way, at, account=person.account)
            elif way == Notice.Way.EMAIL and person.email:
                yield from _write(row, letter, way, at, account=person.account, address=person.email)


def _offices(service: Service, role: Role, row: Case, tasked: str) -> list[str] | None:
    """Return the offices whose people hold a role in a case; None for every office."""
    if role.office == ANY:
        return None
    if role.office == ASSIGNED:
        return [str(row.office_id)] if row.office_id else []
    if role.office == TASKED and tasked:
        found = sight.office_id(tasked)
        return [found] if found else []
    if role.office == TASKED:
        tasks = CaseTask.objects.filter(tenant=row.tenant, case=row, state=CaseTask.State.OPEN)
        return [str(office) for office in tasks.values_list("office", flat=True) if office]
    found = sight.office_id(service.owner if role.office in (OWNER, "") else role.office)
    return [found] if found else []


def colleagues(row: Case, at: datetime) -> dict[str, str]:
    """Return account → name of those who work on cases in the office of a case."""
    if not row.office_id:
        return {}
    on = timezone.localtime(at).date()
    found = people.recipients(SERVICES_HANDLE, on, [str(row.office_id)])
    return {person.account: person.name for person in found}


def _write(
    row: Case,
    letter: Letter,
    way: str,
    at: datetime,
    *,
    account: str = "",
    address: str = "",
    for_applicant: bool = False,
) -> Iterator[Notice]:
    if row.is_demo and way != Notice.Way.INBOX:
        # What was made up is told to nobody outside.
        return
    whom = "applicant" if for_applicant else account
    made, is_new = Notice.objects.get_or_create(
        tenant=row.tenant,
        key=f"{row.pk}:{letter.key}:{letter.template}:{whom}"[:160],
        way=way,
        defaults={
            "case": row,
            "template": letter.template,
            "for_applicant": for_applicant,
            "account": account,
            "address": seal(address, "services.address"),
            "subject": " ".join(letter.subject.split())[:_LONGEST_SUBJECT],
            "text": seal(letter.text, "services.notice"),
            "at": at,
            "state": Notice.State.SENT if way == Notice.Way.INBOX else Notice.State.WAITING,
            "sent_at": at if way == Notice.Way.INBOX else None,
        },
    )
    if not is_new:
        return
    if way != Notice.Way.INBOX:
        outbox.send(KIND, key=str(made.pk), notice=str(made.pk))
    yield made


def gateway_of(way: str, *, needed: bool = True) -> gateway.Gateway | bool:
    """Return where messages of a way go; for e-mail True, since the installation's mail server takes it.

    Raises:
        LookupError: the installation has no gateway for it, and one is needed.
    """
    if way == Notice.Way.EMAIL:
        return True
    options = settings.OPTIONS
    url = {Notice.Way.WHATSAPP: options.whatsapp_gateway, Notice.Way.SMS: options.sms_gateway}.get(
        Notice.Way(way), ""
    )
    if not url:
        if needed:
            raise LookupError(f"no gateway is set for {way}")
        return False
    file = options.gateway_secret_file
    return gateway.Gateway(url, Path(file).read_text("utf-8").strip() if file else "")


@outbox.receives(KIND)
def deliver(message_id: str, notice: str) -> None:
    """Send one notice. Sent already, it is not sent again; refused for good, the row says by what."""
    row = Notice.objects.select_related("case").filter(pk=notice).first()
    if row is None or row.state != Notice.State.WAITING:
        return
    Notice.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, message_id=message_id)
    address = unseal(row.address, "services.address", row.tenant)
    text = unseal(row.text, "services.notice", row.tenant)
    try:
        if row.way == Notice.Way.EMAIL:
            outbox.deliver_email(message_id, [address], row.subject, text, "")
        else:
            _hand_over(row, message_id, address, text)
    except gateway.NotTaken as refusal:
        Notice.objects.filter(pk=row.pk).update(state=Notice.State.REFUSED, last_error=str(refusal)[:300])
        return
    except Exception as error:
        Notice.objects.filter(pk=row.pk).update(last_error=repr(error)[:300])
        raise
    Notice.objects.filter(pk=row.pk).update(state=Notice.State.SENT, sent_at=timezone.now(), last_error="")


def _hand_over(row: Notice, message_id: str, address: str, text: str) -> None:
    there = gateway_of(row.way)
    if not isinstance(there, gateway.Gateway):
        raise TypeError(f"{row.way} does not go by a gateway")
    message = gateway.Message(
        message_id, address, f"{row.case.service}_{row.template}", "id", row.subject, text
    )
    headers, body = gateway.request(there, message)
    try:
        gateway.taken_as(outgoing.fetch("POST", there.url, headers=headers, content=body))
    except outgoing.NoAnswer as error:
        # A refusal of ours is final for a job; a gateway that is down is not.
        raise ConnectionError(str(error)) from error


@transaction.atomic
def send_again(actor: Actor, key: sight.Key) -> Notice:
    """Give a notice that is not tried any more a new set of tries, with the message id it had.

    Raises:
        Forbidden: the actor does not work at this desk.
        NotFound: there is none of a case the actor may know of.
        Locked: it went out meanwhile, was refused for good, or is tried still.
    """
    actor.require(SERVICES_READ)
    rows = Notice.objects.select_for_update(of=("self",)).select_related("case")
    row: Notice | None = rows.filter(
        tenant=actor.tenant, pk=sight.key_of(key), case__in=sight.cases(actor)
    ).first()
    if row is None:
        raise NotFound(_("Pemberitahuan itu tidak ada."))
    message = outbox.given_up(KIND).filter(key=str(row.pk)).first()
    if message is None or row.state != Notice.State.WAITING:
        raise Locked(_("Pemberitahuan ini sudah terkirim, ditolak penerimanya, atau masih dicoba."))
    jobs.again(message)
    journal.write(actor, "services.notice_again", row.case, notice=str(row.pk), way=row.way)
    return row


def read_notice(account: str, key: sight.Key, at: datetime) -> None:
    """Note that an account has read a notice in its inbox."""
    Notice.objects.filter(
        tenant=tenancy.current_tenant(), pk=sight.key_of(key), account=account, read_at=None
    ).update(read_at=at)

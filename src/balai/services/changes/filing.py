"""Filing a case: on a page, at the counter, by program, by import, by a text message, as a child.

However it comes in, the same answers are checked by the same rules, and the same
filing sent twice is one case.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, numbers, outbox, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid
from balai.base.ids import uuid7
from balai.base.sealing import blind_index, seal
from balai.forms import reads as forms
from balai.forms.changes import Sealed, sealed, take
from balai.forms.rules import Checked, validate
from balai.places import reads as places
from balai.places.rules import Level, Point
from balai.services.changes import counting, moving, pins, routing, telling
from balai.services.changes.speaking import hidden_reporter, in_journal, keep_file
from balai.services.models import Case, CaseKey, CaseMove, Comment
from balai.services.reads import sight
from balai.services.reads.asked import asked_in
from balai.services.reads.definitions import service as service_on
from balai.services.reads.situation import (
    FILE,
    applicant_kind,
    hides_applicant,
    is_hidden_whole,
    is_public,
    world_of,
)
from balai.services.reads.suggested import guess, guess_of_text
from balai.services.rules import machine
from balai.services.rules.definition import Party, Service
from balai.services.rules.machine import Situation, Who, World
from balai.services.rules.particulars import Particulars, keys, particulars
from balai.services.verbs import SERVICES_FOLLOW, SERVICES_IMPORT, SERVICES_RELAY

FILED = "services.filed"
"""Announced with `case` and `service`."""
Channel = Case.Channel
_CHANNEL_OF_FORM = {"helper": Channel.WEB}


@dataclass(frozen=True)
class Filed:
    """A case that was filed.

    Attributes:
        pin: with the number it lets the case be followed; told once, "" when the case was there already.
        ticket: the same for the browser it was filed in.
        is_new: False where the same filing had come before.
    """

    case: Case
    pin: str
    ticket: sight.Ticket
    is_new: bool


@dataclass(frozen=True)
class Coming:
    """How a filing comes in.

    Attributes:
        key: what the sender calls it; sent again it is the same case.
        address: network address of who sends it, "" for a job.
        for_name, relation: who it is for, where somebody else files.
        point: id of the QR point it was filed at, "" elsewhere.
        is_relayed: a program files for whoever uses it; the case is not its owner's.
        is_demo: it is made up; nobody outside is told of it.
        pin: of a made-up case, whose PIN everybody may know; "" for one that is drawn.
    """

    channel: str
    key: str
    address: str = ""
    for_name: str = ""
    relation: str = ""
    filed_by: str = ""
    point: str = ""
    is_demo: bool = False
    is_relayed: bool = False
    pin: str = ""


def file_draft(
    actor: Actor, held: forms.Held, code: str, now: datetime, *, address: str = "", channel: str = ""
) -> Filed:
    """File what was filled in on a page; the draft ends with it. Sent twice, it is one case.

    Args:
        held: the draft, begun with the form of `reads.service(code)`.
        channel: "open311" where the page was come to so; else that of the draft, "qr" at a QR point.

    Raises:
        Invalid: with every fault. NotFound: no such service or draft.
        Forbidden: not by this way, too many, or the service wants an account.
        Conflict: the service was renewed meanwhile, or its guard does not hold.
    """
    on = timezone.localtime(now).date()
    service = service_on(code, on)
    key = _digest("draft", str(held.id), held.key)
    with transaction.atomic():
        if (known := _known(service, actor, key)) is not None:
            return known
        asked = asked_in(actor, held, service, now, on)
        taken = take(actor, held, asked.form, now, on, facts=asked.facts)
        coming = Coming(
            channel or (Channel.QR if asked.point else taken.filing.channel),
            key,
            address,
            taken.filing.name,
            taken.filing.relation,
            taken.filed_by,
            asked.point,
        )
        return _file(actor, service, taken.checked, coming, now, taken.files)


def file(actor: Actor, code: str, answers: Mapping[str, Any], coming: Coming, now: datetime) -> Filed:
    """File answers as JSON: by program, by import, or by a job.

    Raises:
        Invalid: with every fault; or the key is missing.
        NotFound, Forbidden. Conflict: the key was used for other answers.
    """
    on = timezone.localtime(now).date()
    service = service_on(code, on)
    if not coming.key.strip():
        right = _("Kirim kunci yang tetap sama bila pengirimannya diulang.")
        raise Invalid([Fault("Idempotency-Key", _("Belum ada."), right)])
    body = json.dumps(answers, sort_keys=True, ensure_ascii=False, default=str)
    # Visitors are not told apart, so for them the key alone must not lead to a stranger's case.
    key = _digest("api", actor.id, coming.key, "" if actor.is_signed_in else body)
    with transaction.atomic():
        if (known := _known(service, actor, key)) is not None:
            if known.case.facts.get("sent") != _digest(body):
                raise Conflict(_("Kunci ini sudah dipakai untuk isi lain. Kirim kunci baru untuk isi baru."))
            return known
        around = forms.context(actor.tenant, on, facts={}, files=moving.files_of(actor, answers))
        checked = validate(service.form, dict(answers), around).require()
        files = tuple(UUID(one) for one in around.files)
        return _file(
            actor, service, checked, replace(coming, key=key), now, files, facts={"sent": _digest(body)}
        )


def file_shared(actor: Actor, code: str, plain: Mapping[str, Any], key: str, now: datetime) -> Filed:
    """File a child: of the answers of its parent those its own form asks. Raises as `file`."""
    service = service_on(code, timezone.localtime(now).date())
    answers = {name: value for name, value in plain.items() if name in service.form.items}
    return file(actor, code, answers, Coming(Channel.CHILD, key), now)


def suggested(service: Service, text: str, now: datetime) -> str:
    """Return the answer whose words stand most often in a text, "" where none does."""
    found = guess_of_text(service, text, world_of(service), timezone.localtime(now).date())
    return found.key if found else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _known(service: Service, actor: Actor, key: str) -> Filed | None:
    row: Case | None = Case.objects.filter(tenant=actor.tenant, service=service.code, source_key=key).first()
    return Filed(row, "", sight.ticket_for(row), is_new=False) if row else None


def _file(
    actor: Actor,
    service: Service,
    checked: Checked,
    coming: Coming,
    now: datetime,
    files: tuple[UUID, ...],
    facts: Mapping[str, Any] | None = None,
) -> Filed:
    """Write a new case; within the caller's transaction."""
    plain = checked.plain()
    said = particulars(service, plain)
    halves = sealed(checked)
    roles = _roles(actor, service, coming)
    _refuse_flood(service, actor, coming, halves, now)
    row = _row(actor, service, coming, said, halves, now)
    world = world_of(service)
    row.facts = {**(facts or {}), **_speaking_for(service, plain, world, now)}
    begun = Situation(
        state=service.initial,
        filed_at=now,
        answers=plain,
        channel=row.channel,
        applicant=applicant_kind(row),
        region=row.region_code,
    )
    step = machine.file(service, begun, Who(roles, actor.id), world)
    known = machine.values(service, step.situation, now, world)
    if is_hidden_whole(service, step.situation, now, world):
        moving.protect(row)
    row.is_protected = row.hides_applicant or hides_applicant(service, known)
    row.is_public = not row.is_secret and is_public(service, known)
    pin = pins.known_pin(row, coming.pin) if coming.pin and row.is_demo else pins.new_pin(row)
    _number(service, row, now)
    _give_first(service, row, step, now, world)
    counting_office = world.office
    counting.due_from(row, ())
    row.save()
    counting.keep_runs(service, row, step.situation.runs, counting_office, now)
    row.save(update_fields=["due_at", "urgent_at", "is_late"])
    _keep_keys(service, row, plain, halves)
    signed = hidden_reporter(row) if row.hides_applicant else actor
    for one in files:
        keep_file(signed, row, one, "", Comment.Audience.APPLICANT, now)
    CaseMove.objects.create(
        case=row,
        move=FILE,
        from_state="",
        to_state=row.state,
        at=now,
        actor_id_text=signed.id,
        actor_name=signed.name,
        role=min(roles & set(service.filing.by)),
        office_id=row.office_id,
        case_version=row.version,
    )
    # Whoever serves at a counter, and a program that brings reports in, is no applicant.
    is_applicant = row.channel in (Channel.WEB, Channel.QR, Channel.API, Channel.OPEN311)
    named = (
        hidden_reporter(row)
        if row.hides_applicant
        else in_journal(actor, row, service, is_applicant=is_applicant)
    )
    journal.write(named, "services.file", row, service=service.key, number=row.number, channel=row.channel)
    outbox.announce(FILED, str(row.pk), case=str(row.pk), service=row.service)
    moving.tell_step(service, row, step, FILE, now, world, {})
    return Filed(row, pin, sight.ticket_for(row), is_new=True)


def _speaking_for(
    service: Service, plain: Mapping[str, Any], world: World, now: datetime
) -> dict[str, list[Any]]:
    """Return what the words spoke for and how surely: beside later corrections it shows how well they do."""
    found = guess(service, plain, world, timezone.localtime(now).date())
    return {"suggested": [found.key, round(found.share, 2)]} if found else {}


def _roles(actor: Actor, service: Service, coming: Coming) -> frozenset[str]:
    """Return the roles in which somebody files. Raises Forbidden."""
    channel = _CHANNEL_OF_FORM.get(coming.channel, coming.channel)
    if channel not in service.filing.channels and channel != Channel.CHILD:
        raise Forbidden(_("Layanan ini tidak menerima pengajuan lewat jalan itu."))
    if channel in (Channel.IMPORT, Channel.SMS):
        actor.require(SERVICES_IMPORT)
    if channel == Channel.COUNTER:
        actor.require("forms.assist")
    if coming.is_relayed:
        actor.require(SERVICES_RELAY)
    ways = (Channel.WEB, Channel.QR, Channel.API, Channel.OPEN311)
    if channel in ways and not actor.is_signed_in and not service.filing.without_account:
        raise Forbidden(_("Masuk dahulu untuk mengajukan layanan ini."))
    found = service.roles_of(Party.APPLICANT)
    if channel in (Channel.COUNTER, Channel.IMPORT, Channel.SMS, Channel.CHILD):
        found |= {role.id for role in service.roles.values() if role.verb and actor.may(role.verb)}
        found |= service.roles_of(Party.SYSTEM)
    return found


def _refuse_flood(service: Service, actor: Actor, coming: Coming, halves: Sealed, now: datetime) -> None:
    """Refuse more than a service takes of one contact in a day, of one address in an hour."""
    if coming.channel in (Channel.IMPORT, Channel.CHILD, Channel.COUNTER):
        return
    since = now - timedelta(days=1)
    recent = Case.objects.filter(tenant=actor.tenant, service=service.code, received_at__gt=since)
    for purpose in ("phone", "nik"):
        marks = [mark for _path, kind, mark in halves.indexes if kind == purpose]
        if (
            marks
            and recent.filter(keys__field=purpose, keys__value__in=marks).distinct().count()
            >= service.filing.per_contact_per_day
        ):
            raise Forbidden(_("Sudah banyak pengajuan dari nomor ini hari ini. Lanjutkan besok."))
    if actor.is_signed_in and coming.channel != Channel.SMS and not coming.is_relayed:
        own = recent.filter(owner=actor.id) | recent.filter(filed_by=actor.id)
        if own.count() >= service.filing.per_contact_per_day and coming.channel != Channel.API:
            raise Forbidden(_("Sudah banyak pengajuan dari akun Anda hari ini. Lanjutkan besok."))
    if coming.address:
        mark = blind_index(coming.address, "services.address")
        counter = f"services.file.{actor.tenant}.{mark}.{now:%Y%m%d%H}"
        count = cache.get(counter, 0)
        if count >= service.filing.per_address_per_hour:
            raise Forbidden(_("Terlalu banyak pengajuan dari jaringan ini. Coba lagi satu jam lagi."))
        cache.set(counter, count + 1, 3600)


def _row(
    actor: Actor, service: Service, coming: Coming, said: Particulars, halves: Sealed, now: datetime
) -> Case:
    is_own = coming.channel in (Channel.WEB, Channel.QR, Channel.API, Channel.OPEN311)
    is_own = is_own and not (coming.for_name or coming.is_relayed) and actor.may(SERVICES_FOLLOW)
    contact = telling.Contact(said.name or coming.for_name, said.email, said.phone)
    hides = said.is_anonymous
    for_whom = {"name": coming.for_name, "relation": coming.relation} if coming.for_name else {}
    region, point = said.region, said.point
    if point is not None and not region:
        region = _region_at(point)
    return Case(
        pk=uuid7(),
        tenant=tenancy.current_tenant(),
        service=service.code,
        service_version=service.version,
        definition_hash=service.sha256,
        state=service.initial,
        kind=str(service.states[service.initial].kind),
        owner="" if hides or not is_own else actor.id,
        contact="" if hides else contact.sealed(),
        channel=coming.channel,
        source_key=coming.key,
        filed_by="" if hides or is_own else coming.filed_by or actor.id,
        filed_by_name="" if hides or is_own else actor.name,
        point_id=coming.point or None,
        for_whom=seal(json.dumps(for_whom, ensure_ascii=False), "services.for_whom") if for_whom else "",
        topic=said.topic,
        subject=said.subject,
        region_code=region,
        longitude=round(point[0], 6) if point else None,
        latitude=round(point[1], 6) if point else None,
        answers=halves.open,
        personal=halves.personal,
        is_anonymous=hides,
        received_at=now,
        moved_at=now,
        urgent_at=counting.NEVER,
        is_demo=coming.is_demo or actor.is_demo,
    )


def _region_at(point: tuple[Any, Any]) -> str:
    for level in (Level.VILLAGE, Level.REGENCY):
        found = places.containing(Point(latitude=float(point[1]), longitude=float(point[0])), level)
        if found is not None:
            return found.code
    return ""


def _number(service: Service, row: Case, now: datetime) -> None:
    on = timezone.localtime(now).date()
    within = service.number.counted_within(on)
    series = numbers.Series(f"services/{service.code}/{within}"[:100], yearly=False)
    row.number = service.number.written(numbers.next_number(series, on, row), on).upper()


def _give_first(service: Service, row: Case, step: machine.Step, now: datetime, world: World) -> None:
    """Lay a new case on the desk of the office in charge, where it waits to be checked."""
    code = step.situation.office or service.owner
    office = routing.find(code)
    row.office_id = office.pk if office else None


def _keep_keys(service: Service, row: Case, plain: Mapping[str, Any], halves: Sealed) -> None:
    found = {(path, value) for path, value in keys(service, plain)}
    if not row.is_anonymous:
        found |= {(purpose, mark) for _path, purpose, mark in halves.indexes}
    CaseKey.objects.bulk_create(
        [CaseKey(case=row, field=field, value=value) for field, value in sorted(found)]
    )

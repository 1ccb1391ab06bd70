"""Asking for a dataset that is missing, and what a steward answers."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, outbox, sealing, tenancy
from balai.base.actor import Actor
from balai.base.days import CalendarEnds, due_date
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.data.models import AskedDataset, Dataset
from balai.data.rules.asked import MOST, MOST_A_DAY, MOST_AN_HOUR, MOST_OPEN, MOST_TITLE, faults
from balai.data.rules.feedback import sender
from balai.definitions.calendar import calendar
from balai.definitions.reads import all_in_force, in_force
from balai.people import reads as people

UNPROVED_LIVES = timedelta(days=2)
"""How long a wish waits for the proof of its e-mail address."""
TOLD_FOR = timedelta(days=365)
"""How long after the last answer an address is kept."""
_PURPOSE = "data.asked"
_LETTER = "data.asked"
_OPEN = (AskedDataset.State.NEW, AskedDataset.State.ACCEPTED)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for.

    `email` is not looked at where the actor has an account; `address` is the network it comes from,
    of which a digest of the day is kept; `site` is where the person asked, for links in letters.
    """

    what: str
    why: str
    use: str
    email: str
    address: str
    site: str


def ask_for_dataset(actor: Actor, wish: Wish, *, at: datetime) -> AskedDataset:
    """Write a wish down; who has no account proves the e-mail address before anybody reads it.

    Raises:
        Invalid: too short, too long, a NIK in it, or no e-mail address.
        Locked: too many from this network, this address, or in this local government.
    """
    actor.require("data.read")
    wrong = [*faults(wish.what, wish.why, wish.use, AskedDataset.Use.values)]
    email = people.email_of(actor) if actor.is_signed_in else wish.email.strip()
    try:
        validate_email(email)
    except ValidationError:
        wrong.append(Fault("email", _("Ini bukan alamat surel."), _("Tulis seperti nama@contoh.id.")))
    if wrong:
        raise Invalid(wrong)
    digest = sender(settings.SECRET_KEY, wish.address, timezone.localdate(at))
    index = sealing.blind_index(email, _PURPOSE)
    with transaction.atomic():
        _has_room(index, digest, at)
        made: AskedDataset = AskedDataset.objects.create(
            what=wish.what.strip(),
            why=wish.why.strip(),
            use=wish.use,
            key=secrets.token_urlsafe(16),
            email=sealing.seal(email, _PURPOSE),
            email_index=index,
            sender_digest=digest,
            asked_at=at,
        )
        journal.write(actor, "asked.ask", made, use=made.use)
        if actor.is_signed_in:
            _prove(actor, made, at)
        else:
            _write_to_asker(made, "prove", wish.site)
    return made


def _has_room(index: str, digest: str, at: datetime) -> None:
    rows = AskedDataset.objects.filter(tenant=tenancy.current_tenant())
    if rows.filter(sender_digest=digest, asked_at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Locked(
            _("Dari jaringan Anda sudah masuk %(most)d permintaan dalam satu jam. Coba lagi nanti.")
            % {"most": MOST_AN_HOUR}
        )
    unanswered = (AskedDataset.State.UNPROVED, AskedDataset.State.NEW)
    if rows.filter(email_index=index, state__in=unanswered).count() >= MOST_OPEN:
        raise Locked(_("Permintaan Anda yang sebelumnya belum dijawab. Tunggu jawabannya dahulu."))
    if rows.filter(asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Locked(_("Hari ini sudah banyak permintaan data. Coba lagi besok."))


def prove_wish(actor: Actor, key: str, *, at: datetime) -> AskedDataset:
    """Take a wish up whose sender has the letter; done twice it is done once. Raises NotFound."""
    with transaction.atomic():
        row = _locked(key=key)
        if row.state == AskedDataset.State.UNPROVED:
            _prove(actor, row, at)
        return row


def _prove(actor: Actor, row: AskedDataset, at: datetime) -> None:
    row.state, row.proved_at = AskedDataset.State.NEW, at
    row.answer_by = _last_day(timezone.localdate(at))
    row.version += 1
    row.save()
    journal.write(actor, "asked.prove", row)
    for person in people.recipients("data.check", timezone.localdate(at)):
        outbox.send_email(
            f"asked:{row.pk}:new:{person.account}",
            to=[person.email],
            subject=_("Ada permintaan set data baru"),
            text=_("Seseorang meminta set data. Baca dan jawab di meja walidata, menu “Permintaan data”."),
        )


def _last_day(received: date) -> date | None:
    term = in_force("data_request_days", received, "answer")
    try:
        return due_date(received, int(str(term.values["working_days"])), calendar())
    except CalendarEnds:
        return None


@transaction.atomic
def count_answers_again(actor: Actor, on: date) -> int:
    """Count the days on which answers are due, those still ahead, with the calendar of today.

    Returns how many became others.

    Raises:
        Forbidden.
    """
    actor.require("data.check")
    changed = 0
    waiting = AskedDataset.objects.select_for_update().filter(
        tenant=actor.tenant, state=AskedDataset.State.NEW, proved_at__isnull=False
    )
    for row in waiting.filter(Q(answer_by=None) | Q(answer_by__gte=on)):
        answer_by = _last_day(timezone.localdate(row.proved_at))
        if answer_by == row.answer_by:
            continue
        journal.write(actor, "asked.recount", row, answer_by=[row.answer_by, answer_by])
        row.answer_by = answer_by
        row.save(update_fields=["answer_by"])
        changed += 1
    return changed


@dataclass(frozen=True)
class Answered:
    """What a steward answers. `state`: accepted, refused or published; the rest as it needs."""

    state: str
    title: str
    answer: str
    office: str = ""
    planned_on: date | None = None
    ground: str = ""
    dataset: str = ""


@transaction.atomic
def answer_wish(
    actor: Actor, key: UUID | str, said: Answered, *, version: int, site: str, at: datetime
) -> AskedDataset:
    """Take a wish up for an office, refuse it by a ground of the law, or lead to the dataset.

    Everybody reads title and answer; the sender and those who prepare it get a letter.

    Raises:
        Forbidden: the actor is not the steward.
        NotFound: there is no such wish, office or dataset in the tenant.
        Invalid: a part is missing.
        Locked: its sender was already told of the dataset.
        Conflict: somebody else answered meanwhile.
    """
    row = _locked(pk=key)
    actor.require("data.check", row)
    if row.state in (AskedDataset.State.UNPROVED, AskedDataset.State.PUBLISHED):
        raise Locked(_("Permintaan ini sudah selesai."))
    wrong = [*_faults(said, timezone.localdate(at))]
    if wrong:
        raise Invalid(wrong)
    if row.version != version:
        raise Conflict(
            _("Permintaan ini sudah dijawab orang lain. Muat ulang halamannya."),
            {"state": (said.state, row.state), "answer": (said.answer, row.answer)},
        )
    is_accepted = said.state == AskedDataset.State.ACCEPTED
    journal.write(actor, "asked.answer", row, state=[row.state, said.state], ground=said.ground)
    row.state, row.title, row.answer = said.state, said.title.strip(), said.answer.strip()
    row.office = people.office(said.office) if is_accepted else row.office
    row.planned_on = said.planned_on if is_accepted else row.planned_on
    row.ground = said.ground if said.state == AskedDataset.State.REFUSED else ""
    row.dataset = _published(said.dataset) if said.state == AskedDataset.State.PUBLISHED else None
    row.answered_by, row.answered_at = actor.name, at
    row.version += 1
    row.save()
    if is_accepted:
        _tell_office(row, at)
    _write_to_asker(row, "answered", site)
    return row


def _faults(said: Answered, on: date) -> Iterable[Fault]:
    state = AskedDataset.State
    if said.state not in (state.ACCEPTED, state.REFUSED, state.PUBLISHED):
        yield Fault("state", _("Belum dipilih."), _("Pilih jawaban untuk permintaan ini."))
    if not 5 <= len(said.title.strip()) <= MOST_TITLE:
        yield Fault("title", _("Judulnya belum sesuai."), _("Tulis data apa yang diminta, tanpa nama orang."))
    if len(said.answer) > MOST:
        yield Fault("answer", _("Terlalu panjang."), _("Paling banyak %(most)d.") % {"most": MOST})
    if said.state == state.ACCEPTED:
        if not said.office:
            yield Fault("office", _("Belum dipilih."), _("Pilih kantor yang menyiapkan datanya."))
        if said.planned_on is None or said.planned_on < on:
            wrong = _("Hari itu sudah lewat.") if said.planned_on else _("Belum diisi.")
            yield Fault("planned_on", wrong, _("Tulis kapan datanya kira-kira terbit."))
    if said.state == state.REFUSED:
        if said.ground not in all_in_force("data_request_grounds", on):
            yield Fault("ground", _("Belum dipilih."), _("Pilih alasan menurut hukum."))
        if not said.answer.strip():
            yield Fault("answer", _("Belum diisi."), _("Jelaskan alasannya; semua pembaca melihatnya."))
    if said.state == state.PUBLISHED and not said.dataset:
        yield Fault("dataset", _("Belum dipilih."), _("Pilih set data yang menjawab permintaan ini."))


def _published(code: str) -> Dataset:
    found = Dataset.objects.filter(tenant=tenancy.current_tenant(), code=code, current__isnull=False).first()
    if found is None or found.classification != "open":
        wrong = _("“%(code)s” tidak terbit untuk semua orang.") % {"code": code[:60]}
        raise Invalid([Fault("dataset", wrong, _("Pilih set data terbuka yang sudah terbit."))])
    return found


def _locked(**by: object) -> AskedDataset:
    rows = AskedDataset.objects.select_for_update().filter(tenant=tenancy.current_tenant(), **by)
    row: AskedDataset | None = rows.first()
    if row is None:
        raise NotFound(_("Permintaan data itu tidak ada."))
    return row


def _tell_office(row: AskedDataset, at: datetime) -> None:
    text = _("Kantor Anda diminta menyiapkan set data “%(title)s”. Buka “Permintaan data” di meja Anda.")
    for person in people.recipients("data.produce", timezone.localdate(at), [str(row.office_id)]):
        outbox.send_email(
            f"asked:{row.pk}:{row.version}:{person.account}",
            to=[person.email],
            subject=_("Set data diminta: %(title)s") % {"title": row.title},
            text=text % {"title": row.title},
        )


def _write_to_asker(row: AskedDataset, about: str, site: str) -> None:
    # The address is not put into the queue, only where it lies sealed.
    outbox.send(_LETTER, f"{row.pk}:{row.version}", asked=str(row.pk), about=about, site=site)


@outbox.receives(_LETTER)
def deliver_letter(message_id: str, asked: str, about: str, site: str) -> None:
    """Send its sender the letter about a wish; nothing where the address was forgotten meanwhile."""
    row = AskedDataset.objects.filter(tenant=tenancy.current_tenant(), pk=asked).first()
    if row is None or not row.email:
        return
    told = {"title": row.title, "answer": row.answer, "site": site, "key": row.key}
    told["state"] = str(AskedDataset.State(row.state).label)
    if about == "prove":
        subject = _("Buktikan surel Anda untuk permintaan data")
        text = _(
            "Buka alamat ini dan tekan “Kirim permintaan saya”:\n%(site)s/data/permintaan/saya/%(key)s/\n\n"
            "Tanpa itu permintaan ini terhapus dalam dua hari. Bukan Anda yang meminta? Abaikan saja."
        )
    else:
        subject = _("Jawaban atas permintaan data: %(title)s")
        text = _(
            "Permintaan Anda: %(title)s\nKeadaan: %(state)s\n\n%(answer)s\n\n"
            "Selengkapnya: %(site)s/data/permintaan/saya/%(key)s/"
        )
    outbox.deliver_email(message_id, [sealing.unseal(row.email, _PURPOSE)], subject % told, text % told, "")


def forget_askers(at: datetime) -> int:
    """Delete wishes nobody proved, and addresses of whom nothing more is told; return how many."""
    rows = AskedDataset.objects.filter(tenant=tenancy.current_tenant())
    gone, _each = rows.filter(state=AskedDataset.State.UNPROVED, asked_at__lt=at - UNPROVED_LIVES).delete()
    told = rows.exclude(state__in=_OPEN).exclude(email="").filter(answered_at__lt=at - TOLD_FOR)
    return gone + told.update(email="", email_index="")

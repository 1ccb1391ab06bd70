"""Passes to a survey: who proves a contact, or holds a printed code, may answer once.

A browser gets a *ticket* for its pass. A pass is spent by the first ticket that
answers. See docs/decisions/0021-one-answer-a-person.md.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import outbox
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked, NotFound
from balai.base.sealing import blind_index, seal, unseal
from balai.evaluation.models import Survey, SurveyPass
from balai.evaluation.reads.surveys import announced_one, is_open
from balai.evaluation.rules.contact import mailbox
from balai.plan.changes.locking import locked

PIN_LIVES = timedelta(minutes=30)
MOST_LETTERS = 5
"""Codes sent to one contact for one survey."""
WRONG_PINS = 5
TRIES_HERE, SECONDS_HERE = 30, 3600
"""Letters asked for and wrong codes of one network address, each, and the time they are counted in."""
MOST_TICKETS = 10
LETTER = "survey_code"


def index_of_code(row: Survey, code: str) -> str:
    """Return what a printed code is found by; of this survey alone."""
    return "c" + blind_index(code, f"evaluation.survey_code.{row.pk}")


def index_of_email(row: Survey, address: str) -> str:
    """Return what a contact is found by; of this survey alone, however the address is written."""
    # As hex, for an index does not look at dots and dashes, by which addresses differ.
    plain = mailbox(address).encode().hex()
    return "e" + blind_index(plain, f"evaluation.survey_contact.{row.pk}")


def ask_for_pin(actor: Actor, code: str, email: str, address: str, at: datetime) -> None:
    """Send a code to an e-mail address. Whether it has answered is told in the letter alone.

    Args:
        address: network address of who asks.

    Raises:
        NotFound. Locked: the survey is not open.
        Invalid: no e-mail address.
        Forbidden: too many letters to this contact, or asked for from this network.
    """
    row = open_one(code, at)
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        right = _("Tulis seperti nama@contoh.id.")
        raise Invalid([Fault("email", _("Ini bukan alamat surel."), right)]) from error
    _count(actor, address, "asked")
    with transaction.atomic():
        found, _new = SurveyPass.objects.get_or_create(
            survey=row, index=index_of_email(row, email), defaults={"kind": SurveyPass.Kind.EMAIL}
        )
        held = locked(SurveyPass, found.pk)
        if held.asked >= MOST_LETTERS:
            raise Forbidden(
                _("Kode untuk alamat ini sudah terlalu sering diminta. Pakai kode yang terakhir.")
            )
        pin = "" if held.spent_with else f"{secrets.randbelow(1_000_000):06}"
        held.pin_hash, held.pin_until = (make_password(pin) if pin else ""), at + PIN_LIVES
        held.wrong_pins, held.asked = 0, held.asked + 1
        held.letter = seal(
            json.dumps({"to": email, "pin": pin, "title": row.title}), "evaluation.survey_letter"
        )
        held.save()
        outbox.send(LETTER, f"{held.pk}-{held.asked}", key_of_pass=str(held.pk))


@outbox.receives(LETTER)
def deliver_letter(message_id: str, key_of_pass: str) -> None:
    """Send the letter of a pass and forget its address."""
    held = SurveyPass.objects.filter(pk=key_of_pass).first()
    if held is None or not held.letter:
        return
    said = json.loads(unseal(held.letter, "evaluation.survey_letter"))
    if said["pin"]:
        text = _(
            "Kode Anda untuk menjawab survei “%(title)s”: %(pin)s\n\n"
            "Kode ini berlaku 30 menit. Bila Anda tidak memintanya, abaikan surel ini. "
            "Alamat Anda tidak disimpan bersama jawaban."
        )
    else:
        text = _("Alamat ini sudah dipakai menjawab survei “%(title)s”. Satu alamat menjawab satu kali.")
    outbox.deliver_email(
        message_id, [said["to"]], _("Kode survei: %(title)s") % {"title": said["title"]}, text % said, ""
    )
    SurveyPass.objects.filter(pk=held.pk, letter=held.letter).update(letter="")


def verify_email(actor: Actor, code: str, email: str, pin: str, address: str, at: datetime) -> str:
    """Change the code that was sent for a ticket.

    Raises:
        NotFound: no such survey; or address and code do not fit, or the code is over.
        Locked: the survey is not open. Forbidden: too many wrong tries.
        Conflict: this contact has answered.
    """
    row = open_one(code, at)
    _refuse_too_many(actor, address, "wrong")
    with transaction.atomic():
        found = SurveyPass.objects.filter(survey=row, index=index_of_email(row, email)).first()
        held = locked(SurveyPass, found.pk) if found else None
        lives = held is not None and held.pin_until is not None and held.pin_until >= at
        if held is not None and held.pin_hash and lives and held.wrong_pins < WRONG_PINS:
            if check_password(pin.strip()[:20], held.pin_hash):
                return _ticket(held)
            held.wrong_pins += 1
            held.save(update_fields=["wrong_pins"])
    _count(actor, address, "wrong")
    raise NotFound(
        _("Kodenya tidak cocok atau sudah lewat waktu. Periksa surel terakhir, atau minta kode baru.")
    )


def use_code(actor: Actor, code: str, printed: str, address: str, at: datetime) -> str:
    """Change a printed code for a ticket.

    Raises:
        NotFound: no such survey or code. Locked: the survey is not open.
        Forbidden: too many wrong tries. Conflict: the code was used.
    """
    row = open_one(code, at)
    _refuse_too_many(actor, address, "wrong")
    with transaction.atomic():
        found = SurveyPass.objects.filter(survey=row, index=index_of_code(row, printed[:40])).first()
        if found is not None and printed.strip():
            return _ticket(locked(SurveyPass, found.pk))
    _count(actor, address, "wrong")
    raise NotFound(_("Kode itu tidak dikenal. Periksa lagi kertasnya."))


def open_one(code: str, at: datetime) -> Survey:
    """Return a survey that takes answers now. Raises NotFound, Locked."""
    row = announced_one(code, at)
    if not is_open(row, at):
        raise Locked(_("Survei ini sudah ditutup. Terima kasih atas perhatian Anda."))
    return row


def pass_of(row: Survey, ticket: str) -> SurveyPass:
    """Return the pass a ticket is for, locked; spent passes too, where it was this ticket.

    Raises:
        NotFound: no such ticket. Conflict: the pass was spent with another one.
    """
    key, _dot, _secret = ticket.partition(".")
    known = SurveyPass.objects.filter(survey=row, pk=key).first() if _is_key(key) else None
    held = locked(SurveyPass, known.pk) if known else None
    told = digest(ticket)
    if held is None or not (held.spent_with or told in held.tickets):
        raise NotFound(_("Buka survei ini lagi dengan kode Anda."))
    if held.spent_with not in ("", told):
        raise _spent()
    return held


def digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _ticket(held: SurveyPass) -> str:
    if held.spent_with:
        raise _spent()
    ticket = f"{held.pk.hex}.{secrets.token_urlsafe(18)}"
    held.tickets = [*held.tickets, digest(ticket)][-MOST_TICKETS:]
    held.pin_hash = ""
    held.save(update_fields=["tickets", "pin_hash"])
    return ticket


def _spent() -> Conflict:
    return Conflict(_("Kontak atau kode ini sudah dipakai menjawab. Satu orang menjawab satu kali."))


def _is_key(text: str) -> bool:
    return len(text) == 32 and all(sign in "0123456789abcdef" for sign in text)


def _count(actor: Actor, address: str, what: str) -> None:
    """Count a try of a network address, and refuse it where there were too many."""
    _refuse_too_many(actor, address, what)
    key = _counter(actor.tenant, address, what)
    cache.set(key, cache.get(key, 0) + 1, SECONDS_HERE)


def _refuse_too_many(actor: Actor, address: str, what: str) -> None:
    if cache.get(_counter(actor.tenant, address, what), 0) >= TRIES_HERE:
        raise Forbidden(_("Terlalu banyak percobaan dari jaringan Anda. Coba lagi satu jam lagi."))


def _counter(tenant: str, address: str, what: str) -> str:
    mark = hmac.new(settings.SECRET_KEY.encode(), f"{tenant}|{address}".encode(), hashlib.sha256)
    return f"evaluation.survey.{what}.{mark.hexdigest()[:32]}"

"""Drafts from their beginning to their end, and how a visitor comes back to one."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Forbidden, Invalid, NotFound, TooLarge
from balai.base.files import StoredFile
from balai.base.sealing import seal
from balai.forms.models import DraftFile, FormDraft
from balai.forms.reads import Held, draft
from balai.forms.reads.drafts import digest
from balai.forms.rules import Form
from balai.forms.verbs import FORMS_ASSIST

KEPT = timedelta(days=30)
"""How long a draft stays after it was last saved."""
LARGEST = 400_000
"""Letters of all answers of a draft, as JSON."""
MOST_DRAFTS = 50
"""Unfinished forms of one account."""
WRONG_PINS, LOCKED = 5, timedelta(hours=1)
"""So many wrong PINs, and the code rests for an hour: 120 tries a day among a million PINs."""
WRONG_HERE, SECONDS_HERE = 20, 3600
"""Wrong codes and PINs of one network address, and the time they are counted in."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Filing:
    """How a form comes in, and for whom it is filled in where that is somebody else.

    Attributes:
        channel: web, counter, helper, api or import.
        name: who the form is for; required at the counter and of a helper.
        relation: what the helper is to them, such as "anak" or "ketua RT".
        origin: where the form was begun, such as the code of a QR point.
    """

    channel: str = FormDraft.Channel.WEB
    name: str = ""
    relation: str = ""
    origin: str = ""

    @property
    def is_for_another(self) -> bool:
        return self.channel in (FormDraft.Channel.COUNTER, FormDraft.Channel.HELPER)


@dataclass(frozen=True)
class Begun:
    """A draft, and the key by which a browser without an account comes back to it; it is told once."""

    draft: FormDraft
    key: str = ""

    @property
    def held(self) -> Held:
        return Held(self.draft.pk, self.key)


def hand(actor: Actor, filed_by: str) -> Actor:
    """Return whom the journal names for what is done to a draft: who fills it in for another, else nobody.

    Whether a form hides its reporter is known only when it is sent, and a line of the journal
    is never taken back. Whoever keeps the finished form says who sent it, where that may be said.
    """
    return actor if filed_by else Actor("", _("Pengisi formulir"), actor.tenant)


def begin(
    actor: Actor,
    form: Form,
    now: datetime,
    filing: Filing | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Begun:
    """Begin a form.

    Args:
        filing: for whom; for oneself by the web when left out.
        answers: what is known beforehand, such as the place of a QR code. It can be changed.

    Raises:
        Forbidden: the counter needs the right to fill in for residents, a helper an account.
        Invalid: it is not said for whom, or fifty unfinished forms wait already.
    """
    filing = filing or Filing()
    _check_filing(actor, filing)
    key = "" if actor.is_signed_in else secrets.token_urlsafe(24)
    with transaction.atomic():
        own = FormDraft.objects.filter(owner=actor.id, expires_at__gt=now).exclude(owner="")
        if own.count() >= MOST_DRAFTS:
            wrong = _("Anda punya %(count)d formulir yang belum selesai.") % {"count": MOST_DRAFTS}
            raise Invalid([Fault(_("Formulir"), wrong, _("Kirim atau buang salah satu dahulu."))])
        row: FormDraft = FormDraft.objects.create(
            form=form.code,
            form_version=form.version,
            form_sha256=form.sha256,
            answers=sealed_answers(dict(answers or {})),
            owner=actor.id,
            key_hash=digest(key) if key else "",
            channel=filing.channel,
            filed_by=actor.id if filing.is_for_another else "",
            filed_by_name=actor.name if filing.is_for_another else "",
            for_whom=_for_whom(filing),
            origin=filing.origin[:64],
            begun_at=now,
            saved_at=now,
            expires_at=now + KEPT,
        )
        if filing.is_for_another:
            journal.write(actor, "forms.begin_for_another", row, form=form.code, channel=filing.channel)
    return Begun(row, key)


def _check_filing(actor: Actor, filing: Filing) -> None:
    if filing.channel == FormDraft.Channel.COUNTER:
        actor.require(FORMS_ASSIST)
    if filing.channel == FormDraft.Channel.HELPER and not actor.is_signed_in:
        raise Forbidden(_("Masuk dahulu untuk mengisi atas nama orang lain."))
    if filing.channel not in FormDraft.Channel.values:
        raise ValueError(f"no such channel: {filing.channel!r}")
    if filing.is_for_another and not filing.name.strip():
        raise Invalid([Fault(_("Nama pemohon"), _("Belum diisi."), _("Tulis untuk siapa formulir ini."))])
    if len(filing.name) > 200 or len(filing.relation) > 200:
        raise Invalid([Fault(_("Nama pemohon"), _("Terlalu panjang."), _("Paling banyak 200 huruf."))])


def _for_whom(filing: Filing) -> str:
    if not filing.is_for_another:
        return ""
    told = {"name": filing.name.strip(), "relation": filing.relation.strip()}
    return seal(json.dumps(told, ensure_ascii=False), "forms.for_whom")


def sealed_answers(answers: dict[str, Any]) -> str:
    """Return answers sealed. Raises TooLarge above 400,000 letters."""
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    if len(text) > LARGEST:
        raise TooLarge(_("Jawabannya terlalu panjang. Simpan cerita yang panjang sebagai berkas."))
    return seal(text, "forms.draft")


def hand_out_code(actor: Actor, held: Held, now: datetime) -> tuple[str, str]:
    """Give a draft a code and a PIN to come back with, and return both; the PIN is told this once.

    An older code and PIN of the draft end.

    Raises:
        NotFound: as `reads.draft`.
    """
    pin = f"{secrets.randbelow(1_000_000):06}"
    for _try in range(5):
        code = "".join(secrets.choice(_LETTERS) for _letter in range(8))
        try:
            with transaction.atomic():
                row = draft(actor, held, now, to_change=True)
                row.code, row.pin_hash = code, make_password(pin)
                row.wrong_pins, row.locked_until = 0, None
                row.saved_at, row.expires_at = now, now + KEPT
                row.save()
                journal.write(hand(actor, row.filed_by), "forms.hand_out_code", row, form=row.form)
        except IntegrityError:
            continue
        return f"{code[:4]}-{code[4:]}", pin
    raise RuntimeError("no free code was found in five tries")


def resume(actor: Actor, code: str, pin: str, address: str, now: datetime) -> Begun:
    """Come back to a draft by its printed code and PIN; its key in another browser ends.

    Five wrong PINs lock the code for an hour; twenty wrong tries shut an address out as long.

    Args:
        address: network address of who asks.

    Raises:
        NotFound: there is no such code, or the PIN is not its own; which of them is not told.
        Forbidden: too many wrong tries.
    """
    counter = _counter(actor.tenant, address)
    if cache.get(counter, 0) >= WRONG_HERE:
        raise _too_many()
    tidy = "".join(sign for sign in code.upper() if sign in _LETTERS)[:12]
    key = secrets.token_urlsafe(24)
    with transaction.atomic():
        rows = FormDraft.objects.select_for_update().filter(tenant=actor.tenant, expires_at__gt=now)
        row: FormDraft | None = rows.filter(code=tidy).first() if len(tidy) == 8 else None
        is_locked = row is not None and row.locked_until is not None and row.locked_until > now
        # A wrong code takes as long as a wrong PIN.
        fits = check_password(pin[:20], row.pin_hash if row else _no_pin()) and row is not None
        if row is not None and fits and not is_locked:
            row.key_hash = digest(key) if not row.owner else row.key_hash
            row.wrong_pins, row.locked_until = 0, None
            row.save()
            journal.write(hand(actor, row.filed_by), "forms.resume", row, form=row.form)
            return _resumed(actor, row, key)
        if row is not None and not is_locked:
            row.wrong_pins += 1
            if row.wrong_pins >= WRONG_PINS:
                row.wrong_pins, row.locked_until = 0, now + LOCKED
                journal.write(hand(actor, row.filed_by), "forms.lock_code", row, form=row.form)
            row.save()
    cache.set(counter, cache.get(counter, 0) + 1, SECONDS_HERE)
    if is_locked:
        raise _too_many()
    raise NotFound(_("Kode atau PIN-nya tidak cocok. Periksa kertas atau tangkapan layar Anda."))


def _resumed(actor: Actor, row: FormDraft, key: str) -> Begun:
    if row.owner and row.owner != actor.id:
        raise NotFound(_("Formulir ini milik sebuah akun. Masuk dengan akun itu untuk melanjutkan."))
    return Begun(row, "" if row.owner else key)


def _too_many() -> Forbidden:
    return Forbidden(_("Terlalu banyak percobaan yang salah. Coba lagi satu jam lagi."))


def _counter(tenant: str, address: str) -> str:
    mark = hmac.new(settings.SECRET_KEY.encode(), f"{tenant}|{address}".encode(), hashlib.sha256)
    return f"forms.resume.{mark.hexdigest()[:32]}"


@lru_cache(maxsize=1)
def _no_pin() -> str:
    return make_password("no draft has this PIN")


def discard(actor: Actor, held: Held, now: datetime) -> None:
    """Throw a draft away with its files. Raises NotFound as `reads.draft`."""
    with transaction.atomic():
        row = draft(actor, held, now, to_change=True)
        journal.write(hand(actor, row.filed_by), "forms.discard", row, form=row.form)
        forget(row)


def forget(row: FormDraft) -> None:
    """Remove a draft and the rows of its files; their bytes are swept up when nobody else has them."""
    StoredFile.objects.filter(pk__in=list(row.files.values_list("file", flat=True))).delete()
    row.delete()


def prune(actor: Actor, now: datetime) -> int:
    """Remove the drafts of the tenant in scope whose time is over; return how many."""
    done = 0
    for row in FormDraft.objects.filter(tenant=actor.tenant, expires_at__lte=now).iterator(chunk_size=200):
        with transaction.atomic():
            files = DraftFile.objects.filter(draft=row).count()
            journal.write(actor, "forms.expire", row, form=row.form, files=files)
            forget(row)
        done += 1
    return done

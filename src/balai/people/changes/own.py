"""What a person changes about their own data, asks about it, and what is answered."""

import json
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import identifiers, journal, sealing, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.definitions import reads as definition_reads
from balai.people import reads
from balai.people.models import Account, DataRequest, Membership, ResidentProfile

PURPOSE = "nik"


@transaction.atomic
def save_profile(actor: Actor, *, nik: str | None, phone: str) -> ResidentProfile:
    """Keep the actor's own NIK and telephone number in this tenant.

    Args:
        nik: None leaves the one kept alone, "" removes it.

    Raises:
        Invalid: the NIK has not the form of one, or another account has it.
    """
    profile = reads.own_profile(actor) or ResidentProfile(account_id=actor.id)
    actor.require("self.read", profile)
    faults = _faults_of_phone(phone)
    changed = ["phone"] if profile.phone != phone else []
    if nik is not None:
        checked = identifiers.nik(nik) if nik else None
        index = sealing.blind_index(nik, PURPOSE)
        faults += list(checked.faults) if checked else []
        if (
            nik
            and ResidentProfile.objects.filter(nik_index=index, tenant=actor.tenant)
            .exclude(pk=profile.pk)
            .exists()
        ):
            faults.append(
                Fault(
                    "NIK",
                    _("Sudah dipakai akun lain."),
                    _("Bila itu NIK Anda, ajukan permintaan perbaikan data."),
                )
            )
        if not faults:
            changed += ["nik"] if profile.nik_index != index else []
            profile.nik_sealed = sealing.seal(checked.value if checked else "", PURPOSE)
            profile.nik_index = index
    if faults:
        raise Invalid(faults)
    profile.phone = phone
    profile.save()
    journal.write(actor, "self.profile_saved", profile, fields=changed)
    return profile


def _faults_of_phone(phone: str) -> list[Fault]:
    digits = phone.replace("+", "", 1).replace(" ", "").replace("-", "")
    if phone and not (digits.isdigit() and 8 <= len(digits) <= 15):
        return [Fault(_("Nomor telepon"), _("Bukan nomor telepon."), _("Misalnya 0812 3456 7890."))]
    return []


def _faults_of_words(place: str, text: str) -> list[Fault]:
    """A NIK is sealed wherever it is kept; a free text is not."""
    if not identifiers.holds_nik(text):
        return []
    right = _("Hapus nomornya dari tulisan ini; NIK Anda sendiri diisi di “Lengkapi data saya”.")
    return [Fault(place, _("Memuat NIK."), right)]


def unmask_nik(actor: Actor, account: Account, purpose: str) -> str:
    """Return the NIK of an account in clear, and note who saw it and what for; "" where none is kept.

    Raises:
        Forbidden: it is another person's and the actor does not manage people.
        Invalid: no purpose is given.
    """
    profile = ResidentProfile.objects.filter(account=account, tenant=actor.tenant).first()
    if str(account.pk) != actor.id:
        actor.require("people.manage", profile)
        if not purpose.strip():
            raise Invalid([Fault(_("Tujuan"), _("Kosong."), _("Tulis untuk apa NIK ini dibuka."))])
        if faults := _faults_of_words(_("Tujuan"), purpose):
            raise Invalid(faults)
    if profile is None:
        return ""
    with transaction.atomic():
        reads.log_access(actor, account.pk, ["nik"], purpose)
        journal.write(actor, "people.nik_unmasked", profile, account=str(account.pk), purpose=purpose)
    return sealing.unseal(profile.nik_sealed, PURPOSE)


@transaction.atomic
def ask_about_data(actor: Actor, kind: str, text: str, now: datetime) -> DataRequest:
    """Ask for correction, erasure, restriction, or withdraw consent; the deadline in force that day applies.

    Raises:
        Invalid: the kind is unknown, nothing is explained, or the same is asked already.
    """
    actor.require("self.request")
    faults = []
    if kind not in DataRequest.Kind.values:
        faults.append(Fault(_("Permintaan"), _("Tidak dikenal."), _("Pilih salah satu dari daftar.")))
    if not text.strip():
        faults.append(Fault(_("Penjelasan"), _("Kosong."), _("Tulis data mana dan apa yang seharusnya.")))
    faults += _faults_of_words(_("Penjelasan"), text)
    if reads.own_requests(actor).filter(kind=kind, state=DataRequest.State.RECEIVED).exists():
        faults.append(
            Fault(_("Permintaan"), _("Permintaan yang sama masih menunggu jawaban."), _("Tunggu jawabannya."))
        )
    if faults:
        raise Invalid(faults)
    hours = definition_reads.in_force("personal_data_deadlines", timezone.localdate(now), kind).values[
        "hours"
    ]
    request = DataRequest.objects.create(
        account_id=actor.id,
        kind=kind,
        text=text.strip(),
        received_at=now,
        due_at=now + timedelta(hours=int(str(hours))),
    )
    journal.write(actor, "self.data_requested", request, kind=kind, due_at=request.due_at)
    return request


@transaction.atomic
def cancel_request(actor: Actor, request: DataRequest) -> None:
    """Take one's own request back while it waits."""
    fresh = _open(request)
    actor.require("self.request", fresh)
    fresh.state = DataRequest.State.CANCELLED
    fresh.save(update_fields=["state"])
    journal.write(actor, "self.data_request_cancelled", fresh)


@transaction.atomic
def answer_request(actor: Actor, request: DataRequest, *, grant: bool, answer: str, now: datetime) -> None:
    """Grant or refuse a request. Granting an erasure or a withdrawal removes what is kept by consent, now.

    A correction is made by the officer; the answer says what was corrected.

    Raises:
        Forbidden: the actor does not manage people, or it is their own request.
        Conflict: it is answered already.
        Invalid: no answer is written.
    """
    fresh = _open(request)
    actor.require("people.manage", fresh)
    faults = []
    if not answer.strip():
        faults.append(Fault(_("Jawaban"), _("Kosong."), _("Tulis apa yang dilakukan, atau mengapa ditolak.")))
    faults += _faults_of_words(_("Jawaban"), answer)
    if str(fresh.account_id) == actor.id:
        faults.append(
            Fault(_("Permintaan"), _("Ini permintaan Anda sendiri."), _("Rekan lain yang menjawabnya."))
        )
    if faults:
        raise Invalid(faults)
    erased: list[str] = []
    if grant and fresh.kind in (DataRequest.Kind.ERASURE, DataRequest.Kind.WITHDRAWAL):
        erased = _erase(fresh.account, close=fresh.kind == DataRequest.Kind.ERASURE)
    fresh.state = DataRequest.State.GRANTED if grant else DataRequest.State.REFUSED
    fresh.answer, fresh.answered_by, fresh.answered_at = answer.strip(), actor.name, now
    fresh.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    journal.write(actor, f"people.data_request_{fresh.state}", fresh, kind=fresh.kind, erased=erased)


def _open(request: DataRequest) -> DataRequest:
    fresh = DataRequest.objects.select_for_update().select_related("account").get(pk=request.pk)
    if fresh.state != DataRequest.State.RECEIVED:
        raise Conflict(_("Permintaan ini sudah selesai."), {"state": (request.state, fresh.state)})
    return fresh


def _erase(account: Account, *, close: bool) -> list[str]:
    """Remove what is kept of a person by their consent; return what was removed.

    The account itself is emptied only where it never served in an office and no
    other tenant keeps anything of it: who acted in office stays named by law.
    """
    erased = []
    if ResidentProfile.objects.filter(account=account, tenant=tenancy.current_tenant()).delete()[0]:
        erased.append("profile")
    if not close or _is_needed_elsewhere(account):
        return erased
    EmailAddress.objects.filter(user=account).delete()
    Authenticator.objects.filter(user=account).delete()
    SocialAccount.objects.filter(user=account).delete()
    account.name = _("Akun dihapus")
    account.email = f"{account.pk}@deleted.invalid"
    account.is_active = False
    account.set_unusable_password()
    account.save()
    return [*erased, "account"]


def _is_needed_elsewhere(account: Account) -> bool:
    with tenancy.scope(tenancy.current_tenant(), also=reads.tenant_keys()):
        return (
            Membership.objects.filter(account=account).exists()
            or ResidentProfile.objects.filter(account=account).exists()
        )


def export_own_data(actor: Actor) -> bytes:
    """Return the actor's own copy of their data as JSON, and note that it was made."""
    content = reads.copy_of_own_data(actor)
    with transaction.atomic():
        journal.write(actor, "self.data_exported", Account(pk=actor.id))
    return json.dumps(content, ensure_ascii=False, indent=2).encode()

"""Accounts and their seats: giving, moving, acting for somebody, leaving."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid
from balai.definitions import reads as definition_reads
from balai.people import reads
from balai.people.changes.roles import ask_for
from balai.people.models import Account, Membership, Office, Partner
from balai.people.rules import faults_of_period, faults_of_roles_given, split_roles


def longest_acting(on: date) -> Mapping[str, int]:
    """Return the most days for "plt" and "plh" that are in force on a local day."""
    rows = definition_reads.all_in_force("acting_officials", on)
    return {key: int(str(row.values["days"])) for key, row in rows.items()}


def account_of(email: str, name: str, *, is_demo: bool = False) -> tuple[Account, bool]:
    """Return the account with this e-mail and whether it is new; a new one has no password yet.

    Its owner sets one by "forgotten password", which proves that the address is theirs.
    Accounts are shared by all tenants, so the name of an existing one is left alone.
    """
    email = email.strip().casefold()
    account = Account.objects.filter(email=email).first()
    if account is not None:
        return account, False
    account = Account.objects.create_user(email, None, name=name.strip(), is_demo=is_demo)
    EmailAddress.objects.create(user=account, email=email, primary=True, verified=False)
    return account, True


@transaction.atomic
def give_seat(
    actor: Actor,
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    from_on: date,
    office: Office | None = None,
    partner: Partner | None = None,
    position: str = "",
    acting: str = "",
    to_on: date | None = None,
) -> Membership:
    """Give a person a seat in the actor's tenant; an account is made where the e-mail has none.

    Roles that need a second person are asked for, not given (`decide_role`).

    Raises:
        Forbidden: the actor does not manage people (of this office).
        Invalid: period, roles or e-mail are wrong.
    """
    proposed = Membership(office=office)
    actor.require("people.manage", proposed)
    codes = list(roles)
    if codes:
        actor.require("people.roles", proposed)
    faults = [
        *faults_of_roles_given(codes, reads.roles(), actor.tenant),
        *faults_of_period(from_on, to_on, acting, longest_acting(from_on)),
    ]
    if "@" not in email:
        faults.append(Fault(_("Surel"), _("Bukan alamat surel."), _("Misalnya budi@contoh.go.id.")))
    if not name.strip():
        faults.append(Fault(_("Nama"), _("Kosong."), _("Isi nama lengkap.")))
    if faults:
        raise Invalid(faults)
    account, is_new = account_of(email, name)
    if is_new:
        journal.write(actor, "people.account_made", account)
    at_once, later = split_roles(codes, reads.roles())
    seat = Membership.objects.create(
        account=account,
        office=office,
        partner=partner,
        position=position.strip(),
        acting=acting,
        roles=at_once,
        from_on=from_on,
        to_on=to_on,
    )
    journal.write(
        actor,
        "people.seat_given",
        seat,
        account=str(account.pk),
        office=str(office.pk) if office else None,
        roles=at_once,
        acting=acting,
        from_on=from_on,
        to_on=to_on,
    )
    for code in later:
        ask_for(actor, seat, code, _("Diminta bersama pemberian jabatan."))
    return seat


def act_for(
    actor: Actor, seat: Membership, *, email: str, name: str, acting: str, from_on: date, to_on: date
) -> Membership:
    """Let a person act for the holder of `seat` from one day to another, both included, as Plt. or Plh.

    The acting person gets the roles of the seat, for those days; the holder keeps theirs.
    """
    if acting not in (Membership.Acting.PLT, Membership.Acting.PLH):
        raise Invalid(
            [
                Fault(
                    _("Status"),
                    _("“%(found)s” tidak dikenal.") % {"found": acting},
                    _("Pilih Plt. atau Plh."),
                )
            ]
        )
    return give_seat(
        actor,
        email=email,
        name=name,
        roles=seat.roles,
        from_on=from_on,
        to_on=to_on,
        office=seat.office,
        position=seat.position,
        acting=acting,
    )


@transaction.atomic
def transfer(actor: Actor, seat: Membership, *, to: Office, on: date, position: str = "") -> Membership:
    """Move a person to another office from the local day `on`; the old seat ends the day before.

    Powerful roles do not travel: in the new office they are asked for anew.

    Raises:
        Conflict: the seat has ended meanwhile.
        Invalid: the day is not after the first day of the old seat, or the office is not there by then.
    """
    seat = _locked(actor, seat)
    actor.require("people.manage", to)
    faults = []
    if on <= seat.from_on:
        faults.append(
            Fault(
                _("Mulai"),
                _("Pindah pada %(on)s, padahal jabatan lama baru mulai %(from)s.")
                % {"on": on, "from": seat.from_on},
                _("Pilih hari sesudahnya."),
            )
        )
    if seat.to_on is not None and on > seat.to_on:
        faults.append(
            Fault(
                _("Mulai"),
                _("Jabatan lama sudah berakhir %(to)s.") % {"to": seat.to_on},
                _("Pilih hari sebelumnya, atau berikan jabatan baru."),
            )
        )
    if to.pk == seat.office_id:
        faults.append(
            Fault(_("Perangkat daerah"), _("Orang ini sudah di sana."), _("Pilih perangkat daerah lain."))
        )
    if not reads.offices(on).filter(pk=to.pk).exists():
        faults.append(
            Fault(
                _("Perangkat daerah"),
                _("Tidak berlaku pada hari itu."),
                _("Pilih yang berlaku pada hari itu."),
            )
        )
    if faults:
        raise Invalid(faults)
    ended, old_to = on - timedelta(days=1), seat.to_on
    seat.to_on = ended
    seat.save(update_fields=["to_on"])
    at_once, _later = split_roles([code for code in seat.roles if code in reads.roles()], reads.roles())
    moved = Membership.objects.create(
        account_id=seat.account_id,
        office=to,
        position=position.strip() or seat.position,
        roles=at_once,
        from_on=on,
        to_on=old_to,
    )
    journal.write(
        actor,
        "people.transferred",
        seat,
        to_seat=str(moved.pk),
        on=on,
        left_behind=sorted(set(seat.roles) - set(at_once)),
    )
    return moved


@transaction.atomic
def end_seat(actor: Actor, seat: Membership, *, last_day: date, reason: str) -> None:
    """End a seat after a local day; a last day before today takes it away at once.

    Raises:
        Conflict: it has ended meanwhile.
        Invalid: the last day lies before the first.
    """
    seat = _locked(actor, seat)
    faults = list(faults_of_period(seat.from_on, last_day, "", {}))
    if faults:
        raise Invalid(faults)
    facts = journal.changes(seat, {"to_on": last_day})
    seat.to_on = last_day
    seat.save(update_fields=["to_on"])
    journal.write(actor, "people.seat_ended", seat, changes=facts, reason=reason)


@transaction.atomic
def leave(actor: Actor, account: Account, *, reason: str) -> int:
    """Take every seat of a person in the tenant away, now; return how many.

    Who leaves is out at the next request they make. The account itself stays:
    it may serve another local government, and its owner is a resident too.

    Raises:
        Forbidden: the actor does not manage the people of one of the seats.
        Invalid: it is the actor's own account.
    """
    actor.require("people.manage")
    if str(account.pk) == actor.id:
        raise Invalid([Fault(_("Akun"), _("Ini akun Anda sendiri."), _("Minta rekan lain melakukannya."))])
    now = timezone.now()
    today = timezone.localdate(now)
    _hold(account.pk)
    seats = [
        seat
        for seat in Membership.objects.select_for_update().filter(account=account, tenant=actor.tenant)
        if seat.revoked_at is None and (seat.to_on is None or seat.to_on >= today)
    ]
    for seat in seats:
        actor.require("people.manage", seat)
        seat.revoked_at = now
        seat.to_on = max(seat.from_on, today)
        seat.save(update_fields=["revoked_at", "to_on"])
        journal.write(actor, "people.seat_revoked", seat, account=str(account.pk), reason=reason)
    return len(seats)


def _locked(actor: Actor, seat: Membership) -> Membership:
    """Return the seat as it stands now, locked, if the actor may change it and it has not ended."""
    _hold(seat.account_id)
    fresh = Membership.objects.select_for_update().get(pk=seat.pk)
    actor.require("people.manage", fresh)
    if fresh.revoked_at is not None or fresh.to_on != seat.to_on:
        raise Conflict(_("Jabatan ini sudah diubah orang lain."), {"to_on": (seat.to_on, fresh.to_on)})
    return fresh


def _hold(account: UUID) -> None:
    """Let others who change the seats of this account wait: who leaves must not keep one moved meanwhile."""
    Account.objects.select_for_update().get(pk=account)

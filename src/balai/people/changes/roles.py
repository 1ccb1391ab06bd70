"""Roles of a seat: ordinary ones are given by one person, powerful ones only by two."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid
from balai.people import reads
from balai.people.models import Membership, RoleRequest
from balai.people.rules import faults_of_roles_given


@transaction.atomic
def give_role(actor: Actor, seat: Membership, code: str, reason: str) -> RoleRequest | None:
    """Give a seat a role; a powerful one is asked for and the request returned.

    Raises:
        Forbidden: the actor grants no roles here.
        Invalid: there is no such role, it cannot be held in this tenant, or the seat has it.
    """
    actor.require("people.roles", seat)
    faults = list(faults_of_roles_given([code], reads.roles(), actor.tenant))
    seat = Membership.objects.select_for_update().get(pk=seat.pk)
    if code in seat.roles:
        faults.append(Fault(_("Peran"), _("Jabatan ini sudah memegang peran itu."), _("Pilih peran lain.")))
    if faults:
        raise Invalid(faults)
    if reads.roles()[code].second_person:
        return ask_for(actor, seat, code, reason)
    _add(seat, code)
    journal.write(actor, "people.role_given", seat, role=code, reason=reason)
    return None


def ask_for(actor: Actor, seat: Membership, code: str, reason: str) -> RoleRequest:
    """Write the request for a powerful role; another person decides. The caller holds the transaction."""
    open_one = RoleRequest.objects.filter(
        membership=seat, role=code, state=RoleRequest.State.REQUESTED
    ).first()
    if open_one is not None:
        return open_one
    request = RoleRequest.objects.create(membership=seat, role=code, reason=reason, requested_by_id=actor.id)
    journal.write(actor, "people.role_requested", request, seat=str(seat.pk), role=code)
    return request


@transaction.atomic
def decide_role(actor: Actor, request: RoleRequest, *, approve: bool, answer: str) -> None:
    """Approve or refuse a request for a powerful role.

    Raises:
        Forbidden: the actor asked for it, would get it, or grants no roles here.
        Conflict: it is decided already.
    """
    fresh = RoleRequest.objects.select_for_update().select_related("membership").get(pk=request.pk)
    actor.require("people.roles", fresh.membership)
    if str(fresh.requested_by_id) == actor.id:
        raise Forbidden(_("Anda yang meminta peran ini; orang lain yang memutuskannya."))
    if str(fresh.membership.account_id) == actor.id:
        raise Forbidden(_("Peran ini untuk Anda sendiri; orang lain yang memutuskannya."))
    if fresh.state != RoleRequest.State.REQUESTED:
        raise Conflict(_("Permintaan ini sudah diputuskan."), {"state": (request.state, fresh.state)})
    fresh.state = RoleRequest.State.APPROVED if approve else RoleRequest.State.REFUSED
    fresh.decided_by_id = actor.id
    fresh.decided_at = timezone.now()
    fresh.answer = answer
    fresh.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    if approve:
        _add(Membership.objects.select_for_update().get(pk=fresh.membership_id), fresh.role)
    journal.write(
        actor,
        f"people.role_{fresh.state}",
        fresh,
        seat=str(fresh.membership_id),
        role=fresh.role,
        answer=answer,
    )


@transaction.atomic
def take_role(actor: Actor, seat: Membership, code: str, reason: str) -> None:
    """Take a role from a seat; one person is enough for that.

    Raises:
        Invalid: the seat has not got it.
    """
    actor.require("people.roles", seat)
    seat = Membership.objects.select_for_update().get(pk=seat.pk)
    if code not in seat.roles:
        raise Invalid(
            [Fault(_("Peran"), _("Jabatan ini tidak memegang peran itu."), _("Muat ulang halamannya."))]
        )
    seat.roles = [other for other in seat.roles if other != code]
    seat.save(update_fields=["roles"])
    journal.write(actor, "people.role_taken", seat, role=code, reason=reason)


def _add(seat: Membership, code: str) -> None:
    seat.roles = [*seat.roles, code]
    seat.save(update_fields=["roles"])

"""Builds the actor of a request: who asks, from which seats, with which rights, on which day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.stencil import GAP, Stencil
from balai.people.models import Account, Membership
from balai.people.reads.catalogue import roles
from balai.people.rules import held_roles, verbs_of

_SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a seat, and the office it is in, are in force on the local day `on`."""
    return (
        Q(**{f"{prefix}from_on__lte": on, f"{prefix}revoked_at__isnull": True})
        & (Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gte": on}))
        & (
            Q(**{f"{prefix}office__active_from__isnull": True})
            | Q(**{f"{prefix}office__active_from__lte": on})
        )
        & (Q(**{f"{prefix}office__active_to__isnull": True}) | Q(**{f"{prefix}office__active_to__gte": on}))
    )


def visitor(tenant: str) -> Actor:
    """Return somebody who has not signed in; without a query."""
    return Actor("", _("Pengunjung"), tenant, _verbs_of_visitors(tenant))


@lru_cache(maxsize=1024)
def _verbs_of_visitors(tenant: str) -> Mapping[str, Reach]:
    return verbs_of(held_roles(roles(), (), tenant, signed_in=False))


@dataclass(frozen=True)
class Arrival:
    """An account at the door: what it may do, and whether it has to set up a second factor first.

    A demo account of a demo installation never has to.
    """

    actor: Actor
    lacks_second_factor: bool = False


@lru_cache(maxsize=32)
def _seats(
    _scope: tenancy.Scope | None, tenant: str, on: date
) -> Stencil[tuple[UUID | None, list[str], bool]]:
    """Return every seat in force, to be asked for an account; made once a day.

    A seat is its office, its roles, and whether who sits there has a second factor.

    The scope is in force, not asked: by it the manager chooses whose rows there are.
    """
    has = Exists(_second_factors().filter(user=OuterRef("account")))
    seats = Membership.objects.filter(in_force(on), tenant=tenant, account=GAP)
    return Stencil(seats.values_list("office_id", "roles", has))


def arrive(account: Account, tenant: str, on: date) -> Arrival:
    """Return the account acting in `tenant` on the local day `on`; one query.

    The scope of the tenant has to be in force: seats in other tenants give
    nothing here. An account that has left is a visitor.
    """
    if not account.is_active:
        return Arrival(visitor(tenant))
    seats = _seats(tenancy.current_scope(), tenant, on).of(account.pk)
    held = held_roles(roles(), [codes for _office, codes, _has in seats], tenant, signed_in=True)
    actor = Actor(
        id=str(account.pk),
        name=account.name,
        tenant=tenant,
        verbs=verbs_of(held),
        offices=frozenset(str(office) for office, _codes, _has in seats if office),
        is_demo=account.is_demo,
    )
    is_asked = any(role.second_factor for role in held) and not (account.is_demo and settings.OPTIONS.demo)
    return Arrival(actor, is_asked and not _has_second_factor(account, [has for _o, _c, has in seats]))


def actor_for(account: Account, tenant: str, on: date) -> Actor:
    """Return who `account` is in `tenant` on the local day `on`; see `arrive`."""
    return arrive(account, tenant, on).actor


def _has_second_factor(account: Account, told: list[bool]) -> bool:
    """Tell whether the account has a TOTP app or a passkey; `told` by its seats, asked where it has none."""
    return told[0] if told else bool(_second_factors().filter(user=account).exists())


def _second_factors() -> QuerySet[Authenticator]:
    found: QuerySet[Authenticator] = Authenticator.objects.filter(type__in=_SECOND_FACTORS)
    return found

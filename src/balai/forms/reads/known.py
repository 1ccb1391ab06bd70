"""What the server knows when a form is filled in, and stored answers opened again."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from balai.base.actor import Actor
from balai.base.sealing import unseal
from balai.forms.rules import Context, FileSeen, Form, joined
from balai.people import reads as people
from balai.places import reads as places
from balai.places.rules import Level, Point


def facts_about(actor: Actor, on: date) -> dict[str, str]:
    """Return the facts of `rules.FACTS` known about the actor; nothing about a visitor, a job or a program.

    A form filled in for somebody else is not given them.
    """
    if not actor.may("self.read"):
        return {}
    account, _seats = people.own_seats(actor, on)
    profile = people.own_profile(actor)
    found = {"account.name": account.name, "account.email": account.email}
    if profile is not None:
        found |= {"profile.phone": profile.phone, "profile.nik": unseal(profile.nik_sealed, "nik")}
    return {name: value for name, value in found.items() if value}


def context(
    tenant: str,
    today: date,
    *,
    facts: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, FileSeen] | None = None,
) -> Context:
    """Return what answers of a tenant are checked against.

    Args:
        facts: from `facts_about`, and the caller's own.
        variables: values of the variables the form was built with.
        files: those handed in with the answers.
    """
    government = people.government(tenant)
    names: dict[str, str | None] = {}

    def region_name(code: str) -> str | None:
        if code not in names:
            names[code] = places.names([code]).get(code)
        return names[code]

    return Context(
        today=today,
        facts=facts or {},
        variables=variables or {},
        files=files or {},
        region_name=region_name,
        region_at=_region_at,
        city=government.region_code if government else "",
    )


def _region_at(point: Point) -> str:
    for level in (Level.VILLAGE, Level.REGENCY):
        found = places.containing(point, level)
        if found is not None:
            return found.code
    return ""


def opened(form: Form, open: Mapping[str, Any], sealed: str, tenant: str | None = None) -> dict[str, Any]:
    """Return stored answers whole. The caller has asked the right to see personal ones, or masks them.

    Args:
        sealed: as `changes.sealed` gave it.
    """
    text = unseal(sealed, "forms.answers", tenant)
    return joined(form, open, json.loads(text) if text else {})

"""Roles: what each may do, giving one to a seat, and the second person's decision."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Reach
from balai.people import changes, reads
from balai.people.forms import DecisionForm, ReasonForm, RoleForm, role_choices
from balai.people.pages.shared import show_form
from balai.people.rules import verbs

_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


def reach_words() -> dict[Reach, str]:
    return {
        Reach.OWN: _("milik sendiri"),
        Reach.OFFICE: _("perangkat daerahnya"),
        Reach.TENANT: _("seluruh daerah"),
        Reach.NATION: _("semua daerah"),
    }


@needs("people.read")
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Show every role of this tenant with what it allows, as the role files say."""
    titles, words = verbs(), reach_words()
    shown = [
        {
            "role": role,
            "rights": [(titles.get(verb, verb), words[reach]) for verb, reach in role.verbs.items()],
        }
        for role in reads.roles().values()
        if role.is_held_in(actor_of(request).tenant)
    ]
    return render(request, "people/roles.html", {"shown": shown})


@needs("people.roles")
@_GET_OR_POST
def give_role(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    seat = reads.seat(actor, key)
    codes = [choice for choice in role_choices(actor.tenant) if choice[0] not in seat.roles]

    def act(values: dict[str, Any]) -> str:
        asked = changes.give_role(actor, seat, values["role"], values["reason"])
        return _("Peran diminta; orang kedua memutuskannya.") if asked else _("Peran diberikan.")

    return show_form(
        request,
        RoleForm(request.POST or None, codes=codes),
        act,
        title=_("Beri peran kepada %(name)s") % {"name": seat.account.name},
        button=_("Beri atau minta peran"),
        consequence=_("Peran yang berkuasa baru berlaku setelah disetujui orang kedua."),
        back=reverse("person", args=[seat.account_id]),
    )


@needs("people.roles")
@_GET_OR_POST
def take_role(request: HttpRequest, key: str, role: str) -> HttpResponse:
    actor = actor_of(request)
    seat = reads.seat(actor, key)

    def act(values: dict[str, Any]) -> str:
        changes.take_role(actor, seat, role, values["reason"])
        return _("Peran dicabut.")

    return show_form(
        request,
        ReasonForm(request.POST or None),
        act,
        title=_("Cabut peran %(role)s dari %(name)s") % {"role": role, "name": seat.account.name},
        button=_("Cabut peran"),
        tone="danger",
        consequence=_("Peran itu berakhir sekarang."),
        back=reverse("person", args=[seat.account_id]),
    )


@needs("people.roles")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the requests for powerful roles."""
    found = reads.role_requests(actor_of(request))[:200]
    return render(request, "people/role_requests.html", {"requests": found})


@needs("people.roles")
@_GET_OR_POST
def decide(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    asked = reads.role_request(actor, key)

    def act(values: dict[str, Any]) -> str:
        approve = values["decision"] == "approve"
        changes.decide_role(actor, asked, approve=approve, answer=values["answer"])
        return _("Peran diberikan.") if approve else _("Permintaan ditolak.")

    return show_form(
        request,
        DecisionForm(request.POST or None),
        act,
        title=_("Putuskan permintaan peran"),
        button=_("Putuskan"),
        back=reverse("role-requests"),
        template="people/decide.html",
        more={"asked": asked, "role": reads.roles().get(asked.role)},
    )

"""The register of partners: public as a list, kept by the programme office."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs, public
from balai.people import changes, reads
from balai.people.forms import EndForm, PartnerForm
from balai.people.models import Partner
from balai.people.pages.shared import show_form

_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@public("Who takes part in a public programme is public; contacts are not shown here.")
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """List the partners by helix."""
    actor = actor_of(request)
    helix = request.GET.get("helix", "")
    rows = reads.partners(timezone.localdate(), helix if helix in Partner.Helix.values else "")
    choices = [("", _("Semua")), *Partner.Helix.choices]
    context = {
        "partners": rows,
        "helixes": [
            {"label": label, "href": f"?helix={value}" if value else "?", "is_here": value == helix}
            for value, label in choices
        ],
        "may_manage": actor.may("partners.manage"),
    }
    return render(request, "people/partners.html", context)


@needs("partners.manage")
@_GET_OR_POST
def new_partner(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)

    def act(values: dict[str, Any]) -> str:
        changes.register_partner(actor, **values)
        return _("%(name)s dicatat sebagai mitra.") % {"name": values["name"]}

    return show_form(
        request,
        PartnerForm(request.POST or None),
        act,
        title=_("Mitra baru"),
        button=_("Simpan mitra"),
        back=reverse("partners"),
    )


@needs("partners.manage")
@_GET_OR_POST
def change_partner(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    partner = reads.partner(key)

    def act(values: dict[str, Any]) -> str:
        changes.change_partner(actor, partner, **values)
        return _("Perubahan disimpan.")

    # The form gets values, not the row: what is written goes through `changes` alone.
    initial = {field: getattr(partner, field) for field in PartnerForm.Meta.fields}
    return show_form(
        request,
        PartnerForm(request.POST or None, initial=initial),
        act,
        title=_("Ubah mitra %(name)s") % {"name": partner.name},
        button=_("Simpan perubahan"),
        back=reverse("partners"),
    )


@needs("partners.manage")
@_GET_OR_POST
def end_partner(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    partner = reads.partner(key)

    def act(values: dict[str, Any]) -> str:
        changes.end_partner(actor, partner, **values)
        return _("Kemitraan berakhir setelah %(day)s.") % {"day": values["last_day"]}

    return show_form(
        request,
        EndForm(request.POST or None, initial={"last_day": timezone.localdate()}),
        act,
        title=_("Akhiri kemitraan dengan %(name)s") % {"name": partner.name},
        button=_("Akhiri kemitraan"),
        tone="danger",
        back=reverse("partners"),
    )

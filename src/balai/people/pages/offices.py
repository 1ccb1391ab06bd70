"""Offices of the tenant."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.people import changes, reads
from balai.people.forms import EndForm, OfficeForm, RenameForm
from balai.people.models import Office
from balai.people.pages.shared import show_form

PER_PAGE = 100
_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs("people.read")
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """List the offices the actor may see, of one kind or of all."""
    actor = actor_of(request)
    kind = request.GET.get("kind", "")
    rows = reads.offices_visible_to(actor).select_related("parent").prefetch_related("former_names")
    if kind in Office.Kind.values:
        rows = rows.filter(kind=kind)
    kinds = [("", _("Semua")), *Office.Kind.choices]
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": [
            {"label": label, "href": f"?kind={value}" if value else "?", "is_here": value == kind}
            for value, label in kinds
        ],
        "may_manage": actor.may("people.manage"),
    }
    return render(request, "people/offices.html", context)


@needs("people.manage")
@_GET_OR_POST
def new_office(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()

    def act(values: dict[str, Any]) -> str:
        changes.open_office(actor, **values)
        return _("%(name)s dicatat.") % {"name": values["name"]}

    form = OfficeForm(request.POST or None, today=today, initial={"active_from": today})
    return show_form(
        request, form, act, title=_("Perangkat daerah baru"), button=_("Simpan"), back=reverse("offices")
    )


@needs("people.manage")
@_GET_OR_POST
def rename_office(request: HttpRequest, key: str) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    office = reads.office(key)

    def act(values: dict[str, Any]) -> str:
        changes.rename_office(actor, office, today=today, **values)
        return _("Nama diganti; nama lama tersimpan dengan hari terakhirnya.")

    initial = {"name": office.name, "short_name": office.short_name, "from_on": today}
    return show_form(
        request,
        RenameForm(request.POST or None, initial=initial),
        act,
        title=_("Ganti nama %(name)s") % {"name": office.name},
        button=_("Ganti nama"),
        back=reverse("offices"),
    )


@needs("people.manage")
@_GET_OR_POST
def close_office(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    office = reads.office(key)

    def act(values: dict[str, Any]) -> str:
        changes.close_office(actor, office, **values)
        return _("%(name)s ditutup setelah %(day)s.") % {"name": office.name, "day": values["last_day"]}

    return show_form(
        request,
        EndForm(request.POST or None, initial={"last_day": timezone.localdate()}),
        act,
        title=_("Tutup %(name)s") % {"name": office.name},
        button=_("Tutup perangkat daerah"),
        tone="danger",
        consequence=_("Jabatan di dalamnya tidak berlaku lagi sesudah hari itu."),
        back=reverse("offices"),
    )

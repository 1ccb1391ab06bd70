"""Who sits where: the list of people, one person, and what becomes of their seats."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.people import changes, reads
from balai.people.forms import ActingForm, EndForm, SearchForm, SeatForm, TransferForm
from balai.people.pages.shared import show_form

PER_PAGE = 50
_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs("people.read")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the seats held today that the actor may see."""
    actor, today = actor_of(request), timezone.localdate()
    form = SearchForm(request.GET or None, actor=actor)
    found = form.cleaned_data if form.is_bound and form.is_valid() else {}
    seats = reads.seats_held(
        actor,
        today,
        words=found.get("q", ""),
        office=found.get("office", ""),
        role=found.get("role", ""),
    )
    page = Paginator(seats, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "people/people.html", {"form": form, "page": page, "may_manage": actor.may("people.manage")}
    )


@needs("people.read")
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Show one person with their seats; that they were looked at is noted."""
    actor = actor_of(request)
    seen = reads.person(actor, key)
    reads.log_access(actor, seen.account.pk, ["name", "email", "position"], _("Membuka halaman petugas"))
    today = timezone.localdate()
    context = {
        "person": seen.account,
        "seats": [{"seat": seat, "is_held": _is_held(seat, today)} for seat in seen.seats],
        "is_self": str(seen.account.pk) == actor.id,
        "may_manage": actor.may("people.manage"),
        "may_grant": actor.may("people.roles"),
    }
    return render(request, "people/person.html", context)


def _is_held(seat: Any, today: Any) -> bool:
    return seat.revoked_at is None and seat.from_on <= today and (seat.to_on is None or seat.to_on >= today)


@needs("people.manage")
@_GET_OR_POST
def new_seat(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    form = SeatForm(request.POST or None, actor=actor, today=today, initial={"from_on": today})

    def act(values: dict[str, Any]) -> str:
        changes.give_seat(actor, **values)
        return _("Jabatan untuk %(name)s dicatat.") % {"name": values["name"]}

    return show_form(
        request, form, act, title=_("Beri jabatan"), button=_("Simpan jabatan"), back=reverse("people")
    )


@needs("people.manage")
@_GET_OR_POST
def transfer(request: HttpRequest, key: str) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    seat = reads.seat(actor, key)

    def act(values: dict[str, Any]) -> str:
        changes.transfer(actor, seat, **values)
        return _("%(name)s pindah pada %(on)s.") % {"name": seat.account.name, "on": values["on"]}

    return show_form(
        request,
        TransferForm(request.POST or None, today=today),
        act,
        title=_("Pindahkan %(name)s") % {"name": seat.account.name},
        button=_("Catat perpindahan"),
        consequence=_("Peran yang berkuasa tidak ikut pindah; mintalah lagi di tempat baru."),
        back=reverse("person", args=[seat.account_id]),
    )


@needs("people.manage")
@_GET_OR_POST
def act_for(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    seat = reads.seat(actor, key)

    def act(values: dict[str, Any]) -> str:
        changes.act_for(actor, seat, **values)
        return _("%(name)s dicatat sebagai pejabat sementara.") % {"name": values["name"]}

    return show_form(
        request,
        ActingForm(request.POST or None),
        act,
        title=_("Pejabat sementara untuk %(name)s") % {"name": seat.account.name},
        button=_("Catat pejabat sementara"),
        consequence=_("Ia memegang peran yang sama pada hari-hari itu, lalu berakhir dengan sendirinya."),
        back=reverse("person", args=[seat.account_id]),
    )


@needs("people.manage")
@_GET_OR_POST
def end_seat(request: HttpRequest, key: str) -> HttpResponse:
    actor = actor_of(request)
    seat = reads.seat(actor, key)

    def act(values: dict[str, Any]) -> str:
        changes.end_seat(actor, seat, **values)
        return _("Jabatan berakhir setelah %(day)s.") % {"day": values["last_day"]}

    return show_form(
        request,
        EndForm(request.POST or None, initial={"last_day": timezone.localdate()}),
        act,
        title=_("Akhiri jabatan %(name)s") % {"name": seat.account.name},
        button=_("Akhiri jabatan"),
        tone="danger",
        back=reverse("person", args=[seat.account_id]),
    )


@needs("people.manage")
@require_POST
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Take every seat of a person away, now."""
    actor = actor_of(request)
    seen = reads.person(actor, key)
    count = changes.leave(actor, seen.account, reason=request.POST.get("reason", ""))
    messages.success(request, _("%(count)d jabatan dicabut. Aksesnya berakhir sekarang.") % {"count": count})
    return redirect("person", key=key)

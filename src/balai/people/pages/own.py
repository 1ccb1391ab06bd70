"""One's own data: what is kept, who looked, a copy, what can be asked; and the officers who answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.people import changes, reads
from balai.people.forms import AnswerForm, DataRequestForm, ProfileForm
from balai.people.pages.shared import show_form

_GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs("self.read")
@never_cache
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show everything that is kept about the actor here."""
    return render(request, "people/own.html", {"about": reads.about(actor_of(request))})


@needs("self.read")
@never_cache
@_GET_OR_POST
def profile(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    kept = reads.own_profile(actor)

    def act(values: dict[str, Any]) -> str:
        nik = "" if values["remove_nik"] else values["nik"] or None
        changes.save_profile(actor, nik=nik, phone=values["phone"])
        return _("Data Anda disimpan.")

    return show_form(
        request,
        ProfileForm(request.POST or None, initial={"phone": kept.phone if kept else ""}),
        act,
        title=_("Lengkapi data saya"),
        button=_("Simpan data"),
        consequence=_("Dengan menyimpan, Anda menyetujui data ini dipakai untuk layanan yang Anda minta."),
        back=reverse("self"),
    )


@needs("self.read")
@never_cache
@require_POST
def show_nik(request: HttpRequest) -> HttpResponse:
    """Show the actor their own NIK in clear, once."""
    actor = actor_of(request)
    found = reads.about(actor)
    nik = changes.unmask_nik(actor, found.account, "")
    return render(request, "people/own.html", {"about": found, "nik_in_clear": nik})


@needs("self.read")
@never_cache
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Give out the actor's own copy of their data."""
    content = changes.export_own_data(actor_of(request))
    headers = {"Content-Disposition": 'attachment; filename="data-saya.json"'}
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


@needs("self.request")
@_GET_OR_POST
def ask(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)

    def act(values: dict[str, Any]) -> str:
        changes.ask_about_data(actor, values["kind"], values["text"], timezone.now())
        return _("Permintaan Anda diterima. Batas waktu jawabannya tertulis di bawah.")

    return show_form(
        request,
        DataRequestForm(request.POST or None, initial={"kind": request.GET.get("kind", "correction")}),
        act,
        title=_("Permintaan atas data saya"),
        button=_("Kirim permintaan"),
        back=reverse("self"),
    )


@needs("self.request")
@require_POST
def cancel(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    changes.cancel_request(actor, reads.own_request(actor, key))
    messages.success(request, _("Permintaan dibatalkan."))
    return redirect("self")


@needs("people.manage")
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List what people ask about their data, the most urgent first."""
    found = reads.data_requests(actor_of(request))[:200]
    return render(request, "people/data_requests.html", {"requests": found, "now": timezone.now()})


@needs("people.manage")
@never_cache
@_GET_OR_POST
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)
    asked = reads.data_request(actor, key)
    reads.log_access(actor, asked.account_id, ["name", "email", "text"], _("Menjawab permintaan atas data"))

    def act(values: dict[str, Any]) -> str:
        grant = values["decision"] == "approve"
        changes.answer_request(actor, asked, grant=grant, answer=values["answer"], now=timezone.now())
        return _("Jawaban disimpan.")

    return show_form(
        request,
        AnswerForm(request.POST or None),
        act,
        title=_("Jawab permintaan atas data"),
        button=_("Simpan jawaban"),
        consequence=_(
            "Menyetujui penghapusan atau penarikan langsung menghapus data yang disimpan atas persetujuan."
        ),
        back=reverse("data-requests"),
        template="people/answer.html",
        more={"asked": asked},
    )

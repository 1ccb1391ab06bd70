"""The counter: an officer fills in a form for somebody who came, and hands over number and PIN."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.forms import reads as drafts
from balai.forms.reads import Held
from balai.services import reads
from balai.services.pages.public_form import Frame, ask_for_whom, filling

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs("forms.assist")
def counter(request: HttpRequest) -> HttpResponse:
    """The services that are taken at the counter, and forms the officer has not sent yet."""
    actor, now = actor_of(request), timezone.now()
    services = [one for one in reads.services(timezone.localdate()) if "counter" in one.filing.channels]
    by_form = {one.form.code: one for one in services}
    waiting = [
        (row, by_form[row.form], drafts.for_whom(row))
        for row in drafts.drafts(actor, now).filter(channel="counter")
        if row.form in by_form
    ]
    return render(request, "services/desk/counter.html", {"services": services, "waiting": waiting})


@never_cache
@get_or_post
@needs("forms.assist")
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """For whom the form is."""
    service = reads.service(code, timezone.localdate())
    title = _("%(service)s di loket") % {"service": service.title}
    about = _("Tulis nama orang yang datang. Anda tercatat sebagai yang mengisi.")
    back = reverse("service-counter")
    template = "services/desk/counter_for_whom.html"
    return ask_for_whom(request, service, "counter", "service-counter-form", template, title, about, back)


@never_cache
@get_or_post
@needs("forms.assist")
def form(request: HttpRequest, code: str, draft: UUID) -> HttpResponse:
    """The form of a service at the counter."""
    service = reads.service(code, timezone.localdate())
    held = Held(draft)
    if request.method != "POST" or "_draft" not in request.POST:
        row = drafts.draft(actor_of(request), held, timezone.now())
        if row.channel != "counter":
            raise NotFound(_("Formulir ini tidak diisi di loket."))
    frame = Frame(reverse("service-counter-form", args=[code, draft]), "services/desk/counter", is_own=False)
    return filling(request, service, held, frame)

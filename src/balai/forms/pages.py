"""The style guide of forms: one of each kind of field, checked as it would be, and never kept."""

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from balai.base.access import actor_of, public
from balai.base.errors import Fault, Invalid
from balai.forms import reads
from balai.forms.rules import Type, in_words, validate
from balai.forms.rules.posted import add_row, answers, pressed, remove_row
from balai.forms.samples.guide import guide

_FACTS = {"fee.amount": 25_000, "account.name": "Sari Wulandari"}


@require_http_methods(["GET", "HEAD", "POST"])
@public("It shows a sample form, and keeps nothing of what is typed.")
def form_guide(request: HttpRequest) -> HttpResponse:
    """Show the sample form; sent, it comes back with its faults or with the answers in words."""
    form = guide()
    step = form.steps[0]
    today = timezone.localdate()
    context = reads.context(actor_of(request).tenant, today, facts=_FACTS)
    try:
        sent, uploads = request.POST, request.FILES
    except MultiPartParserError as error:
        raise Invalid([Fault(_("Formulir"), _("Kirimannya rusak di jalan."), _("Kirim lagi."))]) from error
    given = answers(step, sent, {}) if request.method == "POST" else {}
    button = pressed(sent)
    if button.act == "add":
        add_row(form.items.get(button.on[0]), given)
    elif button.act == "remove":
        remove_row(form.items.get(button.on[0]), button.on[1], given)
    checked = validate(form, given, context)
    is_sent = request.method == "POST" and button.act == "next"
    refused = {
        path: (Fault(str(field.label), _("Berkas tidak disimpan di panduan ini.")),)
        for path, field in form.fields()
        if field.type in (Type.FILE, Type.IMAGE) and path in uploads
    }
    known = {key: value for key, value in given.items() if key in form.items}
    shown = reads.show(checked, step.id, known, context, with_faults=is_sent, more_faults=refused)
    parts = in_words(form, checked.plain(), context, personal=False) if is_sent and checked.is_valid else None
    status = 422 if is_sent and not checked.is_valid else 200
    return render(request, "forms/guide.html", {"shown": shown, "parts": parts}, status=status)

"""One's own keys for programs: what there is, a new one shown once, and taking one out of force."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, signed_in
from balai.base.actor import Actor
from balai.base.errors import Invalid
from balai.people import changes, reads
from balai.people.forms import DayField
from balai.people.rules import verbs

USUAL = timedelta(days=90)


class ProgramKeyForm(forms.Form):
    """A key to make."""

    name = forms.CharField(
        label=gettext_lazy("Nama program"),
        max_length=80,
        help_text=gettext_lazy("Tertulis di jejak audit bersama nama Anda, misalnya “Dasbor Dinkes”."),
    )
    verbs = forms.MultipleChoiceField(
        label=gettext_lazy("Yang boleh dilakukan program ini"), widget=forms.CheckboxSelectMultiple
    )
    expires_on = DayField(
        label=gettext_lazy("Berlaku sampai"), help_text=gettext_lazy("Paling lama setahun.")
    )

    def __init__(self, *args: object, actor: Actor, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        held = [(verb, str(title)) for verb, title in verbs().items() if actor.may(verb)]
        self.fields["verbs"].choices = held  # type: ignore[attr-defined]


@signed_in
@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """List the actor's own keys; what a key reads like is known to its program alone."""
    today = timezone.localdate()
    rows = [
        {"key": row, "is_expired": row.expires_on < today, "verbs": [verbs().get(v, v) for v in row.verbs]}
        for row in reads.own_program_keys(actor_of(request))
    ]
    return render(request, "people/program_keys.html", {"rows": rows})


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    actor, now = actor_of(request), timezone.now()
    initial = {"expires_on": timezone.localdate() + USUAL}
    form = ProgramKeyForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row, key = changes.make_program_key(actor, **form.cleaned_data, at=now)
        except Invalid as error:
            for fault in error.faults:
                form.add_error(None, str(fault))
        else:
            return render(request, "people/program_key.html", {"row": row, "key": key})
    context = {
        "form": form,
        "title": _("Kunci program baru"),
        "button": _("Buat kunci"),
        "back": reverse("program-keys"),
        "tone": "primary",
        "consequence": _(
            "Program yang memegang kunci ini bertindak atas nama Anda. Simpan kuncinya seperti kata sandi."
        ),
    }
    return render(request, "people/form.html", context, status=422 if request.method == "POST" else 200)


@signed_in
@require_POST
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    changes.revoke_program_key(actor_of(request), key, at=timezone.now())
    messages.success(request, _("Kunci dicabut. Program yang memakainya ditolak mulai sekarang."))
    return redirect("program-keys")

"""Which programs elsewhere are told of cases: made, tried, stopped, and what they did not take."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, do_once, sent, show, tell
from balai.base.errors import Invalid, Locked
from balai.base.forms import Asked
from balai.services.changes import webhooks as changes
from balai.services.reads import services
from balai.services.reads import webhooks as reads
from balai.services.rules.webhooks import EVENTS, LONGEST_NAME, LONGEST_URL

STATES = {
    "waiting": ("waiting", gettext_lazy("menunggu dikirim")),
    "sent": ("done", gettext_lazy("terkirim")),
    "dead": ("late", gettext_lazy("gagal")),
}


class ConnectionForm(Asked):
    """A program to be told."""

    name = forms.CharField(
        label=gettext_lazy("Nama program"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Misalnya “Dasbor Command Center”."),
    )
    url = forms.CharField(
        label=gettext_lazy("Alamat yang dikirimi"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("Diawali https://. Alamat di dalam jaringan sendiri ditolak."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Dikabari bila"), widget=forms.CheckboxSelectMultiple, choices=EVENTS.items()
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Layanan"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Kosongkan untuk semua layanan."),
    )


@needs("services.connect")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: HttpRequest) -> HttpResponse:
    """Every connection, and a form for one more; its secret is shown once, right after."""
    actor = actor_of(request)
    form, status = ConnectionForm(*sent(request)), 200
    form.choose("services", [(one.code, str(one.title)) for one in services(timezone.localdate())])
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row, secret = changes.subscribe(actor, changes.Wanted(**form.cleaned_data), timezone.now())
            except (Invalid, Locked) as error:
                status = error.status
                tell(form, error)
            else:
                return _told(request, row.pk, secret)
    rows = [(row, _events(row)) for row in reads.webhooks(actor)]
    return show(request, "services/desk/connections.html", {"form": form, "rows": rows}, status)


@needs("services.connect")
@require_safe
def connection(request: HttpRequest, key: UUID) -> HttpResponse:
    """One connection with its latest messages."""
    actor = actor_of(request)
    row = reads.webhook(actor, key)
    messages = [(one, *STATES[one.state]) for one in reads.deliveries(actor, key)]
    events = [str(EVENTS.get(name, name)) for name in row.events]
    return show(request, "services/desk/connection.html", {"row": row, "told": messages, "events": events})


@needs("services.connect")
@require_POST
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a connection for good."""

    def act() -> Done:
        changes.stop(actor_of(request), key, version=_version(request), at=timezone.now())
        return Done(_("Sambungan dihentikan."), reverse("service-connection", args=[key]))

    return do_once(request, act)


@needs("services.connect")
@never_cache
@require_POST
def replace_secret(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make another secret and show it, this once."""
    _row, secret = changes.replace_secret(actor_of(request), key, version=_version(request))
    return _told(request, key, secret)


@needs("services.connect")
@require_POST
def ping(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a message that tells nothing."""

    def act() -> Done:
        changes.ping(actor_of(request), key, timezone.now())
        said = _("Pesan percobaan dikirim. Muat ulang halaman ini untuk melihat hasilnya.")
        return Done(said, reverse("service-connection", args=[key]))

    return do_once(request, act)


@needs("services.connect")
@require_POST
def send_again(request: HttpRequest, key: UUID, message: UUID) -> HttpResponse:
    """Begin a new round of tries for a message that was not taken."""

    def act() -> Done:
        changes.send_again(actor_of(request), message)
        return Done(_("Pesan dikirim lagi."), reverse("service-connection", args=[key]))

    return do_once(request, act)


def _events(row: reads.WebhookSeen) -> list[str]:
    return [str(EVENTS.get(name, name)) for name in row.events]


def _told(request: HttpRequest, key: UUID, secret: str) -> HttpResponse:
    row = reads.webhook(actor_of(request), key)
    return show(request, "services/desk/connection_secret.html", {"row": row, "secret": secret})


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0

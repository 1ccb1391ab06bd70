"""A service as its file says it: states, moves, tests and their results, versions, and what runs on each."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, do_once, sent, show
from balai.base.errors import Fault, Invalid
from balai.base.forms import Asked
from balai.services import changes
from balai.services.pages import desk_asked as asked_of
from balai.services.pages.given_out import archive
from balai.services.reads import lists, versions
from balai.services.reads.lists import Queue
from balai.services.reads.versions import Tried
from balai.services.rules.definition import Service, Status
from balai.services.rules.diagram import diagram, moves_told
from balai.services.rules.loading import check_text

STATUSES = {
    Status.DRAFT: gettext_lazy("rancangan"),
    Status.PUBLISHED: gettext_lazy("terbit"),
    Status.RETIRED: gettext_lazy("dihentikan"),
}
MOST_BYTES = 300_000
"""Of a file that is looked through; the longest of ours has 40 kB."""


@require_safe
@needs("services.read")
def definitions(request: HttpRequest) -> HttpResponse:
    """Every service offered here, with its newest version."""
    known = versions.known_services(actor_of(request))
    return show(
        request,
        "services/desk/definitions.html",
        {"services": [(one, STATUSES[one.status]) for one in known]},
    )


@require_safe
@needs("services.read")
def definition(request: HttpRequest, code: str) -> HttpResponse:
    """One service: what its file says, whether its tests pass, and the cases on each of its versions."""
    actor = actor_of(request)
    found = versions.versions(actor, code)
    newest = found[0].service
    tests = versions.tried(newest)
    queue = next((one for one in (Queue.ALL, Queue.OFFICE) if one in lists.queues_of(actor)), None)
    return show(
        request,
        "services/desk/definition.html",
        {
            **_described(newest),
            "tests": tests,
            "passed": sum(not one.wrong for one in tests),
            "versions": [
                {
                    "version": one,
                    "status": STATUSES[one.service.status],
                    "states": [
                        (str(one.service.states[key].title) if key in one.service.states else key, number)
                        for key, number in one.states.items()
                    ],
                    "href": reverse("service-list")
                    + asked_of.query_of(queue=queue.value, service=code, version=one.service.version)
                    if queue
                    else "",
                }
                for one in found
            ],
            "jobs": versions.upgrades_under_way(actor, code),
            "may_upgrade": actor.may("services.upgrade"),
        },
    )


def _described(service: Service) -> dict[str, Any]:
    return {
        "service": service,
        "status": STATUSES[service.status],
        "diagram": diagram(service),
        "moves": moves_told(service),
        "clocks": [
            (clock, [one.law for one in clock.limits if one.law]) for clock in service.clocks.values()
        ],
    }


@require_POST
@needs("services.upgrade")
def bring_over(request: HttpRequest, code: str) -> HttpResponse:
    """Begin to bring the running cases of a version to the newest, as a job."""
    actor = actor_of(request)
    old, new = (request.POST.get(name, "") for name in ("old", "new"))
    if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in (old, new)):
        raise Invalid([Fault(_("Versi"), _("Belum dipilih."), _("Pilih versi lama dan baru."))])

    def act() -> Done:
        changes.begin_upgrade(actor, code, int(old), int(new), timezone.now())
        said = _("Pemindahan dimulai. Kemajuannya terlihat di halaman ini.")
        return Done(said, f"{reverse('service-definition', args=[code])}#pindah")

    return do_once(request, act)


@require_POST
@needs("services.upgrade")
def give_out(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Give out every case of a service with its answers, history and files; who did it is in the journal."""
    actor, now = actor_of(request), timezone.now()
    if request.POST.get("agreed") != "yes":
        raise Invalid([Fault(_("Persetujuan"), _("Belum dicentang."), _("Isinya data pribadi warga."))])
    parts = changes.give_out(actor, code, now)
    answer = StreamingHttpResponse(archive(actor, code, parts), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{code}-{timezone.localdate(now):%Y-%m-%d}.zip"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


class FileForm(Asked):
    """A file of a service that is not published yet."""

    file = forms.FileField(
        label=gettext_lazy("Berkas definisi (.yaml)"),
        help_text=gettext_lazy("Diperiksa seperti saat terbit; tidak ada yang disimpan."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("services.read")
def check(request: HttpRequest) -> HttpResponse:
    """Look a draft through as the product does before it is published; nothing of it is kept."""
    form = FileForm(*sent(request))
    if request.method != "POST":
        return show(request, "services/desk/check.html", {"form": form})
    if not form.is_valid():
        return show(request, "services/desk/check.html", {"form": form}, 422)
    upload = form.cleaned_data["file"]
    if upload.size > MOST_BYTES:
        form.add_error("file", _("Terlalu besar; paling besar 300 kB."))
        return show(request, "services/desk/check.html", {"form": form}, 422)
    raw = upload.read()
    code, version = _named(raw)
    try:
        found = check_text(raw, code, version)
    except Invalid as error:
        context = {"form": form, "faults": error.faults, "name": upload.name}
        return show(request, "services/desk/check.html", context, 422)
    tests = tuple(Tried(test, ()) for test in found.tests)
    context = {"form": form, "name": upload.name, "tests": tests, **_described(found)}
    return show(request, "services/desk/check.html", context)


def _named(raw: bytes) -> tuple[str, int]:
    """Return code and version a file gives itself, ("layanan", 1) where it does not: the check says it."""
    said = {"service": "layanan", "version": "1"}
    for line in raw.decode("utf-8", "replace").splitlines()[:60]:
        name, sign, value = line.partition(":")
        if sign and name in said:
            said[name] = value.partition("#")[0].strip().strip("\"'")
    number = said["version"]
    is_number = number.isascii() and number.isdigit() and len(number) < 5
    code = said["service"]
    return (code if code.isidentifier() else "layanan"), int(number) if is_number else 1

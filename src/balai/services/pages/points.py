"""QR points: set up by an officer, printed, hung up where people pass."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import Done, ask, do_once, sent, show
from balai.base.qr import qr_svg
from balai.services import changes, reads
from balai.services.changes import PointDraft
from balai.services.forms import PointForm
from balai.services.models import Point
from balai.services.rules.at_point import has_place

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@needs("services.points")
def points(request: HttpRequest) -> HttpResponse:
    """Every QR point, and a form for one more."""
    actor = actor_of(request)
    choices = [
        (one.code, str(one.title))
        for one in reads.services(timezone.localdate())
        if "qr" in one.filing.channels and has_place(one.form)
    ]
    form = PointForm(*sent(request), services=choices)

    def act(form: PointForm) -> Done:
        made = changes.add_point(actor, PointDraft(**form.cleaned_data), timezone.now())
        said = _("%(label)s terpasang. Cetak lembarnya, lalu tempel di tempatnya.") % {"label": made.label}
        return Done(said, reverse("point", args=[made.pk]))

    rows = [(one, dict(choices).get(one.service, one.service)) for one in reads.points(actor)]
    return ask(
        request, form, act, template="services/desk/points.html", rows=rows, has_services=bool(choices)
    )


@require_safe
@needs("services.points")
def sheets(request: HttpRequest) -> HttpResponse:
    """All open points as sheets to print, one on a page."""
    rows = [one for one in reads.points(actor_of(request)) if not one.is_shut]
    return show(
        request, "services/desk/point_sheets.html", {"sheets": [_sheet(request, one) for one in rows]}
    )


@get_or_post
@needs("services.points")
def point(request: HttpRequest, key: UUID) -> HttpResponse:
    """One point with its sheet; sent, it is shut or opened again."""
    actor = actor_of(request)
    row = reads.point(actor, key)
    if request.method == "POST":
        is_shut = request.POST.get("shut") == "1"

        def act() -> Done:
            changes.shut_point(actor, key, is_shut=is_shut)
            return Done(_("Titik ditutup.") if is_shut else _("Titik dibuka lagi."), reverse("points"))

        return do_once(request, act)
    return show(request, "services/desk/point.html", {"row": row, "sheet": _sheet(request, row)})


def _sheet(request: HttpRequest, row: Point) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("service-point", args=[row.code]))
    return {"row": row, "address": address, "drawn": mark_safe(qr_svg(address))}  # noqa: S308 - drawn by us

"""Figures that somebody published, written down with their source."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.plan import changes, reads
from balai.plan.forms import FigureForm
from balai.plan.models import Confidence
from balai.plan.pages.asking import Done, ask, do_once, sent, show


@require_safe
@needs("plan.publish_figure")
def figures(request: HttpRequest) -> HttpResponse:
    rows = reads.published(actor_of(request))
    names = dict(Confidence.choices)
    return show(
        request, "plan/desk/figures.html", {"rows": [(names.get(row.confidence, ""), row) for row in rows]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan.publish_figure")
def record(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)

    def act(form: FigureForm) -> Done:
        changes.record_published_figure(actor, form.draft())
        return Done(_("Angka terbit dicatat, dengan sumbernya."), reverse("plan-figures"))

    return ask(
        request,
        FigureForm(*sent(request)),
        act,
        title=_("Catat angka terbit"),
        about=_(
            "Tulis persis seperti diterbitkan. Angka ini tidak pernah dicampur dengan yang dihitung di sini."
        ),
        button=_("Catat angka"),
        back=reverse("plan-figures"),
    )


@require_POST
@needs("plan.publish_figure")
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    actor = actor_of(request)

    def act() -> Done:
        changes.remove_published_figure(actor, key)
        return Done(_("Angka itu dihapus; jejak auditnya tetap ada."), reverse("plan-figures"))

    return do_once(request, act)

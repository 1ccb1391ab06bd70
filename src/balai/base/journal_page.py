"""The journal on a page, for who may read it: newest first, by actor, kind and thing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import seals
from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid
from balai.base.journal import JournalEntry

SHOWN = 50


@require_safe
@needs("journal.read")
def page(request: HttpRequest) -> HttpResponse:
    """Show who did what to which thing; the state of the chain stands above.

    Query: `q` holds part of an actor's name, a verb or a thing's key; `after` is the
    key of the last line of the page before.
    """
    actor = actor_of(request)
    rows = JournalEntry.objects.filter(tenant=actor.tenant).order_by("-pk")
    text = request.GET.get("q", "").strip()[:100]
    if text:
        rows = (
            rows.filter(actor_name__icontains=text)
            | rows.filter(verb__startswith=text)
            | rows.filter(thing=text)
        )
    if after := request.GET.get("after", ""):
        rows = rows.filter(pk__lt=_key(after))
    lines = list(rows[: SHOWN + 1])
    return render(
        request,
        "balai/journal.html",
        {
            "lines": lines[:SHOWN],
            "next": str(lines[SHOWN - 1].pk) if len(lines) > SHOWN else "",
            "first": not after,
            "text": text,
            "length": seals.audit_length(),
            "sealed": seals.length(),
        },
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(
            [Fault("after", _("Penunjuk halaman ini tidak dikenal."), _("Mulailah dari halaman pertama."))]
        ) from error

"""The journal on a page, for who may read it: newest first, by actor, kind and thing."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
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

    Query: `q` holds part of an actor's name, a verb, a kind or a thing's key; `from` and `to` are
    local days, both included; `after` is the key of the last line of the page before.
    """
    actor = actor_of(request)
    rows = JournalEntry.objects.filter(tenant=actor.tenant).order_by("-pk")
    text = request.GET.get("q", "").strip()[:100]
    if text:
        rows = (
            rows.filter(actor_name__icontains=text)
            | rows.filter(verb__startswith=text)
            | rows.filter(kind__icontains=text)
            | rows.filter(thing=text)
        )
    first, last = _day(request, "from"), _day(request, "to")
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
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
            "from": first.isoformat() if first else "",
            "to": last.isoformat() if last else "",
            "length": seals.audit_length(),
            "sealed": seals.length(),
        },
    )


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        wrong = _("“%(text)s” bukan tanggal.") % {"text": text[:20]}
        raise Invalid([Fault(name, wrong, _("Tulis tahun-bulan-hari, misalnya 2026-03-18."))]) from error


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(
            [Fault("after", _("Penunjuk halaman ini tidak dikenal."), _("Mulailah dari halaman pertama."))]
        ) from error

"""Everything of one's own in services: cases, unfinished forms, cases one follows, and what was told."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.forms import reads as drafts
from balai.services import changes, reads
from balai.services.pages.desk_words import case_address
from balai.services.reads import sight
from balai.services.rules.definition import Service

NOTICES = 20
"""Notices on a page; the older ones are a link away."""


@never_cache
@require_safe
@needs("services.follow")
def own(request: HttpRequest) -> HttpResponse:
    """One inbox over all services of the local government."""
    actor, now = actor_of(request), timezone.now()
    services = reads.services(timezone.localdate())
    forms = {one.form.code: one for one in services}
    known = {one.code: one for one in services}
    provisional = reads.Provisional()
    unfinished = [
        (row, forms[row.form], drafts.for_whom(row))
        for row in drafts.drafts(actor, now).exclude(channel="counter")
        if row.form in forms
    ]
    notices = reads.inbox(actor, NOTICES, _before(request.GET.get("sebelum", "")))
    context = {
        "cases": [
            (
                line,
                known.get(line.service),
                _state(known.get(line.service), line.state),
                provisional.year(known.get(line.service), line.due_at) is not None,
            )
            for line in reads.own_list(actor)
        ],
        "followed": reads.followed(actor),
        "unfinished": unfinished,
        "notices": notices,
        "older": notices[-1].at.isoformat() if len(notices) == NOTICES else "",
        "unread": reads.unread(actor),
        "now": now,
    }
    return render(request, "services/public/own.html", context)


def _before(text: str) -> datetime | None:
    """Return the instant a page of notices ends before; None for the first page and for no instant."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


@require_POST
@needs("services.follow")
def read(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open the case a notice is about; the notice is read with it."""
    actor = actor_of(request)
    found = reads.notice(actor, key)
    changes.read_notice(actor.id, key, timezone.now())
    if found is None:
        return redirect("own-cases")
    row = reads.case(actor, found.case) if _is_known(actor, found.case) else None
    if row is not None and not sight.is_applicant(actor, row):
        return redirect(case_address(row.service, row.number))
    return redirect("case", found.case)


def _is_known(actor: Actor, key: UUID) -> bool:
    return sight.own_cases(actor).filter(pk=key).exists() or sight.cases(actor).filter(pk=key).exists()


def _state(service: Service | None, state: str) -> str:
    return str(service.states[state].title) if service and state in service.states else state

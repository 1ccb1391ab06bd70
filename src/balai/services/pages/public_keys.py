"""What a browser without an account holds: the key of an unfinished form, and tickets of cases.

They are cookies of their own, not the session: a page that shows everybody the same stays kept,
and nothing ties what somebody reports to what else they read.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from balai.forms.changes import KEPT, Begun
from balai.forms.reads import Held
from balai.services.reads import Ticket

_DRAFT, _TICKETS = "balai_formulir", "balai_berkas"
HELD_SECONDS = 2 * 3600
"""How long a browser that was told a PIN, or typed it, sees the case; each look begins it anew."""
_MOST = 8


def held_by(request: HttpRequest) -> Held | None:
    """Return the unfinished form whose key the browser holds for this part of the site."""
    key, _dot, secret = request.COOKIES.get(_DRAFT, "").partition(".")
    return Held(key, secret) if key and secret else None


def hold(request: HttpRequest, response: HttpResponse, begun: Begun, code: str) -> None:
    """Give the browser the key of a form that was begun without an account."""
    if begun.key:
        response.set_cookie(
            _DRAFT,
            f"{begun.draft.pk}.{begun.key}",
            max_age=int(KEPT.total_seconds()),
            path=reverse("service", args=[code]),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def tickets(request: HttpRequest) -> dict[str, Ticket]:
    """Return the tickets the browser holds, by case."""
    found = {}
    for text in request.COOKIES.get(_TICKETS, "").split("~")[-_MOST:]:
        case, _dot, key = text.partition(".")
        if case and key:
            found[case] = Ticket(case, key)
    return found


def ticket(request: HttpRequest, case: UUID) -> Ticket | None:
    """Return the ticket the browser holds of one case."""
    return tickets(request).get(str(case))


def keep_ticket(request: HttpRequest, response: HttpResponse, one: Ticket | None) -> None:
    """Let the browser see a case for two hours more."""
    if one is None:
        return
    held = tickets(request)
    held.pop(one.case, None)
    _write(request, response, [*held.values(), one])


def forget_ticket(request: HttpRequest, response: HttpResponse, case: UUID) -> None:
    """Take a case from the browser: whoever uses it next needs number and PIN."""
    _write(request, response, [one for key, one in tickets(request).items() if key != str(case)])


def _write(request: HttpRequest, response: HttpResponse, held: list[Ticket]) -> None:
    path = reverse("case-track")
    if not held:
        response.delete_cookie(_TICKETS, path=path)
        return
    response.set_cookie(
        _TICKETS,
        "~".join(f"{one.case}.{one.key}" for one in held[-_MOST:]),
        max_age=HELD_SECONDS,
        path=path,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )

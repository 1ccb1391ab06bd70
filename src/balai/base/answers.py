"""Turns a refusal (`balai.base.errors`) into an answer a person, or a program, can act on."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.defaults import bad_request, page_not_found, server_error

from balai.base.access import SignInFirst
from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound, Refused, TooLarge

_log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"

_WORDS = {
    SignInFirst: ("sign-in-first", gettext_lazy("Silakan masuk dahulu"), ""),
    Forbidden: (
        "forbidden",
        gettext_lazy("Anda tidak dapat melakukan ini"),
        gettext_lazy("Bila ini keliru, hubungi pengelola di kantor Anda."),
    ),
    NotFound: (
        "not-found",
        gettext_lazy("Halaman ini tidak ada"),
        gettext_lazy("Alamatnya mungkin salah ketik, atau Anda tidak berhak melihat isinya."),
    ),
    Invalid: ("invalid", gettext_lazy("Ada yang perlu diperbaiki"), ""),
    Conflict: (
        "conflict",
        gettext_lazy("Orang lain baru saja mengubahnya"),
        gettext_lazy("Kiriman Anda belum disimpan. Muat ulang halamannya, bandingkan, lalu kirim lagi."),
    ),
    TooLarge: ("too-large", gettext_lazy("Ini terlalu besar"), gettext_lazy("Perkecil atau bagi berkasnya.")),
    Locked: (
        "locked",
        gettext_lazy("Ini sudah dikunci"),
        gettext_lazy("Yang sudah dikunci hanya dapat diperbaiki dengan catatan baru."),
    ),
    Refused: ("refused", gettext_lazy("Permintaan ini tidak dilakukan"), ""),
}
"""For each kind of refusal: its name for programs, its title, and what to do now."""


class RefusalMiddleware:
    """Answers a refusal with its status, as a page or as application/problem+json (RFC 9457)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and is_for_a_program(request):
            return _not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refusal = refusal_in(error)
        return answer(request, refusal) if refusal else None


def refusal_in(error: Exception) -> Refused | None:
    """Return the refusal an error is, None where it is none.

    Two who add the same at the same moment are told apart only by the unique
    constraint; the second gets a conflict and not a failure.
    """
    if isinstance(error, Refused):
        return error
    if isinstance(error, IntegrityError) and (constraint := _taken(error)):
        # The error's own text holds values of the row, so it is not written down.
        _log.warning("a unique constraint was met: %s", constraint)
        return Conflict(_("Hal yang sama baru saja disimpan orang lain."))
    return None


def _taken(error: IntegrityError) -> str:
    """Return what of the database said that a unique value is taken, "" where it was something else."""
    cause: Any = error.__cause__
    if getattr(cause, "sqlstate", "") == "23505":
        return str(cause.diag.constraint_name)
    if getattr(cause, "sqlite_errorname", "") in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return str(cause)
    return ""


def answer(request: HttpRequest, error: Refused) -> HttpResponse:
    """Return the answer to a refusal: a page for people, a problem for programs.

    A visitor who has to sign in is taken to sign-in and back again.
    """
    if is_for_a_program(request):
        return JsonResponse(problem(error), status=error.status, content_type=PROBLEM)
    if isinstance(error, SignInFirst):
        # What was posted cannot be sent again after sign-in; the page it came from can be opened again.
        there = request.get_full_path() if request.method in ("GET", "HEAD") else _page_before(request) or "/"
        return redirect(f"{reverse('account_login')}?{urlencode({'next': there})}")
    _kind, title, advice = _words(error)
    context = {
        "title": title,
        "message": str(error),
        "advice": advice,
        "faults": error.faults if isinstance(error, Invalid) else (),
        "changes": [(field, *pair) for field, pair in error.changes.items()]
        if isinstance(error, Conflict)
        else (),
        "back": _page_before(request),
    }
    return render(request, "balai/refused.html", context, status=error.status)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that breaks the rules of HTTP or of its own form (Django's `handler400`)."""
    error = Refused(_("Permintaan ini tidak dapat dibaca."))
    error.status = 400
    return answer(request, error) if is_for_a_program(request) else bad_request(request, exception)


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere (Django's `handler404`)."""
    if is_for_a_program(request):
        return answer(request, NotFound(_("Tidak ada apa-apa di alamat itu.")))
    return page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours (Django's `handler500`); what failed stands in the log alone."""
    if not is_for_a_program(request):
        return server_error(request)
    body = {
        "type": "urn:balai:problem:failed",
        "title": _("Ada kesalahan di pihak kami"),
        "status": 500,
        "detail": _("Catatannya sudah tersimpan. Kirim lagi nanti dengan Idempotency-Key yang sama."),
    }
    return JsonResponse(body, status=500, content_type=PROBLEM)


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    methods = ", ".join(sorted(response["Allow"].split(", ")))
    error = Refused(
        _("%(method)s tidak dilayani di alamat ini; yang dilayani: %(methods)s.")
        % {"method": request.method, "methods": methods}
    )
    error.status = 405
    told = answer(request, error)
    told["Allow"] = methods
    return told


def problem(error: Refused) -> dict[str, Any]:
    """Return a refusal as the members of a problem (RFC 9457).

    >>> from balai.base.errors import Fault
    >>> problem(Invalid([Fault("C7", "kosong.", "Isi angka.")]))["faults"]
    [{'place': 'C7', 'wrong': 'kosong.', 'right': 'Isi angka.'}]
    """
    name, title, advice = _words(error)
    body: dict[str, Any] = {
        "type": f"urn:balai:problem:{name}",
        "title": str(title),
        "status": error.status,
        "detail": str(error),
    }
    if advice:
        body["advice"] = str(advice)
    if isinstance(error, Invalid):
        body["faults"] = [
            {"place": fault.place, "wrong": fault.wrong, "right": fault.right} for fault in error.faults
        ]
    if isinstance(error, Conflict):
        body["changes"] = {
            field: {"yours": _plain(yours), "now": _plain(now)}
            for field, (yours, now) in error.changes.items()
        }
    return body


def _words(error: Refused) -> tuple[str, Any, Any]:
    return next(_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def is_for_a_program(request: HttpRequest) -> bool:
    """Tell whether a program asks, by the address or by what it accepts."""
    if request.path.startswith("/api/"):
        return True
    wanted = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return wanted in ("application/json", "application/problem+json")


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page the visitor came from, "" where it is not one of ours."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

"""The frame of the API: who asks, how a refusal is answered, and how a write is made once.

Routers of the modules hold one line an operation: the same reads and changes as
the pages. Every operation declares who may (`balai.base.access`).
"""

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import APIKeyCookie

from balai.base.access import actor_of
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Refused
from balai.base.idempotency import once

PROBLEM = "application/problem+json"


class Session(APIKeyCookie):
    """The session of the browser, or a visitor without one; writes need the CSRF token of the session."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        return actor_of(request)


def problem(error: Refused) -> dict[str, Any]:
    """Return a refusal as a problem of RFC 9457, its faults and what changed included."""
    answer: dict[str, Any] = {"type": "about:blank", "status": error.status, "title": str(error)}
    if isinstance(error, Invalid):
        answer["title"] = _("Isian belum benar.")
        answer["faults"] = [{"place": f.place, "wrong": f.wrong, "right": f.right} for f in error.faults]
    if isinstance(error, Conflict) and error.changes:
        answer["changes"] = {name: {"yours": yours, "now": now} for name, (yours, now) in error.changes.items()}
    return answer


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return JsonResponse(
        problem(error), status=error.status, content_type=PROBLEM, encoder=DjangoJSONEncoder, safe=False
    )


def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [
        Fault(".".join(str(part) for part in fault["loc"]), str(fault["msg"])) for fault in error.errors
    ]
    return refused(request, Invalid(faults))


def make(title: str, version: str, description: str) -> NinjaAPI:
    """Return an API with our way of signing in and of answering refusals, and no operation yet."""
    api = NinjaAPI(
        title=title,
        version=version,
        description=description,
        auth=Session(),
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
    )
    api.add_exception_handler(Refused, refused)  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _malformed)  # type: ignore[arg-type]
    return api


def write_once(request: HttpRequest, change: Callable[[], tuple[int, dict[str, Any]]]) -> HttpResponse:
    """Make a change under the request's Idempotency-Key and answer it; repeated, answer the same again.

    Raises:
        Invalid: the header is missing or malformed.
        Conflict: the key was used with another body.
    """
    asked = f"{request.method} {request.path}\n".encode() + request.body
    status, body = once(actor_of(request), request.headers.get("Idempotency-Key", ""), asked, change)
    return HttpResponse(json.dumps(body), status=status, content_type="application/json")

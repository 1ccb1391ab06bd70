"""How every face answers: marked, so that nobody fetches twice; open to other sites; not without end."""

import hashlib
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from balai.base import answers
from balai.base.access import actor_of, needs
from balai.base.errors import Refused
from balai.base.network import address_of, visits
from balai.data.engines.turns import TooMany
from balai.people import reads as people

_TOLD = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Retry-After"
_BEFORE = {
    "Access-Control-Allow-Origin": "*",
    # No keys: pages of others read as visitors do.
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}


def crossing[V: Callable[..., Any]](*methods: str) -> Callable[[V], V]:
    """Declare by which methods pages of other sites may ask: their browsers ask that first, by OPTIONS.

    Only for views that write nothing, or know who writes by a key: no token of a form is asked for.
    """
    allowed = {"Allow": ", ".join((*methods, "OPTIONS")), "Access-Control-Allow-Methods": ", ".join(methods)}

    def declare(view: V) -> V:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers=allowed | _BEFORE)
            return view(request, *args, **kwargs)

        return csrf_exempt(answered) if "POST" in methods else answered  # type: ignore[return-value]

    return declare


def face[V: Callable[..., Any]](view: V) -> V:
    """Declare a view of a face: for reading, by whoever reads datasets, so many times a minute."""

    @crossing("GET", "HEAD")
    @require_safe
    @needs("data.read")
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not actor_of(request).is_signed_in:
            wait = visits().seconds_to_wait(address_of(request), time.monotonic())
            if wait:
                return _too_many(request, wait)
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return opened(request, answers.answer(request, refused))

    return answered  # type: ignore[return-value]


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    told = _("Tanpa masuk, paling banyak %(most)d permintaan semenit. Coba lagi %(seconds)d detik lagi.")
    refused = TooMany(told % {"most": settings.FACES_VISITOR_PER_MINUTE, "seconds": wait})
    response = opened(request, answers.answer(request, refused))
    response["Retry-After"] = str(wait)
    return response


def marked(
    request: HttpRequest,
    body: str | bytes,
    kind: str,
    *,
    mark: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Answer with a body and its mark, or 304 to who has it.

    Args:
        mark: the same for the same body; made of the body itself where it is "".
    """
    whole = body.encode() if isinstance(body, str) else body
    etag = f'"{mark or hashlib.blake2b(whole, digest_size=16).hexdigest()}"'
    found: HttpResponse | None = get_conditional_response(request, etag=etag)
    response = found or HttpResponse(whole, content_type=kind)
    response["ETag"] = etag
    for name, value in (headers or {}).items():
        response[name] = value
    return opened(request, response)


def opened(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let programs of other sites read what every visitor may, and nobody keep what is not for everybody."""
    if actor_of(request).is_signed_in:
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = "no-cache"
    crossed(request, response)
    patch_vary_headers(response, ["Accept", "Cookie", "Authorization"])
    return response


def crossed(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let pages of other sites read what was answered to a visitor."""
    if not actor_of(request).is_signed_in:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _TOLD


def home_of(request: HttpRequest, tenant: str) -> str:
    """Return the address by which the things of a tenant are called, whatever host was asked: stable."""
    host = people.host_of(tenant)
    if not host:
        return request.build_absolute_uri("/")
    port = request.get_port()
    usual = port in ("80", "443")
    return f"{request.scheme}://{host}{'' if usual else f':{port}'}/"

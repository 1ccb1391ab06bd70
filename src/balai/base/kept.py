"""Public answers that are drawn once and given to many visitors, until something changed.

A page of fifty actions takes the processor some 90 ms to draw, and on the day a
city shows it to the press everybody asks for the same one. A view that shows
every visitor of a tenant the same carries `@kept`; the middleware keeps its
answers in memory. An answer is given again only while the journal of the tenant
holds no act since it was drawn; every change of ours writes one.

Whoever is signed in, or was told something by a message, always gets a fresh answer.
See docs/decisions/0009-public-answers-are-kept.md.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.ids import first_at
from balai.base.journal import JournalEntry

SECONDS = 60.0
"""An answer is drawn again after this long, whatever the journal says."""
STILL_OPEN = timedelta(seconds=2)
"""A change stands in the journal at its beginning and can be read at its end: up to this much later."""
ROOM = 32_000_000
"""Bytes that a process keeps; what was asked for longest ago goes first."""

type Key = tuple[str, str, str, str]


def kept[V: Callable[..., Any]](view: V) -> V:
    """Declare that the view shows every visitor of a tenant the same, as long as nothing changes there."""
    view.is_kept = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True)
class Answer:
    """An answer as it is given again; `packed` is its body compressed."""

    drawn_at: datetime
    drawn: float
    headers: dict[str, str]
    body: bytes
    packed: bytes
    mark: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)

    def is_current(self) -> bool:
        """Tell whether nothing was done in the tenant in scope, or the national one, since it was drawn."""
        if (
            time.monotonic() - self.drawn > SECONDS
            or timezone.localdate(self.drawn_at) != timezone.localdate()
        ):
            return False
        with tenancy.scope(tenancy.current_tenant(), also=[tenancy.NATIONAL]):
            return not JournalEntry.objects.filter(pk__gte=first_at(self.drawn_at - STILL_OPEN)).exists()

    def given(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(self.body, headers=self.headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = self.packed
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["ETag"] = self.mark
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        found = get_conditional_response(request, etag=self.mark, response=response)
        return found if isinstance(found, HttpResponse) else response


class KeptMiddleware:
    """Gives visitors the kept answer of a view that is `@kept`.

    Stands last: it needs tenant, language and actor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_plain(request):
            return self.get_response(request)
        key = (
            tenancy.current_tenant(),
            getattr(request, "LANGUAGE_CODE", ""),
            f"{request.scheme}://{request.get_host()}",
            request.get_full_path(),
        )
        answer = self._answers.get(key)
        if answer is None or not answer.is_current():
            began, at = time.monotonic(), datetime.now(UTC)
            response = self.get_response(request)
            if not _may_be_kept(request, response):
                return response
            answer = _drawn(response, began, at)
            self._keep(key, answer)
        return answer.given(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        request.is_kept = getattr(view, "is_kept", False)  # type: ignore[attr-defined]

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            old = self._answers.pop(key, None)
            self._answers[key] = answer
            self._size += answer.size - (old.size if old else 0)
            while self._size > ROOM:
                _key, gone = self._answers.popitem(last=False)
                self._size -= gone.size


def _is_plain(request: HttpRequest) -> bool:
    """Tell whether a visitor only reads, and nothing is waiting to be said to them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = (settings.SESSION_COOKIE_NAME, "messages")
    return (
        request.method in ("GET", "HEAD")
        and not actor.is_signed_in
        and not any(name in request.COOKIES for name in held)
        # Asked for as a program asks, a page may answer otherwise.
        and "Authorization" not in request.headers
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether the answer is for everybody: a view says so, and nothing in it belongs to this visitor."""
    return (
        getattr(request, "is_kept", False)
        and request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        # Set when a form of the page took a new token for this visitor; who had one already shows it.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and b"csrfmiddlewaretoken" not in response.content
        and "no-store" not in response.headers.get("Cache-Control", "")
    )


def _drawn(response: HttpResponse, began: float, at: datetime) -> Answer:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    # A browser and a proxy may keep it too, but ask each time whether it still stands.
    headers.setdefault("Cache-Control", "public, no-cache")
    body = bytes(response.content)
    mark = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return Answer(at, began, headers, body, gzip.compress(body, 6, mtime=0), mark)


class TextCompressionMiddleware(GZipMiddleware):
    """Compresses pages and data on their way out; files are sent as they lie."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if response.streaming or not kind.startswith(("text/", "application/json", "application/geo+json")):
            return response
        return super().process_response(request, response)

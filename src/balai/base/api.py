"""The frame of the API: who asks, how a refusal is answered, and how a write is made once.

Routers of the modules hold a few lines an operation: the same reads and changes
as the pages. Every operation declares who may (`balai.base.access`).
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja import Router as NinjaRouter
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from ninja.security import APIKeyCookie
from ninja.security.base import AuthBase
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter

from balai.base import answers
from balai.base.access import SignInFirst, actor_of
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid, NotFound, Refused
from balai.base.idempotency import once

_READS = ("GET", "HEAD")

# A NUL in a text is refused here, because PostgreSQL would refuse it later and less kindly.
Word = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]
Year = Annotated[int, Field(ge=2000, le=2100)]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Limit = Annotated[int, Field(ge=1, le=500, description="how many items at most")]
After = Annotated[Word, Field(description="`next` of the page before; empty for the first page")]


class Body(Schema):
    """What a write sends. A field we do not know is refused, so that nobody believes it was written."""

    model_config = ConfigDict(extra="forbid")


class Page[T](Schema):
    """A part of a list in its fixed order; `next` is "" on the last page."""

    items: list[T]
    next: str


def page[T](rows: Sequence[T], key: Callable[[T], object], after: str, limit: int) -> Page[T]:
    """Return the `limit` rows that follow the row with the key `after`, from the beginning for "".

    Raises:
        Invalid: no row has this key, or not any more.
    """
    start = 0
    if after:
        found = next((place for place, row in enumerate(rows) if str(key(row)) == after), None)
        if found is None:
            wrong = _("Baris itu tidak ada lagi di daftar ini.")
            raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])
        start = found + 1
    items = list(rows[start : start + limit])
    return Page(items=items, next=str(key(items[-1])) if items and start + limit < len(rows) else "")


class Router(NinjaRouter):
    """A router whose reads answer HEAD as well, and may return a tuple of any length."""

    def get(self, path: str, **options: Any) -> Callable[[Any], Any]:
        register = self.api_operation(list(_READS), path, **options)
        return lambda view: register(_as_list(view))


def _as_list(view: Callable[..., Any]) -> Callable[..., Any]:
    # ninja takes a tuple of just two rows for a status and a body.
    @wraps(view)
    def listed(*args: Any, **named: Any) -> Any:
        found = view(*args, **named)
        return list(found) if type(found) is tuple else found

    return listed


class Session(APIKeyCookie):
    """The session of the browser, or a visitor without one; writes need the CSRF token of the session."""

    param_name = "sessionid"

    def _get_key(self, request: HttpRequest) -> str | None:
        # Who has no session lends nobody their rights, so there is no token to ask for.
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        return actor_of(request)


class Api(NinjaAPI):
    """Our API: operation ids that outlive a move of the code, and answers that can be asked for again."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return "plan_programme": the tag of the module and the name of the function."""
        return f"{(operation.tags or ['api'])[0]}_{operation.view_func.__name__}"

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        is_read = request.method in _READS and response.status_code == 200
        return _revalidated(request, response) if is_read else response


def make(title: str, version: str, description: str, *, programs: AuthBase) -> Api:
    """Return an API with our ways of signing in and of answering refusals, and no operation yet.

    Args:
        programs: how a program says whose it is; asked before the session, and refuses what it cannot read.
    """
    api = Api(
        title=title,
        version=version,
        description=description,
        auth=[programs, Session()],
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
    )
    api.add_exception_handler(Refused, refused)  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _malformed)  # type: ignore[arg-type]
    api.add_exception_handler(AuthenticationError, _nobody)  # type: ignore[arg-type]
    api.add_exception_handler(Http404, _nothing)  # type: ignore[arg-type]
    api.add_exception_handler(HttpError, _unread)  # type: ignore[arg-type]
    return api


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refusal as a problem of RFC 9457."""
    response = JsonResponse(answers.problem(error), status=error.status, content_type=answers.PROBLEM)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="balai"'
    return response


def write_once(
    request: HttpRequest,
    answer: Any,
    change: Callable[[], Any],
    *,
    status: int = 200,
    sent: bytes | None = None,
) -> HttpResponse:
    """Make a change under the request's Idempotency-Key and answer it; repeated, answer the same again.

    Args:
        answer: the type of what `change` returns, as the description names it.
        sent: what tells two requests apart; the body, unless a program builds it anew each time.

    Raises:
        Invalid: the header is missing or malformed.
        Conflict: the key was used with another body.
    """

    def make_it() -> tuple[int, dict[str, Any]]:
        return status, TypeAdapter(answer).dump_python(change(), mode="json")

    asked = f"{request.method} {request.path}\n".encode() + (request.body if sent is None else sent)
    key = request.headers.get("Idempotency-Key", "")
    status, body = once(actor_of(request), key, asked, make_it)
    response = HttpResponse(json.dumps(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _revalidated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Name the version of the answer by its content, and send nothing to who has it already.

    What a visitor reads is for everybody, unless the operation said `request.is_private`.
    """
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    if actor_of(request).is_signed_in or getattr(request, "is_private", False):
        response["Cache-Control"] = "private, no-cache"
    else:
        response["Cache-Control"] = "no-cache"
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    again = get_conditional_response(request, etag, response=response)
    return again if isinstance(again, HttpResponse) else response


def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return refused(request, Invalid([_fault(each) for each in error.errors]))


def _fault(error: dict[str, Any]) -> Fault:
    # ("body", name of the parameter, field, …): a program knows its fields, not our parameter.
    source, *path = [str(part) for part in error["loc"]]
    place = ".".join(path[1:] if source == "body" and len(path) > 1 else path) or source
    if error["type"] == "missing":
        return Fault(place, _("Belum diisi."))
    if error["type"] == "extra_forbidden":
        return Fault(place, _("Isian ini tidak dikenal."), _("Hapus dari kiriman."))
    return Fault(place, _("Nilai ini tidak dapat dipakai."), _right(error))


def _right(error: dict[str, Any]) -> str:
    """Return what would be right, in the reader's language for what programs get wrong most."""
    bound = error.get("ctx") or {}
    match error["type"]:
        case "less_than_equal":
            return _("Paling besar %(most)s.") % {"most": bound["le"]}
        case "greater_than_equal":
            return _("Paling kecil %(least)s.") % {"least": bound["ge"]}
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("Tulis bilangan bulat.")
        case "decimal_parsing" | "decimal_type" | "float_parsing" | "float_type":
            return _("Tulis angka, dengan titik sebelum desimalnya.")
        case "string_type":
            return _("Tulis teks.")
        case "string_too_long":
            return _("Paling panjang %(most)s huruf.") % {"most": bound["max_length"]}
        case "string_too_short":
            return _("Paling pendek %(least)s huruf.") % {"least": bound["min_length"]}
        case "bool_parsing" | "bool_type":
            return _("Tulis true atau false.")
        case "literal_error" | "enum":
            return _("Pilihannya: %(choices)s.") % {"choices": bound["expected"].replace(" or ", ", ")}
        case "uuid_parsing" | "uuid_type":
            return _("Tulis id seperti yang dijawab API ini.")
        case "list_type":
            return _("Kirim larik.")
        case "dict_type" | "model_attributes_type" | "model_type":
            return _("Kirim objek.")
        case kind if kind.startswith("datetime_"):
            return _("Tulis saat, misalnya 2026-03-18T09:30:00+07:00.")
        case kind if kind.startswith("date_"):
            return _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
    # What is left names a form that a program is told in its description.
    return str(error["msg"])


def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refused(request, SignInFirst(_("Silakan masuk dahulu.")))


def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return refused(request, NotFound(_("Data itu tidak ada.")))


def _unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what ninja refuses by itself: a body that is no JSON, a write without the CSRF token."""
    told = {
        400: _("Isi kiriman bukan JSON yang dapat dibaca."),
        403: _("Kiriman dari peramban harus membawa token CSRF-nya (kepala X-CSRFToken)."),
    }
    problem = Refused(told.get(error.status_code, str(error)))
    problem.status = error.status_code
    return refused(request, problem)

"""The two addresses of the face: an action by its name, and the rows of a resource as a file."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from balai.base.access import actor_of, needs, public
from balai.base.answers import refusal_in
from balai.base.errors import TooLarge
from balai.base.network import address_of, visits
from balai.data.engines.turns import TooMany
from balai.data.faces.answering import crossing
from balai.data.faces.ckan import answers, dumping
from balai.data.faces.ckan.asked import Asked, Data, actions
from balai.data.faces.ckan.faults import BadRequest, BadSearch, Wrong
from balai.data.faces.ckan.keys import let_in

MOST_DEPTH = 100


def _spoken(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let programs in by their key, and answer every refusal in CKAN's words."""

    @wraps(view)
    def speaking(request: HttpRequest, **named: Any) -> HttpResponseBase:
        name, base = named.get("name", "datastore_dump"), base_of(request)
        try:
            let_in(request)
            wait = _wait(request)
            response = _too_many(base, name, wait) if wait else view(request, base, **named)
        except BadRequest as error:
            response = answers.mere_text(str(error))
        except (Wrong, BadSearch) as error:
            response = answers.refused(base, name, error)
        except RequestDataTooBig:
            told = _("Kiriman ini terlalu besar. Kirim barisnya dalam beberapa bagian, atau sebagai berkas.")
            response = answers.refused(base, name, TooLarge(told))
        except Exception as error:
            refusal = refusal_in(error)
            if refusal is None:
                raise
            response = answers.refused(base, name, refusal)
        return answers.marked(response, for_everybody=not actor_of(request).is_signed_in)

    return speaking


@crossing("GET", "HEAD", "POST")  # who posts acts by a key, or as a visitor: see `keys.let_in`
@require_http_methods(["GET", "HEAD", "POST"])
@_spoken
@needs("data.read")
def action(request: HttpRequest, base: str, name: str) -> HttpResponseBase:
    """Do an action of CKAN by its name."""
    found = actions().get(name)
    if found is None:
        raise BadRequest(f"Action name not known: {name[:100]}")
    if found.writes and request.method != "POST":
        raise BadRequest(
            "JSON Error: Error decoding JSON data. Error: Invalid request. "
            "Please use the POST method for your request"
        )
    data = _sent(request) if request.method == "POST" else _of(request.GET)
    return answers.whole(request, base, name, found.do(Asked(request, actor_of(request), data, base)))


@crossing("GET", "HEAD")
@require_safe
@_spoken
@needs("data.read")
def dump(request: HttpRequest, base: str, id: str) -> HttpResponseBase:
    """Give the rows of a resource as a file: CSV, TSV, JSON, XML or Parquet."""
    data = _of(request.GET)
    return dumping.dump(Asked(request, actor_of(request), data, base), id)


@require_safe
@public("it names the version of a published interface")
def version(request: HttpRequest) -> HttpResponse:
    """Say which version of CKAN's API this is."""
    return HttpResponse('{"version": 3}', content_type="application/json;charset=utf-8")


def _wait(request: HttpRequest) -> int:
    """Return for how many seconds a visitor is to wait, as at the other faces; 0 where they are welcome."""
    if actor_of(request).is_signed_in:
        return 0
    return visits().seconds_to_wait(address_of(request), time.monotonic())


def _too_many(base: str, name: str, wait: int) -> HttpResponseBase:
    response = answers.refused(base, name, TooMany(_("Terlalu sering. Coba lagi sebentar lagi.")))
    response["Retry-After"] = str(wait)
    return response


def base_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _sent(request: HttpRequest) -> Data:
    """Return what was posted: JSON, whatever it says it is, or else a form. Raises BadRequest, Wrong."""
    if (request.content_type or "").startswith("multipart/"):
        return _of(_form(request))
    body = request.body
    if not body.strip():
        return {}
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if request.content_type == "application/x-www-form-urlencoded" and body.lstrip()[:1] not in b"{[":
            return _of(_form(request))
        raise BadRequest(f"JSON Error: Error decoding JSON data. Error: {error}") from None
    if not isinstance(found, dict):
        raise BadRequest("Request data JSON decoded to something that is not a dictionary")
    _refuse_signs(found)
    return found


def _form(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise BadRequest(f"the form cannot be read: {error}") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value of JSON")


def _of(sent: QueryDict) -> Data:
    found: Data = {name: values[0] if len(values) == 1 else values for name, values in sent.lists()}
    _refuse_signs(found)
    return found


def _refuse_signs(value: Any, name: str = "", depth: int = 0) -> None:
    """Refuse what no database takes: NUL, half a sign, and nesting without end. Raises Wrong."""
    if depth > MOST_DEPTH:
        raise Wrong(name, _("Terlalu dalam bersarang."))
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Wrong(name or "message", _("Ada huruf yang tidak dapat disimpan."))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_signs(key, name or key, depth + 1)
            _refuse_signs(inner, name or key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_signs(inner, name, depth + 1)

"""Answers in CKAN's frame: `{"help": …, "success": true, "result": …}`."""

import json
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from balai.data.faces.ckan.asked import Rendered, Result
from balai.data.faces.ckan.faults import shape

_JSON = "application/json;charset=utf-8"


def whole(request: HttpRequest, base: str, name: str, result: Result) -> HttpResponseBase:
    """Return the answer to an action that was done, 304 to who has it."""
    if isinstance(result, HttpResponseBase):
        return result
    body = result.body if isinstance(result, Rendered) else json.dumps(result, ensure_ascii=False).encode()
    text = b"".join((b'{"help": ', _help(base, name), b', "success": true, "result": ', body, b"}"))
    if request.method == "POST":
        return HttpResponse(text, content_type=_JSON)
    etag = f'"{blake2b(text, digest_size=16).hexdigest()}"'
    known: Any = get_conditional_response(request, etag=etag)
    response: HttpResponse = known or HttpResponse(text, content_type=_JSON)
    response["ETag"] = etag
    return response


def refused(base: str, name: str, error: Exception) -> HttpResponse:
    """Return the answer to an action that was refused."""
    status, told = shape(error)
    text = b"".join(
        (
            b'{"help": ',
            _help(base, name),
            b', "success": false, "error": ',
            json.dumps(told, ensure_ascii=False).encode(),
            b"}",
        )
    )
    return HttpResponse(text, content_type=_JSON, status=status)


def mere_text(text: str, status: int = 400) -> HttpResponse:
    """Return the answer to what is no call of an action: CKAN sends a text of JSON alone."""
    return HttpResponse(json.dumps(f"Bad request - {text}", ensure_ascii=False), _JSON, status)


def marked(response: HttpResponseBase, *, for_everybody: bool) -> HttpResponseBase:
    """Say who may keep an answer, and let pages of others read what is for everybody."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache" if for_everybody else "private, no-cache"
    if for_everybody:
        response.headers["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Cookie", "Authorization", "X-CKAN-API-Key"])
    return response


def _help(base: str, name: str) -> bytes:
    return json.dumps(f"{base}/api/3/action/help_show?name={name}").encode()

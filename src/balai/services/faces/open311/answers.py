"""Answers in JSON and XML, the one made of the other by the Spark convention, and refusals.

A list of like things is a container with one kind of child in XML, and a plain list in JSON;
nothing is an empty element and null.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

JSON, XML = "json", "xml"
KINDS = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
_NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535))

type Answer = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True)
class Shape:
    """How a list is written in XML: `root` around, `child` around each."""

    root: str
    child: str = ""


SERVICES = Shape("services", "service")
DEFINITION = Shape("service_definition")
REQUESTS = Shape("service_requests", "request")
ERRORS = Shape("errors", "error")
DISCOVERY = Shape("discovery")
_CHILDREN = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}
"""Names of the children of the lists inside."""


class Wrong(Exception):
    """A request that is not answered as asked: HTTP status, and one or more descriptions for a person."""

    def __init__(self, status: int, *descriptions: str) -> None:
        self.status, self.descriptions = status, descriptions
        super().__init__("; ".join(descriptions))


def told(form: str, shape: Shape, answer: Answer, status: int = 200) -> HttpResponse:
    """Answer in JSON or XML."""
    text = as_json(answer) if form == JSON else as_xml(shape, answer)
    return HttpResponse(text, status=status, content_type=KINDS[form])


def refused(form: str, wrong: Wrong) -> HttpResponse:
    """Answer with errors as the standard has them."""
    errors = [{"code": wrong.status, "description": one} for one in wrong.descriptions]
    response = told(form, ERRORS, errors, wrong.status)
    response["Cache-Control"] = "no-store"
    return response


def for_everybody(request: HttpRequest, response: HttpResponse, seconds: int = 60) -> HttpResponse:
    """Let caches keep what everybody may see for so long, then ask again; and other sites read it."""
    response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=16).hexdigest()}"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag, Link"
    # The language is that of the cookie.
    patch_vary_headers(response, ["Cookie"])
    again = get_conditional_response(request, response["ETag"], response=response)
    return again if isinstance(again, HttpResponse) else response


def as_json(answer: Answer) -> str:
    """Return JSON; decimals are numbers, as the standard has latitude and longitude."""
    return json.dumps(answer, ensure_ascii=False, default=_number)


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def as_xml(shape: Shape, answer: Answer) -> str:
    """Return XML with its declaration.

    >>> as_xml(REQUESTS, [{"service_request_id": "A-1", "address": None, "lat": Decimal("-7.9")}])[39:]
    '<service_requests><request><service_request_id>A-1</service_request_id><address/><lat>-7.9</lat></request></service_requests>'
    """
    inside = "".join(_many(shape.child, answer) if isinstance(answer, Sequence) else _one(answer))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{shape.root}>{inside}</{shape.root}>'


def _many(child: str, items: Iterable[Any]) -> Iterable[str]:
    for item in items:
        yield f"<{child}>{''.join(_one(item)) if isinstance(item, Mapping) else _text(item)}</{child}>"


def _one(item: Mapping[str, Any]) -> Iterable[str]:
    for name, value in item.items():
        if isinstance(value, list | tuple):
            yield f"<{name}>{''.join(_many(_CHILDREN[name], value))}</{name}>"
        elif value is None or value == "":
            yield f"<{name}/>"
        else:
            yield f"<{name}>{_text(value)}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value).translate(_NOT_IN_XML))

"""The addresses below `/ogc/`: each as JSON, and as a plain page for whoever looks with a browser."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.base import answers, tenancy
from balai.base.access import actor_of
from balai.base.errors import Invalid, NotFound, Refused
from balai.data import reads
from balai.data.faces.answering import face, marked, opened
from balai.data.faces.ogc import described
from balai.data.faces.ogc.asked import asked, form_of, plain
from balai.data.faces.ogc.described import GEOJSON, OPENAPI, Doc, Whole, link
from balai.people import reads as people
from balai.places import reads as places

_LIES = ("point", "region")
_MOST_COLLECTIONS = 1000
_MOST_IN_API = 200
"""Collections named one by one in the OpenAPI document; with more, any name stands there."""


def _ogc[V: Callable[..., Any]](view: V) -> V:
    """Declare a view of this face: what is asked wrongly is answered 400, as the standard has it."""

    @face
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            if _is_page(request):
                raise
            told = answers.problem(refused)
            told["status"] = 400 if isinstance(refused, Invalid) else refused.status
            response = JsonResponse(told, status=told["status"], content_type="application/problem+json")
            return opened(request, response)

    return answered  # type: ignore[return-value]


def _is_page(request: HttpRequest) -> bool:
    try:
        return form_of(request) == "html"
    except Invalid:
        return False


@_ogc
def landing(request: HttpRequest) -> HttpResponse:
    plain(request.GET, ("f",))
    return _answer(request, described.landing(_whole(request), _name(request)))


@_ogc
def conformance(request: HttpRequest) -> HttpResponse:
    plain(request.GET, ("f",))
    return _answer(request, described.conformance(_whole(request)))


@_ogc
def api(request: HttpRequest) -> HttpResponse:
    plain(request.GET, ("f",))
    found = reads.listed(actor_of(request), traits=_LIES, limit=_MOST_IN_API)
    named = () if found.next else found.rows
    whole = _whole(request)
    told = described.openapi(whole("").rstrip("/"), _name(request), named)
    if form_of(request) == "html":
        links = [link(whole("api?f=json"), "service-desc", OPENAPI, "OpenAPI 3.0")]
        links += [link(whole(path.lstrip("/")), path) for path in told["paths"] if "{" not in path]
        return _page(request, {"title": _("Cara memanggil"), "description": _paths(told), "links": links})
    return marked(request, json.dumps(told, ensure_ascii=False), OPENAPI)


@_ogc
def collections(request: HttpRequest) -> HttpResponse:
    """Every dataset whose rows lie somewhere, a thousand at a time."""
    asked_for = plain(request.GET, ("f", "after"))
    found = reads.listed(
        actor_of(request), traits=_LIES, after=asked_for.get("after", ""), limit=_MOST_COLLECTIONS
    )
    whole = _whole(request)
    links = described.own_links(whole, "collections")
    if found.next:
        links.append(link(whole(f"collections?{urlencode({'after': found.next})}"), "next"))
    told = {
        "title": _("Set data"),
        "links": links,
        "numberMatched": found.total,
        "numberReturned": len(found.rows),
        "collections": [described.listed(whole, one) for one in found.rows],
    }
    return _answer(request, told)


@_ogc
def collection(request: HttpRequest, code: str) -> HttpResponse:
    plain(request.GET, ("f",))
    actor = actor_of(request)
    reads.collection(actor, code)
    row = reads.dataset(actor, code)
    coverage = row.tenant if row.declaration.coverage == "tenant" else row.declaration.coverage
    return _answer(request, described.collection(_whole(request), row, places.box_of(coverage)))


@_ogc
def items(request: HttpRequest, code: str) -> HttpResponse:
    """Rows of a dataset as features."""
    actor = actor_of(request)
    facts, _geometry = reads.collection(actor, code)
    wanted = asked(request.GET, [one.name for one in facts.columns])
    question = reads.features_question(
        actor,
        code,
        box=wanted.box,
        days=wanted.days,
        filters=wanted.filters,
        limit=wanted.limit,
        after=wanted.after,
        offset=wanted.offset,
    )
    form = form_of(request)
    home = request.build_absolute_uri("/")
    mark = f"{question.rows.mark}-{form}-{crc32(home.encode()):x}" if form == "json" else ""
    if mark and f'"{mark}"' in request.headers.get("If-None-Match", ""):
        return marked(request, b"", GEOJSON, mark=mark)
    page = reads.features(question)
    links = _item_links(request, code, page.next)
    counts: Doc = {} if page.total is None else {"numberMatched": page.total}
    counts["numberReturned"] = len(page.features)
    if form == "html":
        rows = [json.loads(one) for one in page.features]
        told = {"title": code, "links": links, **counts}
        return _page(request, told, _table(_whole(request), code, rows))
    head = json.dumps({"type": "FeatureCollection", **counts, "links": links}, ensure_ascii=False)
    body = f'{head[:-1]}, "features": [{",".join(page.features)}]}}'
    return marked(request, body, GEOJSON, mark=mark)


@_ogc
def item(request: HttpRequest, code: str, id: str) -> HttpResponse:
    """One row as a feature."""
    plain(request.GET, ("f",))
    text = reads.feature(actor_of(request), code, id)
    whole = _whole(request)
    path = f"collections/{code}/items/{id}"
    links = [
        *described.own_links(whole, path, GEOJSON),
        link(whole(f"collections/{code}"), "collection", title=code),
    ]
    if form_of(request) == "html":
        return _page(
            request, {"title": f"{code}: {id}", "links": links}, _table(whole, code, [json.loads(text)])
        )
    return marked(request, f'{text[:-1]},"links":{json.dumps(links, ensure_ascii=False)}}}', GEOJSON)


@_ogc
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer any other address as this face answers what it does not have."""
    raise NotFound(_("Tidak ada apa-apa di alamat itu."))


def _item_links(request: HttpRequest, code: str, following: str) -> list[Doc]:
    def page(**changed: str) -> str:
        query = request.GET.copy()
        for name, value in changed.items():
            query[name] = value
        return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}".rstrip("?")

    links = [
        link(request.build_absolute_uri(), "self", GEOJSON, _("Dokumen ini")),
        link(page(f="html"), "alternate", "text/html", _("Dokumen ini sebagai halaman")),
        link(_whole(request)(f"collections/{code}"), "collection", title=code),
    ]
    if following:
        query = request.GET.copy()
        query.pop("offset", None)
        query["after"] = following
        there = f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"
        links.append(link(there, "next", GEOJSON, _("Halaman berikutnya")))
    return links


def _whole(request: HttpRequest) -> Whole:
    home = request.build_absolute_uri(reverse("ogc"))
    root = request.build_absolute_uri("/")
    return lambda path: f"{root}{path.removeprefix('../')}" if path.startswith("../") else f"{home}{path}"


def _name(request: HttpRequest) -> str:
    found = people.government(tenancy.current_tenant())
    return found.name if found else actor_of(request).tenant


def _answer(request: HttpRequest, told: Doc) -> HttpResponse:
    if form_of(request) == "html":
        return _page(request, told)
    return marked(request, json.dumps(told, ensure_ascii=False), "application/json")


def _page(request: HttpRequest, told: Doc, table: Doc | None = None) -> HttpResponse:
    rows = [
        (one["title"], next(each["href"] for each in one["links"] if each["rel"] == "alternate"))
        for one in told.get("collections", ())
    ]
    context = {"told": told, "collections": rows, "table": table}
    return opened(request, render(request, "data/ogc.html", context))


def _table(whole: Whole, code: str, features: list[Doc]) -> Doc:
    names = list(features[0]["properties"]) if features else []
    rows = [
        (
            one["id"],
            whole(f"collections/{code}/items/{one['id']}?f=html"),
            [one["properties"][name] for name in names],
        )
        for one in features
    ]
    return {"names": names, "rows": rows}


def _paths(told: Doc) -> str:
    return " · ".join(told["paths"])

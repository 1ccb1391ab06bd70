"""What the face says of itself: its links, conformance, collections, and the OpenAPI document."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from balai.data.faces.ogc.asked import CRS84, MOST, USUAL
from balai.data.reads import DatasetRow, Listed
from balai.data.rules.dcat import days_of
from balai.places.reads import Box

type Doc = dict[str, Any]
type Whole = Callable[[str], str]
"""A path below /ogc/ → its whole address."""

GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)


def link(href: str, rel: str, kind: str = "application/json", title: str = "") -> Doc:
    """Return a link as OGC's documents hold them."""
    return {"href": href, "rel": rel, "type": kind} | ({"title": title} if title else {})


def own_links(whole: Whole, path: str, kind: str = "application/json") -> list[Doc]:
    """Return the links of a document to itself and to its page."""
    return [
        link(whole(path), "self", kind, _("Dokumen ini")),
        link(whole(f"{path}?f=html"), "alternate", "text/html", _("Dokumen ini sebagai halaman")),
    ]


def landing(whole: Whole, name: str) -> Doc:
    """Return where everything is found."""
    return {
        "title": f"Satu Data {name}",
        "description": _("Set data yang punya titik atau wilayah, menurut OGC API – Features."),
        "links": [
            *own_links(whole, ""),
            link(whole("api"), "service-desc", OPENAPI, "OpenAPI"),
            link(whole("api?f=html"), "service-doc", "text/html", _("Cara memanggil")),
            link(whole("conformance"), "conformance", title=_("Bagian standar yang diikuti")),
            link(whole("collections"), "data", title=_("Set data")),
        ],
    }


def conformance(whole: Whole) -> Doc:
    return {
        "title": _("Bagian standar yang diikuti"),
        "conformsTo": list(CONFORMS),
        "links": own_links(whole, "conformance"),
    }


def listed(whole: Whole, one: Listed) -> Doc:
    """Return a dataset as it stands in the list of collections."""
    return {
        "id": one.code,
        "title": one.title,
        "itemType": "feature",
        "crs": [CRS84],
        "links": collection_links(whole, one.code),
    }


def collection_links(whole: Whole, code: str) -> list[Doc]:
    path = f"collections/{code}"
    return [
        *own_links(whole, path),
        link(whole(f"{path}/items"), "items", GEOJSON, _("Baris sebagai GeoJSON")),
        link(whole(f"{path}/items?f=html"), "items", "text/html", _("Baris sebagai halaman")),
        link(whole(f"../data/{code}/datapackage.json"), "describedby", title=_("Arti setiap kolom")),
        link(whole(f"../data/{code}/"), "canonical", "text/html", _("Halaman set data")),
    ]


def collection(whole: Whole, row: DatasetRow, box: Box | None) -> Doc:
    """Return a dataset as a collection; `box` is that of the region it covers."""
    said = row.declaration
    days = days_of(row.period or "")
    extent: Doc = {"spatial": {"bbox": [list(box)], "crs": CRS84}} if box else {}
    if days:
        ends = [f"{days[0]}T00:00:00Z", f"{days[1]}T23:59:59Z"]
        extent["temporal"] = {
            "interval": [ends],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": row.code,
        "title": said.title.id,
        "description": said.description.id,
        "keywords": list(said.keywords),
        "license": said.licence,
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": extent} if extent else {}),
        "links": collection_links(whole, row.code),
    }


def openapi(server: str, name: str, collections: Sequence[Listed]) -> Doc:
    """Return the OpenAPI 3.0 document; it needs no other document."""
    codes = [one.code for one in collections]
    which: Doc = {"type": "string"} | ({"enum": codes} if codes else {})
    problem = {
        "description": "Problem (RFC 9457)",
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    }
    wrong = dict.fromkeys(("400", "404", "429"), problem)

    def answers(kind: str) -> Doc:
        return {"200": {"description": "OK", "content": {kind: {"schema": {"type": "object"}}}}, **wrong}

    def operation(id: str, summary: str, kind: str = "application/json", *parameters: Doc) -> Doc:
        told = {"operationId": id, "summary": summary, "tags": ["Features"], "responses": answers(kind)}
        return {"get": told | {"parameters": [*parameters, _FORM]}}

    of = {"name": "collectionId", "in": "path", "required": True, "schema": which}
    item = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": f"Satu Data {name}: OGC API – Features", "version": "1.0.1"},
        "servers": [{"url": server}],
        "paths": {
            "/": operation("getLandingPage", "Landing page"),
            "/conformance": operation("getConformance", "Conformance classes"),
            "/collections": operation("getCollections", "Collections"),
            "/collections/{collectionId}": operation(
                "getCollection", "One collection", "application/json", of
            ),
            "/collections/{collectionId}/items": operation(
                "getFeatures", "Features; each column filters by its name", GEOJSON, of, *_ITEMS
            ),
            "/collections/{collectionId}/items/{featureId}": operation(
                "getFeature", "One feature", GEOJSON, of, item
            ),
        },
    }


_PROBLEM: Doc = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
}
_FORM: Doc = {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}
_ITEMS: tuple[Doc, ...] = (
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
    {
        "name": "bbox",
        "in": "query",
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
        "style": "form",
        "explode": False,
    },
    {"name": "datetime", "in": "query", "schema": {"type": "string"}, "style": "form", "explode": False},
    {"name": "after", "in": "query", "schema": {"type": "string"}},
    {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
    {
        "name": "columns",
        "in": "query",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        "style": "form",
        "explode": True,
    },
)

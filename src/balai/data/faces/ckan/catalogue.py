"""Actions that read the catalogue: packages, their search, and what changed lately."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.errors import NotFound
from balai.data.faces.ckan import solr
from balai.data.faces.ckan.asked import Asked, Rendered, action
from balai.data.faces.ckan.faults import BadSearch, Wrong
from balai.data.faces.ckan.index import ORDERS, Index
from balai.data.faces.ckan.packages import BASE, Doc, package_of, resource_of
from balai.data.faces.ckan.resources import version_named
from balai.data.faces.ckan.shelf import drafts, shelf
from balai.data.models import Dataset
from balai.data.reads.shelved import Bits, each

MOST_ROWS = 1000
MOST_START = 2**31


@action("package_list")
def package_list(asked: Asked) -> list[str]:
    """Return the names of all open packages."""
    names = [doc.name for doc in shelf(asked.actor).docs if doc.is_open]
    start = asked.number("offset", 0, MOST_START)
    return names[start : start + asked.number("limit", len(names), MOST_START)]


@action("current_package_list_with_resources")
def current_packages(asked: Asked) -> Rendered:
    """Return the open packages themselves, those changed last first."""
    docs = sorted((doc for doc in shelf(asked.actor).docs if doc.is_open), key=_changed, reverse=True)
    limit = asked.number("limit", MOST_ROWS, MOST_ROWS)
    start = asked.number("offset", 0, MOST_START) or limit * max(asked.number("page", 1, MOST_START) - 1, 0)
    return Rendered(_array(docs[start : start + limit], asked.base))


@action("package_show")
def package_show(asked: Asked) -> Rendered:
    """Return a package by its id or name."""
    key = asked.needed("id", "name_or_id")
    doc = shelf(asked.actor).find(key)
    if doc:
        return Rendered(doc.at(asked.base))
    return shown(asked, draft(asked, key))


@action("package_autocomplete")
def package_autocomplete(asked: Asked) -> list[dict[str, str]]:
    """Return the open packages whose name or title begins with, or has, some letters."""
    begin = asked.needed("q", "incomplete").casefold()
    found = [
        {
            "name": doc.name,
            "title": doc.title,
            "match_field": "title" if begin in doc.title.casefold() else "name",
            "match_displayed": f"{doc.title} ({doc.name})" if doc.title != doc.name else doc.name,
        }
        for doc in shelf(asked.actor).docs
        if doc.is_open and (begin in doc.title.casefold() or begin in doc.name)
    ]
    return found[: asked.number("limit", 10, 100)]


@action("package_search")
def package_search(asked: Asked) -> Rendered:
    """Return the packages that fit `q` and `fq`, with counts of what they fall into."""
    now = timezone.now()
    query = solr.read(asked.text("q"), now)
    narrowed = [solr.read(str(text), now) for text in _narrowings(asked)]
    index = shelf(asked.actor).index
    found = query.fits(index)
    for one in narrowed:
        found &= one.fits(index)
    if not asked.yes("include_private"):
        found &= index.open
    order = asked.text("sort") or "score desc, metadata_modified desc"
    places = _sorted(index, found, order, query)
    rows, start = asked.number("rows", 10, MOST_ROWS), asked.number("start", 0, MOST_START)
    page = [index.docs[place] for place in places[start : start + rows]]
    head: dict[str, Any] = {"count": len(places), "sort": order, **_facets(asked, index, found)}
    wanted = [str(name) for name in asked.listed("fl")]
    results = _array(page, asked.base)
    if wanted and wanted != ["*"]:
        parts = [{name: one.get(name) for name in wanted} for one in json.loads(results)]
        results = json.dumps(parts, ensure_ascii=False).encode()
    frame = json.dumps(head, ensure_ascii=False).encode()
    return Rendered(b"".join((frame[:-1], b', "results": ', results, b"}")))


@action("recently_changed_packages_activity_list")
def recent(asked: Asked) -> Rendered:
    """Return what was published lately, the newest first."""
    docs = sorted((doc for doc in shelf(asked.actor).docs if doc.is_open), key=_changed, reverse=True)
    start, limit = asked.number("offset", 0, MOST_START), asked.number("limit", 31, 100)
    acts = []
    for doc in docs[start : start + limit]:
        head = {
            "id": f"{doc.id}-{doc.version}",
            "timestamp": doc.modified,
            "object_id": doc.id,
            "user_id": None,
            "revision_id": None,
            "activity_type": "new package" if doc.version == "1" else "changed package",
        }
        acts.append(json.dumps(head).encode()[:-1] + b', "data": {"package": ' + doc.at(asked.base) + b"}}")
    return Rendered(b"[" + b",".join(acts) + b"]")


@action("resource_show")
def resource_show(asked: Asked) -> Rendered:
    """Return a resource: the version that stands by the id of its dataset, or any version by its own."""
    row, version = version_named(asked.actor, asked.needed("id"))
    return written(asked, resource_of(row, version))


@action("resource_search")
def resource_search(asked: Asked) -> Rendered:
    """Return resources by `field:letters`, all of which must be found in that field."""
    queries = [str(each) for each in asked.listed("query")]
    if not queries:
        raise Wrong("query", _("Bagian ini belum diisi."))
    pairs = [(each.partition(":")[0], each.partition(":")[2].casefold()) for each in queries]
    open_docs = (doc for doc in shelf(asked.actor).docs if doc.is_open)
    parts = [part for doc in open_docs for part in json.loads(doc.at(asked.base))["resources"]]
    found = [
        part
        for part in parts
        if all(name in part and text in str(part[name]).casefold() for name, text in pairs)
    ]
    start, limit = asked.number("offset", 0, MOST_START), asked.number("limit", MOST_ROWS, MOST_ROWS)
    answer = {"count": len(found), "results": found[start : start + limit]}
    return Rendered(json.dumps(answer, ensure_ascii=False).encode())


def draft(asked: Asked, key: str) -> Dataset:
    """Return a dataset the actor makes or checks, by id or code. Raises NotFound."""
    for row in drafts(asked.actor):
        if key in (str(row.pk), row.code):
            return row
    raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": key[:100]})


def shown(asked: Asked, row: Dataset) -> Rendered:
    """Return the package of a dataset as its makers see it: the draft where there is one."""
    return written(asked, package_of(row, row.draft or row.metadata))


def written(asked: Asked, value: object) -> Rendered:
    text = json.dumps(value, ensure_ascii=False).encode()
    return Rendered(text.replace(BASE.encode(), asked.base.encode()))


def _narrowings(asked: Asked) -> list[Any]:
    given = asked.data.get("fq") or []
    more = asked.listed("fq_list")
    return [*(given if isinstance(given, list) else [given]), *more]


def _array(docs: Iterable[Doc], base: str) -> bytes:
    return b"[" + b",".join(doc.body for doc in docs).replace(BASE.encode(), base.encode()) + b"]"


def _changed(doc: Doc) -> tuple[str, str]:
    return doc.modified, doc.name


def _sorted(index: Index, found: Bits, order: str, query: solr.Query) -> list[int]:
    """Return places in an order written as `name asc, score desc`. Raises BadSearch."""
    places = list(each(found))
    for part in reversed(order.split(",")):
        name, _space, way = part.strip().partition(" ")
        way = way.strip().lower() or "asc"
        if (name != "score" and name not in ORDERS) or way not in ("asc", "desc"):
            raise BadSearch(f"cannot sort by {part.strip()[:60]!r}; by: score, {', '.join(ORDERS)}")
        if name != "score":
            places.sort(key=index.rank(name).__getitem__, reverse=way == "desc")
        elif query.words:
            places.sort(key=lambda place: query.score(index.docs[place]), reverse=way == "desc")
    return places


def _facets(asked: Asked, index: Index, found: Bits) -> dict[str, Any]:
    given = asked.listed("facet.field")
    if not asked.yes("facet", True):
        given = []
    most = asked.number("facet.limit", 50, 1000) if asked.text("facet.limit") != "-1" else 1000
    least = asked.number("facet.mincount", 1, MOST_START)
    titles = index.organizations
    facets, search_facets = {}, {}
    for name in map(str, given[:20]):
        counted = ((value, (found & own).bit_count()) for value, own in index.values(name).items())
        items = [(value, count) for value, count in counted if count >= max(least, 1)]
        items = sorted(items, key=lambda pair: (-pair[1], pair[0]))[:most]
        facets[name] = dict(items)
        search_facets[name] = {
            "title": name,
            "items": [
                {
                    "name": value,
                    "display_name": titles.get(value, value) if name == "organization" else value,
                    "count": count,
                }
                for value, count in items
            ],
        }
    return {"facets": facets, "search_facets": search_facets}

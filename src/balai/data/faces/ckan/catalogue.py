"""Actions that read the catalogue: packages, their search, and what changed lately."""

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.errors import NotFound
from balai.data.faces.ckan import solr
from balai.data.faces.ckan.asked import Asked, Rendered, action
from balai.data.faces.ckan.faults import BadSearch, Wrong
from balai.data.faces.ckan.index import ORDERS, Index, index, modified, uuid_of
from balai.data.faces.ckan.packages import BASE, package_of, resource_of
from balai.data.faces.ckan.resources import version_named
from balai.data.models import Dataset
from balai.data.reads import sight
from balai.data.reads.shelved import Bits, some

MOST_ROWS = 1000
MOST_START = 2**31


@action("package_list")
def package_list(asked: Asked) -> list[str]:
    """Return the names of all open packages."""
    known = index(asked.actor)
    names = [one.code for one in known.at(some(known.open, known.order("name")))]
    start = asked.number("offset", 0, MOST_START)
    return names[start : start + asked.number("limit", len(names), MOST_START)]


@action("current_package_list_with_resources")
def current_packages(asked: Asked) -> Rendered:
    """Return the open packages themselves, those changed last first."""
    known = index(asked.actor)
    limit = asked.number("limit", MOST_ROWS, MOST_ROWS)
    start = asked.number("offset", 0, MOST_START) or limit * max(asked.number("page", 1, MOST_START) - 1, 0)
    return Rendered(_array(known.bodies(_newest(known, start, limit), asked.base)))


@action("package_show")
def package_show(asked: Asked) -> Rendered:
    """Return a package by its id or name."""
    key = asked.needed("id", "name_or_id")
    known = index(asked.actor)
    place = known.find(key)
    if place is not None and (found := known.bodies([place], asked.base)):
        return Rendered(found[0])
    return shown(asked, draft(asked, key))


@action("package_autocomplete")
def package_autocomplete(asked: Asked) -> list[dict[str, str]]:
    """Return the open packages whose name or title begins with, or has, some letters."""
    begin = asked.needed("q", "incomplete").casefold()
    limit = asked.number("limit", 10, 100)
    known = index(asked.actor)
    open_ones = known.at(some(known.open, known.order("name")))
    fitting = (one for one in open_ones if begin in one.title.casefold() or begin in one.code)
    return [
        {
            "name": one.code,
            "title": one.title,
            "match_field": "title" if begin in one.title.casefold() else "name",
            "match_displayed": f"{one.title} ({one.code})" if one.title != one.code else one.code,
        }
        for one in islice(fitting, limit)
    ]


@action("package_search")
def package_search(asked: Asked) -> Rendered:
    """Return the packages that fit `q` and `fq`, with counts of what they fall into."""
    now = timezone.now()
    query = solr.read(asked.text("q"), now)
    narrowed = [solr.read(str(text), now) for text in _narrowings(asked)]
    known = index(asked.actor)
    found = query.fits(known)
    for one in narrowed:
        found &= one.fits(known)
    if not asked.yes("include_private"):
        found &= known.open
    rows, start = asked.number("rows", 10, MOST_ROWS), asked.number("start", 0, MOST_START)
    order = asked.text("sort") or "score desc, metadata_modified desc"
    places = _arranged(known, found, _sorts(order), query.words, start + rows)[start:]
    head: dict[str, Any] = {"count": found.bit_count(), "sort": order, **_facets(asked, known, found)}
    wanted = [str(name) for name in asked.listed("fl")]
    results = _array(known.bodies(places, asked.base))
    if wanted and wanted != ["*"]:
        parts = [{name: one.get(name) for name in wanted} for one in json.loads(results)]
        results = json.dumps(parts, ensure_ascii=False).encode()
    frame = json.dumps(head, ensure_ascii=False).encode()
    return Rendered(b"".join((frame[:-1], b', "results": ', results, b"}")))


@action("recently_changed_packages_activity_list")
def recent(asked: Asked) -> Rendered:
    """Return what was published lately, the newest first."""
    known = index(asked.actor)
    start, limit = asked.number("offset", 0, MOST_START), asked.number("limit", 31, 100)
    acts = []
    for place in _newest(known, start, limit):
        (one,) = known.at([place])
        head = {
            "id": f"{one.id}-{one.number}",
            "timestamp": modified(one),
            "object_id": str(one.id),
            "user_id": None,
            "revision_id": None,
            "activity_type": "new package" if one.number == 1 else "changed package",
        }
        for body in known.bodies([place], asked.base):
            acts.append(json.dumps(head).encode()[:-1] + b', "data": {"package": ' + body + b"}}")
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
    known = index(asked.actor)
    packages = map(json.loads, known.bodies(some(known.open, known.order("name")), asked.base))
    parts = (part for package in packages for part in package["resources"])
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
    seen = sight.drafts(asked.actor).select_related("current", "producer")
    number = uuid_of(key)
    row = (seen.filter(pk=number) if number else seen.filter(code=key)).first()
    if row is None:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": key[:100]})
    return row


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


def _array(bodies: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(bodies) + b"]"


def _newest(known: Index, start: int, limit: int) -> list[int]:
    return some(known.open, known.order("metadata_modified", falls=True), start, start + limit)


def _sorts(order: str) -> list[tuple[str, bool]]:
    """Return an order written as `name asc, score desc`: names, and whether the greatest comes first.

    Raises:
        BadSearch: it is not written so, or nobody knows a name.
    """
    found = []
    for part in order.split(","):
        name, _space, way = part.strip().partition(" ")
        way = way.strip().lower() or "asc"
        if (name != "score" and name not in ORDERS) or way not in ("asc", "desc"):
            raise BadSearch(f"cannot sort by {part.strip()[:60]!r}; by: score, {', '.join(ORDERS)}")
        found.append((name, way == "desc"))
    return found


def _arranged(
    known: Index, found: Bits, sorts: Sequence[tuple[str, bool]], words: Sequence[str], most: int
) -> list[int]:
    """Return the first places of a set in an order."""
    if not sorts:
        return some(found, None, 0, most)
    (name, falls), *more = sorts
    groups: Iterable[Bits]
    if name == "score":
        levels = known.levels(found, words)
        groups = levels if falls else levels[::-1]
    elif not more:
        return some(found, known.order(name, falls=falls), 0, most)
    else:
        groups = known.alike(found, name, falls=falls)
    places: list[int] = []
    for group in groups:
        if len(places) >= most:
            break
        places += _arranged(known, group, more, words, most - len(places))
    return places


def _facets(asked: Asked, known: Index, found: Bits) -> dict[str, Any]:
    given = asked.listed("facet.field")
    if not asked.yes("facet", True):
        given = []
    most = asked.number("facet.limit", 50, 1000) if asked.text("facet.limit") != "-1" else 1000
    least = asked.number("facet.mincount", 1, MOST_START)
    facets, search_facets = {}, {}
    for name in map(str, given[:20]):
        items = [(value, count) for value, count in known.counted(name, found) if count >= max(least, 1)]
        items = sorted(items, key=lambda pair: (-pair[1], pair[0]))[:most]
        title = known.title_of if name == "organization" else str
        facets[name] = dict(items)
        search_facets[name] = {
            "title": name,
            "items": [
                {"name": value, "display_name": title(value), "count": count} for value, count in items
            ],
        }
    return {"facets": facets, "search_facets": search_facets}

"""The catalogue as a person looks through it: searched, narrowed down by facets, sorted, page by page."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.data.reads.catalogue import DatasetRow, row_of
from balai.data.reads.entries import EXCEL_MOST_ROWS, Listed
from balai.data.reads.shelved import Bits, Order, Shelved, Texts, bits, each, only, shelved, some

__all__ = [
    "EXCEL_MOST_ROWS",
    "FACETS",
    "SORTS",
    "ListedPage",
    "Shelf",
    "Wanted",
    "described",
    "listed",
    "references",
    "shelf",
]

_FACETS: Mapping[str, Texts] = {
    "keyword": lambda one: one.said["keywords"],
    "producer": lambda one: one.producer[2:] if one.producer else (),
    "classification": lambda one: (one.classification,),
    "whose": lambda one: ("nation" if one.tenant == tenancy.NATIONAL else "city",),
    "holds": lambda one: one.holds,
    "licence": lambda one: (one.said["licence"],),
    "region": lambda one: (_region(one),),
}
FACETS = tuple(_FACETS)
"""What the catalogue is narrowed down by, each with one value at a time."""
_TRAITS = "traits"
_ORDERS: Mapping[str, Callable[[Listed], Any]] = {
    "newest": lambda one: (-one.changed_at.timestamp(), one.code),
    "largest": lambda one: (-one.rows, one.code),
    "code": lambda one: one.code,
}
SORTS = ("title", "newest", "largest")
MOST_VALUES = 20
"""Values of a facet that are offered, the most frequent first."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; "" wants nothing in particular.

    Attributes:
        words: every one of them is in code, title, description, keywords, columns or the producer's name.
        keyword, producer (name), classification: as the datasets say.
        whose: "city" or "nation".
        holds: "point", "region", "rupiah", "date" (a column of this type) or "excel" (fits a workbook).
        licence, region (code): as the datasets say.
        sort: one of SORTS.
    """

    words: str = ""
    keyword: str = ""
    producer: str = ""
    classification: str = ""
    whose: str = ""
    holds: str = ""
    licence: str = ""
    region: str = ""
    sort: str = "title"


@dataclass(frozen=True)
class Shelf:
    """One page of what was found.

    `facets` is name → (value, how many there would be with it), each as if it alone were not set.
    `every` counts all the actor may read.
    """

    rows: tuple[Listed, ...]
    total: int
    every: int
    next: str
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


def shelf(actor: Actor, wanted: Wanted, after: str = "", limit: int = 20) -> Shelf:
    """Return the datasets the actor may read that fit, `limit` of them after the cursor `after`.

    Raises:
        Invalid: no dataset found has this cursor, or the order is unknown.
    """
    if wanted.sort not in SORTS:
        raise Invalid([Fault("sort", _("Urutan ini tidak dikenal."), ", ".join(SORTS))])
    kept = shelved(actor)
    every = kept.seen(actor)
    worded = every & _having(kept, wanted.words, every)
    set_ones = {name: _with(kept, name, getattr(wanted, name)) for name in FACETS if getattr(wanted, name)}
    found = _narrowed(worded, set_ones)
    facets = {name: _counted(kept, name, _narrowed(worded, set_ones, but=name)) for name in FACETS}
    order = _order(kept, wanted.sort)
    start = _after(kept, found, order, after)
    page = some(found, order, start, start + limit)
    total = found.bit_count()
    cursor = _cursor(kept.listed[page[-1]]) if page and start + limit < total else ""
    rows = tuple(kept.listed[place] for place in page)
    return Shelf(rows, total, every.bit_count(), cursor, facets)


@dataclass(frozen=True)
class ListedPage:
    """Datasets by code. `total` counts all that fit; `next` is "" on the last page."""

    rows: tuple[Listed, ...]
    total: int
    next: str


def references(actor: Actor) -> tuple[str, ...]:
    """Return the code lists that columns of datasets the actor may read take their values from."""
    kept = shelved(actor)
    seen = kept.seen(actor)
    named = [name for name, own in _traits(kept).items() if name.startswith("reference:") and own & seen]
    return tuple(sorted(name.removeprefix("reference:") for name in named))


def described(actor: Actor, rows: Iterable[Listed]) -> tuple[DatasetRow, ...]:
    """Return all that is said of datasets of a list, in its order, as far as the actor may read them."""
    kept = shelved(actor)
    seen = kept.seen(actor)
    places = [place for one in rows if (place := kept.places.get(one.id)) is not None and seen >> place & 1]
    found = kept.drawn("row", places, row_of)
    return tuple(found[place] for place in places if place in found)


def listed(
    actor: Actor,
    *,
    words: str = "",
    since: datetime | None = None,
    traits: tuple[str, ...] = (),
    only_own: bool = False,
    after: str = "",
    limit: int = 100,
) -> ListedPage:
    """Return which datasets the actor may read, by code, without what is said of them.

    Args:
        since: those whose version that stands was published then or later.
        traits: those that have at least one of these: "point", "region" (a column of this type),
            "priority", "master", or "reference:" with the name of a code list their columns use.
        only_own: leave out the nation's.
        after: `next` of the page before; a code of a dataset that is gone since serves as well.
    """
    kept = shelved(actor)
    found = kept.seen(actor)
    found &= _having(kept, words, found)
    if only_own:
        whose = "nation" if actor.tenant == tenancy.NATIONAL else "city"
        found &= _with(kept, "whose", whose)
    if traits:
        sets = _traits(kept)
        having = 0
        for one in traits:
            having |= sets.get(one, 0)
        found &= having
    if since is not None:
        found &= bits(place for place in each(found) if kept.listed[place].changed_at >= since)
    places, _ranks = kept.order("code", _ORDERS["code"])
    start = bisect_right(places, after, key=lambda place: kept.listed[place].code) if after else 0
    page = [kept.listed[place] for place in islice(only(found, islice(places, start, None)), limit + 1)]
    following = page[limit - 1].code if limit and len(page) > limit else ""
    return ListedPage(tuple(page[:limit]), found.bit_count(), following)


def _having(kept: Shelved, words: str, every: Bits) -> Bits:
    for word in words.casefold().split():
        every &= kept.words.having(word)
    return every


def _with(kept: Shelved, facet: str, value: str) -> Bits:
    return kept.sets(facet, _FACETS[facet]).get(value, 0)


def _traits(kept: Shelved) -> Mapping[str, Bits]:
    return kept.sets(_TRAITS, lambda one: one.traits)


def _narrowed(found: Bits, set_ones: Mapping[str, Bits], but: str = "") -> Bits:
    for name, own in set_ones.items():
        if name != but:
            found &= own
    return found


def _order(kept: Shelved, sort: str) -> Order | None:
    """Return an order of the catalogue; None for that by title, in which the places stand."""
    return kept.order(sort, _ORDERS[sort]) if sort in _ORDERS else None


def _after(kept: Shelved, found: Bits, order: Order | None, after: str) -> int:
    """Return how many of a set stand up to the cursor, which one of them has. Raises Invalid."""
    if not after:
        return 0
    tenant, _slash, code = after.partition("/")
    for last in kept.by_code.get(code, ()):
        if kept.listed[last].tenant == tenant and found >> last & 1:
            if order is None:
                return (found & ((2 << last) - 1)).bit_count()
            rank = order[1]
            return sum(rank[place] <= rank[last] for place in each(found))
    wrong = _("Set data itu tidak ada lagi di daftar ini.")
    raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])


def _cursor(row: Listed) -> str:
    return f"{row.tenant}/{row.code}"


def _counted(kept: Shelved, facet: str, found: Bits) -> tuple[tuple[str, int], ...]:
    counts = kept.counted(facet, _FACETS[facet], found)
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES])


def _region(one: Listed) -> str:
    coverage: str = one.said.get("coverage", "tenant")
    return one.tenant if coverage == "tenant" else coverage

"""The catalogue as a person looks through it: searched, narrowed down by facets, sorted, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.data.reads.catalogue import DatasetRow
from balai.data.reads.shelved import (
    EXCEL_MOST_ROWS,
    FACETS,
    TRAITS,
    Bits,
    Listed,
    Shelved,
    bits,
    each,
    shelved,
)

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

SORTS = ("title", "newest", "largest")
MOST_VALUES = 20
"""Values of a facet that are offered, the most frequent first."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; "" wants nothing in particular.

    Attributes:
        words: every one of them is in code, title, description, keywords or columns.
        keyword, producer (name), classification: as the datasets say.
        whose: "city" or "nation".
        holds: "point", "region", "rupiah" (a column of this type) or "excel" (fits a workbook).
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

    rows: tuple[DatasetRow, ...]
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
    facets = {name: _counted(kept.facets[name], _narrowed(worded, set_ones, but=name)) for name in FACETS}
    places = _ordered(kept.orders[wanted.sort], found)
    page, cursor = _page(kept, places, after, limit)
    return Shelf(kept.rows(page), len(places), every.bit_count(), cursor, facets)


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
    named = [
        name for name, own in kept.facets[TRAITS].items() if name.startswith("reference:") and own & seen
    ]
    return tuple(sorted(name.removeprefix("reference:") for name in named))


def described(actor: Actor, page: ListedPage) -> tuple[DatasetRow, ...]:
    """Return what is said of the datasets of a page of `listed`, in its order."""
    kept = shelved(actor)
    return kept.rows([kept.places[one.id] for one in page.rows if one.id in kept.places])


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
            "priority", or "reference:" with the name of a code list their columns use.
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
        having = 0
        for one in traits:
            having |= _with(kept, TRAITS, one)
        found &= having
    if since is not None:
        found &= bits(place for place in each(found) if kept.listed[place].changed_at >= since)
    places = _ordered(kept.orders["code"], found)
    codes = [kept.listed[place] for place in places]
    start = next((n for n, one in enumerate(codes) if one.code > after), len(codes)) if after else 0
    page = codes[start : start + limit]
    return ListedPage(tuple(page), len(codes), page[-1].code if page and start + limit < len(codes) else "")


def _having(kept: Shelved, words: str, every: Bits) -> Bits:
    for word in words.casefold().split():
        every &= kept.words.having(word)
    return every


def _with(kept: Shelved, facet: str, value: str) -> Bits:
    return kept.facets[facet].get(value, 0)


def _narrowed(found: Bits, set_ones: Mapping[str, Bits], but: str = "") -> Bits:
    for name, own in set_ones.items():
        if name != but:
            found &= own
    return found


def _ordered(order: Sequence[int], found: Bits) -> list[int]:
    """Return the places of a set in an order."""
    if isinstance(order, range):
        return list(each(found))
    have = set(each(found))
    return [place for place in order if place in have]


def _page(kept: Shelved, places: Sequence[int], after: str, limit: int) -> tuple[Sequence[int], str]:
    start = 0
    if after:
        start = next((n for n, place in enumerate(places, 1) if _cursor(kept.listed[place]) == after), 0)
        if not start:
            wrong = _("Set data itu tidak ada lagi di daftar ini.")
            raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])
    page = places[start : start + limit]
    return page, _cursor(kept.listed[page[-1]]) if page and start + limit < len(places) else ""


def _cursor(row: Listed) -> str:
    return f"{row.tenant}/{row.code}"


def _counted(values: Mapping[str, Bits], found: Bits) -> tuple[tuple[str, int], ...]:
    counts = [(value, count) for value, own in values.items() if (count := (own & found).bit_count())]
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES])

"""The catalogue as a person looks through it: searched, narrowed down by facets, sorted, page by page.

What is said of each dataset is looked at as plain values; only the datasets of the
page shown are read into declarations.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.data.models import Dataset
from balai.data.reads import sight
from balai.data.reads.catalogue import DatasetRow, row_of

FACETS = ("keyword", "producer", "classification", "whose", "holds")
"""What the catalogue is narrowed down by, each with one value at a time."""
SORTS = ("title", "newest", "largest")
EXCEL_MOST_ROWS = 50_000
"""A workbook of more rows takes too long to make while somebody waits."""
MOST_VALUES = 20
"""Values of a facet that are offered, the most frequent first."""

type Said = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; "" wants nothing in particular.

    Attributes:
        words: every one of them is in code, title, description, keywords or columns.
        keyword, producer (name), classification: as the datasets say.
        whose: "city" or "nation".
        holds: "point", "region", "rupiah" (a column of this type) or "excel" (fits a workbook).
        sort: one of SORTS.
    """

    words: str = ""
    keyword: str = ""
    producer: str = ""
    classification: str = ""
    whose: str = ""
    holds: str = ""
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

    Asks the database once, however many datasets there are.

    Raises:
        Invalid: no dataset found has this cursor, or the order is unknown.
    """
    if wanted.sort not in SORTS:
        raise Invalid([Fault("sort", _("Urutan ini tidak dikenal."), ", ".join(SORTS))])
    with tenancy.widened(tenancy.NATIONAL):
        every = list(sight.published(actor).select_related("current", "producer"))
    words = wanted.words.casefold().split()
    worded = [row for row in every if _has(row, words)]
    values = {row.pk: _values(row) for row in worded}
    found = [row for row in worded if _fits(values[row.pk], wanted)]
    facets = {
        name: _counted(values[row.pk][name] for row in worded if _fits(values[row.pk], wanted, but=name))
        for name in FACETS
    }
    found.sort(key=_ORDERS[wanted.sort](actor))
    page, cursor = _page(found, after, limit)
    return Shelf(tuple(row_of(row) for row in page), len(found), len(every), cursor, facets)


def _page(found: Sequence[Dataset], after: str, limit: int) -> tuple[Sequence[Dataset], str]:
    start = 0
    if after:
        start = next((place for place, row in enumerate(found, 1) if _cursor(row) == after), 0)
        if not start:
            wrong = _("Set data itu tidak ada lagi di daftar ini.")
            raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])
    page = found[start : start + limit]
    return page, _cursor(page[-1]) if page and start + limit < len(found) else ""


def _cursor(row: Dataset) -> str:
    return f"{row.tenant}/{row.code}"


_ORDERS: Mapping[str, Callable[[Actor], Callable[[Dataset], Any]]] = {
    "title": lambda actor: lambda row: (row.tenant != actor.tenant, row.metadata["title"]["id"].casefold()),
    "newest": lambda actor: lambda row: (-_current(row).published_at.timestamp(), row.code),
    "largest": lambda actor: lambda row: (-_current(row).rows, row.code),
}


def _current(row: Dataset) -> Any:
    return row.current


def _has(row: Dataset, words: Sequence[str]) -> bool:
    if not words:
        return True
    said: Said = row.metadata
    texts = [row.code, *said["title"].values(), *said["description"].values(), *said["keywords"]]
    for column in said["columns"]:
        texts += [column["name"], *column["meaning"].values()]
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def _values(row: Dataset) -> Mapping[str, tuple[str, ...]]:
    """Return facet → the values a dataset has there."""
    said: Said = row.metadata
    types = {column["type"] for column in said["columns"] if column.get("transform") != "drop"}
    holds = tuple(kind for kind in ("point", "region", "rupiah") if kind in types)
    small = ("excel",) if _current(row).rows <= EXCEL_MOST_ROWS else ()
    return {
        "keyword": tuple(said["keywords"]),
        "producer": (row.producer.name,) if row.producer else (),
        "classification": (row.classification,),
        "whose": ("nation" if row.tenant == tenancy.NATIONAL else "city",),
        "holds": holds + small,
    }


def _fits(values: Mapping[str, tuple[str, ...]], wanted: Wanted, but: str = "") -> bool:
    return all(
        name == but or not getattr(wanted, name) or getattr(wanted, name) in values[name] for name in FACETS
    )


def _counted(every: Iterable[tuple[str, ...]]) -> tuple[tuple[str, int], ...]:
    counts = Counter(value for values in every for value in values)
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_VALUES])

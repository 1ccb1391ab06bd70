"""The catalogue as a process keeps it to look through: for each word and facet value, which datasets have it.

A set of datasets is one whole number, a bit for each, so a search is a few `&` and facets are counted
bits; both databases serve alike. What is kept holds as long as the marks of the tenants whose datasets
it has; each change of a published dataset sets another.
"""

import threading
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor
from balai.data.models import CatalogueMark, Dataset
from balai.data.reads import sight
from balai.data.reads.catalogue import DatasetRow, row_of

EXCEL_MOST_ROWS = 100_000
"""A workbook of more rows takes too long to make while somebody waits."""
FACETS = ("keyword", "producer", "classification", "whose", "holds", "licence", "region")
"""What the catalogue is narrowed down by, each with one value at a time."""
TRAITS = "traits"
"""What lists are made by that nobody chooses on a page: "point", "region", "priority", "reference:<list>"."""
_MOST_KEPT = 8
"""Tenants whose catalogue a process keeps."""
_MOST_ROWS = 2000
"""Datasets of a catalogue that are kept as their readers see them."""
_MOST_SIGHTS = 200

type Said = dict[str, Any]
type Bits = int
"""A set of places: bit n is the dataset at place n."""


@dataclass(frozen=True)
class Listed:
    """A dataset by what lists of it need. `changed_at`: when the version that stands was published."""

    id: UUID
    tenant: str
    code: str
    title: str
    holds: tuple[str, ...]
    changed_at: datetime
    rows: int


@dataclass
class Shelved:
    """The datasets of a tenant and of the nation. Their places are the order by title, the own first."""

    marks: tuple[str, ...]
    listed: Sequence[Listed]
    facets: Mapping[str, Mapping[str, Bits]]
    words: "Words"
    orders: Mapping[str, Sequence[int]]
    _seen: OrderedDict[object, Bits] = field(default_factory=OrderedDict)
    _rows: OrderedDict[int, DatasetRow] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self, actor: Actor) -> Bits:
        """Return the places the actor may read, as `sight` has it; asked once for all who see alike."""
        key = (frozenset(actor.verbs.items()), actor.offices)
        found = self._seen.get(key)
        if found is None:
            with tenancy.widened(tenancy.NATIONAL):
                known = sight.published(actor).values_list("pk", flat=True)
                places = self.places
                found = bits(places[one] for one in known if one in places)
            with self._lock:
                self._seen[key] = found
                while len(self._seen) > _MOST_SIGHTS:
                    self._seen.popitem(last=False)
        return found

    @cached_property
    def places(self) -> Mapping[UUID, int]:
        return {one.id: place for place, one in enumerate(self.listed)}

    def rows(self, places: Sequence[int]) -> tuple[DatasetRow, ...]:
        """Return datasets as their readers see them; only those not kept yet are read."""
        found = {place: self._rows[place] for place in places if place in self._rows}
        missing = {self.listed[place].id: place for place in places if place not in found}
        if missing:
            with tenancy.widened(tenancy.NATIONAL):
                rows = Dataset.objects.filter(pk__in=list(missing)).select_related("current", "producer")
                found |= {missing[row.pk]: row_of(row) for row in rows.defer("draft", "current__metadata")}
        with self._lock:
            self._rows |= found
            while len(self._rows) > _MOST_ROWS:
                self._rows.popitem(last=False)
        return tuple(found[place] for place in places if place in found)


class Words:
    """Which datasets have a text somewhere within a word."""

    def __init__(self, by_word: Mapping[str, Sequence[int]]) -> None:
        self._starts: list[int] = []
        self._bits: list[Bits] = []
        parts, start = [], 0
        for word, places in by_word.items():
            self._starts.append(start)
            self._bits.append(bits(places))
            parts.append(word)
            start += len(word) + 1
        self._whole = "\n".join(parts)

    def having(self, text: str) -> Bits:
        """Return the places with `text`, which holds no white space."""
        found, at = 0, self._whole.find(text)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            found |= self._bits[place]
            if place + 1 == len(self._starts):
                break
            at = self._whole.find(text, self._starts[place + 1])
        return found


def bits(places: Iterable[int]) -> Bits:
    """Return the set of places as one number.

    >>> bits([0, 3, 3]) == 0b1001
    True
    """
    every = list(places)
    whole = bytearray(max(every, default=0) // 8 + 1)
    for place in every:
        whole[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(whole, "little")


def each(found: Bits) -> Iterator[int]:
    """Yield the places of a set, the smallest first.

    >>> list(each(0b1001))
    [0, 3]
    """
    for number, byte in enumerate(found.to_bytes((found.bit_length() + 7) // 8, "little")):
        place = number * 8
        while byte:
            if byte & 1:
                yield place
            byte >>= 1
            place += 1


_kept: OrderedDict[str, Shelved] = OrderedDict()
_lock = threading.Lock()


def shelved(actor: Actor) -> Shelved:
    """Return the catalogue of the actor's tenant and the nation, read anew where a mark changed."""
    with tenancy.widened(tenancy.NATIONAL):
        every = dict(CatalogueMark.objects.values_list("tenant", "mark"))
        # The marks come first: what changes while the rest is read is read again.
        marks = tuple(str(every.get(tenant, "")) for tenant in (actor.tenant, tenancy.NATIONAL))
        found = _kept.get(actor.tenant)
        if found is None or found.marks != marks or not any(marks):
            with _lock:
                found = _kept.get(actor.tenant)
                if found is None or found.marks != marks or not any(marks):
                    found = _read(actor.tenant, marks)
                    _kept[actor.tenant] = found
                _kept.move_to_end(actor.tenant)
                while len(_kept) > _MOST_KEPT:
                    _kept.popitem(last=False)
    return found


def _read(tenant: str, marks: tuple[str, ...]) -> Shelved:
    seen = Dataset.objects.filter(current__isnull=False, tenant__in=(tenant, tenancy.NATIONAL))
    rows = list(
        seen.values_list(
            "pk",
            "tenant",
            "code",
            "classification",
            "metadata",
            "producer__name",
            "current__published_at",
            "current__rows",
        )
    )
    rows.sort(key=lambda row: (row[1] != tenant, row[4]["title"]["id"].casefold(), row[2]))
    listed = []
    words: defaultdict[str, list[int]] = defaultdict(list)
    facets: dict[str, defaultdict[str, list[int]]] = {name: defaultdict(list) for name in (*FACETS, TRAITS)}
    for place, (pk, whose, code, classification, said, producer, at, count) in enumerate(rows):
        values = _values(said, whose, classification, producer or "", count)
        listed.append(Listed(pk, whose, code, said["title"]["id"], values["holds"], at, count))
        for name, own in values.items():
            for value in own:
                facets[name][value].append(place)
        for word in _words(code, said):
            words[word].append(place)
    by = range(len(listed))
    orders = {
        "title": by,
        "newest": sorted(by, key=lambda place: (-listed[place].changed_at.timestamp(), listed[place].code)),
        "largest": sorted(by, key=lambda place: (-listed[place].rows, listed[place].code)),
        "code": sorted(by, key=lambda place: (listed[place].code, listed[place].tenant != tenant)),
    }
    sets = {
        name: {value: bits(places) for value, places in values.items()} for name, values in facets.items()
    }
    return Shelved(marks, listed, sets, Words(words), orders)


def _words(code: str, said: Said) -> set[str]:
    texts = [code, *said["title"].values(), *said["description"].values(), *said["keywords"]]
    for column in said["columns"]:
        texts += [column["name"], *column["meaning"].values()]
    return set("\n".join(texts).casefold().split())


def _values(
    said: Said, tenant: str, classification: str, producer: str, rows: int
) -> Mapping[str, tuple[str, ...]]:
    """Return facet → the values a dataset has there."""
    types = {column["type"] for column in said["columns"] if column.get("transform") != "drop"}
    types |= {"region" for column in said["columns"] if column.get("transform") == "village"}
    holds = tuple(kind for kind in ("point", "region", "rupiah") if kind in types)
    traits = [each for each in ("point", "region") if each in types]
    traits += ["priority"] if said.get("priority") else []
    traits += [
        f"reference:{one}" for one in dict.fromkeys(each.get("reference") for each in said["columns"]) if one
    ]
    coverage = said.get("coverage", "tenant")
    return {
        "keyword": tuple(dict.fromkeys(said["keywords"])),
        "producer": (producer,) if producer else (),
        "classification": (classification,),
        "whose": ("nation" if tenant == tenancy.NATIONAL else "city",),
        "holds": holds + (("excel",) if rows <= EXCEL_MOST_ROWS else ()),
        "licence": (said["licence"],),
        "region": (tenant if coverage == "tenant" else coverage,),
        TRAITS: tuple(traits),
    }

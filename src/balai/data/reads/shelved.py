"""The catalogue as a process keeps it to look through: for each word and value, which datasets have it.

A set of datasets is one whole number, a bit for each, so a search is a few `&` and facets are counted
bits; both databases serve alike. Everything that lists or searches datasets looks here: the portal, the
API, and each face for other systems, which may keep sets and texts of its own beside (`sets`, `order`,
`drawn`). What is kept holds as long as the marks of the tenants whose datasets it has; each change of a
published dataset sets another. Who may see what is asked of `sight`, once for all who see alike.
"""

import threading
from bisect import bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from balai.base import tenancy
from balai.base.actor import Actor
from balai.data.models import CatalogueMark, Dataset
from balai.data.reads import sight
from balai.data.reads.entries import Listed, State, entries, state_of
from balai.people import reads as people

_MOST_KEPT = 8
"""Tenants whose catalogue a process keeps."""
_MOST_SIGHTS = 200
_AT_ONCE = 1000
_VERBS = ("data.read", "data.read_limited", "data.check", "data.produce")
"""What `sight` asks of an actor."""

type Bits = int
"""A set of places: bit n is the dataset at place n."""
type Texts = Callable[[Listed], Iterable[str]]
type Order = tuple[Sequence[int], Sequence[int]]
"""The places in an order, and at each place its rank in it."""


class Shelved:
    """The datasets of a tenant and of the nation. Their places are the order by title, the own first."""

    def __init__(self, tenant: str, marks: tuple[str, ...], found: Iterable[Listed]) -> None:
        self.marks = marks
        self.listed: Sequence[Listed] = sorted(
            found, key=lambda one: (one.tenant != tenant, one.title.casefold(), one.code)
        )
        self.every: Bits = (1 << len(self.listed)) - 1
        self.places: Mapping[UUID, int] = {one.id: place for place, one in enumerate(self.listed)}
        self._sets: dict[object, Mapping[str, Bits]] = {}
        self._orders: dict[object, Order] = {}
        self._seen: OrderedDict[object, Bits] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def words(self) -> "Words":
        return Words(_sets(self.listed, lambda one: one.words))

    @cached_property
    def by_code(self) -> Mapping[str, Sequence[int]]:
        """Code → its places, the own before that of the nation."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self.listed):
            found[one.code].append(place)
        return found

    def seen(self, actor: Actor) -> Bits:
        """Return the places the actor may read; the own tenant's hides the nation's of the same code."""
        key = (frozenset((verb, actor.verbs.get(verb)) for verb in _VERBS), actor.offices)
        found = self._seen.get(key)
        if found is None:
            found = self._looked(actor)
            with self._lock:
                self._seen[key] = found
                while len(self._seen) > _MOST_SIGHTS:
                    self._seen.popitem(last=False)
        return found

    def _looked(self, actor: Actor) -> Bits:
        with tenancy.widened(tenancy.NATIONAL):
            now = list(sight.published(actor).values_list("pk", "version", "current_id"))
        # What changed since it was read was read for other eyes, perhaps.
        known = {(one.id, *one.state[1:3]): place for place, one in enumerate(self.listed)}
        found = bits(known[row] for row in now if row in known)
        for own, *others in self.by_code.values():
            if others and found >> own & 1:
                found &= ~bits(others)
        return found

    def sets(self, name: object, texts: Texts) -> Mapping[str, Bits]:
        """Return text → the places that have it, made when first asked for by this name."""
        found = self._sets.get(name)
        if found is None:
            found = self._sets[name] = _sets(self.listed, texts)
        return found

    def counted(self, name: object, texts: Texts, found: Bits) -> Iterable[tuple[str, int]]:
        """Yield each text that places of a set have, and how many have it, in no order."""
        sets = self.sets(name, texts)
        if found.bit_count() * 2 < len(sets):
            return Counter(text for place in each(found) for text in set(texts(self.listed[place]))).items()
        counts = ((text, (own & found).bit_count()) for text, own in sets.items())
        return (pair for pair in counts if pair[1])

    def order(self, name: object, key: Callable[[Listed], Any], *, falls: bool = False) -> Order:
        """Return an order made when first asked for by this name; who are alike stand by their place."""
        known = self._orders.get((name, falls))
        if known is None:
            keys = [key(one) for one in self.listed]
            places = sorted(range(len(keys)), key=keys.__getitem__, reverse=falls)
            ranks = [0] * len(keys)
            for rank, place in enumerate(places):
                ranks[place] = rank
            known = self._orders[name, falls] = (places, ranks)
        return known

    def drawn[T](
        self, name: str, places: Sequence[int], draw: Callable[[Dataset], T], most: int = 2000
    ) -> dict[int, T]:
        """Return what is made of datasets, by place; read and made are those alone that are not kept yet.

        Args:
            name: the same for what is made alike.
            most: how many a process keeps; with fewer than are asked for in turn, none is ever there.
            draw: gets the row with its `current` and `producer`; what it makes is shown to all readers.
        """
        found: dict[int, T] = _drawings.of(name, {place: self.listed[place].state for place in places})
        missing = {self.listed[place].id: place for place in places if place not in found}
        if not missing:
            return found
        new: dict[int, T] = {}
        with tenancy.widened(tenancy.NATIONAL):
            for row in _rows(list(missing)):
                place = missing[row.pk]
                # What changed since the places were found may no longer be for who asked.
                if state_of(row) == self.listed[place].state:
                    new[place] = draw(row)
        _drawings.keep(name, {self.listed[place].state: one for place, one in new.items()}, most)
        return found | new


class Words:
    """Which datasets have a word, or a text somewhere within a piece."""

    def __init__(self, sets: Mapping[str, Bits]) -> None:
        self.sets = sets
        self._starts: list[int] = []
        self._pieces = list(sets)
        start = 0
        for piece in self._pieces:
            self._starts.append(start)
            start += len(piece) + 1
        self._whole = "\n".join(self._pieces)

    def having(self, text: str) -> Bits:
        """Return the places with `text`, which holds no white space."""
        found, at = 0, self._whole.find(text)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            found |= self.sets[self._pieces[place]]
            if place + 1 == len(self._starts):
                break
            at = self._whole.find(text, self._starts[place + 1])
        return found


class _Drawings:
    """What was made of datasets lately, by their state, so that it outlives the change of another."""

    def __init__(self) -> None:
        self._kept: defaultdict[str, OrderedDict[State, Any]] = defaultdict(OrderedDict)
        self._lock = threading.Lock()

    def of(self, name: str, states: Mapping[int, State]) -> dict[int, Any]:
        kept = self._kept[name]
        found = ((place, kept.get(state)) for place, state in states.items())
        return {place: one for place, one in found if one is not None}

    def keep(self, name: str, made: Mapping[State, Any], most: int) -> None:
        with self._lock:
            kept = self._kept[name]
            kept |= made
            while len(kept) > most:
                kept.popitem(last=False)


_drawings = _Drawings()


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


def some(found: Bits, order: Order | None, start: int = 0, stop: int | None = None) -> list[int]:
    """Return places of a set in an order, by place for None: from the one at `start` up to `stop`.

    >>> some(0b1011, ([3, 2, 1, 0], [3, 2, 1, 0]), 1, 3)
    [1, 0]
    """
    if order is None:
        return list(islice(each(found), start, stop))
    places, ranks = order
    if found.bit_count() * 8 < len(places):
        return sorted(each(found), key=ranks.__getitem__)[start:stop]
    return list(islice(only(found, places), start, stop))


def only(found: Bits, places: Iterable[int]) -> Iterator[int]:
    """Yield those of some places that are in a set, in their order.

    >>> list(only(0b1011, [3, 2, 1]))
    [3, 1]
    """
    whole = found.to_bytes((found.bit_length() + 7) // 8, "little")
    most = len(whole) * 8
    return (place for place in places if place < most and whole[place >> 3] >> (place & 7) & 1)


def _rows(keys: Sequence[UUID]) -> Iterator[Dataset]:
    for start in range(0, len(keys), _AT_ONCE):
        rows = Dataset.objects.filter(pk__in=keys[start : start + _AT_ONCE])
        rows = rows.select_related("current", "producer")
        yield from rows.defer("draft", "current__files", "current__quality")


def _sets(listed: Sequence[Listed], texts: Texts) -> Mapping[str, Bits]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(listed):
        for text in texts(one):
            places[text].append(place)
    return {text: bits(found) for text, found in places.items()}


_kept: OrderedDict[str, Shelved] = OrderedDict()
_lock = threading.Lock()


def shelved(actor: Actor) -> Shelved:
    """Return the catalogue of the actor's tenant and the nation, put together anew where a mark changed."""
    with tenancy.widened(tenancy.NATIONAL) as scope:
        # The marks come first: what changes while the rest is read is read again.
        marks, is_marked = _marks(actor.tenant, scope.reads)
        found = _kept.get(actor.tenant)
        if found is None or not _stands(found, marks, is_marked):
            with _lock:
                found = _kept.get(actor.tenant)
                if found is None or not _stands(found, marks, is_marked):
                    found = Shelved(actor.tenant, marks, entries(actor.tenant))
                    _kept[actor.tenant] = found
                _kept.move_to_end(actor.tenant)
                while len(_kept) > _MOST_KEPT:
                    _kept.popitem(last=False)
    return found


def _stands(found: Shelved, marks: tuple[str, ...], is_marked: bool) -> bool:
    """Tell whether a catalogue is still what it was; without any mark only an empty one is sure to be."""
    return found.marks == marks and (is_marked or not found.listed)


def _marks(tenant: str, reads: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return what stays the same as long as the catalogue does, and whether anything ever set a mark."""
    sql, values = _marks_sql(reads)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        every = {row[0]: str(row[1]) for row in cursor.fetchall()}
    both = (tenant, tenancy.NATIONAL)
    # Governments are shown by their names, and known to people.reads without a query.
    names = (row.name if (row := people.government(key)) else "" for key in both)
    return (*(every.get(key, "") for key in both), *names), any(key in every for key in both)


@lru_cache(maxsize=256)
def _marks_sql(reads: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the question for everybody in a scope, written once: Django takes a millisecond for it."""
    rows = CatalogueMark.objects.order_by().values_list("tenant", "mark")
    sql, values = rows.query.sql_with_params()
    return sql, tuple(map(str, values))

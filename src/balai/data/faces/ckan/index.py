"""The packages of a shelf by their words and values, as sets of places: a search is a few `&`.

The sets are those of `reads.shelved`: whole numbers with a bit for each place. They are made when
they are first asked for, and stay as long as the shelf.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from balai.data.faces.ckan.packages import Doc, words_of
from balai.data.reads.shelved import Bits, bits, each

_ORDERS: Mapping[str, Callable[[Doc], Any]] = {
    "name": lambda doc: doc.name,
    "id": lambda doc: doc.id,
    "title": lambda doc: doc.title.casefold(),
    "title_string": lambda doc: doc.title.casefold(),
    "metadata_modified": lambda doc: doc.modified,
    "metadata_created": lambda doc: doc.created,
    "organization": lambda doc: doc.organization.name,
}
ORDERS = tuple(_ORDERS)


class Index:
    """Where the packages of a shelf stand."""

    def __init__(self, docs: Sequence[Doc]) -> None:
        self.docs = docs
        self.every: Bits = (1 << len(docs)) - 1
        self._values: dict[str, Mapping[str, Bits]] = {}
        self._words: dict[str, Mapping[str, Bits]] = {}
        self._ranks: dict[str, Sequence[int]] = {}

    @cached_property
    def open(self) -> Bits:
        return bits(place for place, doc in enumerate(self.docs) if doc.is_open)

    def values(self, field: str) -> Mapping[str, Bits]:
        """Return value → the packages that have it in a field; nothing for a field nobody knows."""
        name = field.removeprefix("extras_")
        found = self._values.get(name)
        if found is None:
            found = _sets(self.docs, lambda doc: doc.fields.get(name, ()))
            if found:
                # Names nobody knows come from outside, and are without end.
                self._values[name] = found
        return found

    def words(self, field: str = "") -> Mapping[str, Bits]:
        """Return word → the packages that have it in a field, or anywhere for "" and "text"."""
        name = "" if field == "text" else field
        found = self._words.get(name)
        if found is None:
            found = self._words[name] = _sets(
                self.docs,
                lambda doc: (
                    {word for value in doc.fields.get(name, ()) for word in words_of(value)}
                    if name
                    else doc.words
                ),
            )
        return found

    def only(self, found: Bits, fits: Callable[[Doc], bool]) -> Bits:
        """Return those of `found` that fit, looked at one by one."""
        return bits(place for place in each(found) if fits(self.docs[place]))

    def rank(self, order: str) -> Sequence[int]:
        """Return at each place its rank in an order of ORDERS; equal ones have the same."""
        found = self._ranks.get(order)
        if found is None:
            keys = [_ORDERS[order](doc) for doc in self.docs]
            ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
            found = self._ranks[order] = [ranks[key] for key in keys]
        return found

    @cached_property
    def organizations(self) -> Mapping[str, str]:
        """Name → title."""
        return {doc.organization.name: doc.organization.title for doc in self.docs}


def _sets(docs: Sequence[Doc], texts: Callable[[Doc], Iterable[str]]) -> Mapping[str, Bits]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, doc in enumerate(docs):
        for text in texts(doc):
            places[text].append(place)
    return {text: bits(found) for text, found in places.items()}

"""The catalogue as CKAN's searches look through it: packages found by fields and words, and written.

It stands on `reads.shelved`, as every list of datasets does. The sets, orders and packages made here
are kept there, for as long as the datasets stay as they are.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from balai.base.actor import Actor
from balai.data.faces.ckan import licences
from balai.data.faces.ckan.packages import BASE, Organization, born, government, moment, package_of
from balai.data.models import Dataset
from balai.data.reads.entries import Listed, words_of
from balai.data.reads.shelved import Bits, Order, Shelved, bits, each, shelved, some

type Texts = Callable[[Listed], Iterable[str]]


def _nothing(one: Listed) -> tuple[str, ...]:
    return ()


def uuid_of(key: str) -> UUID | None:
    """Return a text as an id, None where it is none."""
    try:
        return UUID(key)
    except ValueError:
        return None


def organization_of(one: Listed) -> Organization:
    """Return whose data these are: of an office, or of the local government itself."""
    if one.producer is None:
        return government(one.tenant)
    key, code, name = one.producer
    return Organization(str(key), code, name)


def modified(one: Listed) -> str:
    """Return when a package changed, as CKAN writes it."""
    return moment(one.modified_at)


_TEXTS: Mapping[str, Texts] = {
    "title": lambda one: one.said["title"].values(),
    "notes": lambda one: one.said["description"].values(),
    "author": lambda one: (organization_of(one).title,),
    "maintainer": lambda one: (one.said["steward"]["id"],),
    "tags": lambda one: one.said["keywords"],
    "name and title": lambda one: (one.code, *one.said["title"].values()),
}
"""What is looked at word by word."""
_FIELDS: Mapping[str, Texts] = {
    **_TEXTS,
    "id": lambda one: (str(one.id),),
    "name": lambda one: (one.code,),
    "organization": lambda one: (organization_of(one).name,),
    "owner_org": lambda one: (organization_of(one).id,),
    "license_id": lambda one: (licences.of(one.said["licence"]).id,),
    "res_format": lambda one: ("CSV",),
    "type": lambda one: ("dataset",),
    "dataset_type": lambda one: ("dataset",),
    "state": lambda one: ("active",),
    "private": lambda one: ("false" if one.is_open else "true",),
    "capacity": lambda one: ("public" if one.is_open else "private",),
    "isopen": lambda one: (str(licences.of(one.said["licence"]).is_open).lower(),),
    "metadata_created": lambda one: (moment(born(one.id)),),
    "metadata_modified": lambda one: (modified(one),),
    "version": lambda one: (str(one.number),),
    "frequency": lambda one: (str(one.said["frequency"]),),
    "legal_basis": lambda one: (str(one.said["legal_basis"]),),
    "classification": lambda one: (str(one.said["classification"]),),
    "coverage": lambda one: (str(one.said["coverage"]),),
}
_ORDERS: Mapping[str, Callable[[Listed], Any]] = {
    "name": lambda one: one.code,
    "id": lambda one: str(one.id),
    "title": lambda one: one.title.casefold(),
    "title_string": lambda one: one.title.casefold(),
    "metadata_modified": lambda one: one.modified_at,
    "metadata_created": lambda one: one.id,
    "organization": lambda one: organization_of(one).name,
}
ORDERS = tuple(_ORDERS)
_MOST_BODIES = 10_000
"""Packages that a process keeps as they are written, some 6 kB each."""
_WEIGHTS = (("name and title", 4), ("tags", 2), ("", 1))
"""How much more a word weighs where it stands."""


class Index:
    """The packages one actor may see.

    Attributes:
        every: where they stand; `open` those that are for everybody.
    """

    def __init__(self, kept: Shelved, every: Bits) -> None:
        self._kept = kept
        self.every = every
        self.open = every & self.values("capacity").get("public", 0)

    def at(self, places: Iterable[int]) -> list[Listed]:
        return [self._kept.listed[place] for place in places]

    def find(self, key: str) -> int | None:
        """Return where the package of a name or an id stands, None where the actor sees none."""
        number = uuid_of(key)
        by_id = self._kept.places.get(number) if number else None
        places = self._kept.by_code.get(key, ()) if by_id is None else (by_id,)
        return next((place for place in places if self.every >> place & 1), None)

    def values(self, field: str) -> Mapping[str, Bits]:
        """Return value → the packages that have it in a field; nothing for a field nobody knows."""
        name = field.removeprefix("extras_")
        return self._kept.sets(("ckan", name), _FIELDS[name]) if name in _FIELDS else {}

    def counted(self, field: str, found: Bits) -> Iterable[tuple[str, int]]:
        """Yield each value packages of a set have in a field, and how many have it."""
        name = field.removeprefix("extras_")
        return self._kept.counted(("ckan", name), _FIELDS[name], found) if name in _FIELDS else ()

    def words(self, field: str = "") -> Mapping[str, Bits]:
        """Return word → the packages that have it in a field, or anywhere for "" and "text"."""
        if field in ("", "text"):
            # Pieces with other signs are among them, and no word is one of those.
            return self._kept.words.sets
        if field not in _TEXTS:
            # Names nobody knows come from outside, and are without end.
            return {}
        texts = _TEXTS[field]
        return self._kept.sets(
            ("words", field), lambda one: {word for text in texts(one) for word in words_of(text)}
        )

    def only(self, found: Bits, field: str, words: str) -> Bits:
        """Return those of `found` that have words beside each other in a field."""
        wanted = f" {words} "

        def stands(one: Listed) -> bool:
            if field in ("", "text"):
                return wanted in f" {one.text} "
            texts = _TEXTS.get(field, _nothing)(one)
            return any(wanted in f" {' '.join(words_of(text))} " for text in texts)

        return bits(place for place in each(found & self.every) if stands(self._kept.listed[place]))

    def levels(self, found: Bits, words: Sequence[str]) -> list[Bits]:
        """Return the packages of a set in groups that fit alike, the best first."""
        known = {0: found}
        for word in words:
            for field, weight in _WEIGHTS:
                own, after = self.words(field).get(word, 0), dict[int, Bits]()
                for level, these in known.items():
                    for reached, part in ((level + weight, these & own), (level, these & ~own)):
                        if part:
                            after[reached] = after.get(reached, 0) | part
                known = after
        return [known[level] for level in sorted(known, reverse=True)]

    def alike(self, found: Bits, name: str, *, falls: bool) -> Iterable[Bits]:
        """Yield the packages of a set in groups that are alike by an order, in that order."""
        key, listed = _ORDERS[name], self._kept.listed
        places = some(found, self.order(name, falls=falls))
        return (bits(group) for _key, group in groupby(places, lambda place: key(listed[place])))

    def title_of(self, organization: str) -> str:
        """Return the title of an organization that has packages here."""
        own = self.every & self.values("organization").get(organization, 0)
        return organization_of(self._kept.listed[next(each(own))]).title if own else organization

    def order(self, name: str, *, falls: bool = False) -> Order:
        """Return one of ORDERS; who are alike stand by title."""
        return self._kept.order(("ckan", name), _ORDERS[name], falls=falls)

    def bodies(self, places: Sequence[int], base: str) -> list[bytes]:
        """Return packages as JSON for whoever called us at `base`."""
        found = self._kept.drawn("ckan", places, _written, _MOST_BODIES)
        here = base.encode()
        return [found[place].replace(BASE.encode(), here) for place in places if place in found]


def index(actor: Actor) -> Index:
    """Return the packages of the datasets whose rows the actor may read."""
    kept = shelved(actor)
    return Index(kept, kept.seen(actor))


def _written(row: Dataset) -> bytes:
    return json.dumps(package_of(row, row.metadata), ensure_ascii=False, separators=(",", ":")).encode()

"""The packages an actor may see, kept in memory and looked after by the journal.

A package is written when its dataset changed, and not again. Whether anything changed at all is one
short question to the journal; only then the datasets are asked which of them it was.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.ids import first_at
from balai.base.journal import JournalEntry
from balai.data.faces.ckan.index import Index
from balai.data.faces.ckan.packages import Doc, doc_of, government
from balai.data.models import Dataset
from balai.data.reads import sight

_STILL_OPEN = timedelta(seconds=2)
"""A change stands in the journal at its beginning and can be read at its end: up to this much later."""
_SIGHTS = 64
"""Shelves a process keeps: one for visitors of each tenant, and some for offices and stewards."""
_MOST_DOCS = 20_000
_VERBS = ("data.read", "data.read_limited", "data.check", "data.produce")
_AN_INSTANT = UUID(int=0x0192_0000_0000_7000_8000_0000_0000_0000)
"""Stands in the written question where the instant comes."""

type Print = tuple[Any, ...]
type Sight = tuple[str, frozenset[Any], frozenset[str]]


@dataclass(frozen=True)
class Shelf:
    """The packages of one sight: the own tenant's stand before the nation's of the same name.

    Attributes:
        docs: in the order of their names.
    """

    docs: tuple[Doc, ...]
    by_name: Mapping[str, Doc] = field(repr=False)
    by_id: Mapping[str, Doc] = field(repr=False)
    index: Index = field(repr=False, compare=False)

    def find(self, key: str) -> Doc | None:
        """Return a package by its id or its name."""
        return self.by_id.get(key) or self.by_name.get(key)


@dataclass
class _Kept:
    shelf: Shelf
    looked_at: datetime
    prints: tuple[Print, ...]


class _Shelves:
    """What this process remembers. Docs are shared by all sights: a package reads the same for all."""

    def __init__(self) -> None:
        self.docs: dict[UUID, tuple[Print, Doc]] = {}
        self.kept: OrderedDict[Sight, _Kept] = OrderedDict()
        self.lock = threading.Lock()


@lru_cache(maxsize=1)
def _shelves() -> _Shelves:
    return _Shelves()


def forget() -> None:
    """Forget every package; the next question writes them anew."""
    _shelves.cache_clear()


def shelf(actor: Actor) -> Shelf:
    """Return the packages of the datasets whose rows the actor may read."""
    known = _shelves()
    sight_of: Sight = (
        actor.tenant,
        frozenset((verb, actor.verbs[verb]) for verb in _VERBS if verb in actor.verbs),
        actor.offices,
    )
    with tenancy.widened(tenancy.NATIONAL) as scope:
        found = known.kept.get(sight_of)
        if found and not _anything_since(found.looked_at - _STILL_OPEN, scope.reads):
            return found.shelf
        with known.lock:
            return _looked(known, actor, sight_of)


def _looked(known: _Shelves, actor: Actor, sight_of: Sight) -> Shelf:
    """Return the packages after asking which datasets changed."""
    now = datetime.now(UTC)
    seen = sight.published(actor)
    names = ("pk", "version", "current_id", "status", "producer_id", "producer__name", "producer__code")
    rows = list(seen.values_list(*names, "tenant", "code"))
    prints = tuple((*row, government(row[-2]).title) for row in rows)
    before = known.kept.get(sight_of)
    if before and before.prints == prints:
        before.looked_at = now
        return before.shelf
    if len(known.docs) > _MOST_DOCS:
        known.docs.clear()
    stale = [each[0] for each in prints if known.docs.get(each[0], (None,))[0] != each]
    by_key = {each[0]: each for each in prints}
    for start in range(0, len(stale), 500):
        part = seen.filter(pk__in=stale[start : start + 500]).select_related("current", "producer")
        for row in part:
            known.docs[row.pk] = (by_key[row.pk], doc_of(row))
    made = _made(actor, [known.docs[each[0]][1] for each in prints if each[0] in known.docs])
    known.kept[sight_of] = _Kept(made, now, prints)
    while len(known.kept) > _SIGHTS:
        known.kept.popitem(last=False)
    return made


def _made(actor: Actor, docs: list[Doc]) -> Shelf:
    # The own tenant's come last, so that they stand where the nation has one of the same name.
    by_name = {doc.name: doc for doc in sorted(docs, key=lambda doc: doc.tenant == actor.tenant)}
    kept = tuple(by_name[name] for name in sorted(by_name))
    return Shelf(kept, by_name, {doc.id: doc for doc in kept}, Index(kept))


def drafts(actor: Actor) -> list[Dataset]:
    """Return the datasets the actor makes or checks, published or not, with `current` and `producer`."""
    return list(sight.drafts(actor).select_related("current", "producer").order_by("code"))


def _anything_since(instant: datetime, reads: tuple[str, ...]) -> bool:
    """Tell whether anything was done in the tenants in scope since an instant."""
    sql, values = _since_sql(reads)
    key = first_at(instant)
    placed: list[Any] = [_adapted(value, key) for value in values]
    with connection.cursor() as cursor:
        cursor.execute(sql, placed)
        return cursor.fetchone() is not None


def _adapted(value: object, key: UUID) -> object:
    if value == _AN_INSTANT:
        return key
    return key.hex if value == _AN_INSTANT.hex else value


@lru_cache(maxsize=256)
def _since_sql(reads: tuple[str, ...]) -> tuple[str, tuple[object, ...]]:
    """Return the question for everybody in a scope, written once: Django takes a millisecond for it."""
    rows = JournalEntry.objects.filter(pk__gte=_AN_INSTANT).order_by().values_list("verb")[:1]
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)

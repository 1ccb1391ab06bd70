"""A published dataset as lists and searches know it, read once for each state it has.

A catalogue of thousands is read anew after each change of one of them. Who is still in the state in
which they were read is not read again: one short question tells the states of all.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from balai.base import tenancy
from balai.data.models import Dataset
from balai.definitions import Words
from balai.people import reads as people

EXCEL_MOST_ROWS = 100_000
"""A workbook of more rows takes too long to make while somebody waits."""
_AT_ONCE = 500
_STATE = (
    "pk",
    "version",
    "current_id",
    "status",
    "classification",
    "definition_hash",
    "producer_id",
    "producer__code",
    "producer__name",
    "tenant",
    "code",
)
"""What tells one state of a dataset from another; each change of it changes one of these."""
_SAID = (
    "metadata",
    "checked_at",
    "submitted_at",
    "current__number",
    "current__period",
    "current__rows",
    "current__published_at",
    "current__classification",
)
_WORD = re.compile(r"[^\W_]+")

type Said = dict[str, Any]
type State = tuple[Any, ...]


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Listed:
    """A dataset by what lists and searches of it need.

    Attributes:
        state: another one as soon as anything is said otherwise of the dataset.
        producer: id, code and name of the office that makes it; None where none is named.
        is_open: whether the rows that stand are for everybody.
        number, version, period, rows, changed_at: of the version that stands; when it was published.
        modified_at: when it was published, checked or handed in, the latest of them.
        holds: what one can do with it: "point", "region", "rupiah", "date" (a column of this type),
            "excel" (fits a workbook).
        traits: what lists are made by that nobody chooses on a page: "point", "region", "priority",
            "master", "reference:<list>".
        said: the declaration without its columns.
        text: all its words, small, in their order, with one space between.
        pieces: the same texts as they were written, small.
    """

    state: State = field(repr=False)
    id: UUID
    tenant: str
    code: str
    title: str
    producer: tuple[UUID, str, str] | None
    classification: str
    is_open: bool
    number: int
    version: UUID
    period: str
    rows: int
    changed_at: datetime
    modified_at: datetime
    holds: tuple[str, ...]
    traits: tuple[str, ...]
    said: Said = field(repr=False)
    text: str = field(repr=False)
    pieces: str = field(repr=False)

    @property
    def words(self) -> set[str]:
        """Each word once, and each piece between white space."""
        return {*self.text.split(), *self.pieces.split()}

    def tell(self, part: str) -> str:
        """Return a part of the declaration that is there in both languages, in the one in force."""
        return str(Words.model_construct(**self.said[part]))


_known: WeakValueDictionary[UUID, Listed] = WeakValueDictionary()
"""Those that some catalogue of this process holds."""


def words_of(text: str) -> list[str]:
    """Return the words of a text: letters and digits, small.

    >>> words_of("Tempat-sampah, 3R_2026")
    ['tempat', 'sampah', '3r', '2026']
    """
    return _WORD.findall(text.lower())


def state_of(row: Dataset) -> State:
    """Return the state of a dataset whose `producer` was asked for."""
    office = row.producer
    known = (row.producer_id, office.code if office else None, office.name if office else None)
    own = (row.pk, row.version, row.current_id, row.status, row.classification, row.definition_hash)
    return (*own, *known, row.tenant, row.code, _name(row.tenant))


def entries(tenant: str) -> list[Listed]:
    """Return the published datasets of a tenant and the nation, in no order; who may see them is not asked.

    To be called with both in scope.
    """
    seen = Dataset.objects.filter(current__isnull=False, tenant__in=(tenant, tenancy.NATIONAL))
    states: dict[UUID, State] = {row[0]: (*row, _name(row[-2])) for row in seen.values_list(*_STATE)}
    found = {}
    for key, state in states.items():
        one = _known.get(key)
        if one is not None and one.state == state:
            found[key] = one
    missing = [key for key in states if key not in found]
    for start in range(0, len(missing), _AT_ONCE):
        part = missing[start : start + _AT_ONCE]
        for key, *told in seen.filter(pk__in=part).values_list("pk", *_SAID):
            found[key] = _known[key] = _read(states[key], *told)
    return list(found.values())


def _name(tenant: str) -> str:
    """Return the name of a local government, under which stands what no office is named for."""
    row = people.government(tenant)
    return row.name if row else ""


def _read(
    state: State,
    said: Said,
    checked_at: datetime | None,
    submitted_at: datetime | None,
    number: int,
    period: str,
    rows: int,
    published_at: datetime,
    published_as: str,
) -> Listed:
    key, _version, version, _status, classification, _hash, office, office_code, office_name, *_more = state
    tenant, code = state[-3], state[-2]
    columns: Sequence[Said] = said["columns"]
    texts = [code, *said["title"].values(), *said["description"].values(), *said["keywords"]]
    texts.append(office_name or state[-1])
    for column in columns:
        texts += [column["name"], *column["meaning"].values()]
    whole = "\n".join(texts)
    born = datetime.fromtimestamp((key.int >> 80) / 1000, UTC)
    types = {column["type"] for column in columns if column.get("transform") != "drop"}
    types |= {"region" for column in columns if column.get("transform") == "village"}
    excel = ("excel",) if rows <= EXCEL_MOST_ROWS else ()
    return Listed(
        state,
        key,
        tenant,
        code,
        said["title"]["id"],
        (office, office_code, office_name) if office else None,
        classification,
        said["classification"] == "open" and published_as == "open",
        number,
        version,
        period,
        rows,
        published_at,
        max(at for at in (checked_at, submitted_at, published_at, born) if at),
        (*(kind for kind in ("point", "region", "rupiah", "date") if kind in types), *excel),
        tuple(dict.fromkeys(_traits(said, types))),
        {name: value for name, value in said.items() if name not in ("columns", "key", "retention")},
        " ".join(words_of(whole)),
        whole.casefold(),
    )


def _traits(said: Mapping[str, Any], types: set[str]) -> Iterator[str]:
    yield from (each for each in ("point", "region") if each in types)
    yield from (each for each in ("priority", "master") if said.get(each))
    for column in said["columns"]:
        if column.get("reference"):
            yield f"reference:{column['reference']}"

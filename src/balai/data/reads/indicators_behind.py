"""What lies behind a figure: the rows it counts, and why two figures differ.

Nothing of it is kept. The rows are those that the query of the figure's own run counts in the
versions it read, asked again through the same door as every question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Invalid, NotFound
from balai.base.later import later
from balai.data.models import Measurement
from balai.data.reads.asking import ask
from balai.data.reads.indicators import Measured, VersionRead, measured, row, versions_of
from balai.data.reads.versions import Readable, compare, readable_version, version
from balai.data.rules.gate import Column, Table
from balai.data.rules.indicators import Indicator, read
from balai.data.rules.indicators_files import parts
from balai.data.rules.indicators_parts import Part

if TYPE_CHECKING:
    from balai.data.rules import indicators_sql
else:
    indicators_sql = later("balai.data.rules.indicators_sql")

type Side = Literal["numerator", "denominator"]

MOST_ROWS = 1000
"""Rows behind a figure given at once."""


@dataclass(frozen=True)
class RowsBehind:
    """Rows of a dataset version that one part of a figure counts, in the order of the dataset's key.

    Attributes:
        dataset, number: the version; others may be joined to it.
        sql: what was asked; its answer is these rows.
        total: how many there are; None where they cannot be shown.
        unreadable: why no row is shown, in words; "" where they are.
    """

    dataset: str
    number: int
    sql: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int | None
    unreadable: str


@dataclass(frozen=True)
class Changes:
    """How many rows came, went, or stayed with other values."""

    added: int
    removed: int
    changed: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True)
class DatasetDifference:
    """What one dataset contributed to the difference of two figures.

    Attributes:
        before, after: numbers of the versions read; None where that run did not read the dataset.
        numerator, denominator: changes among the rows that part counts; None where it does not count
            rows of this dataset, and where the viewer may not read them or they are no longer kept.
        whole: changes in all of the dataset; None likewise.
    """

    dataset: str
    before: int | None
    after: int | None
    numerator: Changes | None
    denominator: Changes | None
    whole: Changes | None


@dataclass(frozen=True)
class Difference:
    """Why two figures of the same indicator, region, period and dimensions differ."""

    before: Measured
    after: Measured
    is_definition_changed: bool
    is_sql_changed: bool
    datasets: tuple[DatasetDifference, ...]


def rows_behind(
    actor: Actor, id: UUID | str, part: Side = "numerator", *, limit: int = 100, offset: int = 0
) -> RowsBehind:
    """Return the rows that one part of a figure counts, of the versions it was computed from.

    Who may not read the dataset is told so and gets no rows.

    Raises:
        NotFound: no such figure the actor may see, or the indicator has no such part.
    """
    found = row(actor, id)
    definition = read(found.run.definition)
    if part not in definition.parts:
        raise NotFound(_("Indikator ini tidak memiliki penyebut."))
    try:
        known = _known(actor, versions_of(found.run))
        made = _parts(actor, definition, known)[part]
    except NotFound as refused:
        return _untold(definition, found, part, str(refused))
    first = made.datasets[0]
    sql = _behind(found, made)
    key = version(actor, first, known[first].number).declaration.key
    ordered = f"SELECT * FROM ({sql}) AS rows_behind ORDER BY {', '.join(key)}"  # noqa: S608
    most = min(max(limit, 1), MOST_ROWS)
    with ask(actor, f"SELECT count(*) AS n FROM ({sql}) AS rows_behind", tables=known) as answer:  # noqa: S608
        ((total,),) = answer.rows
    with ask(actor, f"{ordered} LIMIT {most} OFFSET {max(offset, 0)}", most, known) as answer:
        rows = tuple(answer.rows)
        return RowsBehind(first, known[first].number, sql, answer.columns, rows, int(str(total)), "")


def difference(actor: Actor, id_before: UUID | str, id_after: UUID | str) -> Difference:
    """Return why two figures differ: the definition, its SQL, or the rows it counts.

    Raises:
        NotFound: no such figures the actor may see.
        Invalid: they are not two figures of the same thing.
    """
    old, new = row(actor, id_before), row(actor, id_after)
    if _thing(old) != _thing(new):
        raise Invalid([])
    read_before = {each.dataset: each for each in versions_of(old.run)}
    read_after = {each.dataset: each for each in versions_of(new.run)}
    counted = _counted_changes(actor, old, new)
    names = dict.fromkeys((*read_after, *read_before))
    return Difference(
        measured(actor, old.pk),
        measured(actor, new.pk),
        old.run.definition_hash != new.run.definition_hash,
        old.run.sql_hash != new.run.sql_hash,
        tuple(
            _dataset_difference(actor, name, read_before.get(name), read_after.get(name), counted)
            for name in names
        ),
    )


def _thing(found: Measurement) -> tuple[str, ...]:
    return found.tenant, found.indicator, found.region, found.period, found.dimensions_key


def _known(actor: Actor, versions: tuple[VersionRead, ...]) -> Mapping[str, Readable]:
    """Return the versions a run read, as questions read them. Raises NotFound."""
    found = {}
    for each in versions:
        found[each.dataset] = readable = readable_version(actor, each.dataset, each.number)
        if readable.version != each.id:
            # A dataset of the tenant's own stands before the nation's of the same name.
            raise NotFound(_("Versi yang dihitung waktu itu tidak dapat dibaca lagi."))
    return found


def _parts(actor: Actor, definition: Indicator, known: Mapping[str, Readable]) -> Mapping[str, Part]:
    keys = {code: version(actor, code, one.number).declaration.key for code, one in known.items()}
    return parts(definition, {code: one.table for code, one in known.items()}, keys)


def _untold(definition: Indicator, found: Measurement, part: Side, why: str) -> RowsBehind:
    versions = {each.dataset: each.number for each in versions_of(found.run)}
    first = str(found.run.parts[part]["dataset"])
    return RowsBehind(first, versions[first], definition.parts[part], (), (), None, why)


def _dataset_difference(
    actor: Actor,
    name: str,
    before: VersionRead | None,
    after: VersionRead | None,
    counted: Mapping[tuple[str, str], Changes],
) -> DatasetDifference:
    return DatasetDifference(
        name,
        before.number if before else None,
        after.number if after else None,
        counted.get((name, "numerator")),
        counted.get((name, "denominator")),
        _whole(actor, name, before, after),
    )


def _whole(actor: Actor, name: str, before: VersionRead | None, after: VersionRead | None) -> Changes | None:
    if before is None or after is None:
        return None
    try:
        found = compare(actor, name, before.number, after.number, limit=0)
    except (NotFound, Invalid):
        return None
    return Changes(found.added, found.removed, found.changed)


def _counted_changes(actor: Actor, old: Measurement, new: Measurement) -> Mapping[tuple[str, str], Changes]:
    """Return, by (dataset, part), what changed among the rows the figure counts."""
    found: dict[tuple[str, str], Changes] = {}
    try:
        before = _known(actor, versions_of(old.run))
        after = _known(actor, versions_of(new.run))
        made_before = _parts(actor, read(old.run.definition), before)
        made_after = _parts(actor, read(new.run.definition), after)
    except (NotFound, Invalid):
        return found
    for part in made_before.keys() & made_after.keys():
        first = made_after[part].datasets[0]
        if made_before[part].datasets[0] != first:
            continue
        sides = [(_behind(old, made_before[part]), before), (_behind(new, made_after[part]), after)]
        key = version(actor, first, after[first].number).declaration.key
        changes = _compared(actor, sides, first, key)
        if changes is not None:
            found[first, part] = changes
    return found


def _behind(found: Measurement, made: Part) -> str:
    return indicators_sql.behind(
        read(found.run.definition), made, found.region, found.period, found.dimensions
    )


def _compared(
    actor: Actor, sides: list[tuple[str, Mapping[str, Readable]]], first: str, key: tuple[str, ...]
) -> Changes | None:
    columns = [set(known[first].table.columns) for _sql, known in sides]
    if not set(key) <= columns[0] & columns[1]:
        return None
    common = [name for name in sides[1][1][first].table.columns if name in columns[0]]
    tables: dict[str, Readable] = {}
    texts = []
    for side, (sql, known) in zip(("before", "after"), sides, strict=True):
        texts.append(_renamed(sql, known, side, tables))
    with ask(actor, indicators_sql.changed_rows(texts[0], texts[1], common, key), tables=tables) as answer:
        ((added, removed, changed),) = answer.rows
    return Changes(int(str(added)), int(str(removed)), int(str(changed)))


def _renamed(sql: str, known: Mapping[str, Readable], side: str, into: dict[str, Readable]) -> str:
    """Give the versions of one side names of their own, so that both are read in one question."""
    for code, one in known.items():
        name = f"{code}__{side}"
        table = Table(name, one.table.file, one.table.columns)
        into[name] = Readable(one.tenant, name, one.version, one.number, table)
    return indicators_sql.over(sql, {code: f"{code}__{side}" for code in known})

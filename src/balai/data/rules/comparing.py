"""How two versions of a dataset differ, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One row that differs.

    Attributes:
        key: the values of the key columns.
        before, after: the compared columns that differ, by name; empty on the side where the row is not.
    """

    change: Change
    key: tuple[object, ...]
    before: Mapping[str, object]
    after: Mapping[str, object]


@dataclass(frozen=True)
class Comparison:
    """What changed from one version to another; rows are told apart by `key`.

    Attributes:
        added_columns, removed_columns: names in one version alone; rows are compared in the others.
        first: the first differences, by key.
    """

    key: tuple[str, ...]
    added: int
    removed: int
    changed: int
    unchanged: int
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    first: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.added_columns or self.removed_columns)


def difference(
    key: Sequence[str],
    compared: Sequence[str],
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> Difference:
    """Return how one row differs; None stands for the version that does not have it.

    >>> difference(["id"], ["n", "m"], {"id": 1, "n": 2, "m": 5}, {"id": 1, "n": 3, "m": 5}).after
    {'n': 3}
    """
    row = after if before is None else before
    if row is None:
        raise ValueError("a row that is in neither version does not differ")
    own = tuple(row[name] for name in key)
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
        cells = {name: row[name] for name in compared}
        return Difference(change, own, {} if before is None else cells, cells if before is None else {})
    differing = [name for name in compared if before[name] != after[name]]
    return Difference(
        Change.CHANGED,
        own,
        {name: before[name] for name in differing},
        {name: after[name] for name in differing},
    )

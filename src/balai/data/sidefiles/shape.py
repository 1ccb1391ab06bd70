"""What a side file is made of: plain values shared by the process that makes it and those that read it.

No Django here: the making runs in a process of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

type Sort = Literal["text", "region", "integer", "money", "decimal", "double", "date", "boolean"]

MOST_INDEXES = 4
MOST_TALLIES = 20_000
"""Rows of the table of kept counts."""
FEW = 400
"""Different values up to which a column stands in the kept counts."""


@dataclass(frozen=True)
class SideColumn:
    """A column of the rows. `decimals`: of a decimal, which SQLite keeps as a whole number of them."""

    name: str
    sort: Sort
    decimals: int = 0

    @property
    def is_text(self) -> bool:
        return self.sort in ("text", "region")


PLACE_INDEX = "by_place"


def place_columns(columns: Sequence[SideColumn]) -> tuple[str, str] | None:
    """Return the columns of longitude and latitude of the first point, None where there is none."""
    names = {one.name for one in columns if one.sort == "double"}
    pairs = ((name, f"{name[:-4]}_lat") for name in sorted(names) if name.endswith("_lon"))
    return next((pair for pair in pairs if pair[1] in names), None)


def indexes(
    columns: Sequence[SideColumn], key: Sequence[str], distinct: Mapping[str, int], rows: int
) -> list[tuple[str, ...]]:
    """Choose the B-trees, at most MOST_INDEXES; each costs half a second and 12 to 27 MB a million rows.

    In this order: what tells rows apart; each region with the first measure, so that the largest
    of a village is read off; the first measure and the first date alone, for sorting and ranges;
    other texts with few values. What is left without is answered by the column store.

    Args:
        distinct: about how many different values each column has.
    """
    return list(dict.fromkeys(_wanted(columns, key, distinct, rows)))[:MOST_INDEXES]


def _wanted(
    columns: Sequence[SideColumn], key: Sequence[str], distinct: Mapping[str, int], rows: int
) -> Iterator[tuple[str, ...]]:
    measures = [one.name for one in columns if one.sort == "money"]
    measures += [one.name for one in columns if one.sort == "decimal"]
    measures += [one.name for one in columns if one.sort == "integer" and one.name not in key]
    first = measures[:1]
    if len(key) == 1:
        yield tuple(key)
    yield from ((name,) for name in key if distinct[name] > 0.9 * rows)
    yield from ((one.name, *first) for one in columns if one.sort == "region" and distinct[one.name] > 1)
    yield from ((name,) for name in first)
    yield from [(one.name,) for one in columns if one.sort == "date" and distinct[one.name] > 1][:1]
    yield from (
        (one.name, *first) for one in columns if one.sort == "text" and 1 < distinct[one.name] < rows / 20
    )


def tallied(columns: Sequence[SideColumn], distinct: Mapping[str, int]) -> list[str]:
    """Choose the columns by whose values together rows are counted for good, the fewest values first.

    Texts come after all others: the name of a village would else take the place of its code.
    """
    chosen, most = [], 1
    wanted = [one for one in columns if one.sort != "double" and distinct[one.name] <= FEW]
    for one in sorted(wanted, key=lambda one: (one.sort == "text", distinct[one.name])):
        # One more for the missing value.
        if most * (distinct[one.name] + 1) <= MOST_TALLIES:
            most *= distinct[one.name] + 1
            chosen.append(one.name)
    return chosen


def quoted(name: str) -> str:
    """Return a name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'

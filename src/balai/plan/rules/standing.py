"""Which entry stands for an action in a year: the one every list, sum, chart and dataset shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

BRAKE = 12
"""Figures a day for one action and period. A figure that feeds on itself, through the published
progress it is part of, would otherwise never come to rest; the night's run takes up what was left."""


@dataclass(frozen=True)
class Entry:
    """A verified or computed entry.

    Attributes:
        period: its number within the year.
        has_value: whether it says a value at all; an entry of notes and evidence does not.
    """

    key: UUID
    period: int
    number: int
    is_computed: bool
    has_value: bool


def standing(entries: Iterable[Entry], *, in_numbers: bool, by_data: bool) -> Entry | None:
    """Return the entry that stands among those of one action and year; None without one.

    The newest of the latest period. Where the target is a number, entries that say
    a value go before those of notes and evidence. Where progress is computed from
    data, the newest computed entry goes before every typed one; when it says that
    the figure is withheld or taken back nothing stands, because missing is not zero
    and an old figure is not today's. Typed values from before the tie stand until
    there is a computed entry; notes without a value never do.

    Args:
        in_numbers: the year has a number as target; else physical percent counts.
        by_data: the action is tied to an indicator, and the target is a number.

    >>> typed, told = Entry(UUID(int=1), 2, 1, False, True), Entry(UUID(int=2), 3, 1, False, False)
    >>> figure = Entry(UUID(int=3), 1, 1, True, True)
    >>> [standing(found, in_numbers=True, by_data=True).key.int for found in ([typed, told], [typed, figure])]
    [1, 3]
    """
    found = list(entries)
    if by_data and (computed := [each for each in found if each.is_computed]):
        newest = max(computed, key=_age)
        return newest if newest.has_value else None
    said = [each for each in found if each.has_value]
    if by_data or (in_numbers and said):
        found = said
    return max((each for each in found if each.has_value or not each.is_computed), key=_age, default=None)


def _age(entry: Entry) -> tuple[int, int]:
    return entry.period, entry.number

"""Which sums can, and which cannot, give a published total.

A city printed a percentage for each dimension and a total, but not the counts.
From the printing alone one can say what is impossible: every printed number
stands for an interval, and a rule is possible when its interval meets the
interval of the printed total. That a rule is possible does not prove it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from balai.plan.rules.numbers import HUNDRED, half_up


@dataclass(frozen=True)
class Printed:
    """A percentage as printed: it stands for everything in `low` ≤ share < `high` (shares 0 to 1).

    100 % stands for what prints as 100, and nothing above 1.
    """

    value: Decimal

    @property
    def _half_step(self) -> Fraction:
        exponent = self.value.as_tuple().exponent
        return Fraction(1, 2 * int(10 ** -int(exponent)))

    @property
    def low(self) -> Fraction:
        return max((Fraction(self.value) - self._half_step) / HUNDRED, Fraction(0))

    @property
    def high(self) -> Fraction:
        return min((Fraction(self.value) + self._half_step) / HUNDRED, Fraction(1))

    @property
    def reaches_one(self) -> bool:
        """Tell whether the interval is closed at 1."""
        return Fraction(self.value) + self._half_step > HUNDRED

    def holds(self, share: Fraction) -> bool:
        return self.low <= share < self.high or (self.reaches_one and share == 1)

    def planned_with(self, misses: int) -> tuple[int, int | None]:
        """Return the smallest and largest number of actions of which `misses` undone print so.

        The largest is None where there is no limit; smallest > largest means there is none.

        >>> Printed(Decimal(89)).planned_with(1)
        (9, 9)
        """
        if misses == 0:
            return (1, None) if self.reaches_one else (1, 0)
        smallest = max(ceil(misses / (1 - self.low)), misses) if self.low < 1 else 1
        if self.high == 1:
            return smallest, None
        return smallest, ceil(misses / (1 - self.high)) - 1


@dataclass(frozen=True)
class Family:
    """Counts that give the total when pooled.

    Attributes:
        misses: planned actions that were not done, all dimensions together.
        denominators: every possible number of planned actions, ascending.
        smallest: one way to spread them: dimension → (done, planned), for the smallest denominator.
    """

    misses: int
    denominators: tuple[int, ...]
    smallest: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Explanation:
    """What the printed figures let one conclude.

    Attributes:
        mean_of_printed: mean of the dimensions as printed, percent with 2 decimals.
        mean_low, mean_high: what the mean of the true percentages lies between (high excluded unless
            every dimension prints as 100), as percentages, exact.
        mean_is_possible: whether some of that prints as the total.
        families: counts that would give the total if actions were pooled, by number of misses.
        weighting_is_possible: whether some weights of the dimensions (e.g. by budget) would give it.
    """

    total: Decimal
    printed: Mapping[str, Decimal]
    mean_of_printed: Decimal
    mean_low: Fraction
    mean_high: Fraction
    mean_is_possible: bool
    families: tuple[Family, ...]
    weighting_is_possible: bool

    @property
    def pooling_is_possible(self) -> bool:
        return bool(self.families)


def explain(printed: Mapping[str, Decimal], total: Decimal, most_misses: int = 4) -> Explanation:
    """Return which sums can give `total`.

    Args:
        printed: dimension → percentage exactly as printed; its decimals say how it was rounded (half-up).
        total: the printed total, likewise.
        most_misses: pooled families are listed up to this many undone actions.

    Raises:
        ValueError: no dimension is given, or a percentage lies outside 0 to 100.
    """
    if not printed:
        raise ValueError("a total is explained by its dimensions, and none is given")
    for value in (*printed.values(), total):
        if not 0 <= value <= 100:
            raise ValueError(f"a percentage lies between 0 and 100, got {value}")
    parts = [Printed(value) for value in printed.values()]
    whole = Printed(total)
    low = sum((part.low for part in parts), Fraction(0)) / len(parts)
    high = sum((part.high for part in parts), Fraction(0)) / len(parts)
    all_full = all(part.reaches_one for part in parts)
    plain = sum((Fraction(value) for value in printed.values()), Fraction(0)) / len(parts)
    families = (_family(printed, whole, misses) for misses in range(most_misses + 1))
    return Explanation(
        total,
        dict(printed),
        half_up(plain, 2),
        low * HUNDRED,
        high * HUNDRED,
        _meet(low, high, all_full, whole),
        tuple(family for family in families if family),
        _meet(
            min(part.low for part in parts),
            max(part.high for part in parts),
            any(part.reaches_one for part in parts),
            whole,
        ),
    )


def _meet(low: Fraction, high: Fraction, is_closed: bool, whole: Printed) -> bool:
    """Tell whether [low, high) – or [low, high] when closed – meets the interval of a printed number."""
    below = low < whole.high or (low == 1 and whole.reaches_one)
    above = whole.low < high or (is_closed and whole.low <= high)
    return below and above


def _family(printed: Mapping[str, Decimal], whole: Printed, misses: int) -> Family | None:
    smallest_total, largest_total = whole.planned_with(misses)
    if largest_total is None:
        # Without a miss, or printed as 100, any number of actions would do: that explains nothing.
        return None
    found: dict[int, Mapping[str, tuple[int, int]]] = {}
    for spread in _spreads(misses, len(printed)):
        ranges = [Printed(value).planned_with(m) for value, m in zip(printed.values(), spread, strict=True)]
        if any(high is not None and low > high for low, high in ranges):
            continue
        for planned in range(smallest_total, largest_total + 1):
            if planned not in found and (counts := _fill(ranges, planned)):
                found[planned] = {
                    key: (count - m, count) for key, count, m in zip(printed, counts, spread, strict=True)
                }
    if not found:
        return None
    return Family(misses, tuple(sorted(found)), found[min(found)])


def _spreads(misses: int, places: int) -> Iterator[tuple[int, ...]]:
    if places == 1:
        yield (misses,)
        return
    for here in range(misses + 1):
        for rest in _spreads(misses - here, places - 1):
            yield (here, *rest)


def _fill(ranges: Sequence[tuple[int, int | None]], planned: int) -> list[int]:
    """Return counts within `ranges` that sum to `planned`, [] where there are none."""
    counts = [low for low, _high in ranges]
    spare = planned - sum(counts)
    if spare < 0:
        return []
    for place, (low, high) in enumerate(ranges):
        more = spare if high is None else min(spare, high - low)
        counts[place] += more
        spare -= more
    return [] if spare else counts

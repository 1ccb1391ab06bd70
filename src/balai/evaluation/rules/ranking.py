"""Rank in the group and in the nation, and what would change it: values in hand, nothing is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from balai.evaluation.rules.instrument import Instrument, LevelWords, Method, Question
from balai.evaluation.rules.scores import (
    Index,
    Number,
    in_scale,
    index_of_levels,
    index_of_parts,
    index_of_scores,
    predicate,
)


def ranks(finals: Mapping[str, Decimal | None]) -> dict[str, int]:
    """Return the rank of each who was evaluated; who was not (None) has no rank and takes no place.

    Equal values share a rank, and the next one counts how many are before it.

    >>> ranks({"a": Decimal("3.65"), "b": Decimal("3.71"), "c": Decimal("3.65"), "d": Decimal(0), "e": None})
    {'b': 1, 'a': 2, 'c': 2, 'd': 4}
    """
    evaluated = {key: value for key, value in finals.items() if value is not None}
    ordered = sorted(evaluated.items(), key=lambda pair: pair[1], reverse=True)
    found: dict[str, int] = {}
    for place, (key, value) in enumerate(ordered, start=1):
        before = ordered[place - 2] if place > 1 else None
        found[key] = found[before[0]] if before and before[1] == value else place
    return found


def took_part(values: Mapping[str, Number]) -> bool:
    """Tell whether published values are scores: who did not take part is published with every value 0."""
    return any(Fraction(value) != 0 for value in values.values())


@dataclass(frozen=True)
class WhatIf:
    """An index as it is and as it would be, with its place among `others`; nothing of it is kept."""

    before: Index
    after: Index
    rank_before: int | None
    rank_after: int | None

    @property
    def difference(self) -> Decimal:
        return self.after.shown - self.before.shown


def what_if(
    instrument: Instrument,
    values: Mapping[str, Number],
    changed: Mapping[str, Number],
    others: Mapping[str, Decimal | None] | None = None,
) -> WhatIf:
    """Return what would become of the index if some values were others.

    Args:
        values, changed: by key of the indicator where the instrument has levels and `values`
            names indicators, else by key of the part.
        others: finals of the other regions to be ranked among; without them there is no rank.

    Raises:
        MissingLevel, OutOfScale: as the index itself.
        KeyError: `changed` names something the instrument does not have.
        ValueError: a changed value lies outside of the scale.
    """
    for key, value in changed.items():
        if key not in values:
            raise KeyError(key)
        if not 0 <= Fraction(value) <= instrument.scale.most:
            raise ValueError(f"{key}: {value} is not on the scale up to {instrument.scale.most}")
    before = _index(instrument, values)
    after = _index(instrument, {**values, **changed})
    placed = [None, None] if others is None else [_place(index.shown, others) for index in (before, after)]
    return WhatIf(before, after, placed[0], placed[1])


def _index(instrument: Instrument, values: Mapping[str, Number]) -> Index:
    if instrument.method is Method.LEVELS and not set(values) <= set(instrument.weights):
        return index_of_scores(instrument, values)
    return index_of_parts(instrument, values)


def _place(final: Decimal, others: Mapping[str, Decimal | None]) -> int:
    return 1 + sum(1 for other in others.values() if other is not None and other > final)


@dataclass(frozen=True)
class Gap:
    """An indicator below the highest level: what the next level means and what it would bring.

    `gain` is in points of the index, exact.
    """

    question: Question
    level: int
    next_level: int
    meaning: LevelWords | None
    gain: Fraction


def gaps(instrument: Instrument, levels: Mapping[str, int]) -> tuple[Gap, ...]:
    """Return the work list: every indicator that can rise, the greatest gain first, then in order.

    An indicator without a level counts as one that has yet to be judged and is left out.
    """
    found = []
    for question in instrument.questions:
        level = levels.get(question.key)
        if level is None or not in_scale(instrument, level + 1):
            continue
        gain = Fraction(question.weight or 0) / 100
        found.append(Gap(question, level, level + 1, instrument.level_words(question, level + 1), gain))
    return tuple(sorted(found, key=lambda gap: -gap.gain))


@dataclass(frozen=True)
class ToNextBand:
    """How far it is to the next predicate: `missing` points, reached by `steps`, the fewest there are."""

    band: str
    missing: Fraction
    steps: tuple[Gap, ...]


def to_next_band(instrument: Instrument, levels: Mapping[str, int]) -> ToNextBand | None:
    """Return the shortest way to the next predicate, one level a step; None when there is none above.

    Raises:
        MissingLevel: as `index_of_levels`.
    """
    index = index_of_levels(instrument, levels)
    own = predicate(instrument, index.exact)
    above = [band for band in instrument.bands if own is None or band.at_least > own.at_least]
    if not above:
        return None
    target = above[-1]
    missing = Fraction(target.at_least) - index.exact
    steps: list[Gap] = []
    reached, now = Fraction(), dict(levels)
    while reached < missing and (open_gaps := gaps(instrument, now)):
        step = open_gaps[0]
        steps.append(step)
        now[step.question.key] = step.next_level
        reached += step.gain
    return ToNextBand(target.key, missing, tuple(steps))

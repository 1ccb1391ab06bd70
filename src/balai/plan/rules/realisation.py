"""Realisation: the share of planned actions that are done, by three rules side by side.

The three answer different questions and give different figures, so each is
printed with its own numerator and denominator and none is called *the* figure:

- *pooled*: every action counts once, whichever dimension it is in;
- *mean*: every dimension counts once, however many actions it has;
- *weighted*: every action counts by the weight the plan gives it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from balai.plan.rules.numbers import add_up, percent, written

NOTHING = Fraction(0)


class Rule(StrEnum):
    POOLED = "pooled"
    MEAN = "mean"
    WEIGHTED = "weighted"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class RealisationRule:
    """When an action counts as done; a row of the dated table `realisation_rule`.

    Attributes:
        version: what a figure says it was computed by.
        physical_percent: physical progress that must be reached where the year has no numeric target.
        decimals: of the printed percentage, rounded half-up once at the end.
    """

    version: str
    physical_percent: Decimal = Decimal(100)
    decimals: int = 2


def is_done(
    rule: RealisationRule,
    value: Decimal | None,
    target: Decimal | None,
    physical: Decimal | None,
    direction: str,
) -> bool:
    """Tell whether an action is done, by the report that stands for the year.

    An action with a numeric target is judged by its value alone: a building may
    be finished and serve nobody. One without is judged by physical percent.
    What is missing is not done, and not zero either (see `Tally.reported`).

    >>> rule = RealisationRule("v")
    >>> [is_done(rule, Decimal(39), Decimal(40), None, direction) for direction in ("down", "up")]
    [True, False]
    """
    if target is None:
        return physical is not None and physical >= rule.physical_percent
    if value is None:
        return False
    return value <= target if direction == Direction.DOWN else value >= target


@dataclass(frozen=True)
class Tally:
    """What is counted in one dimension. Shares of actions, so not always whole numbers.

    Attributes:
        planned: actions with a target in the year.
        done: those of them that are done.
        reported: those of them with a report that stands, done or not.
        weight_planned, weight_done: the same, each action times its weight.
    """

    planned: Fraction = NOTHING
    done: Fraction = NOTHING
    reported: Fraction = NOTHING
    weight_planned: Fraction = NOTHING
    weight_done: Fraction = NOTHING

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.planned + other.planned,
            self.done + other.done,
            self.reported + other.reported,
            self.weight_planned + other.weight_planned,
            self.weight_done + other.weight_done,
        )

    @property
    def not_reported(self) -> Fraction:
        return self.planned - self.reported

    @property
    def ratio(self) -> Fraction | None:
        """Return done ÷ planned, None where nothing is planned or nothing is reported."""
        return self.done / self.planned if self.planned and self.reported else None

    @property
    def percent(self) -> Decimal | None:
        return None if self.ratio is None else percent(self.ratio)


@dataclass(frozen=True)
class Term:
    """One summand of a realisation: a dimension with what it adds above and below the line."""

    dimension: str
    numerator: Fraction
    denominator: Fraction


@dataclass(frozen=True)
class Realisation:
    """A figure that carries its own sum.

    Attributes:
        numerator, denominator: exact; `value` is their quotient.
        value: share 0 to 1, exact; None when nothing is planned or no report stands at all.
        rounded: percentage, rounded half-up once; None with `value`.
        not_reported: actions that are planned and have no report that stands; they are in the denominator.
        rule, rule_version: how it was computed.
        terms: per dimension, in the order they were given.
    """

    numerator: Fraction
    denominator: Fraction
    value: Fraction | None
    rounded: Decimal | None
    not_reported: Fraction
    rule: Rule
    rule_version: str
    terms: tuple[Term, ...] = field(default=())

    def spelled(self, mark: str = ",") -> str:
        """Return the sum as a person would write it; "" when there is no value.

        >>> realise(Rule.POOLED, {"a": counted(9, 10), "b": counted(6, 7)}, RealisationRule("v")).spelled()
        '(9 + 6) / (10 + 7) = 15 / 17 = 88,24 %'
        >>> realise(Rule.MEAN, {"a": counted(9, 10), "b": counted(6, 7)}, RealisationRule("v")).spelled()
        '(9/10 + 6/7) / 2 = 87,86 %'
        """
        if self.rounded is None:
            return ""
        result = f"{written(self.rounded, mark)} %"
        if self.rule is Rule.MEAN:
            ratios = " + ".join(
                f"{_grouped(term.numerator, mark)}/{_grouped(term.denominator, mark)}" for term in self.terms
            )
            return f"({ratios}) / {written(self.denominator, mark)} = {result}"
        above = " + ".join(written(term.numerator, mark) for term in self.terms)
        below = " + ".join(written(term.denominator, mark) for term in self.terms)
        total = f"{written(self.numerator, mark)} / {_grouped(self.denominator, mark)}"
        if len(self.terms) == 1:
            return f"{total} = {result}"
        return f"({above}) / ({below}) = {total} = {result}"


def counted(done: int, planned: int) -> Tally:
    """Return the tally of whole actions of weight 1 that are all reported (a published count)."""
    return Tally(Fraction(planned), Fraction(done), Fraction(planned), Fraction(planned), Fraction(done))


def realise(rule: Rule, tallies: Mapping[str, Tally], by: RealisationRule) -> Realisation:
    """Return the realisation of `tallies` (dimension → tally) by one rule.

    Dimensions without planned actions take no part: a dimension of which nothing
    was promised can neither lift nor lower the mean.
    """
    return _realised(rule, _Planned.of(tallies), by)


def side_by_side(tallies: Mapping[str, Tally], by: RealisationRule) -> tuple[Realisation, ...]:
    """Return the three rules in their fixed order: pooled, mean, weighted."""
    planned = _Planned.of(tallies)
    return tuple(_realised(rule, planned, by) for rule in Rule)


@dataclass(frozen=True)
class _Planned:
    """The dimensions in which something is planned, and what the three rules ask of them alike."""

    tallies: Mapping[str, Tally]
    not_reported: Fraction
    is_reported: bool

    @classmethod
    def of(cls, tallies: Mapping[str, Tally]) -> "_Planned":
        kept = {dimension: tally for dimension, tally in tallies.items() if tally.planned}
        planned, reported = (
            add_up(tally.planned for tally in kept.values()),
            add_up(tally.reported for tally in kept.values()),
        )
        return cls(kept, planned - reported, bool(reported))


def _realised(rule: Rule, planned: _Planned, by: RealisationRule) -> Realisation:
    if rule is Rule.WEIGHTED:
        terms = tuple(Term(key, one.weight_done, one.weight_planned) for key, one in planned.tallies.items())
    else:
        terms = tuple(Term(key, one.done, one.planned) for key, one in planned.tallies.items())
    if rule is Rule.MEAN:
        # Of the unrounded ratios: a rounded percentage never enters another sum.
        numerator = add_up(term.numerator / term.denominator for term in terms)
        denominator = Fraction(len(terms))
    else:
        numerator = add_up(term.numerator for term in terms)
        denominator = add_up(term.denominator for term in terms)
    value = numerator / denominator if denominator and planned.is_reported else None
    return Realisation(
        numerator,
        denominator,
        value,
        None if value is None else percent(value, by.decimals),
        planned.not_reported,
        rule,
        by.version,
        terms,
    )


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def _grouped(number: Fraction, mark: str) -> str:
    text = written(number, mark)
    return f"({text})" if "/" in text else text

"""The indexes of a whole nation at once, in whole numbers; the same as one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from balai.evaluation.rules.instrument import Instrument, Method, Rounding
from balai.evaluation.rules.scores import Number, refuse_missing


@dataclass(frozen=True)
class Final:
    """An index without the sum behind it: for a nation at once."""

    exact: Fraction
    shown: Decimal


def finals[K](instrument: Instrument, values: Mapping[K, Mapping[str, Number]]) -> dict[K, Final]:
    """Return the index of many at once, the same as `index_of_parts` or `index_of_levels` give one by one.

    All in whole numbers, which takes a tenth of the time of fractions.

    Args:
        values: levels by indicator where the instrument has levels, else components to two decimals.

    Raises:
        MissingLevel: the first that has a weight and no value.
    """
    by_levels = instrument.method is Method.LEVELS
    weights = instrument.indicator_weights if by_levels else instrument.weights
    whole = {key: _hundredths(weight) for key, weight in weights.items()}
    each_term = instrument.rounding is Rounding.EACH_TERM
    found: dict[K, Final] = {}
    for key, given in values.items():
        refuse_missing(whole, given)
        products = [weight * _hundredths(given[name]) for name, weight in whole.items()]
        # Hundredths of a percent times hundredths of a point: a million of them are one point.
        counted = sum(_round_half_up(each, 10_000) for each in products) if each_term else None
        total = sum(products)
        cents = _round_half_up(total, 10_000) if counted is None else counted
        found[key] = Final(Fraction(total, 1_000_000), Decimal(cents).scaleb(-2))
    return found


def _hundredths(value: Number) -> int:
    if isinstance(value, int):
        return value * 100
    scaled = Fraction(value) * 100
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than two decimals")
    return scaled.numerator


def _round_half_up(value: int, step: int) -> int:
    """Return a number that is not negative in whole steps, half up."""
    return (2 * value + step) // (2 * step)

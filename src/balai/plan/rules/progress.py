"""How far an action is towards its target, and whether it moves."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from balai.plan.rules.realisation import Direction


class Move(StrEnum):
    UP = "up"
    DOWN = "down"
    STILL = "still"


@dataclass(frozen=True)
class Trend:
    """What changed since the period before. `is_better` is None when nothing moved."""

    move: Move
    difference: Decimal
    is_better: bool | None


def achievement(
    value: Decimal | None, target: Decimal | None, baseline: Decimal | None, direction: str
) -> Fraction | None:
    """Return how much of the target is reached; 1 is the target, more is beyond it. Not clipped.

    Higher is better: value ÷ target. The baseline plays no part, as in the
    reports of the regions themselves.

    Lower is better: how much of the way from the baseline down to the target is
    gone, (baseline - value) ÷ (baseline - target). It is negative when things
    got worse. Without a baseline above the target there is no way to measure,
    so it is target ÷ value, at most 1 (a target to stay below).

    None where value or target is missing, or the quotient has no meaning
    (a target of 0 that is to be exceeded).

    >>> achievement(Decimal(70), Decimal(60), Decimal(100), "down")
    Fraction(3, 4)
    >>> achievement(Decimal(15), Decimal(20), Decimal(10), "up")
    Fraction(3, 4)
    """
    if value is None or target is None:
        return None
    if direction == Direction.UP:
        return Fraction(value) / Fraction(target) if target > 0 else None
    if baseline is not None and baseline > target:
        return Fraction(baseline - value) / Fraction(baseline - target)
    if value <= target:
        return Fraction(1)
    return Fraction(target) / Fraction(value) if target >= 0 else None


def trend(now: Decimal | None, before: Decimal | None, direction: str) -> Trend | None:
    """Return the move from one period to the next, None where one of them is unknown."""
    if now is None or before is None:
        return None
    difference = now - before
    if not difference:
        return Trend(Move.STILL, difference, None)
    move = Move.UP if difference > 0 else Move.DOWN
    return Trend(move, difference, (difference > 0) == (direction == Direction.UP))

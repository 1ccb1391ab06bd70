"""How good the rows of a file are, as one figure from 0 to 100, and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Formula:
    """How much each part weighs, as the table `data_quality` says from a day on."""

    since: date
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Counted:
    """What was counted in rows; a part of which there is nothing to count is left out of the score.

    Attributes:
        cells: of all rows; `filled` of them hold something, `wrong` of those are not of their type or
            not among the choices.
        rows, twice: how many, and how many bear a key that stood before.
        coded, strange: filled cells of columns with a reference list, and those whose code is not in it.
    """

    cells: int
    filled: int
    wrong: int
    rows: int
    twice: int
    coded: int
    strange: int

    def parts(self) -> dict[str, Fraction]:
        """Return the share that is right, 0 to 1, of each part there is something of.

        >>> {name: str(share) for name, share in Counted(10, 8, 2, 5, 0, 0, 0).parts().items()}
        {'completeness': '4/5', 'validity': '3/4', 'uniqueness': '1'}
        """
        of = {
            "completeness": (self.filled, self.cells),
            "validity": (self.filled - self.wrong, self.filled),
            "uniqueness": (self.rows - self.twice, self.rows),
            "reference": (self.coded - self.strange, self.coded),
        }
        return {name: Fraction(right, every) for name, (right, every) in of.items() if every}


def score(counted: Counted, formula: Formula) -> int | None:
    """Return the weighted mean of the parts in percent, half up; None for no rows.

    >>> parts = {"completeness": 25, "validity": 40, "uniqueness": 20, "reference": 15}
    >>> weights = Formula(date(2026, 1, 1), parts)
    >>> score(Counted(10, 8, 2, 5, 0, 0, 0), weights)
    82
    >>> score(Counted(0, 0, 0, 0, 0, 0, 0), weights) is None
    True
    """
    parts = counted.parts()
    weight = sum(formula.weights[name] for name in parts)
    if not weight:
        return None
    exact = sum((share * formula.weights[name] for name, share in parts.items()), Fraction()) * 100 / weight
    return int((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP))

"""Whether an indicator of One Data can measure an action: it must count the same thing the same way."""

from collections.abc import Mapping

from balai.data.rules.indicators import Indicator

_NAMES = {"%": "persen", "percent": "persen", "percentage": "persen", "persentase": "persen"}
"""Units that are one and the same to everybody."""


ORIGIN = "origin"
"""The one dimension a tie knows: an action is measured by rows of its own origin, so that what the
region recorded and what was made up for demonstration are never counted together."""


def is_whole(indicator: Indicator) -> bool:
    """Tell whether an indicator has one figure for a region, at most apart by origin."""
    return indicator.dimensions in ((), (ORIGIN,))


def dimensions_of(indicator: Indicator, origin: str) -> Mapping[str, str]:
    """Return the dimensions of the figure that measures an action of this origin."""
    return {ORIGIN: origin} if ORIGIN in indicator.dimensions else {}


def fits(unit: str, direction: str, indicator: Indicator) -> bool:
    """Tell whether an indicator can measure an action: one figure, in its unit and direction."""
    return is_whole(indicator) and counts_in(unit, indicator) and direction == indicator.direction


def counts_in(unit: str, indicator: Indicator) -> bool:
    """Tell whether a unit is the indicator's, in either language."""
    return any(same_unit(unit, name) for name in (indicator.unit.id, indicator.unit.en))


def same_unit(one: str, other: str) -> bool:
    """Tell whether two units are the same, however they are written.

    >>> same_unit("Persen", " % "), same_unit("titik", "orang")
    (True, False)
    """
    return _plain(one) == _plain(other)


def _plain(unit: str) -> str:
    said = " ".join(unit.casefold().split())
    return _NAMES.get(said, said)

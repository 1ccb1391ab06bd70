"""The dimensions of a plan in order, each with what was counted in it and the actions that share in it."""

from dataclasses import dataclass
from decimal import Decimal

from balai.definitions.taxonomies import Dimension, axis_set
from balai.plan.reads.counting import Count
from balai.plan.reads.plans import InDimension, ProgrammeTree
from balai.plan.rules.realisation import Tally


@dataclass(frozen=True)
class Axis:
    """A dimension for a tab, a bar or a spoke.

    Attributes:
        tally: of one origin, the one that was asked for.
        actions: of every origin.
    """

    definition: Dimension
    tally: Tally
    actions: tuple[InDimension, ...]

    @property
    def key(self) -> str:
        return self.definition.key

    @property
    def name(self) -> str:
        return str(self.definition.name)

    @property
    def meaning(self) -> str:
        return str(self.definition.meaning)

    @property
    def percent(self) -> Decimal | None:
        return self.tally.percent


def axes(tree: ProgrammeTree, count: Count | None) -> tuple[Axis, ...]:
    """Return the dimensions of the tree's axis set with the tallies of `count`."""
    inside = {node.key: node.actions for node in tree.dimensions}
    tallies = count.tallies if count else {}
    return tuple(
        Axis(dimension, tallies.get(dimension.key, Tally()), inside.get(dimension.key, ()))
        for dimension in axis_set(tree.plan.axis_set).dimensions
    )


def dimension_names(code: str = "national") -> dict[str, str]:
    """Return the name of each dimension of an axis set by key, in order."""
    return {dimension.key: str(dimension.name) for dimension in axis_set(code).dimensions}

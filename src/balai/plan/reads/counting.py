"""Counting planned and done actions inside the database, exactly.

Shares of actions are summed as whole numerators per denominator and only then
become fractions, so a third stays a third however many rows there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, F, FilteredRelation, Q, Sum
from django.db.models.functions import Cast, Round

from balai.base.actor import Actor
from balai.definitions.taxonomies import axis_set
from balai.plan.models import Action, Masterplan, Origin
from balai.plan.reads import sight
from balai.plan.reads.tables import realisation_rule
from balai.plan.rules.realisation import (
    Realisation,
    RealisationRule,
    Tally,
    side_by_side,
    total,
)

_STEPS = 10_000
"""Values and weights have four decimals; times this they are whole numbers."""

_ACTION = "programmes__actions"


class Key(NamedTuple):
    """What a tally is of. Origins are never added up with each other."""

    tenant: str
    year: int
    dimension: str
    origin: str


@dataclass(frozen=True)
class Count:
    """What is counted of one plan in one year, from records of one origin.

    Attributes:
        tallies: dimension → tally, in the order of the axis set; every dimension is there, planned or not.
        pooled, mean, weighted: the three rules side by side.
    """

    origin: str
    year: int
    as_of: date
    tallies: Mapping[str, Tally]
    pooled: Realisation
    mean: Realisation
    weighted: Realisation

    @property
    def rules(self) -> tuple[Realisation, Realisation, Realisation]:
        return self.pooled, self.mean, self.weighted

    @property
    def total(self) -> Tally:
        return total(self.tallies.values())

    @property
    def is_illustration(self) -> bool:
        return self.origin == Origin.ILLUSTRATION


def done(rule: RealisationRule, action: str = "") -> Q:
    """Return the condition that an action is done: `rules.is_done`, decided by the database.

    Of actions joined with one of their `targets` and the report `standing` for it.

    Args:
        action: the way to the actions from where the query begins, e.g. "programmes__actions__".
    """
    target, direction = f"{action}targets__value", f"{action}direction"
    return (
        Q(**{f"{target}__isnull": True, "standing__physical_percent__gte": rule.physical_percent})
        | Q(**{direction: Action.Direction.UP, "standing__value__gte": F(target)})
        | Q(**{direction: Action.Direction.DOWN, "standing__value__lte": F(target)})
    )


def tallies(
    years: Collection[int], rule: RealisationRule, plans: Iterable[UUID] | None = None
) -> dict[Key, Tally]:
    """Count every adopted plan in scope (or just `plans`) in one statement.

    Only actions with a target in a year are planned in it. A dimension without
    any is absent.

    Cost: one pass over the targets of those years, one index look-up each.
    """
    # From the plan downwards: the tenants in scope are then asked for once a plan. Asked for at
    # the actions, a nation's list of them was gone through once a programme, and took half of the time.
    wanted = Q(status=Masterplan.Status.ADOPTED) if plans is None else Q(pk__in=list(plans))
    share = F(f"{_ACTION}__shares__numerator")
    weight = Cast(Round(F(f"{_ACTION}__weight") * _STEPS), BigIntegerField())
    is_done = done(rule, f"{_ACTION}__")
    rows = (
        Masterplan.objects.filter(wanted, **{f"{_ACTION}__targets__year__in": years})
        .annotate(
            standing=FilteredRelation(
                f"{_ACTION}__reports",
                # The tenant is implied; said, it lets the index of standing reports answer.
                condition=Q(
                    **{
                        f"{_ACTION}__reports__tenant": F("tenant"),
                        f"{_ACTION}__reports__stands": True,
                        f"{_ACTION}__reports__year": F(f"{_ACTION}__targets__year"),
                    }
                ),
            )
        )
        .values_list(
            "tenant",
            f"{_ACTION}__targets__year",
            f"{_ACTION}__shares__dimension",
            f"{_ACTION}__origin",
            f"{_ACTION}__shares__denominator",
        )
        .annotate(
            planned=Sum(share),
            done=Sum(share, filter=is_done, default=0),
            reported=Sum(share, filter=Q(standing__isnull=False), default=0),
            weight_planned=Sum(share * weight),
            weight_done=Sum(share * weight, filter=is_done, default=0),
        )
        .order_by()
    )
    found: dict[Key, list[tuple[int, ...]]] = defaultdict(list)
    for tenant, year, dimension, origin, *sums in rows:
        if dimension is not None:
            found[Key(tenant, year, dimension, origin)].append(tuple(sums))
    return {key: _tally(parts) for key, parts in found.items()}


def _tally(rows: list[tuple[int, ...]]) -> Tally:
    """Return the tally of rows: denominator, planned, done, reported, both weights in ten-thousandths.

    A third and a half meet over six: adding whole numbers is several times
    faster than adding fractions, and there are thousands of tallies.
    """
    over = lcm(*(row[0] for row in rows))
    planned, done, reported, weight_planned, weight_done = (
        sum(row[column] * (over // row[0]) for row in rows) for column in range(1, 6)
    )
    return Tally(
        Fraction(planned, over),
        Fraction(done, over),
        Fraction(reported, over),
        Fraction(weight_planned, over * _STEPS),
        Fraction(weight_done, over * _STEPS),
    )


def realisation(actor: Actor, plan: UUID | str | None, year: int, on: date) -> tuple[Count, ...]:
    """Return the realisation of a plan in a year: one `Count` per origin, records first, illustrations last.

    Empty where nothing is planned in the year.

    Args:
        plan: None for the plan in force.
        on: the local day it is counted on; its rule is the one in force that day.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    return counts(sight.plan(actor, plan), year, on)


def counts(plan: Masterplan, year: int, on: date) -> tuple[Count, ...]:
    """Return `realisation` of a plan that is in hand already."""
    rule = realisation_rule(on)
    found = tallies([year], rule, [plan.pk])
    order = axis_set(plan.axis_set).keys()
    made = []
    for origin in Origin.values:
        own = {key.dimension: tally for key, tally in found.items() if key.origin == origin}
        if own:
            ordered = {key: own.get(key, Tally()) for key in dict.fromkeys((*order, *own))}
            made.append(Count(origin, year, on, ordered, *side_by_side(ordered, rule)))
    return tuple(made)

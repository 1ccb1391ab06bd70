"""The regions present, side by side: one row per plan in force in the tenants in scope."""

from dataclasses import dataclass
from datetime import date

from balai.base.actor import Actor
from balai.plan.models import Masterplan, Origin
from balai.plan.reads import sight
from balai.plan.reads.counting import tallies
from balai.plan.reads.plans import PlanRow, plan_row
from balai.plan.reads.tables import realisation_rule
from balai.plan.rules.realisation import Realisation, Tally, side_by_side


@dataclass(frozen=True)
class Standing:
    """A region with its realisation by records of one origin; None of both where nothing is planned."""

    plan: PlanRow
    year: int
    origin: str
    pooled: Realisation | None
    mean: Realisation | None
    weighted: Realisation | None

    @property
    def is_illustration(self) -> bool:
        return self.origin == Origin.ILLUSTRATION


def standings(actor: Actor, year: int, on: date) -> tuple[Standing, ...]:
    """Return the regions in scope in the order of their codes, one row per origin that has actions.

    Not ranked: realisation is the share of what each region promised itself, and
    a modest promise is easier to keep.
    """
    rule = realisation_rule(on)
    plans = sight.plans(actor).filter(status=Masterplan.Status.ADOPTED).order_by("tenant", "region_code")
    by_place: dict[tuple[str, str], dict[str, Tally]] = {}
    for key, tally in tallies([year], rule).items():
        by_place.setdefault((key.tenant, key.origin), {})[key.dimension] = tally
    found = []
    for plan in plans:
        origins = [origin for origin in Origin.values if (plan.tenant, origin) in by_place]
        for origin in origins:
            pooled, mean, weighted = side_by_side(by_place[plan.tenant, origin], rule)
            found.append(Standing(plan_row(plan), year, origin, pooled, mean, weighted))
        if not origins:
            found.append(Standing(plan_row(plan), year, "", None, None, None))
    return tuple(found)

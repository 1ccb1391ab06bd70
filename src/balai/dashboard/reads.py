"""What the nation page shows: the plans of local governments side by side, each counted for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from balai.base import tenancy
from balai.base.actor import Actor
from balai.people import reads as people
from balai.plan import reads as plan
from balai.plan.rules.realisation import Realisation, Rule, Tally, realise


@dataclass(frozen=True)
class RegionLine:
    """One local government with a plan in force.

    Attributes:
        year: the year counted: this one, or the last of its plan when that has passed.
        counted: realisation pooled over actions, by origin; empty where nothing is planned.
    """

    tenant: str
    region_code: str
    name: str
    is_demo: bool
    host: str
    plan: plan.PlanRow
    year: int
    counted: Mapping[str, Realisation]

    @property
    def main(self) -> Realisation | None:
        """Return the realisation of records where there is one, of illustrations else."""
        return next(iter(self.counted.values()), None)

    @property
    def is_illustration(self) -> bool:
        return bool(self.counted) and next(iter(self.counted)) == "illustration"


def regions(actor: Actor, on: date) -> tuple[RegionLine, ...]:
    """Return every local government with a plan in force, by name; figures of regions are never added up.

    Cost: two queries, whatever the number of regions, and one a year counted.
    """
    governments = {row.key: row for row in people.governments()}
    with tenancy.scope(tenancy.NATIONAL, also=governments):
        plans = [row for row in plan.masterplans(actor) if row.is_in_force]
        years = {row.id: row.year_on(on) for row in plans}
        found = plan.tallies(sorted(set(years.values())), plan.realisation_rule(on))
    tallies: dict[tuple[str, int, str], dict[str, Tally]] = {}
    for key, tally in found.items():
        tallies.setdefault((key.tenant, key.year, key.origin), {})[key.dimension] = tally
    rule = plan.realisation_rule(on)
    lines = []
    for row in plans:
        government = governments.get(row.tenant)
        if government is None:
            continue
        counted = {
            origin: realise(Rule.POOLED, tallies[row.tenant, years[row.id], origin], rule)
            for origin in ("record", "published", "illustration")
            if (row.tenant, years[row.id], origin) in tallies
        }
        lines.append(
            RegionLine(
                row.tenant,
                row.region_code,
                government.name,
                government.is_demo,
                people.host_of(row.tenant),
                row,
                years[row.id],
                counted,
            )
        )
    return tuple(sorted(lines, key=lambda line: line.name))

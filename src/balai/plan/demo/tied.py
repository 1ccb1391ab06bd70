"""Illustrated actions whose progress is computed: a made-up promise, measured by real figures.

What they promise is invented and says so. What is measured is not: the results of
national evaluations as they were published, and the plan's own tables, of which the
indicators count only rows of the action's own origin.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.data import changes as data
from balai.data import reads as datasets
from balai.plan import changes, reads
from balai.plan.demo.facts import Batch
from balai.plan.demo.illustration import MARK, SOURCE
from balai.plan.demo.sheets import ILLUSTRATED, Line, of_region
from balai.plan.measuring import computer
from balai.plan.models import Action, DimensionShare, Masterplan, Origin, Programme, Target
from balai.plan.publishing import publish_plan

MOST_ROUNDS = 6
"""Figures of the plan's own tables change those tables once or twice before they come to rest."""


def load_tied(actor: Actor, plan: Masterplan, years: Iterable[int], offices: Mapping[str, UUID]) -> int:
    """Write the tied actions of a region that are not there yet; return how many rows.

    Args:
        years: those the illustrations are told of, ascending.
        offices: code → key.
    """
    told = list(years)
    known = set(Action.objects.filter(programme__masterplan=plan).values_list("code", flat=True))
    programmes = dict(Programme.objects.filter(masterplan=plan).values_list("code", "pk"))
    batch = Batch(actor)
    for line in of_region(ILLUSTRATED, "tied_actions", plan.region_code):
        if f"IL-{line['code']}" not in known:
            _add(batch, line, programmes, offices, _years(plan, line, told))
    return batch.write() if batch.rows else 0


def _years(plan: Masterplan, line: Line, told: list[int]) -> list[int]:
    first = int(line["from_year"] or told[0])
    return list(range(max(first, plan.year_from), min(told[-1], plan.last_year) + 1))


def _add(
    batch: Batch, line: Line, programmes: Mapping[str, UUID], offices: Mapping[str, UUID], years: list[int]
) -> None:
    owner = next((offices[code] for code in line["owners"].split("|") if code in offices), None)
    row = Action(
        programme_id=programmes[f"IL-{line['programme'][:3].upper()}"],
        code=f"IL-{line['code']}",
        title=f"{line['title']} ({MARK})",
        description=f"{SOURCE}. Target di sini hanya contoh; capaiannya dihitung dari catatan.",
        family=Action.Family.APPLICATIONS,
        owner_id=owner,
        indicator=line["indicator"],
        unit=line["unit"],
        direction=line["direction"],
        measured_by=line["measured_by"],
        starts_on=date(years[0], 1, 1),
        ends_on=date(years[-1], 12, 31),
        origin=Origin.ILLUSTRATION,
        source=SOURCE,
    )
    batch.add(row, "action.create", code=row.code, title=row.title, measured_by=row.measured_by)
    batch.add(DimensionShare(action=row, dimension=line["dimension"]))
    for number, year in enumerate(years, 1):
        value = Decimal(line["baseline"]) + number * Decimal(line["step"])
        batch.add(Target(action=row, year=year, value=value))


def settle(region: str, at: datetime) -> int:
    """Publish the plan of a region, compute the indicators its actions are tied to, take the figures over.

    Again and again until nothing changes; done a second time it writes nothing. Call it
    outside of a transaction. Returns how many entries were written.
    """
    written = 0
    with tenancy.scope(region):
        for _round in range(MOST_ROUNDS):
            publish_plan(at)
            tied = reads.tied_indicators(computer())
            for code in tied:
                _measure(code, at)
            new = sum(changes.take_over(computer(), code, at=at) for code in tied)
            written += new
            if not new:
                break
    return written


def _measure(code: str, at: datetime) -> None:
    """Compute an indicator where it lives: with the tenant, or with the nation for all of them."""
    own = tenancy.current_tenant()
    is_national = datasets.indicator(system("demo", own, "data.read"), code).is_national
    home = tenancy.NATIONAL if is_national else own
    with tenancy.scope(home):
        actor = system("demo", home, "data.read", "data.check", "data.publish")
        data.measure(actor, code, "Data peragaan", at=at)

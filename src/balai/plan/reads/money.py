"""The money of a plan, by source; records of different origin are never added up."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from balai.base.actor import Actor
from balai.plan.models import Fund, Origin
from balai.plan.reads import sight
from balai.plan.reads.actions import FundRow, fund_rows
from balai.plan.reads.plans import PlanRow, plan_row
from balai.plan.rules.money import Line, Money, Sum, add_up
from balai.plan.rules.money import money as add_up_by_source


@dataclass(frozen=True)
class MoneyOf:
    """Money of records of one origin. `by_year` holds cash of every year of the plan that has any."""

    origin: str
    money: Money
    by_year: Mapping[int, Sum]

    @property
    def is_illustration(self) -> bool:
        return self.origin == Origin.ILLUSTRATION


@dataclass(frozen=True)
class PlanMoney:
    """Money of a plan in a year.

    Attributes:
        by_origin: records first, illustrations last; empty where the plan has no money in any year.
        lines: of the year.
    """

    plan: PlanRow
    year: int
    by_origin: tuple[MoneyOf, ...]
    lines: tuple[FundRow, ...]

    @property
    def over_budget(self) -> tuple[FundRow, ...]:
        return tuple(line for line in self.lines if line.is_over_budget)

    @property
    def unknown_codes(self) -> tuple[FundRow, ...]:
        return tuple(line for line in self.lines if line.edition_is_unknown)


def money(actor: Actor, plan: UUID | str | None, year: int) -> PlanMoney:
    """Return the money of a plan in a year.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    row = sight.plan(actor, plan)
    every = fund_rows(Fund.objects.filter(action__programme__masterplan=row))
    origins = [origin for origin in Origin.values if any(line.origin == origin for line in every)]
    return PlanMoney(
        plan_row(row),
        year,
        tuple(
            _of_origin(origin, [line for line in every if line.origin == origin], year) for origin in origins
        ),
        tuple(line for line in every if line.year == year),
    )


def _of_origin(origin: str, rows: list[FundRow], year: int) -> MoneyOf:
    years = sorted({row.year for row in rows})
    return MoneyOf(
        origin,
        add_up_by_source(_line(row) for row in rows if row.year == year),
        {
            each: add_up(_line(row) for row in rows if row.year == each and not row.is_in_kind)
            for each in years
        },
    )


def _line(row: FundRow) -> Line:
    return Line(row.source, row.budget, row.spent, row.is_in_kind)


def source_name(source: str) -> str:
    """Return what a source of funds is called on screens."""
    return str(dict(Fund.Source.choices).get(source, source))

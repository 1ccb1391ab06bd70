"""The plan in one minute: five numbers, three worries, three gains. All of it computed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from balai.base.actor import Actor
from balai.plan.models import Origin, Report
from balai.plan.reads import sight
from balai.plan.reads.counting import Count
from balai.plan.reads.desk import Due, due_in, periods
from balai.plan.reads.plans import PlanRow, plan_row, programme_tree
from balai.plan.reads.rows import ActionRow
from balai.plan.rules.freshness import Age
from balai.plan.rules.money import Sum
from balai.plan.rules.numbers import percent

MOST = 3


class Concern(StrEnum):
    OVERDUE = "overdue"
    STALE = "stale"
    UNSPENT = "unspent"
    OVER_BUDGET = "over_budget"
    WORSE = "worse"


class Gain(StrEnum):
    REACHED = "reached"
    BETTER = "better"


@dataclass(frozen=True)
class Remark:
    """One worry or gain, about one action.

    Attributes:
        kind: a `Concern` or a `Gain`.
        amount: days overdue or without a word; rupiah not spent or spent above the budget;
            change of value since the period before; achieved percent.
    """

    kind: str
    action: ActionRow
    amount: Decimal


@dataclass(frozen=True)
class Executive:
    """What a head of region sees, of records of one origin (illustrations only where there is nothing else).

    Attributes:
        count: realisation with its sums; None where nothing is planned in the year.
        money: cash of the year.
        reports_sent, reports_wanted: of every period whose due day has passed; nobody owes one for a
            figure that is computed.
        figures: planned actions of which a figure stands.
        by_data: those of them whose figure is computed from records, not typed; by code.
        waiting: reports that wait to be verified.
        stale: planned actions nobody has reported for too long.
    """

    plan: PlanRow
    year: int
    as_of: date
    origin: str
    count: Count | None
    money: Sum
    reports_sent: int
    reports_wanted: int
    figures: int
    by_data: tuple[ActionRow, ...]
    waiting: int
    stale: int
    worries: tuple[Remark, ...]
    gains: tuple[Remark, ...]

    @property
    def sent_percent(self) -> Decimal | None:
        return percent(Fraction(self.reports_sent, self.reports_wanted)) if self.reports_wanted else None

    @property
    def computed(self) -> int:
        return len(self.by_data)

    @property
    def typed(self) -> int:
        return self.figures - self.computed

    @property
    def computed_percent(self) -> Decimal | None:
        return percent(Fraction(self.computed, self.figures)) if self.figures else None

    @property
    def is_illustration(self) -> bool:
        return self.origin == Origin.ILLUSTRATION


def executive(actor: Actor, on: date, plan: UUID | str | None = None, year: int | None = None) -> Executive:
    """Return the plan in one minute.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    row = sight.plan(actor, plan)
    of_year = year or plan_row(row).year_on(on)
    tree = programme_tree(actor, row.pk, of_year, on)
    origin = next((count.origin for count in tree.counts), Origin.RECORD.value)
    actions = [each for each in tree.actions if each.provenance.origin == origin and each.is_planned]
    keys = {each.id for each in actions}
    due = due_in(sight.actions(actor).filter(programme__masterplan=row, origin=origin), on)
    owed = {each.id for each in actions if not each.counts_by_data}
    sent, wanted = _sent(actor, of_year, on, owed)
    waiting = Report.objects.filter(action__in=keys, status=Report.Status.SUBMITTED).count()
    return Executive(
        tree.plan,
        of_year,
        on,
        origin,
        next((count for count in tree.counts if count.origin == origin), None),
        _cash(actions),
        sent,
        wanted,
        sum(each.is_reported for each in actions),
        tuple(sorted((each for each in actions if each.is_computed), key=lambda each: each.code)),
        waiting,
        sum(each.freshness.age is not Age.FRESH for each in actions),
        _worries(actions, due),
        _gains(actions),
    )


def _cash(actions: Iterable[ActionRow]) -> Sum:
    sums = [each.money for each in actions]
    spent = [each.spent for each in sums if each.spent is not None]
    return Sum(
        sum(each.budget for each in sums),
        sum(spent) if spent else None,
        sum(each.unreported for each in sums),
        sum(each.over for each in sums),
    )


def _sent(actor: Actor, year: int, on: date, keys: set[UUID]) -> tuple[int, int]:
    past = [period.id for period in periods(actor, year) if period.due_on < on]
    said = (Report.Status.SUBMITTED, Report.Status.VERIFIED)
    rows = Report.objects.filter(action__in=keys, period__in=past, status__in=said)
    return rows.values("action", "period").distinct().count(), len(past) * len(keys)


def _worries(actions: list[ActionRow], due: Due) -> tuple[Remark, ...]:
    """Return the worst of each kind, the most pressing kind first, then the next worst."""
    late = {row.action_id: -row.days for row in reversed(due.late)}
    kinds: list[tuple[Concern, Callable[[ActionRow], Decimal | None]]] = [
        (Concern.OVERDUE, lambda row: _positive(late.get(row.id))),
        (Concern.UNSPENT, lambda row: _positive(row.money.unspent if row.money.spent is not None else None)),
        (Concern.OVER_BUDGET, lambda row: _positive(row.money.over)),
        (
            Concern.WORSE,
            lambda row: abs(row.trend.difference) if row.trend and row.trend.is_better is False else None,
        ),
        (
            Concern.STALE,
            lambda row: _positive(row.freshness.days) if row.freshness.age is Age.STALE else None,
        ),
    ]
    return _pick([_ranked(kind, actions, amount) for kind, amount in kinds])


def _gains(actions: list[ActionRow]) -> tuple[Remark, ...]:
    reached = _ranked(Gain.REACHED, actions, lambda row: _reached(row))
    better = _ranked(
        Gain.BETTER,
        actions,
        lambda row: abs(row.trend.difference) if row.trend and row.trend.is_better else None,
    )
    return _pick([reached, better])


def _reached(row: ActionRow) -> Decimal | None:
    if not row.is_done:
        return None
    return row.achievement_percent if row.achievement is not None else row.physical_percent


def _ranked(
    kind: str, actions: Iterable[ActionRow], amount: Callable[[ActionRow], Decimal | None]
) -> list[Remark]:
    found = [Remark(kind, row, size) for row in actions if (size := amount(row)) is not None]
    return sorted(
        found, key=lambda remark: (-remark.amount, not remark.action.is_quick_win, remark.action.code)
    )


def _pick(ranked: list[list[Remark]]) -> tuple[Remark, ...]:
    """Take the first of each kind, then the second of each, an action once, until there are enough."""
    picked: dict[UUID, Remark] = {}
    for place in range(max(map(len, ranked), default=0)):
        for remarks in ranked:
            if place < len(remarks) and len(picked) < MOST:
                picked.setdefault(remarks[place].action.id, remarks[place])
    return tuple(picked.values())


def _positive(number: int | None) -> Decimal | None:
    return Decimal(number) if number else None

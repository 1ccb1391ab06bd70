"""Money of actions: what was budgeted and spent, from which source. Whole rupiah."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from balai.plan.rules.numbers import percent

APBD = "apbd"
PLEDGED = frozenset({"csr", "partner"})
"""Sources that are promised by others, so that budget reads *pledge* and spent reads *realised*."""


@dataclass(frozen=True)
class Line:
    """One line of money. `spent` is None where nobody has said how much, which is not zero."""

    source: str
    budget: int
    spent: int | None
    is_in_kind: bool = False


@dataclass(frozen=True)
class Sum:
    """Lines added up.

    Attributes:
        spent: of the lines that say so; None where no line does.
        unreported: budget of the lines that say nothing.
        over: how much was spent above the budget, summed over the lines that did.
    """

    budget: int = 0
    spent: int | None = None
    unreported: int = 0
    over: int = 0

    @property
    def absorbed(self) -> Fraction | None:
        """Return spent ÷ budget; None without a budget or without any word on spending."""
        return None if self.spent is None or not self.budget else Fraction(self.spent, self.budget)

    @property
    def absorbed_percent(self) -> Decimal | None:
        return None if self.absorbed is None else percent(self.absorbed)

    @property
    def unspent(self) -> int | None:
        """Return what is left of the budget (0 where more than the budget was spent)."""
        return None if self.spent is None else max(self.budget - self.spent, 0)

    @property
    def is_over_budget(self) -> bool:
        return self.over > 0


@dataclass(frozen=True)
class Money:
    """Money in view.

    `total` and `by_source` are cash; goods and services in kind stand apart in
    `in_kind`, because their rupiah are an estimate of whoever gave them.
    """

    by_source: Mapping[str, Sum]
    total: Sum
    in_kind: Sum
    pledged: Sum

    @property
    def apbd_share(self) -> Fraction | None:
        """Return the share of APBD in the cash budget, None without one."""
        apbd = self.by_source.get(APBD, Sum()).budget
        return Fraction(apbd, self.total.budget) if self.total.budget else None

    @property
    def apbd_percent(self) -> Decimal | None:
        return None if self.apbd_share is None else percent(self.apbd_share)


def add_up(lines: Iterable[Line]) -> Sum:
    """Return the sum of lines; overspending of one line is not hidden by thrift in another."""
    budget = unreported = over = 0
    spent: int | None = None
    for line in lines:
        budget += line.budget
        if line.spent is None:
            unreported += line.budget
            continue
        spent = (spent or 0) + line.spent
        over += max(line.spent - line.budget, 0)
    return Sum(budget, spent, unreported, over)


def money(lines: Iterable[Line]) -> Money:
    """Return totals by source, in the order the sources first appear."""
    kept = list(lines)
    cash = [line for line in kept if not line.is_in_kind]
    sources = dict.fromkeys(line.source for line in cash)
    return Money(
        {source: add_up(line for line in cash if line.source == source) for source in sources},
        add_up(cash),
        add_up(line for line in kept if line.is_in_kind),
        add_up(line for line in kept if line.source in PLEDGED),
    )

"""One question for all figures that come of the same rows by the same groups.

Every condition of an indicator is looked at once for each row, and what all of them say is one
number, its bits; rows that agree in group and bits are added up; of those few sums every
indicator then takes its own:

    SELECT region, period, sum(n) FILTER (WHERE held % 2 = 1), … FROM (
      SELECT region, period, CASE WHEN is_served THEN 1 ELSE 0 END + … AS held, count(*) AS n, …
      FROM visits GROUP BY ALL
    ) GROUP BY ALL

Twenty indicators over thirty million rows take the time of two so. The text is put together from
checked trees and passes the gate as everybody's does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from balai.base.later import exp
from balai.data.rules.gate.values import MOST_CHARACTERS
from balai.data.rules.indicators_parts import Part

MOST_CONDITIONS = 48
"""in one number; a whole number of SQL has 63 bits"""
_WIDEST = MOST_CHARACTERS // 2
_ADDED_UP = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}


@dataclass(frozen=True)
class Wanted:
    """One part of one indicator.

    Attributes:
        groups: the columns that tell its figures apart.
        counts_rows: whether it matters how many rows a figure counts.
    """

    indicator: str
    name: str
    part: Part
    groups: tuple[str, ...]
    counts_rows: bool


@dataclass(frozen=True)
class Places:
    """In which columns of the answer a part stands.

    Attributes:
        found: how many rows the group has for this part; empty where there is none, and no figure then.
        counted: how many of them have a value; None where nobody asked.
    """

    value: int
    found: int
    counted: int | None


@dataclass(frozen=True)
class Together:
    """Parts counted by one question.

    Attributes:
        places: by (indicator, part); the columns before those are the groups.
        width: how many columns the answer has.
    """

    wanted: tuple[Wanted, ...]
    sql: str
    places: Mapping[tuple[str, str], Places]
    width: int

    @property
    def groups(self) -> tuple[str, ...]:
        return self.wanted[0].groups

    def halves(self) -> Sequence["Together"]:
        """Return questions for half of the indicators each; one where there is one indicator alone."""
        return [_together(half) for half in _halves(self.wanted)]


def counting(wanted: Iterable[Wanted]) -> Iterator[Together]:
    """Yield questions that count every part once, as few as there can be."""
    alike: dict[tuple[str, ...], list[Wanted]] = {}
    for each in wanted:
        alike.setdefault(_rows_and_groups(each), []).append(each)
    for some in alike.values():
        yield from _fitting(tuple(some))


def _rows_and_groups(wanted: Wanted) -> tuple[str, ...]:
    tree = wanted.part.tree
    items = {item.alias: item.this for item in tree.expressions}
    # Sets of values cannot be added up, so what counts them stays apart from the rest.
    apart = "distinct" if _is_of_distinct(wanted.part) else ""
    return (apart, _from(tree), *wanted.groups, *(_sql(items[name]) for name in wanted.groups))


def _fitting(wanted: tuple[Wanted, ...]) -> Iterator[Together]:
    made = _together(wanted)
    halves = _halves(wanted)
    if len(halves) == 1 or (len(made.sql) <= _WIDEST and len(_conditions(wanted)) <= MOST_CONDITIONS):
        yield made
    else:
        for half in halves:
            yield from _fitting(half)


def _halves(wanted: tuple[Wanted, ...]) -> list[tuple[Wanted, ...]]:
    codes = list(dict.fromkeys(each.indicator for each in wanted))
    first = set(codes[: len(codes) // 2])
    halves = [tuple(each for each in wanted if (each.indicator in first) is side) for side in (True, False)]
    return [half for half in halves if half]


def _together(wanted: tuple[Wanted, ...]) -> Together:
    names = wanted[0].groups
    columns: dict[str, int] = {}

    def place(expression: str) -> int:
        return columns.setdefault(expression, len(names) + len(columns))

    write = _Apart(wanted) if _is_of_distinct(wanted[0].part) else _AddedUp(wanted)
    places = {}
    for each in wanted:
        value = place(write.value(each.part))
        counted = place(write.counted(each.part)) if each.counts_rows else None
        places[each.indicator, each.name] = Places(value, place(write.found(each.part)), counted)
    return Together(wanted, write.whole(list(columns)), places, len(names) + len(columns))


class _Apart:
    """Each aggregate over the rows themselves, with a condition of its own."""

    def __init__(self, wanted: tuple[Wanted, ...]) -> None:
        items = {item.alias: item for item in wanted[0].part.tree.expressions}
        self._groups = [_sql(items[name]) for name in wanted[0].groups]
        self._names = wanted[0].groups
        self._conditions = _conditions(wanted)
        self._rows = f"{_from(wanted[0].part.tree)}{_where(wanted)}"

    def value(self, part: Part) -> str:
        return self._only(_sql(part.value), part)

    def counted(self, part: Part) -> str:
        return self._only(_sql(part.counted), part)

    def found(self, part: Part) -> str:
        return f"nullif({self._only('count(*)', part)}, 0)"

    def whole(self, columns: list[str]) -> str:
        return _select([*self._groups, *columns], self._rows)

    def _only(self, aggregate: str, part: Part) -> str:
        condition = _condition(part)
        return f"{aggregate} FILTER (WHERE {condition})" if condition else aggregate


class _AddedUp(_Apart):
    """Sums of rows that agree in what all conditions say of them, added up for each part."""

    def __init__(self, wanted: tuple[Wanted, ...]) -> None:
        super().__init__(wanted)
        self._inner: dict[str, str] = {}

    def value(self, part: Part) -> str:
        return self._sum(_ADDED_UP[part.value.key], _sql(part.value), part)

    def counted(self, part: Part) -> str:
        return self._sum("sum", _sql(part.counted), part)

    def found(self, part: Part) -> str:
        return self._sum("sum", "COUNT(*)", part)

    def whole(self, columns: list[str]) -> str:
        bits = [
            f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END"
            for bit, condition in enumerate(self._conditions)
        ]
        held = [f"{' + '.join(bits)} AS held__"] if bits else []
        sums = [f"{aggregate} AS {name}" for aggregate, name in self._inner.items()]
        inner = _select([*self._groups, *held, *sums], self._rows)
        return _select([*(f'"{name}"' for name in self._names), *columns], f" FROM ({inner}) AS sums__")

    def _sum(self, how: str, aggregate: str, part: Part) -> str:
        name = self._inner.setdefault(aggregate, f"n__{len(self._inner)}")
        condition = _condition(part)
        if not condition:
            return f"{how}({name})"
        bit = 1 << self._conditions.index(condition)
        return f"{how}({name}) FILTER (WHERE held__ // {bit} % 2 = 1)"


def _select(items: list[str], rows: str) -> str:
    return f"SELECT {', '.join(items)}{rows} GROUP BY ALL"


def _from(tree: "exp.Select") -> str:
    return "".join(f" {_sql(each)}" for each in (tree.args["from_"], *(tree.args.get("joins") or [])))


def _where(wanted: tuple[Wanted, ...]) -> str:
    """Rows that no part counts need not be read."""
    conditions = dict.fromkeys(_condition(each.part) for each in wanted)
    if "" in conditions:
        return ""
    return f" WHERE {' OR '.join(f'({condition})' for condition in conditions)}"


def _conditions(wanted: tuple[Wanted, ...]) -> list[str]:
    return [found for found in dict.fromkeys(_condition(each.part) for each in wanted) if found]


def _condition(part: Part) -> str:
    where = part.tree.args.get("where")
    return _sql(where.this) if where is not None else ""


def _is_of_distinct(part: Part) -> bool:
    return isinstance(part.value.this, exp.Distinct)


def _sql(expression: "exp.Expr") -> str:
    return expression.sql("duckdb", identify=True)

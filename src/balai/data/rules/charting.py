"""What can be drawn of a dataset with three choices: what lies on the axis, what is counted, grouped by what.

The choices follow from the declaration and from how many different values each column holds;
what is chosen becomes one question in SQL, which passes the gate as every other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from balai.data.rules.metadata import Column, ColumnType

MOST_BARS = 25
MOST_ROWS_OF_GROUPS = 12
"""Labels of a chart whose bars are grouped: each takes up to six bars."""
MOST_GROUPS = 6
MOST_TIMES = 400
_MOST_TO_GROUP_BY = 12
_MOST_NUMBERS_AS_LABELS = 60
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RUPIAH)
_NAMED = (ColumnType.TEXT, ColumnType.BOOLEAN, ColumnType.REGION)
_YEARS = range(1900, 2101)


class Step(StrEnum):
    """How the values of a column become labels: as they are, or dates taken together."""

    AS_IT_IS = ""
    YEAR = "year"
    MONTH = "month"


class Way(StrEnum):
    """What is made of the rows of a label."""

    COUNT = "count"
    TOTAL = "sum"
    MEAN = "avg"


@dataclass(frozen=True)
class Held:
    """What a column holds: rows looked at, empty ones, different values, the least and the greatest."""

    counted: int
    missing: int
    distinct: int
    least: object = None
    greatest: object = None


@dataclass(frozen=True)
class Axis:
    """What can lie along a chart. `key` is how an address names it: "kind", "placed_on.year".

    `is_one_a_row`: every row looked at has a label of its own.
    """

    column: Column
    step: Step = Step.AS_IT_IS
    is_time: bool = False
    is_one_a_row: bool = False

    @property
    def key(self) -> str:
        return f"{self.column.name}.{self.step}" if self.step else self.column.name


@dataclass(frozen=True)
class Measure:
    """What a bar stands for. `key` is how an address names it: "count", "sum.population"."""

    way: Way
    column: Column | None = None

    @property
    def key(self) -> str:
        return f"{self.way}.{self.column.name}" if self.column else str(self.way)


@dataclass(frozen=True)
class Choices:
    """What can be chosen, best first. `groups` may be empty; then nothing can be grouped by."""

    axes: tuple[Axis, ...]
    measures: tuple[Measure, ...]
    groups: tuple[Column, ...]


@dataclass(frozen=True)
class Wish:
    """One chart: an axis, a measure, and the column it is grouped by, if any."""

    axis: Axis
    measure: Measure
    group: Column | None = None


def choices(columns: Sequence[Column], held: Mapping[str, Held], keys: Iterable[str]) -> Choices:
    """Return what can be drawn of columns as published.

    Args:
        held: by the name of a column; one that is not there cannot be drawn.
        keys: names of the key of the dataset. A number of the key is a name, not an amount.
    """
    known = [column for column in columns if column.name in held and held[column.name].distinct]
    own_keys = set(keys)
    axes = [axis for column in known for axis in _axes(column, held[column.name])]
    axes.sort(key=lambda axis: _place(axis, held[axis.column.name]))
    measures = [
        Measure(way, column)
        for column in known
        if column.type in _NUMBERS and column.name not in own_keys and not _is_year(column, held[column.name])
        for way in (Way.TOTAL, Way.MEAN)
    ]
    groups = [
        column
        for column in known
        if (column.type in _NAMED or _is_year(column, held[column.name]))
        and 2 <= held[column.name].distinct <= _MOST_TO_GROUP_BY
        and held[column.name].distinct < held[column.name].counted - held[column.name].missing
    ]
    return Choices(tuple(axes), (Measure(Way.COUNT), *measures), tuple(groups))


def fitting(offered: Choices, axis: str, measure: str, group: str) -> Wish | None:
    """Return the chart that was asked for, with what fits where something is not offered.

    None where nothing can be drawn.
    """
    if not offered.axes:
        return None
    own = next((each for each in offered.axes if each.key == axis), offered.axes[0])
    usual = offered.measures[0]
    if own.is_one_a_row and len(offered.measures) > 1:
        # Every label has one row: to count them says nothing.
        usual = offered.measures[1]
    chosen = next((each for each in offered.measures if each.key == measure), usual)
    column = next((each for each in offered.groups if each.name == group and each != own.column), None)
    return Wish(own, chosen, column)


def sql(code: str, wish: Wish) -> str:
    """Return the question: columns label, amount, and part where the chart is grouped."""
    label, table = _label(wish.axis), f'"{code}"'
    amount = _amount(wish.measure)
    kept = f"{_own(wish.axis.column)} IS NOT NULL"
    if wish.group is None:
        order = "label" if wish.axis.is_time else "amount DESC NULLS LAST, label"
        most = MOST_TIMES if wish.axis.is_time else MOST_BARS
        return (
            f"SELECT {label} AS label, {amount} AS amount\nFROM {table}\nWHERE {kept}\n"
            f"GROUP BY {label}\nORDER BY {order}\nLIMIT {most}"
        )
    part = _own(wish.group)
    grouped = (
        f"SELECT {label} AS label, {part} AS part, {amount} AS amount\nFROM {table}\n"
        f"WHERE {kept} AND {part} IS NOT NULL"
    )
    end = f"\nGROUP BY {label}, {part}\nORDER BY label, part"
    if wish.axis.is_time:
        return f"{grouped}{end}\nLIMIT {MOST_TIMES * _MOST_TO_GROUP_BY}"
    greatest = (
        f"SELECT label FROM (SELECT {label} AS label, {amount} AS amount FROM {table} WHERE {kept} "  # noqa: S608
        f"GROUP BY {label} ORDER BY amount DESC NULLS LAST, label LIMIT {MOST_ROWS_OF_GROUPS}) AS greatest"
    )
    return f"{grouped} AND {label} IN ({greatest}){end}"


def region_sql(code: str, column: Column, measure: Measure, tenant: str, words: tuple[str, str]) -> str:
    """Return the question of a map: the regions of a column, and their amount.

    Of regencies all, of districts and villages those of the region `tenant`.

    Args:
        words: what the two columns are called before a person.
    """
    own, (region, amount) = _own(column), words
    return (
        f'SELECT {own} AS "{region}", {_amount(measure)} AS "{amount}"\nFROM "{code}"\n'
        f"WHERE length({own}) = 5 OR starts_with({own}, '{tenant}.')\nGROUP BY {own}\nORDER BY 1"
    )


def points_sql(code: str, column: Column, label: str, most: int) -> str:
    """Return the question of a map of places: bujur, lintang, and the column `label`, "" for none."""
    lon, lat = f'"{column.name}_lon"', f'"{column.name}_lat"'
    named = f', "{label}"' if label else ""
    return (
        f'SELECT {lon} AS bujur, {lat} AS lintang{named}\nFROM "{code}"\n'
        f"WHERE {lon} IS NOT NULL AND {lat} IS NOT NULL\nLIMIT {most}"
    )


def _own(column: Column) -> str:
    return f'"{column.name}"'


def _label(axis: Axis) -> str:
    own = _own(axis.column)
    return {Step.AS_IT_IS: own, Step.YEAR: f"year({own})", Step.MONTH: f"strftime({own}, '%Y-%m')"}[axis.step]


def _amount(measure: Measure) -> str:
    return f"{measure.way}({_own(measure.column)})" if measure.column else "count(*)"


def _is_year(column: Column, held: Held) -> bool:
    ends = (held.least, held.greatest)
    return column.type is ColumnType.INTEGER and all(isinstance(end, int) and end in _YEARS for end in ends)


def _axes(column: Column, held: Held) -> Iterable[Axis]:
    if column.type is ColumnType.DATE:
        yield Axis(column, Step.YEAR, is_time=True)
        yield Axis(column, Step.MONTH, is_time=True)
    elif column.type in _NAMED or (
        column.type is ColumnType.INTEGER and held.distinct <= _MOST_NUMBERS_AS_LABELS
    ):
        is_one_a_row = held.distinct == held.counted - held.missing
        yield Axis(column, is_time=_is_year(column, held), is_one_a_row=is_one_a_row)


def _place(axis: Axis, held: Held) -> int:
    """Return an order: few names that many rows share, years, months, many names, one name a row."""
    if held.distinct < 2:
        return 5
    if axis.is_time:
        return 2 if axis.step is Step.MONTH else 1
    if axis.is_one_a_row:
        return 4
    return 0 if held.distinct <= MOST_BARS else 3

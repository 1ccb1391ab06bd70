"""The chart builder and the map of a dataset: three choices in the address, drawn on the server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from balai.base import charts, charts_several
from balai.base.actor import Actor
from balai.base.charts import Chart
from balai.base.errors import Refused
from balai.data import reads
from balai.data.pages.query_shown import MOST_PLACES, Mapped, shown
from balai.data.pages.query_shown import Wish as Answered
from balai.data.pages.words import cell
from balai.data.reads import charting
from balai.data.rules.charting import (
    MOST_GROUPS,
    MOST_ROWS_OF_GROUPS,
    Axis,
    Choices,
    Measure,
    Step,
    Way,
    Wish,
    fitting,
    points_sql,
    region_sql,
)
from balai.data.rules.metadata import Column, ColumnType
from balai.places import reads as places


@dataclass(frozen=True)
class Choice:
    """One of the three choices: its name in the address, and (value, words, whether it is chosen)."""

    name: str
    label: str
    values: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Drawing:
    """What stands in the section of the chart.

    Attributes:
        failure: why nothing is drawn, in words; "" where something is.
        notes: what is not on the drawing.
        ask: the query of the page of questions, with the question of this chart.
    """

    choices: tuple[Choice, ...]
    chart: Chart | None
    map: Mapped | None
    failure: str
    notes: tuple[str, ...]
    ask: str


def drawing(actor: Actor, version: reads.VersionRow, chosen: QueryDict) -> Drawing | None:
    """Return the chart that `?x=`, `?ukur=` and `?oleh=` choose; None where the rows have nothing to draw."""
    offered = charting.offered(actor, version)
    wish = fitting(offered, chosen.get("x", ""), chosen.get("ukur", ""), chosen.get("oleh", ""))
    if wish is None:
        return None
    asked_for = _choices(offered, wish)
    try:
        found = charting.amounts(actor, version, wish)
        seen = _map(actor, version, wish)
    except Refused as error:
        return Drawing(asked_for, None, None, str(error), (), "")
    if not found.labels:
        return Drawing(asked_for, None, seen, _("Tidak ada baris yang dapat digambar."), (), "")
    chart, notes = _chart(found, wish)
    notes += _missing(charting.held(actor, version), wish)
    distinct = charting.held(actor, version)[wish.axis.column.name].distinct
    if not wish.axis.is_time and distinct > len(found.labels):
        words = _("Digambar %(shown)s yang terbesar dari %(all)s.")
        notes = (words % {"shown": len(found.labels), "all": distinct}, *notes)
    return Drawing(asked_for, chart, seen, "", notes, urlencode({"sql": found.text}))


def _choices(offered: Choices, wish: Wish) -> tuple[Choice, ...]:
    by = wish.group.name if wish.group else ""
    groups = [("", _("tidak dikelompokkan"), not by)]
    groups += [(each.name, _column(each), each.name == by) for each in offered.groups]
    return (
        Choice("x", _("Yang dibandingkan"), _values(offered.axes, wish.axis.key, _axis)),
        Choice("ukur", _("Yang dihitung"), _values(offered.measures, wish.measure.key, _measure)),
        Choice("oleh", _("Dikelompokkan menurut"), tuple(groups)),
    )


def _values(every: Iterable[Any], key: str, words: Any) -> tuple[tuple[str, str, bool], ...]:
    return tuple((each.key, words(each), each.key == key) for each in every)


def _column(column: Column) -> str:
    meaning = str(column.meaning)
    return meaning if len(meaning) <= 48 else f"{column.name}: {meaning[:40].rstrip()}…"


def _axis(axis: Axis) -> str:
    words = {
        Step.AS_IT_IS: "%(name)s",
        Step.YEAR: _("%(name)s, per tahun"),
        Step.MONTH: _("%(name)s, per bulan"),
    }
    return words[axis.step] % {"name": _column(axis.column)}


def _measure(measure: Measure) -> str:
    words = {
        Way.COUNT: _("Banyaknya baris"),
        Way.TOTAL: _("Jumlah: %(name)s"),
        Way.MEAN: _("Rata-rata: %(name)s"),
    }
    return words[measure.way] % {"name": _column(measure.column) if measure.column else ""}


def _unit(measure: Measure) -> str:
    if measure.column is None:
        return _("baris")
    if measure.column.type is ColumnType.RUPIAH:
        return "Rp"
    return str(measure.column.unit) if measure.column.unit else ""


def _chart(found: charting.Amounts, wish: Wish) -> tuple[Chart, tuple[str, ...]]:
    title = _("%(what)s menurut %(along)s") % {"what": _measure(wish.measure), "along": _axis(wish.axis)}
    about, unit = _column(wish.axis.column), _unit(wish.measure)
    notes: tuple[str, ...] = ()
    labels, groups = list(found.labels), list(found.groups)
    if wish.group is None and not wish.axis.is_time:
        own = found.groups[None]
        names = _names(labels, wish.axis.column)
        bars = [charts.Bar(names[label], _exact(own[label])) for label in labels if own[label] is not None]
        return charts.bars(title, bars, unit=unit, about=about), notes
    if len(groups) > MOST_GROUPS:
        worth = {key: sum(amount or 0 for amount in own.values()) for key, own in found.groups.items()}
        kept = sorted(groups, key=lambda key: -worth[key])[:MOST_GROUPS]
        notes = (_("Digambar %(shown)s kelompok terbesar dari %(all)s.")
                 % {"shown": MOST_GROUPS, "all": len(groups)},)  # fmt: skip
        groups = [key for key in groups if key in kept]
    if not wish.axis.is_time:
        labels = labels[:MOST_ROWS_OF_GROUPS]
    parts = _names(groups, wish.group) if wish.group else {None: _measure(wish.measure)}
    series = [
        charts.Series(parts[key], [_exact(found.groups[key].get(label)) for label in labels])
        for key in groups
    ]
    if wish.group:
        title = _("%(title)s, per %(group)s") % {"title": title, "group": _column(wish.group)}
    names = _names(labels, wish.axis.column)
    draw = charts_several.together if wish.axis.is_time and len(labels) > 1 else charts_several.grouped
    return draw(title, [names[label] for label in labels], series, unit=unit, about=about), notes


def _names(values: Iterable[Any], column: Column | None) -> dict[Any, str]:
    """Return how each value is called; a region by its name."""
    every = list(values)
    if column is not None and column.type is ColumnType.REGION:
        known = places.names(every)
        return {value: known.get(value, value) for value in every}
    return {value: cell(value, column if isinstance(value, date) else None) for value in every}


def _exact(value: Any) -> Any:
    """Return an amount as a decimal of at most twelve digits, or as it is."""
    return Decimal(f"{value:.12g}") if isinstance(value, float) else value


def _missing(held: Mapping[str, Any], wish: Wish) -> tuple[str, ...]:
    columns = [wish.axis.column, *([wish.group] if wish.group else [])]
    names = [_column(column) for column in columns if held[column.name].missing]
    if not names:
        return ()
    return (_("Baris yang kosong pada “%(name)s” tidak digambar.") % {"name": "”, “".join(names)},)


def _map(actor: Actor, version: reads.VersionRow, wish: Wish) -> Mapped | None:
    """Return the regions of the version in classes of the measure, or its places; None without either."""
    leaving = version.declaration.leaving
    regions = [column for column in leaving if column.type is ColumnType.REGION]
    column = wish.axis.column if wish.axis.column in regions else next(iter(regions), None)
    if column is not None and (found := _regions(actor, version, column, wish.measure)):
        return found
    point = next((each for each in leaving if each.type is ColumnType.POINT), None)
    if point is None:
        return None
    label = next((each.name for each in leaving if each.type is ColumnType.TEXT), "")
    columns, rows = charting.asked(actor, version, points_sql(version.dataset, point, label, MOST_PLACES))
    seen = shown(columns, rows, is_cut=False, seconds=0, page=1, wish=Answered("none")).map if rows else None
    own = places.map_address(actor.tenant)
    if seen is None or not own or version.tenant != actor.tenant:
        return seen
    return replace(seen, address=own, layer="districts", what=str(point.meaning))


def _regions(actor: Actor, version: reads.VersionRow, column: Column, measure: Measure) -> Mapped | None:
    """Return the finest kind of region that two or more rows tell apart: villages, districts, regencies."""
    words = (_plain(_column(column)), _plain(_measure(measure)))
    if words[0] == words[1]:
        words = (words[0], f"{words[1]} (n)")
    text = region_sql(version.dataset, column, measure, actor.tenant, words)
    columns, rows = charting.asked(actor, version, text)
    for length in (13, 8, 5):
        own = [row for row in rows if row[0] and len(row[0]) == length and row[1] is not None]
        if len(own) > 1:
            wish = Answered("none", words[0], words[1])
            return shown(columns, own, is_cut=False, seconds=0, page=1, wish=wish).map
    return None


def _plain(words: str) -> str:
    """Return words as a column of an answer may be called."""
    return words.replace('"', "").replace("\n", " ")[:100]

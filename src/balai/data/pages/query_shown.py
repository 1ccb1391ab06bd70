"""An answer as a page shows it: cells in words, a page of rows, a chart, a map."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from balai.base import charts, writing
from balai.base.charts import Bar, Chart, Point
from balai.data.rules.gate import Column, ColumnType
from balai.places import reads as places

COUNTRY = "kabupaten-kota"
"""The map of all regencies and cities, as `places.reads.map_address` knows it."""
ROWS_OF_A_PAGE = 100
MOST_BARS = 40
MOST_POINTS = 370
MOST_PLACES = 1_000
CLASSES = 5

_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE})
_TIMES = frozenset({ColumnType.DATE, ColumnType.TIMESTAMP})
_REGION = re.compile(r"\d{2}\.\d{2}(\.\d{2}(\.\d{4})?)?")
_LAYERS = {5: "regencies", 8: "districts", 13: "villages"}
_POINTS = (("lon", "lat"), ("bujur", "lintang"), ("longitude", "latitude"))

type Row = tuple[Any, ...]


@dataclass(frozen=True)
class Wish:
    """What a person chose to see: "bar", "line", "none", or "" for what fits; columns by name."""

    kind: str = ""
    x: str = ""
    y: str = ""

    def written(self) -> dict[str, str]:
        return {"kind": self.kind, "x": self.x, "y": self.y}


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool
    is_missing: bool = False


@dataclass(frozen=True)
class Heading:
    name: str
    is_number: bool
    is_year: bool


@dataclass(frozen=True)
class Drawn:
    """A chart of an answer; `left_out` counts rows it has no room for."""

    chart: Chart
    left_out: int


@dataclass(frozen=True)
class Mapped:
    """A map of an answer, as web/scripts/map.js takes it; `values` or `points` stand in the page itself."""

    address: str
    layer: str
    what: str
    breaks: str
    values: Mapping[str, Mapping[str, object]] | None
    points: Mapping[str, object] | None


@dataclass(frozen=True)
class Shown:
    """One page of an answer, its chart and its map.

    Attributes:
        page: from 1.
        is_cut: there were more rows than may be shown.
        wish: what is drawn, with the columns it took.
        seconds: from the question to its last row.
    """

    headings: tuple[Heading, ...]
    cells: tuple[tuple[Cell, ...], ...]
    count: int
    is_cut: bool
    page: int
    pages: int
    seconds: float
    wish: Wish
    drawn: Drawn | None
    map: Mapped | None

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(heading.name for heading in self.headings if heading.is_number)


def shown(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    is_cut: bool,
    seconds: float,
    page: int,
    wish: Wish,
) -> Shown:
    """Return an answer as its page shows it; a page beyond the last is the last."""
    headings = tuple(_heading(column, at, rows) for at, column in enumerate(columns))
    pages = max(1, -(-len(rows) // ROWS_OF_A_PAGE))
    page = min(max(page, 1), pages)
    here = rows[(page - 1) * ROWS_OF_A_PAGE : page * ROWS_OF_A_PAGE]
    taken = _fitting(wish, columns, headings, rows)
    return Shown(
        headings,
        tuple(
            tuple(_cell(value, heading) for value, heading in zip(row, headings, strict=True)) for row in here
        ),
        len(rows),
        is_cut,
        page,
        pages,
        seconds,
        taken,
        _drawn(taken, headings, rows),
        _mapped(taken, columns, headings, rows),
    )


def _heading(column: Column, at: int, rows: Sequence[Row]) -> Heading:
    is_year = column.type is ColumnType.INTEGER and bool(rows)
    is_year = is_year and all(row[at] is None or 1900 <= row[at] <= 2100 for row in rows)
    return Heading(column.name, column.type in _NUMBERS, is_year)


def _cell(value: Any, heading: Heading) -> Cell:
    return Cell(_said(value, heading), heading.is_number and not heading.is_year, value is None)


def _said(value: Any, heading: Heading) -> str:
    """Say a value in words; a year has no thousands."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, datetime):
        return f"{writing.day(value.date())} {value:%H.%M}"
    if isinstance(value, date):
        return writing.day(value)
    if isinstance(value, int | Decimal) and not heading.is_year:
        return writing.number(value)
    if isinstance(value, float):
        return writing.number(_exact(value))
    return str(value)


def _exact(value: Any) -> Any:
    """A float as a decimal of at most twelve digits, others as they are."""
    return Decimal(f"{value:.12g}") if isinstance(value, float) else value


def _fitting(wish: Wish, columns: Sequence[Column], headings: Sequence[Heading], rows: Sequence[Row]) -> Wish:
    """Return the wish with what was left open filled in; kind "none" where nothing can be drawn."""
    names = [heading.name for heading in headings]
    numbers = [heading.name for heading in headings if heading.is_number and not heading.is_year]
    others = [name for name in names if name not in numbers]
    y = wish.y if wish.y in names and headings[names.index(wish.y)].is_number else next(iter(numbers), "")
    x = wish.x if wish.x in names else next((name for name in others if name != y), "")
    if not x or not y:
        return Wish("none", x, y)
    if wish.kind in ("bar", "line", "none"):
        return Wish(wish.kind, x, y)
    at = names.index(x)
    is_time = columns[at].type in _TIMES or headings[at].is_year
    most = MOST_POINTS if is_time else MOST_BARS
    kind = "none" if not 2 <= len(rows) <= most else "line" if is_time else "bar"
    return Wish(kind, x, y)


def _drawn(wish: Wish, headings: Sequence[Heading], rows: Sequence[Row]) -> Drawn | None:
    names = [heading.name for heading in headings]
    if wish.kind not in ("bar", "line") or not rows:
        return None
    x, y = names.index(wish.x), names.index(wish.y)
    title = _("%(y)s menurut %(x)s") % {"y": wish.y, "x": wish.x}
    most = MOST_BARS if wish.kind == "bar" else MOST_POINTS
    pairs = [(_said(row[x], headings[x]), _exact(row[y])) for row in rows[:most]]
    if wish.kind == "bar":
        drawing = charts.bars(title, [Bar(label, value) for label, value in pairs], unit="", about=wish.x)
    else:
        drawing = charts.course(title, [Point(label, value) for label, value in pairs], about=wish.x)
    return Drawn(drawing, max(0, len(rows) - most))


def _mapped(
    wish: Wish, columns: Sequence[Column], headings: Sequence[Heading], rows: Sequence[Row]
) -> Mapped | None:
    """Return a map where a column holds region codes, or two columns hold places; None otherwise."""
    names = [heading.name for heading in headings]
    at_value = names.index(wish.y) if wish.y else None
    for at, column in enumerate(columns):
        if column.type is ColumnType.TEXT and (layer := _layer([row[at] for row in rows])):
            return _regions(layer, at, at_value, headings, rows)
    found = _point_columns(columns)
    return _places(*found, at_value, headings, rows) if found and rows else None


def _layer(values: Sequence[str | None]) -> str:
    """Return the layer all these codes belong to, "" where they are no codes of one kind of region."""
    codes = [value for value in values if value]
    lengths = {len(code) for code in codes}
    is_one_kind = len(lengths) == 1 and all(map(_REGION.fullmatch, codes))
    return _LAYERS.get(lengths.pop(), "") if is_one_kind else ""


def _regions(
    layer: str, at: int, at_value: int | None, headings: Sequence[Heading], rows: Sequence[Row]
) -> Mapped | None:
    codes = {row[at] for row in rows if row[at]}
    name = COUNTRY if layer == "regencies" else min(codes)[:5]
    address = places.map_address(name)
    if not address:
        return None
    values: dict[str, Mapping[str, object]] = {}
    for row in rows:
        value = _exact(row[at_value]) if at_value is not None else None
        text = (
            f"{headings[at_value].name}: {_said(value, headings[at_value])}" if at_value is not None else ""
        )
        if row[at]:
            values.setdefault(row[at], {"value": None if value is None else float(value), "text": text})
    known = sorted(one["value"] for one in values.values() if isinstance(one["value"], float))
    what = headings[at_value].name if at_value is not None else headings[at].name
    return Mapped(address, layer, what, ",".join(f"{limit:g}" for limit in _breaks(known)), values, None)


def _breaks(values: Sequence[float]) -> list[float]:
    """Return the limits between five classes of about as many values each; fewer where values are alike."""
    found = {values[len(values) * part // CLASSES] for part in range(1, CLASSES)} if values else set()
    return sorted(found - {values[0]}) if values else []


def _point_columns(columns: Sequence[Column]) -> tuple[int, int] | None:
    names = {column.name.casefold(): at for at, column in enumerate(columns) if column.type in _NUMBERS}
    for lon, lat in _POINTS:
        for name, at in names.items():
            if name == lon or name.endswith(f"_{lon}"):
                other = name.removesuffix(lon) + lat
                if other in names:
                    return at, names[other]
    return None


def _places(
    lon: int, lat: int, at_value: int | None, headings: Sequence[Heading], rows: Sequence[Row]
) -> Mapped | None:
    address = places.map_address(COUNTRY)
    if not address:
        return None
    label = next((at for at in range(len(headings)) if at not in (lon, lat) and at != at_value), lon)
    told = at_value if at_value not in (lon, lat) else None
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(row[lon]), float(row[lat])]},
            "properties": {
                "name": _said(row[label], headings[label]),
                "text": f"{headings[told].name}: {_said(row[told], headings[told])}"
                if told is not None
                else "",
                "origin": "record",
            },
        }
        for row in rows[:MOST_PLACES]
        if row[lon] is not None and row[lat] is not None
    ]
    points = {"type": "FeatureCollection", "features": features}
    return Mapped(address, "regencies", headings[label].name, "", None, points) if features else None

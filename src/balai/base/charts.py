"""Charts drawn on the server as SVG, each with the table of what it shows. Pure: no request, no clock.

One drawing serves the page and the PDF. Every chart shows its zero and its unit;
a missing value is a gap with its own words, never a zero.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balai.base import money, writing
from balai.base.drawing import (
    DIMENSIONS,
    GROUND,
    INK,
    PARTS,
    RULE,
    SERIES,
    SOFT,
    ZERO,
    Anchor,
    join,
    line,
    picture,
    tag,
    ticks,
    words,
)

WIDTH = 330
"""Drawn for the phone; a wide screen enlarges it a little."""
_LETTERS_ACROSS = 36
"""Digits of 12 that stand beside each other with gaps that tell them apart."""


@dataclass(frozen=True)
class Chart:
    """A drawing and the same in words.

    Attributes:
        headings: of the table; the first is what a row is about.
        rows: cells as written, each as long as `headings`.
    """

    title: str
    unit: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: SafeString


@dataclass(frozen=True)
class Axis:
    """One spoke of a radar or one bar: `key` is a dimension key where it has a colour of its own."""

    label: str
    key: str = ""


@dataclass(frozen=True)
class Series:
    """Values in the order of the axes; None where nothing was reported."""

    name: str
    values: Sequence[writing.Number | None]


@dataclass(frozen=True)
class Bar:
    label: str
    value: writing.Number | None
    target: writing.Number | None = None
    key: str = ""


type Known = Literal["typed", "computed"]
"""How a value came to be known."""


@dataclass(frozen=True)
class Point:
    """A value of a period, typed by a person or computed from records."""

    label: str
    value: writing.Number | None
    kind: Known = "computed"


def _said(value: writing.Number | None, unit: str) -> str:
    if value is None:
        return _("belum dilaporkan")
    return f"{writing.number(value)}{'' if unit in ('', '%') else ' '}{unit}"


def _described(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "; ".join(
        f"{row[0]}: " + ", ".join(f"{name} {cell}" for name, cell in zip(headings[1:], row[1:], strict=True))
        for row in rows
    )


def _finished(
    title: str,
    unit: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    height: float,
    content: SafeString,
) -> Chart:
    svg = picture(WIDTH, height, title, _described(headings, rows), content)
    return Chart(title, unit, tuple(headings), tuple(tuple(row) for row in rows), svg)


type Place = Callable[[int, float], tuple[float, float]]
"""Where the share of a spoke of a radar lies on the drawing."""


def radar(
    title: str, axes: Sequence[Axis], series: Sequence[Series], *, most: int = 100, unit: str = "%"
) -> Chart:
    """Draw up to three series over the same axes, from zero in the middle to `most` at the rim.

    A series with a missing value is drawn as far as its values go, without a surface.

    Raises:
        ValueError: fewer than three axes, more than three series, or a series of another length.
    """
    if len(axes) < 3 or not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"a radar takes 3 axes or more and 1 to {len(SERIES)} series")
    if any(len(one.values) != len(axes) for one in series):
        raise ValueError(f"every series needs {len(axes)} values, one for each axis")
    middle, centre, radius = WIDTH / 2, 132.0, 84.0

    def place(spoke: int, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * spoke / len(axes) - math.pi / 2
        return middle + radius * share * math.cos(angle), centre + radius * share * math.sin(angle)

    pieces = [
        tag(
            "polygon",
            points=_corners(place(spoke, ring / 4) for spoke in range(len(axes))),
            fill="none",
            stroke=ZERO if ring == 4 else RULE,
        )
        for ring in range(1, 5)
    ]
    pieces += [line(middle, centre, *place(spoke, 1)) for spoke in range(len(axes))]
    for number, one in enumerate(series):
        pieces += _outline(one, number, most, place)
    for spoke, axis in enumerate(axes):
        x, y = place(spoke, 1.1)
        anchor: Anchor = "middle" if abs(x - middle) < 8 else "start" if x > middle else "end"
        lift = -4 - 14 * axis.label.count(" ") if y < centre - 60 else 12 if y > centre + 60 else 4
        pieces += [
            words(x, y + lift + 14 * at, word, anchor, DIMENSIONS.get(axis.key, INK), "600")
            for at, word in enumerate(axis.label.split(" "))
        ]
    pieces += [
        words(middle + 4, centre - 3, "0", colour=SOFT),
        words(middle + 4, centre - radius + 13, _said(most, unit), colour=SOFT),
    ]
    bottom = 2 * centre + 5
    legend = _legend([(one.name, SERIES[number]) for number, one in enumerate(series)], bottom)
    headings = [_("Dimensi"), *(one.name for one in series)]
    rows = [[axis.label, *(_said(one.values[at], unit) for one in series)] for at, axis in enumerate(axes)]
    return _finished(title, unit, headings, rows, bottom + 18 * len(series) + 4, join([*pieces, *legend]))


def _outline(one: Series, number: int, most: int, place: Place) -> list[SafeString]:
    corners = [
        None if value is None else place(at, min(max(float(value) / most, 0.0), 1.0))
        for at, value in enumerate(one.values)
    ]
    present = [corner for corner in corners if corner is not None]
    colour = SERIES[number]
    if len(present) == len(corners):
        shape = [
            tag(
                "polygon",
                points=_corners(present),
                fill=colour,
                stroke=colour,
                fill_opacity=".18",
                stroke_width=2.25,
                stroke_dasharray="6 4" if number else None,
            )
        ]
    else:
        sides = zip(corners, corners[1:] + corners[:1], strict=True)
        shape = [line(*one, *other, colour, stroke_width=2.25) for one, other in sides if one and other]
    return shape + [tag("circle", cx=x, cy=y, r=3.5, fill=colour) for x, y in present]


def _corners(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _legend(entries: Sequence[tuple[str, str]], top: float) -> list[SafeString]:
    """Return a line of words with its colour for each (name, colour), 18 high."""
    pieces = []
    for at, (name, colour) in enumerate(entries):
        y = top + 18 * at
        pieces += [
            tag("circle", cx=8, cy=y + 8, r=5, fill=colour, stroke=colour, stroke_width=2),
            words(20, y + 12, name),
        ]
    return pieces


def bars(
    title: str, rows: Sequence[Bar], *, most: writing.Number | None = None, unit: str = "%", about: str = ""
) -> Chart:
    """Draw one lying bar a row, its label above it, with a tick at its target.

    Args:
        most: where the scale ends at least; it grows with the values and always holds zero.
        about: heading of the first column, "Uraian" where it is empty.
    """
    values = [writing.exact(value) for row in rows for value in (row.value, row.target) if value is not None]
    scale = ticks(min(values, default=Decimal(0)), max([*values, writing.exact(most or 0)]), 4)
    left, right, bottom = 12.0, WIDTH - 12.0, 38.0 * len(rows) + 6

    def across(value: writing.Number) -> float:
        share = (writing.exact(value) - scale[0]) / (scale[-1] - scale[0])
        return left + (right - left) * float(share)

    pieces: list[SafeString] = []
    for at, row in enumerate(rows):
        top = 38.0 * at + 6
        pieces += _bar(row, top, across, unit)
        # Only beside the bars: a line through the words above them would be hard to read.
        pieces += [
            line(across(tick), top + 17, across(tick), top + 35, ZERO if tick == 0 else RULE)
            for tick in scale
        ]
    pieces += [
        words(across(tick), bottom + 15, _said(tick, unit if unit == "%" else ""), _anchor(tick, scale), SOFT)
        for tick in labelled(scale)
    ]
    has_target = any(row.target is not None for row in rows)
    if has_target:
        pieces += [
            tag("rect", x=left, y=bottom + 24, width=3, height=14, fill=INK),
            words(left + 10, bottom + 35, _("garis tegak hitam: target"), colour=SOFT),
        ]
    headings = [about or _("Uraian"), _("Nilai"), *([_("Target")] if has_target else [])]
    cells = [
        [row.label, _said(row.value, unit), *([_target_said(row.target, unit)] if has_target else [])]
        for row in rows
    ]
    return _finished(title, unit, headings, cells, bottom + (44 if has_target else 22), join(pieces))


def labelled(scale: Sequence[Decimal]) -> list[Decimal]:
    """Return the ticks that have room for their numbers side by side: all, or zero and the ends."""
    if max(len(writing.number(tick)) for tick in scale) * len(scale) <= _LETTERS_ACROSS:
        return list(scale)
    return [tick for tick in scale if tick in (0, scale[0], scale[-1])]


def _anchor(tick: Decimal, scale: Sequence[Decimal]) -> Anchor:
    return "start" if tick == scale[0] else "end" if tick == scale[-1] else "middle"


def _target_said(target: writing.Number | None, unit: str) -> str:
    return "–" if target is None else _said(target, unit)


def _bar(row: Bar, top: float, across: Callable[[writing.Number], float], unit: str) -> list[SafeString]:
    zero, colour = across(0), DIMENSIONS.get(row.key)
    label = row.label if len(row.label) <= 40 else f"{row.label[:39].rstrip()}…"
    pieces = [
        words(12, top + 12, label, colour=colour or INK),
        words(
            WIDTH - 12, top + 12, _said(row.value, unit), "end", INK if row.value is not None else SOFT, "600"
        ),
    ]
    if row.value is None:
        pieces.append(
            tag("rect", x=zero, y=top + 17, width=WIDTH - 12 - zero, height=13, fill="none", stroke=SOFT,
                stroke_dasharray="3 3")
        )  # fmt: skip
    else:
        end = across(row.value)
        pieces += [
            tag("rect", x=zero, y=top + 17, width=WIDTH - 12 - zero, height=13, fill=GROUND),
            tag("rect", x=min(zero, end), y=top + 17, width=abs(end - zero), height=13,
                fill=colour or SERIES[0]),
        ]  # fmt: skip
    if row.target is not None:
        pieces.append(tag("rect", x=across(row.target) - 1.5, y=top + 14, width=3, height=19, fill=INK))
    return pieces


def parts(title: str, amounts: Sequence[tuple[str, int]]) -> Chart:
    """Draw how a sum of money is made up: one bar, its parts from left to right, their names under it.

    Parts beyond the fifth are drawn together as the rest; the table has them all.

    Args:
        amounts: (name, rupiah, not negative) in the order to be shown.

    Raises:
        ValueError: an amount is negative.
    """
    if any(amount < 0 for _name, amount in amounts):
        raise ValueError("a part of a sum cannot be negative")
    whole = sum(amount for _name, amount in amounts)
    shown = list(amounts)
    if len(shown) > len(PARTS):
        rest = shown[len(PARTS) - 1 :]
        shown = [*shown[: len(PARTS) - 1], (_("lainnya"), sum(amount for _name, amount in rest))]
    pieces, left, wide = (
        [tag("rect", x=12, y=4, width=WIDTH - 24, height=24, fill=GROUND)],
        12.0,
        WIDTH - 24.0,
    )
    for at, (name, amount) in enumerate(shown):
        width = wide * amount / whole if whole else 0.0
        pieces.append(tag("rect", x=left, y=4, width=width, height=24, fill=PARTS[at], stroke="#fff"))
        left += width
        y = 40.0 + 20 * at
        pieces += [
            tag("rect", x=12, y=y, width=12, height=12, fill=PARTS[at]),
            words(30, y + 11, name if len(name) <= 28 else f"{name[:27].rstrip()}…"),
            words(WIDTH - 12, y + 11, _share_said(amount, whole), "end"),
        ]
    rows = [[name, money.full(money.Rupiah(amount)), _percent(amount, whole)] for name, amount in amounts]
    rows.append([_("Jumlah"), money.full(money.Rupiah(whole)), _percent(whole, whole)])
    headings = [_("Sumber dana"), _("Jumlah"), _("Bagian")]
    return _finished(title, "Rp", headings, rows, 44.0 + 20 * len(shown), join(pieces))


def _percent(amount: int, whole: int) -> str:
    return writing.percent(Decimal(amount) / Decimal(whole), 1) if whole else "–"


def _share_said(amount: int, whole: int) -> str:
    return f"{money.short(money.Rupiah(amount))} · {_percent(amount, whole)}"


def course(
    title: str,
    points: Sequence[Point],
    target: Sequence[writing.Number | None] = (),
    *,
    unit: str = "",
    about: str = "",
) -> Chart:
    """Draw values through time as a line, and their target as a broken line.

    Full diamonds are computed from records, hollow circles were typed: shape, filling
    and colour all say it. A missing value interrupts the line.

    Args:
        target: in the order of `points`, None where there is none; may be empty.

    Raises:
        ValueError: `target` is neither empty nor as long as `points`.
    """
    if target and len(target) != len(points):
        raise ValueError(f"the target needs {len(points)} values, one for each point, or none")
    aims = list(target) or [None] * len(points)
    values = [
        writing.exact(value) for value in (*aims, *(point.value for point in points)) if value is not None
    ]
    scale = ticks(min(values, default=Decimal(0)), max(values, default=Decimal(0)), 4)
    left, right, top, bottom = 54.0, WIDTH - 14.0, 22.0, 190.0

    def place(at: int, value: writing.Number) -> tuple[float, float]:
        share = (writing.exact(value) - scale[0]) / (scale[-1] - scale[0])
        step = (right - left) / max(len(points) - 1, 1)
        return left + step * at, bottom - (bottom - top) * float(share)

    pieces = [words(4, 12, unit, colour=SOFT)] if unit else []
    for tick in scale:
        y = place(0, tick)[1]
        pieces += [
            line(left, y, right, y, ZERO if tick == 0 else RULE),
            words(left - 6, y + 4, writing.number(tick), "end", SOFT),
        ]
    pieces += _thread([None if aim is None else place(at, aim) for at, aim in enumerate(aims)], INK, "5 4")
    spots = [None if point.value is None else place(at, point.value) for at, point in enumerate(points)]
    pieces += _thread(spots, SERIES[0], None)
    for point, spot in zip(points, spots, strict=True):
        if spot:
            pieces.append(_spot(*spot, point.kind))
    every = math.ceil(len(points) / 6)
    pieces += [
        words(place(at, 0)[0], bottom + 18, point.label, _side(at, len(points)), SOFT)
        for at, point in enumerate(points)
        if at % every == 0
    ]
    entries: list[tuple[Known, str]] = [
        ("computed", _("dihitung dari catatan")),
        ("typed", _("diketik petugas")),
    ]
    legend = []
    for at, (kind, name) in enumerate(entries):
        y = bottom + 28 + 18 * at
        legend += [_spot(8, y + 8, kind), words(20, y + 12, name)]
    if target:
        legend += [
            line(0, bottom + 72, 16, bottom + 72, INK, stroke_dasharray="5 4", stroke_width=1.75),
            words(20, bottom + 76, _("target")),
        ]
    headings = [about or _("Masa"), _("Nilai"), _("Asal"), *([_("Target")] if target else [])]
    rows = [_course_row(point, aim, unit, bool(target)) for point, aim in zip(points, aims, strict=True)]
    return _finished(title, unit, headings, rows, bottom + (84 if target else 66), join([*pieces, *legend]))


def _spot(x: float, y: float, kind: Known) -> SafeString:
    if kind == "typed":
        return tag("circle", cx=x, cy=y, r=4.5, fill="#fff", stroke=SERIES[1], stroke_width=2)
    corners = _corners(((x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)))
    return tag("polygon", points=corners, fill=SERIES[0], stroke="#fff")


def _side(at: int, number: int) -> Anchor:
    """Return how a label under a point is anchored: the last one would run over the edge."""
    return "end" if 0 < at == number - 1 else "middle"


def _course_row(point: Point, aim: writing.Number | None, unit: str, has_target: bool) -> list[str]:
    origin = _("diketik") if point.kind == "typed" else _("dihitung")
    row = [point.label, _said(point.value, unit), origin if point.value is not None else "–"]
    return [*row, _target_said(aim, unit)] if has_target else row


def _thread(spots: Sequence[tuple[float, float] | None], colour: str, dashes: str | None) -> list[SafeString]:
    """Return a line through the spots, broken where one is missing."""
    runs: list[list[tuple[float, float]]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [
        tag(
            "polyline",
            points=_corners(run),
            fill="none",
            stroke=colour,
            stroke_width=2,
            stroke_dasharray=dashes,
        )
        for run in runs
        if len(run) > 1
    ]


_SHIELD = "M4 2h32a2 2 0 0 1 2 2v22c0 8-9 11-18 13C11 37 2 34 2 26V4a2 2 0 0 1 2-2z"


@lru_cache(maxsize=64)
def monogram(name: str) -> SafeString:
    """Return the mark of a government: two letters on its brand colour, not its coat of arms."""
    letters = "".join(word[0] for word in name.split() if word[0].isalpha())[:2].upper() or "B"
    return tag(
        "svg",
        tag("path", d=_SHIELD, cls="city-mark-ground")
        + tag("text", escape(letters), x=20, y=25, cls="city-mark-letters"),
        viewBox="0 0 40 40", cls="city-mark", aria_hidden="true",
    )  # fmt: skip

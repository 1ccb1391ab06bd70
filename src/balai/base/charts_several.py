"""Charts of up to six groups beside each other, each with its table. Pure, as `base.charts`.

    grouped(title, ["2024", "2025"], [Series("kota", [3, 4]), Series("desa", [1, None])])

A group is told by its colour and by its place: bars keep the order of the legend, lines
have dashes of their own.
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balai.base import writing
from balai.base.charts import WIDTH, Chart, Series, labelled
from balai.base.drawing import (
    GROUND,
    INK,
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

HUES = (*SERIES, "#5b6670", "#2f78b7", "#b5485d")
"""Each stands out from white by three to one or more."""
_DASHES = (None, "7 4", "2 3", "10 3 2 3", "5 2", "1 4")
_EDGE = 12.0
_LONGEST = 40


def grouped(
    title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "", about: str = ""
) -> Chart:
    """Draw lying bars, one a series under each label; a missing value has none.

    Args:
        labels: what the rows are, in the order to be shown; may be empty.
        about: heading of the first column of the table, "Uraian" where it is empty.

    Raises:
        ValueError: no series, more than there are hues, or one that is not as long as `labels`.
    """
    _check(labels, series)
    scale = _scale(series)
    across = _between(scale, _EDGE, WIDTH - 84.0)
    legend, top = _legend(
        series, lambda x, y, at: tag("rect", x=x, y=y - 5, width=12, height=10, fill=HUES[at])
    )
    pieces = [*legend]
    for at, label in enumerate(labels):
        pieces.append(words(_EDGE, top + 13, _short(label)))
        top += 18
        for number, one in enumerate(series):
            if (value := one.values[at]) is not None:
                pieces += _bar(value, top, HUES[number], across)
                top += 13
        top += 8
    pieces += [
        words(across(tick), top + 12, writing.number(tick), _side(tick, scale), SOFT)
        for tick in labelled(scale)
    ]
    return _chart(title, unit, labels, series, about, top + 18, pieces)


def together(
    title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "", about: str = ""
) -> Chart:
    """Draw one line a series over the same labels, from left to right; a missing value interrupts its line.

    Args, Raises: as `grouped`.
    """
    _check(labels, series)
    scale = _scale(series)
    left, right, height = 58.0, WIDTH - 14.0, 168.0
    legend, top = ([], 8.0) if len(series) == 1 else _legend(series, _line_of_legend)
    bottom = top + height + 8
    up = _between(scale, bottom, top + 8)
    step = (right - left) / max(len(labels) - 1, 1)
    pieces = [*legend]
    for tick in scale:
        pieces += [
            line(left, up(tick), right, up(tick), ZERO if tick == 0 else RULE),
            words(left - 6, up(tick) + 4, writing.number(tick), "end", SOFT),
        ]
    for number, one in enumerate(series):
        spots = [
            None if value is None else (left + step * at, up(value)) for at, value in enumerate(one.values)
        ]
        pieces += _thread(spots, number, dots=len(labels) <= 40)
    every = math.ceil(len(labels) / 6) or 1
    pieces += [
        words(left + step * at, bottom + 18, label, "end" if 0 < at == len(labels) - 1 else "middle", SOFT)
        for at, label in enumerate(labels)
        if at % every == 0
    ]
    return _chart(title, unit, labels, series, about, bottom + 26, pieces)


def _check(labels: Sequence[str], series: Sequence[Series]) -> None:
    if not 1 <= len(series) <= len(HUES):
        raise ValueError(f"a chart of groups takes 1 to {len(HUES)} series, got {len(series)}")
    if any(len(one.values) != len(labels) for one in series):
        raise ValueError(f"every series needs {len(labels)} values, one for each label")


def _scale(series: Sequence[Series]) -> list[Decimal]:
    values = [writing.exact(value) for one in series for value in one.values if value is not None]
    return ticks(min(values, default=Decimal(0)), max(values, default=Decimal(0)), 4)


def _between(scale: Sequence[Decimal], start: float, end: float) -> Callable[[writing.Number], float]:
    """Return where a value lies between `start` (the first tick) and `end` (the last)."""
    whole = scale[-1] - scale[0]
    return lambda value: start + (end - start) * float((writing.exact(value) - scale[0]) / whole)


def _bar(
    value: writing.Number, top: float, hue: str, across: Callable[[writing.Number], float]
) -> list[SafeString]:
    zero, edge = across(0), WIDTH - 84.0
    end = across(value)
    return [
        tag("rect", x=zero, y=top, width=edge - zero, height=10, fill=GROUND),
        tag("rect", x=min(zero, end), y=top, width=abs(end - zero), height=10, fill=hue),
        words(WIDTH - _EDGE, top + 9, writing.number(value), "end", INK),
    ]


def _thread(spots: Sequence[tuple[float, float] | None], number: int, *, dots: bool) -> list[SafeString]:
    runs: list[list[tuple[float, float]]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    hue = HUES[number]
    pieces = [
        tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in run), fill="none", stroke=hue,
            stroke_width=2, stroke_dasharray=_DASHES[number])
        for run in runs
        if len(run) > 1
    ]  # fmt: skip
    alone = [run[0] for run in runs if len(run) == 1]
    marked = [spot for run in runs for spot in run] if dots else alone
    return [*pieces, *(tag("circle", cx=x, cy=y, r=3, fill=hue) for x, y in marked)]


type _Mark = Callable[[float, float, int], SafeString]


def _legend(series: Sequence[Series], mark: _Mark) -> tuple[list[SafeString], float]:
    """Return a line for each series, and where the drawing may begin below them."""
    pieces: list[SafeString] = []
    for at, one in enumerate(series):
        y = 10.0 + 18 * at
        pieces += [mark(_EDGE, y, at), words(_EDGE + 26, y + 4, _short(one.name))]
    return pieces, 10.0 + 18 * len(series)


def _line_of_legend(x: float, y: float, at: int) -> SafeString:
    return line(x, y, x + 20, y, HUES[at], stroke_width=3, stroke_dasharray=_DASHES[at])


def _side(tick: Decimal, scale: Sequence[Decimal]) -> Anchor:
    return "start" if tick == scale[0] else "end" if tick == scale[-1] else "middle"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _chart(
    title: str,
    unit: str,
    labels: Sequence[str],
    series: Sequence[Series],
    about: str,
    height: float,
    pieces: Sequence[SafeString],
) -> Chart:
    headings = (about or _("Uraian"), *(one.name for one in series))
    rows = tuple((label, *(_said(one.values[at]) for one in series)) for at, label in enumerate(labels))
    described = "; ".join(
        f"{row[0]}: " + ", ".join(f"{name} {said}" for name, said in zip(headings[1:], row[1:], strict=True))
        for row in rows
    )
    return Chart(title, unit, headings, rows, picture(WIDTH, height, title, described, join(pieces)))


def _said(value: writing.Number | None) -> str:
    return "–" if value is None else writing.number(value)

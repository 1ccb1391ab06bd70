"""Pieces of SVG for `base.charts`: shapes with their colours as attributes, words, scales.

Colours are attributes, never styles: the strict CSP allows them, and the same
drawing goes into a PDF. A city's brand colour does not touch them: what a
colour means in a chart stays the same everywhere.
"""

import hashlib
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

type Anchor = Literal["start", "middle", "end"]

INK, SOFT, RULE, ZERO, GROUND = "#1d2326", "#545b60", "#dedbd3", "#6b6f72", "#e7e4dd"
SERIES = ("#0f5c63", "#8a5a00", "#6b4ba3")
PARTS = ("#0f5c63", "#5aa0a5", "#8a5a00", "#d2a54a", "#6b4ba3", "#b3b0a8")
DIMENSIONS = {
    "governance": "#1f5fae",
    "branding": "#b34700",
    "economy": "#00746b",
    "living": "#a3317f",
    "society": "#836000",
    "environment": "#3d7a1f",
}
"""As in web/styles/tokens.css; base/tests/test_charts.py holds them together."""


def tag(name: str, content: str = "", /, **attributes: object) -> SafeString:
    """Return an element; "_" in an attribute's name is "-", `cls` is class, None leaves it out.

    >>> tag("rect", width=10, cls="bar")
    '<rect width="10" class="bar"/>'
    """
    written = format_html_join(
        "",
        ' {}="{}"',
        (
            ("class" if key == "cls" else key.replace("_", "-"), _short(value))
            for key, value in attributes.items()
            if value is not None
        ),
    )
    if not content:
        return format_html("<{}{}/>", mark_safe(name), written)  # noqa: S308 - names are ours
    return format_html("<{0}{1}>{2}</{0}>", mark_safe(name), written, content)  # noqa: S308


def _short(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def join(pieces: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(pieces))


def words(
    x: float, y: float, text: str, anchor: Anchor = "start", colour: str = INK, weight: str | None = None
) -> SafeString:
    """Return a line of text; `anchor` is start, middle or end of it at `x`."""
    return tag(
        "text", escape(text), x=x, y=y, fill=colour, font_weight=weight,
        text_anchor=None if anchor == "start" else anchor,
    )  # fmt: skip


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = RULE, **attributes: float | str | None
) -> SafeString:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, **attributes)


def picture(width: int, height: float, title: str, description: str, content: SafeString) -> SafeString:
    """Return the whole drawing, named and described for those who listen."""
    name = "g" + hashlib.sha256(f"{title}{description}{content}".encode()).hexdigest()[:10]
    return tag(
        "svg",
        tag("title", escape(title), id=f"{name}t")
        + tag("desc", escape(description), id=f"{name}d")
        + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height:.0f}",
        cls="drawing",
        role="img",
        aria_labelledby=f"{name}t",
        aria_describedby=f"{name}d",
        font_family="system-ui, sans-serif",
        font_size=12,
    )


def ticks(lowest: Decimal, highest: Decimal, most: int = 5) -> list[Decimal]:
    """Return round numbers from at or below `lowest` to at or above `highest`, zero always among them.

    >>> [str(tick) for tick in ticks(Decimal(0), Decimal(87))]
    ['0', '20', '40', '60', '80', '100']
    >>> [str(tick) for tick in ticks(Decimal(-3), Decimal(8))]
    ['-5', '-2.5', '0', '2.5', '5', '7.5', '10']
    """
    low, high = min(lowest, Decimal(0)), max(highest, Decimal(0))
    if low == high:
        high = low + 1
    rough = (high - low) / most
    power = Decimal(10) ** rough.adjusted()
    step = next(power * size for size in (1, 2, Decimal("2.5"), 5, 10) if power * size >= rough)
    first = -((-low / step).to_integral_value(ROUND_CEILING))
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [_plain(step * at) for at in range(int(first), int(last) + 1)]


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()

"""Tags that draw values: a figure with what belongs to it, progress, money spent, a chart with its table."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from balai.base import charts, money, writing

register = template.Library()


@register.inclusion_tag("balai/parts/figure.html")
def figure(
    label: str,
    value: writing.Number | str | None,
    *,
    unit: str = "",
    as_of: date | None = None,
    before: writing.Number | None = None,
    better: str = "up",
    kind: str = "computed",
    href: str = "",
    stale: bool = False,
    places: int | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Draw a figure that never stands alone.

    Args:
        value: a number, a text already written ("Rp1,5 miliar"), or None where nothing was reported.
        unit: "%" and the like; shown after the value.
        before: the value of the last period, for the direction; left out where there is none.
        better: "up" or "down": which direction is good; "" judges neither.
        kind: "typed" (✎, a person wrote it), "computed" (ƒ, from records) or "published" (¶, a claim).
        href: where the figure comes from; the whole value leads there.
        stale: no fresh source; drawn grey and said in words.
    """
    return {
        "label": label,
        "value": _written(value, places),
        "unit": unit,
        "as_of": as_of,
        "change": _change(value, before, better, places),
        "kind": kind,
        "href": href,
        "stale": stale,
        "note": note,
    }


def _written(value: writing.Number | str | None, places: int | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return writing.number(value, places)


def _change(
    value: Any, before: writing.Number | None, better: str, places: int | None
) -> dict[str, str] | None:
    if before is None or value is None or isinstance(value, str):
        return None
    difference = writing.exact(value) - writing.exact(before)
    size = writing.number(abs(difference), places)
    if not difference:
        return {"icon": "arrow-right", "tone": "", "words": _("tetap")}
    if difference > 0:
        tone = {"up": "good", "down": "bad"}.get(better, "")
        return {"icon": "arrow-up", "tone": tone, "words": _("naik %(size)s") % {"size": size}}
    tone = {"up": "bad", "down": "good"}.get(better, "")
    return {"icon": "arrow-down", "tone": tone, "words": _("turun %(size)s") % {"size": size}}


def _across(share: Decimal) -> str:
    """Return a share as the width of a drawing 100 wide; more than the whole is drawn as the whole."""
    return f"{min(max(share, Decimal(0)), Decimal(1)) * 100:.2f}"


@register.inclusion_tag("balai/parts/progress.html")
def progress(
    share: writing.Number | None,
    *,
    target: writing.Number | None = None,
    label: str = "",
    places: int = 1,
    dimension: str = "",
) -> dict[str, Any]:
    """Draw progress as a share of one, with a tick where it should be; None is "belum dilaporkan"."""
    done = None if share is None else writing.exact(share)
    due = None if target is None else writing.exact(target)
    return {
        "label": label,
        "dimension": dimension,
        "words": None if done is None else writing.percent(done, places),
        "target_words": None if due is None else writing.percent(due, places),
        "width": None if done is None else _across(done),
        "tick": None if due is None else f"{min(float(_across(due)), 99):.2f}",
    }


@register.inclusion_tag("balai/parts/money_bar.html")
def money_bar(spent: int | None, budget: int | None) -> dict[str, Any]:
    """Draw money spent of a budget, in rupiah; either may be unknown (None)."""
    share = Decimal(spent) / Decimal(budget) if budget and spent is not None else None
    return {
        "spent": None if spent is None else money.short(money.Rupiah(spent)),
        "budget": None if budget is None else money.short(money.Rupiah(budget)),
        "width": None if share is None else _across(share),
        "is_over": share is not None and share > 1,
        "share": None if share is None else writing.percent(share, 0),
    }


@register.inclusion_tag("balai/parts/chart.html")
def chart(
    drawn: charts.Chart, *, source: str = "", href: str = "", confidence: str = "", as_of: date | None = None
) -> dict[str, Any]:
    """Show a chart of `balai.base.charts` with its table and its source."""
    return {"chart": drawn, "source": source, "href": href, "confidence": confidence, "as_of": as_of}


@register.simple_tag
def city_mark(name: str) -> SafeString:
    """Draw the two letters that stand for a government; it is not its coat of arms."""
    return charts.monogram(name)

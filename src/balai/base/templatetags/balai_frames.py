"""Tags that hold other content: tables, empty states, tabs, pages of a list, timelines, trails."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context, TemplateSyntaxError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_block_tag
def table(content: str, label: str, cards: bool = False) -> SafeString:
    """Hold a <table>: on a phone rows become cards (give cells data-label), or the box scrolls."""
    if cards:
        return format_html('<div class="table-box as-cards">{}</div>', content)
    # Whoever has only keys must be able to reach a box that scrolls.
    return format_html(
        '<div class="table-box" role="region" tabindex="0" aria-label="{}">{}</div>', label, content
    )


@register.inclusion_tag("balai/parts/empty.html")
def empty(
    title: str, text: str = "", *, href: str = "", action: str = "", icon: str = "inbox"
) -> dict[str, str]:
    """Say that there is nothing yet, why, and what to do about it."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("balai/parts/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Draw tabs that are links: each item has label, href, is_here and, where it helps, count and icon."""
    return {"items": items, "label": label}


@register.inclusion_tag("balai/parts/pages.html", takes_context=True)
def pages(
    context: Context, *, next: str = "", first: bool = True, shown: int = 0, total: int | None = None
) -> Any:
    """Draw the way through a long list by cursor: `next` is the cursor after the last row, "" at the end.

    The rest of the query stays. The page reads the cursor from "after".
    """
    query = context["request"].GET.copy()
    query.pop("after", None)
    start = f"?{query.urlencode()}"
    if next:
        query["after"] = next
    return {
        "next": f"?{query.urlencode()}" if next else "",
        "start": start,
        "first": first,
        "shown": shown,
        "total": total,
    }


@register.inclusion_tag("balai/parts/timeline.html")
def timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Draw what happened, in the order given: at, title, and optionally text, href, state (done, late)."""
    return {"events": events}


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """Draw the trail of pages from label and address in turn; the last label needs no address."""
    if not pairs:
        raise TemplateSyntaxError('crumbs needs label and address in turn: {% crumbs "Program" url "Aksi" %}')
    items = []
    for at in range(0, len(pairs), 2):
        label, href = pairs[at], pairs[at + 1] if at + 1 < len(pairs) else ""
        items.append(
            (format_html('<a href="{}">{}</a>', href, label),)
            if href
            else (format_html('<span aria-current="page">{}</span>', label),)
        )
    return format_html(
        '<nav aria-label="{}"><ol class="crumbs">{}</ol></nav>',
        _("Letak halaman"),
        format_html_join("", "<li>{}</li>", items),
    )

"""The words every template of ours may use; each has its example in docs/explanation/screens.md.

They are built in: a template needs no `{% load %}`.
"""

from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.base import look, money, writing
from balai.base.templatetags import balai_figures, balai_forms, balai_frames

register = template.Library()
for part in (balai_figures, balai_forms, balai_frames):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)


class Mark(NamedTuple):
    """An icon and the words that always stand with it."""

    icon: str
    words: Any = ""


DIMENSIONS = {
    "governance": Mark(icon="building-bank", words=gettext_lazy("Smart Governance")),
    "branding": Mark(icon="speakerphone", words=gettext_lazy("Smart Branding")),
    "economy": Mark(icon="coins", words=gettext_lazy("Smart Economy")),
    "living": Mark(icon="home-heart", words=gettext_lazy("Smart Living")),
    "society": Mark(icon="users-group", words=gettext_lazy("Smart Society")),
    "environment": Mark(icon="leaf", words=gettext_lazy("Smart Environment")),
}
"""The mark of each dimension; its colour is the class in-<key>."""

STATUSES = {
    "late": Mark(icon="alert-triangle"),
    "done": Mark(icon="circle-check"),
    "waiting": Mark(icon="clock"),
    "plain": Mark(icon="circle-dot"),
}
_CONFIDENCE = {
    "verified": gettext_lazy("sudah dicocokkan dengan sumbernya"),
    "reported": gettext_lazy("dilaporkan, belum dicocokkan"),
    "single source": gettext_lazy("satu sumber"),
    "inferred": gettext_lazy("disimpulkan"),
    "estimate": gettext_lazy("perkiraan"),
    "illustration": gettext_lazy("ilustrasi, bukan angka resmi"),
}


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file, with its hash."""
    return look.asset(name)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without `label` it is decoration for the words beside it."""
    return _icon(look.asset("icons.svg"), name, str(label))


# A page draws thirty, mostly the same as the page before.
@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, label: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def status(tone: str, words: str) -> SafeString:
    """Draw a state: `tone` is late, done, waiting or plain, `words` say it."""
    if tone not in STATUSES:
        raise template.TemplateSyntaxError(f"a status is one of {', '.join(STATUSES)}, not {tone!r}")
    return format_html('<span class="state state-{}">{}{}</span>', tone, icon(STATUSES[tone].icon), words)


@register.simple_tag
def dimension(key: str, name: str = "") -> SafeString:
    """Draw the mark of a dimension: icon and name in its colour; a key of another axis set has none."""
    mark = DIMENSIONS.get(key) or Mark(icon="circle-dot", words=key)
    return format_html('<span class="dimension in-{}">{}{}</span>', key, icon(mark.icon), name or mark.words)


@register.simple_tag
def source(text: str, confidence: str = "", as_of: date | None = None, href: str = "") -> SafeString:
    """Say where figures come from, how sure that is, and of which day they are.

    An address alone is shown as a link by the name of its site.
    """
    address = urlsplit(text) if text.startswith(("https://", "http://")) and " " not in text else None
    if address and not href:
        href, text = text, address.hostname or text
    origin = format_html('<a href="{}">{}</a>', href, text) if href else text
    parts = [format_html("{}: {}", _("Sumber"), origin)]
    if confidence:
        parts.append(format_html("{}: {}", _("tingkat keyakinan"), confidence_filter(confidence)))
    if as_of:
        parts.append(format_html("{} {}", _("keadaan"), writing.day(as_of)))
    line = parts[0]
    for part in parts[1:]:
        line = format_html("{} · {}", line, part)
    return format_html('<p class="source">{}</p>', line)


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """Return "?…" with the query of this page and `changes` in it; an empty value takes a key out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.filter(name="number")
def number_filter(value: writing.Number | Literal[""] | None, places: int | None = None) -> str:
    """1234.5 → 1.234,5; None → –"""
    return "–" if value is None or value == "" else writing.number(value, places)


@register.filter(name="mixed")
def mixed_filter(value: Fraction | int | Literal[""] | None) -> str:
    """13/3 → 4⅓; None → –"""
    return "–" if value is None or value == "" else writing.mixed(value)


@register.filter(name="confidence")
def confidence_filter(key: str) -> str:
    """verified → sudah dicocokkan dengan sumbernya"""
    return str(_CONFIDENCE.get(key, key))


@register.filter(name="percent")
def percent_filter(share: writing.Number | Literal[""] | None, places: int | None = None) -> str:
    """0.625 → 62,5%; None → –"""
    return "–" if share is None or share == "" else writing.percent(share, places)


@register.filter(name="money")
def money_filter(amount: int | Literal[""] | None) -> str:
    """1500000000 → Rp1,5 miliar; None → –"""
    return "–" if amount is None or amount == "" else money.short(money.Rupiah(int(amount)))


@register.filter(name="money_full")
def money_full_filter(amount: int | Literal[""] | None) -> str:
    """1500000 → Rp1.500.000; None → –"""
    return "–" if amount is None or amount == "" else money.full(money.Rupiah(int(amount)))


@register.filter(name="date_id")
def date_filter(value: date | None) -> str:
    """A day as 12 Maret 2026 (12 March 2026 in English); None → –"""
    return writing.day(value) if value else "–"


@register.filter(name="moment")
def moment_filter(value: datetime | None) -> str:
    """An instant as 12 Maret 2026, 09.05 WIB; None → –"""
    return writing.moment(value) if value else "–"


@register.filter(name="since")
def since_filter(value: date | None, today: date | None = None) -> str:
    """A day as "94 hari lalu", counted from `today`, which is the local day unless given."""
    return writing.since(value, today or timezone.localdate()) if value else "–"

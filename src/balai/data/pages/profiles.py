"""Profiles of columns as a page draws them: a line or two of words, and a small drawing."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.base import writing
from balai.base.actor import Actor
from balai.data import reads
from balai.data.pages.words import Heading, cell
from balai.data.reads.profiles import ColumnProfile, profile

_HEIGHT = 20


@dataclass(frozen=True)
class Profile:
    """What stands below the name of a column.

    Attributes:
        lines: what it holds, in words; with the percentage of rows, "" where a line is of no share.
        bars: (x, y, height) of each bar of a drawing 100 wide and 20 high.
    """

    lines: tuple[tuple[str, str], ...]
    bars: tuple[tuple[int, str, str], ...]


def profiled(actor: Actor, shown: reads.VersionRow, heads: list[Heading]) -> list[Profile]:
    """Return the profile of each column of a version, under `heads`."""
    found = {each.name: each for each in profile(actor, shown.dataset, shown.number)}
    return [_drawn(found[head.name], head) if head.name in found else Profile((), ()) for head in heads]


def _drawn(found: ColumnProfile, head: Heading) -> Profile:
    if found.counted == found.missing:
        return Profile(((_("semuanya kosong"), ""),), ())
    lines = []
    if found.distinct == found.counted:
        lines.append((_("semuanya berbeda"), ""))
    else:
        words = ngettext("%(count)s nilai berbeda", "%(count)s nilai berbeda", found.distinct)
        lines.append((words % {"count": writing.number(found.distinct)}, ""))
    if head.is_number or head.column.type in ("date",):
        lines.append((f"{cell(found.least, head.column)} – {cell(found.greatest, head.column)}", ""))
    elif found.top:
        lines += [
            (f"{_short(cell(value, head.column))}: {writing.number(n)}", f"{100 * n / found.counted:.1f}")
            for value, n in found.top
        ]
    if found.missing:
        exact = writing.exact(found.missing) / found.counted
        share = writing.percent(exact, 0 if exact > Decimal("0.01") else 2)
        lines.append((_("%(share)s kosong") % {"share": share}, ""))
    return Profile(tuple(lines), _bars(found.bars))


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _bars(counts: tuple[int, ...]) -> tuple[tuple[int, str, str], ...]:
    most = max(counts, default=0)
    if not most:
        return ()
    heights = [_HEIGHT * count / most for count in counts]
    return tuple(
        (place * 10, f"{_HEIGHT - height:.1f}", f"{height:.1f}") for place, height in enumerate(heights)
    )

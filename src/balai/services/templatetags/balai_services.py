"""The lines of a list of cases.

A page has a hundred of them with a dozen values each; a template takes twenty times as long
to draw them, and that was most of what a list cost. What lines share is made ready once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.base import writing
from balai.base.templatetags.balai import status
from balai.services.pages.desk_words import Row
from balai.services.reads.lists import ClosedLine

register = template.Library()


@register.simple_tag
def case_lines(rows: Iterable[Row], ticks: object = False, is_closed: object = False) -> SafeString:
    """Draw the rows of the table of `services/desk/parts/rows.html`.

    Args:
        ticks: draw a box before each.
        is_closed: tell how they went instead of when they are due.
    """
    pen = _Pen(is_closed=bool(is_closed))
    # Everything in a line went through `escape`.
    return mark_safe("".join([pen.line(row, ticks=bool(ticks)) for row in rows]))  # noqa: S308


class _Pen:
    """Draws the lines of one page, in the language of the request."""

    def __init__(self, *, is_closed: bool) -> None:
        self._safe: Callable[[str], str] = cache(escape)
        self._moment: Callable[[datetime], str] = cache(writing.moment)
        self._late = f"{status('late', _('terlambat'))} "
        self._may_move = self._small(_("tanggal sementara"))
        self._rests = f'<span class="soft">{escape(_("tidak berjalan"))}</span>'
        self._subject, self._state, self._due, self._office, self._place = (
            f'<td data-label="{escape(name)}">'
            for name in (
                _("Perihal"), _("Status"), _("Jatuh tempo"), _("Perangkat daerah"), _("Tempat")
            )
        )  # fmt: skip
        self._closed = f'<td data-label="{escape(_("Ditutup"))}">'
        self._days = f'<td class="number" data-label="{escape(_("Hari kerja"))}">'
        self._is_closed = is_closed

    def line(self, row: Row, *, ticks: bool) -> str:
        line, safe = row.line, self._safe
        when = self._how_it_went(row.closed) if self._is_closed and row.closed else self._when_due(row)
        number = f'<a data-act href="{escape(row.href)}">{escape(line.number)}</a>'
        return (
            f"<tr data-row>{self._tick(row) if ticks else ''}\n"
            f'<th scope="row" class="keep">{number}</th>'
            f"{self._subject}{safe(line.subject or row.service)}{self._small(row.topic)}</td>\n"
            f"{self._state}{safe(row.state)}{self._small(line.officer)}</td>\n{when}\n"
            f"{self._office}{safe(row.office) or '–'}</td>{self._place}{safe(row.region) or '–'}</td></tr>"
        )

    def _small(self, text: str) -> str:
        return f' <span class="soft small">{self._safe(text)}</span>' if text else ""

    def _tick(self, row: Row) -> str:
        said = escape(_("Pilih %(number)s") % {"number": row.line.number})
        return (
            f'<td><label><input type="checkbox" name="berkas" value="{row.line.id}">'
            f'<span class="hidden-text"> {said}</span></label></td>'
        )

    def _when_due(self, row: Row) -> str:
        due = self._moment(row.line.due_at) if row.line.due_at else self._rests
        late, may_move = row.is_overdue, row.is_provisional
        return f"{self._due}{self._late if late else ''}{due}{self._may_move if may_move else ''}</td>"

    def _how_it_went(self, one: ClosedLine) -> str:
        days = "–" if one.days_taken is None else writing.number(one.days_taken)
        again = ""
        if one.reopens:
            said = ngettext("dibuka lagi %(number)s kali", "dibuka lagi %(number)s kali", one.reopens)
            again = self._small(said % {"number": one.reopens})
        return f"{self._closed}{self._moment(one.closed_at)}</td>{self._days}{days}{again}</td>"

"""What a request for features asks, read strictly: what is not understood is not guessed."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.rules.rows import Filter, Op
from balai.places.reads import Box

MOST = 10_000
USUAL = 10
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_OURS = ("f", "limit", "offset", "after", "bbox", "bbox-crs", "datetime")
_FORMS = {
    "json": ("application/json", "application/geo+json", "application/vnd.oai.openapi+json"),
    "html": ("text/html",),
}
type Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Asked:
    """The parameters of a request for items."""

    box: Box | None
    days: Days | None
    filters: tuple[Filter, ...]
    limit: int
    after: str
    offset: int


def form_of(request: HttpRequest) -> str:
    """Return "json" or "html", by `f` or by what is accepted. Raises Invalid."""
    asked = request.GET.get("f", "")
    if asked and asked not in _FORMS:
        raise _wrong("f", asked, "json, html")
    if asked:
        return asked
    kinds = [kind for form in _FORMS.values() for kind in form]
    return "html" if request.get_preferred_type(kinds) == "text/html" else "json"


def asked(query: QueryDict, columns: Sequence[str]) -> Asked:
    """Read the parameters of a request for items of a dataset with these columns.

    Raises:
        Invalid: a parameter is unknown, stands twice, or does not fit.
    """
    found = plain(query, (*_OURS, *columns))
    if found.get("bbox-crs", CRS84) != CRS84:
        raise _wrong("bbox-crs", found["bbox-crs"], CRS84)
    filters = tuple(
        Filter(name, Op.EQUAL, (value,))
        for name, value in found.items()
        if name in columns and name not in _OURS
    )
    return Asked(
        _box(found["bbox"]) if "bbox" in found else None,
        _days(found["datetime"]) if "datetime" in found else None,
        filters,
        min(_number(found, "limit", USUAL, 1), MOST),
        found.get("after", ""),
        _number(found, "offset", 0, 0),
    )


def plain(query: QueryDict, known: Sequence[str]) -> Mapping[str, str]:
    """Return the parameters by name. Raises Invalid where one is unknown or stands twice."""
    for name in query:
        if name not in known:
            raise _wrong(name, str(query[name]), ", ".join(known))
        if len(query.getlist(name)) > 1:
            raise _wrong(name, ", ".join(query.getlist(name)), _("Tulis sekali saja."))
    return {name: str(query[name]) for name in query}


def _number(found: Mapping[str, str], name: str, otherwise: int, least: int) -> int:
    written = found.get(name, str(otherwise))
    if not re.fullmatch(r"[0-9]{1,15}", written) or int(written) < least:
        raise _wrong(name, written, _("Tulis bilangan bulat mulai dari %(least)d.") % {"least": least})
    return int(written)


def _box(written: str) -> Box:
    right = _("Tulis barat,selatan,timur,utara dalam derajat, misalnya 112.5,-8.1,112.8,-7.8.")
    try:
        numbers = [float(part) for part in written.split(",")]
    except ValueError:
        raise _wrong("bbox", written, right) from None
    if len(numbers) == 6:
        # With heights: ours have none, so each fits.
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(math.isfinite(one) for one in numbers):
        raise _wrong("bbox", written, right)
    west, south, east, north = numbers
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _wrong("bbox", written, right)
    return west, south, east, north


def _days(written: str) -> Days:
    first, slash, last = written.partition("/")
    found = (_day(first, written), _day(last, written)) if slash else (_day(first, written),) * 2
    is_open = found == (None, None)
    if (is_open and not slash) or (found[0] and found[1] and found[0] > found[1]):
        raise _wrong("datetime", written, _right_days())
    return found


def _day(text: str, whole: str) -> date | None:
    """Return the day a text names, None for an open end; an instant is of the day it has here."""
    if text in ("", ".."):
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        instant: datetime | None = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        instant = None
    if instant is None:
        raise _wrong("datetime", whole, _right_days())
    return timezone.localdate(instant) if instant.tzinfo else instant.date()


def _right_days() -> str:
    return _("Tulis 2026-03-18, atau selang 2026-01-01/2026-03-31; .. untuk ujung yang terbuka.")


def _wrong(name: str, value: str, right: str) -> Invalid:
    return Invalid(
        [Fault(name, _("“%(value)s” tidak dapat dipakai di sini.") % {"value": value[:80]}, right)]
    )

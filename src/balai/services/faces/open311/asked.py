"""What a client asks for: its arguments, read strictly. An empty one counts as none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.people import reads as people
from balai.services.faces.open311.answers import Wrong
from balai.services.faces.open311.catalogue import exposed, kind_of
from balai.services.reads.open311 import Near, Sought

SPAN = timedelta(days=90)
MOST, MOST_SKIPPED, MOST_METRES, MOST_NUMBERS = 1000, 100_000, 50_000, 1000
_ATTRIBUTE = re.compile(r"attribute\[([a-z0-9_.]{1,80})\](\[\])?")


def argument(given: QueryDict, name: str) -> str:
    """Return an argument without blanks around, "" where there is none. Raises Wrong."""
    value = str(given.get(name) or "").strip()
    if "\0" in value or len(value) > 10_000:
        raise Wrong(400, _("%(name)s tidak dapat dibaca.") % {"name": name})
    return value


def listed(given: QueryDict, name: str) -> list[str]:
    """Return the values of an argument that stand apart by commas, or is sent several times."""
    found = [part.strip() for value in given.getlist(name) for part in value.split(",")]
    return [part for part in found if part and "\0" not in part]


def check_jurisdiction(request: HttpRequest, given: QueryDict) -> None:
    """Refuse another jurisdiction than that of the host. One that is not named is not asked for.

    Raises:
        Wrong: 404.
    """
    wanted = argument(given, "jurisdiction_id").removeprefix("www.").lower()
    tenant = tenancy.current_tenant()
    government = people.government(tenant)
    known = {tenant, people.host_of(tenant), request.get_host().partition(":")[0]}
    known |= {government.region_code} if government else set()
    if wanted and wanted not in {one.lower() for one in known}:
        told = _("jurisdiction_id “%(id)s” tidak ada di sini; kosongkan, atau kirim %(own)s.")
        raise Wrong(404, told % {"id": wanted[:80], "own": tenant})


def instant(given: QueryDict, name: str) -> datetime | None:
    """Return a time with its zone, as the W3C note has it. Raises Wrong."""
    text = argument(given, name)
    if not text:
        return None
    # In a query a plus that was not written as %2B arrives as a blank.
    text = text.replace(" ", "+") if re.search(r"T.* \d\d:\d\d$", text) else text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or "T" not in text:
        told = _("%(name)s bukan waktu dengan zona, misalnya 2026-08-18T09:00:00+07:00.")
        raise Wrong(400, told % {"name": name})
    return found


def number(given: QueryDict, name: str, least: int, most: int) -> int | None:
    """Return a whole number within limits, None where it is not given. Raises Wrong."""
    text = argument(given, name)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        told = _("%(name)s bukan bilangan %(least)d sampai %(most)d.")
        raise Wrong(400, told % {"name": name, "least": least, "most": most})
    return int(text)


def degrees(given: QueryDict, name: str, most: int) -> Decimal | None:
    """Return degrees, None where they are not given. Raises Wrong."""
    text = argument(given, name)
    if not text:
        return None
    try:
        found = Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,15})?", text) else None
    except InvalidOperation:
        found = None
    if found is None or abs(found) > most:
        told = _("%(name)s bukan derajat desimal dari -%(most)d sampai %(most)d.")
        raise Wrong(400, told % {"name": name, "most": most})
    return found


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted; pages count from 1."""

    page: int
    size: int

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size


def page_of(given: QueryDict) -> Page:
    """Return the page that is asked for, else the first thousand. Raises Wrong."""
    size = number(given, "page_size", 1, MOST) or MOST
    return Page(number(given, "page", 1, MOST_SKIPPED // size + 1) or 1, size)


def sought(given: QueryDict, now: datetime) -> Sought:
    """Return what a list of requests is asked for. Raises Wrong."""
    on = timezone.localtime(now).date()
    since, until = _span(instant(given, "start_date"), instant(given, "end_date"), now)
    topics = None
    if codes := listed(given, "service_code"):
        topics = [(kind.service.code, kind.topic) for kind in (kind_of(code, on) for code in codes)]
    return Sought(exposed(on).keys(), since, until, topics, _is_open(given), _near(given))


def _span(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return the days looked at: the last 90, or 90 from or up to the one that was given."""
    try:
        if since is None:
            until = until or now
            since = until - SPAN
        until = until or since + SPAN
    except OverflowError:
        raise Wrong(400, _("start_date atau end_date di luar kalender.")) from None
    if until < since:
        raise Wrong(400, _("end_date mendahului start_date."))
    if until - since > SPAN:
        raise Wrong(400, _("start_date dan end_date paling jauh 90 hari."))
    return since, until


def _is_open(given: QueryDict) -> bool | None:
    wanted = set(listed(given, "status"))
    if strange := sorted(wanted - {"open", "closed"}):
        raise Wrong(400, _("status “%(status)s” bukan open atau closed.") % {"status": strange[0][:40]})
    return None if len(wanted) != 1 else wanted == {"open"}


def _near(given: QueryDict) -> Near | None:
    latitude, longitude = degrees(given, "lat", 90), degrees(given, "long", 180)
    metres = number(given, "radius", 1, MOST_METRES)
    if latitude is None and longitude is None and metres is None:
        return None
    if latitude is None or longitude is None or metres is None:
        raise Wrong(400, _("lat, long dan radius (meter) dikirim bertiga."))
    return Near(latitude, longitude, metres)


def attributes(given: QueryDict) -> Iterator[tuple[str, list[str]]]:
    """Yield code and values of each `attribute[code]` that is not empty. Raises Wrong."""
    for name, values in given.lists():
        if not name.startswith("attribute"):
            continue
        said = _ATTRIBUTE.fullmatch(name)
        if said is None:
            raise Wrong(400, _("“%(name)s” tidak dapat dibaca; tulis attribute[kode].") % {"name": name[:80]})
        kept = [value.strip() for value in values if value.strip()]
        if any("\0" in value for value in kept):
            raise Wrong(400, _("%(name)s tidak dapat dibaca.") % {"name": name[:80]})
        if kept:
            yield said[1], kept

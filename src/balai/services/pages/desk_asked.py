"""What the address of a list says: queue, filters, and where the page begins. And back into an address."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils.http import urlencode

from balai.base.actor import Actor
from balai.services.reads import lists
from balai.services.reads.lists import Queue, Selection
from balai.services.reads.queues import After, Wanted

QUEUE, SERVICE, STATE, TOPIC, REGION, OFFICE = "antrean", "layanan", "status", "topik", "wilayah", "kantor"
TEXT, LATE, REOPENED, DAYS, VERSION, AFTER = "q", "telat", "dibuka", "hari", "versi", "after"
KEPT = (QUEUE, SERVICE, STATE, TOPIC, REGION, OFFICE, TEXT, LATE, REOPENED, DAYS, VERSION)
"""What of an address is the list itself; a saved list keeps these."""
_LONGEST, _MOST_DAYS = 80, 3660


def selection(query: QueryDict, actor: Actor, now: datetime) -> Selection:
    """Return what an address asks for; what cannot be read is left out, an unknown queue is the first."""
    own = lists.queues_of(actor)
    asked = query.get(QUEUE, "")
    queue = Queue(asked) if asked in [one.value for one in Queue] else next(iter(own), Queue.OFFICE)
    days = _number(query.get(DAYS, ""), _MOST_DAYS)
    wanted = Wanted(
        service=_word(query, SERVICE),
        state=_word(query, STATE),
        topic=_word(query, TOPIC),
        region=_word(query, REGION),
        office=_id(query.get(OFFICE, "")),
        overdue=now if query.get(LATE) and queue is not Queue.CLOSED else None,
        text=_word(query, TEXT),
        version=_number(query.get(VERSION, ""), 10_000),
    )
    return Selection(
        queue,
        wanted,
        reopened=bool(query.get(REOPENED)),
        since=now - timedelta(days=days) if days and queue is Queue.CLOSED else None,
    )


def address(query: QueryDict) -> str:
    """Return the part of an address that says which list it is, in one order, without empty parts."""
    said = {name: query.get(name, "").strip() for name in KEPT}
    return urlencode({name: value for name, value in said.items() if value})


def query_of(**said: object) -> str:
    """Return "?…" for a list, by the names of its parts."""
    names: Mapping[str, str] = {
        "queue": QUEUE,
        "service": SERVICE,
        "state": STATE,
        "office": OFFICE,
        "late": LATE,
        "reopened": REOPENED,
        "days": DAYS,
        "version": VERSION,
    }
    return "?" + urlencode({names[name]: str(value) for name, value in said.items() if value})


def written(after: After | None) -> str:
    """Return a place in a list as it stands in an address, "" after the last page."""
    return f"{after.urgent_at.isoformat()}~{after.id}" if after else ""


def place(query: QueryDict) -> After | None:
    """Return where the page asked for begins, None for the first, and for what cannot be read."""
    at, _sign, key = query.get(AFTER, "").partition("~")
    try:
        found = After(datetime.fromisoformat(at), UUID(key))
    except ValueError:
        return None
    return found if found.urgent_at.tzinfo else None


def _word(query: QueryDict, name: str) -> str:
    # A zero byte is no text to PostgreSQL.
    return query.get(name, "").replace("\0", "").strip()[:_LONGEST]


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 7 else 0

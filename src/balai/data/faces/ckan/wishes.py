"""What people ask to be published, as the data request extension of CKAN lists it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from balai.data.faces.ckan.asked import Asked, action
from balai.data.faces.ckan.packages import moment
from balai.data.reads.asked import counted, wishes

_ENDED = ("refused", "published")
_MOST_START = 2**31


@action("list_datarequests")
def list_datarequests(asked: Asked) -> dict[str, Any]:
    """Return wishes for datasets, newest first; `closed` narrows, `new_url` is where one asks."""
    states: list[str] = []
    counts = counted(asked.actor)
    if asked.text("closed"):
        is_closed = asked.yes("closed")
        states = [state for state in counts if (state in _ENDED) == is_closed]
    start, limit = asked.number("offset", 0, _MOST_START), asked.number("limit", 10, 200)
    rows = [
        {
            "id": str(row.id),
            "title": row.title,
            "description": row.answer,
            "state": row.state,
            "days": row.days,
            "open_time": moment(row.asked_at),
            "close_time": moment(row.answered_at) if row.answered_at and row.state in _ENDED else None,
            "closed": row.state in _ENDED,
            "accepted_dataset": row.dataset or None,
            "organization": row.office or None,
        }
        for row in wishes(asked.actor, timezone.localdate(), states, start, limit)
    ]
    count = sum(counts[state] for state in states or counts)
    return {"count": count, "result": rows, "new_url": asked.base + reverse("data-asked-new")}

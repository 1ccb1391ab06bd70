"""What people ask to be published, as the data request extension of CKAN lists it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from balai.data.faces.ckan.asked import Asked, action
from balai.data.faces.ckan.packages import moment
from balai.data.reads.asked import wishes

_ENDED = ("refused", "published")


@action("list_datarequests")
def list_datarequests(asked: Asked) -> dict[str, Any]:
    """Return wishes for datasets, newest first; `closed` narrows, `new_url` is where one asks."""
    wanted = asked.text("closed")
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
        for row in wishes(asked.actor, timezone.localdate())
    ]
    if wanted:
        rows = [row for row in rows if row["closed"] == asked.yes("closed")]
    start = asked.number("offset", 0, 1000)
    shown = rows[start : start + asked.number("limit", 10, 200)]
    return {"count": len(rows), "result": shown, "new_url": asked.base + reverse("data-asked-new")}

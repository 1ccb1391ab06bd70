"""A case as a service request of the standard. Only what the face of its service names is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from balai.services.faces.open311.catalogue import APART
from balai.services.reads.definitions import TIME_ZONE
from balai.services.reads.open311 import Request
from balai.services.rules.particulars import topic_field

FIELDS = (
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
)
"""Every field of the standard, in its order; one without a value is told as nothing."""
_INSTANTS = ("requested_datetime", "expected_datetime")
_ZONE = ZoneInfo(TIME_ZONE)


def told(one: Request) -> dict[str, Any]:
    """Return a request as answers hold it."""
    shown = one.shown
    point = shown.get("point")
    topic = topic_field(one.service)
    names = {option.key: str(option.label) for option in topic.options} if topic else {}
    named = one.topic if one.topic in names else ""
    found: dict[str, Any] = {name: shown.get(name) for name in FIELDS}
    found |= {name: _instant(found[name]) for name in _INSTANTS}
    found |= {
        "service_request_id": one.number,
        "status": "open" if one.is_open else "closed",
        "status_notes": str(one.service.states[one.state].title),
        "service_name": names.get(named, str(one.service.title)),
        "service_code": f"{one.service.code}{APART}{named}" if named else one.service.code,
        "updated_datetime": timezone.localtime(one.updated_at).isoformat(timespec="seconds"),
    }
    if isinstance(point, Mapping):
        found |= {"lat": point["latitude"], "long": point["longitude"]}
    return found


def _instant(value: Any) -> str | None:
    """Return an instant with its zone, as the standard demands; a day is told as its first moment."""
    if not value:
        return None
    found = datetime.fromisoformat(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=_ZONE)).isoformat(timespec="seconds")

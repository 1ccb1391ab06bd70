"""Refusals in CKAN's own words: `{"__type": "Validation Error", "<field>": ["…"]}` and its statuses.

Source: CKAN 2.11, API guide ("Making an API request", "Authentication and API tokens").
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Conflict, Forbidden, Invalid, Locked, NotFound, Refused, TooLarge
from balai.data.engines.lease import TooLong, TooMuchMemory
from balai.data.engines.turns import TooMany

type Shape = tuple[int, dict[str, Any]]


class Wrong(Exception):
    """A parameter is wrong: a Validation Error of CKAN, with the words at the name of the parameter."""

    def __init__(self, name: str, *told: str) -> None:
        self.fields: dict[str, list[str]] = {name: list(told)}
        super().__init__(f"{name}: {' '.join(told)}")


class BadRequest(Exception):
    """What was sent is no call of an action at all; CKAN answers it with a mere text."""


class BadSearch(Exception):
    """The words of a search cannot be read: a Search Query Error of CKAN."""


def shape(error: Exception, names: Mapping[str, str] | None = None) -> Shape:
    """Return status and `error` of a refusal.

    Args:
        names: place of a fault → the name CKAN has for it.
    """
    if isinstance(error, Wrong):
        return 409, {"__type": "Validation Error", **error.fields}
    if isinstance(error, BadSearch):
        return 400, {"__type": "Search Query Error", "message": f"Search Query is invalid: {error}"}
    if isinstance(error, Invalid):
        return 409, {"__type": "Validation Error", **_told(error, names or {})}
    if isinstance(error, NotFound):
        return 404, {"__type": "Not Found Error", "message": f"Not found: {error}"}
    if isinstance(error, Forbidden):
        return 403, {"__type": "Authorization Error", "message": f"Access denied: {error}"}
    if isinstance(error, Conflict | Locked):
        changed = [f"{name}: {now}" for name, (_yours, now) in getattr(error, "changes", {}).items()]
        return 409, {"__type": "Validation Error", "state": [str(error), *changed]}
    if isinstance(error, TooLong | TooMuchMemory):
        return 409, {"__type": "Validation Error", "query": [str(error)]}
    if isinstance(error, TooLarge):
        return 413, {"__type": "Validation Error", "message": [str(error)]}
    if isinstance(error, TooMany):
        return 429, {"__type": "Too Many Requests", "message": str(error)}
    status = error.status if isinstance(error, Refused) else 500
    return status, {"__type": "Search Error", "message": f"Search error: {error}"}


def _told(error: Invalid, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the words of each fault at the name CKAN has for its place."""
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        root = fault.place.partition(".")[0]
        name = names.get(root, fault.place)
        words = f"{fault.wrong} {fault.right}".strip()
        found.setdefault(name, []).append(words if name == fault.place else f"{fault.place}: {words}")
    return found or {"message": [_("Ada yang perlu diperbaiki.")]}

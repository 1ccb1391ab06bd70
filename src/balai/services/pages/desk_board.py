"""Cases by their state in columns, and on a map: two other ways to see what is open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.asking import show
from balai.places import reads as places
from balai.services.pages import desk_asked as asked_of
from balai.services.pages.desk_words import QUEUES, Words
from balai.services.reads import lists
from balai.services.reads.lists import Queue

IN_A_COLUMN = 10
"""Cases a column shows; the rest is in the list it leads to."""


@require_safe
@needs("services.read")
def board(request: HttpRequest) -> HttpResponse:
    """The open cases of a service by state, the most urgent of each on top."""
    actor, now = actor_of(request), timezone.now()
    words, counted = Words(actor), lists.counts(actor, now)
    own = lists.queues_of(actor)
    queue = next((one for one in (Queue.ALL, Queue.OFFICE) if one in own), None)
    asked = request.GET.get(asked_of.SERVICE, "")
    busiest = max(words.services, key=lambda code: counted[code].open if code in counted else 0, default="")
    code = asked if asked in words.services else busiest
    columns: list[dict[str, Any]] = []
    if queue and code:
        numbers = counted[code].states if code in counted else {}
        for key, state in words.services[code].states.items():
            if state.is_closed:
                continue
            found = lists.column(actor, code, key, IN_A_COLUMN) if numbers.get(key) else ()
            columns.append(
                {
                    "state": state,
                    "number": numbers.get(key, 0),
                    "lines": found,
                    "more": numbers.get(key, 0) > len(found),
                    "href": reverse("service-list")
                    + asked_of.query_of(queue=queue.value, service=code, state=key),
                }
            )
    rows = words.rows([line for column in columns for line in column["lines"]], now)
    by_id = {row.line.id: row for row in rows}
    for column in columns:
        column["rows"] = [by_id[line.id] for line in column["lines"]]
    return show(
        request,
        "services/desk/board.html",
        {"services": list(words.services.values()), "code": code, "columns": columns},
    )


@require_safe
@needs("services.read")
def map_(request: HttpRequest) -> HttpResponse:
    """The cases of a list that have a place, on a map and in a table."""
    actor, now = actor_of(request), timezone.now()
    asked = asked_of.selection(request.GET, actor, now)
    words = Words(actor)
    found = lists.points(actor, asked) if lists.queues_of(actor) else []
    rows = words.rows([lists.as_line(one) for one in found], now)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(one["longitude"]), float(one["latitude"])]},
            "properties": {
                "name": row.line.number,
                "text": f"{row.line.subject} – {row.state}",
                "href": row.href,
                "origin": "late" if row.is_overdue else "record",
            },
        }
        for one, row in zip(found, rows, strict=True)
    ]
    return show(
        request,
        "services/desk/map.html",
        {
            "asked": asked,
            "title": QUEUES[asked.queue],
            "rows": rows,
            "points": {"type": "FeatureCollection", "features": features},
            "map_address": places.map_address(actor.tenant),
            "query": asked_of.address(request.GET),
            "services": list(words.services.values()),
            "most": lists.MOST_POINTS if len(found) == lists.MOST_POINTS else 0,
        },
    )

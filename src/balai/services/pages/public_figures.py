"""What everybody may know of a service in numbers: a map, tables, and the same for programs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import charts, writing
from balai.base.access import actor_of, public
from balai.base.errors import NotFound
from balai.base.kept import kept
from balai.base.twins import as_csv, as_json
from balai.people import reads as people
from balai.places import reads as places
from balai.services import reads
from balai.services.reads import PublicFigures
from balai.services.rules.definition import Service

NUMBERS = "Numbers of cases that the service's file lets everybody see; whose cases they are is not in them."
_VILLAGE = 13
MOST_LISTED = 50
_BREAKS = 4


def _asked(request: HttpRequest, code: str) -> tuple[Service, PublicFigures]:
    """Return a service that shows numbers, with them. Raises NotFound."""
    service = reads.service(code, timezone.localdate())
    if service.publication.map is None and service.publication.dataset is None:
        raise NotFound(_("Layanan ini tidak menerbitkan angka."))
    return service, reads.public_figures(service, timezone.now())


@require_safe
@public(NUMBERS)
@kept
def map_(request: HttpRequest, code: str) -> HttpResponse:
    """Where the cases of a service are: villages by number, the newest as points, and the same as tables."""
    service, told = _asked(request, code)
    if service.publication.map is None:
        raise NotFound(_("Layanan ini tidak menerbitkan peta."))
    government = people.government(actor_of(request).tenant)
    context = {
        "service": service,
        "told": told,
        "newest": [_in_words(service, one) for one in told.points[:MOST_LISTED]],
        "map_address": places.map_address(government.region_code) if government else "",
        "breaks": ",".join(map(str, _breaks([one.count for one in told.villages]))),
    }
    return render(request, "services/public/map.html", context)


def _breaks(counts: Sequence[int]) -> list[int]:
    """Return four rising limits that share the villages as evenly as whole numbers let them."""
    ordered = sorted(counts)
    found: list[int] = []
    for part in range(1, _BREAKS + 1):
        limit = ordered[len(ordered) * part // (_BREAKS + 1)] if ordered else part
        found.append(max(limit, (found[-1] + 1) if found else 1))
    return found


def _in_words(service: Service, point: Mapping[str, Any]) -> dict[str, Any]:
    """Return a point of the map with its keys in words: topic, state, day, place."""
    topics = reads.topic_names(service)
    face = service.publication.map
    found: dict[str, Any] = {"topic": "", "state": "", "day": None, "place": None}
    for shown in face.show if face else ():
        value = point.get(shown.name)
        if shown.value == "case.state":
            state = service.states.get(str(value))
            found["state"] = str(state.title) if state else value
        elif shown.value == "case.filed_at":
            found["day"] = date.fromisoformat(str(value)[:10]) if value else None
        elif isinstance(value, Mapping):
            found["place"] = value
        elif isinstance(value, str) and value in topics:
            found["topic"] = topics[value]
    return found


@require_safe
@public(NUMBERS)
@kept
def villages(request: HttpRequest, code: str) -> HttpResponse:
    """Values for the map: {region code: {value, text}}."""
    _service, told = _asked(request, code)
    return JsonResponse(
        {one.key: {"value": one.count, "text": writing.number(one.count)} for one in told.villages if one.key}
    )


@require_safe
@public(NUMBERS)
@kept
def points_json(request: HttpRequest, code: str) -> HttpResponse:
    """The newest cases as GeoJSON points, as far as the map of the service shows them."""
    service, told = _asked(request, code)
    features = []
    for one in told.points:
        said = _in_words(service, one)
        place = said["place"]
        if place:
            properties = {
                "name": said["topic"] or str(service.title),
                "text": f"{said['state']}, {writing.day(said['day']) if said['day'] else '–'}",
                "origin": "record",
                **{name: value for name, value in one.items() if not isinstance(value, Mapping)},
            }
            at = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}
            features.append({"type": "Feature", "geometry": at, "properties": properties})
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
@public(NUMBERS)
@kept
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """How many cases, of what, where, and how soon they were answered."""
    service, told = _asked(request, code)
    names = reads.topic_names(service)
    context = {
        "service": service,
        "told": told,
        "has_map": service.publication.map is not None,
        "months": _chart(told),
        "table": [
            (names.get(one.key, one.key), [told.cells[one.key, each.key] for each in told.districts])
            for one in told.topics
        ],
        "tables": _tables(told),
    }
    return render(request, "services/public/figures.html", context)


def _chart(told: PublicFigures) -> charts.Chart:
    bars = [
        charts.Bar(date_format(date.fromisoformat(f"{one.key}-01"), "M Y"), one.count) for one in told.months
    ]
    return charts.bars(_("Masuk tiap bulan"), bars, unit=_("berkas"), about=_("Bulan"))


def _tables(told: PublicFigures) -> list[tuple[str, str, Any]]:
    return [
        (_("Menurut hal"), _("Hal"), told.topics),
        (_("Menurut keadaan"), _("Keadaan"), told.states),
        (_("Menurut kecamatan"), _("Kecamatan"), told.districts),
        (_("Menurut kelurahan"), _("Kelurahan"), told.villages),
    ]


def _rows(told: PublicFigures) -> Iterator[dict[str, object]]:
    """Yield every number of the page as one row; a number that is held back is empty."""

    def row(table: str, key: str, other: str, count: int | None) -> dict[str, object]:
        return {"table": table, "key": key, "other_key": other, "count": count}

    yield row("total", "", "", told.total)
    yield row("shown", "", "", told.shown)
    for name, lines in (
        ("topic", told.topics), ("state", told.states), ("month", told.months),
        ("district", told.districts), ("village", told.villages),
    ):  # fmt: skip
        yield from (row(name, one.key, "", one.count) for one in lines)
    for (topic, district), count in told.cells.items():
        yield row("topic_district", topic, district, count)


@require_safe
@public(NUMBERS)
@kept
def figures_json(request: HttpRequest, code: str) -> HttpResponse:
    """The numbers of the page for programs."""
    _service, told = _asked(request, code)
    about = {"counted_at": told.counted_at.isoformat(), "since": told.since.isoformat(), "least": told.least}
    offices = [
        {
            "office": one.name,
            "open": one.open,
            "closed": one.closed,
            "median_days": one.median_days,
            "on_time": one.on_time,
            "score": one.score,
        }
        for one in told.offices
    ]
    return as_json(about=[about], figures=list(_rows(told)), offices=offices)


@require_safe
@public(NUMBERS)
@kept
def figures_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The numbers of the page as a table."""
    service, told = _asked(request, code)
    return as_csv(f"{service.code}-angka", list(_rows(told)))

"""Pages of the regions with their JSON and CSV twins, and the map files. Everything here is public."""

import gzip
from typing import Any

from defusedcsv import csv
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import public
from balai.base.errors import Invalid, NotFound
from balai.places import maps, reads, rules
from balai.places.models import Region, RegionFigure
from balai.places.rules import Level, Point

PUBLISHED = "region codes, their figures and outlines are published for everyone"

FOUND_AT_MOST = 50
_LAYERS = {Level.PROVINCE: "regencies", Level.REGENCY: "districts", Level.DISTRICT: "villages"}


@require_safe
@public(PUBLISHED)
def regions(request: HttpRequest) -> HttpResponse:
    """Search regions by name or code; without a question the provinces are shown."""
    text = request.GET.get("q", "").strip()[:100]
    level = request.GET.get("tingkat", "")
    level = level if level in Region.Level else ""
    found = reads.search(text, level or None, limit=FOUND_AT_MOST) if text else reads.children()
    context = {
        "text": text,
        "level": level,
        "levels": Region.Level.choices,
        "rows": _with_where(found) if text else _with_figures(found),
        "is_full": bool(text) and len(found) == FOUND_AT_MOST,
        "most": FOUND_AT_MOST,
    }
    return render(request, "places/regions.html", context)


@require_safe
@public(PUBLISHED)
def one_region(request: HttpRequest, code: str) -> HttpResponse:
    """Show a region: where it lies, people and area, its parts as a map and a table."""
    current = reads.current_code(code, timezone.localdate())
    if current != code:
        return redirect("region", code=current)
    region = reads.region(code)
    children = _with_figures(reads.children(code))
    context = {
        "region": region,
        "ancestors": reads.ancestors(code),
        "figure": reads.figures([code]).get(code),
        "children": children,
        "has_figures": any(figure for _child, figure in children),
        "map_address": _map_of(region),
        "map_layer": _LAYERS.get(Level(region.level), ""),
    }
    return render(request, "places/region.html", context)


def _map_of(region: Region) -> str:
    """Return the address of the map that shows the parts of a region, "" without one."""
    match Level(region.level):
        case Level.PROVINCE:
            return reads.map_address(maps.COUNTRY)
        case Level.REGENCY:
            return reads.map_address(region.code)
        case Level.DISTRICT:
            return reads.map_address(region.parent)
        case Level.VILLAGE:
            return ""


def _with_figures(found: list[Region]) -> list[tuple[Region, RegionFigure | None]]:
    figures = reads.figures(row.code for row in found)
    return [(row, figures.get(row.code)) for row in found]


def _with_where(found: list[Region]) -> list[tuple[Region, str]]:
    above = reads.names(code for row in found for code in rules.above(row.code))
    return [
        (row, ", ".join(above[code] for code in reversed(rules.above(row.code)) if code in above))
        for row in found
    ]


@require_safe
@public(PUBLISHED)
def region_json(request: HttpRequest, code: str) -> HttpResponse:
    """Give a region, what it lies in and its parts as JSON."""
    region = reads.region(code)
    content = {
        **_described(region, reads.figures([code]).get(code)),
        "full_name": reads.full_name(code),
        "valid_from": region.valid_from.isoformat() if region.is_start_known else None,
        "valid_to": None,
        "edition": region.edition,
        "ancestors": [_described(row, None) for row in reads.ancestors(code)],
        "children": [_described(row, figure) for row, figure in _with_figures(reads.children(code))],
        "map": _map_of(region) or None,
    }
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _described(region: Region, figure: RegionFigure | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "code": region.code,
        "name": region.name,
        "level": region.level,
        "kind": region.kind,
    }
    if figure:
        described["figures"] = {
            "year": figure.year,
            "male": figure.male,
            "female": figure.female,
            "population": figure.population,
            "population_source": figure.population_source,
            "area_km2": None if figure.area_km2 is None else float(figure.area_km2),
            "area_source": figure.area_source,
        }
    return described


CSV_HEADINGS = (
    "code",
    "name",
    "level",
    "kind",
    "year",
    "male",
    "female",
    "population",
    "area_km2",
    "population_source",
    "area_source",
)


@require_safe
@public(PUBLISHED)
def region_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Give a region (first row) and its parts as CSV; what is not known is an empty cell."""
    region = reads.region(code)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="wilayah-{code}.csv"'
    writer = csv.writer(response)
    writer.writerow(CSV_HEADINGS)
    for row, figure in _with_figures([region, *reads.children(code)]):
        writer.writerow(
            [
                *(row.code, row.name, row.level, row.kind),
                *(getattr(figure, name, "") for name in CSV_HEADINGS[4:]),
            ]
        )
    return response


@require_safe
@public(PUBLISHED)
def at_point(request: HttpRequest) -> HttpResponse:
    """Say which region holds a point; wrong numbers are shown beside the form."""
    latitude, longitude = request.GET.get("lintang", ""), request.GET.get("bujur", "")
    context: dict[str, Any] = {"latitude": latitude, "longitude": longitude, "faults": ()}
    if not (latitude or longitude):
        return render(request, "places/point.html", context)
    try:
        context["region"] = region = _deepest(Point.read(latitude, longitude))
    except Invalid as refusal:
        context["faults"] = refusal.faults
        return render(request, "places/point.html", context, status=refusal.status)
    context |= {"is_asked": True, "full_name": reads.full_name(region.code) if region else ""}
    return render(request, "places/point.html", context)


@require_safe
@public(PUBLISHED)
def at_point_json(request: HttpRequest) -> HttpResponse:
    """Give the region that holds ?lintang=…&bujur=… as JSON, `region` null where we know none."""
    point = Point.read(request.GET.get("lintang", ""), request.GET.get("bujur", ""))
    region = _deepest(point)
    described = {**_described(region, None), "full_name": reads.full_name(region.code)} if region else None
    content = {"latitude": point.latitude, "longitude": point.longitude, "region": described}
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _deepest(point: Point) -> Region | None:
    """Return the kelurahan or desa at a point, its regency or city where we hold no closer outline."""
    return reads.containing(point) or reads.containing(point, Level.REGENCY)


@require_safe
@public("outlines for maps hold no data of anyone")
def map_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a map under the name of its content, to be kept for ever; other names lead there."""
    path = reads.map_file(name)
    if path is None:
        address = reads.map_address(name) or reads.map_address(name.rpartition(".")[0])
        if not address:
            raise NotFound(_("Tidak ada peta dengan nama %s.") % name)
        moved = redirect(address)
        moved["Cache-Control"] = "no-cache"
        return moved
    return _sent(request, path.read_bytes(), quote_etag(name))


def _sent(request: HttpRequest, packed: bytes, etag: str) -> HttpResponseBase:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        packed if takes_gzip else gzip.decompress(packed), content_type="application/json"
    )
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=etag, response=response) or response

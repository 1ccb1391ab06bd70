"""Regions for programs."""

from dataclasses import dataclass

from django.http import HttpRequest
from ninja import Query, Router

from balai.base.access import public
from balai.places import reads
from balai.places.models import Region
from balai.places.rules import Level, Point

router = Router(tags=["places"])

PUBLISHED = "region codes, their figures and outlines are published for everyone"


@dataclass(frozen=True)
class RegionRow:
    """A region. `code` is text; `kind` tells kelurahan from desa."""

    code: str
    name: str
    level: str
    kind: str
    parent: str


@dataclass(frozen=True)
class NamedRegion(RegionRow):
    """A region with all it lies in written out."""

    full_name: str


def _row(region: Region) -> RegionRow:
    return RegionRow(region.code, region.name, region.level, region.kind, region.parent)


def _named(region: Region) -> NamedRegion:
    name = reads.full_name(region.code)
    return NamedRegion(region.code, region.name, region.level, region.kind, region.parent, name)


@router.get(
    "/regions", response=list[RegionRow], summary="Search regions by name or code, or list the parts of one"
)
@public(PUBLISHED)
def regions(
    request: HttpRequest, q: str = "", under: str = "", limit: int = Query(50, ge=1, le=500)
) -> list[RegionRow]:
    found = reads.search(q, None, under or None, limit) if q else reads.children(under)[:limit]
    return [_row(region) for region in found]


@router.get("/regions/{code}", response=NamedRegion, summary="One region by its code")
@public(PUBLISHED)
def region(request: HttpRequest, code: str) -> NamedRegion:
    return _named(reads.region(code))


@router.get("/at", response=NamedRegion | None, summary="The kelurahan or desa that holds a point")
@public(PUBLISHED)
def at(request: HttpRequest, latitude: str, longitude: str) -> NamedRegion | None:
    point = Point.read(latitude, longitude)
    found = reads.containing(point) or reads.containing(point, Level.REGENCY)
    return _named(found) if found else None

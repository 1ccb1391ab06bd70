"""Regions for programs."""

from dataclasses import dataclass

from django.http import HttpRequest

from balai.base.access import public
from balai.base.api import After, Limit, Page, Router, Word, page
from balai.places import reads
from balai.places.models import Region
from balai.places.rules import Level, Point

router = Router(tags=["places"])

MOST_FOUND = 500
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


@router.get("/regions", response=Page[RegionRow], summary="Search regions, or list the parts of one")
@public(PUBLISHED)
def regions(
    request: HttpRequest, q: Word = "", under: Word = "", after: After = "", limit: Limit = 100
) -> Page[RegionRow]:
    """Return the regions whose name or code `q` begins, best first, at most 500 of them.

    Without `q`, the regions one level below the code `under`, by code; the provinces without that too.
    """
    found = reads.search(q, None, under or None, MOST_FOUND) if q else reads.children(under)
    return page([_row(region) for region in found], lambda row: row.code, after, limit)


@router.get("/regions/{code}", response=NamedRegion, summary="One region by its code")
@public(PUBLISHED)
def region(request: HttpRequest, code: Word) -> NamedRegion:
    return _named(reads.region(code))


@router.get(
    "/regions/{code}/above", response=list[RegionRow], summary="What a region lies in, from the province down"
)
@public(PUBLISHED)
def above(request: HttpRequest, code: Word) -> list[RegionRow]:
    return [_row(region) for region in reads.ancestors(reads.region(code).code)]


@router.get("/at", response=NamedRegion | None, summary="The kelurahan or desa that holds a point")
@public(PUBLISHED)
def at(request: HttpRequest, latitude: Word, longitude: Word) -> NamedRegion | None:
    """Return the village, or the regency where we hold no outlines of villages; null outside of them all."""
    point = Point.read(latitude, longitude)
    found = reads.containing(point) or reads.containing(point, Level.REGENCY)
    return _named(found) if found else None

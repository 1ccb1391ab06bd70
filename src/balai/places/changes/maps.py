"""Outlines made small for browsers: fewer points, whole numbers, common borders written once."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from balai.base.later import np, shapely
from balai.places import rules, topology
from balai.places.changes.loading import Loaded
from balai.places.maps import COUNTRY, folder, manifest
from balai.places.models import LoadedFile, Outline, Region

type Outlines = list[tuple[dict[str, str], topology.Shape]]


@dataclass(frozen=True)
class Drawing:
    """How much of an outline is kept for a map.

    Attributes:
        grid: degrees; every point lies on a multiple of it.
        tolerance: degrees; bends whose triangle is smaller than its square go (Visvalingam-Whyatt).
        is_on_grid: the source lies on the grid already; bringing single outlines to it again would
            part neighbours that have a point a hair's breadth apart.
        least_area: square degrees; smaller islands go, but never the largest of a region.
    """

    grid: float
    tolerance: float
    least_area: float
    is_on_grid: bool


FOR_COUNTRY = Drawing(grid=0.0005, tolerance=0.015, least_area=0.0002, is_on_grid=False)
"""About 55 m and 1.6 km: a country on a screen, in some 120 kB."""
FOR_REGION = Drawing(grid=0.00001, tolerance=0.0004, least_area=0, is_on_grid=True)
"""About 1 m and 45 m: a city on a screen."""
RECIPE = f"1 {FOR_COUNTRY} {FOR_REGION}"


def build_maps() -> Loaded:
    """Make the maps again when the outlines or names changed, or a file is gone."""
    stamp = _stamp()
    before = manifest()
    if before.get("stamp") == stamp and all((folder() / file).is_file() for file in before["maps"].values()):
        return Loaded("maps", len(before["maps"]), is_new=False)
    folder().mkdir(parents=True, exist_ok=True)
    maps = {name: _write(name, content) for name, content in _drawn()}
    _put("manifest.json", json.dumps({"stamp": stamp, "maps": maps}).encode())
    for path in folder().glob("*.json.gz"):
        if path.name not in maps.values():
            path.unlink()
    return Loaded("maps", len(maps), is_new=True)


def _stamp() -> str:
    digests = LoadedFile.objects.filter(name__in=("regions", "outlines")).order_by("name")
    return hashlib.sha256("\n".join([RECIPE, *digests.values_list("digest", flat=True)]).encode()).hexdigest()


def _write(name: str, content: bytes) -> str:
    file = f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.json.gz"
    _put(file, gzip.compress(content, 9, mtime=0))
    return file


def _put(file: str, content: bytes) -> None:
    """Write so that a reader sees the old file or the new one, never half of it."""
    fresh = folder() / f".{file}.{os.getpid()}"
    fresh.write_bytes(content)
    fresh.rename(folder() / file)


def _drawn() -> Iterable[tuple[str, bytes]]:
    country = _outlines(Outline.Detail.SIMPLIFIED, rules.Level.REGENCY)
    if country:
        yield COUNTRY, _packed({"regencies": thinned(country, FOR_COUNTRY)}, FOR_COUNTRY.grid)
    villages = _outlines(Outline.Detail.FULL, rules.Level.VILLAGE)
    for code in sorted({properties["code"][:5] for properties, _shape in villages}):
        own = [(p, shape) for p, shape in villages if rules.lies_in(p["code"], code)]
        yield code, _packed(_region_layers(thinned(own, FOR_REGION)), FOR_REGION.grid)


def _outlines(detail: str, level: str) -> Outlines:
    rows = list(
        Outline.objects.filter(detail=detail, level=level).order_by("code").values_list("code", "shape")
    )
    names = _names(code for code, _shape in rows)
    shapes = shapely.from_wkb([bytes(shape) for _code, shape in rows])
    return [
        ({"code": code, "name": names.get(code, code)}, shape)
        for (code, _wkb), shape in zip(rows, shapes, strict=True)
    ]


def _names(codes: Iterable[str]) -> dict[str, str]:
    holding = Region.objects.filter(code__in=list(codes), valid_to__isnull=True)
    return dict(holding.values_list("code", "name"))


def thinned(outlines: Outlines, drawing: Drawing) -> Outlines:
    """Return the outlines with fewer points, still valid and still sharing their borders.

    The points are brought to the grid first and bends are taken out after:
    the other way round, rounding made some twenty outlines cross themselves.
    """
    shapes = np.array([shape for _p, shape in outlines])
    if not drawing.is_on_grid:
        shapes = shapely.set_precision(shapes, drawing.grid)
    kept = np.array([_without_islets(shape, drawing.least_area) for shape in shapes])
    simple = shapely.coverage_simplify(kept, drawing.tolerance)
    return [(properties, shape) for (properties, _shape), shape in zip(outlines, simple, strict=True)]


def _without_islets(shape: topology.Shape, least_area: float) -> topology.Shape:
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    return shapely.MultiPolygon(list(parts[(areas >= least_area) | (areas == areas.max())]))


def _region_layers(villages: Outlines) -> Mapping[str, Outlines]:
    by_district: dict[str, list[topology.Shape]] = {}
    for properties, shape in villages:
        by_district.setdefault(rules.parent_of(properties["code"]), []).append(shape)
    names = _names(by_district)
    districts: Outlines = [
        ({"code": code, "name": names.get(code, code)}, shapely.union_all(shapes, grid_size=FOR_REGION.grid))
        for code, shapes in sorted(by_district.items())
    ]
    return {"villages": villages, "districts": districts}


def _packed(layers: Mapping[str, Outlines], grid: float) -> bytes:
    return json.dumps(topology.encode(layers, grid), ensure_ascii=False, separators=(",", ":")).encode()

"""Regions by point, their outlines, and the maps made of them."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from balai.base.later import np, shapely
from balai.places import maps, rules
from balai.places.models import LoadedFile, Outline, Region
from balai.places.reads.tree import regions
from balai.places.rules import Level, Point


def containing(point: Point, level: str = Level.VILLAGE) -> Region | None:
    """Return the region of `level` that holds `point`, None where we have no outline around it.

    Regencies and cities are known in the whole country; villages and districts
    only where full outlines are loaded. A point on a common border belongs to
    the lower code. Outlines are indicative, not a legal statement.
    """
    code = _code_at(point, Level(level))
    return regions([code]).get(code) if code else None


def _code_at(point: Point, level: Level) -> str:
    match level:
        case Level.VILLAGE:
            return _atlas(level, Outline.Detail.FULL).code_at(point)
        case Level.DISTRICT:
            return rules.parent_of(_code_at(point, Level.VILLAGE))
        case Level.REGENCY:
            full = _atlas(level, Outline.Detail.FULL).code_at(point)
            return full or _atlas(level, Outline.Detail.SIMPLIFIED).code_at(point)
        case Level.PROVINCE:
            return rules.parent_of(_code_at(point, Level.REGENCY))


@dataclass(frozen=True)
class Atlas:
    """Prepared outlines of one level, by code, with a tree of their boxes."""

    codes: tuple[str, ...]
    shapes: "np.ndarray"
    boxes: "shapely.STRtree"

    def code_at(self, point: Point) -> str:
        place = shapely.Point(point.longitude, point.latitude)
        near = np.sort(self.boxes.query(place))
        holding = near[shapely.intersects(self.shapes[near], place)]
        return self.codes[holding[0]] if len(holding) else ""

    def within(self, area: "shapely.Geometry") -> list[str]:
        return [self.codes[place] for place in self.boxes.query(area, predicate="intersects")]

    def boxes_of(self, code: str) -> "np.ndarray":
        """Return the boxes of a region and its parts, one a row; of every region for "00"."""
        inside = [
            place
            for place, own in enumerate(self.codes)
            if code == "00" or own == code or own.startswith(f"{code}.")
        ]
        return shapely.bounds(self.shapes[inside]) if inside else np.empty((0, 4))


def _atlas(level: str, detail: str) -> Atlas:
    digest = LoadedFile.objects.filter(name="outlines").values_list("digest", flat=True).first()
    return _prepared(level, detail, digest or "")


@lru_cache(maxsize=8)
def _prepared(level: str, detail: str, digest: str) -> Atlas:
    """Keep the outlines of a process; another digest means that others were loaded since."""
    rows = list(
        Outline.objects.filter(level=level, detail=detail).order_by("code").values_list("code", "shape")
    )
    shapes = np.array([shapely.from_wkb(bytes(shape)) for _code, shape in rows], dtype=object)
    shapely.prepare(shapes)
    return Atlas(tuple(code for code, _shape in rows), shapes, shapely.STRtree(shapes))


type Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def touching(box: Box) -> tuple[str, ...]:
    """Return the codes of all regions whose fullest outline has a point within `box`, sorted.

    Only regions with an outline are found; see `containing` for which those are.
    """
    found: set[str] = set()
    asked = shapely.box(*box)
    for level in Level:
        full, simple = (_atlas(level, detail) for detail in (Outline.Detail.FULL, Outline.Detail.SIMPLIFIED))
        better = set(full.codes)
        found |= set(full.within(asked))
        found |= set(simple.within(asked)) - better
    return tuple(sorted(found))


def box_of(code: str) -> Box | None:
    """Return the smallest box around a region, None where we have no outline of it.

    Around a region without an outline of its own, but with outlines of its parts, it is theirs together.
    """
    boxes = [
        atlas.boxes_of(code)
        for level in Level
        for detail in (Outline.Detail.FULL, Outline.Detail.SIMPLIFIED)
        if (atlas := _atlas(level, detail)).codes
    ]
    every = np.concatenate(boxes) if boxes else np.empty((0, 4))
    if not len(every):
        return None
    west, south, east, north = every[:, 0].min(), every[:, 1].min(), every[:, 2].max(), every[:, 3].max()
    return float(west), float(south), float(east), float(north)


def outline(code: str) -> dict[str, Any] | None:
    """Return the fullest outline we have as a GeoJSON geometry (longitude first), None without one."""
    row = Outline.objects.filter(code=code).order_by("detail").first()
    if row is None:
        return None
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.from_wkb(bytes(row.shape))))
    return geometry


def map_address(name: str) -> str:
    """Return the address of a map ("kabupaten-kota" or the code of a regency), "" when there is none.

    The address changes with the content, so that browsers may keep it for ever.
    """
    file = maps.manifest()["maps"].get(name)
    return reverse("map_file", args=[file.removesuffix(".json.gz")]) if file else ""


def map_file(name: str) -> Path | None:
    """Return the gzipped file of an address, None when it is not the one in force."""
    file = f"{name}.json.gz"
    return maps.folder() / file if file in maps.manifest()["maps"].values() else None

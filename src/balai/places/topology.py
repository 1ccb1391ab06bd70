"""TopoJSON: outlines that share their borders, read into geometries and written small.

A border between two regions is kept once, as an arc; a ring is a list of arc
numbers, `~n` meaning arc n backwards. So neighbours stay neighbours, and a file
is about half of what the same outlines need as GeoJSON.

What `encode` writes is the quantised form of the TopoJSON specification: whole
numbers, each point as the step from the one before it, and
`longitude = x * scale[0] + translate[0]`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from balai.base.later import np, shapely

type Shape = shapely.geometry.base.BaseGeometry
type _Points = np.ndarray
type Cell = tuple[int, int]
type Line = tuple[Cell, ...]


def decode(topology: Mapping[str, Any], layer: str) -> list[tuple[dict[str, Any], Shape]]:
    """Return (properties, MultiPolygon in degrees) for each outline of `layer`, in file order.

    Reads plain and quantised TopoJSON of polygons.

    Raises:
        KeyError: there is no such layer.
        ValueError: an outline is neither Polygon nor MultiPolygon.
    """
    arcs = [_unpack(arc, topology.get("transform")) for arc in topology["arcs"]]
    found: list[tuple[dict[str, Any], Shape]] = []
    for item in topology["objects"][layer]["geometries"]:
        match item["type"]:
            case "Polygon":
                polygons = [item["arcs"]]
            case "MultiPolygon":
                polygons = item["arcs"]
            case other:
                raise ValueError(f"an outline is a Polygon or a MultiPolygon, not {other}")
        shape = shapely.MultiPolygon([_polygon(arcs, rings) for rings in polygons])
        found.append((dict(item.get("properties", {})), shape))
    return found


def _unpack(arc: Sequence[Sequence[float]], transform: Mapping[str, Any] | None) -> _Points:
    points = np.asarray(arc, dtype=float)
    if transform is None:
        return points
    steps: _Points = points.cumsum(axis=0) * transform["scale"] + transform["translate"]
    return steps


def _polygon(arcs: Sequence[_Points], rings: Sequence[Sequence[int]]) -> tuple[_Points, list[_Points]]:
    outer, *holes = [_ring(arcs, ring) for ring in rings]
    return outer, holes


def _ring(arcs: Sequence[_Points], numbers: Sequence[int]) -> _Points:
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def encode(layers: Mapping[str, Iterable[tuple[Mapping[str, Any], Shape]]], grid: float) -> dict[str, Any]:
    """Return the outlines of all layers as one quantised topology with shared arcs.

    Args:
        layers: name → (properties, Polygon or MultiPolygon). Every coordinate
            lies on the grid already (`shapely.set_precision`), and equal
            borders have equal points: the arcs are found by comparing points.
        grid: degrees in one step.
    """
    rings = {
        name: [(dict(properties), _cells(shape, grid)) for properties, shape in outlines]
        for name, outlines in layers.items()
    }
    west = min(x for ring in _all_rings(rings) for x, _ in ring)
    south = min(y for ring in _all_rings(rings) for _, y in ring)
    cutter = _Cutter(_all_rings(rings))
    objects = {
        name: {
            "type": "GeometryCollection",
            "geometries": [
                {
                    "type": "MultiPolygon",
                    "arcs": [[cutter.arcs_of(ring) for ring in polygon] for polygon in polygons],
                    "properties": properties,
                }
                for properties, polygons in outlines
            ],
        }
        for name, outlines in rings.items()
    }
    return {
        "type": "Topology",
        "transform": {
            "scale": [grid, grid],
            "translate": [round(west * grid, 9), round(south * grid, 9)],
        },
        "arcs": [_steps(line, west, south) for line in cutter.lines],
        "objects": objects,
    }


type _Layers = Mapping[str, list[tuple[dict[str, Any], list[list[Line]]]]]


def _cells(shape: Shape, grid: float) -> list[list[Line]]:
    return [
        [_line(ring, grid) for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in getattr(shape, "geoms", [shape])
    ]


def _line(ring: Shape, grid: float) -> Line:
    cells = np.rint(shapely.get_coordinates(ring) / grid).astype(int).tolist()
    return tuple((x, y) for x, y in cells)


def _all_rings(layers: _Layers) -> Iterator[Line]:
    for outlines in layers.values():
        for _, polygons in outlines:
            for polygon in polygons:
                yield from polygon


def _steps(line: Line, west: int, south: int) -> list[list[int]]:
    (x, y), *_ = line
    return [[x - west, y - south], *([b[0] - a[0], b[1] - a[1]] for a, b in pairwise(line))]


class _Cutter:
    """Cuts rings where the company they keep changes, and numbers each piece once."""

    def __init__(self, rings: Iterable[Line]) -> None:
        self.lines: list[Line] = []
        self._number: dict[Line, int] = {}
        self._ends: set[Cell] = set()
        company: dict[Cell, frozenset[Cell]] = {}
        for ring in rings:
            for before, here, after in zip((ring[-2], *ring), ring[:-1], ring[1:], strict=False):
                neighbours = frozenset((before, after))
                if company.setdefault(here, neighbours) != neighbours:
                    self._ends.add(here)

    def arcs_of(self, ring: Line) -> list[int]:
        """Return the numbers of the arcs that make the closed `ring`."""
        body = ring[:-1]
        cuts = [i for i, cell in enumerate(body) if cell in self._ends] or [body.index(min(body))]
        start = cuts[0]
        turned = (*body[start:], *body[:start], body[start])
        places = [*(cut - start for cut in cuts), len(body)]
        return [self._keep(turned[a : b + 1]) for a, b in pairwise(places)]

    def _keep(self, line: Line) -> int:
        if line in self._number:
            return self._number[line]
        if line[::-1] in self._number:
            return ~self._number[line[::-1]]
        self._number[line] = len(self.lines)
        self.lines.append(line)
        return self._number[line]

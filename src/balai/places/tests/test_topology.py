"""Outlines go into a topology and come out the same, with each common border written once."""

import shapely

from balai.places import topology

LEFT = shapely.box(0, 0, 1, 1)
RIGHT = shapely.box(1, 0, 2, 1)
HOLE = shapely.box(0.25, 0.25, 0.5, 0.5)


def encoded(*shapes: shapely.Geometry) -> dict:
    return topology.encode({"all": [({"code": str(at)}, shape) for at, shape in enumerate(shapes)]}, 0.25)


def test_outlines_come_back_as_they_went_in() -> None:
    shapes = [LEFT.difference(HOLE), RIGHT, HOLE]
    back = topology.decode(encoded(*shapes), "all")
    assert [properties["code"] for properties, _shape in back] == ["0", "1", "2"]
    assert all(shape.equals(before) for (_p, shape), before in zip(back, shapes, strict=True))


def test_a_common_border_is_written_once() -> None:
    assert len(encoded(LEFT, RIGHT)["arcs"]) == 3


def test_an_enclave_and_the_hole_around_it_are_one_arc() -> None:
    assert len(encoded(LEFT.difference(HOLE), HOLE)["arcs"]) == 2


def test_islands_stay_parts_of_one_outline() -> None:
    [(_properties, shape)] = topology.decode(
        encoded(shapely.MultiPolygon([LEFT, shapely.box(3, 0, 4, 1)])), "all"
    )
    assert shapely.get_num_geometries(shape) == 2

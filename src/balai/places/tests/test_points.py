"""Which region holds a point, in a small country of two squares."""

import math
from pathlib import Path

import pytest

from balai.base.errors import Invalid
from balai.places import changes, reads
from balai.places.rules import Level, Point
from balai.places.tests.conftest import nobody


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (-7.95, 112.55, "35.73.02.1001"),
        (-7.95, 112.65, "35.73.02.1002"),
        (-7.95, 112.6, "35.73.02.1001"),  # the common border belongs to the lower code
        (-8.95, 112.55, None),
    ],
)
def test_a_point_lies_in_one_village_or_none(
    country: Path, latitude: float, longitude: float, code: str | None
) -> None:
    found = reads.containing(Point(latitude, longitude))
    assert (found.code if found else None) == code


def test_a_district_is_found_through_its_villages(country: Path) -> None:
    found = reads.containing(Point(-7.95, 112.55), Level.DISTRICT)
    assert found is not None
    assert found.code == "35.73.02"


@pytest.mark.parametrize(
    ("latitude", "longitude", "faults"),
    [(-91, 0, 1), (0, 180.1, 1), (91, -200, 2), (math.nan, 0, 1), (math.inf, math.inf, 2)],
)
def test_a_point_outside_of_the_earth_is_refused(latitude: float, longitude: float, faults: int) -> None:
    with pytest.raises(Invalid) as refused:
        Point(latitude, longitude)
    assert len(refused.value.faults) == faults


@pytest.mark.parametrize(
    "texts", [("", ""), ("lima", "112"), ("-7.9", "1e999"), ("-7.9", "NaN"), ("1;2", "3")]
)
def test_a_point_that_cannot_be_read_is_refused(texts: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        Point.read(*texts)


def test_a_decimal_comma_is_read() -> None:
    assert Point.read(" -7,9779", "112,6342") == Point(-7.9779, 112.6342)


def test_an_outline_is_geojson_with_longitude_first(country: Path) -> None:
    outline = reads.outline("35.73.02.1001")
    assert outline is not None
    assert outline["type"] == "MultiPolygon"
    assert [112.6, -7.9] in outline["coordinates"][0][0]
    assert reads.outline("35.79") is None


def test_other_outlines_are_seen_without_a_restart(country: Path) -> None:
    assert reads.containing(Point(-7.95, 112.55)) is not None
    path = country / "boundaries" / "m.json"
    path.write_text(path.read_text().replace("112.5,", "112.58,"))
    changes.load_outlines(country / "boundaries", nobody)
    assert reads.containing(Point(-7.95, 112.55)) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("m.json,villages", "m.json,desa", "tidak punya lapisan desa"),
        ("villages,village", "villages,district", "35.73.02.1001 bukan kode tingkat ini"),
    ],
)
def test_a_wrong_layer_is_refused(country: Path, old: str, new: str, said: str) -> None:
    path = country / "boundaries" / "files.csv"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(Invalid, match=said):
        changes.load_outlines(country / "boundaries", nobody)


def test_an_outline_that_crosses_itself_is_refused(country: Path) -> None:
    path = country / "boundaries" / "m.json"
    path.write_text(path.read_text().replace("[112.5, -8.0], [112.5, -7.9]", "[112.5, -7.9], [112.5, -8.0]"))
    with pytest.raises(Invalid, match="memotong dirinya sendiri"):
        changes.load_outlines(country / "boundaries", nobody)

"""The real files: every region of the country, loaded once for all tests here (some seconds)."""

import gzip
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from tests.clock import within

from balai.places import maps, reads, topology
from balai.places.models import Outline, Region
from balai.places.rules import Level, Point

DECODER = Path(maps.__file__).parent / "scripts" / "topology.js"
NODE = shutil.which("node")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Load the real files; returns what the command said."""
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "DATA", tmp_path_factory.mktemp("data"))
        call_command("load_places", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


def test_every_region_of_the_file_is_there(told: str) -> None:
    assert "wilayah: 5.000 dari 91.599" in told
    assert "wilayah: 91.599 dimuat." in told
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {"province": 38, "regency": 514, "district": 7_285, "village": 83_762}


def test_loading_again_changes_nothing_and_takes_no_time(told: str) -> None:
    out = StringIO()
    with within(0.5):
        call_command("load_places", stdout=out)
    assert out.getvalue().count("tidak berubah") == 5


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "name"),
    [
        ("Balai Kota Malang", -7.9779, 112.6342, "Kelurahan Kiduldalem, Kecamatan Klojen, Kota Malang"),
        ("Alun-alun Kota Batu", -7.8714, 112.5268, "Kelurahan Sisir, Kecamatan Batu, Kota Batu"),
        (
            "Alun-alun Kota Madiun",
            -7.6299,
            111.5231,
            "Kelurahan Kartoharjo, Kecamatan Kartoharjo, Kota Madiun",
        ),
        ("Kepanjen", -8.1356, 112.5739, "Kelurahan Kepanjen, Kecamatan Kepanjen, Kabupaten Malang"),
    ],
)
def test_known_places_lie_where_they_should(
    told: str, place: str, latitude: float, longitude: float, name: str
) -> None:
    found = reads.containing(Point(latitude, longitude))
    assert found is not None, place
    assert reads.full_name(found.code) == f"{name}, Jawa Timur"


def test_a_point_in_the_sea_lies_nowhere(told: str) -> None:
    assert reads.containing(Point(-8.9, 112.6)) is None
    assert reads.containing(Point(-8.9, 112.6), Level.PROVINCE) is None


def test_elsewhere_in_the_country_the_regency_is_known(told: str) -> None:
    monas = Point(-6.1754, 106.8272)
    assert reads.containing(monas) is None
    regency = reads.containing(monas, Level.REGENCY)
    assert regency is not None
    assert regency.name == "Kota Administrasi Jakarta Pusat"


def test_every_village_holds_its_own_inner_point(told: str) -> None:
    villages = Outline.objects.filter(level="village").values_list("code", "shape")
    wrong = []
    for code, shape in villages:
        inner = shapely.from_wkb(bytes(shape)).representative_point()
        found = reads.containing(Point(inner.y, inner.x))
        if found is None or found.code != code:
            wrong.append(code)
    assert (len(villages), wrong) == (498, [])


def opened(name: str) -> tuple[int, dict[str, Any]]:
    packed = (maps.folder() / maps.manifest()["maps"][name]).read_bytes()
    return len(packed), json.loads(gzip.decompress(packed))


def test_the_map_of_the_country_is_small_whole_and_valid(told: str) -> None:
    size, content = opened(maps.COUNTRY)
    assert size <= 150_000
    outlines = topology.decode(content, "regencies")
    codes = set(Region.objects.filter(level="regency").values_list("code", flat=True))
    assert {properties["code"] for properties, _shape in outlines} == codes
    assert [
        properties["code"] for properties, shape in outlines if not shape.is_valid or shape.is_empty
    ] == []


@pytest.mark.parametrize(
    ("code", "villages", "districts"),
    [("35.07", 390, 33), ("35.73", 57, 5), ("35.77", 27, 3), ("35.79", 24, 3)],
)
def test_the_map_of_a_region_is_small_whole_and_valid(
    told: str, code: str, villages: int, districts: int
) -> None:
    size, content = opened(code)
    assert size <= 100_000
    for layer, count in (("villages", villages), ("districts", districts)):
        outlines = topology.decode(content, layer)
        assert len(outlines) == count
        assert [p["code"] for p, shape in outlines if not shape.is_valid or shape.is_empty] == []
        expected = {row.code for row in Region.objects.filter(level=layer[:-1], code__startswith=f"{code}.")}
        assert {properties["code"] for properties, _shape in outlines} == expected


def test_a_thinned_region_keeps_its_area(told: str) -> None:
    _size, content = opened("35.07")
    thin = sum(shape.area for _p, shape in topology.decode(content, "villages"))
    full = shapely.from_wkb(bytes(Outline.objects.get(code="35.07", detail="full").shape)).area
    assert thin == pytest.approx(full, rel=0.002)


@pytest.mark.skipif(NODE is None, reason="needs Node to run the decoder of the browser")
def test_the_browser_reads_the_map_as_we_do(told: str, tmp_path: Path) -> None:
    _size, content = opened("35.07")
    file = tmp_path / "map.json"
    file.write_text(json.dumps(content))
    script = (
        f"import {{ features }} from {json.dumps(DECODER.as_uri())};"
        "import { readFileSync } from 'node:fs';"
        f"const map = JSON.parse(readFileSync({json.dumps(str(file))}));"
        "console.log(JSON.stringify(features(map, 'villages', '35.07.01')));"
    )
    done = subprocess.run(
        [str(NODE), "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ours = {p["code"]: shape for p, shape in topology.decode(content, "villages")}
    theirs = json.loads(done.stdout)
    assert theirs
    for feature in theirs:
        code = feature["properties"]["code"]
        assert code.startswith("35.07.01.")
        shape = shapely.from_geojson(json.dumps(feature))
        assert shape.equals_exact(ours[code], 1e-9)
    assert len(theirs) == sum(code.startswith("35.07.01.") for code in ours)

"""A small country: one province with Kota Malang and Kota Batu, two squares beside each other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from balai.places import changes

REGIONS = """\
code,name,level,parent,kind
35,Jawa Timur,province,,provinsi
35.73,Kota Malang,regency,35,kota
35.73.02,Klojen,district,35.73,kecamatan
35.73.02.1001,Klojen,village,35.73.02,kelurahan
35.73.02.1002,Rampalcelaket,village,35.73.02,kelurahan
35.79,Kota Batu,regency,35,kota
35.79.01,Batu,district,35.79,kecamatan
35.79.01.2001,Oro-oro Ombo,village,35.79.01,desa
"""
FIGURES = """\
code,name,male,female,population,area_km2
35.73,Kota Malang,440000,446000,886000,111.077
35.79,Kota Batu,,,,194.170
"""
SQUARES = {
    "35.73.02.1001": [[0, 1]],
    "35.73.02.1002": [[~0, 2]],
}
ARCS = [[[112.6, -7.9], [112.6, -8.0]], [[112.6, -8.0], [112.5, -8.0], [112.5, -7.9], [112.6, -7.9]],
        [[112.6, -7.9], [112.7, -7.9], [112.7, -8.0], [112.6, -8.0]]]  # fmt: skip


def nobody(_done: int, _total: int) -> None:
    """Nobody watches the progress."""


@pytest.fixture
def reference(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """A folder like reference/, with the small country; the maps of the test lie beside it."""
    settings.DATA = tmp_path / "data"
    folder = tmp_path / "reference"
    (folder / "regions").mkdir(parents=True)
    (folder / "boundaries").mkdir()
    write = writer(folder)
    write(
        "regions/editions.csv",
        "file,edition,in_force_on,source\nfirst.csv,edisi pertama,,keputusan pertama\n",
    )
    write("regions/first.csv", REGIONS)
    write("regions/changes.csv", "old_code,new_code,on,source\n")
    write("regions/figures.csv", "file,year,population_source,area_source\npeople.csv,2024,Dukcapil,BIG\n")
    write("regions/people.csv", FIGURES)
    write("boundaries/files.csv", "file,layer,level,detail,edition\nm.json,villages,village,full,uji\n")
    write("boundaries/m.json", json.dumps(topology()))
    return folder


def writer(folder: Path) -> Callable[[str, str], None]:
    return lambda name, text: (folder / name).write_text(text, "utf-8") and None


def topology() -> dict[str, object]:
    geometries = [
        {"type": "Polygon", "arcs": rings, "properties": {"code": code, "name": code}}
        for code, rings in SQUARES.items()
    ]
    return {"type": "Topology", "arcs": ARCS, "objects": {"villages": {"geometries": geometries}}}


@pytest.fixture
def country(db: None, reference: Path) -> Path:
    """The small country, loaded; returns its folder."""
    load(reference)
    return reference


def load(folder: Path) -> None:
    changes.load_regions(folder / "regions", nobody)
    changes.load_changes(folder / "regions", nobody)
    changes.load_figures(folder / "regions", nobody)
    changes.load_outlines(folder / "boundaries", nobody)
    changes.build_maps()

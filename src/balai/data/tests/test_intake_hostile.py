"""Files that mean harm, files that are too large, and workers that are killed."""

import json
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.cast import Cast

from balai.data.intake.flowing import of_path
from balai.data.intake.naming import _key
from balai.data.intake.reading import canonical, fits
from balai.data.intake.taking import take
from balai.data.rules.metadata import ColumnType
from balai.data.tests import files
from balai.data.tests.files import agreed, given
from balai.data.tests.registry import founded, producer
from balai.site.settings import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


def _parquet(folder: Path) -> bytes:
    path = folder / "whole.parquet"
    duckdb.sql(
        f"COPY (SELECT range AS id, 'Tong ' || range AS name FROM range(5000)) TO '{path}' (FORMAT parquet)"
    )
    return path.read_bytes()


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    whole = _parquet(tmp_path_factory.mktemp("harmful"))
    footer = struct.unpack("<I", whole[-8:-4])[0]
    ring = {"type": "Polygon", "coordinates": [[[112, -8], [113, -8], [113, -7]]]}
    bow = {"type": "Polygon", "coordinates": [[[112, -8], [113, -7], [113, -8], [112, -7], [112, -8]]]}
    return {
        "a zip bomb": files.bomb(),
        "a workbook that is no zip": b"PK\x03\x04" + b"\0" * 200,
        "an old workbook": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        "100,000 columns": b",".join(b"k%d" % n for n in range(100_000)) + b"\n" + b"1," * 99_999 + b"1\n",
        "a footer longer than the file": whole[:-8] + struct.pack("<I", 2**31) + b"PAR1",
        "a footer of another length": whole[:-8] + struct.pack("<I", footer - 7) + b"PAR1",
        "half a Parquet file": whole[: len(whole) // 2],
        "Parquet whose pages lie": whole[:20] + b"\xff" * (len(whole) - footer - 60) + whole[-footer - 40 :],
        "a ring that is not closed": files.features(ring),
        "a ring that crosses itself": files.features(bow),
        "a place off the earth": files.features({"type": "Point", "coordinates": [-7.98, 112.63]}),
        "a geometry of words": files.features({"type": "Polygon", "coordinates": "di sana"}),
        "GeoJSON cut short": files.features({"type": "Point", "coordinates": [112, -7]})[:-20],
        "JSON nested without end": b'[{"a": ' + b"[" * 200_000 + b"]}",
        "JSON cut short": b'[{"id": 1, "name": "Sa',
        "a broken gzip": b"\x1f\x8b\x08\x00" + b"\x12" * 400,
        "nothing but line breaks": b"\n\r\n\n",
        "a PDF": b"%PDF-1.7\n" + b"x" * 400,
    }


_HARMFUL = (
    "a zip bomb",
    "a workbook that is no zip",
    "an old workbook",
    "100,000 columns",
    "a footer longer than the file",
    "a footer of another length",
    "half a Parquet file",
    "Parquet whose pages lie",
    "a ring that is not closed",
    "a ring that crosses itself",
    "a place off the earth",
    "a geometry of words",
    "GeoJSON cut short",
    "JSON nested without end",
    "JSON cut short",
    "a broken gzip",
    "nothing but line breaks",
    "a PDF",
)


@pytest.mark.parametrize("why", _HARMFUL)
def test_a_harmful_file_is_refused_in_words(cast: Cast, harmful: dict[str, bytes], why: str) -> None:
    founded(cast)
    assert set(harmful) == set(_HARMFUL)
    row = given(producer(cast), harmful[why], "berkas")
    assert row.state == "refused", why
    assert row.faults and all(place and wrong for place, wrong, _right in row.faults)


def test_broken_letters_are_told_by_line_and_their_rows_left_out(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), b"id,name\n1,Caf\xc3\xa9\n2,D\xff\xfe\n3,Tiga\n")
    assert row.taken["broken_line"] == 3 and row.taken["rows"] == 2
    row = agreed(producer(cast), row)
    assert row.report["by_kind"] == {"line": 1} and row.report["faults"] == 1


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1;a"b\n2;c\n3;"d', 4),
        ('1;"x"\n2;"c\n3;d\n4;e\n', 3),
        ('1;"x;\n2;""c""\n', 2),
        ('1;x\n2;c\n3;"d\n4;e"\n', None),
        ('1;x\n2;5"\n3;"d ""e"""\n', None),
        ('1;"x;"\n2;";"\n', None),
    ],
)
def test_rows_behind_a_quote_that_is_not_closed_are_never_dropped_in_silence(
    cast: Cast, rows: str, line: int | None
) -> None:
    founded(cast)
    row = given(producer(cast), f"id;name\n{rows}".encode())
    if line is None:
        assert row.state == "asking"
    else:
        assert row.state == "refused"
        assert row.faults[0][0] == f"Baris berkas {line}"


def test_damage_anywhere_in_a_parquet_file_never_ends_the_worker(cast: Cast, tmp_path: Path) -> None:
    founded(cast)
    whole, chance = _parquet(tmp_path), random.Random(4)
    for _round in range(25):
        damaged = bytearray(whole)
        for _each in range(chance.randint(1, 12)):
            damaged[chance.randrange(4, len(damaged) - 4)] = chance.randrange(256)
        row = given(producer(cast), bytes(damaged), "a.parquet")
        assert row.state in ("asking", "refused")


@pytest.mark.parametrize(
    ("kind", "style", "written", "read"),
    [
        ("integer", "id", "Rp 1.234.567,-", "1234567"),
        ("integer", "plain", "12.0", "12"),
        ("integer", "id", "1.23", None),
        ("decimal", "id", "-1.234,50", "-1234.50"),
        ("decimal", "en", "1,234.5", "1234.5"),
        ("decimal", "plain", "1,5", None),
        ("date", "dmy", "Rabu, 18 Maret 2026", "2026-03-18"),
        ("date", "dmy", "8/3/2026", "2026-03-08"),
        ("date", "mdy", "03/08/2026", "2026-03-08"),
        ("date", "dmy", "31/02/2026", None),
        ("date", "dmy", "1 Agt 2026", "2026-08-01"),
        ("boolean", "words", "TIDAK", "false"),
        ("boolean", "words", "barangkali", None),
        ("region", "code", "3573011001", "35.73.01.1001"),
        ("region", "code", "Klojen", None),
    ],
)
def test_a_cell_is_read_as_written_or_left_for_the_check(
    kind: str, style: str, written: str, read: str | None
) -> None:
    type_ = ColumnType(kind)
    # Fetched whole: the shared connection takes no other statement before.
    ((made, fit),) = duckdb.execute(
        f"SELECT {canonical('x', type_, style)}, {fits('x', type_, style)} FROM (SELECT ? AS x)",
        [written],
    ).fetchall()
    assert (made if fit else None) == read


def test_names_are_the_same_however_they_are_written() -> None:
    assert {_key(name) for name in ("Kec. Klojen", "KLOJEN", "kecamatan klojen")} == {"klojen"}


def _run(program: str, *given: str, seconds: int = 500) -> dict[str, Any]:
    path = str(ROOT / "tests" / "programs" / program)
    done = subprocess.run(
        [sys.executable, path, *given], cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_csv_of_a_hundred_megabytes_stays_under_a_gib(tmp_path: Path) -> None:
    told = _run("large_intake.py", str(tmp_path / "large"), "100")
    assert told["faults"] == 0 and told["published"] == told["rows"] and told["state"] == "published"
    assert told["peak_mb"] < 1024, told


@pytest.mark.long
def test_a_csv_larger_than_the_memory_of_the_engine_is_read(tmp_path: Path) -> None:
    source = tmp_path / "wide.csv"
    with source.open("w") as file:
        file.write("id,name\n")
        for start in range(0, 2_000_000, 10_000):
            file.write("".join(f"{n},{chr(97 + n % 26) * 250}\n" for n in range(start, start + 10_000)))
    taken = take(of_path(source), tmp_path, tmp_path / "raw.parquet", {}, lambda _done, _total: None)
    assert (taken.rows, taken.rejected) == (2_000_000, ())


def test_a_cell_longer_than_python_reads_does_not_stop_the_guess_of_a_layout(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), f"id,name\n1,Satu\n2,{'x' * 200_000}\n".encode())
    assert (row.state, row.taken["rows"], row.taken["names"]) == ("asking", 2, ["id", "name"])


def test_a_worker_killed_at_any_moment_loses_no_file_that_was_acknowledged(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    told = _run("killed_intake.py", str(tmp_path / "killed"), "3", str(seed))
    assert told["kills"] == 3 and told["states"] == ["published"], (seed, told)
    assert told["rows"] == [told["wanted"]] and told["named"] == told["files"], (seed, told)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_worker_killed_a_hundred_times_loses_no_file(tmp_path: Path, seed: int) -> None:
    told = _run("killed_intake.py", str(tmp_path / "killed"), "30", str(seed), seconds=1800)
    assert told["kills"] == 30 and told["states"] == ["published"], told
    assert told["rows"] == [told["wanted"]] and told["named"] == told["files"], told


@pytest.mark.long
def test_a_csv_of_ten_gigabytes_stays_under_a_gib(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 80_000_000_000:
        pytest.skip("needs 80 GB of scratch disk: the file five times, and its version")
    told = _run("large_intake.py", str(tmp_path / "large"), "10000", seconds=3600)
    assert told["faults"] == 0 and told["published"] == told["rows"] and told["state"] == "published"
    assert told["peak_mb"] < 1024, told

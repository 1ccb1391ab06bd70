"""Files that mean harm, files that are too large, and workers that are killed."""

import gzip
import io
import json
import logging
import random
import resource
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.cast import Cast
from tests.installation import Installation

from balai.base import worker
from balai.data import changes, columnar, reads
from balai.data.changes import intake_work
from balai.data.intake import place
from balai.data.intake.flowing import of_path
from balai.data.intake.naming import _key
from balai.data.intake.reading import canonical, fits
from balai.data.intake.taking import take
from balai.data.models import DatasetVersion
from balai.data.rules.metadata import ColumnType
from balai.data.tests import files
from balai.data.tests.files import agreed, given, published
from balai.data.tests.registry import NOW, founded, producer
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


def _many(rows: int, last: bytes) -> bytes:
    """Return a file of some parts, the end of which is `last`."""
    return b"id,name\n" + b"".join(b'%d,"Tong, %d"\n' % (n, n) for n in range(rows)) + last


def test_faults_at_the_end_of_a_long_file_are_told_by_their_line(cast: Cast) -> None:
    founded(cast)
    budi, rows = producer(cast), 60_000
    row = given(budi, _many(rows, b'7000000,"tak ditutup\n7000001,x\n'))
    assert row.state == "refused" and row.faults[0][0] == f"Baris berkas {rows + 2}"
    row = given(budi, _many(rows, b"6999999,Caf\xc3\xa9\n7000000,D\xff\xfe\n7000001,x"))
    assert (row.taken["rows"], row.taken["rejected"][0][0]) == (rows + 2, f"Baris berkas {rows + 3}")
    row = given(budi, _many(rows, b"7000000,D\xe9\n"))
    assert row.taken["layout"]["encoding"] == "windows-1252", "the first letter of all stands in the last row"
    row = given(budi, gzip.compress(_many(rows, b"banyak,Satu\n7000001,\n")))
    row = agreed(budi, row)
    told = {place: wrong for place, wrong, _right in row.report["first"]}
    assert told[f"Baris {rows + 1}, kolom id"] == "Tertulis “banyak”."
    assert f"Baris {rows + 2}, kolom name" in told


def test_a_full_disk_is_told_and_nothing_stays_half_made(cast: Cast) -> None:
    founded(cast)
    budi, content = producer(cast), _many(60_000, b"")
    row = changes.take_whole(budi, "bins", io.BytesIO(content), "a.csv", len(content), at=NOW)
    with _full_beyond(50_000):
        worker.drain()
    own = place.folder("35.73", row.pk)
    found = reads.upload(budi, row.pk)
    assert found.state == "refused" and "Ruang disk" in found.faults[0][1]
    assert {path.name for path in own.iterdir()} <= {place.GIVEN, ".lock"}
    changes.choose(budi, row.pk, {"period": "2026"}, version=found.version, at=NOW)
    worker.drain()
    found = agreed(budi, reads.upload(budi, row.pk))
    changes.publish_upload(budi, row.pk, version=found.version, at=NOW)
    with _full_beyond(50_000):
        worker.drain()
    found = reads.upload(budi, row.pk)
    assert found.state == "asking" and "Ruang disk" in found.faults[0][1]
    assert DatasetVersion.objects.count() == 0
    found = published(budi, agreed(budi, found))
    assert (found.state, found.number) == ("published", 1)
    with _full_beyond(100_000), pytest.raises(changes.NoRoom):
        changes.take_whole(budi, "bins", io.BytesIO(content), "a.csv", len(content), at=NOW)


@contextmanager
def _full_beyond(size: int) -> Iterator[None]:
    """Let no file grow beyond some bytes, as on a disk that is full."""
    # The log of the tests is such a file, and long by then.
    logging.disable()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        logging.disable(logging.NOTSET)


def test_work_on_a_file_that_was_dropped_ends_at_once(cast: Cast) -> None:
    founded(cast)
    row = changes.take_whole(producer(cast), "bins", io.BytesIO(b"id\n1\n"), "a.csv", 5, at=NOW)
    watch = intake_work._watching(row, 0, 100, lambda _share: "")
    watch(0.1)
    changes.drop_upload(producer(cast), row.pk, at=NOW)
    with columnar.engine() as duck, pytest.raises(intake_work._Unwanted):
        intake_work._watching(row, 0, 100, lambda _share: "")(0.2)
        columnar.watched(duck, "SELECT count(*) FROM range(10000000000) a, range(100) b", lambda _share: None)

    def dropped(_share: float) -> None:
        raise intake_work._Unwanted

    with columnar.engine() as duck:
        with pytest.raises(intake_work._Unwanted):
            columnar.watched(duck, "SELECT count(*) FROM range(10000000000) a, range(1000) b", dropped)
        columnar.watched(duck, "SELECT 1", dropped)
        assert duck.fetchone() == (1,)
        shares: list[float] = []
        columnar.watched(duck, "SELECT count(DISTINCT hash(a)) FROM range(8000000) t(a)", shares.append)
        assert shares == [] or max(shares) > 0, "the page shows that it goes on"


def test_what_a_killed_attempt_finished_is_not_made_again(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), b"id,name\n1,Satu\n")
    with place.working("35.73", row.id, 7) as folder:
        (folder / "whole.parquet").write_bytes(b"x")
        (folder / "half.draft").write_bytes(b"x")
        (folder / "spill").mkdir()
        killed = folder.with_name("killed")
        shutil.copytree(folder, killed)
    assert not folder.exists()
    killed.rename(folder)
    with place.working("35.73", row.id, 7) as folder:
        assert [path.name for path in folder.iterdir()] == ["whole.parquet"]
        (folder.with_name("work-6")).mkdir()
    with place.working("35.73", row.id, 8) as folder:
        assert [*folder.iterdir()] == [] and not folder.with_name("work-6").exists()


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
    taken = take(of_path(source), tmp_path, tmp_path / place.RAW, {}, lambda _done, _total: None)
    assert (taken.rows, taken.rejected) == (2_000_000, ())


def test_a_cell_longer_than_python_reads_does_not_stop_the_guess_of_a_layout(cast: Cast) -> None:
    founded(cast)
    row = given(producer(cast), f"id,name\n1,Satu\n2,{'x' * 200_000}\n".encode())
    assert (row.state, row.taken["rows"], row.taken["names"]) == ("asking", 2, ["id", "name"])


def test_a_worker_killed_at_any_moment_loses_no_file_that_was_acknowledged(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    told = _killed(tmp_path / "killed", 3, seed)
    assert told["kills"] == 3 and told["states"] == ["published"], (seed, told)
    assert told["rows"] == [told["wanted"]] and told["named"] == told["files"], (seed, told)


def _killed(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    lines = Installation(folder).run_program("killed_intake", str(kills), str(seed), patience=1800)
    told: dict[str, Any] = json.loads(lines[-1])
    return told


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_worker_killed_a_hundred_times_loses_no_file(tmp_path: Path, seed: int) -> None:
    told = _killed(tmp_path / "killed", 30, seed)
    assert told["kills"] == 30 and told["states"] == ["published"], told
    assert told["rows"] == [told["wanted"]] and told["named"] == told["files"], told


@pytest.mark.long
def test_a_csv_of_ten_gigabytes_stays_under_a_gib(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 35_000_000_000:
        pytest.skip("needs 35 GB of scratch disk: the file, and two and a half times its bytes on the way")
    told = _run("large_intake.py", str(tmp_path / "large"), "10000", seconds=3600)
    assert told["faults"] == 0 and told["published"] == told["rows"] and told["state"] == "published"
    assert told["peak_mb"] < 1024, told

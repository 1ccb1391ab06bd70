# ruff: noqa: E501 - a question reads best on one line
"""Reader processes: kept warm, ended in time, and unable to harm what they read."""

import gc
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from tests.clock import within

from balai.base.errors import Refused
from balai.data.engines import duckdb_reader, frames, reader
from balai.data.engines.reader import Busy, Gone, Readers, TooLong
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType as T
from balai.data.rules.gate import Question, Table
from balai.data.tests.bills import BILLS, running, tables


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Table]:
    folder = tmp_path_factory.mktemp("versions")
    made = tables(folder)
    million = folder / "juta.parquet"
    duckdb.execute(
        "COPY (SELECT i AS nomor, 'baris ' || i AS teks FROM range(1000000) t(i)) "
        f"TO '{million}' (FORMAT parquet)"
    )
    return {**made, "juta": Table("juta", million, {"nomor": T.INTEGER, "teks": T.TEXT})}


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with running(children=1) as made:
        yield made


def rows_of(readers: Readers, question: Question, seconds: float = 20) -> list[tuple[object, ...]]:
    with readers.ask(question, seconds=seconds) as answer:
        return list(answer.rows)


def pids(readers: Readers) -> set[int]:
    return {child.process.pid for child in readers._idle + readers._busy}


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_every_kind_of_value_comes_across_exactly(tmp_path: Path, readers: Readers) -> None:
    path = tmp_path / "jenis.parquet"
    duckdb.execute(
        "COPY (SELECT 12345678901234567.89::DECIMAL(20, 2) a, 9223372036854775807 b, 0.1::DOUBLE c, true d, "
        "DATE '2025-12-31' e, TIMESTAMP '2025-12-31 23:59:58.5' f, 'ñ \"x\" \U0001f300 é' g, NULL::INTEGER h, "
        f"'infinity'::DOUBLE i, 'nan'::DOUBLE j) TO '{path}' (FORMAT parquet)"
    )
    kinds = [
        T.DECIMAL,
        T.INTEGER,
        T.DOUBLE,
        T.BOOLEAN,
        T.DATE,
        T.TIMESTAMP,
        T.TEXT,
        T.INTEGER,
        T.DOUBLE,
        T.DOUBLE,
    ]
    table = Table("jenis", path, dict(zip("abcdefghij", kinds, strict=True)))
    with readers.ask(gate.read("SELECT * FROM jenis", {"jenis": table}, 10)) as answer:
        (row,) = answer.rows
    assert [column.type for column in answer.columns] == kinds
    assert row == (
        Decimal("12345678901234567.89"),
        9223372036854775807,
        0.1,
        True,
        date(2025, 12, 31),
        datetime(2025, 12, 31, 23, 59, 58, 500_000),  # noqa: DTZ001 - a local instant without zone
        'ñ "x" \U0001f300 é',
        None,
        None,
        None,
    )


def test_a_cut_answer_says_so_and_a_whole_one_does_not(files: Mapping[str, Table], readers: Readers) -> None:
    for most, count, cut in ((599, 599, True), (600, 600, False), (10_000, 600, False)):
        with readers.ask(gate.read("SELECT nop FROM tagihan", files, most)) as answer:
            assert len(list(answer.rows)) == count
            assert answer.truncated is cut


def test_one_process_answers_many_questions(files: Mapping[str, Table], readers: Readers) -> None:
    question = gate.read("SELECT count(*) FROM tagihan", files, 10)
    rows_of(readers, question)
    before = pids(readers)
    assert [rows_of(readers, question) for _round in range(5)] == [[(600,)]] * 5
    assert pids(readers) == before


def test_another_file_under_the_same_name_is_another_answer(tmp_path: Path, readers: Readers) -> None:
    """The engine keeps what it read by path; here the path is a number that is used again."""
    for number in (1, 2, 3):
        path = tmp_path / f"v{number}.parquet"
        duckdb.execute(f"COPY (SELECT {number} AS x) TO '{path}' (FORMAT parquet)")
        table = Table("versi", path, {"x": T.INTEGER})
        assert rows_of(readers, gate.read("SELECT x FROM versi", {"versi": table}, 10)) == [(number,)]


def test_a_process_is_replaced_after_its_share_of_questions(files: Mapping[str, Table]) -> None:
    question = gate.read("SELECT count(*) FROM tagihan", files, 10)
    with running(children=1, questions_each=2) as readers:
        seen = set()
        for _round in range(4):
            assert rows_of(readers, question) == [(600,)]
            seen |= pids(readers)
    assert len(seen) >= 2


def test_a_question_is_ended_when_its_time_is_up_and_the_next_is_answered(
    files: Mapping[str, Table], readers: Readers
) -> None:
    slow = gate.read("SELECT count(*) FROM juta a JOIN juta b ON a.nomor % 2 = b.nomor % 2", files, 10)
    rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10))
    (pid,) = pids(readers)
    with within(1.5), pytest.raises(TooLong, match=r"0\.5"):
        readers.ask(slow, seconds=0.5)
    assert not is_alive(pid)
    assert rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10)) == [(600,)]


@pytest.mark.parametrize("way", ["close", "leave", "forget"])
def test_an_asker_who_goes_away_ends_the_question(
    way: str, files: Mapping[str, Table], readers: Readers
) -> None:
    export = readers.export(gate.read("SELECT * FROM juta", files, 2_000_000), "csv")
    next(iter(export.parts))
    (pid,) = {child.process.pid for child in readers._busy}
    if way == "close":
        export.close()
    elif way == "leave":
        with pytest.raises(ConnectionAbortedError), export:
            raise ConnectionAbortedError
    else:
        del export
        gc.collect()
    assert not is_alive(pid)
    assert rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10)) == [(600,)]


def test_a_closed_answer_gives_no_more_rows(files: Mapping[str, Table], readers: Readers) -> None:
    answer = readers.ask(gate.read("SELECT nomor FROM juta", files, 100_000))
    rows = iter(answer.rows)
    next(rows)
    answer.close()
    with pytest.raises(Gone):
        list(rows)


def test_a_reader_that_dies_is_told_and_replaced(files: Mapping[str, Table], readers: Readers) -> None:
    answer = readers.ask(gate.read("SELECT * FROM juta", files, 900_000))
    readers._busy[0].process.kill()
    with pytest.raises(Gone, match="berhenti"):
        list(answer.rows)
    assert rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10)) == [(600,)]


def test_a_reader_that_died_idle_is_replaced_before_anyone_notices(
    files: Mapping[str, Table], readers: Readers
) -> None:
    question = gate.read("SELECT count(*) FROM tagihan", files, 10)
    rows_of(readers, question)
    (child,) = readers._idle
    child.process.kill()
    child.process.wait(timeout=10)
    assert rows_of(readers, question) == [(600,)]


def test_a_slow_asker_is_not_told_that_the_reader_was_slow(
    files: Mapping[str, Table], readers: Readers
) -> None:
    """The reader waits too: what it has not been asked for stays in the pipe."""
    with readers.export(gate.read("SELECT * FROM juta", files, 2_000_000), "csv", seconds=3) as export:
        parts = iter(export.parts)
        got = len(next(parts))
        time.sleep(0.3)
        export._lease.budget.left -= 1.5
        got += sum(map(len, parts))
    assert got > 19_000_000


def test_when_every_reader_is_taken_the_next_asker_is_told(
    files: Mapping[str, Table], readers: Readers
) -> None:
    with readers.ask(gate.read("SELECT nomor FROM juta", files, 900_000)), pytest.raises(Busy):
        readers.ask(gate.read("SELECT 1", files, 10), seconds=0.2)


def test_a_reader_whose_asker_stopped_reading_is_taken_back(
    files: Mapping[str, Table], monkeypatch: pytest.MonkeyPatch, readers: Readers
) -> None:
    monkeypatch.setattr(reader, "SECONDS_FOR_A_SLOW_ASKER", -1.0)
    stalled = readers.ask(gate.read("SELECT nomor FROM juta", files, 900_000), seconds=1)
    assert rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10), 20) == [(600,)]
    with pytest.raises(Gone):
        list(stalled.rows)


def test_a_csv_is_byte_for_byte_what_the_engine_writes(
    files: Mapping[str, Table], tmp_path: Path, readers: Readers
) -> None:
    question = gate.read("SELECT * FROM juta", files, 2_000_000)
    with readers.export(question, "csv") as export:
        found = b"".join(export.parts)
    direct = tmp_path / "langsung.csv"
    duckdb.execute(
        f"COPY (FROM read_parquet('{files['juta'].file}')) TO '{direct}' (FORMAT csv, HEADER true)"
    )
    assert found == direct.read_bytes()


def test_json_and_parquet_can_be_read_again(
    files: Mapping[str, Table], tmp_path: Path, readers: Readers
) -> None:
    question = gate.read("SELECT nop, tahun FROM tagihan ORDER BY nop", files, 1000)
    with readers.export(question, "json") as export:
        rows = json.loads(b"".join(export.parts))
    assert rows == [{"nop": row["nop"], "tahun": row["tahun"]} for row in BILLS]
    path = tmp_path / "hasil.parquet"
    with readers.export(question, "parquet") as export:
        path.write_bytes(b"".join(export.parts))
    assert duckdb.execute(f"SELECT count(*), min(nop) FROM read_parquet('{path}')").fetchall() == [
        (600, "000000")
    ]


def test_an_empty_answer_is_an_answer(files: Mapping[str, Table], readers: Readers) -> None:
    question = gate.read("SELECT nop FROM tagihan WHERE FALSE", files, 10)
    assert rows_of(readers, question) == []
    with readers.export(question, "csv") as export:
        assert b"".join(export.parts).strip() == b"nop"


def test_a_column_file_of_the_engine_is_read_too(tmp_path: Path, readers: Readers) -> None:
    path = tmp_path / "versi.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute("CREATE TABLE rows AS SELECT i AS nomor, i * 2 AS dua FROM range(10) t(i)")
    path.chmod(0o444)
    table = Table("versi", path, {"nomor": T.INTEGER})
    assert rows_of(readers, gate.read("SELECT sum(nomor) FROM versi", {"versi": table}, 10)) == [(45,)]


def test_a_missing_or_broken_file_is_told(
    files: Mapping[str, Table], tmp_path: Path, readers: Readers
) -> None:
    missing = Table("hilang", tmp_path / "hilang.parquet", {"x": T.INTEGER})
    with pytest.raises(Gone, match=r"hilang\.parquet"):
        readers.ask(gate.read("SELECT x FROM hilang", {"hilang": missing}, 10))
    broken = tmp_path / "rusak.parquet"
    broken.write_bytes(b"this is no Parquet file")
    with pytest.raises(Refused):
        readers.ask(gate.read("SELECT x FROM rusak", {"rusak": Table("rusak", broken, {"x": T.INTEGER})}, 10))
    assert rows_of(readers, gate.read("SELECT count(*) FROM tagihan", files, 10)) == [(600,)]


def test_what_the_engine_refuses_is_told_without_paths(files: Mapping[str, Table], readers: Readers) -> None:
    with pytest.raises(Refused) as refused:
        readers.ask(gate.read("SELECT sum(nama) FROM wilayah", files, 10))
    assert "menolak" in str(refused.value)
    assert "/dev/fd" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_reader_starts_without_django_and_the_gate() -> None:
    root = str(Path(duckdb_reader.__file__).resolve().parents[3])
    code = "import sys; import balai.data.engines.child; print({'django', 'sqlglot'} & set(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-s", "-P", "-c", code],
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "set()"


def test_a_reader_ends_with_its_web_process(files: Mapping[str, Table]) -> None:
    readers = Readers(children=1)
    readers.walls()
    (child,) = readers._idle
    child.sock.close()
    assert child.process.wait(timeout=10) == 0
    readers.close()


def test_closed_readers_leave_no_process() -> None:
    readers = Readers(children=2)
    readers.walls()
    started = pids(readers)
    readers.close()
    assert not any(map(is_alive, started))
    with pytest.raises(Gone):
        readers.walls()


def test_the_walls_say_whether_they_stand(readers: Readers) -> None:
    walls = readers.walls()
    assert walls.memory
    assert walls.other_user is (os.geteuid() == 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into a process of another user")
def test_a_reader_holds_no_secret_and_no_right(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAI_SECRET_KEY", "rahasia")
    with running(children=1) as fresh:
        fresh.walls()
        (pid,) = pids(fresh)
        process = Path(f"/proc/{pid}")
        status = dict(
            line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line
        )
        assert b"rahasia" not in (process / "environ").read_bytes()
        assert "0" not in status["Uid"].split()
        assert status["CapEff"].strip("0") == ""
        assert status["NoNewPrivs"] == "1"
        limits = (process / "limits").read_text()
        assert "Max address space         1610612736" in limits


def test_a_frame_that_is_too_large_is_not_read() -> None:
    head = struct.pack("!cI", frames.ROWS, frames.MOST_FRAME + 1)
    with pytest.raises(frames.Broken, match="too large"):
        frames.receive_frame(lambda most: head[:most])
    with pytest.raises(frames.Broken, match="ended"):
        frames.receive_frame(lambda most: b"")


def test_a_row_larger_than_an_answer_is_refused(tmp_path: Path, readers: Readers) -> None:
    path = tmp_path / "besar.parquet"
    duckdb.execute(f"COPY (SELECT repeat('x', 9000000) AS x) TO '{path}' (FORMAT parquet)")
    question = gate.read("SELECT x FROM besar", {"besar": Table("besar", path, {"x": T.TEXT})}, 10)
    with pytest.raises(reader.TooMuchMemory):
        rows_of(readers, question)


SLOW = "SELECT count(*) FROM juta a JOIN juta b ON a.nomor % 2 = b.nomor % 2"


def test_a_question_under_way_can_be_waited_for_in_steps(
    files: Mapping[str, Table], readers: Readers
) -> None:
    with readers.begin(gate.read("SELECT nop FROM tagihan ORDER BY nop LIMIT 2", files, 10)) as asked:
        while not asked.is_ready(0.05):
            pass
        rows = [row for row in asked.answer().pulsing(0.05) if row is not None]
    assert rows == [("000000",), ("000001",)]


def test_a_question_under_way_that_is_closed_frees_its_reader_at_once(files: Mapping[str, Table]) -> None:
    with running(children=1) as alone:
        asked = alone.begin(gate.read(SLOW, files, 10), seconds=60)
        (child,) = alone._busy
        assert not asked.is_ready(0.2)
        with within(5):
            asked.close()
            with alone.ask(gate.read("SELECT 1 AS x", files, 10)) as answer:
                assert list(answer.rows) == [(1,)]
            assert not is_alive(child.process.pid)


def test_a_text_that_begins_a_formula_is_guarded_in_a_file_for_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "teks.parquet"
    duckdb.execute(
        "COPY (SELECT * FROM (VALUES ('=1+1', -5), ('-2', 1), ('+3', 2), ('@a', 3), (chr(9) || 'x', 4), "
        f"('biasa', 5), (NULL, 6)) t(isi, angka)) TO '{path}' (FORMAT parquet)"
    )
    table = Table("teks", path, {"isi": T.TEXT, "angka": T.INTEGER})
    asked = gate.read('SELECT isi, angka AS "=angka" FROM teks ORDER BY angka', {"teks": table}, 10)
    with running(children=1) as alone, alone.export(gate.guarded(asked), "csv") as export:
        lines = b"".join(export.parts).decode().splitlines()
    assert lines == [
        "isi,'=angka", "'=1+1,-5", "'-2,1", "'+3,2", "'@a,3", "'\tx,4", "biasa,5", ",6",
    ]  # fmt: skip

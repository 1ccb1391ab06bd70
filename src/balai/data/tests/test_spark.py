# ruff: noqa: E501 - a question reads best on one line
"""Spark gives the answers DuckDB gives: whole numbers and decimals to the last digit.

Needs Java, requirements/spark.txt beside the packages of the tests, and the server of
requirements/spark-server.txt in .tools/spark; `.ci/run` brings all three.
"""

import math
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import LazySettings
from django.utils.module_loading import import_string
from tests.cast import Cast
from tests.clock import within

from balai.data import reads
from balai.data.engines import serving
from balai.data.engines.reader import Answer, Busy, Gone, Readers, TooLong
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType as T
from balai.data.rules.gate import Table
from balai.data.tests.bills import running, tables
from balai.data.tests.registry import a_bin, founded, publish, steward

pytestmark = pytest.mark.spark

ROOT = Path(__file__).resolve().parents[4]
SUBMIT = ROOT / ".tools" / "spark" / "bin" / "spark-submit"
SECONDS = 60
NOON = datetime.fromisoformat("2024-03-08T12:00")

INDICATORS = {
    "share of paid bills": "SELECT tahun, count(*) FILTER (WHERE lunas) AS pembilang, count(*) AS penyebut, round(100.0 * count(*) FILTER (WHERE lunas) / nullif(count(*), 0), 2) AS persen FROM tagihan GROUP BY tahun ORDER BY tahun",
    "money owed and paid": "SELECT kode, sum(pokok) AS pokok, sum(pokok) FILTER (WHERE lunas) AS terbayar, sum(pokok) - coalesce(sum(pokok) FILTER (WHERE lunas), 0) AS sisa FROM tagihan GROUP BY kode ORDER BY kode",
    "median and percentiles": "SELECT tahun, median(pokok) AS tengah, quantile_cont(pokok, 0.9) AS p90, percentile_cont(0.25) WITHIN GROUP (ORDER BY pokok) AS p25 FROM tagihan GROUP BY tahun ORDER BY tahun",
    "payments by month": "SELECT date_trunc('month', dibayar) AS bulan, strftime(dibayar, '%Y-%m') AS label, count(*) AS n, sum(pokok) AS pokok FROM tagihan WHERE lunas GROUP BY 1, 2 ORDER BY 1",
    "bills for each head": "SELECT w.nama, w.penduduk, count(t.nop) AS n, round(sum(t.pokok) / nullif(w.penduduk, 0), 4) AS per_jiwa FROM wilayah w LEFT JOIN tagihan t ON t.kode = w.kode GROUP BY w.nama, w.penduduk ORDER BY n DESC, w.nama",
    "classes of bills": "SELECT CASE WHEN pokok < 200000 THEN 'kecil' WHEN pokok < 600000.50 THEN 'sedang' ELSE 'besar' END AS golongan, count(*) AS n, min(pokok) AS least, max(pokok) AS most, avg(pokok) AS rata FROM tagihan GROUP BY 1 ORDER BY 1",
    "running totals and ranks": "SELECT kode, nop, pokok, rank() OVER (PARTITION BY kode ORDER BY pokok DESC, nop) AS r, sum(pokok) OVER (PARTITION BY kode ORDER BY nop ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS kumulatif, lag(pokok) OVER (PARTITION BY kode ORDER BY nop) AS lalu FROM tagihan ORDER BY kode, nop LIMIT 200",
    "missing values in their order": "SELECT nop, dibayar, catatan FROM tagihan ORDER BY dibayar DESC, catatan, nop LIMIT 450",
    "texts that are numbers": "SELECT tahun, sum(TRY_CAST(teks_angka AS INTEGER)) AS jumlah, count(*) - count(TRY_CAST(teks_angka AS INTEGER)) AS gagal, sum(TRY_CAST(teks_angka AS DECIMAL(10, 2))) AS desimal FROM tagihan GROUP BY tahun ORDER BY tahun",
    "totals of totals": "SELECT kode, tahun, count(*) AS n, sum(pokok) AS pokok, grouping(tahun) AS g FROM tagihan GROUP BY ROLLUP (kode, tahun) ORDER BY kode NULLS LAST, tahun NULLS LAST",
    "the largest bill of each": "SELECT kode, nop, pokok FROM tagihan QUALIFY row_number() OVER (PARTITION BY kode ORDER BY pokok DESC, nop) = 1 ORDER BY kode",
    "days until paid": "SELECT year(dibayar) AS th, extract(week FROM dibayar) AS minggu, min(dibayar - DATE '2025-01-01') AS a, max(date_diff('day', DATE '2025-01-01', dibayar)) AS z, count(DISTINCT kode) AS wilayah FROM tagihan WHERE lunas GROUP BY 1, 2 ORDER BY 1, 2",
}

# Each once answered differently on the two engines, or might have.
CLOSED = {
    "rounding of doubles": "SELECT id, round(x, 1) AS r, round(x / 7, 2) AS s, round(x, -1) AS u, round(CAST(0.285 AS DOUBLE), 2) AS z, CAST(x / 7 AS DECIMAL(18, 3)) AS d FROM angka ORDER BY id",
    "signs, floors and ceilings": "SELECT id, sign(b) AS s, sign(n) AS t, floor(x) AS f, ceil(x / 3) AS c, floor(b) AS g, round(b) AS r, round(b, -1) AS q FROM angka ORDER BY id",
    "decimals multiplied": "SELECT id, a * b AS ab, a * a * a AS aaa, a + b AS s, n * 1.25 AS q, round(a, 2) AS r, round(0.5 + n) AS h FROM angka ORDER BY id",
    "parts of texts": "SELECT id, substring(t, n) AS a, substring(t, n, n) AS b, left(t, n) AS c, right(t, n) AS d, substring(t, -2, 2) AS e, split_part(t, '.', -1) AS f, strpos(t, 'b') AS g FROM angka ORDER BY id",
    "patterns": r"SELECT id, regexp_matches(t, '^\s*\d') AS a, regexp_matches(t || '', 'c$|\bt') AS b, regexp_matches(t, '[^a-z.]{2,}') AS c, regexp_matches(t, '\Bb') AS d, t LIKE '%_y%' AS e, t ILIKE 'ä%' AS f FROM angka ORDER BY id",
    "a line break at the end": "SELECT id, regexp_matches(t || '\n', 'c$') AS a, regexp_matches(t || '\r', 'c.') AS b FROM angka ORDER BY id",
    "instants": "SELECT date_trunc('hour', CAST(d AS TIMESTAMP)) AS h, d + INTERVAL 1 MONTH AS m, d + INTERVAL 5 HOUR AS j, date_trunc('week', d) AS w FROM angka ORDER BY id",
    "remainders and whole division": "SELECT id, n % 4 AS m, n // 4 AS d, -7 % 3 AS k, a % 7 AS am, x % 5 AS xm, n / 4 AS q, n / nullif(n, 0) AS o FROM angka ORDER BY id",
    "written as text": "SELECT CAST(a AS TEXT) || '-' || CAST(round(b, 2) AS TEXT) AS z, CAST(d AS TEXT) AS d, CAST(f AS TEXT) AS f, t || n AS k FROM angka ORDER BY id",
    "means and spreads": "SELECT f, avg(n) AS a, avg(b) AS b, stddev(b) AS s, var_pop(a) AS v, sum(x) AS x FROM angka GROUP BY f ORDER BY f",
    "texts in their order": "SELECT t, count(*) AS n, min(t) AS l, max(t) AS m FROM angka GROUP BY t ORDER BY t DESC",
}


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a Spark Connect server of this machine and return its address."""
    if shutil.which("java") is None:
        pytest.fail("Java is missing; on Debian: apt-get install default-jre-headless")
    if not SUBMIT.exists():
        pytest.fail(f"{SUBMIT} is missing; .ci/run says how it comes there")
    folder = tmp_path_factory.mktemp("spark")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": port,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": 2,
        "spark.executor.memory": "1g",
        # As docs/how-to says: generated code looks at no interruption, so its process must go.
        "spark.task.reaper.enabled": "true",
        "spark.task.reaper.killTimeout": "1s",
        "spark.task.reaper.pollingInterval": "500ms",
        "spark.sql.warehouse.dir": folder / "warehouse",
    }
    told = [part for name, value in options.items() for part in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                str(SUBMIT),
                "--master",
                "local-cluster[1,2,1024]",
                "--driver-memory",
                "1g",
                "--class",
                server,
                *told,
                "spark-internal",
            ],
            cwd=folder,
            env={
                **os.environ,
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_LOCAL_HOSTNAME": "localhost",
                "PYSPARK_PYTHON": str(SUBMIT.parent / "python"),
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(process, port, folder / "log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the Spark server did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def spark(remote: str) -> Any:
    return import_string("balai.data.engines.spark_reader.Spark")(remote)


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with running(children=1) as made:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Table]:
    folder = tmp_path_factory.mktemp("versions")
    numbers = folder / "angka.parquet"
    duckdb.execute(f"""
        COPY (
            SELECT
                i::BIGINT AS id,
                ((i * 7919 % 100000)::DECIMAL(20, 4) / 8)::DECIMAL(24, 4) AS a,
                CASE WHEN i % 4 > 0 THEN ((i * 31 % 977 - 400)::DECIMAL(20, 4) / 16)::DECIMAL(24, 4) END AS b,
                (i % 13 - 6)::BIGINT AS n,
                (i * 1.365 - 300)::DOUBLE AS x,
                ['abc', 'Äb', '  tepi ', 'a.b.c', '', 'x_y%z', '-1', '12', '  7 ', '3.5', 'Ünï'][i % 11 + 1] AS t,
                (DATE '2024-02-29' + i::INTEGER)::DATE AS d,
                i % 3 = 0 AS f
            FROM range(200) q(i)
        ) TO '{numbers}' (FORMAT parquet)
    """)
    columns = {"id": T.INTEGER, "a": T.DECIMAL, "b": T.DECIMAL, "n": T.INTEGER, "x": T.DOUBLE, "t": T.TEXT}
    return {**tables(folder), "angka": Table("angka", numbers, {**columns, "d": T.DATE, "f": T.BOOLEAN})}


def whole(answer: Answer) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    with answer:
        return [(column.name, str(column.type)) for column in answer.columns], list(answer.rows)


def assert_same(readers: Readers, spark: Any, files: Mapping[str, Table], text: str) -> None:
    asked = gate.read(text, files, 1000)
    columns, rows = whole(readers.ask(asked, seconds=SECONDS))
    spark_columns, spark_rows = whole(spark.begin(asked, SECONDS).answer())
    assert spark_columns == columns
    assert rows and len(spark_rows) == len(rows)
    for ours, theirs in zip(rows, spark_rows, strict=True):
        for (name, _type), a, b in zip(columns, ours, theirs, strict=True):
            assert type(a) is type(b), name
            if isinstance(a, float):
                assert math.isclose(a, b, rel_tol=1e-9), name
            else:
                assert a == b, name
                # 1.50 and 1.5 are equal, but are not written alike.
                assert str(a) == str(b), name


@pytest.mark.parametrize("words", INDICATORS)
def test_an_indicator_is_the_same_on_both_engines(
    words: str, readers: Readers, spark: Any, files: Mapping[str, Table]
) -> None:
    assert_same(readers, spark, files, INDICATORS[words])


@pytest.mark.parametrize("words", CLOSED)
def test_what_engines_do_differently_is_made_the_same(
    words: str, readers: Readers, spark: Any, files: Mapping[str, Table]
) -> None:
    assert_same(readers, spark, files, CLOSED[words])


def test_every_kind_of_value_comes_across_exactly(spark: Any, files: Mapping[str, Table]) -> None:
    text = "SELECT id, a, x, t, d, f, CAST(d AS TIMESTAMP) AS s, b FROM angka WHERE id = 8"
    _columns, rows = whole(spark.begin(gate.read(text, files, 10), SECONDS).answer())
    assert rows == [
        (
            8,
            Decimal("7919.0000"),
            8 * 1.365 - 300,
            "  7 ",
            date(2024, 3, 8),
            False,
            NOON.replace(hour=0),
            None,
        )
    ]


def test_a_cut_is_known(spark: Any, files: Mapping[str, Table]) -> None:
    answer = spark.begin(gate.read("SELECT id FROM angka ORDER BY id", files, 3), SECONDS).answer()
    assert list(answer.rows) == [(0,), (1,), (2,)] and answer.truncated


LONG = "SELECT sum(a.pokok * e.pokok) FROM tagihan a JOIN tagihan b ON a.tahun = b.tahun JOIN tagihan c ON b.tahun = c.tahun JOIN tagihan d ON c.tahun = d.tahun JOIN tagihan e ON d.tahun = e.tahun"


def test_a_question_that_takes_too_long_is_ended_there_too(spark: Any, files: Mapping[str, Table]) -> None:
    with within(6), pytest.raises(TooLong):
        spark.begin(gate.read(LONG, files, 10), 4).answer()
    quick = gate.read("SELECT count(*) FROM angka", files, 10)
    assert whole(spark.begin(quick, 15).answer())[1] == [(200,)]


def test_who_goes_away_frees_the_server_for_others(remote: str, files: Mapping[str, Table]) -> None:
    one_at_once = import_string("balai.data.engines.spark_reader.Spark")(remote, questions=1)
    asked = one_at_once.begin(gate.read(LONG, files, 10), SECONDS)
    assert not asked.is_ready(2)
    with pytest.raises(Busy):
        one_at_once.begin(gate.read(LONG, files, 10), 0.2)
    asked.close()
    quick = gate.read("SELECT count(*) FROM angka", files, 10)
    assert whole(one_at_once.begin(quick, 20).answer())[1] == [(200,)]


def test_a_server_that_is_not_there_is_told_soon(files: Mapping[str, Table]) -> None:
    away = import_string("balai.data.engines.spark_reader.Spark")("sc://127.0.0.1:9")
    with within(4), pytest.raises(Gone, match="Spark"):
        away.begin(gate.read("SELECT id FROM angka", files, 10), SECONDS)


def test_the_server_may_see_the_files_elsewhere(
    remote: str, files: Mapping[str, Table], tmp_path: Path
) -> None:
    there = tmp_path / "satu data" / "35.73" / "ab" / "abc.parquet"
    there.parent.mkdir(parents=True)
    shutil.copy(files["angka"].file, there)
    seen_here = Path("/tidak/ada/di/sini/35.73/ab/abc.parquet")
    table = Table("angka", seen_here, files["angka"].columns)
    spark = import_string("balai.data.engines.spark_reader.Spark")(remote, f"file://{tmp_path}/satu data")
    asked = gate.read("SELECT count(*) FROM angka", {"angka": table}, 10)
    assert whole(spark.begin(asked, SECONDS).answer())[1] == [(200,)]


@pytest.mark.django_db
@pytest.mark.usefixtures("malang", "own_folder")
def test_one_setting_lets_spark_answer(
    remote: str, cast: Cast, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    founded(cast)
    publish([a_bin(1), a_bin(2, cost=5)])
    settings.SPARK = {"remote": remote, "files": ""}
    settings.QUERY_SECONDS = SECONDS
    serving.readers.cache_clear()
    try:
        asked = reads.question(steward(), "SELECT sum(cost) AS cost FROM bins")
        with reads.export(asked, "csv") as export:
            assert b"".join(export.parts) == b"cost\n750005\n"
        monkeypatch.delattr(Readers, "begin")
        assert whole(reads.ask(steward(), "SELECT sum(cost) AS cost FROM bins"))[1] == [(750_005,)]
    finally:
        serving.readers.cache_clear()

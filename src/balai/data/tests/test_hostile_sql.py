# ruff: noqa: E501 - a question reads best on one line
"""Texts of people who mean harm: each is refused by the gate, or stopped while others are answered."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest
from tests.clock import BUSY, within

from balai.base.errors import Invalid, Refused
from balai.data.engines import duckdb_reader
from balai.data.engines.reader import Readers, TooLong, TooMuchMemory
from balai.data.rules import gate
from balai.data.rules.gate import Question, Table
from balai.data.tests.bills import running, tables

REFUSED = [
    ("read a file as CSV", "SELECT * FROM read_csv('/etc/passwd')"),
    ("read a file as text", "SELECT * FROM read_text('/etc/passwd')"),
    ("read a file as bytes", "SELECT * FROM read_blob('/etc/shadow')"),
    ("read a file by its name", "SELECT * FROM '/etc/passwd'"),
    ("read a file by a quoted name", 'SELECT * FROM "/etc/passwd"'),
    ("read a Parquet file of another city", "SELECT * FROM read_parquet('/data/35.07/*.parquet')"),
    ("read a file in a subquery", "SELECT (SELECT content FROM read_text('/etc/passwd'))"),
    ("read a file in a part by WITH", "WITH a AS (FROM read_json('x.json')) SELECT * FROM a"),
    ("read a file in IN", "SELECT 1 FROM wilayah WHERE kode IN (SELECT column0 FROM read_csv('/etc/passwd'))"),
    ("list files", "SELECT * FROM glob('/**')"),
    ("reach the network", "SELECT * FROM 'https://example.org/a.parquet'"),
    ("reach a bucket", "SELECT * FROM read_parquet('s3://bucket/key')"),
    ("attach", "ATTACH '/tmp/x.db' AS x"),
    ("detach", "DETACH memory"),
    ("use", "USE memory"),
    ("pragma", "PRAGMA database_list"),
    ("a pragma as a table", "SELECT * FROM pragma_table_info('tagihan')"),
    ("set", "SET memory_limit='900GB'"),
    ("reset", "RESET memory_limit"),
    ("a variable", "SET VARIABLE a = (SELECT 1)"),
    ("read a variable", "SELECT getvariable('a')"),
    ("read a setting", "SELECT current_setting('temp_directory')"),
    ("read the environment", "SELECT getenv('BALAI_SECRET_KEY')"),
    ("settings as a table", "SELECT * FROM duckdb_settings()"),
    ("secrets as a table", "SELECT * FROM duckdb_secrets()"),
    ("the catalogue", "SELECT * FROM information_schema.tables"),
    ("the catalogue of PostgreSQL", "SELECT * FROM pg_catalog.pg_class"),
    ("the catalogue without schema", "SELECT * FROM pg_class"),
    ("the catalogue of SQLite", "SELECT * FROM sqlite_master"),
    ("the version", "SELECT version()"),
    ("who asks", "SELECT current_user"),
    ("two statements", "SELECT 1; DROP VIEW tagihan"),
    ("two statements after a comment", "SELECT 1 --\n; DELETE FROM tagihan"),
    ("insert", "INSERT INTO tagihan SELECT * FROM tagihan"),
    ("update", "UPDATE tagihan SET pokok = 0"),
    ("delete", "DELETE FROM tagihan"),
    ("delete inside WITH", "WITH a AS (DELETE FROM tagihan RETURNING *) SELECT * FROM a"),
    ("merge", "MERGE INTO tagihan USING wilayah ON true WHEN MATCHED THEN DELETE"),
    ("create a table", "CREATE TABLE x AS SELECT 1"),
    ("create a view over a dataset", "CREATE OR REPLACE VIEW tagihan AS SELECT 1"),
    ("create a macro", "CREATE MACRO a() AS 1"),
    ("select into", "SELECT 1 INTO x"),
    ("drop", "DROP VIEW tagihan"),
    ("alter", "ALTER TABLE tagihan ADD COLUMN x INT"),
    ("truncate", "TRUNCATE tagihan"),
    ("copy out", "COPY (SELECT 1) TO '/tmp/x.csv'"),
    ("copy over a file without a temporary one", "COPY (SELECT 1) TO '/tmp/x' (FORMAT csv, USE_TMP_FILE false)"),
    ("export", "EXPORT DATABASE '/tmp/x'"),
    ("import", "IMPORT DATABASE '/tmp/x'"),
    ("install", "INSTALL httpfs"),
    ("load", "LOAD '/tmp/evil.duckdb_extension'"),
    ("call", "CALL pragma_version()"),
    ("prepare", "PREPARE a AS SELECT 1"),
    ("execute", "EXECUTE a"),
    ("explain analyze", "EXPLAIN ANALYZE SELECT 1"),
    ("describe", "DESCRIBE tagihan"),
    ("describe as a source", "SELECT * FROM (DESCRIBE tagihan)"),
    ("summarize", "SUMMARIZE tagihan"),
    ("summarize as a source", "SELECT * FROM (SUMMARIZE tagihan)"),
    ("show", "SHOW ALL TABLES"),
    ("checkpoint", "CHECKPOINT"),
    ("vacuum", "VACUUM"),
    ("begin", "BEGIN TRANSACTION"),
    ("a query made of text", "SELECT * FROM query('SELECT 1')"),
    ("a table made of text", "SELECT * FROM query_table('wila' || 'yah')"),
    ("SQL as JSON", "SELECT * FROM json_execute_serialized_sql('{}')"),
    ("a recursive bomb", "WITH RECURSIVE a AS (SELECT 1 x UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a"),
    ("a recursive bomb with a key", "WITH RECURSIVE a(x) USING KEY (x) AS (SELECT 1 UNION SELECT x FROM a) FROM a"),
    ("10^12 rows by commas", "SELECT count(*) FROM tagihan a, tagihan b, tagihan c, tagihan d"),
    ("10^12 rows by CROSS JOIN", "SELECT count(*) FROM tagihan a CROSS JOIN tagihan b CROSS JOIN tagihan c"),
    ("a join that is always true", "SELECT count(*) FROM tagihan a JOIN tagihan b ON 1 = 1"),
    ("an equality beside OR", "SELECT 1 FROM tagihan a JOIN tagihan b ON a.nop = b.nop OR TRUE"),
    ("an equality of one side", "SELECT 1 FROM tagihan a JOIN tagihan b ON a.nop = a.nop AND b.nop = b.nop"),
    ("an equality with a constant", "SELECT 1 FROM tagihan a JOIN tagihan b ON a.tahun = 2025 AND b.tahun = 2025"),
    ("a natural join", "SELECT 1 FROM tagihan NATURAL JOIN wilayah"),
    ("a positional join", "SELECT 1 FROM tagihan POSITIONAL JOIN wilayah"),
    ("an as-of join", "SELECT 1 FROM tagihan a ASOF JOIN tagihan b ON a.nop = b.nop AND a.tahun >= b.tahun"),
    ("nine joins", "SELECT 1 FROM wilayah " + " ".join(f"JOIN wilayah w{n} USING (kode)" for n in range(9))),
    ("another tenant's dataset", "SELECT * FROM tagihan_3507"),
    ("another tenant's schema", 'SELECT * FROM "35.07".tagihan'),
    ("another tenant's database", "SELECT * FROM balai.main.tagihan"),
    ("a dataset's file behind its name", 'SELECT * FROM "tagihan.parquet"'),
    ("a quote in a table name", 'SELECT * FROM "tagihan"" UNION SELECT 1 --"'),
    ("a bracket in a column name", "SELECT [pokok] FROM tagihan"),
    ("a bracket that closes a name", 'SELECT "pokok]; DROP VIEW tagihan; --" FROM tagihan'),
    ("a quote that closes a name", 'SELECT "pokok"" FROM tagihan; DROP VIEW tagihan; --" FROM tagihan'),
    ("a quote in an alias of a source", 'SELECT 1 FROM tagihan AS "a"" JOIN x"'),
    ("a letter that only looks alike", "SELECT рokok FROM tagihan"),
    ("a dataset that only looks alike", "SELECT * FROM tаgihan"),
    ("a semicolon that only looks alike", "SELECT 1 ； DROP VIEW tagihan"),
    ("a letter that is not seen", "SELECT po\u200bkok FROM tagihan"),
    ("a text that turns direction", "SELECT '\u202e' FROM tagihan"),
    ("a NUL", "SELECT 1\x00; DROP VIEW tagihan"),
    ("a dollar quote", "SELECT $$ '; DROP VIEW tagihan; -- $$"),
    ("a tagged dollar quote", "SELECT $a$ x $a$"),
    ("a text with escapes", "SELECT E'\\x27; DROP VIEW tagihan'"),
    ("a hint", "SELECT /*+ BROADCAST(t) */ * FROM tagihan t FOR UPDATE"),
    ("a part named as a dataset", "WITH tagihan AS (SELECT 1 AS pokok) SELECT pokok FROM tagihan"),
    ("a nested part of the same name",
     "WITH a AS (SELECT 1 x) SELECT * FROM (WITH a AS (SELECT 2 x) SELECT x FROM a) q"),
    ("lateral", "SELECT * FROM tagihan t, LATERAL (SELECT t.pokok) q"),
    ("a subquery that looks sideways", "SELECT * FROM wilayah w JOIN (SELECT w.kode AS k) q ON q.k = w.kode"),
    ("unnest bomb", "SELECT unnest(range(1000000000))"),
    ("unnest as a source", "SELECT * FROM unnest([1, 2, 3])"),
    ("a list by brackets", "SELECT [1, 2, 3]"),
    ("a struct", "SELECT {'a': 1}"),
    ("a map", "SELECT MAP {'a': 1}"),
    ("a list of every row", "SELECT list(nop) FROM tagihan"),
    ("a text of every row", "SELECT string_agg(nop, ',') FROM tagihan"),
    ("a lambda", "SELECT list_transform([1], x -> x + 1)"),
    ("a long range", "SELECT range(1000000000)"),
    ("rows from a range", "SELECT count(*) FROM range(1000000000000)"),
    ("generate_series", "SELECT * FROM generate_series(1, 1000000000000)"),
    ("repeat", "SELECT repeat('x', 2000000000)"),
    ("lpad", "SELECT lpad('x', 2000000000, 'y')"),
    ("rpad", "SELECT rpad('x', 2000000000, 'y')"),
    ("printf", "SELECT printf('%2000000000d', 1)"),
    ("format", "SELECT format('{:>2000000000}', 'x')"),
    ("bar", "SELECT bar(1, 0, 1, 2000000000)"),
    ("a replacement that grows", "SELECT replace(nama, 'a', '" + "x" * 900 + "') FROM wilayah"),
    ("a replacement taken from a column", "SELECT replace(nama, 'a', nama) FROM wilayah"),
    ("names of names that double",
     "SELECT nama || nama AS a0, " + ", ".join(f"a{n} || a{n} AS a{n + 1}" for n in range(20)) + " FROM wilayah"),
    ("columns by a lambda", "SELECT COLUMNS(c -> c LIKE '%') FROM tagihan"),
    ("columns by star", "SELECT COLUMNS(*) FROM tagihan"),
    ("unpacked columns", "SELECT coalesce(*COLUMNS(*)) FROM tagihan"),
    ("star by pattern", "SELECT * LIKE '%' FROM tagihan"),
    ("star replaced", "SELECT * REPLACE (getenv('A') AS nop) FROM tagihan"),
    ("the whole row as a struct", "SELECT tagihan FROM tagihan"),
    ("the number of a row", "SELECT rowid FROM tagihan"),
    ("the name of the file", "SELECT filename FROM tagihan"),
    ("pivot", "PIVOT tagihan ON tahun USING sum(pokok)"),
    ("pivot as a source", "SELECT * FROM (PIVOT tagihan ON tahun USING sum(pokok))"),
    ("unpivot", "UNPIVOT tagihan ON pokok INTO NAME a VALUE b"),
    ("a positional reference", "SELECT #1 FROM tagihan"),
    ("a sample", "SELECT * FROM tagihan USING SAMPLE 10 ROWS"),
    ("a sample of a table", "SELECT * FROM tagihan TABLESAMPLE 10%"),
    ("time travel", "SELECT * FROM tagihan AT (VERSION => 1)"),
    ("a prepared value", "SELECT * FROM tagihan WHERE nop = ?"),
    ("a numbered value", "SELECT * FROM tagihan WHERE nop = $1"),
    ("a computed limit", "SELECT * FROM tagihan LIMIT (SELECT 100)"),
    ("a share as limit", "SELECT * FROM tagihan LIMIT 100%"),
    ("distinct on", "SELECT DISTINCT ON (kode) * FROM tagihan"),
    ("union by name", "SELECT 1 AS a UNION BY NAME SELECT 2 AS b"),
    ("a random number", "SELECT random()"),
    ("a seed", "SELECT setseed(0.5)"),
    ("the next number", "SELECT nextval('s')"),
    ("a sleep", "SELECT sleep(1000)"),
    ("a write by a function", "SELECT write_log('x')"),
    ("an error on purpose", "SELECT error(current_setting('home_directory'))"),
    ("a function in a schema", "SELECT main.getenv('A')"),
    ("a function in quotes", "SELECT \"getenv\"('A')"),
    ("a method call", "SELECT 'A'.getenv()"),
    ("a cast to a large bit field", "SELECT '1'::BIT"),
    ("a cast to a table of the catalogue", "SELECT 'tagihan'::regclass"),
    ("a cast to a list", "SELECT nama::VARCHAR[] FROM wilayah"),
    ("a collation", "SELECT nama COLLATE NOCASE FROM wilayah"),
    ("a pattern from a column", "SELECT nama LIKE nama FROM wilayah"),
    ("a pattern of a thousand letters", "SELECT regexp_matches(nama, '" + "(a+)+" * 100 + "') FROM wilayah"),
    ("a text of a million letters", "SELECT '" + "x" * 1_000_000 + "'"),
    ("brackets in brackets", "SELECT " + "(" * 500 + "1" + ")" * 500),
    ("minus of minus", "SELECT " + "- " * 3000 + "1"),
    ("not of not", "SELECT " + "NOT " * 3000 + "TRUE"),
    ("a sum of thousands", "SELECT " + " + ".join(["1"] * 1900)),
    ("questions in questions", "SELECT * FROM " + "(SELECT * FROM " * 40 + "wilayah" + ")" * 40),
    ("cases in cases", "SELECT " + "CASE WHEN 1 = 1 THEN " * 60 + "1" + " END" * 60),
    ("a number of a thousand digits", "SELECT " + "9" * 1000),
    ("an interval of all time", "SELECT DATE '2025-01-01' + INTERVAL 99999999999 YEAR"),
    ("an interval from a column", "SELECT dibayar + INTERVAL (tahun) YEAR FROM tagihan"),
    ("a template", "SELECT {{ 1 }} FROM {% raw %}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with running(children=2) as made:
        made.walls()
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Table]:
    return tables(tmp_path_factory.mktemp("versions"))


@pytest.mark.parametrize(("words", "text"), REFUSED, ids=[case[0] for case in REFUSED])
def test_the_gate_refuses(words: str, text: str, files: Mapping[str, Table]) -> None:
    with within(2), pytest.raises(Invalid) as refused:
        gate.read(text, files, 100)
    assert all(fault.place and fault.wrong for fault in refused.value.faults)


@pytest.mark.parametrize(("words", "text"), REFUSED, ids=[case[0] for case in REFUSED])
def test_the_gate_for_postgresql_refuses_or_reads_only_what_is_named(
    words: str, text: str, files: Mapping[str, Table]
) -> None:
    try:
        question = gate.read_postgres(text, files, 100)
    except Invalid:
        return
    engine = duckdb_reader.parser()
    try:
        duckdb_reader.check(engine, question.sql, frozenset(files))
    finally:
        engine.close()


# -- what the gate lets through is stopped ---------------------------------------------

HEAVY = "SELECT count(*) FROM tagihan a " + " ".join(
    f"JOIN tagihan b{n} ON a.tahun = b{n}.tahun" for n in range(6)
)
GROWING = (
    "WITH a0 AS (SELECT nop || nop || nop || nop AS x FROM tagihan), "
    + ", ".join(f"a{n + 1} AS (SELECT x || x || x || x AS x FROM a{n})" for n in range(14))
    + " SELECT max(x) FROM a14"
)


def test_a_question_without_end_is_stopped_while_another_is_answered(
    files: Mapping[str, Table], readers: Readers
) -> None:
    heavy, light = gate.read(HEAVY, files, 10), gate.read("SELECT count(*) FROM wilayah", files, 10)
    ended: list[float] = []

    def ask_the_heavy_one() -> None:
        began = time.monotonic()
        with pytest.raises((TooLong, TooMuchMemory)):
            readers.ask(heavy, seconds=1)
        ended.append(time.monotonic() - began)

    thread = threading.Thread(target=ask_the_heavy_one)
    thread.start()
    answered = 0
    while thread.is_alive():
        with readers.ask(light) as answer:
            assert list(answer.rows) == [(11,)]
        answered += 1
    thread.join()
    assert ended[0] < 2 * BUSY
    assert answered >= 3


def test_a_text_that_grows_without_end_meets_the_memory_limit(
    files: Mapping[str, Table], readers: Readers
) -> None:
    with within(2), pytest.raises((TooMuchMemory, TooLong)):
        readers.ask(gate.read(GROWING, files, 10), seconds=1.5, memory_mb=128)


# -- the second wall: what if the gate were not there ------------------------------------

STRAIGHT = [
    "COPY (SELECT 1) TO '{file}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '/dev/fd/7' (FORMAT csv, USE_TMP_FILE false)",
    "ATTACH '{file}' AS x",
    "SET enable_external_access=true",
    "DROP VIEW tagihan",
    "CREATE OR REPLACE VIEW tagihan AS SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '{file}'",
    "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM information_schema.tables",
    "SELECT range(1000000000)",
    "SELECT repeat('x', 2000000000)",
    "WITH RECURSIVE a AS (SELECT 1 x UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a",
    "SELECT unnest([1, 2])",
    "SELECT list_transform([1], x -> x + 1)",
    "SELECT COLUMNS(*) FROM tagihan",
    "SELECT * FROM tagihan USING SAMPLE 1",
    "SELECT * FROM (SUMMARIZE tagihan)",
    "SELECT * FROM (PIVOT tagihan ON tahun USING sum(pokok))",
    "EXPLAIN ANALYZE SELECT 1",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "INSTALL httpfs",
    "SET VARIABLE a = 1",
    "PREPARE a AS SELECT 1",
    "EXPORT DATABASE '/tmp/x'",
]


@pytest.mark.parametrize("sql", STRAIGHT)
def test_the_reader_itself_refuses_what_never_passed_the_gate(
    sql: str, files: Mapping[str, Table], readers: Readers
) -> None:
    table = files["tagihan"]
    before = table.file.read_bytes()
    honest = gate.read("SELECT count(*) FROM tagihan", files, 10)
    forged = Question(sql.format(file=table.file), (table,), (), 10, honest.tree)
    with within(2), pytest.raises(Refused):
        readers.ask(forged, seconds=1.5)
    assert table.file.read_bytes() == before
    with readers.ask(honest) as answer:
        assert list(answer.rows) == [(600,)]


BEHIND_THE_WALLS = """
import os, sys
sys.path.insert(0, sys.argv[1])
import duckdb
from balai.data.engines import child, duckdb_reader, walls
path, user, statement = sys.argv[2:5]
child._load_everything()
file = os.open(path, os.O_RDONLY)
standing = walls.confine(1536, user=user)
table = {"name": "tagihan", "columns": ["nop"], "kind": "parquet"}
engine = duckdb_reader.open_locked([table], [file], 256)
assert engine.execute("SELECT count(*) FROM tagihan").fetchone() == (600,)
try:
    engine.execute(statement.format(file=path, fd=f"/dev/fd/{file}"))
    print("done", standing)
except Exception as error:
    print(type(error).__name__, str(error).splitlines()[0][:200], standing)
"""

OVERWRITING = [
    "COPY (SELECT 1) TO '{file}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{fd}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{fd}' (FORMAT parquet, USE_TMP_FILE false)",
    "COPY (SELECT 1) TO '{file}' (FORMAT csv)",
]


def run_behind_the_walls(path: Path, user: str, statement: str) -> str:
    root = str(Path(duckdb_reader.__file__).resolve().parents[3])
    command = [sys.executable, "-s", "-P", "-c", BEHIND_THE_WALLS, root, str(path), user, statement]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize("statement", OVERWRITING)
@pytest.mark.parametrize("user", ["nobody", "there-is-no-such-user"])
def test_a_file_stays_as_it_is_even_when_the_engine_is_told_to_overwrite_it(
    statement: str, user: str, files: Mapping[str, Table]
) -> None:
    """Without gate and without check; once as another user, once by Landlock alone (as the owner)."""
    path = files["tagihan"].file
    before = path.read_bytes()
    told = run_behind_the_walls(path, user, statement)
    if user != "nobody" and "no_writing=False" in told:
        pytest.skip("this kernel has no Landlock: only another user or the mode of the file protects")
    assert not told.startswith("done"), told
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    ["SELECT range(1000000000)", "SELECT repeat('x', 2000000000)"],
)
def test_one_call_that_takes_all_memory_fails_at_once(statement: str, files: Mapping[str, Table]) -> None:
    """The memory limit of the engine does not hold inside one scalar call; that of the process does."""
    with within(6):
        told = run_behind_the_walls(files["tagihan"].file, "nobody", statement)
        assert not told.startswith("done"), told


def test_without_the_walls_the_engine_would_have_overwritten_the_file(tmp_path: Path) -> None:
    """The measured reason for all of this; when it fails one day, the walls may be looked at again."""
    path = tables(tmp_path)["tagihan"].file
    if os.geteuid() != 0:
        path.chmod(0o644)
    file = os.open(path, os.O_RDONLY)
    table = {"name": "tagihan", "columns": ["nop"], "kind": "parquet"}
    engine = duckdb_reader.open_locked([table], [file], 256)
    try:
        engine.execute(f"COPY (SELECT 1) TO '/dev/fd/{file}' (FORMAT csv, USE_TMP_FILE false)")
    finally:
        engine.close()
        os.close(file)
    with pytest.raises(duckdb.Error):
        duckdb.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()

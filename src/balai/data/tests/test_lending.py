"""Engines that are lent again: nothing of one use shows in the next."""

import os
import signal
import warnings
from pathlib import Path

import duckdb
import pytest

from balai.data.columnar import lending
from balai.data.columnar.lending import beside, engine


def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the list that the engines made from now on come to stand in; none is lent before."""
    lending._idle.close()
    found: list[object] = []
    make = lending._made

    def seen() -> duckdb.DuckDBPyConnection:
        found.append(make())
        return found[-1]  # type: ignore[return-value]

    monkeypatch.setattr(lending, "_made", seen)
    return found


def setting(duck: duckdb.DuckDBPyConnection, name: str) -> object:
    (found,) = duck.execute("SELECT current_setting(?)", [name]).fetchone() or (None,)
    return found


def test_nothing_of_one_use_is_left_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engines = made(monkeypatch)
    with engine(tmp_path, 2, "300MB") as duck:
        duck.execute("CREATE TABLE raw AS SELECT 1 AS a; CREATE VIEW seen AS FROM raw")
        duck.execute("CREATE SEQUENCE ours; CREATE TEMP TABLE looked AS SELECT 1")
        duck.execute("SET VARIABLE ended = 7; SET enable_progress_bar = true")
        with beside(duck) as second:
            assert second.execute("SELECT a FROM seen").fetchall() == [(1,)]
        assert setting(duck, "temp_directory") == str(tmp_path)
        assert (setting(duck, "threads"), setting(duck, "memory_limit")) == (2, "286.1 MiB")
    with engine() as duck:
        for table in ("raw", "seen", "looked"):
            with pytest.raises(duckdb.CatalogException):
                duck.execute(f"FROM {table}")
        with pytest.raises(duckdb.CatalogException):
            duck.execute("SELECT nextval('ours')")
        assert duck.execute("SELECT getvariable('ended')").fetchall() == [(None,)]
        assert setting(duck, "enable_progress_bar") is False
        assert setting(duck, "temp_directory") == ""
        assert (setting(duck, "threads"), setting(duck, "memory_limit")) == (1, "953.6 MiB")
    assert len(engines) == 1


def test_what_failed_or_wrote_to_the_disk_is_not_lent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = made(monkeypatch)
    with pytest.raises(duckdb.CatalogException), engine() as duck:
        duck.execute("FROM nothing")
    spill = tmp_path / "spill"
    with engine(spill, memory="60MB") as duck:
        duck.execute(
            "CREATE TABLE wide AS SELECT hash(i) AS a, repeat('x', 100) || i AS b FROM range(1000000) t(i)"
        )
        assert any(spill.iterdir())
    assert not spill.exists() or not any(spill.iterdir())
    with engine(tmp_path) as duck:
        assert duck.execute("SELECT 1").fetchall() == [(1,)]
    assert len(engines) == 3


def test_those_who_borrow_at_once_have_one_each() -> None:
    with engine() as mine, engine() as theirs, engine() as third:
        for number, duck in enumerate((mine, theirs, third)):
            duck.execute(f"CREATE TABLE raw AS SELECT {number} AS a")
        assert [duck.execute("SELECT a FROM raw").fetchall() for duck in (mine, theirs, third)] == [
            [(0,)],
            [(1,)],
            [(2,)],
        ]


def test_an_idle_engine_is_not_taken_into_a_fork() -> None:
    with engine() as duck:
        duck.execute("SELECT 1")
    with warnings.catch_warnings():
        # That there are threads which the child has not is what is asked here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(30)
        with engine(threads=2) as duck:
            found = duck.execute("SELECT count(*) FROM range(1000000)").fetchall()
        os._exit(0 if found == [(1_000_000,)] else 1)
    _pid, status = os.waitpid(child, 0)
    assert status == 0

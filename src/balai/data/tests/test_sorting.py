"""Rows of a large file, sorted by ranges of their key: the same file as sorted at once."""

from pathlib import Path

import pytest

from balai.data.columnar import sorting
from balai.data.columnar.lending import engine
from balai.data.columnar.shape import text

_ROWS = "SELECT a, b FROM (SELECT rowid, a, b FROM raw)"


@pytest.mark.parametrize(
    ("what", "key", "cells"),
    [
        ("one number, with none in some", ['"a"'], "nullif(number * 7919 % 5003, 11)"),
        ("one text", ['"a"'], "md5(number::VARCHAR)"),
        ("two, with none in either", ['"b"', '"a"'], "nullif(number * 7919 % 5003, 11)"),
        ("few different ones", ['"b"', '"a"'], "number % 5003"),
        ("hardly any", ['"b"'], "number"),
    ],
)
def test_ranges_put_behind_each_other_are_all_rows_in_their_order(
    tmp_path: Path, what: str, key: list[str], cells: str
) -> None:
    whole, parted = tmp_path / "whole.parquet", tmp_path / "parted.parquet"
    with engine(tmp_path) as duck:
        duck.execute(
            f"CREATE TABLE given AS SELECT number AS rowid_, {cells} AS a, nullif(number % 3, 1) AS b "
            "FROM (SELECT range AS number FROM range(5003))"
        )
        duck.execute("CREATE VIEW raw AS SELECT rowid_ AS rowid, a, b FROM given")
        sample = sorting.sampled(key, "raw", 5003)
        for target, shares in ((whole, 1), (parted, 8)):
            sorting.sort_to(duck, _ROWS, key, sample, target, shares, lambda _share: None)
        order = ", ".join(f"{name} NULLS LAST" for name in key)
        for target in (whole, parted):
            told = duck.execute(
                "SELECT count(*), count(DISTINCT row(a, b)), list(k) = list(k ORDER BY n) FROM (SELECT a, b, "
                f"row({', '.join(key)}) AS k, row_number() OVER (ORDER BY {order}) AS n "
                f"FROM read_parquet({text(target)}))"
            ).fetchone()
            assert told == (5003, 5003, True), (what, target.name, told)
        if what != "hardly any":
            assert duck.execute(
                f"SELECT (SELECT list(row(a, b)) FROM read_parquet({text(whole)})) "
                f"= (SELECT list(row(a, b)) FROM read_parquet({text(parted)}))"
            ).fetchone() == (True,)
    assert {path.name for path in tmp_path.glob("*.parquet")} == {"whole.parquet", "parted.parquet"}

"""Keys that stand twice are counted exactly, with the row that has each first."""

from pathlib import Path

import pytest

from balai.data.columnar import repeating
from balai.data.columnar.lending import engine

KEY = '"first"'


@pytest.mark.parametrize(
    ("what", "cells", "twice", "same"),
    [
        ("each once", "number, 'x'", 0, 0),
        ("one of them again", "nullif(number, 7) % 999, 'x'", 1, 1),
        ("one again, with other cells", "number % 999, number::VARCHAR", 1, 0),
        ("none at all in some", "CASE WHEN number > 10 THEN number END, 'x'", 9, 9),
        ("the same in all", "1, number::VARCHAR", 999, 0),
    ],
)
def test_rows_of_one_key_are_counted_and_told_with_the_first(
    tmp_path: Path, what: str, cells: str, twice: int, same: int
) -> None:
    with engine(tmp_path) as duck:
        duck.execute(
            # Columns may be called as what we make.
            "CREATE TABLE given AS SELECT number, made.* FROM (SELECT range + 1 AS number FROM range(1000)), "
            f'LATERAL (SELECT {cells}) AS made("first", "own")'
        )
        duck.execute('CREATE VIEW raw AS SELECT number - 1 AS rowid, "first", "own" FROM given')
        assert repeating.repeated(duck, [KEY]) == twice, what
        assert (repeating.alike(duck, [KEY, '"own"']) if twice else 0) == same, what
        if twice:
            told = "count(*), min(balai_first), bool_and(rowid > balai_first)"
            found = duck.execute(f"SELECT {told} FROM {repeating.following([KEY])}").fetchone()
            before = duck.execute(
                "SELECT count(*), min(one), true FROM (SELECT rowid, "
                f"min(rowid) OVER (PARTITION BY {KEY}) AS one FROM raw) WHERE rowid > one"
            ).fetchone()
            assert found == before and found and found[0] == twice, what

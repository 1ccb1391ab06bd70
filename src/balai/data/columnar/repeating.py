"""Rows whose key stands in a row before, found by sorting: counting a hundred million keys fits no memory.

Keys are told apart by 64 bits made of them, which sort in little memory; those that seem to stand twice are
then looked at as they are.
"""

from collections.abc import Sequence

from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import count

MOST_KEYS = 1_000_000
"""Keys standing twice that are looked at as they are; beyond, the bits alone are counted."""


def alike(duck: Engine, cells: Sequence[str]) -> int:
    """Return how many rows of the view `raw` are as one before, by the bits made of the cells."""
    found = duck.execute(f"SELECT count_if(balai_bits = balai_before) FROM {_sorted(cells)}").fetchone()  # noqa: S608
    return int(found[0] or 0) if found else 0


def repeated(duck: Engine, key: Sequence[str]) -> int:
    """Return how many rows of `raw` have the key of one before; make `firsts` of their first rows.

    Args:
        key: as SQL; a missing value is as good as another.
    """
    by_bits = alike(duck, key)
    if not by_bits:
        return 0
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE again AS "  # noqa: S608
        f"SELECT DISTINCT balai_bits FROM {_sorted(key)} WHERE balai_bits = balai_before LIMIT {MOST_KEYS}"
    )
    cells = ", ".join(f"{cell} AS balai_key_{place}" for place, cell in enumerate(key))
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE firsts AS SELECT * EXCLUDE (rowid), min(rowid) AS balai_first, "  # noqa: S608
        f"count(*) AS balai_rows FROM (SELECT {_bits(key)} AS balai_bits, {cells}, rowid FROM raw) "
        f"WHERE balai_bits IN (SELECT balai_bits FROM again) GROUP BY ALL HAVING count(*) > 1"
    )
    if count(duck, "again") == MOST_KEYS:
        return by_bits
    found = duck.execute("SELECT sum(balai_rows - 1) FROM firsts").fetchone()
    return int(found[0] or 0) if found else 0


def following(key: Sequence[str]) -> str:
    """Return what stands after FROM to read `rowid` and `balai_first` of the rows that `repeated` found."""
    same = " AND ".join(f"{cell} IS NOT DISTINCT FROM balai_key_{place}" for place, cell in enumerate(key))
    # A table has a rowid of its own, a question has none.
    firsts = "(SELECT * FROM firsts) AS firsts"
    return f"raw JOIN {firsts} ON {_bits(key)} = firsts.balai_bits AND {same} AND rowid > balai_first"


def _sorted(cells: Sequence[str]) -> str:
    ordered = f"(SELECT {_bits(cells)} AS balai_bits FROM raw ORDER BY balai_bits)"  # noqa: S608
    return f"(SELECT balai_bits, lag(balai_bits) OVER () AS balai_before FROM {ordered})"  # noqa: S608


def _bits(cells: Sequence[str]) -> str:
    return f"hash({', '.join(cells)})"

"""Rows into one Parquet file in the order of their key, share after share.

What the engine sorts at once lies unpacked on the disk meanwhile, beside all else that an intake keeps.
So the rows of a large file are sorted by ranges of their key: each range is read out of the whole and
sorted for itself, and the sorted ranges are put behind each other.
"""

from collections.abc import Sequence
from pathlib import Path

from balai.data.columnar.lending import Engine
from balai.data.columnar.shape import count, parquet, text
from balai.data.columnar.watching import Watch, watched

AT_ONCE = 160_000_000
"""Bytes of packed text whose rows are sorted at once; some five times as many of a CSV."""
MOST_SHARES = 8
"""Every share reads all rows once more."""
_SAMPLED = 20_000
_SORTED = 0.85
"""Share of the work at which all ranges are sorted."""


def shares_of(source: Path) -> int:
    """Return in how many ranges the rows of a file of texts are sorted."""
    return min(max(source.stat().st_size // AT_ONCE, 1), MOST_SHARES)


def sort_to(
    duck: Engine,
    rows: str,
    key: Sequence[str],
    sample: str,
    target: Path,
    shares: int,
    watch: Watch,
) -> None:
    """Write rows to `target`, in the order of their key, missing values last.

    A range that stands beside `target`, whole, was sorted by an attempt that was stopped and is taken as
    it is: the same rows have the same ranges.

    Args:
        rows: their SELECT, typed.
        key: names as they stand in SQL; none where the rows come in their order.
        sample: a SELECT of the key as one value, of some rows, the same ones each time; see `sampled`.
    """
    if not key:
        _copied(duck, rows, target, watch)
        return
    order = ", ".join(f"{name} NULLS LAST" for name in key)
    ranges = _ranges(duck, _own(key), sample, shares)
    if len(ranges) == 1:
        _copied(duck, f"{rows} ORDER BY {order}", target, watch)
        return
    made = []
    for number, within in enumerate(ranges):
        part = target.with_name(f"sorted-{number:02}.parquet")
        if not part.exists():
            before = number / len(ranges)
            _copied(
                duck,
                f"SELECT * FROM ({rows}) WHERE {within} ORDER BY {order}",  # noqa: S608
                part,
                lambda share, before=before: watch(_SORTED * (before + share / len(ranges))),  # type: ignore[misc]
            )
        made.append(part)
    _copied(
        duck,
        f"SELECT * FROM {parquet(made)}",  # noqa: S608
        target,
        lambda share: watch(_SORTED + (1 - _SORTED) * share),
    )
    for part in made:
        part.unlink()


def sampled(key: Sequence[str], source: str, total: int) -> str:
    """Return the SELECT of the key of some rows: of `source`, whose rows are counted by `rowid`.

    Args:
        key: as SQL, typed.
    """
    return f"SELECT {_own(key)} AS own FROM {source} WHERE rowid % {max(total // _SAMPLED, 1)} = 0"  # noqa: S608


def _own(key: Sequence[str]) -> str:
    """Return the key as one value; comparing a row costs more than comparing what is in it."""
    return key[0] if len(key) == 1 else f"row({', '.join(key)})"


def _ranges(duck: Engine, own: str, sample: str, shares: int) -> list[str]:
    """Return a condition for each range of the key; every row fulfils just one of them."""
    if shares == 1:
        return ["true"]
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE ends AS SELECT own, row_number() OVER (ORDER BY own) AS number "  # noqa: S608
        "FROM (SELECT DISTINCT own FROM (SELECT min(own) AS own FROM (SELECT own, "
        f"ntile({shares}) OVER (ORDER BY own) AS share FROM ({sample}) WHERE own IS NOT NULL) "
        "WHERE share > 1 GROUP BY share))"
    )
    ends = count(duck, "ends")
    for number in range(1, ends + 1):
        duck.execute(f"SET VARIABLE end_{number} = (SELECT own FROM ends WHERE number = {number})")  # noqa: S608
    if not ends:
        return ["true"]
    within = [f"{own} < getvariable('end_1')"]
    within += [
        # Not with AND: the engine makes that a BETWEEN, which it has not for rows.
        f"CASE WHEN {own} >= getvariable('end_{number}') THEN {own} < getvariable('end_{number + 1}') END"
        for number in range(1, ends)
    ]
    return [*within, f"({own} >= getvariable('end_{ends}') OR {own} IS NULL)"]


def _copied(duck: Engine, rows: str, target: Path, watch: Watch) -> None:
    draft = target.with_suffix(".draft")
    watched(duck, f"COPY ({rows}) TO {text(draft)} (FORMAT parquet, COMPRESSION zstd)", watch)
    draft.replace(target)

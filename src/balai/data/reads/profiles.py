"""What the columns of a version hold, small enough to stand above a preview.

A version never changes, so what was found of it is kept by its content. Of more than
MOST_COUNTED rows a fixed sample is looked at.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from balai.base.actor import Actor
from balai.data.columnar.lending import Engine, engine
from balai.data.columnar.shape import parquet, quoted
from balai.data.reads.versions import readable_version
from balai.data.reads.whole import parquet_file
from balai.data.rules.gate import ColumnType

MOST_COUNTED = 200_000
"""Rows looked at; a larger version is sampled, always alike."""
BINS = 10
MOST_TOP = 3
_FEW = 50
"""A column of more different values has no frequent ones worth a name."""
_KEPT = 500
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.DOUBLE)


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds.

    Attributes:
        counted: rows looked at; `missing` of them hold nothing.
        distinct: different values, exact.
        least, greatest: as the file holds them; None where nothing is held.
        top: the most frequent values and how often, where there are few different ones.
        bars: rows in each of BINS steps of equal width from least to greatest; only of numbers and dates.
    """

    name: str
    counted: int
    missing: int
    distinct: int
    least: Any
    greatest: Any
    top: tuple[tuple[Any, int], ...]
    bars: tuple[int, ...]


_kept: OrderedDict[tuple[str, str], tuple[ColumnProfile, ...]] = OrderedDict()
_lock = Lock()


def profile(actor: Actor, code: str, number: int) -> tuple[ColumnProfile, ...]:
    """Return a profile of each column of a version, in order.

    Raises:
        NotFound: no such dataset or version the actor may see, or its rows were given up.
    """
    found = readable_version(actor, code, number)
    key = (found.tenant, str(found.version))
    with _lock:
        known = _kept.get(key)
    if known is None:
        known = _profile(parquet_file(actor, code, number), found.table.columns.items())
        with _lock:
            _kept[key] = known
            if len(_kept) > _KEPT:
                _kept.popitem(last=False)
    return known


def _profile(file: Path, columns: Any) -> tuple[ColumnProfile, ...]:
    with engine() as duck:
        sample = f" USING SAMPLE reservoir({MOST_COUNTED} ROWS) REPEATABLE (1)"
        duck.execute(f"CREATE TABLE looked_at AS SELECT * FROM {parquet([file])}{sample}")  # noqa: S608
        return tuple(_column(duck, name, kind) for name, kind in columns)


def _column(duck: Engine, name: str, kind: ColumnType) -> ColumnProfile:
    own = quoted(name)
    counted, held, distinct, least, greatest = _one(
        duck,
        f"SELECT count(*), count({own}), count(DISTINCT {own}), min({own}), max({own}) FROM looked_at",  # noqa: S608
    )
    top: list[tuple[Any, int]] = []
    if distinct <= _FEW and held:
        top = duck.execute(
            f"SELECT {own}, count(*) AS n FROM looked_at WHERE {own} IS NOT NULL "  # noqa: S608
            f"GROUP BY {own} HAVING n > 1 ORDER BY n DESC, {own} LIMIT {MOST_TOP}"
        ).fetchall()
    measured = f"epoch({own})" if kind is ColumnType.DATE else own
    bars = _bars(duck, measured) if kind in (*_NUMBERS, ColumnType.DATE) and distinct > 1 else ()
    return ColumnProfile(name, counted, counted - held, distinct, least, greatest, tuple(top), bars)


def _bars(duck: Engine, own: str) -> tuple[int, ...]:
    rows = duck.execute(
        f"WITH v AS (SELECT CAST({own} AS DOUBLE) AS x FROM looked_at WHERE {own} IS NOT NULL), "  # noqa: S608
        "e AS (SELECT min(x) AS lo, max(x) AS hi FROM v) "
        f"SELECT least(CAST(floor((x - lo) / (hi - lo) * {BINS}) AS INTEGER), {BINS - 1}) AS bin, count(*) "
        "FROM v, e GROUP BY bin"
    ).fetchall()
    counts = dict(rows)
    return tuple(counts.get(place, 0) for place in range(BINS))


def _one(duck: Engine, sql: str) -> Sequence[Any]:
    found = duck.execute(sql).fetchone()
    if found is None:
        raise ValueError(f"no answer to {sql}")
    return found

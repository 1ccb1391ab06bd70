"""Reading versions back: their rows, and how two of them differ."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.columnar.lending import Engine, engine
from balai.data.columnar.shape import parquet, quoted
from balai.data.rules.comparing import Change, Comparison, difference


def rows(files: Sequence[Path], limit: int, offset: int = 0) -> tuple[Mapping[str, object], ...]:
    """Return rows of a version as they are kept, by name, in the order of its key."""
    with engine() as duck:
        return tuple(
            _mappings(
                duck.execute(f"SELECT * FROM {parquet(files)} LIMIT ? OFFSET ?", [limit, offset])  # noqa: S608
            )
        )


def compare(before: Sequence[Path], after: Sequence[Path], key: Sequence[str], limit: int) -> Comparison:
    """Return how two versions differ; `limit` differences are named.

    Reads both files whole. A column that changed its type is compared as text.

    Raises:
        Invalid: a version has no such key column, or several rows of one key.
    """
    with engine() as duck:
        old, new = _columns(duck, before), _columns(duck, after)
        _refuse_key(duck, (before, old), (after, new), key)
        both = [name for name in old if name in new and name not in key]
        _outer_join(duck, before, after, key, old.keys() & new.keys())
        changed = " OR ".join(_differs(name, old[name] == new[name]) for name in both) or "false"
        state = (
            "CASE WHEN a.balai_in IS NULL THEN 'added' WHEN b.balai_in IS NULL THEN 'removed' "
            f"WHEN {changed} THEN 'changed' ELSE 'same' END"
        )
        duck.execute(f"CREATE TABLE told AS SELECT {state} AS state, a, b FROM joined")  # noqa: S608
        counts = dict(duck.execute("SELECT state, count(*) FROM told GROUP BY state").fetchall())
        order = ", ".join(f"coalesce(a.{quoted(name)}, b.{quoted(name)}) NULLS LAST" for name in key)
        first = duck.execute(
            f"SELECT state, a, b FROM told WHERE state <> 'same' ORDER BY {order} LIMIT ?",  # noqa: S608
            [limit],
        ).fetchall()
    return Comparison(
        tuple(key),
        counts.get(Change.ADDED.value, 0),
        counts.get(Change.REMOVED.value, 0),
        counts.get(Change.CHANGED.value, 0),
        counts.get("same", 0),
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
        tuple(
            difference(key, both, None if state == "added" else a, None if state == "removed" else b)
            for state, a, b in first
        ),
    )


def _outer_join(
    duck: Engine, before: Sequence[Path], after: Sequence[Path], key: Sequence[str], shared: Collection[str]
) -> None:
    cells = ", ".join(map(quoted, sorted(shared)))
    same = " AND ".join(f"a.{quoted(name)} IS NOT DISTINCT FROM b.{quoted(name)}" for name in key)
    duck.execute(
        "CREATE TABLE joined AS SELECT a, b "  # noqa: S608
        f"FROM (SELECT {cells}, true AS balai_in FROM {parquet(before)}) a "
        f"FULL OUTER JOIN (SELECT {cells}, true AS balai_in FROM {parquet(after)}) b ON {same}"
    )


def _differs(name: str, same_type: bool) -> str:
    a, b = f"a.{quoted(name)}", f"b.{quoted(name)}"
    if not same_type:
        a, b = f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)"
    return f"{a} IS DISTINCT FROM {b}"


def _refuse_key(
    duck: Engine,
    before: tuple[Sequence[Path], Mapping[str, str]],
    after: tuple[Sequence[Path], Mapping[str, str]],
    key: Sequence[str],
) -> None:
    for files, columns in (before, after):
        if not key or (missing := [name for name in key if name not in columns]):
            wrong = _("Kolom kunci tidak ada: %(names)s.") % {"names": ", ".join(missing if key else ())}
            raise Invalid([Fault("key", wrong, _("Pilih kolom yang ada di kedua versi."))])
        own = ", ".join(map(quoted, key))
        twice = duck.execute(
            f"SELECT 1 FROM {parquet(files)} GROUP BY {own} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
        ).fetchone()
        if twice:
            wrong = _("Beberapa baris memiliki kunci yang sama.")
            raise Invalid([Fault("key", wrong, _("Pilih kolom yang membedakan tiap baris."))])


def _columns(duck: Engine, files: Sequence[Path]) -> dict[str, str]:
    told = duck.execute(f"DESCRIBE SELECT * FROM {parquet(files)}").fetchall()  # noqa: S608
    return {row[0]: row[1] for row in told}


def _mappings(result: Engine) -> Iterator[Mapping[str, object]]:
    names = [column[0] for column in result.description or ()]
    for row in result.fetchall():
        yield dict(zip(names, row, strict=True))

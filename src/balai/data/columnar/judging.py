"""How good rows are: counted whole, column by column, and every fault in a file by row and column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.data.columnar import taking
from balai.data.columnar.checking import MOST_FAULTS, Check, Regions, checks_of, strange_regions
from balai.data.columnar.departing import counts
from balai.data.columnar.lending import Engine, engine
from balai.data.columnar.repeating import alike, following, repeated
from balai.data.columnar.shape import Physical, count, physical, quoted, text
from balai.data.columnar.watching import Watch
from balai.data.columnar.writing import Written, write_checked
from balai.data.rules.metadata import ColumnType, Declaration, Privacy
from balai.data.rules.transforms import Locate

TAKEN, COUNTED, WRITTEN = 0.35, 0.45, 0.85
"""Shares of `check` at which all rows are taken, their faults counted, and they are written."""
TEXTS = "texts.parquet"
"""All rows that leave, as text, with `rowid` from 0."""
MOST_LISTED = 1_000_000
"""Faults in the file; those beyond are counted alone."""
_NUMBERS = (ColumnType.INTEGER, ColumnType.RUPIAH, ColumnType.DECIMAL, ColumnType.POINT)
_FAR = 3
"""Quartile distances beyond the quartiles, from which on a number is an outlier (Tukey's outer fences)."""


@dataclass(frozen=True)
class ColumnJudged:
    """What a published column holds.

    Attributes:
        wrong: cells that are not of the type or not among the choices.
        strange: codes that are not in the reference.
        distinct: about how many different values; None for a personal column.
        least, most: as text; "" for a personal column.
        outliers: numbers beyond Tukey's outer fences, with some of them.
    """

    name: str
    type: str
    filled: int
    missing: int
    wrong: int
    strange: int
    distinct: int | None
    least: str
    most: str
    outliers: int
    far: tuple[str, ...]
    is_needed: bool


@dataclass(frozen=True)
class Judged:
    """What was found in rows.

    Attributes:
        rows: how many there are.
        faults: how many cells and rows are not as declared.
        twice: rows whose key stands in a row before; `alike` rows that stand twice as a whole.
        first: the first faults, by row.
        by_kind: cells by what is wrong with them (missing, form, choice, point, reference, twice).
    """

    rows: int
    faults: int
    twice: int
    alike: int
    columns: tuple[ColumnJudged, ...]
    first: tuple[Fault, ...]
    by_kind: dict[str, int]


def check(
    declaration: Declaration,
    rows: Callable[[Engine], str],
    folder: Path,
    regions: Regions,
    locate: Locate,
    listed: Path,
    *,
    memory: str,
    watch: Watch | None = None,
    spent: Callable[[], None] | None = None,
) -> tuple[Judged, Written | None]:
    """Look through rows, write their faults to `listed`, a CSV, and where there are none, write them.

    Values of personal columns are told nowhere. No cell of the list can act as a formula.

    Args:
        rows: the SELECT of `balai_row` and the declared names, as text, on an engine; see `take_rows`.
        folder: gets TEXTS, of all rows as text; and ``rows.parquet``, typed and in the order of the key,
            where there is no fault. What stands there already was made by an attempt that was stopped.

        spent: called when `rows` are not read any more.

    Returns:
        What was found, and what was written; None where there are faults.

    Raises:
        DiskFull
    """
    steps = watch or (lambda _share: None)
    with engine(folder, 2, memory) as duck:
        taking.take_rows(
            duck, rows(duck), declaration, locate, folder / TEXTS, lambda share: steps(TAKEN * share)
        )
        if spent:
            spent()
        columns = physical(declaration)
        checks = [*checks_of(columns)]
        for one in columns:
            if one.column.reference == "regions" and (check := strange_regions(duck, one, regions)):
                checks.append(check)
        steps(TAKEN)
        found = counts(duck, checks)
        total = count(duck, "raw")
        steps(COUNTED)
        written = None
        if not sum(found):
            written = write_checked(
                duck,
                declaration,
                folder,
                folder / TEXTS,
                lambda share: steps(COUNTED + (WRITTEN - COUNTED) * share),
            )
        steps(WRITTEN)
        key = _key(declaration, columns)
        twice = 0 if written else repeated(duck, key)
        same = alike(duck, [quoted(one.name) for one in columns]) if twice else 0
        faulty = [check for check, number in zip(checks, found, strict=True) if number]
        first = _list(duck, faulty, key if twice else [], declaration, listed)
        by_kind: dict[str, int] = {"twice": twice} if twice else {}
        for check, number in zip(checks, found, strict=True):
            if number:
                by_kind[check.kind] = by_kind.get(check.kind, 0) + number
        told = []
        for place, one in enumerate(columns):
            told.append(_column(duck, one, checks, found, total))
            steps(WRITTEN + (1 - WRITTEN) * (place + 1) / len(columns))
        return Judged(total, sum(found) + twice, twice, same, tuple(told), first, by_kind), written


def _key(declaration: Declaration, columns: Sequence[Physical]) -> list[str]:
    types = {one.name: one.type for one in columns}
    return [
        f"coalesce(CAST(TRY_CAST({quoted(name)} AS {types[name]}) AS VARCHAR), {quoted(name)})"
        for name in declaration.key
    ]


def _list(
    duck: Engine, checks: Sequence[Check], key: Sequence[str], declaration: Declaration, listed: Path
) -> tuple[Fault, ...]:
    """Write every fault to `listed` and return the first by row."""
    parts = [
        f"SELECT rowid + 1 AS row, {text(check.column.name)} AS col, {_value(check)} AS value, "  # noqa: S608
        f"{text(check.wrong)} AS wrong, {text(check.right)} AS rght FROM raw WHERE {check.condition}"
        for check in checks
    ]
    if key:
        names = ", ".join(declaration.key)
        wrong, right = _("Kuncinya sama dengan baris %(row)s."), _("Tiap baris memiliki kuncinya sendiri.")
        before, after = wrong.split("%(row)s")
        parts.append(
            f"SELECT rowid + 1, {text(names)}, NULL, {text(before)} || (balai_first + 1) || "  # noqa: S608
            f"{text(after)}, {text(right)} FROM {following(key)}"
        )
    if not parts:
        listed.unlink(missing_ok=True)
        return ()
    duck.execute(f"CREATE TABLE faults AS {' UNION ALL '.join(parts)} LIMIT {MOST_LISTED}")
    acts = "regexp_matches(value, '^[\\s]*[=+@|%\\-\uff1d\uff0b\uff0d\uff20]')"
    guarded = f"CASE WHEN {acts} THEN '''' || value ELSE value END"
    heads = {
        "row": _("baris"),
        "col": _("kolom"),
        "value": _("tertulis"),
        "wrong": _("masalah"),
        "rght": _("yang benar"),
    }
    cells = ", ".join(
        f"{guarded if name == 'value' else name} AS {quoted(head)}" for name, head in heads.items()
    )
    duck.execute(
        f"COPY (SELECT {cells} FROM faults ORDER BY row, col) TO {text(listed)} (FORMAT csv, HEADER true)"  # noqa: S608
    )
    told = duck.execute(
        f"SELECT row, col, value, wrong, rght FROM faults ORDER BY row, col LIMIT {MOST_FAULTS}"  # noqa: S608
    ).fetchall()
    return tuple(_fault(*row) for row in told)


def _value(check: Check) -> str:
    if check.column.column.privacy is not Privacy.NONE:
        return "NULL"
    return f"left({quoted(check.column.name)}, 200)"


def _fault(row: int, column: str, value: str | None, wrong: str, right: str) -> Fault:
    place = _("Baris %(row)d, kolom %(column)s") % {"row": row, "column": column}
    if wrong:
        return Fault(place, wrong, right)
    if value is None:
        return Fault(place, _("Isinya tidak sesuai."), right)
    return Fault(place, _("Tertulis “%(value)s”.") % {"value": value[:80]}, right)


def _column(
    duck: Engine, one: Physical, checks: Sequence[Check], found: Sequence[int], rows: int
) -> ColumnJudged:
    own = {
        kind: sum(
            number
            for check, number in zip(checks, found, strict=True)
            if check.column.name == one.name and check.kind in kinds
        )
        for kind, kinds in (("wrong", ("form", "choice")), ("strange", ("reference",)))
    }
    name, typed = quoted(one.name), f"TRY_CAST({quoted(one.name)} AS {one.type})"
    is_number = one.column.type in _NUMBERS
    quartiles = f"approx_quantile({typed}::DOUBLE, [0.25, 0.75])" if is_number else "NULL"
    filled, distinct, least, most, fences = duck.execute(
        f"SELECT count({name}), approx_count_distinct({name}), min({typed})::VARCHAR, max({typed})::VARCHAR, "  # noqa: S608
        f"{quartiles} FROM raw"
    ).fetchone() or (0, 0, None, None, None)
    outliers, far = _outliers(duck, typed, fences, (least, most)) if fences and rows >= 20 else (0, ())
    is_private = one.column.privacy is not Privacy.NONE
    return ColumnJudged(
        one.name,
        str(one.column.type),
        filled,
        rows - filled,
        own["wrong"],
        own["strange"],
        None if is_private else min(distinct, filled),
        "" if is_private else (least or "")[:60],
        "" if is_private else (most or "")[:60],
        outliers,
        () if is_private else far,
        not one.column.optional,
    )


def _outliers(
    duck: Engine, typed: str, fences: Sequence[float], ends: Sequence[str]
) -> tuple[int, tuple[str, ...]]:
    low, high = fences
    if high <= low:
        return 0, ()
    reach = _FAR * (high - low)
    if all(low - reach < float(end) < high + reach for end in ends):
        return 0, ()
    beyond = f"{typed}::DOUBLE < {low - reach!r} OR {typed}::DOUBLE > {high + reach!r}"
    number = count(duck, f"raw WHERE {beyond}")
    if not number:
        return 0, ()
    told = duck.execute(f"SELECT DISTINCT {typed}::VARCHAR FROM raw WHERE {beyond} LIMIT 3").fetchall()  # noqa: S608
    return number, tuple(row[0] for row in told)

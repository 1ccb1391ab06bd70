"""Rows to Parquet and back, by DuckDB: checked against a declaration, kept in the order of its key.

Only our own text reaches the engine here; the questions of users go through
`rules.gate` and `engines`.
"""

import csv
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.rules.comparing import Change, Comparison, difference
from balai.data.rules.metadata import Column, ColumnType, Declaration, Privacy
from balai.data.rules.transforms import headings

MOST_FAULTS = 100
"""Faults told of one set of rows; a longer list is not read."""
DIGITS = 24
"""of a decimal, before and after the point together"""

_ROW = "balai_row"
_POINT = r"-?[0-9]{1,3}(\.[0-9]{1,12}[0-9]*)?"
_FORMS = {
    ColumnType.INTEGER: ("BIGINT", "-?[0-9]{1,18}"),
    ColumnType.RUPIAH: ("BIGINT", "-?[0-9]{1,18}"),
    ColumnType.DATE: ("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ColumnType.BOOLEAN: ("BOOLEAN", "(true|false)"),
    ColumnType.REGION: ("VARCHAR", r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?"),
}

type Engine = duckdb.DuckDBPyConnection
type Regions = Callable[[Collection[str]], Collection[str]]
"""Which of these codes are regions."""


@dataclass(frozen=True)
class Physical:
    """A column of the file: of one declared column, or one half of a point."""

    name: str
    column: Column
    type: str
    form: str
    bound: int = 0
    """the largest absolute value of a coordinate; 0 where there is none"""


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        content_hash: SHA-256 of the rows as CSV in the order of the key; the same for the same
            rows whatever the version of the engine, unlike the bytes of the file.
        suppressed: rows left out because fewer than k were alike.
    """

    rows: int
    suppressed: int
    content_hash: str


def physical(declaration: Declaration) -> tuple[Physical, ...]:
    """Return the columns of the file a declaration leads to, in order."""
    return tuple(one for column in declaration.leaving for one in _physical(column))


def _physical(column: Column) -> tuple[Physical, ...]:
    if column.type is ColumnType.TEXT:
        return (Physical(column.name, column, "VARCHAR", ""),)
    if column.type is ColumnType.POINT:
        return (
            Physical(f"{column.name}_lon", column, "DOUBLE", _POINT, 180),
            Physical(f"{column.name}_lat", column, "DOUBLE", _POINT, 90),
        )
    if column.type is ColumnType.DECIMAL:
        digits = column.decimals
        after = rf"(\.[0-9]{{1,{digits}}}0*)?" if digits else r"(\.0+)?"
        form = rf"-?[0-9]{{1,{DIGITS - digits}}}{after}"
        return (Physical(column.name, column, f"DECIMAL({DIGITS},{digits})", form),)
    return (Physical(column.name, column, *_FORMS[column.type]),)


@contextmanager
def engine(scratch: Path | None = None) -> Iterator[Engine]:
    """Give an engine of one thread and bounded memory; what does not fit goes to `scratch`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": "1GB",
        "temp_directory": str(scratch) if scratch else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        yield connection
    finally:
        connection.close()


def write(
    declaration: Declaration, rows: Iterable[Sequence[str | None]], folder: Path, regions: Regions
) -> Written:
    """Check `rows` (texts under `headings`) and write them to ``rows.parquet`` in `folder`.

    Raises:
        Invalid: at most MOST_FAULTS faults, by row (from 1) and column. Values of
            personal columns are not repeated.
    """
    columns = physical(declaration)
    raw = folder / "rows.csv"
    _spool(rows, raw)
    with engine(folder) as duck:
        _read(duck, raw, headings(declaration))
        raw.unlink()
        found = list(_faults(duck, columns, regions))
        if found:
            raise Invalid(found[:MOST_FAULTS])
        total = _type(duck, declaration, columns)
        found = list(_twice(duck, declaration))
        if found:
            raise Invalid(found)
        kept = _keep(duck, declaration)
        digest = _digest(duck, folder / "rows.canonical")
        duck.execute(f"COPY kept TO {_text(folder / 'rows.parquet')} (FORMAT parquet, COMPRESSION zstd)")
    return Written(kept, total - kept, digest)


def _spool(rows: Iterable[Sequence[str | None]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # Every value in quotes: a lone carriage return would else end a row for the engine.
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([number, *row] for number, row in enumerate(rows, 1))


def _read(duck: Engine, path: Path, names: Sequence[str]) -> None:
    shape = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    duck.execute(
        f"CREATE TABLE raw AS SELECT * FROM read_csv({_text(path)}, header=false, auto_detect=false, "  # noqa: S608
        "delim=',', quote='\"', escape='\"', new_line='\\n', parallel=false, nullstr='', "
        f"max_line_size=16777216, columns={{'{_ROW}': 'BIGINT', {shape}}})"
    )


def _faults(duck: Engine, columns: Sequence[Physical], regions: Regions) -> Iterator[Fault]:
    for one in columns:
        if not one.column.optional:
            for row, _value in _found(duck, one, f"{_name(one)} IS NULL"):
                yield _fault(row, one, _("Belum diisi."), _("Isi nilainya."))
        if one.form:
            cast = f"TRY_CAST({_name(one)} AS {one.type})"
            wrong = f"NOT regexp_full_match({_name(one)}, {_text(one.form)}) OR {cast} IS NULL"
            if one.bound:
                wrong += f" OR abs({cast}) > {one.bound}"
            for row, value in _found(duck, one, f"{_name(one)} IS NOT NULL AND ({wrong})"):
                yield _fault(row, one, _shown(one, value), _right(one))
        if one.column.allowed:
            allowed = ", ".join(map(_text, one.column.allowed))
            for row, value in _found(duck, one, f"{_name(one)} NOT IN ({allowed})"):
                right = _("Pilihannya: %(allowed)s.") % {"allowed": ", ".join(one.column.allowed)}
                yield _fault(row, one, _shown(one, value), right)
        if one.column.reference == "regions":
            yield from _strange_regions(duck, one, regions)
    for lon, lat in pairwise(columns):
        if lon.column is lat.column:
            for row, _value in _found(duck, lon, f"({_name(lon)} IS NULL) <> ({_name(lat)} IS NULL)"):
                yield _fault(row, lon, _("Titiknya tidak utuh."), _("Isi bujur dan lintang."))


def _found(duck: Engine, one: Physical, condition: str) -> list[tuple[int, str]]:
    return duck.execute(
        f"SELECT {_ROW}, {_name(one)} FROM raw WHERE {condition} ORDER BY {_ROW} LIMIT {MOST_FAULTS}"  # noqa: S608
    ).fetchall()


def _strange_regions(duck: Engine, one: Physical, regions: Regions) -> Iterator[Fault]:
    codes = duck.execute(f"SELECT DISTINCT {_name(one)} FROM raw WHERE {_name(one)} IS NOT NULL").fetchall()  # noqa: S608
    given = {code for (code,) in codes}
    if strange := sorted(given - set(regions(given)))[:MOST_FAULTS]:
        for row, value in _found(duck, one, f"{_name(one)} IN ({', '.join(map(_text, strange))})"):
            yield _fault(row, one, _shown(one, value), _("Pakai kode wilayah Kemendagri yang berlaku."))


def _fault(row: int, one: Physical, wrong: str, right: str) -> Fault:
    place = _("Baris %(row)d, kolom %(column)s") % {"row": row, "column": one.name}
    return Fault(place, wrong, right)


def _shown(one: Physical, value: str) -> str:
    if one.column.privacy is not Privacy.NONE:
        return _("Isinya tidak sesuai.")
    return _("Tertulis “%(value)s”.") % {"value": value[:80]}


def _right(one: Physical) -> str:
    match one.column.type:
        case ColumnType.INTEGER:
            return _("Tulis bilangan bulat tanpa pemisah ribuan.")
        case ColumnType.RUPIAH:
            return _("Tulis rupiah utuh tanpa titik dan koma.")
        case ColumnType.DECIMAL:
            return _("Tulis angka dengan titik desimal, paling banyak %(digits)d angka di belakangnya.") % {
                "digits": one.column.decimals
            }
        case ColumnType.DATE:
            return _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
        case ColumnType.BOOLEAN:
            return _("Tulis true atau false.")
        case ColumnType.REGION:
            return _("Tulis kode wilayah, misalnya 35.73 atau 35.73.01.1001.")
    return _("Tulis bujur dan lintang dalam derajat desimal.")


def _type(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> int:
    cells = ", ".join(f"CAST({_name(one)} AS {one.type}) AS {_name(one)}" for one in columns)
    duck.execute(f"CREATE TABLE typed AS SELECT {_ROW}, {cells} FROM raw")  # noqa: S608
    duck.execute("DROP TABLE raw")
    return _count(duck, "typed")


def _twice(duck: Engine, declaration: Declaration) -> Iterator[Fault]:
    key = ", ".join(map(_quoted, declaration.key))
    rows = duck.execute(
        f"SELECT min({_ROW}) AS a, max({_ROW}) FROM typed GROUP BY {key} "  # noqa: S608
        f"HAVING count(*) > 1 ORDER BY a LIMIT {MOST_FAULTS}"
    ).fetchall()
    for first, last in rows:
        place = _("Baris %(row)d, kolom %(column)s") % {"row": last, "column": ", ".join(declaration.key)}
        wrong = _("Kuncinya sama dengan baris %(row)d.") % {"row": first}
        yield Fault(place, wrong, _("Tiap baris memiliki kuncinya sendiri."))


def _keep(duck: Engine, declaration: Declaration) -> int:
    """Make `kept`: the rows that may leave, in the order of the key; return how many they are."""
    condition = ""
    if declaration.k and declaration.alike:
        alike = ", ".join(map(_quoted, declaration.alike))
        condition = f"QUALIFY count(*) OVER (PARTITION BY {alike}) >= {declaration.k}"
    order = ", ".join(f"{_quoted(name)} NULLS LAST" for name in declaration.key)
    duck.execute(f"CREATE TABLE kept AS SELECT * EXCLUDE ({_ROW}) FROM typed {condition} ORDER BY {order}")  # noqa: S608
    duck.execute("DROP TABLE typed")
    return _count(duck, "kept")


def _digest(duck: Engine, path: Path) -> str:
    # Quoted throughout, so that a missing text and an empty one can never be the same bytes.
    duck.execute(f"COPY kept TO {_text(path)} (FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '')")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.unlink()
    return digest


def rows(files: Sequence[Path], limit: int, offset: int = 0) -> tuple[Mapping[str, object], ...]:
    """Return rows of a version as they are kept, by name, in the order of its key."""
    with engine() as duck:
        return tuple(
            _mappings(
                duck.execute(f"SELECT * FROM {_parquet(files)} LIMIT ? OFFSET ?", [limit, offset])  # noqa: S608
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
        order = ", ".join(f"coalesce(a.{_quoted(name)}, b.{_quoted(name)}) NULLS LAST" for name in key)
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
    cells = ", ".join(map(_quoted, sorted(shared)))
    same = " AND ".join(f"a.{_quoted(name)} IS NOT DISTINCT FROM b.{_quoted(name)}" for name in key)
    duck.execute(
        "CREATE TABLE joined AS SELECT a, b "  # noqa: S608
        f"FROM (SELECT {cells}, true AS balai_in FROM {_parquet(before)}) a "
        f"FULL OUTER JOIN (SELECT {cells}, true AS balai_in FROM {_parquet(after)}) b ON {same}"
    )


def _differs(name: str, same_type: bool) -> str:
    a, b = f"a.{_quoted(name)}", f"b.{_quoted(name)}"
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
        own = ", ".join(map(_quoted, key))
        twice = duck.execute(
            f"SELECT 1 FROM {_parquet(files)} GROUP BY {own} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
        ).fetchone()
        if twice:
            wrong = _("Beberapa baris memiliki kunci yang sama.")
            raise Invalid([Fault("key", wrong, _("Pilih kolom yang membedakan tiap baris."))])


def _columns(duck: Engine, files: Sequence[Path]) -> dict[str, str]:
    told = duck.execute(f"DESCRIBE SELECT * FROM {_parquet(files)}").fetchall()  # noqa: S608
    return {row[0]: row[1] for row in told}


def _mappings(result: Engine) -> Iterator[Mapping[str, object]]:
    names = [column[0] for column in result.description or ()]
    for row in result.fetchall():
        yield dict(zip(names, row, strict=True))


def _count(duck: Engine, table: str) -> int:
    found = duck.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(_text, files))}])"


def _name(one: Physical) -> str:
    return _quoted(one.name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"

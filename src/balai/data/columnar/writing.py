"""Rows to one Parquet file: taken in as text, checked, typed, and kept in the order of the key."""

import csv
import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from balai.base.errors import Invalid
from balai.data.columnar import checking, taking
from balai.data.columnar.checking import MOST_FAULTS, Regions
from balai.data.columnar.departing import Departure, depart
from balai.data.columnar.lending import MEMORY, Engine, beside, engine
from balai.data.columnar.shape import Physical, count, physical, quoted, text
from balai.data.columnar.sorting import sampled, shares_of, sort_to
from balai.data.columnar.watching import SECONDS, Watch
from balai.data.rules.metadata import Declaration
from balai.data.rules.transforms import Locate, headings

_MOST_THREADS = 4


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        content_hash: SHA-256 of the rows as CSV in the order of the key; the same for the same
            rows whatever the version of the engine, unlike the bytes of the file.
        departures: what in them is not as declared; only where that was agreed to.
        suppressed: rows left out because fewer than k were alike.
    """

    rows: int
    suppressed: int
    content_hash: str
    departures: tuple[Departure, ...] = ()


def write(
    declaration: Declaration, rows: Iterable[Sequence[str | None]], folder: Path, regions: Regions
) -> Written:
    """Check `rows` (texts under `headings`) and write them to ``rows.parquet`` in `folder`.

    Raises:
        Invalid: at most MOST_FAULTS faults, by row (from 1) and column. Values of
            personal columns are not repeated.
    """
    raw = folder / "rows.csv"
    _spool(rows, raw)
    with engine(folder, _threads()) as duck:
        taking.take_texts(duck, raw, headings(declaration))
        raw.unlink()
        return _write(duck, declaration, folder, regions)


def write_file(
    declaration: Declaration,
    source: Path,
    folder: Path,
    regions: Regions,
    locate: Locate,
    *,
    memory: str = MEMORY,
) -> Written:
    """As `write`, from a CSV file with a header that names the declared columns, in any order.

    The engine reads the file itself: a million rows take seconds and no memory of Python.
    Personal columns are transformed while they are read. See `taking.take_file` for the form.

    Raises:
        Invalid: as `write`; also where the file is no such CSV.
    """
    with engine(folder, _threads(), memory) as duck:
        taking.take_file(duck, source, declaration, locate)
        return _write(duck, declaration, folder, regions)


def write_signed(
    declaration: Declaration, checked: Path, folder: Path, regions: Regions, *, memory: str = MEMORY
) -> Written:
    """As `write`, of rows that `check` found faults in, because somebody answered for them.

    They are written as they are; a cell that its type cannot hold is left empty.

    Args:
        checked: the file of texts that `check` left.

    Raises:
        Invalid: a key stands twice.
    """
    with engine(folder, _threads(), memory) as duck:
        taking.view_of(duck, checked)
        departures = depart(duck, declaration, regions)
        written = write_checked(duck, declaration, folder, checked)
        if written is None:
            raise Invalid(list(checking.twice(duck, declaration, physical(declaration))))
        return replace(written, departures=departures)


def write_checked(
    duck: Engine, declaration: Declaration, folder: Path, source: Path, watch: Watch | None = None
) -> Written | None:
    """Write ``rows.parquet`` in `folder` of the view `raw`, which has no fault but perhaps a key twice.

    Rows that come in the order of their key are not sorted, and those that must be sorted show by it
    whether a key stands twice: either is far cheaper than counting the keys. A file that stands
    there already, whole, is taken as it is.

    Args:
        source: the file `raw` reads.

    Returns:
        None where a key stands twice; then nothing is written.
    """
    columns, target = physical(declaration), folder / "rows.parquet"
    steps = watch or (lambda _share: None)
    total = count(duck, "raw")
    is_ordered = _is_ordered(duck, declaration, columns)
    if not is_ordered and declaration.k and _twice(duck, declaration, columns):
        return None
    if not target.exists():
        rows = _leaving(declaration, columns)
        key = [] if is_ordered else [quoted(name) for name in declaration.key]
        # How many rows are alike is counted over all of them.
        shares = 1 if declaration.k else shares_of(source)
        sample = sampled(_typed(declaration, columns), "raw", total)
        sort_to(duck, rows, key, sample, target, shares, lambda share: steps(0.7 * share))
    written = f"read_parquet({text(target)})"
    kept = count(duck, written)
    if not declaration.k and kept != total:
        raise AssertionError(f"{kept} rows were written of {total}")
    if not is_ordered and not declaration.k and _follow_alike(duck, declaration, written):
        target.unlink()
        return None
    return Written(kept, total - kept, _Digest(duck, written).result(lambda: steps(0.85)))


def _is_ordered(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> bool:
    """Say whether each row of `raw` has a greater key than the one before it; then none stands twice."""
    optional = {one.name for one in columns if one.column.optional}
    if optional.intersection(declaration.key):
        return False
    cells = ", ".join(_typed(declaration, columns))
    found = duck.execute(
        "SELECT coalesce(bool_and(own > before), true) FROM (SELECT own, lag(own) OVER () AS before "  # noqa: S608
        f"FROM (SELECT row({cells}) AS own FROM raw))"
    ).fetchone()
    return bool(found and found[0])


def _typed(declaration: Declaration, columns: Sequence[Physical]) -> list[str]:
    """Return the SQL of each part of the key, of its type."""
    types = {one.name: one.type for one in columns}
    return [f"CAST({quoted(name)} AS {types[name]})" for name in declaration.key]


def _follow_alike(duck: Engine, declaration: Declaration, source: str) -> bool:
    """Say whether two rows that follow each other, of rows sorted by it, have one key."""
    same = " AND ".join(
        f"{quoted(name)} IS NOT DISTINCT FROM lag({quoted(name)}) OVER ()" for name in declaration.key
    )
    found = duck.execute(
        f"SELECT count_if(same) FROM (SELECT lag(1) OVER () IS NOT NULL AND {same} AS same FROM {source})"  # noqa: S608
    ).fetchone()
    return bool(found and found[0])


def _twice(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> bool:
    return any(True for _fault in checking.twice(duck, declaration, columns))


def _threads() -> int:
    return min(os.cpu_count() or 1, _MOST_THREADS)


def _spool(rows: Iterable[Sequence[str | None]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # Every value in quotes: a lone carriage return would else end a row for the engine.
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def _write(duck: Engine, declaration: Declaration, folder: Path, regions: Regions) -> Written:
    columns = physical(declaration)
    found = list(checking.faults(duck, columns, regions)) or list(checking.twice(duck, declaration, columns))
    if found:
        raise Invalid(found[:MOST_FAULTS])
    total = count(duck, "raw")
    _keep(duck, declaration, columns)
    kept = count(duck, "kept")
    digest = _Digest(duck, "kept")
    duck.execute(f"COPY kept TO {text(folder / 'rows.parquet')} (FORMAT parquet, COMPRESSION zstd)")
    return Written(kept, total - kept, digest.result())


def _keep(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> None:
    """Make `kept` of `raw`: the rows that may leave, typed, in the order of the key."""
    rows = _leaving(declaration, columns)
    duck.execute(f"CREATE TABLE kept AS SELECT * FROM ({rows}) ORDER BY {_order(declaration)}")  # noqa: S608
    duck.execute("DROP TABLE raw")


def _leaving(declaration: Declaration, columns: Sequence[Physical]) -> str:
    """Return the SELECT of the rows of `raw` that may leave, typed."""
    cells = ", ".join(f"CAST({quoted(one.name)} AS {one.type}) AS {quoted(one.name)}" for one in columns)
    rows = f"SELECT {cells} FROM raw"  # noqa: S608
    if declaration.k and declaration.alike:
        alike = ", ".join(map(quoted, declaration.alike))
        # Alike as typed: 1.50 and 1.5 are one value.
        rows = f"SELECT * FROM ({rows}) QUALIFY count(*) OVER (PARTITION BY {alike}) >= {declaration.k}"  # noqa: S608
    return f"SELECT * FROM ({rows})"  # noqa: S608


def _order(declaration: Declaration) -> str:
    return ", ".join(f"{quoted(name)} NULLS LAST" for name in declaration.key)


class _Digest:
    """The content hash of rows in their order, made while the engine does something else.

    The engine writes into a pipe, so the text of a million rows never lies on the disk.
    """

    def __init__(self, duck: Engine, source: str) -> None:
        """
        Args:
            source: what stands after FROM.
        """
        self._source = source
        self._duck = beside(duck)
        self._sum = hashlib.sha256()
        self._errors: list[BaseException] = []
        self._outlet, self._inlet = os.pipe()
        self._reader = threading.Thread(target=self._read)
        self._writer = threading.Thread(target=self._copy)
        self._reader.start()
        self._writer.start()

    def result(self, wait: Callable[[], None] | None = None) -> str:
        """Return the hash; `wait` is called now and then, and what it raises ends the work."""
        try:
            while self._writer.is_alive():
                self._writer.join(SECONDS)
                if wait and self._writer.is_alive():
                    wait()
        except BaseException:
            self._duck.interrupt()
            raise
        finally:
            self._writer.join()
            self._reader.join()
            self._duck.close()
        for error in self._errors:
            raise error
        return self._sum.hexdigest()

    def _copy(self) -> None:
        try:
            # Quoted throughout, so that a missing text and an empty one can never be the same bytes.
            self._duck.execute(
                f"COPY (SELECT * FROM {self._source}) TO '/dev/fd/{self._inlet}' "  # noqa: S608
                "(FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '')"
            )
        except BaseException as error:
            self._errors.append(error)
        finally:
            os.close(self._inlet)

    def _read(self) -> None:
        with os.fdopen(self._outlet, "rb", buffering=0) as source:
            while part := source.read(1 << 20):
                self._sum.update(part)

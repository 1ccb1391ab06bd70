"""Rows to one Parquet file: taken in as text, checked, typed, and kept in the order of the key."""

import csv
import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from balai.base.errors import Invalid
from balai.data.columnar import checking, taking
from balai.data.columnar.checking import MOST_FAULTS, Regions
from balai.data.columnar.departing import Departure, depart
from balai.data.columnar.shape import MEMORY, Engine, Physical, count, engine, physical, quoted, text
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
    departing: bool = False,
    memory: str = MEMORY,
) -> Written:
    """As `write`, from a CSV file with a header that names the declared columns, in any order.

    The engine reads the file itself: a million rows take seconds and no memory of Python.
    Personal columns are transformed while they are read. See `taking.take_file` for the form.

    Args:
        departing: rows that are not as declared are written too; a cell that its type cannot
            hold is left empty. A key that stands twice is refused all the same.

    Raises:
        Invalid: as `write`; also where the file is no such CSV.
    """
    with engine(folder, _threads(), memory) as duck:
        taking.take_file(duck, source, declaration, locate)
        departures = depart(duck, declaration, regions) if departing else ()
        return replace(_write(duck, declaration, folder, regions, departing), departures=departures)


def _threads() -> int:
    return min(os.cpu_count() or 1, _MOST_THREADS)


def _spool(rows: Iterable[Sequence[str | None]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # Every value in quotes: a lone carriage return would else end a row for the engine.
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def _write(
    duck: Engine, declaration: Declaration, folder: Path, regions: Regions, departing: bool = False
) -> Written:
    columns = physical(declaration)
    found = [] if departing else list(checking.faults(duck, columns, regions))
    found = found or list(checking.twice(duck, declaration, columns))
    if found:
        raise Invalid(found[:MOST_FAULTS])
    total = count(duck, "raw")
    _keep(duck, declaration, columns)
    kept = count(duck, "kept")
    with duck.cursor() as other:
        digest = _Digest(other)
        duck.execute(f"COPY kept TO {text(folder / 'rows.parquet')} (FORMAT parquet, COMPRESSION zstd)")
        return Written(kept, total - kept, digest.result())


def _keep(duck: Engine, declaration: Declaration, columns: Sequence[Physical]) -> None:
    """Make `kept` of `raw`: the rows that may leave, typed, in the order of the key."""
    cells = ", ".join(f"CAST({quoted(one.name)} AS {one.type}) AS {quoted(one.name)}" for one in columns)
    rows = f"SELECT {cells} FROM raw"  # noqa: S608
    if declaration.k and declaration.alike:
        alike = ", ".join(map(quoted, declaration.alike))
        # Alike as typed: 1.50 and 1.5 are one value.
        rows = f"SELECT * FROM ({rows}) QUALIFY count(*) OVER (PARTITION BY {alike}) >= {declaration.k}"  # noqa: S608
    order = ", ".join(f"{quoted(name)} NULLS LAST" for name in declaration.key)
    duck.execute(f"CREATE TABLE kept AS SELECT * FROM ({rows}) ORDER BY {order}")  # noqa: S608
    duck.execute("DROP TABLE raw")


class _Digest:
    """The content hash of `kept`, made while another file of it is written.

    The engine writes into a pipe, so the text of a million rows never lies on the disk.
    """

    def __init__(self, duck: Engine) -> None:
        self._sum = hashlib.sha256()
        self._errors: list[BaseException] = []
        self._outlet, self._inlet = os.pipe()
        self._reader = threading.Thread(target=self._read)
        self._writer = threading.Thread(target=self._copy, args=(duck,))
        self._reader.start()
        self._writer.start()

    def result(self) -> str:
        self._writer.join()
        self._reader.join()
        for error in self._errors:
            raise error
        return self._sum.hexdigest()

    def _copy(self, duck: Engine) -> None:
        try:
            # Quoted throughout, so that a missing text and an empty one can never be the same bytes.
            duck.execute(
                f"COPY kept TO '/dev/fd/{self._inlet}' (FORMAT csv, HEADER true, FORCE_QUOTE *, NULLSTR '')"
            )
        except BaseException as error:
            self._errors.append(error)
        finally:
            os.close(self._inlet)

    def _read(self) -> None:
        with os.fdopen(self._outlet, "rb", buffering=0) as source:
            while part := source.read(1 << 20):
                self._sum.update(part)

"""Rows into the engine's table `raw`: texts under the headings of a declaration, in the order they came."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.later import duckdb
from balai.data.columnar.ending import refuse_unclosed
from balai.data.columnar.lending import Engine, beside
from balai.data.columnar.shape import CSV_BUFFER, LONGEST_ROW, quoted, text
from balai.data.columnar.watching import Watch, watched
from balai.data.rules.metadata import Column, ColumnType, Declaration, Transform
from balai.data.rules.transforms import VILLAGE_LENGTH, Locate

_LONGEST_HEADER = 262_144
_DELIMITERS = ",;\t|"
_LINE = re.compile(r"[Ll]ine:? (\d+)")


def take_texts(duck: Engine, path: Path, names: Sequence[str]) -> None:
    """Make `raw` of a file we wrote ourselves: no header, every value in quotes."""
    duck.execute(f"CREATE TABLE raw AS SELECT * FROM {_csv(path, names, header=False, newline=r'\n')}")  # noqa: S608


def take_file(duck: Engine, path: Path, declaration: Declaration, locate: Locate) -> None:
    """Make `raw` of a CSV file that was handed in.

    UTF-8, a header with the declared names in any order (a point is `<name>_lon` and `<name>_lat`),
    separated by comma, semicolon, tab or bar, quoted with ". Columns that do not leave are not read on;
    personal ones are transformed before they stand in any table.

    Raises:
        Invalid: it is no such file; the fault names the line where there is one.
    """
    delimiter, newline, header = _header(path)
    _refuse_header(header, declaration)
    refuse_unclosed(path, delimiter, '"')
    source = _csv(path, header, header=True, newline=newline, delimiter=delimiter)
    try:
        duck.execute(f"CREATE TABLE raw AS {_leaving(duck, declaration, source, locate)}")
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise Invalid([_unreadable(str(error), len(header))]) from None
    finally:
        duck.execute("DROP TABLE IF EXISTS villages")


def take_rows(
    duck: Engine,
    rows: str,
    declaration: Declaration,
    locate: Locate,
    kept: Path,
    watch: Watch | None = None,
) -> None:
    """Make `raw` a view of `kept`, a Parquet file of texts that is written here of what leaves of `rows`.

    Args:
        rows: a SELECT of `balai_row` (from 1) and the declared names, each as text as its type takes it.
        kept: where it stands already, whole, it is taken as it is.
    """
    if not kept.exists():
        draft = kept.with_suffix(".draft")
        leaving = _leaving(duck, declaration, f"({rows})", locate, "balai_row")
        watched(duck, f"COPY ({leaving}) TO {text(draft)} (FORMAT parquet, COMPRESSION zstd)", watch)
        duck.execute("DROP TABLE IF EXISTS villages")
        draft.replace(kept)
    view_of(duck, kept)


def view_of(duck: Engine, kept: Path) -> None:
    """Make `raw` a view of a file that `take_rows` wrote."""
    duck.execute(f"CREATE VIEW raw AS SELECT * FROM read_parquet({text(kept)})")  # noqa: S608


def _csv(path: Path, names: Sequence[str], *, header: bool, newline: str, delimiter: str = ",") -> str:
    shape = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({text(path)}, header={str(header).lower()}, auto_detect=false, delim={text(delimiter)}, "
        f"quote='\"', escape='\"', new_line='{newline}', nullstr='', "
        # In parallel a quoted line break may be taken for the end of a row.
        f"parallel=false, max_line_size={LONGEST_ROW}, buffer_size={CSV_BUFFER}, columns={{{shape}}})"
    )


def _header(path: Path) -> tuple[str, str, list[str]]:
    """Return the delimiter, the line break as the engine names it, and the names of the first line."""
    with path.open("rb") as file:
        start = file.readline(_LONGEST_HEADER)
    newline = r"\r\n" if start.endswith(b"\r\n") else r"\n"
    try:
        line = start.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        right = _("Simpan berkasnya sebagai CSV UTF-8.")
        raise Invalid([Fault(_("Baris judul"), _("Hurufnya bukan UTF-8."), right)]) from None
    delimiter = max(_DELIMITERS, key=line.count)
    return delimiter, newline, [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]


def _refuse_header(header: Sequence[str], declaration: Declaration) -> None:
    wanted = [name for column in declaration.columns for name in _given(column)]
    wrong = []
    if strange := [name for name in header if name not in wanted]:
        wrong.append(_("Kolomnya tidak dikenal: %(names)s.") % {"names": ", ".join(strange)[:200]})
    if missing := [name for name in wanted if name not in header]:
        wrong.append(_("Kolomnya tidak ada: %(names)s.") % {"names": ", ".join(missing)})
    if len(set(header)) < len(header):
        wrong.append(_("Dua kolom bernama sama."))
    if wrong:
        right = _("Kolomnya: %(names)s.") % {"names": ", ".join(wanted)}
        raise Invalid([Fault(_("Baris judul"), " ".join(wrong), right)])


def _given(column: Column) -> tuple[str, ...]:
    if column.type is ColumnType.POINT:
        return (f"{column.name}_lon", f"{column.name}_lat")
    return (column.name,)


def _leaving(duck: Engine, declaration: Declaration, source: str, locate: Locate, number: str = "") -> str:
    """Return the SELECT of what leaves; the same values as `rules.transforms.texts` yields.

    Args:
        number: column of `source` that counts the rows from 1; then `rowid` comes first, from 0, and
            rows in any order.
    """
    located = {
        column.name: place
        for place, column in enumerate(declaration.columns)
        if column.transform is Transform.VILLAGE and column.type is ColumnType.POINT
    }
    cells = ", ".join(
        cell for column in declaration.columns if column.leaving for cell in _cells(column, located)
    )
    cells = f"{number} - 1 AS rowid, {cells}" if number else cells
    if not located:
        return f"SELECT {cells} FROM {source}"  # noqa: S608
    duck.execute("CREATE TEMP TABLE villages (place INTEGER, lon VARCHAR, lat VARCHAR, code VARCHAR)")
    joins = ""
    for column in declaration.columns:
        if column.name in located:
            place, (lon, lat) = located[column.name], map(quoted, _given(column))
            _locate(duck, place, f"SELECT DISTINCT {lon}, {lat} FROM {source} WHERE {lon} <> ''", locate)  # noqa: S608
            joins += (
                f" LEFT JOIN villages v{place} ON v{place}.place = {place} "
                f"AND v{place}.lon = {lon} AND v{place}.lat IS NOT DISTINCT FROM {lat}"
            )
    if number:
        return f"SELECT {cells} FROM {source}{joins}"  # noqa: S608
    numbered = f"(SELECT *, row_number() OVER () AS balai_row FROM {source})"  # noqa: S608
    return f"SELECT {cells} FROM {numbered}{joins} ORDER BY balai_row"  # noqa: S608


def _cells(column: Column, located: Mapping[str, int]) -> Iterator[str]:
    names = [quoted(name) for name in _given(column)]
    name, new = names[0], quoted(column.published_as or column.name)
    if column.name in located:
        yield f"CASE WHEN {name} IS NOT NULL THEN coalesce(v{located[column.name]}.code, '?') END AS {new}"
    elif column.transform is Transform.VILLAGE:
        yield (
            f"CASE WHEN length({name}) >= {VILLAGE_LENGTH} THEN left({name}, {VILLAGE_LENGTH}) "
            f"WHEN {name} IS NOT NULL THEN '?' END AS {new}"
        )
    elif column.transform is Transform.YEAR_OF_BIRTH:
        is_date = f"regexp_full_match({name}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        yield (
            f"CASE WHEN {is_date} AND TRY_CAST({name} AS DATE) IS NOT NULL "
            f"THEN CAST(year(TRY_CAST({name} AS DATE)) AS VARCHAR) "
            f"WHEN {name} IS NOT NULL THEN '?' END AS {new}"
        )
    else:
        yield from names


def _locate(duck: Engine, place: int, points: str, locate: Locate) -> None:
    """Add the village of each point to `villages`."""
    with beside(duck) as reading:
        reading.execute(points)
        while some := reading.fetchmany(10_000):
            longitudes, latitudes = [lon for lon, _lat in some], [lat for _lon, lat in some]
            codes = [locate(lon, lat) or "?" for lon, lat in some]
            duck.execute(
                "INSERT INTO villages SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
                "unnest(?::VARCHAR[])",
                [place, longitudes, latitudes, codes],
            )


def _unreadable(message: str, width: int) -> Fault:
    """Return what the engine could not read; its own words may hold values of a row, so they stay inside."""
    line = _LINE.search(message)
    place = _("Baris berkas %(line)s") % {"line": line[1]} if line else _("Berkas")
    if "nicode" in message or "utf-8" in message.casefold():
        return Fault(place, _("Hurufnya bukan UTF-8."), _("Simpan berkasnya sebagai CSV UTF-8."))
    right = _("Tiap baris berisi %(width)d kolom; teks yang memuat pemisah diberi tanda petik.")
    return Fault(place, _("Barisnya tidak dapat dibaca sebagai CSV."), right % {"width": width})

"""Any file that is handed in to one Parquet file of text: `balai_row`, then its columns by their headings."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.data.columnar.ending import refuse_unclosed
from balai.data.columnar.shape import CSV_BUFFER, LONGEST_ROW, Engine, quoted, text
from balai.data.intake import features, workbooks
from balai.data.intake.bounds import MEMORY, MOST_COLUMNS, MOST_REJECTED, unfit
from balai.data.intake.decoding import Tell, examine, is_packed, to_utf8, unpack
from balai.data.intake.layout import Layout, headings, looked_at

ROW = "balai_row"
FORMS = ("csv", "xlsx", "json", "ndjson", "geojson", "parquet")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Taken:
    """What was made of a file.

    Attributes:
        names: the headings, in order.
        rejected: lines that are no rows, at most MOST_REJECTED, told as faults; they stand in no row.
        broken_line: where letters are not those of the encoding; 0 if nowhere.
        sheets: of a workbook.
    """

    sha256: str
    layout: Layout
    names: tuple[str, ...]
    rows: int
    rejected: tuple[Fault, ...]
    broken_line: int
    sheets: tuple[str, ...]


@contextmanager
def engine(folder: Path, threads: int = 2) -> Iterator[Engine]:
    """Give an engine of small memory; what does not fit goes to the folder."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        yield connection
    finally:
        connection.close()


def take(given: Path, folder: Path, target: Path, said: dict[str, Any], tell: Tell) -> Taken:
    """Write `target`, a Parquet file of text, of the file at `given`.

    Args:
        folder: for what lies there meanwhile; nothing of it stays.
        said: parts of the layout that a person or an earlier file decided: encoding, delimiter, quote,
            header_row, sheet.

    Raises:
        Invalid: it is of no form we know, broken, or beyond what is taken.
    """
    drafts = [folder / name for name in ("unpacked", "utf8", "plain.csv", "alike.csv")]
    try:
        found = examine(given, tell)
        if is_packed(given):
            unpack(given, drafts[0], tell)
            given = drafts[0]
            found = replace(examine(given, tell), sha256=found.sha256)
        form = form_of(given, found.encoding)
        if form == "parquet":
            return _of_parquet(given, folder, target, found.sha256)
        sheets: tuple[str, ...] = ()
        encoding = said.get("encoding") or found.encoding
        if form == "xlsx":
            sheets = tuple(workbooks.sheets(given))
            workbooks.to_csv(given, said.get("sheet", ""), drafts[2], tell)
        elif encoding != "utf-8":
            to_utf8(given, drafts[1], encoding, tell)
            given = drafts[1]
        if form in ("json", "ndjson"):
            return _of_json(given, folder, target, form, found.sha256)
        if form == "geojson":
            features.to_csv(given, drafts[2], tell)
        if form != "csv":
            encoding, given = "utf-8", drafts[2]
            said = {name: said[name] for name in ("header_row", "sheet") if name in said and form == "xlsx"}
            said |= {"delimiter": ",", "quote": '"'} | ({"header_row": 1} if form == "geojson" else {})
        layout, names = looked_at(given, form, encoding, said)
        if form == "xlsx" and not layout.sheet:
            layout = replace(layout, sheet=sheets[0])
        broken = found.broken_line if encoding == found.encoding else 0
        try:
            rows, rejected = _of_csv(given, folder, target, layout, names)
        except Invalid:
            # Lines that end now so and now so are beyond the engine; made alike, they are not.
            to_utf8(given, drafts[3], "utf-8", tell, alike=True)
            rows, rejected = _of_csv(drafts[3], folder, target, layout, names)
        return Taken(found.sha256, layout, tuple(names), rows, rejected, broken, sheets)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def form_of(path: Path, encoding: str) -> str:
    """Return the form of a file by what is in it, whatever it is called. Raises Invalid."""
    with path.open("rb") as file:
        start = file.read(65_536)
    if not start:
        raise unfit(_("Berkasnya kosong."), _("Unggah berkas dengan baris judul dan barisnya."))
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK"):
        if _is_workbook(path):
            return "xlsx"
        raise unfit(_("Berkas zip tidak dapat dibaca."), _("Keluarkan berkasnya dari zip, lalu unggah."))
    if start.startswith(_OLD_EXCEL):
        raise unfit(_("Ini buku kerja Excel lama (.xls)."), _("Simpan sebagai .xlsx atau CSV UTF-8."))
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise unfit(_("Ini bukan berkas data."), _("Unggah CSV, Excel, JSON, GeoJSON, atau Parquet."))
    head = start.decode(encoding, "ignore").lstrip("\ufeff \r\n\t")
    if head.startswith("{"):
        return "geojson" if '"FeatureCollection"' in head else "ndjson"
    if head.startswith("[") and head[1:].lstrip()[:1] in ("{", "]"):
        return "json"
    return "csv"


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _of_csv(
    path: Path, folder: Path, target: Path, layout: Layout, names: list[str]
) -> tuple[int, tuple[Fault, ...]]:
    refuse_unclosed(path, layout.delimiter, layout.quote)
    shape = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    source = (
        f"read_csv({text(path)}, header=false, auto_detect=false, skip={layout.header_row}, "
        f"delim={text(layout.delimiter)}, quote={text(layout.quote)}, escape={text(layout.quote)}, "
        # The line break is not named: with rejects, the engine then silently reads nothing of CRLF.
        "nullstr='', strict_mode=true, store_rejects=true, "
        f"rejects_limit={MOST_REJECTED}, "
        # In parallel a quoted line break may be taken for the end of a row.
        f"parallel=false, max_line_size={LONGEST_ROW}, buffer_size={CSV_BUFFER}, columns={{{shape}}})"
    )
    filled = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in names[:200])
    with engine(folder) as duck:
        rows = _copied(duck, f"SELECT * FROM {source} WHERE {filled}", target)  # noqa: S608
        told = duck.execute(
            "SELECT line, any_value(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall()
    if len(told) >= MOST_REJECTED and rows < len(told):
        wrong = _("Hampir tidak ada baris yang cocok dengan %(count)d kolom judulnya.")
        raise unfit(wrong % {"count": len(names)}, _("Periksa pemisah kolom dan letak baris judul."))
    return rows, tuple(_rejected(line, why, len(names)) for line, why in told)


def _rejected(line: int, why: str, width: int) -> Fault:
    place = _("Baris berkas %(line)s") % {"line": line}
    right = _("Tiap baris berisi %(width)d kolom; teks yang memuat pemisah diberi tanda petik.") % {
        "width": width
    }
    told = {
        "TOO MANY COLUMNS": _("Kolomnya terlalu banyak."),
        "MISSING COLUMNS": _("Kolomnya kurang."),
        "UNQUOTED VALUE": _("Tanda petiknya tidak berpasangan."),
        "LINE SIZE OVER MAXIMUM": _("Barisnya terlalu panjang."),
    }
    if why == "INVALID ENCODING":
        return Fault(place, _("Hurufnya bukan UTF-8."), _("Simpan berkasnya sebagai CSV UTF-8."))
    return Fault(place, told.get(why, _("Barisnya tidak dapat dibaca.")), right)


def _copied(duck: Engine, rows: str, target: Path) -> int:
    """Write rows numbered in their order to Parquet; return how many. Raises Invalid."""
    draft = target.with_suffix(".draft")
    try:
        duck.execute(
            f"COPY (SELECT row_number() OVER () AS {ROW}, * FROM ({rows})) TO {text(draft)} "  # noqa: S608
            "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
        )
        found = duck.execute(f"SELECT count(*) FROM read_parquet({text(draft)})").fetchone()  # noqa: S608
    except duckdb.Error as error:
        draft.unlink(missing_ok=True)
        raise _unreadable(error) from None
    draft.replace(target)
    return int(found[0]) if found else 0


def _unreadable(error: duckdb.Error) -> Exception:
    # The engine's own words may hold values of a row, so they stay inside.
    if isinstance(error, duckdb.OutOfMemoryException):
        return unfit(_("Berkasnya tidak muat dibaca."), _("Simpan sebagai CSV UTF-8, atau bagi berkasnya."))
    return unfit(_("Berkasnya rusak atau terpotong."), _("Buat lagi berkasnya, lalu unggah."))


def _of_json(path: Path, folder: Path, target: Path, form: str, sha256: str) -> Taken:
    """Take objects: of an array, or one a line. A value that is no text is taken as JSON writes it."""
    kind = "array" if form == "json" else "newline_delimited"
    objects = f"read_json_objects({text(path)}, format='{kind}', maximum_object_size={LONGEST_ROW})"
    with engine(folder) as duck:
        try:
            keys = duck.execute(
                # First met, first in line.
                "SELECT key FROM (SELECT unnest(json_keys(json)) AS key, row_number() OVER () AS number "  # noqa: S608
                f"FROM {objects}) GROUP BY key ORDER BY min(number) LIMIT {MOST_COLUMNS + 1}"
            ).fetchall()
        except duckdb.Error as error:
            raise _unreadable(error) from None
        own = [key for (key,) in keys]
        if not own:
            raise unfit(
                _("Tidak ada baris di berkas JSON ini."), _("Tulis larik objek, atau satu objek tiap baris.")
            )
        if len(own) > MOST_COLUMNS:
            raise unfit(_("Kolomnya lebih dari %(most)d.") % {"most": MOST_COLUMNS}, _("Bagi berkasnya."))
        names = headings(own)
        cells = ", ".join(
            f"nullif(json ->> {text('$.' + json.dumps(key, ensure_ascii=False))}, '') AS {quoted(name)}"
            for key, name in zip(own, names, strict=True)
        )
        rows = _copied(duck, f"SELECT {cells} FROM {objects}", target)  # noqa: S608
    return Taken(sha256, Layout(form), tuple(names), rows, (), 0, ())


def _of_parquet(path: Path, folder: Path, target: Path, sha256: str) -> Taken:
    with path.open("rb") as file:
        file.seek(-8, 2)
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != b"PAR1" or length > file.tell() - 12 or length > 100_000_000:
            raise unfit(_("Berkas Parquet ini rusak atau terpotong."), _("Buat lagi berkasnya, lalu unggah."))
    with engine(folder, threads=1) as duck:
        try:
            told = duck.execute(f"DESCRIBE SELECT * FROM read_parquet({text(path)})").fetchall()  # noqa: S608
        except duckdb.Error as error:
            raise _unreadable(error) from None
        if len(told) > MOST_COLUMNS:
            raise unfit(_("Kolomnya lebih dari %(most)d.") % {"most": MOST_COLUMNS}, _("Bagi berkasnya."))
        own = [row[0] for row in told]
        names = headings(own)
        cells = ", ".join(
            f"nullif(CAST({quoted(old)} AS VARCHAR), '') AS {quoted(new)}"
            for old, new in zip(own, names, strict=True)
        )
        rows = _copied(duck, f"SELECT {cells} FROM read_parquet({text(path)})", target)  # noqa: S608
    return Taken(sha256, Layout("parquet"), tuple(names), rows, (), 0, ())


def sample(raw: Path, folder: Path, limit: int) -> list[dict[str, str | None]]:
    """Return the first rows of a file that was taken, by heading."""
    with engine(folder, threads=1) as duck:
        found = duck.execute(
            f"SELECT * EXCLUDE {ROW} FROM read_parquet({text(raw)}) ORDER BY {ROW} LIMIT ?",  # noqa: S608
            [limit],
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

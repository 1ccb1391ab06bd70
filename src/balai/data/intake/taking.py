"""Any file that is handed in to one Parquet file of text: `balai_row`, then its columns by their headings."""

import codecs
import json
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.base.later import duckdb
from balai.data.columnar.lending import Engine
from balai.data.columnar.lending import engine as lent
from balai.data.columnar.shape import CSV_BUFFER, LONGEST_ROW, quoted, text
from balai.data.columnar.watching import Watch, watched
from balai.data.intake import features, workbooks
from balai.data.intake.bounds import MEMORY, MOST_COLUMNS, MOST_REJECTED, unfit
from balai.data.intake.decoding import Examined, Tell, by_mark, examine, to_utf8, unpack
from balai.data.intake.flowing import PACKED, Flow, Given, ending, last_row, of_path, unpacked
from balai.data.intake.layout import LOOKED_AT, Layout, headings, looked_at

ROW = "balai_row"
FORMS = ("csv", "xlsx", "json", "ndjson", "geojson", "parquet")
ROWS_TOGETHER = 20_000
"""Rows of a group in the file of text: wide rows of long texts stay within the memory of the engine."""
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


def engine(folder: Path, threads: int = 2) -> AbstractContextManager[Engine]:
    """Give an engine of small memory; what does not fit goes to the folder."""
    return lent(folder / "spill", threads, MEMORY)


def take(given: Given, folder: Path, target: Path, said: dict[str, Any], tell: Tell) -> Taken:
    """Write Parquet files of text of a file that was handed in.

    Text files flow through the engine and never lie in clear; all others are read to and fro.

    Args:
        folder: for what lies there meanwhile; nothing of it stays.
        target: with a star in its name, for which stands a number in each file; together they are the rows.
        said: parts of the layout that a person or an earlier file decided: encoding, delimiter, quote,
            header_row, sheet.
        tell: also called while nothing moves; what it raises ends the work.

    Raises:
        Invalid: it is of no form we know, broken, or beyond what is taken.
        DiskFull
    """
    drafts = [folder / name for name in ("unpacked", "utf8", "plain.csv", "given")]
    try:
        is_packed = _start(given.parts(), 2) == PACKED
        parts = given.parts()
        head = _start(unpacked(parts, given.size) if is_packed else parts, LOOKED_AT)
        encoding = said.get("encoding") or by_mark(head[:4096]) or "utf-8"
        form = form_of(head, given, encoding)
        if form == "csv":
            return _of_text(given, folder, target, head, said, is_packed, tell)
        path = given.whole()
        found = examine(path, tell)
        if is_packed:
            unpack(path, drafts[0], tell)
            path = drafts[0]
            found = replace(examine(path, tell), sha256=found.sha256)
        if form == "parquet":
            return _of_parquet(path, folder, target, found.sha256)
        return _of_others(path, folder, target, form, said, found, tell)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def _of_others(
    path: Path, folder: Path, target: Path, form: str, said: dict[str, Any], found: Examined, tell: Tell
) -> Taken:
    """Take a workbook, JSON or GeoJSON."""
    sheets: tuple[str, ...] = ()
    plain = folder / "plain.csv"
    if form == "xlsx":
        sheets = tuple(workbooks.sheets(path))
        workbooks.to_csv(path, said.get("sheet", ""), plain, tell)
    elif (encoding := said.get("encoding") or found.encoding) != "utf-8":
        to_utf8(path, folder / "utf8", encoding, tell)
        path = folder / "utf8"
    if form in ("json", "ndjson"):
        return _of_json(path, folder, target, form, found.sha256)
    if form == "geojson":
        features.to_csv(path, plain, tell)
    said = {name: said[name] for name in ("header_row", "sheet") if name in said and form == "xlsx"}
    said |= {"delimiter": ",", "quote": '"'} | ({"header_row": 1} if form == "geojson" else {})
    made = of_path(plain)
    layout, names = looked_at(_start(made.parts(), LOOKED_AT).decode("utf-8", "replace"), form, "utf-8", said)
    if form == "xlsx" and not layout.sheet:
        layout = replace(layout, sheet=sheets[0])
    rows, rejected, _flow = _of_csv(made, folder, target, replace(layout, encoding="utf-8"), names, tell)
    return Taken(found.sha256, layout, tuple(names), rows, rejected, 0, sheets)


def _of_text(
    given: Given,
    folder: Path,
    target: Path,
    head: bytes,
    said: dict[str, Any],
    is_packed: bool,
    tell: Tell,
) -> Taken:
    """Take a CSV file in one pass, as UTF-8 or as what is said of its letters.

    A file without any letter beyond ASCII is UTF-8. One that is not UTF-8 from its first such letter
    on is windows-1252, as spreadsheets of older machines write, and is begun anew; one that breaks later is
    UTF-8 with faults, for guessing there would turn names into other names.
    """
    told = said.get("encoding") or by_mark(head[:4096])
    for encoding in (told,) if told else ("utf-8", "windows-1252"):
        layout, names = looked_at(_decoded(head, encoding), "csv", encoding, said)
        is_sure = bool(told) or encoding != "utf-8"
        # Lines that end as on old machines are beyond the pieces.
        for alike in (True,) if ending(head) == b"\r" else (False, True):
            try:
                rows, rejected, flow = _of_csv(
                    given,
                    folder,
                    target,
                    layout,
                    names,
                    tell,
                    is_packed=is_packed,
                    alike=alike,
                    strict=not is_sure,
                )
                break
            except _Unequal as error:
                if alike or not error.has_returns:
                    raise error.told from None
                # Lines that end now so and now so are beyond the engine; made alike, they are not.
        if not flow.is_cut:
            return Taken(flow.sha256, layout, tuple(names), rows, rejected, flow.broken_line, ())
    raise AssertionError("windows-1252 is never cut")


class _Unequal(Exception):
    """The engine could not read a text file as it is."""

    def __init__(self, told: Exception, has_returns: bool) -> None:
        self.told, self.has_returns = told, has_returns


def _decoded(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def _start(parts: Iterator[bytes], most: int) -> bytes:
    """Return the first bytes of a file."""
    found = b""
    for part in parts:
        found += part
        if len(found) >= most:
            break
    return found[:most]


def form_of(start: bytes, given: Given, encoding: str) -> str:
    """Return the form of a file by what is in it, whatever it is called. Raises Invalid."""
    if not start:
        raise unfit(_("Berkasnya kosong."), _("Unggah berkas dengan baris judul dan barisnya."))
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK"):
        if _is_workbook(given.whole()):
            return "xlsx"
        raise unfit(_("Berkas zip tidak dapat dibaca."), _("Keluarkan berkasnya dari zip, lalu unggah."))
    if start.startswith(_OLD_EXCEL):
        raise unfit(_("Ini buku kerja Excel lama (.xls)."), _("Simpan sebagai .xlsx atau CSV UTF-8."))
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise unfit(_("Ini bukan berkas data."), _("Unggah CSV, Excel, JSON, GeoJSON, atau Parquet."))
    head = start[:65_536].decode(encoding, "ignore").lstrip("\ufeff \r\n\t")
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
    given: Given,
    folder: Path,
    target: Path,
    layout: Layout,
    names: list[str],
    tell: Tell,
    *,
    is_packed: bool = False,
    alike: bool = False,
    strict: bool = False,
) -> tuple[int, tuple[Fault, ...], Flow]:
    """Write the rows of a text file, piece by piece. Raises _Unequal where the engine cannot."""
    flow = Flow(given, layout.encoding, is_packed=is_packed, alike=alike, strict=strict)
    rows, told, number = 0, dict[int, str](), 0
    with flow.running(), engine(folder) as duck:
        try:
            # What was cut ends anywhere, and is read anew in another encoding.
            while flow.fill() and not flow.is_cut:
                found = _of_piece(
                    duck, flow, _numbered(target, number), layout, names, rows, number, tell, given
                )
                for line, why in found[1][: MOST_REJECTED - len(told)]:
                    told[line] = why
                rows, number = rows + found[0], number + 1
        except Invalid as error:
            raise _Unequal(error, flow.has_returns) from None
        if flow.is_cut:
            return 0, (), flow
        if not number:
            raise unfit(_("Berkasnya kosong."), _("Unggah berkas dengan baris judul dan barisnya."))
    tell(given.size, given.size)
    if len(told) >= MOST_REJECTED and rows < len(told):
        wrong = _("Hampir tidak ada baris yang cocok dengan %(count)d kolom judulnya.")
        raise unfit(wrong % {"count": len(names)}, _("Periksa pemisah kolom dan letak baris judul."))
    return rows, tuple(_rejected(line, why, len(names)) for line, why in sorted(told.items())), flow


def _of_piece(
    duck: Engine,
    flow: Flow,
    target: Path,
    layout: Layout,
    names: list[str],
    before: int,
    number: int,
    tell: Tell,
    given: Given,
) -> tuple[int, list[tuple[int, str]]]:
    """Write the rows of the piece that waits; return how many, and the lines that are none, with why."""
    token, last = last_row(layout.delimiter, len(names))
    shape = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    filled = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in names[:200])
    # Our own row is taken out, and counted: a sequence, for the rows pass by once.
    ours = f"CASE WHEN {quoted(names[0])} = {text(token)} THEN nextval('ours') < 0 ELSE true END"
    while True:
        for cut in flow.cuts(layout.quote.encode()):
            duck.execute("CREATE OR REPLACE SEQUENCE ours")
            duck.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
            with flow.piped(cut, last) as path:
                options = (
                    f"header=false, auto_detect=false, skip={0 if number else layout.header_row}, "
                    f"delim={text(layout.delimiter)}, quote={text(layout.quote)}, "
                    # The line break is not named: with rejects, the engine then reads nothing of CRLF.
                    f"escape={text(layout.quote)}, nullstr='', strict_mode=true, store_rejects=true, "
                    # In parallel a quoted line break may be taken for the end of a row.
                    f"rejects_limit={MOST_REJECTED}, parallel=false, max_line_size={LONGEST_ROW}, "
                    f"buffer_size={CSV_BUFFER}, columns={{{shape}}}"
                )
                rows = _copied(
                    duck,
                    f"SELECT * FROM read_csv({text(path)}, {options}) WHERE ({filled}) AND {ours}",  # noqa: S608
                    target,
                    lambda _share: tell(flow.done, given.size),
                    before,
                )
            (came,) = duck.execute(
                "SELECT last_value FROM duckdb_sequences() WHERE sequence_name = 'ours'"
            ).fetchone() or (None,)
            if came is not None:
                told = duck.execute(
                    "SELECT line, any_value(error_type::VARCHAR) FROM reject_errors GROUP BY line"
                ).fetchall()
                told = [(line + flow.lines, why) for line, why in told]
                flow.take(cut)
                return rows, told
            target.unlink(missing_ok=True)
        if not flow.grow():
            raise flow.unclosed(layout.quote)


def _numbered(target: Path, number: int) -> Path:
    """Return the path of one of the files of text."""
    return target.with_name(target.name.replace("*", f"{number:04}"))


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


def _copied(duck: Engine, rows: str, target: Path, watch: Watch | None = None, before: int = 0) -> int:
    """Write rows numbered in their order, on from `before`, to Parquet; return how many. Raises Invalid."""
    draft = target.with_suffix(".draft")
    try:
        watched(
            duck,
            f"COPY (SELECT {before} + row_number() OVER () AS {ROW}, * FROM ({rows})) TO {text(draft)} "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_TOGETHER})",
            watch,
        )
        found = duck.execute(f"SELECT count(*) FROM read_parquet({text(draft)})").fetchone()  # noqa: S608
    except duckdb.Error as error:
        draft.unlink(missing_ok=True)
        raise _unreadable(error) from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(target)
    return int(found[0]) if found else 0


def _unreadable(error: "duckdb.Error") -> Exception:
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
        rows = _copied(duck, f"SELECT {cells} FROM {objects}", _numbered(target, 0))  # noqa: S608
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
        rows = _copied(duck, f"SELECT {cells} FROM read_parquet({text(path)})", _numbered(target, 0))  # noqa: S608
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

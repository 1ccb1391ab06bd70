"""Reads the rows of a dated table, from its YAML or from the CSV beside it, with the place of every fault."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.definitions import rules
from balai.definitions.kinds import LARGEST_COMPANION, Companions
from balai.definitions.layers import File
from balai.definitions.reader import Document, Place, file_fault
from balai.definitions.rules import CellType, Row, Value
from balai.definitions.table_schema import Column, Table, TableFile, WrittenRow, day_of, validity

_MOST_FAULTS = 50


def companions(file: TableFile) -> tuple[str, ...]:
    """Return the name of the CSV a table's rows are in, if they are in one."""
    return (file.rows_csv,) if file.rows_csv else ()


def complete(file: TableFile, document: Document, beside: Companions) -> Table:
    """Return the table with its rows typed and checked. Raises Invalid with at most 50 faults."""
    if (file.rows is None) == (file.rows_csv is None):
        wrong = _("Baris tabel harus ada di satu tempat.")
        raise Invalid([document.fault((), wrong, _("Isi “rows” atau “rows_csv”, salah satu."))])
    names = [column.name for column in file.columns]
    if len(set(names)) < len(names):
        wrong = _("Ada dua kolom dengan nama yang sama.")
        raise Invalid([document.fault(("columns",), wrong, _("Beri tiap kolom namanya sendiri."))])
    rows: list[tuple[Row, str, Place]] = []
    faults: list[Fault] = []
    read = _from_csv(file, beside[file.rows_csv]) if file.rows_csv else _from_yaml(file, document)
    for found in read:
        if isinstance(found, Fault):
            faults.append(found)
        else:
            rows.append(found)
        if len(faults) >= _MOST_FAULTS:
            break
    if not faults:
        faults += _overlaps(rows)
    if faults:
        raise Invalid(faults)
    return Table(file, tuple(row for row, _name, _place in rows))


def _from_yaml(file: TableFile, document: Document) -> Iterator[tuple[Row, str, Place] | Fault]:
    columns = {column.name: column for column in file.columns}
    for number, row in enumerate(file.rows or ()):
        path = ("rows", number)
        unknown = [name for name in row.values if name not in columns]
        for name in unknown:
            wrong = _("Kolom %(name)s tidak ada dalam tabel.") % {"name": name}
            right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(columns)}
            yield document.fault((*path, "values", name), wrong, right)
        values: dict[str, Value] = {}
        for column in file.columns:
            try:
                values[column.name] = rules.check(column, _typed(column, row.values.get(column.name)))
            except Invalid as error:
                for fault in error.faults:
                    wrong = f"{column.name}: {fault.wrong}"
                    yield document.fault((*path, "values", column.name), wrong, fault.right)
        yield from _dated(file, row, values, document, path)


def _dated(
    file: TableFile, row: WrittenRow, values: Mapping[str, Value], document: Document, path: tuple[str, int]
) -> Iterator[tuple[Row, str, Place] | Fault]:
    day = day_of(row.key) if file.key and file.key.type == "date" else None
    valid_from = row.valid_from or day
    if valid_from is None:
        yield document.fault(path, _("“valid_from” belum ada."), _("Tulis hari pertama baris ini berlaku."))
        return
    valid_to = row.valid_to or day
    for fault in validity(file, row.key, valid_from, valid_to):
        yield document.fault(path, f"{fault.place}: {fault.wrong}", fault.right)
    typed = Row(
        row.key,
        valid_from,
        valid_to,
        MappingProxyType(dict(values)),
        row.source or file.source,
        row.confidence or file.confidence,
    )
    yield typed, document.file, document.place(path)


def _typed(column: Column, value: str | int | Decimal | bool | None) -> Value:
    if column.type is CellType.DATE and isinstance(value, str):
        return day_of(value) or value
    if column.type is CellType.DECIMAL and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def _from_csv(file: TableFile, source: File) -> Iterator[tuple[Row, str, Place] | Fault]:
    raw = source.read(LARGEST_COMPANION)
    if len(raw) > LARGEST_COMPANION:
        yield file_fault(source.name, (1, 1), _("Berkas terlalu besar."), _("Paling besar 20 MiB."))
        return
    try:
        yield from _from_lines(file, source.name, _lines(raw.decode("utf-8"), source.name))
    except UnicodeDecodeError as error:
        place = (raw.count(b"\n", 0, error.start) + 1, 1)
        yield file_fault(source.name, place, _("Ada huruf yang bukan UTF-8."), _("Simpan sebagai CSV UTF-8."))
    except Invalid as error:
        yield from error.faults


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it begins on, cells). Raises Invalid where the CSV is malformed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        wrong = _("Bentuk CSV salah (%(problem)s).") % {"problem": error}
        raise Invalid([file_fault(name, (line, 1), wrong, _("Periksa tanda kutip baris ini."))]) from error


def _header(file: TableFile) -> tuple[list[str], list[str]]:
    """Return the columns a CSV must have, and those it may have."""
    is_daily = file.key is not None and file.key.type == "date"
    must = (["key"] if file.key else []) + ([] if is_daily else ["valid_from", "valid_to"])
    return must + [column.name for column in file.columns], ["source", "confidence"]


def _from_lines(
    file: TableFile, name: str, lines: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[Row, str, Place] | Fault]:
    _first, header = next(lines, (1, []))
    must, may = _header(file)
    missing = [column for column in must if column not in header]
    unknown = [column for column in header if column not in must + may or header.count(column) > 1]
    if missing or unknown:
        wrong = _("Kepala kolom tidak sesuai: %(columns)s.") % {"columns": ", ".join(missing or unknown)}
        yield file_fault(name, (1, 1), wrong, _("Harus: %(columns)s.") % {"columns": ",".join(must)})
        return
    for line, cells in lines:
        if len(cells) != len(header):
            wrong = _("Baris ini punya %(found)d kolom.") % {"found": len(cells)}
            yield file_fault(name, (line, 1), wrong, _("Harus %(right)d.") % {"right": len(header)})
        else:
            yield from _from_cells(file, name, line, dict(zip(header, cells, strict=True)))


def _from_cells(
    file: TableFile, name: str, line: int, cells: Mapping[str, str]
) -> Iterator[tuple[Row, str, Place] | Fault]:
    places = {column: number for number, column in enumerate(cells, start=1)}
    faults: list[Fault] = []
    values: dict[str, Value] = {}
    for column in file.columns:
        try:
            values[column.name] = rules.parse(column, cells[column.name])
        except Invalid as error:
            faults += [
                file_fault(name, (line, places[column.name]), f"{column.name}: {fault.wrong}", fault.right)
                for fault in error.faults
            ]
    key = cells.get("key", "").strip()
    valid_from = day_of(cells.get("valid_from", key))
    until = cells.get("valid_to", key).strip()
    if valid_from is None or (until and day_of(until) is None):
        dated = "key" if "valid_from" not in cells else "valid_from" if valid_from is None else "valid_to"
        wrong = _("%(column)s: “%(text)s” bukan tanggal.") % {"column": dated, "text": cells[dated]}
        right = _("Tulis tahun-bulan-hari, misalnya 2026-03-18.")
        yield from [*faults, file_fault(name, (line, places[dated]), wrong, right)]
        return
    valid_to = day_of(until)
    for fault in validity(file, key, valid_from, valid_to):
        faults.append(file_fault(name, (line, 1), f"{fault.place}: {fault.wrong}", fault.right))
    if faults:
        yield from faults
        return
    source, confidence = cells.get("source") or file.source, cells.get("confidence") or file.confidence
    yield Row(key, valid_from, valid_to, MappingProxyType(values), source, confidence), name, (line, 1)


def _overlaps(rows: list[tuple[Row, str, Place]]) -> Iterator[Fault]:
    seen: dict[str, list[tuple[Row, Place]]] = {}
    for row, name, place in rows:
        for other, where in seen.setdefault(row.key, []):
            if other.meets(row.valid_from, row.valid_to):
                wrong = _("Masa berlakunya bertumpuk dengan baris %(line)d.") % {"line": where[0]}
                right = _("Satu kunci hanya punya satu baris pada satu hari.")
                yield file_fault(name, place, wrong, right)
        seen[row.key].append((row, place))

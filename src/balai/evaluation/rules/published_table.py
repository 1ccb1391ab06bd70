"""Published result tables as they come: read from CSV into rows, every fault with its line and column."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from balai.base.errors import Fault, Invalid
from balai.evaluation.rules.instrument import Instrument
from balai.evaluation.rules.ranking import took_part

LARGEST = 20 * 1024 * 1024
MOST_FAULTS = 50
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?\Z")
_MISSING = {"", "-", "–", "—"}
_SHORT = {"kab": "kabupaten", "kep": "kepulauan", "prov": "provinsi", "pemkab": "kabupaten", "pemkot": "kota"}


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One row as published. `values` holds the numbers that are there, by key of the part."""

    line: int
    year: int
    stage: str
    group: str
    unit: str
    values: Mapping[str, Decimal]
    total: Decimal | None
    change: Decimal | None
    predicate: str
    instrument: Instrument | None

    @property
    def key(self) -> tuple[str, int]:
        return unit_key(self.unit), self.year

    @property
    def is_evaluated(self) -> bool:
        return took_part({**self.values, "": self.total or 0})

    @property
    def missing(self) -> tuple[str, ...]:
        parts = self.instrument.weights if self.instrument else ()
        return tuple(key for key in parts if key not in self.values)


@dataclass(frozen=True)
class PublishedTable:
    rows: tuple[PublishedRow, ...]
    unread_columns: tuple[str, ...]


def unit_key(name: str) -> str:
    """Return a name by which the same region is found again, however it is abbreviated or spaced.

    >>> unit_key("Kab. Kep. Mentawai") == unit_key("Kabupaten  Kepulauan Mentawai")
    True
    """
    words = re.findall(r"[^\W_]+", name.casefold())
    return "".join(_SHORT.get(word, word) for word in words)


def read_table(raw: bytes, instruments: Iterable[Instrument]) -> PublishedTable:
    """Return the rows of a published table.

    The columns of the two families are told by their header; year and group choose the
    instrument of a row, None where there is none. UTF-8 with or without BOM; separated by
    comma, semicolon or tab. Where it is not comma, numbers may have a decimal comma.

    Raises:
        Invalid: with at most 50 faults, each with line and column.
    """
    known = list(instruments)
    header, lines, comma = _opened(raw)
    family = [each for each in known if each.table.unit in header and each.table.total in header]
    faults = list(_faults_of_header(header, known, family))
    if faults:
        raise Invalid(faults)
    rows: list[PublishedRow] = []
    # A table says the same few numbers and groups over and over; each is kept once.
    once: dict[object, Any] = {}
    used = {"year", "stage", "group"}
    for line, cells in lines:
        if len(cells) != len(header):
            faults.append(
                Fault(
                    _("baris %(line)d") % {"line": line},
                    _("Baris ini punya %(found)d kolom.") % {"found": len(cells)},
                    _("Harus %(right)d.") % {"right": len(header)},
                )
            )
        else:
            named = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            faults += _read_row(line, named, family, comma, rows, once)
        if len(faults) >= MOST_FAULTS:
            break
    if faults:
        raise Invalid(faults[:MOST_FAULTS])
    for each in family:
        used |= {each.table.unit, each.table.total, each.table.change, each.table.predicate, *each.weights}
    return PublishedTable(tuple(rows), tuple(name for name in header if name not in used))


def _opened(raw: bytes) -> tuple[list[str], Iterator[tuple[int, list[str]]], bool]:
    """Return the header, the numbered lines below, and whether a decimal comma can stand in them."""
    if len(raw) > LARGEST:
        raise Invalid([Fault(_("berkas"), _("Berkas terlalu besar."), _("Paling besar 20 MiB."))])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        place = _("baris %(line)d") % {"line": line}
        raise Invalid(
            [Fault(place, _("Ada huruf yang bukan UTF-8."), _("Simpan sebagai CSV UTF-8."))]
        ) from error
    first = re.match(r"[^\r\n]*", text)
    separator = max(",;\t", key=first[0].count if first else "".count)
    lines = _lines(raw, separator)
    header = next(lines, None)
    if header is None:
        raise Invalid([Fault(_("berkas"), _("Berkasnya kosong."), _("Isi kepala kolom dan barisnya."))])
    return [name.strip().casefold() for name in header[1]], lines, separator != ","


def _lines(raw: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that say something, each with its number. Raises Invalid where it is no CSV."""
    text = io.TextIOWrapper(io.BytesIO(raw), "utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        wrong = _("Bentuk CSV salah (%(problem)s).") % {"problem": error}
        place = _("baris %(line)d") % {"line": begins}
        raise Invalid([Fault(place, wrong, _("Periksa tanda kutip baris ini."))]) from error


def _faults_of_header(
    header: Sequence[str], known: Sequence[Instrument], family: Sequence[Instrument]
) -> Iterator[Fault]:
    place = _("baris 1")
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        yield Fault(place, _("Kolom “%(name)s” ada dua kali.") % {"name": name}, _("Hapus salah satunya."))
    if not family:
        pairs = sorted({(each.table.unit, each.table.total) for each in known})
        expected = "; ".join(f"{unit} … {total}" for unit, total in pairs)
        yield Fault(
            place,
            _("Kepala kolom ini bukan tabel hasil yang dikenal."),
            _("Harus memuat: %(expected)s.") % {"expected": expected},
        )
        return
    # The parts that every instrument of the family has; the others depend on the row.
    common = set.intersection(*(set(each.weights) for each in family))
    grouped = any(each.group for each in family)
    needed = ["year", *(["group"] if grouped else []), *(key for key in family[0].weights if key in common)]
    for name in needed:
        if name not in header:
            yield Fault(place, _("Kolom “%(name)s” tidak ada.") % {"name": name}, _("Tambahkan kolomnya."))


def _read_row(
    line: int,
    cells: Mapping[str, str],
    family: Sequence[Instrument],
    comma: bool,
    rows: list[PublishedRow],
    once: dict[object, Any],
) -> list[Fault]:
    """Add the row to `rows`, or return what is wrong with it; equal texts and numbers come from `once`."""
    faults: list[Fault] = []

    def number(name: str) -> Decimal | None:
        text = cells.get(name, "").replace("\u2212", "-")
        if text in _MISSING:
            return None
        plain = text.replace(",", ".") if comma else text
        if _NUMBER.match(plain):
            # By its text, for 3.4 and 3.40 are told as they were written.
            return once.get(plain) or once.setdefault(plain, Decimal(plain))  # type: ignore[no-any-return]
        right = _("Tulis angka dengan titik desimal, misalnya 3.40.")
        faults.append(_cell_fault(line, name, _("“%(text)s” bukan angka.") % {"text": text[:40]}, right))
        return None

    table = family[0].table
    unit = cells[table.unit]
    if not unit:
        faults.append(_cell_fault(line, table.unit, _("Belum diisi."), _("Tulis nama daerah atau instansi.")))
    year = cells["year"]
    if not re.fullmatch(r"20[0-9]{2}", year):
        wrong = _("“%(text)s” bukan tahun.") % {"text": year[:40]}
        faults.append(_cell_fault(line, "year", wrong, _("Tulis empat angka, misalnya 2023.")))
        return faults
    group = cells.get("group", "")
    instrument = next((each for each in family if each.covers(int(year), group)), None)
    keys = (instrument or max(family, key=lambda each: len(each.parts))).weights
    if instrument:
        absent = [key for key in keys if key not in cells]
        faults += [
            _cell_fault(line, key, _("Kolom ini tidak ada."), _("Tambahkan kolomnya.")) for key in absent
        ]
    values = {key: value for key in keys if (value := number(key)) is not None}
    total = number(table.total)
    change = number(table.change) if table.change else None
    if not faults:
        named = cells.get(table.predicate, "") if table.predicate else ""
        stage = cells.get("stage", "")
        rows.append(
            PublishedRow(
                line,
                int(year),
                once.setdefault(("", stage), stage),
                once.setdefault(("", group), group),
                unit,
                values,
                total,
                change,
                once.setdefault(("", named), named),
                instrument,
            )
        )
    return faults


def _cell_fault(line: int, column: str, wrong: str, right: str) -> Fault:
    return Fault(_("baris %(line)d kolom %(column)s") % {"line": line, "column": column}, wrong, right)

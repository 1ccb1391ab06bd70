"""Broken and hostile workbooks: each gets an error that names the place, and nothing is written."""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from tests.cast import MALANG, everybody
from tests.clock import within
from tests.once import once

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Invalid
from balai.plan import workbook
from balai.plan.models import Masterplan
from balai.plan.sheets import package
from balai.plan.tests.test_workbook import as_stream, counts, fill, headings

pytestmark = pytest.mark.django_db

FORMULA = "Ganti rumus dengan nilainya"


def put(sheet: str, heading: str, value: Any, row: int = 2, kind: str = "") -> Callable[[Any], None]:
    """Return what puts a value under a heading."""

    def change(book: Any) -> None:
        cell = book[sheet].cell(row, headings(book[sheet])[heading])
        cell.value = value
        if kind:
            cell.data_type = kind

    return change


def also(*changes: Callable[[Any], None]) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for one in changes:
            one(book)

    return change


def merged(book: Any) -> None:
    book["Aksi"].merge_cells("A2:B3")


def sheet_renamed(book: Any) -> None:
    book["Aksi"].title = "Aksi 2024"


def heading_unknown(book: Any) -> None:
    book["Aksi"]["C1"] = "Nama"


def heading_twice(book: Any) -> None:
    book["Aksi"]["D1"] = "Judul"


def no_sheet(book: Any) -> None:
    for title in ("Program", "Aksi", "Target", "Pendanaan", "Dukungan", "Quick Win", "Risiko"):
        del book[title]


def twice(book: Any) -> None:
    sheet = book["Target"]
    for column in range(1, 5):
        sheet.cell(5, column, sheet.cell(2, column).value)


def beside(book: Any) -> None:
    book["Program"]["J2"] = "catatan di samping"


def array(book: Any) -> None:
    book["Target"]["D2"] = ArrayFormula("D2:D3", "=ROW(1:2)")


IN_CELLS: dict[str, tuple[Callable[[Any], None], str, str]] = {
    "text in a number": (put("Target", "Target", "tiga ratus"), "Lembar 'Target', baris 2, kolom D", "angka"),
    "decimals with a comma as text": (
        put("Target", "Target", "12,5"),
        "Lembar 'Target', baris 2, kolom D",
        "tanpa teks",
    ),
    "money as text": (
        put("Pendanaan", "Pagu (Rp)", "Rp1.000.000"),
        "Lembar 'Pendanaan', baris 2, kolom H",
        "Angka",
    ),
    "negative money": (put("Pendanaan", "Pagu (Rp)", -5), "Lembar 'Pendanaan', baris 2, kolom H", "negatif"),
    "money with sen": (put("Pendanaan", "Pagu (Rp)", 1000.5), "Lembar 'Pendanaan', baris 2, kolom H", "utuh"),
    "money beyond exactness": (
        put("Pendanaan", "Pagu (Rp)", 10**16),
        "Lembar 'Pendanaan', baris 2",
        "di bawah",
    ),
    "number beyond all": (put("Target", "Target", 1e300), "Lembar 'Target', baris 2, kolom D", "di bawah"),
    "missing budget": (put("Pendanaan", "Pagu (Rp)", None), "Lembar 'Pendanaan', baris 2, kolom H", "wajib"),
    "date in a year": (
        put("Target", "Tahun", date(2024, 5, 1)),
        "Lembar 'Target', baris 2, kolom C",
        "tahun saja",
    ),
    "year with decimals": (
        put("Target", "Tahun", 2024.5),
        "Lembar 'Target', baris 2, kolom C",
        "empat angka",
    ),
    "year outside of the plan": (
        put("Target", "Tahun", 2031),
        "Lembar 'Target', baris 2, kolom C",
        "2020 sampai 2025",
    ),
    "year of the Buddha": (put("Target", "Tahun", 2568), "Lembar 'Target', baris 2, kolom C", "empat angka"),
    "too many decimals": (put("Target", "Target", 1.23456), "Lembar 'Target', baris 2, kolom D", "4 angka"),
    "share as a date": (put("Aksi", "Smart Society", date(2026, 2, 1)), "Lembar 'Aksi', baris 2", "1/2"),
    "shares above one": (put("Aksi", "Smart Economy", "1/3"), "Lembar 'Aksi', baris 2", "tepat 1"),
    "shares below one": (put("Aksi", "Smart Living", None), "Lembar 'Aksi', baris 2", "tepat 1"),
    "share by zero": (put("Aksi", "Smart Living", "1/0"), "Lembar 'Aksi', baris 2", "pecahan"),
    "share of a third as decimal": (put("Aksi", "Smart Living", 0.3333), "Lembar 'Aksi', baris 2", "tepat 1"),
    "sub-dimension of another": (
        put("Aksi", "Subdimensi", "economy.industry"),
        "Lembar 'Aksi', baris 2",
        "society.community",
    ),
    "unknown office": (
        put("Aksi", "Perangkat Daerah", "DINAS-X"),
        "Lembar 'Aksi', baris 2, kolom F",
        "Pilih kode",
    ),
    "unknown family": (
        put("Aksi", "Kelompok", "lain-lain"),
        "Lembar 'Aksi', baris 2, kolom E",
        "infrastruktur",
    ),
    "unknown programme": (
        put("Target", "Kode Program", "P-99"),
        "Lembar 'Target', baris 2, kolom A",
        "lembar Program",
    ),
    "unknown action": (
        put("Target", "Kode Aksi", "A-99"),
        "Lembar 'Target', baris 2, kolom B",
        "lembar Aksi",
    ),
    "unknown partner": (
        also(put("Dukungan", "Mitra", "PT Entah"), put("Dukungan", "Perangkat Daerah", None)),
        "Lembar 'Dukungan', baris 2, kolom D",
        "daftar mitra",
    ),
    "office and partner at once": (
        put("Dukungan", "Mitra", "PT Entah"),
        "Lembar 'Dukungan', baris 2",
        "salah satu",
    ),
    "code of no nomenclature": (
        put("Pendanaan", "Kode Subkegiatan", "SUB-1"),
        "Lembar 'Pendanaan', baris 2, kolom E",
        "1.01",
    ),
    "code as emoji": (put("Aksi", "Kode Aksi", "🚀"), "Lembar 'Aksi', baris 2, kolom B", "huruf, angka"),
    "code as a decimal": (put("Program", "Kode Program", 1.10), "Lembar 'Program', baris 2, kolom A", "Teks"),
    "code missing": (put("Program", "Kode Program", None), "Lembar 'Program', baris 2, kolom A", "wajib"),
    "title missing": (put("Aksi", "Judul", "   "), "Lembar 'Aksi', baris 2, kolom C", "wajib"),
    "title too long": (put("Aksi", "Judul", "panjang " * 60), "Lembar 'Aksi', baris 2, kolom C", "300"),
    "boolean in a text": (put("Aksi", "Judul", True), "Lembar 'Aksi', baris 2, kolom C", "teks"),
    "boolean in a number": (put("Target", "Target", True), "Lembar 'Target', baris 2, kolom D", "angka"),
    "date in a text": (
        put("Program", "Judul", date(2024, 1, 1)),
        "Lembar 'Program', baris 2, kolom B",
        "teks",
    ),
    "error cell": (put("Target", "Target", "#REF!", kind="e"), "Lembar 'Target', baris 2, kolom D", "#REF!"),
    "date before 1900": (put("Aksi", "Mulai", "01/01/1899"), "Lembar 'Aksi', baris 2", "format sel Tanggal"),
    "date of another age": (put("Aksi", "Mulai", date(1905, 1, 1)), "Lembar 'Aksi', baris 2", "1990"),
    "end before start": (
        put("Aksi", "Selesai", date(2023, 1, 1)),
        "Lembar 'Aksi', baris 2",
        "sejak hari mulai",
    ),
    "yes or no": (put("Aksi", "Program Unggulan", "mungkin"), "Lembar 'Aksi', baris 2", "Ya atau Tidak"),
    "weight of zero": (put("Aksi", "Bobot", 0), "Lembar 'Aksi', baris 2", "lebih dari 0"),
    "half a place": (put("Aksi", "Bujur", None), "Lembar 'Aksi', baris 2", "Lintang dan Bujur"),
    "latitude for longitude": (
        also(put("Aksi", "Lintang", 112.6), put("Aksi", "Bujur", -7.9)),
        "Lembar 'Aksi', baris 2",
        "tertukar",
    ),
    "invisible signs": (
        put("Program", "Judul", "a_x0000_b\u0085c"),
        "Lembar 'Program', baris 2, kolom B",
        "U+0085",
    ),
    "story of no quick win": (
        put("Quick Win", "Kode Aksi", "A-02"),
        "Lembar 'Quick Win', baris 2",
        "Program Unggulan",
    ),
    "gap in the risks": (put("Risiko", "Nomor", 3), "Lembar 'Risiko', baris 2, kolom C", "tanpa celah"),
    "published without source": (put("Aksi", "Asal", "fakta terbit"), "Lembar 'Aksi', baris 2", "sumber"),
    "the same row twice": (twice, "Lembar 'Target', baris 5", "baris 2"),
    "formula": (put("Target", "Target", "=100+200"), "Lembar 'Target', baris 2, kolom D", FORMULA),
    "formula to another file": (
        put("Target", "Target", "='C:\\[x.xlsx]A'!A1"),
        "Lembar 'Target', baris 2, kolom D",
        FORMULA,
    ),
    "array formula": (array, "Lembar 'Target', baris 2, kolom D", FORMULA),
    "merged cells": (merged, "Lembar 'Aksi', baris 2, kolom A", "Pisahkan"),
    "unknown sheet": (sheet_renamed, "Lembar 'Aksi 2024'", "tidak dikenal"),
    "unknown heading": (heading_unknown, "Lembar 'Aksi', baris 1, kolom C", "templat"),
    "heading twice": (heading_twice, "Lembar 'Aksi', baris 1, kolom D", "dua kali"),
    "cell beside the table": (beside, "Lembar 'Program', baris 2, kolom J", "tidak berjudul"),
    "no sheet that is known": (no_sheet, "Berkas", "tidak ada lembar"),
}


@pytest.fixture(scope="module")
def founded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Actor, bytes]]:
    """Rini with a plan to fill, and a filled workbook without fault; no test writes more."""
    with once(django_db_blocker, tmp_path_factory.mktemp("plan")):
        with tenancy.scope(MALANG):
            rini = everybody().rini.actor
            Masterplan.objects.create(region_code=MALANG, title="Rencana Induk", year_from=2020, year_to=2025)
            made = fill(openpyxl.load_workbook(io.BytesIO(workbook.template(rini))))
        yield rini, as_stream(made).getvalue()


@pytest.fixture
def rini(founded: tuple[Actor, bytes], db: None, malang: tenancy.Scope) -> Actor:
    return founded[0]


@pytest.fixture
def whole(founded: tuple[Actor, bytes]) -> bytes:
    return founded[1]


@pytest.fixture
def book(whole: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(whole))


def refused(data: bytes, actor: Actor) -> list[str]:
    """Return the faults of a file, after making sure that neither step wrote a row."""
    before = counts()
    dry_run = workbook.read(io.BytesIO(data), actor)
    assert dry_run.token == ""
    with pytest.raises(Invalid):
        workbook.apply(io.BytesIO(data), actor, dry_run.token)
    assert counts() == before
    assert all(fault.place and fault.wrong and fault.right for fault in dry_run.faults)
    return [str(fault) for fault in dry_run.faults]


@pytest.mark.parametrize("case", IN_CELLS, ids=list(IN_CELLS))
def test_a_wrong_cell_is_named_by_sheet_row_and_column(case: str, book: Any, rini: Actor) -> None:
    change, place, right = IN_CELLS[case]
    change(book)
    faults = refused(as_stream(book).getvalue(), rini)
    assert any(fault.startswith(place) and right in fault for fault in faults), faults


def test_every_fault_of_a_file_is_listed_at_once(book: Any, rini: Actor) -> None:
    put("Target", "Target", "x")(book)
    put("Target", "Tahun", 1800, 3)(book)
    put("Pendanaan", "Pagu (Rp)", -1)(book)
    put("Aksi", "Kelompok", "=A1")(book)
    merged(book)
    faults = refused(as_stream(book).getvalue(), rini)
    for place in (
        "Target', baris 2",
        "Target', baris 3",
        "Pendanaan', baris 2",
        "Aksi', baris 2, kolom E",
        "digabung",
    ):
        assert any(place in fault for fault in faults), (place, faults)


def repacked(
    data: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> bytes:
    """Return the package with every part run through `change`, and more parts at its end."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (extra or {}).items():
            # Two hundred megabytes of nothing are packed in half the time, and still to less than one.
            new.writestr(name, content, compresslevel=1)
    return out.getvalue()


def in_sheet(name: str, content: bytes, old: bytes, new: bytes) -> bytes:
    return content.replace(old, new) if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name) else content


def macro(data: bytes) -> bytes:
    return repacked(data, lambda _name, content: content, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"})


def macro_type(data: bytes) -> bytes:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return repacked(
        data,
        lambda _n, content: content.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    )


def external_link(data: bytes) -> bytes:
    return repacked(
        data, lambda _n, content: content, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    )


def document_type(data: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return repacked(
        data,
        lambda name, content: (
            content.replace(b"<worksheet", bomb + b"<worksheet", 1) if "sheet3" in name else content
        ),
    )


def outside_entity(data: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return repacked(
        data,
        lambda n, c: c.replace(b"<styleSheet", bomb + b"<styleSheet", 1) if n.endswith("styles.xml") else c,
    )


def zip_bomb(data: bytes) -> bytes:
    return repacked(data, lambda _n, content: content, {"xl/media/image1.png": b"\0" * (200 * 2**20)})


def many_members(data: bytes) -> bytes:
    return repacked(data, lambda _n, content: content, {f"xl/media/{n}.png": b"" for n in range(1500)})


def not_a_number(data: bytes) -> bytes:
    return repacked(data, lambda n, c: in_sheet(n, c, b"<v>300</v>", b"<v>NaN</v>"))


def infinite(data: bytes) -> bytes:
    return repacked(data, lambda n, c: in_sheet(n, c, b"<v>300</v>", b"<v>1e999</v>"))


def shared_string_beyond(data: bytes) -> bytes:
    cell = b'<row r="40"><c r="A40" t="s"><v>999999</v></c></row></sheetData>'
    return repacked(data, lambda n, c: c.replace(b"</sheetData>", cell) if "sheet4" in n else c)


def wrong_address(data: bytes) -> bytes:
    return repacked(data, lambda n, c: in_sheet(n, c, b'r="A2"', b'r="!!"'))


def broken_xml(data: bytes) -> bytes:
    return repacked(data, lambda n, c: c[: len(c) // 2] if "sheet3" in n else c)


def a_million_rows(data: bytes) -> bytes:
    rows = b"".join(b'<row r="%d" ht="15"/>' % n for n in range(10, 1_000_010))
    return repacked(
        data, lambda n, c: c.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet4" in n else c
    )


def far_column(data: bytes) -> bytes:
    cell = b'<row r="40"><c r="XFD40"><v>1</v></c></row></sheetData>'
    return repacked(data, lambda n, c: c.replace(b"</sheetData>", cell) if "sheet4" in n else c)


def far_row(data: bytes) -> bytes:
    cell = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    return repacked(data, lambda n, c: c.replace(b"</sheetData>", cell) if "sheet4" in n else c)


def not_a_workbook(data: bytes) -> bytes:
    return repacked(
        data, lambda n, c: c.replace(b"spreadsheetml.sheet.main", b"wordprocessingml.document.main")
    )


def locked_member(data: bytes) -> bytes:
    """Set the flag "encrypted" on every member, in both of its headers."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = out.find(mark)
        while at >= 0:
            flags = struct.unpack_from("<H", out, at + offset)[0]
            struct.pack_into("<H", out, at + offset, flags | 1)
            at = out.find(mark, at + 4)
    return bytes(out)


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty file": (lambda _d: b"", "kosong"),
    "larger than allowed": (lambda d: d + b"\0" * package.MOST_BYTES, "lebih besar dari 10 MB"),
    "CSV with another name": (lambda _d: b"Kode Program,Judul\nP-1,Uji\n", "bukan .xlsx"),
    "old .xls": (lambda _d: OLE2 + b"\0" * 600 + "Workbook".encode("utf-16-le"), "Excel lama"),
    "encrypted": (lambda _d: OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
    "locked zip": (locked_member, "kata sandi"),
    "cut off": (lambda d: d[: len(d) // 2], "rusak atau terpotong"),
    "bytes turned": (lambda d: d[:2000] + bytes(b ^ 255 for b in d[2000:2600]) + d[2600:], "rusak"),
    "zip of something else": (not_a_workbook, "bukan buku kerja"),
    "macro": (macro, "makro"),
    "macro by its type": (macro_type, "makro"),
    "zip bomb": (zip_bomb, "mengembang"),
    "too many parts": (many_members, "mengembang"),
    "link to another file": (external_link, "tautan ke berkas lain"),
    "entity bomb": (document_type, "DTD"),
    "entity from outside": (outside_entity, "DTD"),
    "XML cut off": (broken_xml, "rusak"),
    "NaN": (not_a_number, "Lembar 'Target', baris 2, kolom D"),
    "infinite": (infinite, "Lembar 'Target', baris 2, kolom D"),
    "text that is not there": (shared_string_beyond, "tidak lazim"),
    "address that is none": (wrong_address, "alamat sel"),
    "a million empty rows": (a_million_rows, "Lembar 'Target': lembar memuat lebih dari 60000 baris"),
    "a cell in the last column": (far_column, "kolom XFD"),
    "a cell in the last row": (far_row, "baris"),
}


@pytest.mark.parametrize("case", FILES, ids=list(FILES))
def test_a_broken_file_is_refused_in_words_and_quickly(case: str, whole: bytes, rini: Actor) -> None:
    change, words = FILES[case]
    data = change(whole)
    with within(2):
        faults = refused(data, rini)
        assert any(words in fault for fault in faults), faults


def test_a_file_of_100_mb_is_refused_without_reading_it_all(rini: Actor) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert size > 0, "the whole of an upload is never asked for"
            self.taken += size
            return b"P" * size

    stream = Endless()
    dry_run = workbook.read(stream, rini)  # type: ignore[arg-type]
    assert "lebih besar" in str(dry_run.faults[0])
    assert stream.taken <= package.MOST_BYTES + 1


def test_hidden_sheets_are_read_and_said(book: Any, rini: Actor) -> None:
    book["Target"].sheet_state = "hidden"
    dry_run = workbook.read(as_stream(book), rini)
    assert dry_run.faults == ()
    assert any("Target" in word and "tersembunyi" in word for word in dry_run.warnings)


def test_columns_may_stand_in_another_order(book: Any, rini: Actor) -> None:
    sheet = book["Program"]
    for row in sheet.iter_rows(min_row=1, max_row=2, max_col=2):
        row[0].value, row[1].value = row[1].value, row[0].value
    assert workbook.read(as_stream(book), rini).faults == ()


def test_a_thousand_faults_are_listed_and_the_rest_counted(book: Any, rini: Actor) -> None:
    sheet = book["Program"]
    for number in range(2, 1500):
        sheet.cell(number, 1, f"P {number}")
        sheet.cell(number, 2, "Uji")
    dry_run = workbook.read(as_stream(book), rini)
    assert len(dry_run.faults) == 1001
    assert "kesalahan lain" in dry_run.faults[-1].wrong

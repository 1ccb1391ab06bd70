"""Accounts from a workbook: every fault by row and column, nothing half-written, twice is once."""

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from tests.cast import MALANG, Cast

from balai.base.errors import Forbidden, Invalid
from balai.people import changes
from balai.people.models import Account, Membership, Office, RoleRequest
from balai.people.rules import COLUMNS

TODAY = date(2026, 3, 18)
VALID: dict[str, Any] = {
    "Nama": "Dian Contoh",
    "Surel": "dian@kota-malang.example",
    "Perangkat Daerah": "Diskominfo",
    "Jabatan": "Analis",
    "Peran": "Petugas pelapor",
    "Status": "",
    "Mulai": date(2026, 1, 1),
    "Sampai": None,
}
pytestmark = pytest.mark.usefixtures("malang")


def workbook(*rows: dict[str, Any], header: tuple[str, ...] = COLUMNS) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Akun"
    sheet.append(header)
    for row in rows:
        sheet.append([row.get(column) for column in COLUMNS])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def line(**changed: Any) -> dict[str, Any]:
    return {**VALID, **{name.replace("_", " "): value for name, value in changed.items()}}


@pytest.mark.parametrize(
    ("changed", "column", "about"),
    [
        ({"Nama": None}, "A (Nama)", "Kosong"),
        ({"Nama": "x" * 201}, "A (Nama)", "Terlalu panjang"),
        ({"Surel": "dian"}, "B (Surel)", "bukan alamat surel"),
        ({"Surel": 42}, "B (Surel)", "bukan teks"),
        ({"Perangkat_Daerah": "Dinas Sihir"}, "C (Perangkat Daerah)", "tidak dikenal"),
        ({"Jabatan": "=1+1"}, "D (Jabatan)", "rumus"),
        ({"Peran": "raja"}, "E (Peran)", "raja"),
        ({"Peran": None}, "E (Peran)", "Kosong"),
        ({"Status": "kadang"}, "F (Status)", "tidak dikenal"),
        ({"Mulai": "besok"}, "G (Mulai)", "bukan tanggal"),
        ({"Mulai": None}, "G (Mulai)", "Kosong"),
        ({"Mulai": 45000}, "G (Mulai)", "bukan tanggal"),
        ({"Sampai": "31/12/2025"}, "H (Sampai)", "mendahului"),
        ({"Status": "Plt."}, "H (Sampai)", "berjangka"),
    ],
)
def test_a_fault_names_its_row_and_column(
    changed: dict[str, Any], column: str, about: str, cast: Cast
) -> None:
    preview = changes.look_through(cast.tono.actor, workbook(line(), line(**changed)), TODAY)
    faults = [fault for fault in preview.faults if "sudah ada di baris" not in fault.wrong]
    assert faults, "no fault found"
    assert faults[0].place == f"Lembar “Akun”, baris 3, kolom {column}"
    assert about in faults[0].wrong


def test_every_fault_is_listed_at_once(cast: Cast) -> None:
    preview = changes.look_through(
        cast.tono.actor, workbook(line(Nama=None, Peran="raja"), line(Surel="x")), TODAY
    )
    assert len(preview.faults) == 3


def test_a_repeated_row_is_a_fault(cast: Cast) -> None:
    preview = changes.look_through(cast.tono.actor, workbook(line(), line()), TODAY)
    assert "baris 2" in preview.faults[0].wrong


def test_a_wrong_header_names_the_column_it_expected(cast: Cast) -> None:
    raw = workbook(line(), header=("Nama", "Email", *COLUMNS[2:]))
    fault = changes.look_through(cast.tono.actor, raw, TODAY).faults[0]
    assert fault.place.endswith("baris 1, kolom B (Surel)") and "“Surel”" in fault.right


def test_an_empty_sheet_says_so(cast: Cast) -> None:
    assert "Tidak ada baris isi" in changes.look_through(cast.tono.actor, workbook(), TODAY).faults[0].wrong


def zip_of(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def test_a_sheet_that_is_a_million_rows_long_is_refused_soon(cast: Cast) -> None:
    book = load_workbook(io.BytesIO(workbook(line())))
    book.worksheets[0].cell(row=1_048_576, column=1, value="x")
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Invalid) as refused:
        changes.look_through(cast.tono.actor, buffer.getvalue(), TODAY)
    assert "20000 baris" in refused.value.faults[0].wrong


def test_an_office_named_like_a_formula_stays_a_name(cast: Cast) -> None:
    Office.objects.create(code="=1+1", name='=HYPERLINK("https://evil.example")')
    raw = cast.tono.client.get("/meja/orang/impor/akun.xlsx").content
    cells = [cell for row in load_workbook(io.BytesIO(raw)).worksheets[1].iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}


@pytest.mark.parametrize(
    ("raw", "about"),
    [
        (b"", "bukan buku kerja"),
        (b"Nama;Surel\n", "bukan buku kerja"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "terkunci"),
        (b"PK\x03\x04 broken", "rusak"),
        (zip_of(**{"xl/vbaProject.bin": b"x"}), "makro"),
        (zip_of(**{"xl/worksheets/sheet1.xml": b"0" * 42_000_000}), "terlalu besar"),
        (zip_of(**{"a.txt": b"x"}), "rusak"),
        (b"PK\x03\x04" + b"0" * 5_300_000, "5 MB"),
    ],
    ids=["empty", "csv", "locked", "broken", "macro", "bomb", "not a book", "large"],
)
def test_a_file_that_is_no_workbook_is_refused_whole(raw: bytes, about: str, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        changes.look_through(cast.tono.actor, raw, TODAY)
    assert about in refused.value.faults[0].wrong


def test_looking_through_writes_nothing_and_importing_twice_changes_nothing(cast: Cast) -> None:
    tono = cast.tono.actor
    raw = workbook(line(), line(Nama="Rudi", Surel="rudi@kota-malang.example", Peran="officer, auditor"))
    preview = changes.look_through(tono, raw, TODAY)
    assert not preview.faults and len(preview.new) == 2
    assert not Account.objects.filter(name="Rudi").exists()
    assert changes.import_people(tono, preview.new) == 2
    seats = Membership.objects.count()
    again = changes.look_through(tono, raw, TODAY)
    assert again.new == () and len(again.known) == 2
    assert changes.import_people(tono, preview.new) == 0
    assert Membership.objects.count() == seats
    assert [request.role for request in RoleRequest.objects.all()] == ["auditor"]


@pytest.mark.parametrize("who", ["budi", "agus", "rini", "joko", "sari"])
def test_only_who_manages_people_imports(who: str, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        changes.look_through(getattr(cast, who).actor_in(MALANG), workbook(line()), TODAY)


def test_the_page_writes_only_what_the_officer_confirms(cast: Cast) -> None:
    client = cast.tono.client
    wrong = SimpleUploadedFile("akun.xlsx", workbook(line(Peran="raja")))
    response = client.post("/meja/orang/impor", {"file": wrong})
    assert response.status_code == 422 and "kolom E (Peran)" in response.content.decode()
    right = SimpleUploadedFile("akun.xlsx", workbook(line()))
    page = client.post("/meja/orang/impor", {"file": right}).content.decode()
    assert not Account.objects.filter(name="Dian Contoh").exists()
    token = re.search(r'name="looked_through" value="([^"]+)"', page)
    assert token
    assert cast.lina.client.post("/meja/orang/impor", {"looked_through": token[1]}).status_code == 409
    assert client.post("/meja/orang/impor", {"looked_through": token[1]}).status_code == 302
    assert Account.objects.filter(name="Dian Contoh").exists()


def test_the_sheet_to_fill_in_is_one_we_can_read(cast: Cast) -> None:
    raw = cast.tono.client.get("/meja/orang/impor/akun.xlsx").content
    assert "Tidak ada baris isi" in changes.look_through(cast.tono.actor, raw, TODAY).faults[0].wrong

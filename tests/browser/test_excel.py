"""The plan by Excel: a template, a file whose faults are all named, a good one that is agreed to first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, fits


def _with(template: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    """Write rows below the headings of the sheet on funds."""
    book = openpyxl.load_workbook(template)
    sheet = book["Pendanaan"]
    columns = {str(cell.value).rstrip(" *"): cell.column for cell in sheet[1]}
    for at, values in enumerate(rows, 2):
        for heading, value in values.items():
            sheet.cell(at, columns[heading], value)
    path = template.parent / name
    book.save(path)
    return path


def _bring(page: Page, site: Site, file: Path) -> None:
    page.goto(site.at("/meja/impor/"))
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Periksa berkas").click()


def test_a_workbook_is_filled_checked_agreed_to_and_written(
    site: Site, open_as: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_as("rini", 1280)
    page.goto(site.at("/meja/impor/"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh templat").click()
    template = tmp_path / "templat.xlsx"
    download.value.save_as(template)

    broken = _with(
        template,
        "salah.xlsx",
        [
            {
                "Kode Aksi": "TIDAK-ADA",
                "Tahun": 2026,
                "Kode Program": "IL-GOV",
                "Sumber Dana": "APBD",
                "Pagu (Rp)": 1_000_000,
            },
            {
                "Kode Aksi": "IL-GOV-1",
                "Tahun": 2026,
                "Kode Program": "IL-GOV",
                "Sumber Dana": "APBN",
                "Pagu (Rp)": "banyak",
            },
        ],
    )
    _bring(page, site, broken)
    expect(page.locator("h1")).to_contain_text("kesalahan perlu diperbaiki")
    expect(page.locator("main")).to_contain_text("Belum ada yang ditulis.")
    table = page.locator("tbody", has_text="TIDAK-ADA")
    expect(table).to_contain_text("Pendanaan")
    expect(table).to_contain_text("banyak")
    assert not page.get_by_role("button", name="Setujui").count()
    fits(page)

    good = _with(
        template,
        "benar.xlsx",
        [
            {
                "Kode Aksi": "IL-GOV-1",
                "Tahun": 2026,
                "Kode Program": "IL-GOV",
                "Sumber Dana": "APBN",
                "Pagu (Rp)": 123_000_000,
            }
        ],
    )
    _bring(page, site, good)
    expect(page.locator("h1")).to_contain_text("1 baris baru")
    fits(page)
    page.get_by_role("button", name="Setujui dan tulis ke rencana").click()
    expect(page.locator("h1")).to_have_text("1 baris ditulis ke rencana")
    fits(page)
    page.goto(site.at("/aksi/IL-GOV-1/"))
    expect(page.locator("main")).to_contain_text("Rp123.000.000")

    _bring(page, site, good)
    expect(page.locator("h1")).to_have_text("Berkas ini tidak mengubah apa pun")

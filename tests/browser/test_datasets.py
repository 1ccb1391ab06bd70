"""A dataset from its first draft to a visitor's download, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, ask, fits, picture

STEWARD = "bagus"


def _rows(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def _fill(page: Page, **typed: str) -> None:
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)


def _column(page: Page, place: int, name: str, kind: str, meaning: str) -> None:
    page.fill(f"[name=columns-{place}-name]", name)
    page.select_option(f"[name=columns-{place}-type]", kind)
    page.fill(f"[name=columns-{place}-meaning_id]", meaning)


def _write(page: Page, site: Site, code: str) -> None:
    """Fill in the form of a new dataset of two columns, the second first, and save it."""
    page.goto(site.at("/meja/data/"))
    fits(page)
    page.click("a.button-primary")
    fits(page)
    _fill(
        page,
        code=code,
        title_id="Taman kota",
        description_id="Taman umum beserta luasnya, satu baris satu taman.",
        keywords="taman, ruang hijau",
        custodian_id="Dinas Lingkungan Hidup",
        concept_id="Taman kota",
        definition_id="Lahan hijau yang dikelola daerah dan terbuka untuk umum.",
        classification_id="Menurut kelurahan",
        measure_id="Luas",
        unit_id="Meter persegi",
        legal_basis="kebiasaan",
    )
    page.select_option("[name=frequency]", "yearly")
    _column(page, 0, "luas", "decimal", "Luas taman")
    _column(page, 1, "nama", "text", "Nama taman")
    page.check("[name=columns-1-is_key]")
    page.click("button[value=up-1]")
    assert page.input_value("[name=columns-0-name]") == "nama"
    assert page.is_checked("[name=columns-0-is_key]")
    page.click("button[value=remove-2]")
    page.locator("form button.button-primary").last.click()


def _checked(page: Page, site: Site, code: str, file: str, period: str, **more: str) -> None:
    """Hand in a file, match its columns as they were recognised, and wait for what the check says."""
    page.goto(site.at(f"/meja/data/{code}/baris/"))
    page.set_input_files("[name=file]", file)
    page.locator("main form button.button-primary").first.click()
    # The page looks again by itself until the work is done.
    page.wait_for_selector("[name=period]", timeout=60_000)
    page.fill("[name=period]", period)
    if more:
        page.select_option("[name=corrects]", more["corrects"])
        page.fill("[name=reason]", more["reason"])
    page.click("button[value=check]")
    page.wait_for_selector("#mutu", timeout=60_000)


def _publish(page: Page) -> None:
    page.click("button:has-text('Setujui dan terbitkan')")
    page.wait_for_selector("h1:has-text('Terbit sebagai versi')", timeout=60_000)


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, False)])
def test_a_dataset_is_made_sent_back_mended_accepted_published_and_read(
    site: Site,
    open_as: Callable[..., Page],
    open_page: Callable[..., Page],
    tmp_path: Path,
    width: int,
    scripts: bool,
) -> None:
    code = f"taman_{width}"
    fit = fits if scripts else _looks
    budi = open_as("budi", width, scripts=scripts)
    if scripts:
        _write(budi, site, code)
    else:
        _write_plainly(budi, site, code)
    assert "Draf tersimpan" in budi.inner_text(
        "main"
    ) and "tidak menyebut sebuah peraturan" in budi.inner_text("main")
    fit(budi)
    picture(budi, "set-data-draf")
    budi.click("button:has-text('Ajukan ke walidata')")

    steward = open_as(STEWARD, width, scripts=scripts)
    steward.goto(site.at("/meja/walidata/"))
    fit(steward)
    steward.click("a:has-text('Taman kota')")
    fit(steward)
    picture(steward, "walidata-periksa")
    steward.fill("textarea[name=reason]", "Sebutkan peraturannya.")
    steward.click("button.button-danger")
    assert "Dikembalikan" in steward.inner_text(".note-done")

    budi.goto(site.at(f"/meja/data/{code}/"))
    assert "Sebutkan peraturannya." in budi.inner_text("main")
    budi.click("main a.button-primary")
    budi.fill("[name=legal_basis]", "Perda 3/2024")
    budi.locator("form button.button-primary").last.click()
    budi.click("button:has-text('Ajukan ke walidata')")
    steward.goto(site.at(f"/meja/walidata/{code}/"))
    steward.click("main form button.button-primary")

    broken = _rows(tmp_path, "taman.csv", "nama,luas\nMerbabu,banyak\nTrunojoyo,6000\n")
    _checked(budi, site, code, broken, "2026")
    assert "1 hal tidak sesuai" in budi.inner_text("h1") and "luas" in budi.inner_text("main")
    fit(budi)
    picture(budi, "baris-salah")
    mended = _rows(tmp_path, "taman2.csv", "nama,luas\nMerbabu,4000.5\nTrunojoyo,6000\n")
    _checked(budi, site, code, mended, "2026")
    assert "2 baris siap terbit" in budi.inner_text("h1")
    fit(budi)
    picture(budi, "baris-siap")
    _publish(budi)
    assert "Terbit sebagai versi 1" in budi.inner_text("h1")
    fit(budi)
    corrected = _rows(tmp_path, "taman3.csv", "nama,luas\nMerbabu,4100.5\nTrunojoyo,6000\nSlamet,900\n")
    _checked(budi, site, code, corrected, "2026", corrects="1", reason="Luas Merbabu salah ukur.")
    _publish(budi)

    visitor = open_page(width, scripts=scripts)
    visitor.goto(site.at("/data/"))
    fit(visitor)
    picture(visitor, "satu-data")
    visitor.fill("main input[name=q]", "ruang hijau")
    visitor.press("main input[name=q]", "Enter")
    visitor.locator(f"a[href='/data/{code}/']").click()
    assert "4.100,5" in visitor.inner_text("main") and "Luas Merbabu salah ukur." in visitor.inner_text(
        "main"
    )
    fit(visitor)
    picture(visitor, "set-data")
    visitor.click("a:has-text('Bandingkan dua versi')")
    assert "Apa yang berubah dari versi 1 ke 2?" in visitor.inner_text("h1")
    assert visitor.inner_text("del").endswith("4.000,5")
    fit(visitor)
    picture(visitor, "bandingkan")
    visitor.goto(site.at(f"/data/{code}/versi/1/"))
    assert "Anda membaca versi 1" in visitor.inner_text("main")
    visitor.goto(site.at(f"/data/{code}/"))
    with visitor.expect_download() as taken:
        visitor.click("main a[download]:has-text('CSV')")
    assert "Merbabu,4100.5" in Path(taken.value.path()).read_text("utf-8")
    assert ask(site, f"/data/{code}.parquet").body.startswith(b"PAR1")


def _looks(page: Page) -> None:
    """Without scripts axe cannot look; the page must still fit its window."""
    box = page.locator("main").bounding_box()
    assert box is not None and box["width"] <= 360


def _write_plainly(page: Page, site: Site, code: str) -> None:
    """Write a dataset on a phone without scripts, beginning from the copy of another."""
    page.goto(site.at("/meja/data/baru/?dari=holidays"))
    _fill(page, code=code, title_id="Taman kota", keywords="taman, ruang hijau", legal_basis="kebiasaan")
    page.fill("[name=description_id]", "Taman umum beserta luasnya, satu baris satu taman.")
    while page.locator("button[value=remove-1]").count():
        page.click("button[value=remove-1]")
    _column(page, 0, "nama", "text", "Nama taman")
    page.click("button[value=add]")
    _column(page, 1, "luas", "decimal", "Luas taman")
    page.fill("[name=coverage]", "")
    page.locator("form button.button-primary").last.click()


def test_the_form_of_a_dataset_is_used_with_keys_alone(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("budi", 1280)
    page.goto(site.at("/meja/data/baru/"))
    page.focus("[name=title_id]")
    page.keyboard.type("Halte")
    page.keyboard.press("Enter")
    page.wait_for_selector(".faults")  # Enter saves; it does not move or remove a column
    assert page.locator("fieldset[id^=kolom-]").count() == 3
    page.focus(".faults a >> nth=0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "code"
    fits(page)
    page.goto(site.at("/meja/data/"))
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/meja/data/*/")

"""An analyst asks One Data with the keyboard alone, mends a fault, and shares what was found."""

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Site, ask, fits, no_sideways_scroll, picture

WRONG = "SELECT nme, population\nFROM regions\nWHERE parent = '35'"
RIGHT = (
    "SELECT code, name, population FROM regions "
    "WHERE parent = '35' AND kind = 'kota' ORDER BY population DESC"
)


@pytest.fixture(scope="module", autouse=True)
def _published(site: Site) -> None:
    """Publish regions and holidays, which every government reads."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("BALAI_", "DATABASE_"))}
    environment = {**own, "BALAI_DATA": str(site.data), "BALAI_DEMO": "True"}
    command = [sys.executable, "manage.py", "publish_reference"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_questions_is_for_everyone(
    site: Site, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width)
    page.goto(site.at("/data/tanya/"))
    fits(page)
    summary = page.locator(".query-tables summary", has=page.locator("code", has_text="holidays")).first
    summary.press("Enter")
    page.locator(".query-tables button[data-inserts=holidays]").press("Enter")
    expect(page.locator("#sql")).to_have_value(re.compile("holidays"))
    if width == 360:
        # A phone gets no editor.
        page.locator("#sql").fill(RIGHT)
    else:
        expect(page.locator("[data-sql]")).to_be_focused()
        _write(page, RIGHT)
    page.get_by_role("button", name="Jalankan").click()
    expect(page.locator("[data-answer]")).to_contain_text("baris")
    expect(page.locator("#answer svg").first).to_be_visible()
    fits(page)
    picture(page, "tanya")


def test_a_visitor_without_scripts_asks_and_is_told_what_is_wrong(site: Site, plain_page: Page) -> None:
    plain_page.goto(site.at("/data/tanya/"))
    plain_page.fill("#sql", WRONG)
    plain_page.get_by_role("button", name="Jalankan").click()
    expect(plain_page.locator(".faults")).to_contain_text("Baris 1, kolom 8")
    expect(plain_page.locator("#sql")).to_have_value(WRONG)
    plain_page.fill("#sql", RIGHT)
    plain_page.get_by_role("button", name="Jalankan").click()
    expect(plain_page.locator("[data-answer]")).to_contain_text("baris")
    no_sideways_scroll(plain_page)
    plain_page.goto(site.at("/data/tanya/"))
    table = plain_page.locator(".query-tables details", has=plain_page.locator("code", has_text="holidays"))
    table.first.locator("summary").click()
    expect(table.first.locator("dl")).to_be_visible()
    table.first.get_by_role("link", name="Mulai dari set data ini").click()
    expect(plain_page.locator("#sql")).to_have_value(re.compile("FROM holidays"))


def test_an_officer_asks_mends_saves_and_shares_by_keyboard_alone(
    site: Site, open_as: Callable[..., Page]
) -> None:
    budi = open_as("budi", 1280)
    budi.goto(site.at("/data/tanya/"))
    budi.locator("#sql-label").click()
    editor = budi.locator("[data-sql]")
    expect(editor).to_be_focused()
    _write(budi, WRONG)
    budi.keyboard.press("Control+Enter")
    faults = budi.locator(".faults")
    expect(faults).to_be_focused()
    expect(faults).to_contain_text("Baris 1, kolom 8")
    fits(budi)
    picture(budi, "tanya-salah")
    budi.keyboard.press("Tab")
    expect(faults.get_by_role("link").first).to_be_focused()
    budi.keyboard.press("Enter")
    expect(editor).to_be_focused()
    _write(budi, RIGHT)
    budi.keyboard.press("Control+Enter")
    expect(budi.locator("[data-answer]")).to_be_focused()
    expect(budi.locator("#answer table").last).to_contain_text("Surabaya")
    expect(budi.locator("#answer svg").first).to_be_visible()
    fits(budi)
    expect(budi.locator(".map .map-shape").first).to_be_attached()
    picture(budi, "tanya")

    _tab_to(budi, "Simpan", backwards=True)
    budi.keyboard.press("Enter")
    budi.wait_for_url("**/data/tanya/simpan")
    expect(budi.locator("[name=sql]")).to_have_value(RIGHT)
    budi.locator("[name=title]").focus()
    budi.keyboard.type("Kota menurut penduduk")
    budi.get_by_label("semua petugas daerah ini").focus()
    budi.keyboard.press("Space")
    fits(budi)
    budi.locator("[name=title]").focus()
    budi.keyboard.press("Enter")
    budi.wait_for_url("**/data/tanya/kota-menurut-penduduk/")

    wati = open_as("wati", 360)
    wati.goto(site.at("/data/tanya/kota-menurut-penduduk/"))
    expect(wati.locator("h1")).to_contain_text("Kota menurut penduduk")
    fits(wati)
    picture(wati, "tanya-tersimpan")
    with wati.expect_download() as held:
        wati.get_by_role("link", name="CSV").click()
    assert re.fullmatch(r"kota-menurut-penduduk-\d{4}-\d\d-\d\d\.csv", held.value.suggested_filename)
    lines = held.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "code,name,population"
    assert len(lines) > 2
    assert ask(site, "/data/tanya/kota-menurut-penduduk/").status == 404, (
        "visitors are not among those it is for"
    )


def _write(page: Page, text: str) -> None:
    """Replace what stands in the editor; closing brackets are typed over, so the text is put in whole."""
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")


def _tab_to(page: Page, words: str, *, backwards: bool = False) -> None:
    for _step in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if words == page.evaluate("document.activeElement.textContent.trim()"):
            return
    pytest.fail(f"{words} is not reached by the keyboard")

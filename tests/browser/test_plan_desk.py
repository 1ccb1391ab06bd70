"""The officers' pages of the plan in a real browser, on a phone and on a desk, with and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, fits, picture, sign_in

OFFICE = ["/meja/", "/meja/aksi/", "/periksa/terlambat/", "/meja/ekspor/"]
PROGRAMME = [
    "/periksa/",
    "/periksa/masa/",
    "/meja/rencana/",
    "/meja/janji/",
    "/meja/janji/baru/",
    "/meja/program-bersama/",
    "/meja/tahap/",
    "/meja/impor/",
]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_an_office_fit(site: Site, open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width)
    sign_in(page, site, "budi")
    for path in OFFICE:
        page.goto(site.at(path))
        fits(page)
    page.goto(site.at("/meja/"))
    picture(page, "meja-perangkat-daerah")
    page.click("a.button-primary")
    fits(page)
    picture(page, "lapor")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_the_programme_office_fit(
    site: Site, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width)
    sign_in(page, site, "rini")
    for path in PROGRAMME:
        page.goto(site.at(path))
        fits(page)
    for path in ("/periksa/", "/meja/rencana/"):
        page.goto(site.at(path))
        picture(page, path.strip("/").replace("/", "-"))
        page.locator("main a[data-act]").first.click()
        fits(page)


def test_a_report_is_sent_from_a_phone_without_scripts(site: Site, plain_page: Page) -> None:
    sign_in(plain_page, site, "budi")
    plain_page.goto(site.at("/meja/"))
    before = plain_page.locator("[data-row]").count()
    plain_page.click("a.button-primary")
    plain_page.locator("input[inputmode=decimal]").first.fill("7,5")
    plain_page.click("button[value=send]")
    assert plain_page.locator(".note-done").first.inner_text().strip().startswith("Laporan terkirim")
    assert plain_page.locator("[data-row]").count() == before - 1


def test_a_fault_keeps_what_was_typed_and_leads_to_its_field(site: Site, page360: Page) -> None:
    sign_in(page360, site, "budi")
    page360.goto(site.at("/meja/"))
    page360.click("a.button-primary")
    page360.fill("textarea[name=note]", "catatan saya")
    page360.fill("input[name=spent]", "banyak")
    page360.click("button[value=send]")
    page360.click(".faults a")
    assert page360.evaluate("document.activeElement.name") == "spent"
    assert page360.input_value("textarea[name=note]") == "catatan saya"
    fits(page360)


def test_officers_move_by_keys(site: Site, page1280: Page) -> None:
    sign_in(page1280, site, "rini")
    page1280.goto(site.at("/periksa/"))
    page1280.keyboard.press("j")
    page1280.keyboard.press("e")
    page1280.wait_for_url("**/periksa/*-*/")

"""A resident on a phone reports, comes back, reads, answers; with scripts and without; a form is light."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, fits, no_sideways_scroll, picture, weight

FORM = "/layanan/sambat/ajukan/"
LIGHT = 60_000
"""Bytes of a first visit to a form, by a slow line."""


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request: pytest.FixtureRequest, open_page) -> Page:  # type: ignore[no-untyped-def]
    page: Page = open_page(360, scripts=request.param)
    return page


def first_step(page: Page, title: str) -> None:
    page.get_by_label("Pengaduan", exact=True).check()
    page.select_option("#f-category", label="Jalan dan trotoar rusak")
    page.fill("#f-title", title)
    page.fill("#f-description", "Lubang besar di depan pasar sejak tadi malam.")
    page.locator("main .button-primary").click()


def test_a_report_without_an_account_from_the_list_to_the_case(site: Site, phone: Page) -> None:
    phone.goto(site.at("/layanan/"))
    phone.get_by_role("link", name="SAMBAT", exact=True).click()
    phone.get_by_role("link", name="Ajukan sekarang").click()
    phone.locator("main .button-primary").click()
    expect(phone.locator(".faults")).to_be_visible()
    first_step(phone, "Jalan berlubang di pasar")
    phone.wait_for_url("**/?langkah=where")
    phone.fill("#f-place-point-lat", "-7,9771")
    phone.fill("#f-place-point-lon", "112,6340")
    phone.locator("main .button-primary").click()
    phone.wait_for_url("**/?langkah=who")
    phone.fill("#f-reporter-name", "Sari Wulandari")
    phone.fill("#f-reporter-phone", "0812 3456 7890")
    phone.locator("main .button-primary").click()
    expect(phone.locator("h1")).to_have_text("Periksa sebelum dikirim")
    expect(phone.locator("main")).to_contain_text("Sari Wulandari")
    picture(phone, "lapor-periksa")
    phone.get_by_role("button", name="Kirim", exact=True).click()
    expect(phone.locator("h1")).to_contain_text("Terkirim")
    facts = phone.locator(".facts strong").all_inner_texts()
    number, pin = facts[0], facts[1]
    assert re.fullmatch(r"ADU-\d{6}-\d{6}", number) and re.fullmatch(r"\d{6}", pin)
    expect(phone.locator("main")).to_contain_text("paling lambat")
    phone.get_by_role("link", name="Buka berkasnya").click()
    expect(phone.locator("h1")).to_contain_text(number)
    phone.get_by_label("Pesan Anda").fill("Sudah ada yang jatuh.")
    phone.get_by_role("button", name="Kirim pesan").click()
    expect(phone.locator("#talk + .note, .note").last).to_contain_text("Sudah ada yang jatuh.")
    no_sideways_scroll(phone)
    picture(phone, "berkas")
    phone.get_by_role("button", name="Tutup berkas di peramban ini").click()
    phone.wait_for_url("**/berkas/")
    phone.get_by_label("Nomor berkas").fill(number.lower())
    phone.get_by_label("PIN").fill(pin)
    phone.get_by_role("button", name="Buka berkas").click()
    expect(phone.locator("h1")).to_contain_text(number)


def test_every_step_fits_a_phone_by_keys_and_in_english(site: Site, page360: Page) -> None:
    page360.goto(site.at(FORM))
    fits(page360)
    page360.locator("#f-class-0").focus()
    page360.keyboard.press("Space")
    first_step(page360, "Jalan berlubang lagi")
    page360.wait_for_url("**/?langkah=where")
    fits(page360)
    page360.get_by_role("button", name="Tunjuk di peta").click()
    page360.wait_for_selector(".map .leaflet-interactive")
    page360.locator(".map").click(position={"x": 150, "y": 190})
    assert page360.locator("#f-place-point-lat").input_value().startswith("-7,9")
    page360.click("button[lang=en]")
    expect(page360.locator("html")).to_have_attribute("lang", "en")
    page360.goto(site.at(FORM))
    expect(page360.locator("#f-step")).to_be_visible()


def test_a_first_visit_to_the_form_is_light(site: Site, page360: Page) -> None:
    assert weight(page360, site.at(FORM)) <= LIGHT


def test_a_likely_report_is_followed_and_lies_in_the_inbox(site: Site, open_as) -> None:  # type: ignore[no-untyped-def]
    for name in ("agus", "budi"):
        page: Page = open_as(name, 360)
        page.goto(site.at(FORM))
        first_step(page, "Pohon tumbang menutup jalan")
        page.wait_for_url("**/?langkah=where")
        page.fill("#f-place-point-lat", "-7,9702")
        page.fill("#f-place-point-lon", "112,6321")
        page.locator("main .button-primary").click()
        page.wait_for_url("**/?langkah=who")
        page.fill("#f-reporter-name", name.title())
        page.fill("#f-reporter-phone", "0812 3456 7891")
        page.locator("main .button-primary").click()
        if name == "agus":
            page.get_by_role("button", name="Kirim", exact=True).click()
            number = page.locator(".facts strong").first.inner_text()
    expect(page.locator("#alike")).to_be_visible()
    fits(page)
    page.get_by_role("button", name=f"Ikuti {number} saja").click()
    page.wait_for_url("**/saya/berkas/")
    expect(page.locator("#followed")).to_be_visible()
    fits(page)
    page.get_by_role("link", name=number).click()
    expect(page.locator("h1")).to_contain_text(number)
    expect(page.locator("main")).not_to_contain_text("Agus")


def test_a_point_is_made_printed_and_reported_at(site: Site, open_as, page360: Page) -> None:  # type: ignore[no-untyped-def]
    desk: Page = open_as("aris", 1280)
    desk.goto(site.at("/meja/titik-qr/"))
    fits(desk)
    desk.get_by_label("Nama tempat").fill("Halte Alun-alun")
    desk.get_by_label("Lintang").fill("-7,9826")
    desk.get_by_label("Bujur").fill("112,6308")
    desk.get_by_role("button", name="Pasang titik").click()
    expect(desk.locator(".qr svg")).to_be_visible()
    fits(desk)
    address = re.search(r"/lapor/\w+/", desk.content())
    assert address
    page360.goto(site.at(address[0]))
    fits(page360)
    page360.get_by_role("button", name="Laporkan di sini").click()
    first_step(page360, "Bangku halte patah")
    page360.wait_for_url("**/?langkah=where")
    assert page360.locator("#f-place-point-lat").count() == 0
    expect(page360.locator("main")).to_contain_text("Halte Alun-alun")

"""The style guide holds every component: what is right there is right on every page."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, fits, picture, sign_in, weight

GUIDE = "/panduan-tampilan/"


@pytest.mark.parametrize("query", ["", "?faults=1"], ids=["fresh", "with faults"])
def test_every_component_fits_a_phone(site: Site, page360: Page, query: str) -> None:
    page360.goto(site.at(GUIDE + query))
    fits(page360)
    picture(page360, "panduan-tampilan")


def test_every_component_fits_a_desk(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    fits(page1280)
    picture(page1280, "panduan-tampilan")


def test_the_table_of_every_chart_can_be_shown_and_still_fits(site: Site, page360: Page) -> None:
    page360.goto(site.at(GUIDE))
    for box in page360.locator(".chart-toggle input").all():
        box.check()
    assert page360.locator(".chart-table table").first.is_visible()
    fits(page360)


def test_the_page_reads_in_english_and_comes_back(site: Site, plain_page: Page) -> None:
    plain_page.goto(site.at(GUIDE))
    plain_page.click("button[lang=en]")
    assert plain_page.url == site.at(GUIDE)
    assert plain_page.locator("h1").inner_text() == "Style guide"
    assert plain_page.locator("html").get_attribute("lang") == "en"
    plain_page.click("button[lang=id]")
    assert plain_page.locator("h1").inner_text() == "Panduan tampilan"


def test_the_text_can_be_twice_as_large(site: Site, page1280: Page) -> None:
    page1280.set_viewport_size({"width": 640, "height": 500})
    page1280.goto(site.at(GUIDE))
    fits(page1280)


def test_the_first_stop_of_the_tab_key_leads_to_the_content(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    page1280.keyboard.press("Tab")
    assert page1280.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page1280.keyboard.press("Enter")
    page1280.keyboard.press("Tab")
    assert page1280.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_table_is_sorted_by_a_click_on_its_heading(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    table = page1280.locator("table[data-sort]")
    table.get_by_role("button", name="Pagu").click()
    assert "Kampung tematik" in table.locator("tbody tr").first.inner_text()
    assert table.locator("th[aria-sort=ascending]").inner_text() == "Pagu"


def test_the_city_has_its_own_colour(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    assert (
        page1280.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--brand')")
        == "#1b5e20"
    )


def test_a_page_that_does_not_exist_says_what_to_do(site: Site, page360: Page) -> None:
    answer = page360.goto(site.at("/tidak-ada/"))
    assert answer and answer.status == 404
    assert page360.locator("h1").inner_text() == "Halaman ini tidak ada"
    fits(page360)


def test_on_paper_only_the_content_remains(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    page1280.emulate_media(media="print")
    assert not page1280.locator(".ways, .top-ways").first.is_visible()
    assert page1280.locator(".chart-table table").first.is_visible()


def test_a_first_visit_is_light(site: Site, page360: Page) -> None:
    assert weight(page360, site.at(GUIDE)) <= 60_000


DESK = "/meja/orang"


def test_an_officer_works_with_keys_and_can_switch_them_off(site: Site, page1280: Page) -> None:
    sign_in(page1280, site, "rini")
    page1280.goto(site.at(DESK))
    fits(page1280)
    page1280.keyboard.press("j")
    page1280.keyboard.press("j")
    page1280.keyboard.press("k")
    rows = page1280.locator("main tbody tr")
    assert "is-here" in (rows.first.get_attribute("class") or "")
    assert page1280.evaluate("document.querySelector('main tbody tr').contains(document.activeElement)")
    page1280.keyboard.press("?")
    assert page1280.locator("dialog#keys").is_visible()
    fits(page1280)
    page1280.locator("[data-keys-off]").check()
    page1280.keyboard.press("Escape")
    page1280.locator("h1").click()
    page1280.keyboard.press("/")
    assert page1280.evaluate("document.activeElement.type") != "search"


def test_the_slash_key_leads_to_the_search_box(site: Site, page1280: Page) -> None:
    sign_in(page1280, site, "rini")
    page1280.goto(site.at(DESK))
    page1280.keyboard.press("/")
    assert page1280.evaluate("document.activeElement.type") == "search"
    page1280.keyboard.type("j?")
    assert page1280.locator("input[type=search]").first.input_value() == "j?"
    assert not page1280.locator("dialog#keys").is_visible()


def test_the_menu_of_the_desk_opens_on_a_phone_without_scripts(site: Site, plain_page: Page) -> None:
    sign_in(plain_page, site, "rini")
    plain_page.goto(site.at(DESK))
    entry = plain_page.locator(".desk-nav a").first
    assert not entry.is_visible()
    plain_page.locator(".desk-nav summary").click()
    assert entry.is_visible()


def test_an_officers_first_visit_is_within_its_budget(site: Site, page1280: Page) -> None:
    sign_in(page1280, site, "rini")
    assert weight(page1280, site.at(DESK)) <= 150_000

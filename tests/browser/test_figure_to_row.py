"""From the head of region's figure down to a row, and from the row to its record; with the keyboard too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, fits

MOST_TABS = 120


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until something wanted has the focus, as somebody without a mouse does."""
    handle = wanted.element_handle()
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === wanted", handle):
            return
    pytest.fail(f"{MOST_TABS} times Tab do not reach {wanted}")


def computed(page: Page) -> Locator:
    return page.locator("section[aria-labelledby=known] li a")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_figure_of_the_mayor_is_clicked_down_to_a_row_and_its_record(
    site: Site, open_as: Callable[..., Page], width: int
) -> None:
    page = open_as("eka", width)
    page.goto(site.at("/pimpinan/"))
    expect(page.locator("#known")).to_have_text(re.compile(r"^[1-9]\d* dari [1-9]\d* angka capaian dihitung"))
    fits(page)
    shown = computed(page).first.inner_text().split()[0]
    computed(page).first.click()
    expect(page.locator("#ladder")).to_be_in_viewport()
    ladder = page.locator("section[aria-labelledby=ladder]")
    expect(ladder.locator("ol.story > li").first).to_contain_text(shown)
    expect(ladder).to_contain_text(re.compile(r"plan_\w+ versi \d+"))
    fits(page)
    ladder.get_by_role("link", name="Buka baris yang dihitung").click()
    page.wait_for_url(re.compile(r"/data/angka/[0-9a-f-]{36}/#baris$"))
    fits(page)
    row = page.locator("#baris tbody tr").first
    expect(row).to_contain_text("illustration")
    title = row.locator("td", has_text="bukan data resmi").first.inner_text()
    row.get_by_role("link", name="Buka catatannya").click()
    expect(page.locator("h1")).to_have_text(title)
    assert "/aksi/" in page.url


def test_the_way_down_needs_no_mouse(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("eka", 1280)
    page.goto(site.at("/pimpinan/"))
    tab_to(page, computed(page).first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/aksi/.*#ladder$"))
    tab_to(page, page.get_by_role("link", name="Buka baris yang dihitung"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/data/angka/.*#baris$"))
    tab_to(page, page.get_by_role("link", name="Buka catatannya").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/aksi/"))


def test_a_visitor_goes_the_same_way_without_scripts(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(360, scripts=False)
    page.goto(site.at("/program/?angka=dihitung&asal=illustration"))
    page.locator("main li[data-row] h3 a").first.click()
    page.get_by_role("link", name="Buka baris yang dihitung").click()
    assert page.locator("#baris tbody tr").count() > 0


def test_a_published_fact_stays_a_published_fact_down_to_its_row(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(1280)
    page.goto(site.at("/aksi/IL-GOV-5/?tahun=2024"))
    expect(page.locator(".figure-value").first).to_contain_text("4,24")
    page.get_by_role("link", name="Buka baris yang dihitung").click()
    row = page.locator("#baris tbody tr")
    assert row.count() == 1
    expect(row).to_contain_text("KemenPANRB")


def test_what_is_typed_is_one_click_from_the_share_of_what_is_computed(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page = open_as("eka", 1280)
    page.goto(site.at("/pimpinan/"))
    typed = page.get_by_role("link", name=re.compile("masih diketik"))
    number = int(typed.inner_text().split()[0])
    typed.click()
    assert page.locator("main li[data-row]").count() == number

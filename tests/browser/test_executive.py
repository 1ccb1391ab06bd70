"""The head of region sees five numbers in one minute, goes to an action by one click, and prints one A4."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, picture

PAGES = re.compile(rb"/Type\s*/Page[^s]")


def test_five_numbers_and_one_click_to_the_action(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("eka", 1280)
    page.goto(site.at("/pimpinan/"))
    picture(page, "pimpinan")
    assert page.locator("main .figure").count() == 5
    worry = page.locator("#worries ~ ol a").first
    title = worry.inner_text()
    worry.click()
    expect(page.locator("h1")).to_have_text(title)
    evidence = page.locator("ol.story a[href^='/bukti/']").first
    address = evidence.get_attribute("href")
    assert page.evaluate("address => fetch(address).then(answer => answer.status)", address) == 200


def test_it_prints_on_exactly_one_a4(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("eka", 1280)
    page.goto(site.at("/pimpinan/"))
    paper = page.pdf(format="A4", print_background=True)
    assert len(PAGES.findall(paper)) == 1
    page.emulate_media(media="print")
    assert not page.locator(".desk-nav").is_visible()
    assert page.locator("main .figure").first.is_visible()


def test_an_officer_does_not_see_it(site: Site, open_as: Callable[..., Page]) -> None:
    answer = open_as("budi", 360).goto(site.at("/pimpinan/"))
    assert answer and answer.status == 403

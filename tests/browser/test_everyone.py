"""Every public page and every page of the desk is for everyone: axe finds nothing, light, at both widths."""

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import address, public_names
from tests.browser.conftest import Site, fits, weights

RESIDENT, OFFICER = 60_000, 150_000
"""Bytes a first visit may move, compressed, with styles, scripts and icons."""
MAPS = ("/map-", "/topology.", "/peta/", "/peta-program/tempat", "/nasional/peta")
"""Maps are counted apart: they are loaded where one is shown."""
OFFICERS = ("rini", "budi", "wati", "eka", "tono", "nanda", "hadi", "dewi")
STATES = (
    "/cari/?q=sampah",
    "/cari/?q=tidak-ada-yang-begini",
    "/program/?tahun=2020",
    "/program/?dimensi=economy",
    "/dana/?tahun=2020",
    "/program/?tahun=1999",
    "/aksi/tidak-ada/",
    "/meja/",
)
"""Public pages in other states: empty, filtered, refused, signed out."""

DIFFER = ("/meja/", "/pimpinan/", "/periksa/terlambat/")
"""Pages of the desk that show each role something else; others are looked at with whom they come first."""
_looked_at: set[str] = set()


def _light(page: Page, where: str, most: int) -> None:
    moved = {url: size for url, size in weights(page, where).items() if not any(part in url for part in MAPS)}
    told = "\n".join(f"{size:>8} {url}" for url, size in sorted(moved.items(), key=lambda one: -one[1]))
    assert sum(moved.values()) <= most, f"{where} moves {sum(moved.values())} of {most} bytes:\n{told}"


def _fits_both(page: Page) -> None:
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    fits(page)


@pytest.mark.parametrize("name", public_names())
def test_a_public_page_is_light_and_fits_a_phone_and_a_desk(site: Site, page360: Page, name: str) -> None:
    _light(page360, site.at(address(site, name)), RESIDENT)
    assert page360.locator("h1").count() == 1
    _fits_both(page360)


@pytest.mark.parametrize("path", STATES)
def test_a_page_fits_in_its_other_states_too(site: Site, page360: Page, path: str) -> None:
    page360.goto(site.at(path))
    assert page360.locator("h1").count() == 1
    _fits_both(page360)


@pytest.mark.parametrize("name", OFFICERS)
def test_every_page_of_the_desk_is_light_and_fits(site: Site, open_as, name: str) -> None:  # type: ignore[no-untyped-def]
    page = open_as(name, 1280)
    page.goto(site.at("/"))
    way = page.locator(".top-ways a.quiet")
    if not way.count():
        pytest.skip(f"{name} has no desk")
    way.first.click()
    ways = page.eval_on_selector_all(".desk-nav a", "links => links.map(link => link.pathname)")
    assert ways, "the desk has a menu"
    for path in ways:
        if path in _looked_at and path not in DIFFER:
            continue
        _looked_at.add(path)
        page.set_viewport_size({"width": 360, "height": 800})
        _light(page, site.at(path), OFFICER)
        assert page.locator("h1").count() == 1, path
        _fits_both(page)

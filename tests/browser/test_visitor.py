"""A visitor follows a figure from the front page down to the evidence, with and without scripts."""

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import some_action
from tests.browser.conftest import Site, ask, picture


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, open_page) -> Page:  # type: ignore[no-untyped-def]
    page: Page = open_page(360, scripts=request.param)
    return page


def test_a_figure_can_be_followed_to_its_evidence_and_its_sum(site: Site, visitor: Page) -> None:
    visitor.goto(site.at("/"))
    picture(visitor, "portal")
    dimensions = visitor.locator("a .dimension")
    assert [name.strip() for name in dimensions.all_inner_texts()] == [
        f"Smart {name}" for name in ("Governance", "Branding", "Economy", "Living", "Society", "Environment")
    ]
    visitor.get_by_role("link", name="Smart Branding", exact=True).first.click()
    expect(visitor.locator(".tabs [aria-current]")).to_contain_text("Smart Branding")
    visitor.locator("main h3 a", has_text="Koridor kreatif").click()
    expect(visitor.locator("h1")).to_contain_text("Koridor kreatif")
    expect(visitor.locator("#ladder")).to_be_visible()
    evidence = visitor.locator("ol.story ul li").first
    expect(evidence).to_contain_text("Foto contoh")
    expect(evidence).to_contain_text("berkas untuk petugas")
    visitor.goto(site.at("/program/"))
    visitor.locator(".figure-value a").first.click()
    expect(visitor.locator("h1")).to_have_text("Bagaimana realisasi dihitung?")
    assert re.search(r"\) = \d+ / \d+ = [\d,]+ %", visitor.locator("code.sum").first.inner_text())


def test_a_published_figure_is_explained_and_never_mixed_with_counted_ones(site: Site, visitor: Page) -> None:
    visitor.goto(site.at("/"))
    figure = visitor.locator("section", has_text="Angka ini diumumkan, bukan dihitung di sini.")
    expect(figure.locator(".figure-value")).to_have_text("96,2%")
    figure.get_by_role("link", name="Hitungan mana yang bisa memberi angka ini?").click()
    expect(visitor.locator("main")).to_contain_text("95,83%")
    expect(visitor.locator(".note-late")).to_contain_text(
        "Rata-rata tidak mungkin memberi angka yang diumumkan."
    )
    assert visitor.locator("tbody th").first.inner_text() == "Smart Governance"


def test_the_year_can_be_chosen(site: Site, visitor: Page) -> None:
    visitor.goto(site.at("/program/"))
    visitor.select_option("#tahun", label="2025")
    visitor.get_by_role("button", name="Tampilkan").click()
    expect(visitor.locator("#sum")).to_contain_text("Realisasi 2025")


def test_the_language_is_switched_and_stays(site: Site, visitor: Page) -> None:
    visitor.goto(site.at("/program/?dimensi=living"))
    visitor.click("button[lang=en]")
    assert visitor.url == site.at("/program/?dimensi=living")
    assert visitor.locator("html").get_attribute("lang") == "en"
    visitor.goto(site.at("/dana/"))
    expect(visitor.locator("html")).to_have_attribute("lang", "en")
    visitor.click("button[lang=id]")
    expect(visitor.locator("h1")).to_have_text("Dari mana uangnya dan sudah dipakai berapa?")


def test_everything_is_searched_from_every_page(site: Site, visitor: Page) -> None:
    visitor.goto(site.at("/dana/"))
    visitor.fill("#search", "sampah")
    visitor.press("#search", "Enter")
    expect(visitor.locator("h1")).to_contain_text("sampah")
    visitor.locator("main a", has_text="Bank sampah").first.click()
    expect(visitor.locator("h1")).to_contain_text("Bank sampah")


def test_what_is_typed_into_the_search_is_never_run(site: Site, page360: Page) -> None:
    page360.goto(site.at("/cari/"))
    page360.fill("#search", "<img src=x onerror=document.title='x'>\"'")
    page360.press("#search", "Enter")
    expect(page360.locator("h1")).to_contain_text("<img src=x")
    assert page360.title() != "x"


@pytest.mark.parametrize("page", ["/program/", "/realisasi/", "/dana/", "/angka-terbit/"])
def test_the_open_twins_of_a_page_hold_what_it_shows(site: Site, plain_page: Page, page: str) -> None:
    plain_page.goto(site.at(page))
    twins = {
        name: plain_page.locator("main").get_by_role("link", name=name, exact=True)
        for name in ("JSON", "CSV")
    }
    found = {}
    for name, link in twins.items():
        answer = ask(site, str(link.get_attribute("href")))
        assert answer.status == 200
        found[name] = answer.body.decode("utf-8-sig")
    rows = next(iter(json.loads(found["JSON"]).values()))
    lines = list(csv.DictReader(io.StringIO(found["CSV"])))
    assert len(lines) == len(rows) > 0
    assert set(lines[0]) == set(rows[0])


def test_an_action_has_a_twin_of_its_own(site: Site, plain_page: Page) -> None:
    code = some_action(site)
    plain_page.goto(site.at(f"/aksi/{code}/"))
    link = plain_page.locator("main").get_by_role("link", name="JSON", exact=True)
    assert code in ask(site, str(link.get_attribute("href"))).body.decode()


def test_the_map_shows_where_the_actions_are(site: Site, page1280: Page) -> None:
    page1280.goto(site.at("/peta-program/"))
    expect(page1280.locator(".map .map-place").first).to_be_visible()
    rows = page1280.locator("main tbody tr").all_inner_texts()
    places = {tuple(re.findall(r"-?\d+\.\d{4}", row)) for row in rows}
    assert page1280.locator(".map path.map-place").count() == len(places)
    assert page1280.locator(".map path.map-shape").count() == 5, "the five kecamatan lie under them"
    assert "Ilustrasi" in page1280.locator(".map-legend").inner_text()
    page1280.locator(".map path.map-place").first.click()
    link = page1280.locator(".leaflet-popup-content a").last
    expect(link).to_be_visible()
    name = link.inner_text()
    link.click()
    expect(page1280.locator("h1")).to_have_text(name)


def test_the_map_of_the_nation_has_514_shapes_in_classes(site: Site, page1280: Page) -> None:
    page1280.goto(site.at("/nasional/"))
    expect(page1280.locator(".map path.map-shape").first).to_be_attached()
    assert page1280.locator(".map path.map-shape").count() == 514
    assert page1280.locator(".map path.map-missing").count() == 510, (
        "who reports nothing is hatched, not zero"
    )
    assert page1280.locator(".map path[class*=map-class-]").count() == 4
    hatched = page1280.locator(".map path.map-missing").first
    assert "map-hatch" in hatched.evaluate("shape => getComputedStyle(shape).fill")
    legend = page1280.locator(".map-legend").inner_text()
    assert "< 20 %" in legend and "≥ 80 %" in legend and "tidak ada data" in legend
    assert page1280.locator("main tbody tr").count() == 4
    picture(page1280, "nasional")


def test_without_scripts_the_tables_say_what_the_maps_would(site: Site, plain_page: Page) -> None:
    plain_page.goto(site.at("/nasional/"))
    plain_page.locator("main tbody a", has_text="Kabupaten Malang").click()
    expect(plain_page.locator("h1")).to_contain_text("Kabupaten Malang")
    plain_page.goto(site.at("/peta-program/"))
    assert plain_page.locator("main tbody tr").count() > 10


def test_illustrations_are_marked_wherever_they_are_shown(site: Site, plain_page: Page) -> None:
    for path in (
        "/",
        "/program/",
        "/realisasi/",
        "/program-unggulan/",
        "/dana/",
        "/peta-program/",
        "/nasional/",
    ):
        plain_page.goto(site.at(path))
        assert "lustrasi" in plain_page.locator("main").inner_text(), path


def test_the_keyboard_alone_leads_from_the_front_page_to_an_action(site: Site, page1280: Page) -> None:
    page1280.emulate_media(reduced_motion="reduce")
    page1280.goto(site.at("/program/"))
    seen = []
    for _step in range(60):
        page1280.keyboard.press("Tab")
        here = page1280.evaluate(
            """async () => {
              await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
              const at = document.activeElement, box = at.getBoundingClientRect();
              const style = getComputedStyle(at);
              return {href: at.getAttribute('href') ?? '', wide: box.width, outline: style.outlineStyle,
                      inside: box.top < innerHeight && box.bottom > 0};
            }"""
        )
        seen.append(here["href"])
        assert here["outline"] != "none", f"the focus on {here} cannot be seen"
        assert here["inside"] and here["wide"], f"the focus on {here} is out of sight"
        if here["href"].startswith("/aksi/"):
            break
    else:
        pytest.fail(f"no action is reached by 60 steps: {seen}")
    page1280.keyboard.press("Enter")
    page1280.wait_for_url("**/aksi/**")


def test_who_comes_back_is_told_that_nothing_changed(site: Site) -> None:
    first = ask(site, "/program/")
    again = ask(site, "/program/", **{"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert "set-cookie" not in first.headers, "a reader is not marked"

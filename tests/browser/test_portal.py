"""A citizen finds a dataset, draws it, takes it along, and says what is wrong with it; an office answers."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, ask, fits, no_sideways_scroll, picture
from tests.browser.mailbox import latest

WISHED = "Jumlah taman bermain anak"
TEXT = "Tanggal 1 Januari 2020 jatuh pada hari Rabu, bukan Kamis."


@pytest.mark.parametrize("width", [360, 1280])
def test_a_citizen_searches_draws_and_downloads(
    site: Site, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width)
    page.goto(site.at("/"))
    page.fill("header input[name=q]", "hari libur")
    page.press("header input[name=q]", "Enter")
    page.get_by_role("link", name="Hari libur nasional dan cuti bersama").first.click()
    page.wait_for_url("**/data/holidays/")
    expect(page.locator("head script[type='application/ld+json']")).to_have_count(1)
    page.select_option("#pilih-x", "day.year")
    page.select_option("#pilih-oleh", "kind")
    page.get_by_role("button", name="Gambar").click()
    page.wait_for_url("**oleh=kind**")
    drawn = page.locator(".drawn figure")
    expect(drawn.locator("figcaption")).to_contain_text("per tahun")
    expect(drawn.locator("svg polyline").first).to_be_visible()
    drawn.get_by_text("Tampilkan tabel").click()
    expect(drawn.get_by_role("row", name="2026")).to_be_visible()
    fits(page)
    picture(page, "set-data")
    with page.expect_download() as taken:
        page.locator("main a[download]").filter(has_text="CSV").click()
    assert Path(taken.value.path()).read_text("utf-8").startswith("day,kind,")


def test_the_same_way_without_scripts(site: Site, plain_page: Page) -> None:
    plain_page.goto(site.at("/data/"))
    plain_page.fill("main input[name=q]", "libur")
    plain_page.get_by_role("button", name="Cari set data").click()
    plain_page.get_by_role("link", name="Hari libur nasional dan cuti bersama").click()
    plain_page.select_option("#pilih-x", "certainty")
    plain_page.get_by_role("button", name="Gambar").click()
    expect(plain_page.locator(".drawn svg").first).to_be_visible()
    no_sideways_scroll(plain_page)
    assert plain_page.locator("main a[download]").first.get_attribute("href") == "/data/holidays.csv"


@pytest.mark.parametrize("width", [360, 1280])
def test_facets_are_chosen_and_let_go_by_keyboard(
    site: Site, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width)
    page.goto(site.at("/data/"))
    page.locator(".shelf-facets a").filter(has_text="kode referensi").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**kata=kode*")
    expect(page.locator("main h2").first).to_contain_text("2 set data")
    fits(page)
    page.locator(".row-line a.button").filter(has_text="kode referensi").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "kata=" not in address)
    page.goto(site.at("/data/?q=libur+meteor"))
    expect(page.get_by_role("link", name="“libur”")).to_be_visible()
    fits(page)


def test_a_map_is_drawn_where_there_are_regions(site: Site, page360: Page) -> None:
    page360.goto(site.at("/data/regions/?x=kind&ukur=sum.population"))
    expect(page360.locator(".map .map-shape").first).to_be_attached()
    fits(page360)


def _letter(site: Site, to: str) -> str:
    """Wait for a letter for as long as the worker may be busy with the demo's stories."""
    for _time in range(7):
        with suppress(AssertionError):
            return latest(site, to)
    return latest(site, to)


def test_a_dataset_that_is_missing_is_asked_for_by_letter_and_refused_by_law(
    site: Site, page360: Page, open_as: Callable[..., Page]
) -> None:
    page360.goto(site.at("/data/?q=taman+bermain+anak"))
    page360.get_by_role("link", name="Minta set data yang belum ada").click()
    expect(page360.locator("textarea[name=what]")).to_have_value("taman bermain anak")
    page360.get_by_role("button", name="Kirim permintaan").click()
    expect(page360.locator(".faults")).to_be_visible()
    fits(page360)
    page360.fill("textarea[name=what]", f"{WISHED} tiap kelurahan")
    page360.fill("textarea[name=why]", "Untuk skripsi tentang ruang bermain.")
    page360.get_by_label("penelitian atau tugas kuliah").check()
    page360.fill("input[name=email]", "mahasiswa@contoh.id")
    page360.get_by_role("button", name="Kirim permintaan").click()
    expect(page360.locator("h1")).to_contain_text("periksa surel Anda")
    fits(page360)
    path = re.search(r"/data/permintaan/saya/[\w-]+/", _letter(site, "mahasiswa@contoh.id"))
    assert path
    page360.goto(site.at(path[0]))
    fits(page360)
    page360.get_by_role("button", name="Kirim permintaan saya").click()
    expect(page360.locator("main")).to_contain_text("menunggu jawaban walidata")
    page360.goto(site.at("/data/permintaan/"))
    expect(page360.locator("main")).not_to_contain_text(WISHED)
    steward = open_as("bagus", 1280)
    steward.goto(site.at("/meja/permintaan-set-data/"))
    fits(steward)
    steward.get_by_role("link", name=WISHED).click()
    fits(steward)
    steward.get_by_label("Ditolak: ada alasan menurut hukum").check()
    steward.fill("input[name=title]", "Taman bermain tiap kelurahan")
    steward.fill("textarea[name=answer]", "Belum pernah didata; masuk rencana tahun depan.")
    steward.select_option("select[name=ground]", "not_held")
    steward.get_by_role("button", name="Simpan dan kirim jawaban").click()
    steward.wait_for_url("**/meja/permintaan-set-data/")
    page360.goto(site.at("/data/permintaan/"))
    expect(page360.locator("main")).to_contain_text("UU 14/2008 Pasal 6 ayat (3)")
    fits(page360)
    picture(page360, "data-diminta")


def test_what_a_reader_finds_wrong_reaches_the_desk_and_the_answer_comes_back(
    site: Site, page360: Page, open_as: Callable[..., Page]
) -> None:
    page360.goto(site.at("/data/plan_actions/"))
    page360.get_by_role("link", name="Beri masukan").click()
    page360.get_by_role("button", name="Kirim masukan").click()
    expect(page360.locator(".faults")).to_be_visible()
    fits(page360)
    page360.get_by_label("nilainya salah").check()
    page360.fill("textarea[name=text]", TEXT)
    page360.get_by_role("button", name="Kirim masukan").click()
    page360.wait_for_url("**/masukan/*/")
    own = page360.url
    fits(page360)
    steward = open_as("bagus", 1280)
    steward.goto(site.at("/meja/masukan/"))
    fits(steward)
    steward.get_by_role("link", name="Rencana aksi").first.click()
    expect(steward.locator("main")).to_contain_text(TEXT)
    steward.get_by_label("sudah diperbaiki").check()
    steward.fill("textarea[name=answer]", "Terima kasih, sudah kami betulkan.")
    fits(steward)
    steward.get_by_role("button", name="Simpan jawaban").click()
    steward.wait_for_url("**/meja/masukan/")
    page360.goto(own)
    expect(page360.locator("main")).to_contain_text("sudah kami betulkan")
    told = ask(site, "/data/plan_actions/masukan/").body.decode()
    assert "sudah kami betulkan" in told and TEXT not in told

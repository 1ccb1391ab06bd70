"""An office reports on a phone, the programme office verifies or returns, and the public figure moves."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site, ask, fits, picture, sign_in

MOST_STEPS = 6
LONGEST = 60.0


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "lokasi.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(path, "JPEG", quality=80)
    return path


def _card(page: Page, title: str, period: str) -> Locator:
    return page.locator("li.box", has_text=title).filter(has_text=f"{period} 2026")


def _sum(site: Site) -> tuple[int, int]:
    """Return numerator and denominator of this year's realisation, as everybody may read it."""
    rows = json.loads(ask(site, "/realisasi.json").body)["realisation"]
    row = next(row for row in rows if row["rule"] == "pooled" and row["dimension"] == "")
    return int(row["numerator"]), int(row["denominator"])


class Steps:
    """Counts what a person does to the page, and for how long."""

    def __init__(self) -> None:
        self.count = 0
        self.began = time.monotonic()

    def __call__(self, act: Callable[..., object], *arguments: object) -> None:
        self.count += 1
        act(*arguments)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def test_a_report_takes_less_than_a_minute_on_a_phone_and_moves_the_public_figure(
    site: Site, page360: Page, open_as: Callable[..., Page], photo: Path
) -> None:
    before = _sum(site)
    sign_in(page360, site, "budi")
    assert page360.url == site.at("/meja/"), "an officer lands on the desk"
    picture(page360, "meja")
    card = _card(page360, "Kalender wisata", "Triwulan I")
    step = Steps()
    step(card.get_by_role("link").click)
    expect(page360.locator("h1")).to_contain_text("Kalender wisata")
    picture(page360, "lapor")
    step(page360.fill, "[name=value]", "18")
    step(page360.fill, "[name=note]", "Delapan belas lokasi menjual tiket daring.")
    step(page360.set_input_files, "[name=photo]", str(photo))
    step(page360.get_by_role("button", name="Kirim laporan").click)
    expect(page360.locator(".messages")).to_contain_text("Laporan terkirim.")
    assert step.count <= MOST_STEPS
    assert step.seconds < LONGEST
    assert _sum(site) == before, "what nobody verified is not counted"

    rini = open_as("rini", 1280)
    rini.goto(site.at("/periksa/"))
    picture(rini, "periksa")
    rini.locator("tr", has_text="Kalender wisata").get_by_role("link", name="Kalender wisata").click()
    expect(rini.locator("main")).to_contain_text("Delapan belas lokasi menjual tiket daring.")
    picture_of_it = rini.locator("main a[href^='/bukti/']").first
    assert (
        rini.evaluate(
            "address => fetch(address).then(answer => answer.status)", picture_of_it.get_attribute("href")
        )
        == 200
    )
    fits(rini)
    rini.get_by_role("button", name="Verifikasi", exact=True).click()
    expect(rini.locator("tr", has_text="Kalender wisata")).to_have_count(0)

    numerator, denominator = _sum(site)
    assert (numerator, denominator) == (before[0] + 1, before[1])
    page360.goto(site.at("/realisasi/"))
    expect(page360.locator("code.sum").first).to_contain_text(f"= {numerator} / {denominator} = ")


def test_a_report_is_sent_without_scripts_too(site: Site, plain_page: Page) -> None:
    sign_in(plain_page, site, "budi")
    _card(plain_page, "Kalender wisata", "Triwulan II").first.get_by_role("link").click()
    plain_page.fill("[name=value]", "18")
    plain_page.get_by_role("button", name="Kirim laporan").click()
    expect(plain_page.locator(".messages")).to_contain_text("Laporan terkirim.")


def test_a_faulty_report_names_the_field_and_loses_nothing(
    site: Site, open_as: Callable[..., Page], photo: Path
) -> None:
    page = open_as("budi", 360)
    page.goto(site.at("/meja/"))
    _card(page, "Lampu lalu lintas", "Triwulan III").get_by_role("link").click()
    page.fill("[name=value]", "dua belas")
    page.fill("[name=note]", "Lampu di dua belas simpang menyesuaikan diri.")
    page.set_input_files("[name=photo]", str(photo))
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator(".faults")).to_be_visible()
    expect(page.locator("[name=value]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=note]")).to_have_value("Lampu di dua belas simpang menyesuaikan diri.")
    expect(page.locator(".note-done")).to_contain_text("lokasi.jpg")
    fits(page)
    page.locator(".faults a").first.click()
    assert page.evaluate("document.activeElement.name") == "value"


def test_a_report_comes_back_with_a_reason_and_goes_out_again(
    site: Site, open_as: Callable[..., Page]
) -> None:
    budi, rini = open_as("budi", 360), open_as("rini", 1280)
    budi.goto(site.at("/meja/"))
    _card(budi, "Panggilan darurat", "Triwulan III").get_by_role("link").click()
    budi.fill("[name=value]", "8")
    budi.get_by_role("button", name="Kirim laporan").click()
    expect(budi.locator(".messages")).to_contain_text("Laporan terkirim.")

    rini.goto(site.at("/periksa/"))
    rini.locator("tr", has_text="Panggilan darurat").get_by_role("link", name="Panggilan").click()
    rini.get_by_role("button", name="Kembalikan ke pelapor").click()
    expect(rini.locator("h1")).to_contain_text("Panggilan darurat")  # a reason is asked for
    rini.fill("textarea[name=reason]", "Nilainya turun dari 80 menjadi 8; periksa satu angka nol.")
    rini.get_by_role("button", name="Kembalikan ke pelapor").click()
    expect(rini.locator("tr", has_text="Panggilan darurat")).to_have_count(0)

    budi.goto(site.at("/meja/"))
    card = _card(budi, "Panggilan darurat", "Triwulan III")
    expect(card).to_contain_text("periksa satu angka nol")
    fits(budi)
    card.get_by_role("link").click()
    expect(budi.locator(".note-late")).to_contain_text("periksa satu angka nol")
    budi.fill("[name=value]", "82")
    budi.get_by_role("button", name="Kirim laporan").click()
    expect(budi.locator(".messages")).to_contain_text("Laporan terkirim.")


def test_the_second_of_two_who_save_at_once_sees_what_changed(
    site: Site, open_as: Callable[..., Page]
) -> None:
    first, second = open_as("budi", 1280), open_as("wati", 360)
    first.goto(site.at("/meja/"))
    address = _card(first, "Lampu lalu lintas", "Triwulan I").first.get_by_role("link").get_attribute("href")
    for page, value in ((first, "11"), (second, "12")):
        page.goto(site.at(str(address)))
        page.fill("[name=value]", value)
    first.get_by_role("button", name="Simpan draf").click()
    expect(first.locator(".messages")).to_contain_text("Draf tersimpan.")
    second.get_by_role("button", name="Simpan draf").click()
    expect(second.locator("#differences")).to_have_text("Orang lain menyimpan lebih dahulu")
    row = second.locator("tr", has_text=re.compile("11.*|12.*")).first
    expect(row).to_contain_text("12")
    expect(row).to_contain_text("11")
    expect(second.locator("[name=value]")).to_have_value("12")
    fits(second)
    second.get_by_role("button", name="Simpan draf").click()
    expect(second.locator(".messages")).to_contain_text("Draf tersimpan.")
    first.goto(site.at(str(address)))
    expect(first.locator("[name=value]")).to_have_value("12")


def test_agus_and_joko_find_nothing_of_budi(site: Site, open_as: Callable[..., Page]) -> None:
    budi = open_as("budi", 1280)
    budi.goto(site.at("/meja/"))
    address = budi.locator("main a[href^='/meja/lapor/']").first.get_attribute("href")
    agus = open_as("agus", 1280)
    agus.goto(site.at("/meja/"))
    assert "Kalender wisata" not in agus.locator("main").inner_text()
    refused = agus.goto(site.at(str(address)))
    assert refused and refused.status == 403
    fits(agus)
    joko = open_as("joko", 1280, host="kab-malang.localhost")
    hidden = joko.goto(site.at(str(address), "kab-malang.localhost"))
    assert hidden and hidden.status == 404

"""A survey from its opening to its results: an officer at a desk, visitors on a phone."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.conftest import MALANG, Site, ask, axe, fits, picture
from tests.browser.mailbox import latest

WIB = ZoneInfo("Asia/Jakarta")


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S")


def _open(page: Page, site: Site) -> None:
    now = datetime.now(WIB)
    page.goto(site.at("/meja/survei-baru/"))
    fits(page)
    page.fill("[name=title]", "Survei uji")
    page.fill("[name=code]", "survei-uji")
    page.select_option("[name=subject]", index=0)
    page.check("[name=dimensions][value=governance]")
    page.fill("[name=opens_at]", _moment(now - timedelta(days=1)))
    page.fill("[name=closes_at]", _moment(now + timedelta(days=5)))
    page.fill("[name=target]", "49")
    page.click("main button.button-primary")
    assert "Paling sedikit 50 pengguna" in page.inner_text("main")
    page.fill("[name=target]", "50")
    page.click("main button.button-primary")
    page.locator(".messages", has_text="Survei dibuka").wait_for()


def test_visitors_answer_once_and_the_desk_sees_how_many(
    site: Site, open_as: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    desk = open_as("rini", 1280)
    _open(desk, site)
    fits(desk)
    with desk.expect_download() as paper:
        desk.click("text=Cetak lembar baru (PDF)")
    assert paper.value.path().read_bytes()[:5] == b"%PDF-"
    with desk.expect_download() as poster:
        desk.click("text=Poster dengan QR (PDF)")
    assert poster.value.path().read_bytes()[:5] == b"%PDF-"

    phone = open_page(360)
    phone.goto(site.at("/survei/"))
    fits(phone)
    axe(phone)
    phone.click("text=Survei uji")
    fits(phone)
    axe(phone)
    phone.fill("[name=email]", "warga@contoh.id")
    phone.click("text=Kirim kode ke surel saya")
    pin = re.findall(r": (\d{6})", latest(site, "warga@contoh.id"))[0]
    phone.fill("[name=pin]", pin)
    phone.click("text=Mulai menjawab")
    # The sentences appear once somebody says they used it.
    assert phone.locator("[name='governance_service.q_4_1_1_1']").count() == 0
    phone.check("[name=uses][value=yes]")
    phone.locator("[name='governance_service.q_4_1_1_1']").first.wait_for()
    fits(phone)
    axe(phone)
    phone.check("[name=how][value=online]")
    phone.check("[name=often][value=once]")
    phone.evaluate(
        '() => document.querySelectorAll(\'[name*=".q_"][value="3"]\').forEach(e => e.checked = true)'
    )
    picture(phone, "survei-dampak")
    phone.click("text=Kirim jawaban")
    expect(phone.locator("h1")).to_contain_text("Terima kasih")
    fits(phone)
    phone.click("text=Halaman hasil")
    assert "dapat dibaca setelah" in phone.inner_text("main")

    desk.reload()
    assert "1" in desk.locator(".grid .box").first.inner_text()
    desk.goto(site.at("/meja/survei/survei-uji/penutupan/"))
    desk.fill("[name=until]", _moment(datetime.now(WIB) - timedelta(hours=1)))
    desk.fill("[name=reason]", "Selesai lebih awal")
    desk.click("main button.button-primary")
    # It closes in this very second, which still counts.
    desk.wait_for_timeout(1100)
    phone.goto(site.at("/survei/survei-uji/hasil/"))
    fits(phone)
    axe(phone)
    assert "Belum sah" in phone.inner_text("main")
    assert "kurang dari 5 jawaban" in phone.inner_text("main")
    assert ask(site, "/survei/survei-uji/hasil.csv", MALANG).status == 200

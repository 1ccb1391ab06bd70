"""A report on its way over the desks in a real browser: verifier, officer, head, supervisor, outsiders."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Site, fits, picture

DESK = "/meja/layanan/"
ANSWER = "Terima kasih. Petugas kami sudah datang dan memperbaikinya hari ini."


def test_a_report_goes_over_the_desks_and_nobody_else_sees_it(
    site: Site, open_as: Callable[..., Page]
) -> None:
    aris = open_as("aris", 1280)
    aris.goto(site.at(f"{DESK}daftar/?antrean=masuk&layanan=sambat"))
    fits(aris)
    picture(aris, "layanan-daftar")
    number = aris.locator("tr[data-row] th a").first.inner_text()
    # By keys alone: the first line, ticked, and opened.
    aris.keyboard.press("j")
    aris.keyboard.press("x")
    assert aris.locator("tr.is-here input").is_checked()
    assert aris.locator("[data-ticked]").inner_text() == "1 dicentang"
    aris.keyboard.press("Enter")
    aris.wait_for_url(f"**/{number}/")
    fits(aris)
    picture(aris, "layanan-berkas")
    there = aris.url.partition(site.at(""))[2]
    aris.get_by_role("link", name="Teruskan ke perangkat daerah pilihan").click()
    aris.get_by_label("Perangkat daerah").select_option("diskominfo")
    fits(aris)
    aris.locator(".buttons button.button-primary").click()
    assert aris.locator(".note-done").inner_text().strip().startswith(number)

    # The officer on a phone without scripts: everything works all the same.
    budi = open_as("budi", 360, scripts=False)
    budi.goto(site.at(f"{DESK}daftar/?antrean=kantor&layanan=sambat&q={number[-6:]}"))
    budi.get_by_role("link", name=number).click()
    budi.get_by_role("button", name="Ambil ke antrean saya").click()
    budi.get_by_role("link", name="Kerjakan").click()
    budi.locator(".buttons button.button-primary").click()
    assert "Ditindaklanjuti" in budi.locator(".lead").inner_text()

    # His head answers first; what he typed meanwhile is not lost, and he is told who was first.
    answering = site.at(f"{there}langkah/answer/")
    wati = open_as("wati", 1280)
    for page in (budi, wati):
        page.goto(answering)
        page.get_by_label("Jawaban untuk pelapor").fill(ANSWER)
    wati.locator(".buttons button.button-primary").click()
    assert "Sudah dijawab" in wati.locator(".lead").inner_text()
    budi.locator(".buttons button.button-primary").first.click()
    assert "Wati" in budi.locator(".faults").inner_text()
    assert budi.get_by_label("Jawaban untuk pelapor").input_value() == ANSWER

    mega = open_as("mega", 1280)
    mega.goto(site.at(f"{DESK}pengawasan/"))
    fits(mega)
    picture(mega, "layanan-pengawasan")
    line = mega.locator("tr[data-row]", has_text="Dinas Komunikasi dan Informatika")
    told = line.locator("td").first.inner_text()
    line.locator("th a").click()
    assert mega.locator("main strong", has_text="berkas").first.inner_text() == f"{told} berkas"
    mega.goto(site.at(there))
    assert "Sudah dijawab" in mega.locator(".lead").inner_text()

    outsiders = (
        (open_as("agus", 1280), site.at("")),
        (
            open_as("joko", 1280, host="kab-malang.localhost"),
            site.at("", "kab-malang.localhost"),
        ),
    )
    for page, root in outsiders:
        page.goto(f"{root}{DESK}daftar/?q={number}")
        assert number not in page.locator("main").inner_text().replace("q=", "")
        hidden = page.goto(f"{root}{there}")
        assert hidden is not None
        assert hidden.status == 404


def test_the_other_pages_of_the_desk_fit(site: Site, open_as: Callable[..., Page]) -> None:
    mega, phone = open_as("mega", 1280), open_as("mega", 360)
    for path in ("", "daftar/?antrean=selesai", "papan/?layanan=sambat", "orang/", "definisi/sambat/"):
        for page in (mega, phone):
            page.goto(site.at(f"{DESK}{path}"))
            fits(page)
    mega.goto(site.at(f"{DESK}papan/?layanan=sambat"))
    picture(mega, "layanan-papan")
    mega.goto(site.at(f"{DESK}peta/?antrean=semua"))
    mega.wait_for_selector(".leaflet-interactive")
    fits(mega)
    picture(mega, "layanan-peta")
    phone.goto(site.at(f"{DESK}daftar/?antrean=semua&layanan=sambat"))
    fits(phone)
    phone.locator("tr[data-row] th a").first.click()
    fits(phone)
    picture(phone, "layanan-berkas")

"""Forms of definition files in a real browser: on a phone, by keys, with and without scripts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, fits, picture

GUIDE = "/panduan-tampilan/formulir/"


def test_every_kind_of_field_fits_a_phone_with_and_without_faults(site: Site, page360: Page) -> None:
    page360.goto(site.at(GUIDE))
    fits(page360)
    picture(page360, "formulir")
    page360.get_by_role("button", name="Periksa jawaban").click()
    page360.wait_for_selector(".faults")
    fits(page360)
    picture(page360, "formulir-salah")
    assert page360.evaluate("document.activeElement.className") == "faults"
    page360.get_by_role("link", name="Ceritanya: Belum diisi.").click()
    assert page360.evaluate("document.activeElement.id") == "f-story"


def test_a_field_appears_with_the_answer_by_keys_alone_and_the_focus_stays(site: Site, page360: Page) -> None:
    page360.goto(site.at(GUIDE))
    page360.locator("#f-applicant-name").fill("Sari")
    page360.locator("#f-kind-0").focus()
    page360.keyboard.press("ArrowDown")
    page360.wait_for_selector("#f-nib")
    assert page360.evaluate("document.activeElement.id") == "f-kind-1"
    assert page360.locator("#f-applicant-name").input_value() == "Sari"
    assert not page360.locator(".faults").is_visible()
    page360.keyboard.press("ArrowUp")
    page360.wait_for_selector("#f-nib", state="detached")
    assert page360.locator("[data-refresh]:visible").count() == 0, "the script does what the button did"
    fits(page360)
    page360.click("button[lang=en]")
    page360.wait_for_selector("text=Who applies?")
    assert page360.locator("h1").inner_text() == "Style guide: forms", "other forms of the page still work"
    fits(page360)


def test_enter_in_a_text_checks_the_form_and_removes_no_row(site: Site, page360: Page) -> None:
    page360.goto(site.at(GUIDE))
    page360.locator("#f-family-0-name").fill("Ani")
    page360.keyboard.press("Enter")
    page360.wait_for_selector(".faults")
    assert page360.locator("#f-family-0-name").input_value() == "Ani"


def test_a_point_is_chosen_on_the_map(site: Site, page1280: Page) -> None:
    page1280.goto(site.at(GUIDE))
    page1280.get_by_role("button", name="Tunjuk di peta").click()
    page1280.wait_for_selector(".map .leaflet-interactive")
    box = page1280.locator(".map").bounding_box()
    assert box
    page1280.locator(".map").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    latitude = float(page1280.locator("#f-place-point-lat").input_value().replace(",", "."))
    longitude = float(page1280.locator("#f-place-point-lon").input_value().replace(",", "."))
    assert -8.1 < latitude < -7.85
    assert 112.5 < longitude < 112.75


def test_all_of_it_works_without_scripts(site: Site, plain_page: Page) -> None:
    plain_page.goto(site.at(GUIDE))
    assert plain_page.get_by_role("button", name="Tunjuk di peta").count() == 0
    plain_page.check("#f-kind-1")
    plain_page.get_by_role("button", name="Perbarui isian").click()
    plain_page.fill("#f-nib", "123")
    plain_page.get_by_role("button", name="Tambah anggota keluarga").click()
    expect(plain_page.locator(".form-row")).to_have_count(2)
    expect(plain_page.locator("#f-nib")).to_have_value("123")
    plain_page.get_by_role("button", name="Hapus anggota keluarga 2").click()
    expect(plain_page.locator(".form-row")).to_have_count(1)
    plain_page.select_option("#f-origin-0", "35")
    plain_page.get_by_role("button", name="Tampilkan pilihan berikutnya").click()
    plain_page.select_option("#f-origin-1", "35.73")
    plain_page.get_by_role("button", name="Periksa jawaban").click()
    expect(plain_page.get_by_role("link", name="NIB: Panjangnya 3 angka. Tulis 13 angka.")).to_be_visible()
    expect(plain_page.locator("#f-origin-1")).to_have_value("35.73")

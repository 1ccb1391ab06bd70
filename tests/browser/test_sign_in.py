"""Officers need an app or a passkey beside the password; residents do not, and see what is kept of them."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal import auth
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, fits
from tests.browser.mailbox import latest

PASSWORD = "kata-sandi-ujian-2026"


def _sign_in(page: Page, site: Site, address: str) -> None:
    page.goto(site.at("/akun/login/"))
    page.fill("input[name=login]", address)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")


def _confirm_address(page: Page, site: Site, address: str) -> None:
    """Type the code that was sent to an address that is new."""
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", latest(site, address), re.MULTILINE)
    assert code, latest(site, address)
    page.fill("input[name=code]", code.group(1))
    with page.expect_navigation():
        page.locator("main form button").first.click()


def _open_guarded(page: Page, site: Site, path: str) -> None:
    """Open a page that may ask for the password once more."""
    page.goto(site.at(path))
    if "/reauthenticate/" in page.url:
        fits(page)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("main form button").first.click()


def _code(secret: str) -> str:
    """Return what an authenticator app shows now, and for long enough to type it."""
    if (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


@pytest.fixture
def officer(site: Site, open_page: Callable[..., Page], open_as: Callable[..., Page]) -> tuple[Page, str]:
    """A new officer, seated by the account administrator, who set a password and was never here before."""
    address = f"ina-{time.monotonic_ns()}@balai.example"
    admin = open_as("tono", 1280)
    admin.goto(site.at("/meja/orang/baru"))
    admin.fill("[name=name]", "Ina")
    admin.fill("[name=email]", address)
    admin.select_option("[name=office]", label="Diskominfo")
    admin.check("input[name=roles][value=officer]")
    fits(admin)
    admin.get_by_role("button", name="Simpan jabatan").click()
    expect(admin.locator(".messages")).to_contain_text("Jabatan untuk Ina dicatat.")

    page = open_page(1280)
    page.goto(site.at("/akun/password/reset/"))
    page.fill("input[name=email]", address)
    page.locator("main form button").first.click()
    link = re.search(r"http\S+/reset/key/\S+", latest(site, address))
    assert link
    page.goto(link.group())
    for name in ("password1", "password2"):
        page.fill(f"input[name={name}]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    return page, address


def test_an_officer_sets_up_an_app_before_anything_else(site: Site, officer: tuple[Page, str]) -> None:
    page, address = officer
    _sign_in(page, site, address)
    if page.locator("input[name=code]").count():
        _confirm_address(page, site, address)
    page.goto(site.at("/meja/"))
    page.wait_for_url("**/akun/2fa/**")
    page.goto(site.at("/program/"))
    assert "/akun/2fa/" in page.url, "even what is public waits until the account is safe"
    fits(page)
    _open_guarded(page, site, "/akun/2fa/totp/activate/")
    fits(page)
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", "000000")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("salah|keliru|tidak"))
    page.fill("input[name=code]", _code(secret))
    with page.expect_navigation():
        page.locator("main form button").first.click()
    page.goto(site.at("/meja/"))
    assert page.url == site.at("/meja/")

    page.context.clear_cookies()
    _sign_in(page, site, address)
    assert "/akun/2fa/authenticate" in page.url
    fits(page)
    page.fill("input[name=code]", _code(secret))
    page.locator("main form button").first.click()
    page.wait_for_url(site.at("/meja/"))


def test_a_passkey_alone_signs_an_officer_in(site: Site, officer: tuple[Page, str]) -> None:
    page, address = officer
    _sign_in(page, site, address)
    if page.locator("input[name=code]").count():
        _confirm_address(page, site, address)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    _open_guarded(page, site, "/akun/2fa/webauthn/add/")
    fits(page)
    page.fill("input[name=name]", "Ponsel Ina")
    page.check("input[name=passwordless]")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: "/webauthn/add" not in address)
    page.goto(site.at("/meja/"))
    assert page.url == site.at("/meja/"), "a passkey is a second factor"

    page.context.clear_cookies()
    page.goto(site.at("/akun/login/"))
    page.locator("#passkey_login").click()
    page.wait_for_url(site.at("/meja/"))
    expect(page.locator(".who")).to_contain_text("Ina")


def test_a_resident_signs_up_takes_a_copy_and_asks_for_erasure(
    site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(360)
    address = f"sari-{time.monotonic_ns()}@balai.example"
    page.goto(site.at("/akun/signup/"))
    fits(page)
    page.fill("input[name=name]", "Sari Baru")
    page.fill("input[name=email]", address)
    page.fill("input[name=password1]", PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    _confirm_address(page, site, address)
    page.goto(site.at("/"))
    page.get_by_role("link", name="Data saya").click()
    expect(page.locator("main")).to_contain_text(address)
    fits(page)

    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh salinan").click()
    kept = tmp_path / "salinan.json"
    download.value.save_as(kept)
    assert address in json.dumps(json.loads(kept.read_text("utf-8")))

    page.get_by_role("link", name="Minta penghapusan").click()
    fits(page)
    if page.locator("textarea[name=text]").count():
        page.fill("textarea[name=text]", "Saya pindah kota.")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("Saya pindah kota.")
    expect(page.get_by_role("button", name="Batalkan")).to_be_visible()
    page.goto(site.at("/meja/"))
    assert page.url == site.at("/"), "a resident has no desk"

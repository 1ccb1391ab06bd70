"""A real browser on the real product: one installation a session, in a folder of its own.

Chromium is the system's. Without one these tests are skipped with a word about it;
where CI=true they fail instead, so that nothing passes because nobody looked.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from balai.people.rules import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
MALANG = "kota-malang.localhost"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _unable(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@dataclass(frozen=True)
class Site:
    """The running product: `at("/")` is the front page of Kota Malang."""

    port: int
    data: Path

    def at(self, path: str, host: str = MALANG) -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Set up an installation with the demo, serve it, and end it."""
    folder = tmp_path_factory.mktemp("balai")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith(("BALAI_", "DATABASE_"))}
    environment = {
        **own,
        "BALAI_DATA": str(folder),
        "BALAI_DEMO": "True",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT / "src"),
    }
    environment["DJANGO_SETTINGS_MODULE"] = "balai.site.settings"
    if not (ROOT / "build" / "web" / "manifest.json").exists():
        _unable("build/web is not there: run `npm ci && npm run build`")
    for command in (
        ["translations", "--compile"],
        ["collectstatic", "--noinput", "-v0"],
        ["migrate", "--run-syncdb", "-v0"],
        ["prepare"],
        ["load_demo_people"],
    ):
        _manage(environment, *command)
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(server, port, folder / "server.log")
        yield Site(port, folder)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(25)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _manage(environment: dict[str, str], *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        pytest.fail(
            f"manage {' '.join(command)}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}", pytrace=False
        )


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the server does not answer:\n{log.read_text(errors='replace')[-4000:]}", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, once."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not executable:
        _unable("no Chromium on this machine: install the package chromium, or set CHROMIUM to its path")
    # Django refuses database work in a thread with a running loop; Playwright's own loop is one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a fresh page, with cookies of its own: open_page(width, scripts=True).

    A page that writes an error to the console (a breach of the CSP is one) fails the test.
    """
    contexts = []
    wrong: list[str] = []

    def fresh(width: int, *, height: int = 800, scripts: bool = True, **how: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, locale="id-ID", **how
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield fresh
    for context in contexts:
        context.close()
    # The browser writes the status of a refused page as an error; tests of refusals mean it.
    # So it does with a line that a test has cut.
    meant = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    wrong = [line for line in wrong if not any(words in line for words in meant)]
    assert not wrong, "the console says:\n" + "\n".join(wrong)


@pytest.fixture(scope="session")
def _seats() -> dict[str, StorageState]:
    """Cookies of those who signed in already: to hash a password takes the processor half a second."""
    return {}


@pytest.fixture
def open_as(
    open_page: Callable[..., Page], site: Site, _seats: dict[str, StorageState]
) -> Callable[..., Page]:
    """Return a function that opens a page for one of the demo's people: open_as("budi", 360)."""

    def opened(name: str, width: int, host: str = MALANG, **how: Any) -> Page:
        who = f"{name}@{host}"
        page = open_page(width, storage_state=_seats.get(who), **how)
        if who not in _seats:
            sign_in(page, site, name, host)
            _seats[who] = page.context.storage_state()
        return page

    return opened


@pytest.fixture
def page360(open_page: Callable[..., Page]) -> Page:
    """A phone."""
    return open_page(360)


@pytest.fixture
def page1280(open_page: Callable[..., Page]) -> Page:
    """A desk."""
    return open_page(1280)


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    """A phone that runs no scripts."""
    return open_page(360, scripts=False)


@dataclass(frozen=True)
class Said:
    """An answer of the server to a program."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(site: Site, path: str, host: str = MALANG, **headers: str) -> Said:
    """Ask the server as a program does; browsers alone find names below .localhost by themselves."""
    line = HTTPConnection("127.0.0.1", site.port, timeout=30)
    line.request("GET", path, headers={"Host": f"{host}:{site.port}", **headers})
    answer = line.getresponse()
    said = Said(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    line.close()
    return said


def axe(page: Page) -> None:
    """Fail with what axe-core finds against WCAG 2.2 AA on the page as it stands."""
    script = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    # Evaluated, not added as an element: the page's own policy forbids foreign scripts.
    page.evaluate(script)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", _WCAG)
    lines = [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]}\n    {node['failureSummary'][:300]}"
        for violation in found["violations"]
        for node in violation["nodes"][:5]
    ]
    assert not lines, f"{page.url}\n" + "\n".join(lines)


def no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its window, and name what sticks out."""
    # A page that was just asked for may have no body yet.
    page.wait_for_load_state()
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert not wide, f"{page.url} is wider than its window:\n" + "\n".join(wide)


def fits(page: Page) -> None:
    """Fail unless the page is for everyone: axe finds nothing, and it does not scroll sideways."""
    no_sideways_scroll(page)
    axe(page)


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page in docs/pictures, only where BALAI_PICTURES=1 asks for it."""
    if os.environ.get("BALAI_PICTURES") == "1":
        PICTURES.mkdir(parents=True, exist_ok=True)
        width = page.evaluate("innerWidth")
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


def weights(page: Page, address: str) -> dict[str, int]:
    """Return what a first visit moves, as the network saw it: address → bytes, headers included."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({asked.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    page.goto(address, wait_until="networkidle")
    session.detach()
    return sizes


def weight(page: Page, address: str) -> int:
    """Return the bytes that a first visit moves."""
    return sum(weights(page, address).values())


def sign_in(page: Page, site: Site, name: str, host: str = MALANG) -> None:
    """Sign one of the demo's people in through the page everyone uses: "budi", "rini", "joko"."""
    page.goto(site.at("/akun/login/", host))
    page.fill("input[name=login]", f"{name}@{host.removesuffix('.localhost')}.example")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/akun/login" not in address)

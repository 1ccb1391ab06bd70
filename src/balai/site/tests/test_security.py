"""What guards an installation whatever the page: headers, cookies, limits, and nothing told to strangers."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import mail
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, path
from tests.cast import MALANG, Cast, someone, visitor_at
from tests.installation import Installation

from balai.base.access import public
from balai.base.errors import Conflict
from balai.site import urls as site_urls

PASSWORD = "sebuah kata sandi panjang"


@public("test")
def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError("password=rahasia-Kenanga42 connecting to server")


@public("test")
def refusing(request: HttpRequest) -> HttpResponse:
    raise Conflict("Sudah berubah.")


urlpatterns = [*site_urls.urlpatterns, path("broken", broken), path("refusing", refusing)]


@pytest.fixture(autouse=True)
def _quick_hash() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


# --- every answer ----------------------------------------------------------------------


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/health", 200),
        ("/mitra", 200),
        ("/akun/login/", 200),
        ("/tidak-ada", 404),
        ("/api/v1/tidak-ada", 404),
        ("/broken", 500),
        ("/api/v1/people/governments", 200),
        ("/refusing", 409),
        ("/saya", 302),
    ],
)
def test_every_answer_carries_the_headers_that_guard_it(address: str, status: int, cast: Cast) -> None:
    client = visitor_at(MALANG)
    client.raise_request_exception = False
    response = client.get(address)
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in response.headers


@pytest.mark.parametrize("host", ["evil.example", "kota-malang.localhost@evil.example", "a" * 300])
def test_a_host_we_do_not_serve_is_refused(host: str, cast: Cast) -> None:
    response = Client(HTTP_HOST=host).get("/mitra")
    assert response.status_code == 400
    assert "Content-Security-Policy" in response.headers


@pytest.mark.urls(__name__)
def test_a_failure_tells_nothing_of_what_failed(cast: Cast) -> None:
    client = visitor_at(MALANG)
    client.raise_request_exception = False
    for address in ("/broken", "/broken?format=json"):
        page = client.get(address, headers={"Accept": "application/json"}).content.decode()
        assert "rahasia" not in page and "Traceback" not in page and "OperationalError" not in page


# --- cookies and forms -----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["/akun/login/", "/akun/signup/", "/akun/logout/", "/saya/permintaan", "/saya/salinan.json"],
)
def test_a_form_from_elsewhere_changes_nothing(address: str, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST="kota-malang.localhost")
    client.get(address)  # an anonymous request first: it must not open the way for the next
    client.force_login(cast.sari.account)
    response = client.post(address, {"kind": "correction", "text": "x"})
    assert response.status_code == 403
    assert 'id="main"' in response.content.decode()


EXEMPT = {
    "bahasa/": "a foreign site could at most change the language of a visitor",
    "api/v1/": "ninja asks for the token itself, of whoever comes with a session",
    "api/3/action": "a session counts for nothing there; who writes comes with a key",
    "api/action": "the same, where ckanapi looks for it",
    "open311/v2/requests": "a session counts for nothing there; who reports comes with a key",
    "open311/v2/<path:rest>": "nothing stands there, which is all it says",
}
"""Addresses whose forms need no token, and why; never one that changes something of somebody."""


def _exempt(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _exempt(pattern, address)
        elif getattr(pattern.callback, "csrf_exempt", False):
            yield address


def test_forms_without_a_token_are_few_and_named() -> None:
    found = list(_exempt(get_resolver()))
    assert [address for address in found if not address.startswith(tuple(EXEMPT))] == []
    assert any(address.startswith("api/v1/") for address in found)


def test_the_cookie_of_the_session_is_for_us_alone(cast: Cast) -> None:
    client = visitor_at(MALANG)
    cast.sari.account.set_password(PASSWORD)
    cast.sari.account.save()
    client.post("/akun/login/", {"login": cast.sari.account.email, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]


def test_signing_out_ends_the_session_itself(cast: Cast) -> None:
    client = cast.sari.client
    client.get("/saya")
    kept = client.cookies["sessionid"].value
    client.post("/akun/logout/")
    thief = visitor_at(MALANG)
    thief.cookies["sessionid"] = kept
    assert thief.get("/saya").status_code == 302


def test_a_new_password_ends_every_other_session(cast: Cast) -> None:
    cast.sari.account.set_password(PASSWORD)
    cast.sari.account.save()
    other, client = cast.sari.client, visitor_at(MALANG)
    assert other.get("/saya").status_code == 200
    client.post("/akun/login/", {"login": cast.sari.account.email, "password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": f"{PASSWORD} baru", "password2": f"{PASSWORD} baru"}
    assert client.post("/akun/password/change/", new).status_code == 302
    assert other.get("/saya").status_code == 302


# --- where one is sent after signing in ------------------------------------------------


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "https:evil.example",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(there: str, cast: Cast) -> None:
    cast.sari.account.set_password(PASSWORD)
    cast.sari.account.save()
    values = {"login": cast.sari.account.email, "password": PASSWORD, "next": there}
    response = visitor_at(MALANG).post("/akun/login/", values)
    assert response.status_code == 302 and response.headers["Location"] == "/"
    chosen = visitor_at(MALANG).post("/bahasa/", {"bahasa": "en", "next": there})
    assert chosen.headers["Location"] == "/"


# --- what strangers learn --------------------------------------------------------------


def test_asking_for_a_new_password_tells_nothing_about_who_has_an_account(cast: Cast) -> None:
    known = visitor_at(MALANG).post("/akun/password/reset/", {"email": cast.sari.account.email})
    unknown = visitor_at(MALANG).post("/akun/password/reset/", {"email": "tiada@contoh.example"})
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [message.to for message in mail.outbox] == [[cast.sari.account.email], ["tiada@contoh.example"]]
    assert "kota-malang.localhost" in mail.outbox[0].body


def test_a_link_for_a_new_password_works_once_and_for_an_hour(cast: Cast) -> None:
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    visitor_at(MALANG).post("/akun/password/reset/", {"email": cast.sari.account.email})
    (link,) = [word for word in mail.outbox[0].body.split() if "/reset/key/" in word]
    address = link.partition("kota-malang.localhost")[2]
    client = visitor_at(MALANG)
    form = client.get(address).headers["Location"]
    values = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(form, values).status_code == 302
    assert 'name="password1"' not in visitor_at(MALANG).get(address, follow=True).content.decode()


def test_ready_holds_no_secret(cast: Cast) -> None:
    told = visitor_at(MALANG).get("/ready").content.decode()
    database = settings.DATABASES["default"]
    secrets = [settings.SECRET_KEY, str(settings.DATA), database.get("PASSWORD"), cast.sari.account.email]
    assert [secret for secret in secrets if secret and str(secret) in told] == []


# --- limits ----------------------------------------------------------------------------


def test_limits_are_counted_where_every_process_sees_them(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM site_counts")
        (before,) = cursor.fetchone()
        visitor_at(MALANG).post("/akun/login/", {"login": "tiada@contoh.example", "password": "salah"})
        cursor.execute("SELECT count(*) FROM site_counts")
        assert cursor.fetchone()[0] > before


def test_thirty_wrong_passwords_are_stopped_and_others_go_on(cast: Cast) -> None:
    dian = someone("Dian", MALANG)
    for person in (cast.sari, dian):
        person.account.set_password(PASSWORD)
        person.account.save()
    sari = {"login": cast.sari.account.email}
    for number in range(30):
        address = f"203.0.113.{number}"
        guesser = Client(HTTP_HOST="kota-malang.localhost", REMOTE_ADDR=address)
        guesser.post("/akun/login/", {**sari, "password": f"salah {number}"})
    late = visitor_at(MALANG)
    late.post("/akun/login/", {**sari, "password": PASSWORD})
    assert late.get("/saya").status_code == 302
    other = visitor_at(MALANG)
    other.post("/akun/login/", {"login": dian.account.email, "password": PASSWORD})
    assert other.get("/saya").status_code == 200


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_server_of_ours_limits_go_by_the_address_it_tells(cast: Cast) -> None:
    """Else everybody would share the limits of that server; and nobody else is believed."""

    def guess(forwarded: str, name: str) -> HttpResponse:
        client = Client(HTTP_HOST="kota-malang.localhost", HTTP_X_FORWARDED_FOR=forwarded)
        return client.post("/akun/login/", {"login": f"{name}@contoh.example", "password": "salah"})  # type: ignore[return-value]

    for number in range(31):
        # The visitor may write what they like before the address that our server adds.
        last = guess(f"198.51.100.{number}, 203.0.113.9", f"orang{number}")
    assert last.status_code == 429
    assert guess("203.0.113.10", "lain").status_code == 200


@pytest.mark.parametrize(
    "address", ["/saya/permintaan", "/meja/orang/impor", "/api/v1/plan/reports", "/akun/login/"]
)
def test_what_is_too_large_is_refused_before_it_is_read(address: str, cast: Cast) -> None:
    class Unread(BytesIO):
        def read(self, *args: object) -> bytes:
            raise AssertionError("the body was read")

    request = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": "10000000000",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    response = cast.tono.client.generic("POST", address, **request)  # type: ignore[arg-type]
    assert response.status_code == 413 and "20 MB" in response.content.decode()


# --- the installation itself -----------------------------------------------------------


def test_an_installation_with_https_passes_djangos_own_check(tmp_path: Path) -> None:
    house = Installation(
        tmp_path,
        more={
            "BALAI_DEMO": "False",
            "BALAI_HTTPS": "True",
            "BALAI_HOSTS": "smartcity.example.go.id",
            "BALAI_EMAIL_URL": "smtp://mail.example.go.id:25",
        },
    )
    house.manage("check", "--deploy", "--fail-level", "INFO")
    told = house.manage("diffsettings")
    for line in (
        "SESSION_COOKIE_SECURE = True",
        "CSRF_COOKIE_SECURE = True",
        "SECURE_SSL_REDIRECT = True",
        "SECURE_HSTS_SECONDS = 31536000",
        "ALLAUTH_TRUSTED_PROXY_COUNT = 1",
    ):
        assert line in told, line


def test_no_script_of_ours_is_served_from_the_uploads() -> None:
    assert not any(str(settings.DATA) in str(folder) for folder in finders.searched_locations)
    assert settings.DATA not in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS)


def test_a_command_that_is_forked_for_a_test_has_the_settings_of_one_that_is_started(tmp_path: Path) -> None:
    house = Installation(tmp_path, more={"BALAI_HTTPS": "True", "BALAI_HOSTS": "smartcity.example.go.id"})
    forked = house.manage("diffsettings", "--all")
    command = [sys.executable, settings.ROOT / "manage.py", "diffsettings", "--all"]
    started = subprocess.run(command, env=house.environment, capture_output=True, text=True, check=True)
    assert forked == started.stdout

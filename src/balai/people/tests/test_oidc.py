"""Signing in through another system (OpenID Connect), against a small provider on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.conf import LazySettings
from django.test import Client
from tests.cast import MALANG, Cast, someone

from balai.base import tenancy
from balai.base.journal import JournalEntry
from balai.people.models import Account
from balai.site.options import Options, identity_provider

pytestmark = pytest.mark.django_db

SECRET = "rahasia yang cukup panjang untuk ditandatangani"


class Provider:
    """What the other system says of a person, and what it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.person: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    def answer(self, path: str, form: dict[str, list[str]]) -> dict[str, Any]:
        self.asked.append((path, form))
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
            }
        if path == "/token":
            claims = {"iss": self.address, "aud": "balai", "sub": self.person["sub"], "exp": 4_000_000_000}
            signed = jwt.encode(claims | {"iat": 1_700_000_000}, SECRET, "HS256")
            return {"access_token": "kunci", "token_type": "Bearer", "id_token": signed}
        return self.person


@pytest.fixture
def provider(settings: LazySettings, tmp_path: Any) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({})

        def do_POST(self) -> None:
            self._say(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def _say(self, form: dict[str, list[str]]) -> None:
            body = json.dumps(there.answer(urlsplit(self.path).path, form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Say nothing among the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Provider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    secret = tmp_path / "secret"
    secret.write_text("rahasia\n", "utf-8")
    options = Options(oidc_server=there.address, oidc_client="balai", oidc_secret_file=str(secret))
    settings.SOCIALACCOUNT_PROVIDERS = identity_provider(options)
    yield there
    server.shutdown()
    server.server_close()


def _sign_in(client: Client, provider: Provider, **person: Any) -> Any:
    provider.person = person
    away = client.post("/akun/oidc/sso/login/")
    assert away.status_code == 302 and away.headers["Location"].startswith(f"{provider.address}/authorize?")
    sent = parse_qs(urlsplit(away.headers["Location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    return client.get(
        "/akun/oidc/sso/login/callback/", {"code": "abc", "state": sent["state"][0]}, follow=True
    )


@contextmanager
def _nobody_new() -> Iterator[None]:
    before = Account.objects.count()
    yield
    assert Account.objects.count() == before


def test_an_address_that_the_other_system_has_verified_opens_its_account(
    cast: Cast, provider: Provider
) -> None:
    client = Client(HTTP_HOST="kota-malang.localhost")
    sari = cast.sari.account
    with _nobody_new():
        _sign_in(client, provider, sub="17", email=sari.email, email_verified=True, name="Sari")
    assert client.session["_auth_user_id"] == str(sari.pk) and client.get("/saya").status_code == 200
    with tenancy.scope(MALANG):
        assert JournalEntry.objects.filter(verb="people.signed_in", thing=str(sari.pk)).exists()
    token = next(form for path, form in provider.asked if path == "/token")
    assert token["code_verifier"] and token["code"] == ["abc"]


def test_an_address_that_is_not_verified_opens_nobodys_account(cast: Cast, provider: Provider) -> None:
    client = Client(HTTP_HOST="kota-malang.localhost")
    with _nobody_new():
        _sign_in(client, provider, sub="18", email=cast.budi.account.email, email_verified=False, name="Budi")
    assert client.get("/saya").status_code == 302


def test_whoever_has_no_second_factor_yet_sets_one_up(cast: Cast, provider: Provider) -> None:
    newcomer = someone("Baru", MALANG, "officer", office=cast.kominfo, second_factor=False)
    client = Client(HTTP_HOST="kota-malang.localhost")
    _sign_in(client, provider, sub="19", email=newcomer.account.email, email_verified=True, name="Baru")
    page = client.get("/saya")
    assert page.status_code == 302 and page.headers["Location"].startswith("/akun/")


def test_an_officer_is_asked_for_the_code_of_the_second_factor(cast: Cast, provider: Provider) -> None:
    client = Client(HTTP_HOST="kota-malang.localhost")
    page = _sign_in(client, provider, sub="16", email=cast.budi.account.email, email_verified=True)
    assert page.redirect_chain[-1][0].startswith("/akun/2fa/authenticate/")
    assert client.get("/saya").status_code == 302


def test_an_unknown_person_becomes_a_resident_with_the_name_given(cast: Cast, provider: Provider) -> None:
    client = Client(HTTP_HOST="kota-malang.localhost")
    page = _sign_in(
        client, provider, sub="20", email="warga@contoh.example", email_verified=True, name="Warga Baru"
    )
    assert page.status_code == 200
    account = Account.objects.get(email="warga@contoh.example")
    assert account.name == "Warga Baru" and not account.has_usable_password()
    assert client.get("/saya").status_code == 200 and client.get("/meja/orang").status_code == 403


def test_an_answer_nobody_asked_for_is_refused(cast: Cast, provider: Provider) -> None:
    client = Client(HTTP_HOST="kota-malang.localhost")
    provider.person = {"sub": "21", "email": cast.budi.account.email, "email_verified": True}
    client.get("/akun/oidc/sso/login/callback/", {"code": "abc", "state": "dibuat-buat"}, follow=True)
    assert client.get("/saya").status_code == 302
    assert not any(path == "/token" for path, _form in provider.asked)


def test_a_provider_that_does_not_answer_is_told(
    cast: Cast, settings: LazySettings, provider: Provider
) -> None:
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = "http://127.0.0.1:9/"
    page = Client(HTTP_HOST="kota-malang.localhost").post("/akun/oidc/sso/login/", follow=True)
    assert page.status_code == 502 and "tidak menjawab" in page.content.decode()

"""Signing in: passwords, second factors, limits, and nothing told about who has an account."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, override_settings
from tests.cast import MALANG, Cast, Person, someone, visitor_at

from balai.base import tenancy
from balai.base.journal import JournalEntry
from balai.base.schedules import schedules
from balai.people.jobs import forget_sessions
from balai.people.models import Account

PASSWORD = "sebuah kata sandi panjang"
quick_hash = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def _plain_start() -> object:
    with quick_hash:
        yield


@pytest.fixture
def sari(cast: Cast) -> Person:
    cast.sari.account.set_password(PASSWORD)
    cast.sari.account.save()
    return cast.sari


def sign_in(client: Client, email: str, password: str = PASSWORD) -> object:
    return client.post("/akun/login/", {"login": email, "password": password})


@pytest.fixture
def _clock_stands_still() -> Iterator[None]:
    """Let no code of a second factor run out between being made and being given."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def test_the_session_has_a_new_key_after_sign_in(sari: Person) -> None:
    client = visitor_at(MALANG)
    client.get("/akun/login/")
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert sign_in(client, sari.account.email).status_code == 302  # type: ignore[attr-defined]
    assert client.cookies["sessionid"].value != session.session_key
    assert client.get("/saya").status_code == 200
    with tenancy.scope(MALANG):
        assert JournalEntry.objects.filter(verb="people.signed_in", actor_id_text=sari.actor.id).count() == 1


def test_an_officer_is_led_to_the_desk_and_a_resident_to_the_front_page(sari: Person, cast: Cast) -> None:
    citra = someone("Citra", MALANG, "user_admin", second_factor=False)
    citra.account.set_password(PASSWORD)
    citra.account.save()
    led = [sign_in(visitor_at(MALANG), who.account.email).headers["Location"] for who in (sari, citra)]  # type: ignore[attr-defined]
    assert led[0] == "/" and led[1].startswith("/meja")


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(sari: Person) -> None:
    wrong = sign_in(visitor_at(MALANG), sari.account.email, "salah sekali").content.decode()  # type: ignore[attr-defined]
    unknown = sign_in(visitor_at(MALANG), "tiada@kota-malang.example", "salah sekali").content.decode()  # type: ignore[attr-defined]
    said = [re.findall(r'<div class="faults".*?</div>', page, re.DOTALL) for page in (wrong, unknown)]
    assert said[0] and said[0] == said[1]


def test_too_many_wrong_passwords_close_the_door_for_a_while(sari: Person) -> None:
    client = visitor_at(MALANG)
    for _attempt in range(5):
        sign_in(client, sari.account.email, "salah sekali")
    sign_in(client, sari.account.email)
    assert client.get("/saya").status_code == 302


@pytest.mark.usefixtures("_clock_stands_still")
def test_an_account_with_a_second_factor_is_in_only_with_its_code(cast: Cast) -> None:
    budi = someone("Bayu", MALANG, "officer", office=cast.kominfo, second_factor=False)
    budi.account.set_password(PASSWORD)
    budi.account.save()
    secret = generate_totp_secret()
    TOTP.activate(budi.account, secret)
    stored = Authenticator.objects.get(user=budi.account).data["secret"]
    assert secret not in stored
    client = visitor_at(MALANG)
    sign_in(client, budi.account.email)
    assert client.get("/meja/orang").status_code == 302
    assert client.post("/akun/2fa/authenticate/", {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/akun/2fa/authenticate/", {"code": code})
    assert client.get("/meja/orang").status_code == 200


def test_a_resident_signs_up_and_proves_the_address_by_a_code(cast: Cast) -> None:
    client = visitor_at(MALANG)
    values = {"name": "Dian", "email": "Dian@contoh.example", "password1": PASSWORD}
    assert client.post("/akun/signup/", values).status_code == 302
    assert client.get("/saya").status_code == 302
    code = re.findall(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE)[-1]
    client.post("/akun/confirm-email/", {"code": code})
    page = client.get("/saya")
    assert page.status_code == 200 and "Dian" in page.content.decode()
    assert EmailAddress.objects.get(email="dian@contoh.example").verified


def test_signing_up_with_a_known_address_says_nothing_about_it(sari: Person) -> None:
    client = visitor_at(MALANG)
    values = {"name": "Orang lain", "email": sari.account.email, "password1": PASSWORD}
    assert client.post("/akun/signup/", values).status_code == 302
    assert Account.objects.filter(name="Orang lain").count() == 0


def test_the_nation_takes_no_residents(cast: Cast) -> None:
    page = visitor_at(tenancy.NATIONAL).get("/akun/signup/")
    assert 'name="password1"' not in page.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/akun/login/",
        "/akun/signup/",
        "/akun/password/reset/",
        "/akun/password/reset/done/",
        "/akun/login/code/confirm/",
    ],
)
def test_pages_for_visitors_are_ours_and_indonesian(address: str, cast: Cast) -> None:
    response = visitor_at(MALANG).get(address, follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'lang="id"' in page and 'id="main"' in page
    assert "Sign In" not in page and "Password" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/akun/email/",
        "/akun/password/change/",
        "/akun/2fa/",
        "/akun/logout/",
        "/akun/reauthenticate/",
        "/akun/2fa/webauthn/",
        "/akun/3rdparty/",
    ],
)
def test_pages_of_the_account_are_ours_and_indonesian(address: str, sari: Person) -> None:
    client = visitor_at(MALANG)
    sign_in(client, sari.account.email)
    response = client.get(address, follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'lang="id"' in page and 'id="main"' in page
    for english in ("Sign Out", "Password", "Two-Factor", "Not used.", "Add"):
        assert f">{english}" not in page


@pytest.mark.usefixtures("_clock_stands_still")
def test_setting_up_an_authenticator_app_opens_the_desk(
    cast: Cast,
) -> None:
    newcomer = someone("Baru", MALANG, "officer", office=cast.kominfo, second_factor=False)
    newcomer.account.set_password(PASSWORD)
    newcomer.account.save()
    client = visitor_at(MALANG)
    sign_in(client, newcomer.account.email)
    assert client.get("/meja/orang").headers["Location"] == "/akun/2fa/"
    # What guards the account asks for the password again.
    there = client.get("/akun/2fa/totp/activate/").headers["Location"]
    page = client.post(there, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(iter(yield_hotp_counters_from_time()))))
    client.post("/akun/2fa/totp/activate/", {"code": code})
    assert client.get("/meja/orang").status_code == 200


def test_a_new_second_factor_stands_in_the_journal(cast: Cast) -> None:
    # Sent after the commit, which a test never reaches; so it is sent here.
    factor = Authenticator.objects.get(user=cast.budi.account)
    with tenancy.scope(MALANG):
        authenticator_added.send(Authenticator, request=None, user=cast.budi.account, authenticator=factor)
        assert JournalEntry.objects.get(verb="people.second_factor_added").facts == {"type": "totp"}


def test_sessions_that_have_ended_are_removed_by_night(cast: Cast) -> None:
    cast.sari.client.get("/saya")
    Session.objects.create(session_key="old", session_data="x", expire_date=datetime(2026, 3, 1, tzinfo=UTC))
    forget_sessions("2026-03-02T02:50:00+07:00")
    assert Session.objects.count() == 1 and not Session.objects.filter(session_key="old").exists()
    assert "people.forget_sessions" in {schedule.name for schedule in schedules()}

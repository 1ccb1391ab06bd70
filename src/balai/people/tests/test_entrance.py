"""Which tenant a host name leads to, who is let in, and what an undeclared view is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.translation import get_language, gettext
from tests.cast import MALANG, REGENCY, Cast, someone, visitor_at

from balai.base import tenancy
from balai.base.access import actor_of, public
from balai.base.errors import NotFound
from balai.people import changes, reads
from balai.people.entrance import ActorMiddleware, TenantMiddleware
from balai.people.models import Account, Membership, Office
from balai.site import urls as site_urls


@public("test")
def where(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{tenancy.current_tenant()} {actor_of(request).tenant}")


@public("test")
def slow_list(request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Iterator[str]:
        yield "first\n"
        yield from (f"{code}\n" for code in Office.objects.values_list("code", flat=True))

    return StreamingHttpResponse(rows())


@public("test")
def slow_words(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(f"{get_language()} {gettext('hari ini')}\n" for _piece in range(2))


def undeclared(request: HttpRequest) -> HttpResponse:
    raise AssertionError("nobody may get here")


urlpatterns = [
    *site_urls.urlpatterns,
    path("where", where),
    path("nasional/where", where),
    path("nasionalisme", where),
    path("slow", slow_list),
    path("words", slow_words),
    path("undeclared", undeclared),
]
here = pytest.mark.urls(__name__)


@here
@pytest.mark.parametrize(
    ("host", "address", "tenant"),
    [
        ("kota-malang.localhost", "/where", "35.73"),
        ("kab-malang.localhost:8000", "/where", "35.07"),
        ("KOTA-BATU.localhost", "/where", "35.79"),
        ("kota-madiun.localhost", "/where", "35.77"),
        ("nasional.localhost", "/where", "00"),
        ("127.0.0.1:8123", "/where", "35.73"),
        ("kab-malang.localhost", "/nasional/where", "00"),
        ("kab-malang.localhost", "/nasionalisme", "35.07"),
    ],
)
def test_the_host_name_says_the_tenant(host: str, address: str, tenant: str, cast: Cast) -> None:
    assert Client(HTTP_HOST=host).get(address).content.decode() == f"{tenant} {tenant}"


@here
def test_a_streamed_answer_keeps_its_language(cast: Cast) -> None:
    client = visitor_at(MALANG)
    client.cookies["bahasa"] = "en"
    pieces = iter(client.get("/words").streaming_content)  # type: ignore[attr-defined]
    assert next(pieces) == b"en today\n"
    assert get_language() == "id"
    assert next(pieces) == b"en today\n"


@here
def test_a_streamed_answer_keeps_the_scope_and_lets_go_of_it_between_pieces(cast: Cast) -> None:
    response = visitor_at(REGENCY).get("/slow")
    pieces = iter(response.streaming_content)  # type: ignore[attr-defined]
    assert next(pieces) == b"first\n"
    assert tenancy.current_scope() is None
    assert list(pieces) == [b"diskominfo\n"]
    assert tenancy.current_scope() is None


@here
def test_a_view_that_declares_nobody_is_refused(cast: Cast) -> None:
    assert cast.budi.client.get("/undeclared").status_code == 403


@here
def test_a_request_costs_three_queries_before_its_view(cast: Cast, django_assert_num_queries: object) -> None:
    client = cast.budi.client
    client.get("/where")
    # session, account, seats with the second factor
    with django_assert_num_queries(3):  # type: ignore[operator]
        client.get("/where")


def test_who_leaves_is_out_at_the_next_request(cast: Cast) -> None:
    client = cast.wati.client
    assert client.get("/meja/orang").status_code == 200
    with tenancy.scope(MALANG):
        assert changes.leave(cast.tono.actor, cast.wati.account, reason="Pensiun") == 1
    assert client.get("/meja/orang").status_code == 403


def test_an_account_that_is_switched_off_is_a_visitor(cast: Cast) -> None:
    client = cast.wati.client
    Account.objects.filter(pk=cast.wati.account.pk).update(is_active=False)
    assert client.get("/meja/orang").status_code == 302


@pytest.mark.parametrize("address", ["/saya", "/meja/orang", "/akun/email/", "/akun/2fa/", "/nasional/where"])
@here
def test_a_session_of_one_city_is_worth_nothing_at_the_host_of_another(address: str, cast: Cast) -> None:
    # Wati serves in both cities; a stolen session must not carry her from one to the other.
    with tenancy.scope(REGENCY):
        Membership.objects.create(account=cast.wati.account, roles=["office_head"], from_on=date(2020, 1, 1))
    client = cast.wati.client
    at_home, elsewhere = client.get(address), client.get(address, HTTP_HOST="kab-malang.localhost")
    assert at_home.status_code == 200 and at_home.wsgi_request.user.is_authenticated
    assert not elsewhere.wsgi_request.user.is_authenticated
    assert elsewhere.status_code in (200, 302) and not elsewhere.wsgi_request.actor.is_signed_in


def test_who_signs_in_at_another_host_with_the_same_browser_is_at_home_there(cast: Cast) -> None:
    cast.sari.account.set_password("sebuah kata sandi panjang")
    cast.sari.account.save()
    client = cast.sari.client
    assert client.get("/saya").status_code == 200
    client.defaults["HTTP_HOST"] = "kab-malang.localhost"
    assert client.get("/saya").status_code == 302
    values = {"login": cast.sari.account.email, "password": "sebuah kata sandi panjang"}
    client.post("/akun/login/", values)
    assert client.get("/saya").status_code == 200
    assert client.get("/saya", HTTP_HOST="kota-malang.localhost").status_code == 302


@pytest.mark.parametrize("address", ["/meja/orang", "/saya", "/mitra"])
def test_an_officer_without_a_second_factor_sets_one_up_first(address: str, cast: Cast) -> None:
    newcomer = someone("Baru", MALANG, "officer", office=cast.kominfo, second_factor=False)
    response = newcomer.client.get(address)
    assert response.status_code == 302 and response.headers["Location"] == "/akun/2fa/"
    page = newcomer.client.get("/akun/2fa/")
    assert page.status_code == 200 and "faktor kedua" in page.content.decode().lower()


def test_a_program_is_told_that_the_second_factor_is_missing(cast: Cast) -> None:
    newcomer = someone("Baru", MALANG, "officer", office=cast.kominfo, second_factor=False)
    response = newcomer.client.get("/api/v1/people/me")
    assert response.status_code == 403 and response.headers["Content-Type"] == "application/problem+json"
    assert "/akun/2fa/" in response.json()["detail"]


def test_recovery_codes_alone_are_no_second_factor(cast: Cast) -> None:
    newcomer = someone("Baru", MALANG, "officer", office=cast.kominfo, second_factor=False)
    Authenticator.objects.create(
        user=newcomer.account, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    assert newcomer.client.get("/mitra").status_code == 302


def test_a_resident_needs_no_second_factor(cast: Cast) -> None:
    assert cast.sari.client.get("/saya").status_code == 200


@pytest.mark.parametrize(("demo_installation", "status"), [(True, 200), (False, 302)])
def test_only_a_demo_installation_excepts_its_demo_accounts(
    demo_installation: bool, status: int, cast: Cast
) -> None:
    newcomer = someone("Contoh", MALANG, "officer", office=cast.kominfo, second_factor=False)
    Account.objects.filter(pk=newcomer.account.pk).update(is_demo=True)
    with override_settings(OPTIONS=replace(settings.OPTIONS, demo=demo_installation)):
        assert newcomer.client.get("/meja/orang").status_code == status


def test_a_city_no_file_knows_is_not_found() -> None:
    with pytest.raises(NotFound):
        reads.city("99.99")


def test_without_a_list_of_governments_the_default_tenant_answers(db: None) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{tenancy.current_tenant()} {request.government}")  # type: ignore[attr-defined]

    request = RequestFactory(headers={"host": "elsewhere.localhost"}).get("/")
    request.user = AnonymousUser()
    response = TenantMiddleware(ActorMiddleware(view))(request)
    assert response.content == b"35.73 None"  # type: ignore[attr-defined]

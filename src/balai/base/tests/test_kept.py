"""Kept answers: fifty readers are one drawing, and no reader sees what is no longer so."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils import timezone

from balai.base import journal, kept, tenancy
from balai.base.actor import Actor, system
from balai.base.journal import JournalEntry
from balai.base.kept import KeptMiddleware, TextCompressionMiddleware

pytestmark = pytest.mark.django_db

MALANG, BATU = "35.73", "35.79"
TEXT = "angka " * 200


class Page:
    """A kept page that counts how often it was drawn."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse] | None = None) -> None:
        self.drawn = 0
        self.answer = answer or (lambda request: HttpResponse(f"{TEXT}{self.drawn}"))
        self.is_kept = True
        self.middleware = KeptMiddleware(self._respond)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        self.middleware.process_view(request, self, (), {})  # type: ignore[arg-type]
        self.drawn += 1
        return self.answer(request)

    def ask(
        self,
        path: str = "/program/",
        tenant: str = MALANG,
        actor: Actor | None = None,
        language: str = "id",
        **more: str,
    ) -> HttpResponse:
        request = RequestFactory().get(path, **more)
        for name, value in (part.split("=") for part in more.get("HTTP_COOKIE", "").split("; ") if part):
            request.COOKIES[name] = value
        request.LANGUAGE_CODE = language
        request.actor = actor or Actor("", "Pengunjung", tenant)  # type: ignore[attr-defined]
        with tenancy.scope(tenant):
            return self.middleware(request)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Let every kept answer be so many seconds old."""

    def pass_by(seconds: float) -> None:
        drawn = kept._drawn
        monkeypatch.setattr(
            kept,
            "_drawn",
            lambda response, began, at: drawn(response, began - seconds, at - timedelta(seconds=seconds)),
        )

    yield pass_by


def _act(tenant: str, at: datetime | None = None) -> None:
    with tenancy.scope(tenant), transaction.atomic():
        row = JournalEntry(verb="x", kind="x", thing="x", actor_id_text="x", actor_name="x")
        journal.write(system("test", tenant), "plan.changed", row)


def test_a_page_is_drawn_once_for_many_visitors() -> None:
    page = Page()
    assert [page.ask().content for _visit in range(3)] == [f"{TEXT}1".encode()] * 3
    assert page.drawn == 1


def test_an_act_in_the_journal_of_the_city_makes_it_be_drawn_anew() -> None:
    page = Page()
    page.ask()
    _act(MALANG)
    assert page.ask().content == f"{TEXT}2".encode()


def test_an_act_of_the_nation_makes_it_be_drawn_anew_too() -> None:
    page = Page()
    page.ask()
    _act(tenancy.NATIONAL)
    page.ask()
    assert page.drawn == 2


def test_an_act_of_another_city_changes_nothing_here() -> None:
    page = Page()
    page.ask()
    _act(BATU)
    page.ask()
    assert page.drawn == 1


def test_an_answer_is_drawn_again_after_a_minute_whatever_happened(later: Callable[[float], None]) -> None:
    later(kept.SECONDS + 1)
    page = Page()
    page.ask()
    page.ask()
    assert page.drawn == 2


def test_a_change_that_took_two_seconds_is_not_missed(later: Callable[[float], None]) -> None:
    _act(MALANG)
    page = Page()
    page.ask()
    page.ask()
    assert page.drawn == 2, "it was drawn while the change was perhaps not to be read yet"
    later(-3)
    page.ask()
    page.ask()
    assert page.drawn == 3


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": BATU},
        {"language": "en"},
        {"path": "/program/?tahun=2023"},
        {"HTTP_HOST": "kota-batu.localhost"},
    ],
    ids=["another city", "another language", "another query", "another host"],
)
def test_what_differs_is_kept_apart(other: dict[str, str], settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    page = Page()
    page.ask()
    page.ask(**other)  # type: ignore[arg-type]
    assert page.drawn == 2


@pytest.mark.parametrize(
    "how",
    [
        {"actor": Actor("budi", "Budi", MALANG)},
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "messages=abc"},
        {"HTTP_AUTHORIZATION": "Bearer abc"},
    ],
    ids=["an officer", "a session", "a message that waits", "a program"],
)
def test_who_is_not_a_plain_visitor_gets_a_fresh_page_and_leaves_none(how: dict[str, str]) -> None:
    page = Page()
    page.ask(**how)  # type: ignore[arg-type]
    page.ask()
    page.ask(**how)  # type: ignore[arg-type]
    assert page.drawn == 3


def _with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("x")
    response.set_cookie("a", "b")
    return response


def _with_token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request))


def _with_the_token_from_before(request: HttpRequest) -> HttpResponse:
    request.META["CSRF_COOKIE"] = "x" * 32
    return HttpResponse(f'<input name="csrfmiddlewaretoken" value="{get_token(request)}">')


@pytest.mark.parametrize(
    "answer",
    [
        _with_cookie,
        _with_token,
        _with_the_token_from_before,
        lambda request: HttpResponse("x", status=404),
        lambda request: HttpResponse("x", headers={"Cache-Control": "private, no-store"}),
    ],
    ids=["a cookie", "a form's token", "the token from before", "a refusal", "what must not be stored"],
)
def test_what_belongs_to_one_visitor_is_never_kept(answer: Callable[[HttpRequest], HttpResponse]) -> None:
    page = Page(answer)
    page.ask()
    page.ask()
    assert page.drawn == 2


def test_a_view_that_does_not_ask_for_it_is_not_kept() -> None:
    page = Page()
    page.is_kept = False
    page.ask()
    page.ask()
    assert page.drawn == 2


def test_who_has_the_page_already_is_told_so() -> None:
    page = Page()
    mark = page.ask()["ETag"]
    again = page.ask(HTTP_IF_NONE_MATCH=mark)
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_sent_compressed_to_who_understands_that() -> None:
    page = Page()
    page.ask()
    packed = page.ask(HTTP_ACCEPT_ENCODING="gzip, br")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == page.ask().content
    assert {"Cookie", "Accept-Encoding"} <= set(packed["Vary"].split(", "))


def test_what_was_asked_for_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ROOM", 3 * len(TEXT))
    page = Page()
    for path in ("/1", "/2", "/3", "/3"):
        page.ask(path)
    assert page.drawn == 3
    page.ask("/1")
    assert page.drawn == 4


def test_an_answer_of_yesterday_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = kept._drawn(HttpResponse("x"), 0.0, timezone.now())
    yesterday = replace(answer, drawn=kept.time.monotonic(), drawn_at=timezone.now() - timedelta(days=1))
    with tenancy.scope(MALANG):
        assert not yesterday.is_current()


@pytest.mark.parametrize(
    ("kind", "is_packed"),
    [("text/html", True), ("application/json", True), ("image/png", False), ("application/pdf", False)],
)
def test_text_is_compressed_and_files_are_sent_as_they_lie(kind: str, is_packed: bool) -> None:
    middleware = TextCompressionMiddleware(lambda request: HttpResponse(TEXT, content_type=kind))
    response = middleware(RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip"))
    assert response.has_header("Content-Encoding") is is_packed

"""A refusal becomes a page for people and a problem for programs."""

import json
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory

from balai.base.access import SignInFirst
from balai.base.actor import Actor
from balai.base.answers import PROBLEM, RefusalMiddleware, answer, broken, refusal_in, unreadable
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked, NotFound, Refused
from balai.base.numbers import NumberSeries

FAULTS = Invalid([Fault("Lembar 'Aksi', baris 7, kolom C", "“dua” bukan angka.", "Tulis 2.")])


def asked(path: str = "/aksi/3/", method: str = "GET", **headers: str) -> HttpRequest:
    request = RequestFactory().generic(method, path, headers=headers)
    request.actor = Actor("", "Tamu", "35.73")  # type: ignore[attr-defined]
    return request


def problem(error: Refused, **headers: str) -> dict[str, Any]:
    response = answer(asked("/api/v1/actions", **headers), error)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.status_code == error.status
    body: dict[str, Any] = json.loads(response.content)
    return body


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Forbidden("Peran Anda tidak mengizinkan."), 403, "Anda tidak dapat melakukan ini"),
        (NotFound("Aksi itu tidak ada."), 404, "Halaman ini tidak ada"),
        (FAULTS, 422, "baris 7, kolom C"),
        (Conflict("Sudah berubah.", {"nilai": (5, 6)}), 409, "Yang berlaku sekarang"),
        (Locked("Masa ini dikunci."), 423, "dikunci"),
        (Refused("Tidak."), 400, "Permintaan ini tidak dilakukan"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_person_gets_a_page_with_the_status_and_what_would_be_right(
    error: Refused, status: int, words: str
) -> None:
    response = answer(asked(), error)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "<main" in response.content.decode()


def test_every_fault_says_where_what_and_what_would_be_right() -> None:
    page = answer(asked(), FAULTS).content.decode()
    assert "“dua” bukan angka." in page and "Tulis 2." in page
    assert problem(FAULTS)["faults"] == [
        {"place": "Lembar 'Aksi', baris 7, kolom C", "wrong": "“dua” bukan angka.", "right": "Tulis 2."}
    ]


def test_a_conflict_shows_what_was_sent_and_what_stands() -> None:
    body = problem(Conflict("Sudah berubah.", {"nilai": (5, None)}))
    assert body["changes"] == {"nilai": {"yours": 5, "now": None}}
    assert body["type"] == "urn:balai:problem:conflict"


def test_a_program_is_known_by_its_address_or_by_what_it_accepts() -> None:
    page, program = asked(Accept="text/html"), asked(Accept="application/json")
    assert "html" in answer(page, NotFound("x")).headers["Content-Type"]
    assert "problem+json" in answer(program, NotFound("x")).headers["Content-Type"]
    assert "html" in answer(asked(Accept="*/*"), NotFound("x")).headers["Content-Type"]


def test_who_must_sign_in_is_taken_there_and_back() -> None:
    response = answer(asked("/aksi/3/?d=1"), SignInFirst("Silakan masuk dahulu."))
    assert response.status_code == 302
    assert response.headers["Location"].endswith("?next=%2Faksi%2F3%2F%3Fd%3D1")


def test_after_a_post_the_way_back_is_the_page_with_the_form() -> None:
    request = asked("/aksi/3/lapor/", "POST", Referer="http://testserver/aksi/3/")
    assert answer(request, SignInFirst("x")).headers["Location"].endswith("?next=%2Faksi%2F3%2F")


def test_a_program_that_must_sign_in_gets_a_401_and_no_page() -> None:
    assert problem(SignInFirst("Silakan masuk dahulu."))["status"] == 401


def test_the_way_back_is_offered_only_to_our_own_pages() -> None:
    assert (
        "evil.example" not in answer(asked(Referer="https://evil.example/x"), NotFound("x")).content.decode()
    )


def test_the_message_of_a_refusal_is_escaped() -> None:
    assert "<b>x</b>" not in answer(asked(), Forbidden("<b>x</b>")).content.decode()


def test_a_failure_of_ours_is_not_dressed_up_as_a_refusal() -> None:
    middleware = RefusalMiddleware(lambda request: answer(request, NotFound("x")))
    assert middleware.process_exception(asked(), ValueError("ours")) is None


def error_of(**fields: Any) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        NumberSeries.objects.create(**fields)
    return caught.value


@pytest.mark.django_db
@pytest.mark.usefixtures("malang")
def test_the_second_of_two_who_add_the_same_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    NumberSeries.objects.create(code="surat-rahasia", year="2026")
    error = error_of(code="surat-rahasia", year="2026")
    answered = RefusalMiddleware(lambda request: None).process_exception(asked(), error)  # type: ignore[arg-type,return-value]
    assert answered is not None and answered.status_code == 409
    assert "disimpan orang lain" in answered.content.decode()
    assert "unique constraint" in caplog.text and "surat-rahasia" not in caplog.text


@pytest.mark.django_db
@pytest.mark.usefixtures("malang")
def test_any_other_broken_constraint_stays_a_failure() -> None:
    assert refusal_in(error_of(code="surat", year="2026", last=None)) is None


@pytest.mark.django_db
def test_a_program_is_answered_as_one_where_no_view_is_reached() -> None:
    client = Client(HTTP_HOST="kota-malang.localhost", raise_request_exception=False)
    nowhere = client.get("/api/v1/tidak-ada")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, PROBLEM)
    assert nowhere.json()["type"] == "urn:balai:problem:not-found"
    assert "<main" in client.get("/tidak-ada/").content.decode()

    wrong_way = client.post("/api/v1/evaluation/results")
    assert (wrong_way.status_code, wrong_way["Content-Type"], wrong_way["Allow"]) == (
        405,
        PROBLEM,
        "GET, HEAD",
    )
    assert "POST" in wrong_way.json()["detail"]

    for handler, status in ((partial(unreadable, exception=BadRequest()), 400), (broken, 500)):
        told, page = handler(asked("/api/3/action/x")), handler(asked())
        assert (told.status_code, told["Content-Type"]) == (status, PROBLEM)
        assert json.loads(told.content)["status"] == page.status_code == status
        assert "<main" in page.content.decode()

"""What must not be written down is not, whoever logs it and however."""

import json
import logging
from io import StringIO
from typing import Any

import pytest
import structlog
from django.test import Client

from balai.base import tenancy
from balai.site import logs

MARKED = "rahasia-Kenanga42"
NIK = "3573014107900001"


def _written(log: Any) -> str:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        log()
    finally:
        root.removeHandler(handler)
    return stream.getvalue()


def _in_an_exception() -> None:
    try:
        raise ValueError(f"sandi={MARKED} untuk NIK {NIK}")
    except ValueError:
        logging.getLogger("somebody.elses").exception("failed for %s", NIK)


ours = structlog.get_logger("balai.test")
theirs = logging.getLogger("somebody.elses")


@pytest.mark.parametrize(
    ("log", "because"),
    [
        (lambda: ours.info("x", password=MARKED), "a field called password"),
        (lambda: ours.info("x", headers={"Cookie": MARKED, "Authorization": MARKED}), "headers inside"),
        (lambda: ours.info("x", facts=[{"kata_sandi": MARKED}]), "deep inside"),
        (lambda: ours.info("x", person=NIK), "a NIK under any name"),
        (lambda: ours.info("x", person=int(NIK)), "a NIK as a number"),
        (lambda: ours.info(f"warga {NIK} datang"), "a NIK in a sentence"),
        (lambda: ours.info("x", person="3573 0141 0790 0001"), "a NIK in groups"),
        (lambda: theirs.info("Authorization: Bearer %s", MARKED), "a header in a library's line"),
        (lambda: theirs.info("Cookie: sessionid=%s; csrftoken=%s", MARKED, MARKED), "cookies in a line"),
        (lambda: theirs.warning("POST password=%s&next=/", MARKED), "a form in a line"),
        (lambda: theirs.warning("postgresql://balai:%s@db/balai", MARKED), "an address with a password"),
        (lambda: theirs.warning('{"password": "%s"}', MARKED), "JSON in a line"),
        (lambda: theirs.info("GET /akun/password/reset/key/2-%s/", MARKED), "a link that resets a password"),
        (lambda: ours.info("x", path=f"/akun/confirm-email/{MARKED}/"), "a link that proves an address"),
        (_in_an_exception, "an exception and its traceback"),
    ],
)
def test_a_secret_is_not_written_down(log: Any, because: str) -> None:
    written = _written(log)
    assert written, because
    assert MARKED not in written, because
    assert NIK not in written.replace(" ", ""), because
    assert logs.HIDDEN in json.loads(written.splitlines()[0]).__repr__(), because


@pytest.mark.parametrize(
    "text", ["35.73.01.1001", "Rp 1.250.000.000", "2026-03-02T06:00:00.123456+07:00", "sha256 " + "ab12" * 16]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert logs.scrubbed(text) == text


def test_a_line_names_the_tenant_at_work() -> None:
    with tenancy.scope("35.73"):
        written = _written(lambda: ours.info("sealed", upto=9))
    line = json.loads(written)
    assert (line["event"], line["upto"], line["tenant"], line["level"]) == ("sealed", 9, "35.73", "info")


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_id_and_without_its_query(client: Client) -> None:
    answered: list[Any] = []
    written = _written(
        lambda: answered.append(
            client.get(f"/ready?q={MARKED}", headers={"X-Request-ID": "abc-12345", "Cookie": f"a={MARKED}"})
        )
    )
    assert answered[0].headers["X-Request-ID"] == "abc-12345"
    (line,) = [one for one in map(json.loads, written.splitlines()) if one["event"] == "answered"]
    assert (line["path"], line["request_id"]) == ("/ready", "abc-12345")
    assert MARKED not in written


@pytest.mark.django_db
def test_a_request_id_that_could_forge_a_line_is_replaced(client: Client) -> None:
    response = client.get("/health", headers={"X-Request-ID": 'x"}{"event":"forged'})
    assert "forged" not in response.headers["X-Request-ID"]

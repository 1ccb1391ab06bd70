"""The style guide of forms: all kinds of field, light on the line, and nothing kept."""

import gzip
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.cast import MALANG, Cast, visitor_at

from balai.forms.models import FormDraft

GUIDE = "/panduan-tampilan/formulir/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang")]
RIGHT = {
    "_step": "all", "_go": "next", "kind": "person", "applicant.name": "Sari", "applicant.nik": "3573014101900001",  # noqa: E501
    "applicant.phone": "08123456789", "family.rows": "1", "family.0.name": "Ani", "home.street": "Jl. Ijen 1",
    "story": "Lampu jalan di depan rumah sudah padam seminggu.", "cost": "1,5 juta", "area_m2": "12,5",
    "fee.agreed": "yes", "place.point.lat": "-7,977", "place.point.lon": "112,634",
}  # fmt: skip


@pytest.fixture
def browser(cast: Cast) -> Client:
    return visitor_at(MALANG)


def test_a_cold_visit_weighs_less_than_sixty_kilobytes(browser: Client) -> None:
    page = len(gzip.compress(browser.get(GUIDE).content))
    manifest = json.loads(Path(settings.ROOT / "build/web/manifest.json").read_text())
    wanted = {
        "web/styles/resident.css",
        "web/styles/print.css",
        "web/scripts/resident.js",
        "web/scripts/forms.js",
    }
    for key in list(wanted):
        wanted |= set(manifest[key].get("imports", ()))
    wanted |= {"web/icons.svg", "web/mark.svg"}
    rest = [Path(settings.ROOT / "build/web" / manifest[key]["file"]).read_bytes() for key in wanted]
    assert page + sum(len(gzip.compress(one)) for one in rest) < 60_000


def test_it_shows_every_type_without_faults(browser: Client) -> None:
    text = browser.get(GUIDE).content.decode()
    assert "Ada yang perlu diperbaiki" not in text
    assert 'type="date"' in text
    assert "(sudah diketahui; tidak dapat diubah di sini)" in text
    assert "onclick" not in text
    assert "<style" not in text


def test_wrong_answers_come_back_with_their_faults_and_right_ones_in_words(browser: Client) -> None:
    assert browser.post(GUIDE, {"_go": "next"}).status_code == 422
    answer = browser.post(GUIDE, RIGHT)
    text = answer.content.decode()
    # No region is loaded in this test, so the kelurahan and the point cannot be confirmed.
    assert [line for line in text.split("<li>") if "Belum diisi" in line and "Kelurahan" not in line] == []
    assert FormDraft.objects.count() == 0


def test_a_condition_opens_a_field_without_a_script(browser: Client) -> None:
    assert 'id="f-nib"' not in browser.get(GUIDE).content.decode()
    text = browser.post(GUIDE, {"kind": "business", "_go": "refresh"}).content.decode()
    assert 'id="f-nib"' in text
    assert "Ada yang perlu diperbaiki" not in text
    assert (
        'id="f-guardian"' in browser.post(GUIDE, {"born_on": "2015-01-01", "_go": "refresh"}).content.decode()
    )


def test_it_reads_in_english(browser: Client) -> None:
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = browser.post(GUIDE, {"_go": "next"}).content.decode()
    assert "Who applies?" in text
    assert "The story:" in text
    assert "Belum diisi" not in text

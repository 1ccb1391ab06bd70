"""A form from the first step to the last without a script, as a page of a service has it."""

import io
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from tests.cast import MALANG, Cast, visitor_at

from balai.base import files
from balai.base.files import StoredFile
from balai.forms.models import DraftFile, FormDraft
from balai.forms.tests import desk

NIK = "3573014101900001"
WHO = {"_step": "who", "owner.name": "Sari", "owner.nik": NIK, "owner.phone": "0812 3456 789"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("balai.forms.tests.desk"),
    pytest.mark.usefixtures("malang", "own_folder", "empty_cache"),
]


@pytest.fixture(autouse=True)
def taken() -> Iterator[None]:
    desk.TAKEN.clear()
    yield


@pytest.fixture
def browser(cast: Cast) -> Client:
    """Somebody without an account, on the first step."""
    client = visitor_at(MALANG)
    client.get("/uji/")
    return client


def post(client: Client, **more: object) -> HttpResponse:
    return client.post("/uji/", {name.replace("__", "."): value for name, value in more.items()})


def photo(name: str = "kartu.jpg", kind: str = "JPEG") -> io.BytesIO:
    out = io.BytesIO()
    picture = Image.new("RGB", (8, 8), (9, 99, 9))
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    picture.save(out, kind, exif=exif)
    out.seek(0)
    out.name = name
    return out


def reach_the_rest(client: Client) -> None:
    answer = client.post("/uji/", {**WHO, "kind": "person", "_go": "next"})
    assert answer["Location"] == "/uji/?langkah=rest"


def test_the_first_step_shows_labels_and_no_faults(browser: Client) -> None:
    text = browser.get("/uji/").content.decode()
    assert "Langkah 1 dari 2" in text
    assert '<label for="f-owner-nik">NIK</label>' in text
    assert "Ada yang perlu diperbaiki" not in text
    assert "Simpan dan lanjutkan nanti" in text


def test_faults_stand_at_the_top_and_beside_the_box(browser: Client) -> None:
    answer = post(browser, _step="who", owner__nik="12", _go="next")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#f-kind-0">Jenis: Belum diisi. Pilih salah satu.</a>' in text
    assert '<a href="#f-owner-nik">Data diri: NIK: Panjangnya 2 angka. Tulis 16 angka.</a>' in text
    assert 'aria-describedby="f-owner-nik-help f-owner-nik-fault" aria-invalid="true"' in text
    assert 'value="12"' in text, "nobody types twice"


def test_a_choice_opens_a_step_and_closes_it_again(browser: Client) -> None:
    answer = browser.post("/uji/", {**WHO, "kind": "firm", "_go": "next"})
    assert answer["Location"] == "/uji/?langkah=firm"
    assert "Langkah 2 dari 3" in browser.get("/uji/?langkah=firm").content.decode()
    assert post(browser, _step="firm", nib="123", _go="back")["Location"] == "/uji/?langkah=who"
    assert 'value="Sari"' in browser.get("/uji/?langkah=who").content.decode()
    reach_the_rest(browser)
    assert "Langkah 2 dari 2" in browser.get("/uji/?langkah=rest").content.decode()


def test_rows_come_and_go_by_buttons_and_keep_what_was_typed(browser: Client) -> None:
    reach_the_rest(browser)
    post(browser, _step="rest", family__rows="0", _go="add:family")
    rows = {"_step": "rest", "family.rows": "1", "family.0.name": "Ani", "_go": "add:family"}
    text = browser.post("/uji/", rows).content.decode()
    assert re.findall(r'name="family\.(\d)\.name" value="(\w*)"', text) == [("0", "Ani"), ("1", "")]
    rows |= {"family.rows": "2", "family.1.name": "Budi", "_go": "remove:family:0"}
    text = browser.post("/uji/", rows).content.decode()
    assert re.findall(r'name="family\.(\d)\.name" value="(\w*)"', text) == [("0", "Budi")]


def test_a_photo_is_kept_without_its_metadata_and_survives_a_faulty_step(browser: Client) -> None:
    reach_the_rest(browser)
    answer = browser.post(
        "/uji/",
        {
            "_step": "rest",
            "family.rows": "1",
            "photos": [photo()],
            "family.0.card": photo("ktp.jpg"),
            "_go": "next",
        },
    )
    assert b"Kamera Rahasia" in photo().read()
    assert answer.status_code == 422, "the name in the row is missing"
    assert "kartu.jpg" in answer.content.decode()
    assert "ktp.jpg" in answer.content.decode()
    assert DraftFile.objects.count() == 2
    for stored in StoredFile.objects.all():
        with files.open_file(stored) as kept:
            assert b"Kamera Rahasia" not in kept.read()
    first = StoredFile.objects.get(name="kartu.jpg")
    text = browser.post(
        "/uji/",
        {"_step": "rest", "family.rows": "1", "family.0.name": "Ani", "_go": f"drop:photos:{first.pk}"},
    ).content.decode()
    assert "kartu.jpg" not in text
    assert "ktp.jpg" in text


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF-1.4 nothing"), ("a.jpg", b"<script>"), ("a.jpg", b""), ("a.exe", b"MZ" + b"\0" * 99)],
)
def test_a_wrong_file_is_refused_beside_its_box_and_the_rest_is_kept(
    browser: Client, name: str, content: bytes
) -> None:
    reach_the_rest(browser)
    upload = io.BytesIO(content)
    upload.name = name
    answer = browser.post(
        "/uji/",
        {"_step": "rest", "family.rows": "1", "family.0.name": "Ani", "photos": upload, "_go": "next"},
    )
    assert answer.status_code == 422
    assert 'href="#f-photos"' in answer.content.decode()
    assert 'value="Ani"' in answer.content.decode()
    assert StoredFile.objects.count() == 0


def test_files_of_others_are_not_taken_by_their_id(browser: Client, cast: Cast) -> None:
    other = visitor_at(MALANG)
    other.get("/uji/")
    reach_the_rest(other)
    other.post("/uji/", {"_step": "rest", "family.rows": "0", "photos": [photo()], "_go": "save"})
    theirs = StoredFile.objects.get()
    reach_the_rest(browser)
    answer = post(browser, _step="rest", family__rows="0", photos=str(theirs.pk), _go="next")
    assert answer.status_code == 200
    assert "kartu.jpg" not in answer.content.decode()


def test_the_whole_form_is_shown_and_sent_once(browser: Client) -> None:
    reach_the_rest(browser)
    rows = {"_step": "rest", "family.rows": "1", "family.0.name": "Ani", "photos": [photo()], "_go": "next"}
    text = browser.post("/uji/", rows).content.decode()
    assert "Rp25.000" in text
    assert "Ani" in text
    assert browser.post("/uji/", {"_send": "1"}).content == b"terkirim"
    taken = desk.TAKEN[0]
    assert taken.checked.plain()["owner"] == {"name": "Sari", "nik": NIK, "phone": "+628123456789"}
    assert (FormDraft.objects.count(), DraftFile.objects.count()) == (0, 0)
    assert [str(StoredFile.objects.get().pk)] == [str(key) for key in taken.files]


def test_what_the_server_knows_is_not_taken_from_the_page(browser: Client) -> None:
    reach_the_rest(browser)
    answer = post(browser, _step="rest", family__rows="0", fee="1", _go="next")
    assert answer.status_code == 200
    browser.post("/uji/", {"_send": "1"})
    assert desk.TAKEN[0].checked.values["fee"] == 25_000


def test_names_the_step_does_not_have_are_refused_and_not_kept(browser: Client) -> None:
    answer = browser.post("/uji/", {**WHO, "kind": "person", "is_staff": "1", "tenant": "00", "_go": "next"})
    assert answer.status_code == 422
    assert "“is_staff” tidak ditanyakan." in answer.content.decode()
    reach_the_rest(browser)


@pytest.mark.parametrize(
    "odd",
    [
        {"family.rows": "99999999999"}, {"family.rows": "-1"}, {"family.rows": "x"}, {"_go": "remove:family:x"},  # noqa: E501
        {"_go": "add:owner"}, {"_go": "add:"}, {"_go": "drop:family:x:y"}, {"_go": "drop:nobody:1"},
        {"_go": "boom"}, {"_step": "nobody"}, {"family.0": "x"}, {"_step": ["who", "rest"]},
        {"family.rows": "3", "family.0.name": "a\x00b"}, {"_go": "drop:family.9.card:1"},
    ],
)  # fmt: skip
def test_odd_pages_never_break(browser: Client, odd: dict[str, str]) -> None:
    reach_the_rest(browser)
    answer = browser.post("/uji/", {"_step": "rest", "family.rows": "0", "_go": "next", **odd})
    assert answer.status_code in (200, 302, 422)


def test_a_visitor_saves_and_goes_on_in_another_browser(browser: Client) -> None:
    answer = browser.post("/uji/", {**WHO, "kind": "person", "_go": "save"})
    code, pin = answer.content.decode().split()
    elsewhere = visitor_at(MALANG)
    wrong = f"{(int(pin) + 1) % 1_000_000:06}"
    assert elsewhere.post("/uji/lanjut/", {"code": code, "pin": wrong}).status_code == 404
    assert elsewhere.post("/uji/lanjut/", {"code": code, "pin": pin}).status_code == 302
    assert 'value="Sari"' in elsewhere.get("/uji/").content.decode()
    assert browser.get("/uji/").status_code == 404


def test_an_account_is_asked_less(cast: Cast) -> None:
    text = cast.sari.client.get("/uji/").content.decode()
    assert 'name="owner.name" value="Sari"' in text

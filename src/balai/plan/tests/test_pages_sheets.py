"""Excel in a browser: template, dry run, agreement, exports."""

import io
import re

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from tests.cast import MALANG, Cast, visitor_at

from balai.plan import workbook
from balai.plan.models import Action, Programme
from balai.plan.tests.town import NOW, Town, found

AGREED = re.compile(r'name="looked_through" value="([^"]+)"')


@pytest.fixture(autouse=True)
def spring(settings, tmp_path):
    settings.DATA = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(cast: Cast, malang) -> Town:
    town = found(cast)
    town.action()
    return town


def filled(town: Town, **programme: str) -> io.BytesIO:
    """Return the exported plan with one more programme in it."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.export(town.rini).content))
    sheet = book["Program"]
    headings = {cell.value.replace("*", "").strip(): cell.column for cell in sheet[1] if cell.value}
    row = 2
    while sheet.cell(row, headings["Kode Program"]).value:
        row += 1
    said = {"Kode Program": "P9", "Judul": "Parkir pintar"} | programme
    for heading, value in said.items():
        sheet.cell(row, headings[heading]).value = value
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "rencana.xlsx"
    return file


def look_through(client: Client, file: io.BytesIO):
    return client.post(reverse("plan-import"), {"file": file})


def test_a_dry_run_says_what_would_change_and_writes_nothing(town: Town) -> None:
    answer = look_through(town.cast.rini.client, filled(town))
    page = answer.content.decode()
    assert answer.status_code == 200 and "Belum ada yang ditulis" in page
    assert "1 baris baru, 0 baris berubah" in page and "P9" in page
    assert Programme.objects.count() == 1


def test_the_agreed_file_is_written_once_however_often_the_button_is_pressed(town: Town) -> None:
    client, file = town.cast.rini.client, filled(town)
    page = look_through(client, file).content.decode()
    said = {"looked_through": AGREED.search(page)[1], "token": "a"}
    for _click in range(2):
        done = client.post(reverse("plan-import-apply"), said, follow=True)
        assert done.status_code == 200 and "1 baris ditulis ke rencana" in done.content.decode()
    assert Programme.objects.filter(code="P9").count() == 1
    file.seek(0)
    again = look_through(client, file).content.decode()
    assert "Berkas ini tidak mengubah apa pun" in again and not AGREED.search(again)


def test_faults_are_listed_by_sheet_row_and_column_and_nothing_can_be_agreed_to(town: Town) -> None:
    answer = look_through(town.cast.rini.client, filled(town, Judul=""))
    page = answer.content.decode()
    assert answer.status_code == 422 and "kesalahan perlu diperbaiki" in page and "Program" in page
    assert not AGREED.search(page) and Programme.objects.count() == 1


def test_a_file_that_is_no_workbook_is_refused_in_words(town: Town) -> None:
    file = io.BytesIO(b"bukan excel")
    file.name = "rencana.xlsx"
    answer = look_through(town.cast.rini.client, file)
    assert answer.status_code == 422 and "Belum ada yang ditulis" in answer.content.decode()


def test_without_a_file_the_field_says_so(town: Town) -> None:
    answer = town.cast.rini.client.post(reverse("plan-import"), {})
    assert answer.status_code == 422 and 'id="id_file_fault"' in answer.content.decode()


def test_a_plan_that_changed_meanwhile_is_looked_through_again(town: Town) -> None:
    client = town.cast.rini.client
    page = look_through(client, filled(town)).content.decode()
    Programme.objects.create(masterplan=town.plan, code="P9", title="Sudah ada")
    answer = client.post(reverse("plan-import-apply"), {"looked_through": AGREED.search(page)[1]})
    assert answer.status_code == 409 and not Programme.objects.filter(title="Parkir pintar").exists()


def test_what_one_officer_looked_through_another_cannot_write(town: Town) -> None:
    page = look_through(town.cast.rini.client, filled(town)).content.decode()
    said = {"looked_through": AGREED.search(page)[1]}
    for other in (town.cast.budi, town.cast.agus, town.cast.joko):
        assert other.client.post(reverse("plan-import-apply"), said).status_code == 403
    assert not Programme.objects.filter(code="P9").exists()


def test_import_is_closed_to_others(town: Town) -> None:
    for name in ("plan-import", "plan-template", "plan-imported"):
        for other in (town.cast.budi, town.cast.agus, town.cast.joko, town.cast.sari):
            assert other.client.get(reverse(name)).status_code == 403
        assert visitor_at(MALANG).get(reverse(name)).status_code == 302


def test_the_template_is_a_workbook(town: Town) -> None:
    answer = town.cast.rini.client.get(reverse("plan-template"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Aksi" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames


def test_every_table_is_exported_and_agus_and_joko_find_nothing_of_budi_in_it(town: Town) -> None:
    town.adopt()
    assert Action.objects.count() == 1
    assert town.cast.budi.client.get(reverse("plan-exports")).status_code == 200
    for what in workbook.TABLES:
        for form in ("xlsx",) if what == workbook.WHOLE else ("xlsx", "csv"):
            url = reverse("plan-export", args=[what, form])
            assert town.cast.rini.client.get(url).status_code == 200, url
    url = reverse("plan-export", args=["aksi", "csv"])
    assert "Layanan daring" in town.cast.budi.client.get(url).content.decode()
    assert "Layanan daring" not in town.cast.agus.client.get(url).content.decode()
    assert "Layanan daring" not in town.cast.joko.client.get(url).content.decode()
    assert visitor_at(MALANG).get(url).status_code == 302
    assert town.cast.rini.client.get(reverse("plan-export", args=["rahasia", "csv"])).status_code == 404

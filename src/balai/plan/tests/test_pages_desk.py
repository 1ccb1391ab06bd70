"""The desk of an office in a browser without scripts: due, report, draft, conflict, correction, evidence."""

import io
import os
import re
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.cast import MALANG, everybody, visitor_at
from tests.once import once

from balai.base import held, tenancy
from balai.base.files import StoredFile, path_of
from balai.plan import changes
from balai.plan.models import Evidence, Report
from balai.plan.tests.town import NOW, Town, found

TOKEN = re.compile(r'name="token" value="(\w+)"')


@pytest.fixture(autouse=True)
def spring(settings, tmp_path):
    settings.DATA = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def founded(django_db_setup, django_db_blocker, tmp_path_factory):
    with once(django_db_blocker, tmp_path_factory.mktemp("town")):
        with time_machine.travel(NOW, tick=False), tenancy.scope(MALANG):
            town = found(everybody())
            town.one = town.action()
            town.adopt()
            town.q1 = town.quarter()
        yield town


@pytest.fixture
def town(founded, db, malang) -> Town:
    return deepcopy(founded)


def photo(name: str = "alun-alun.png") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    file.seek(0)
    file.name = name
    return file


def report_url(town: Town) -> str:
    return reverse("plan-report", args=[town.one.pk, town.q1.pk])


def send(client: Client, url: str, **said):
    """Open the form and send it as a browser does: the fields it has, and what was typed."""
    page = client.get(url).content.decode()
    version = re.search(r'name="version"(?: value="(\d+)")?', page)
    return client.post(
        url,
        {
            "token": TOKEN.search(page)[1],
            "version": (version and version[1]) or "",
            "dated_on": "2026-04-20",
            "do": "send",
        }
        | said,
    )


def opened(client: Client, url: str):
    """Fetch a file to its last byte."""
    answer = client.get(url)
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)  # the client closes it at its end
    return answer


def test_budi_sees_what_is_due_and_agus_and_joko_do_not(town: Town) -> None:
    page = town.cast.budi.client.get(reverse("plan-desk"))
    assert "Layanan daring satu pintu" in page.content.decode()
    for other in (town.cast.agus, town.cast.joko):
        answer = other.client.get(reverse("plan-desk"))
        assert answer.status_code == 200
        assert "Layanan daring satu pintu" not in answer.content.decode()


def test_a_report_with_a_photo_is_sent_in_one_step(town: Town) -> None:
    answer = send(town.cast.budi.client, report_url(town), value="12,5", photo=photo())
    assert answer.status_code == 302 and answer.url == reverse("plan-desk")
    report = Report.objects.get()
    assert (report.status, report.value) == ("submitted", Decimal("12.5"))
    assert [each.title for each in report.evidence.all()] == ["alun-alun.png"]


def test_wati_reports_for_her_office_too(town: Town) -> None:
    assert send(town.cast.wati.client, report_url(town), value="3").status_code == 302


def test_the_form_says_target_indicator_and_last_value(town: Town) -> None:
    town.verified(town.one, 7)
    q2 = town.quarter(2)
    page = town.cast.budi.client.get(reverse("plan-report", args=[town.one.pk, q2.pk])).content.decode()
    assert "jumlah layanan daring" in page and "Target 20." in page and "Laporan terakhir 7." in page
    assert 'inputmode="decimal"' in page and 'capture="environment"' in page


def test_the_same_form_sent_twice_makes_one_report_and_one_photo(town: Town) -> None:
    client = town.cast.budi.client
    token = TOKEN.search(client.get(report_url(town)).content.decode())[1]
    for _click in range(2):
        said = {"token": token, "value": "5", "do": "send", "photo": photo()}
        assert client.post(report_url(town), said).status_code == 302
    assert Report.objects.count() == Evidence.objects.count() == 1


def test_a_draft_is_saved_and_taken_up_again(town: Town) -> None:
    client = town.cast.budi.client
    answer = send(client, report_url(town), value="5", note="menunggu data", do="save")
    assert answer.url == reverse("plan-desk") and "Lanjutkan" in client.get(answer.url).content.decode()
    page = client.get(report_url(town)).content.decode()
    assert 'value="5"' in page and "menunggu data" in page
    assert send(client, report_url(town), value="6").status_code == 302
    assert Report.objects.get().status == "submitted"


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(town: Town) -> None:
    answer = send(town.cast.budi.client, report_url(town), value="banyak", note="catatan saya")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“banyak” bukan angka" in page and 'href="#id_value"' in page and 'aria-invalid="true"' in page
    assert 'value="banyak"' in page and "catatan saya" in page
    assert not Report.objects.exists()


def test_a_photo_that_came_with_a_faulty_form_need_not_be_chosen_again(town: Town) -> None:
    client = town.cast.budi.client
    answer = send(client, report_url(town), value="", photo=photo())
    page = answer.content.decode()
    assert answer.status_code == 422 and "Nilai capaian belum diisi" in page and "alun-alun.png" in page
    sealed = re.search(r'name="held" value="([^"]+)"', page)[1]
    said = {"token": TOKEN.search(page)[1], "value": "4", "do": "send", "held": sealed}
    assert client.post(report_url(town), said).status_code == 302
    assert [each.file.name for each in Evidence.objects.select_related("file")] == ["alun-alun.png"]


def test_files_held_for_budi_are_not_handed_to_wati(town: Town) -> None:
    page = send(town.cast.budi.client, report_url(town), value="", photo=photo()).content.decode()
    sealed = re.search(r'name="held" value="([^"]+)"', page)[1]
    send(town.cast.wati.client, report_url(town), value="4", held=sealed)
    assert Report.objects.count() == 1 and not Evidence.objects.exists()


def test_a_file_that_is_no_photo_is_refused_beside_its_field(town: Town) -> None:
    script = io.BytesIO(b"MZ\x90\x00 this runs")
    script.name = "foto.png"
    answer = send(town.cast.budi.client, report_url(town), value="4", photo=script)
    assert answer.status_code == 422 and 'id="id_photo_fault"' in answer.content.decode()
    assert not Report.objects.exists()


def test_two_officers_see_the_difference_and_can_go_on(town: Town) -> None:
    client = town.cast.budi.client
    page = client.get(report_url(town)).content.decode()
    changes.save_report(
        town.wati, town.one.pk, town.q1.pk, changes.ReportDraft(Decimal(9)), version=None, at=NOW
    )
    said = {"token": TOKEN.search(page)[1], "version": "", "value": "5", "note": "isi Budi", "do": "send"}
    answer = client.post(report_url(town), said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Anda menulis" in page and "isi Budi" in page and 'value="5"' in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    again = client.post(report_url(town), said | {"token": TOKEN.search(page)[1], "version": version})
    assert again.status_code == 302
    assert Report.objects.get().value == 5


def test_what_was_sent_meanwhile_is_told_without_losing_the_form(town: Town) -> None:
    client = town.cast.budi.client
    page = client.get(report_url(town)).content.decode()
    row = town.reported(town.one, 9)
    said = {
        "token": TOKEN.search(page)[1],
        "version": row.version,
        "value": "5",
        "note": "isi Budi",
        "do": "send",
    }
    answer = client.post(report_url(town), said)
    assert answer.status_code == 423 and "isi Budi" in answer.content.decode()


def test_a_returned_report_shows_the_reason_and_is_sent_again(town: Town) -> None:
    row = town.reported(town.one, 9)
    changes.return_report(town.rini, row.pk, "bukti kurang", version=row.version)
    client = town.cast.budi.client
    assert "bukti kurang" in client.get(reverse("plan-desk")).content.decode()
    assert "bukti kurang" in client.get(report_url(town)).content.decode()
    assert send(client, report_url(town), value="9", link="https://contoh.go.id/bukti").status_code == 302
    assert Evidence.objects.get().title == "contoh.go.id"


def test_a_verified_report_is_corrected_by_a_new_entry_with_a_reason(town: Town) -> None:
    town.verified(town.one, 7)
    client = town.cast.budi.client
    assert "Buat koreksi" in client.get(report_url(town)).content.decode()
    url = reverse("plan-correct", args=[town.one.pk, town.q1.pk])
    assert send(client, url, value="8", reason="").status_code == 422
    assert send(client, url, value="8", reason="salah ketik").status_code == 302
    assert [row.entry for row in Report.objects.order_by("entry")] == [1, 2]


def test_a_locked_period_without_a_report_takes_a_correction_only(town: Town) -> None:
    changes.lock_period(town.rini, town.q1.pk, NOW)
    client = town.cast.budi.client
    page = client.get(report_url(town)).content.decode()
    assert "sudah dikunci" in page and "Buat koreksi" in page
    assert send_raw(client, report_url(town)).status_code == 423
    url = reverse("plan-correct", args=[town.one.pk, town.q1.pk])
    assert send(client, url, value="8", reason="terlambat melapor", do="save").status_code == 302
    assert client.get(url).url == report_url(town)  # a correction that was begun is taken up again
    assert send(client, report_url(town), value="9").status_code == 302
    assert Report.objects.get().is_correction and Report.objects.get().status == "submitted"


def test_files_on_their_way_are_forgotten_after_a_day(town: Town, settings) -> None:
    send(town.cast.budi.client, report_url(town), value="", photo=photo())
    folder = settings.DATA / "held" / MALANG
    [file] = folder.iterdir()
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    held.forget((NOW + timedelta(hours=23)).isoformat())
    assert file.exists()
    held.forget((NOW + timedelta(hours=25)).isoformat())
    assert not file.exists()


def test_evidence_is_taken_away_from_a_draft(town: Town) -> None:
    client = town.cast.budi.client
    send(client, report_url(town), value="5", do="save", photo=photo())
    key = Evidence.objects.get().pk
    send(client, report_url(town), value="5", do="save", drop=[str(key)])
    assert not Evidence.objects.exists()


def test_the_report_form_is_refused_to_others(town: Town) -> None:
    assert town.cast.agus.client.get(report_url(town)).status_code == 403
    assert town.cast.joko.client.get(report_url(town)).status_code == 404
    assert town.cast.sari.client.get(report_url(town)).status_code == 403
    answer = visitor_at(MALANG).get(report_url(town))
    assert answer.status_code == 302 and reverse("account_login") in answer.url
    assert send_raw(town.cast.agus.client, report_url(town)).status_code == 403
    assert not Report.objects.exists()


def send_raw(client: Client, url: str):
    return client.post(url, {"value": "1", "do": "send"})


def test_own_actions_are_those_of_the_office(town: Town) -> None:
    url, one = reverse("plan-own-actions"), reverse("plan-own-action", args=[town.one.pk])
    assert "Layanan daring" in town.cast.wati.client.get(url).content.decode()
    assert "Layanan daring" not in town.cast.agus.client.get(url).content.decode()
    assert town.cast.budi.client.get(one).status_code == 200
    assert town.cast.agus.client.get(one).status_code == 403
    assert town.cast.joko.client.get(one).status_code == 404


def test_evidence_is_opened_by_its_office_and_the_programme_office(town: Town) -> None:
    send(town.cast.budi.client, report_url(town), value="5", photo=photo())
    url = reverse("plan-evidence", args=[Evidence.objects.get().pk])
    answer = opened(town.cast.budi.client, url)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "sandbox" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert opened(town.cast.rini.client, url).status_code == 200
    assert town.cast.agus.client.get(url).status_code == 404  # not verified yet: he may not know of it
    row = Report.objects.get()
    changes.verify_report(town.rini, row.pk, version=row.version, at=NOW)
    assert town.cast.agus.client.get(url).status_code == 403
    assert town.cast.joko.client.get(url).status_code == 404
    assert visitor_at(MALANG).get(url).status_code == 302


def test_a_pdf_comes_as_a_download(town: Town) -> None:
    row = town.reported(town.one, 5)
    stored = StoredFile(
        tenant=MALANG, sha256="0" * 64, size=4, media_type="application/pdf", name="a.pdf", public_name="a"
    )
    stored.save()
    Evidence.objects.create(report=row, title="a", file=stored)
    url = reverse("plan-evidence", args=[Evidence.objects.get().pk])
    assert town.cast.budi.client.get(url).status_code == 404  # its bytes are gone, and that is said
    path = path_of(MALANG, stored.sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF")
    assert opened(town.cast.budi.client, url)["Content-Disposition"].startswith("attachment")

"""The desk of the programme office: queue, verify, return, bulk, late, periods, stages."""

import re
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import MALANG, everybody, visitor_at
from tests.once import once

from balai.base import tenancy
from balai.base.journal import JournalEntry
from balai.plan import changes
from balai.plan.models import Period, Report, Stage
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
            town.actions = [town.action(f"A{n}", title=f"Aksi nomor {n}") for n in range(3)]
            town.adopt()
        yield town


@pytest.fixture
def town(founded, db, malang) -> Town:
    return deepcopy(founded)


def token(client: Client, url: str) -> str:
    return TOKEN.search(client.get(url).content.decode())[1]


def test_rini_sees_value_target_and_previous_side_by_side(town: Town) -> None:
    town.verified(town.actions[0], 7)
    town.reported(town.actions[0], 12, period=town.quarter(2))
    page = town.cast.rini.client.get(reverse("plan-verify")).content.decode()
    for words in ("Aksi nomor 0", "<strong>12</strong>", ">20<", ">7<", "Dinas Komunikasi dan Informatika"):
        assert words in page, words


@pytest.mark.parametrize(
    "name", ["plan-verify", "plan-periods", "plan-stages", "plan-drafts", "plan-pledges"]
)
def test_pages_of_the_programme_office_are_closed_to_others(town: Town, name: str) -> None:
    url = reverse(name)
    for other in (town.cast.budi, town.cast.wati, town.cast.agus, town.cast.joko, town.cast.sari):
        assert other.client.get(url).status_code == 403
    answer = visitor_at(MALANG).get(url)
    assert answer.status_code == 302 and reverse("account_login") in answer.url
    assert town.cast.rini.client.get(url).status_code == 200


def test_a_report_is_verified_once_however_often_the_button_is_pressed(town: Town) -> None:
    row = town.reported(town.actions[0], 7)
    client = town.cast.rini.client
    page = client.get(reverse("plan-verify-one", args=[row.pk])).content.decode()
    said = {"token": TOKEN.search(page)[1], "version": row.version}
    for _click in range(2):
        assert client.post(reverse("plan-accept", args=[row.pk]), said).status_code == 302
    assert Report.objects.get().status == "verified"
    assert JournalEntry.objects.filter(verb="report.verify").count() == 1


def test_a_report_is_returned_with_a_reason_and_not_without(town: Town) -> None:
    row = town.reported(town.actions[0], 7)
    client, url = town.cast.rini.client, reverse("plan-send-back", args=[row.pk])
    assert client.post(url, {"version": row.version, "reason": " "}).status_code == 422
    assert client.post(url, {"version": row.version, "reason": "foto kabur"}).status_code == 302
    report = Report.objects.get()
    assert (report.status, report.reason) == ("returned", "foto kabur")


def test_ticked_reports_are_verified_each_with_its_own_line_in_the_journal(town: Town) -> None:
    rows = [town.reported(action, 7) for action in town.actions]
    client = town.cast.rini.client
    said = {
        "token": token(client, reverse("plan-verify")),
        "report": [f"{row.pk}:{row.version}" for row in rows],
    }
    answer = client.post(reverse("plan-verify-many"), said, follow=True)
    assert "3 laporan diverifikasi" in answer.content.decode()
    assert JournalEntry.objects.filter(verb="report.verify").count() == 3


def test_one_that_changed_meanwhile_does_not_hold_up_the_others(town: Town) -> None:
    rows = [town.reported(action, 7) for action in town.actions]
    said = {"report": [f"{row.pk}:{row.version}" for row in rows]}
    changes.return_report(town.rini, rows[0].pk, "salah", version=rows[0].version)
    page = town.cast.rini.client.post(reverse("plan-verify-many"), said, follow=True).content.decode()
    assert "2 laporan diverifikasi" in page and Report.objects.filter(status="verified").count() == 2


def test_nobody_verifies_their_own_report(town: Town) -> None:
    draft = changes.ReportDraft(Decimal(7))
    row = changes.report(town.rini, town.actions[0].pk, town.quarter().pk, draft, version=None, at=NOW)
    client = town.cast.rini.client
    assert "laporan Anda sendiri" in client.get(reverse("plan-verify")).content.decode()
    assert client.post(reverse("plan-accept", args=[row.pk]), {"version": row.version}).status_code == 403


def test_budi_and_joko_cannot_verify(town: Town) -> None:
    row = town.reported(town.actions[0], 7)
    for other in (town.cast.budi, town.cast.agus, town.cast.joko):
        for name in ("plan-accept", "plan-send-back"):
            answer = other.client.post(reverse(name, args=[row.pk]), {"version": row.version, "reason": "x"})
            assert answer.status_code == 403
    assert Report.objects.get().status == "submitted"


def test_a_report_that_waits_no_more_is_not_found(town: Town) -> None:
    row = town.verified(town.actions[0], 7)
    assert town.cast.rini.client.get(reverse("plan-verify-one", args=[row.pk])).status_code == 404


def test_late_offices_are_named_to_rini_and_heads_see_their_own(town: Town) -> None:
    town.quarter()
    with time_machine.travel(NOW + timedelta(days=60), tick=False):
        url = reverse("plan-late")
        page = town.cast.rini.client.get(url).content.decode()
        assert "1 perangkat daerah terlambat melapor" in page and "belum pernah melapor" in page
        assert "Dinas Komunikasi" in town.cast.wati.client.get(url).content.decode()
        for other in (town.cast.agus, town.cast.joko):
            assert "Dinas Komunikasi dan" not in other.client.get(url).content.decode()
        assert visitor_at(MALANG).get(url).status_code == 302


def test_a_year_is_opened_and_an_ended_period_locked(town: Town) -> None:
    client = town.cast.rini.client
    assert "Tahun ini belum dibuka" in client.get(reverse("plan-periods") + "?tahun=2026").content.decode()
    assert client.post(reverse("plan-year-open", args=[2026])).status_code == 302
    page = client.get(reverse("plan-periods") + "?tahun=2026").content.decode()
    assert page.count("Kunci tidak dapat dibuka") == 1  # only the first quarter has ended
    first = Period.objects.get(year=2026, number=1)
    assert client.post(reverse("plan-period-lock", args=[first.pk])).status_code == 302
    first.refresh_from_db()
    assert first.locked_at
    assert client.post(reverse("plan-period-lock", args=[first.pk])).status_code == 423


def test_a_period_with_waiting_reports_is_not_locked(town: Town) -> None:
    row = town.reported(town.actions[0], 7)
    answer = town.cast.rini.client.post(reverse("plan-period-lock", args=[row.period_id]))
    assert answer.status_code == 409 and "menunggu verifikasi" in answer.content.decode()


def test_budi_locks_nothing(town: Town) -> None:
    period = town.quarter()
    for other in (town.cast.budi, town.cast.agus, town.cast.joko):
        assert other.client.post(reverse("plan-period-lock", args=[period.pk])).status_code == 403


def test_a_stage_is_frozen_once_and_its_page_and_pdf_are_open_to_all(town: Town) -> None:
    town.verified(town.actions[0], 25)
    client, url = town.cast.rini.client, reverse("plan-stages")
    said = {"token": token(client, url), "title": "Tahap I 2026", "year": "2026"}
    for _click in range(2):
        answer = client.post(url, said)
        assert answer.status_code == 302
    stage = Stage.objects.get()
    assert answer.url == reverse("plan-stage", args=[stage.pk])
    assert "Tahap I 2026" in client.get(url).content.decode()
    visitor = visitor_at(MALANG)
    assert visitor.get(answer.url).status_code == 200
    pdf = visitor.get(reverse("plan-stage-pdf", args=[stage.pk]))
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF")
    assert town.cast.joko.client.get(reverse("plan-stage-pdf", args=[stage.pk])).status_code == 404


def test_the_same_title_of_a_stage_comes_back_with_the_form(town: Town) -> None:
    changes.freeze_stage(town.rini, town.plan.pk, "Tahap I", 2026, date(2026, 4, 20), NOW)
    answer = town.cast.rini.client.post(reverse("plan-stages"), {"title": "Tahap I", "year": "2026"})
    assert answer.status_code == 409 and 'value="Tahap I"' in answer.content.decode()


def test_the_queue_asks_the_database_as_often_for_many_rows_as_for_few(town: Town) -> None:
    client, url = town.cast.rini.client, reverse("plan-verify")
    town.reported(town.actions[0], 7)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for action in town.actions[1:]:
        town.reported(action, 7)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)

"""The journal is read by auditors of its own local government, a page at a time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from tests.cast import Cast, someone

from balai.base import journal, tenancy
from balai.base.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(cast: Cast):
    return someone("Galuh", "35.73", "auditor")


def _write(cast: Cast, name: str, times: int, tenant: str = "35.73") -> None:
    with tenancy.scope(tenant), transaction.atomic():
        for number in range(times):
            journal.write(Actor("x", name, tenant), "plan.test", cast.kominfo, number=number)


def test_an_auditor_reads_who_did_what_newest_first_and_page_by_page(cast: Cast, auditor) -> None:
    _write(cast, "Pelaku Pertama", 55)
    page = auditor.client.get("/meja/jejak-audit/", {"q": "Pelaku Pertama"})
    assert page.status_code == 200
    rows = page.context["lines"]
    assert len(rows) == 50 and rows[0].facts == {"number": 54}
    rest = auditor.client.get("/meja/jejak-audit/", {"q": "Pelaku Pertama", "after": page.context["next"]})
    assert [row.facts["number"] for row in rest.context["lines"]] == [4, 3, 2, 1, 0]


def test_the_journal_is_searched_by_day(cast: Cast, auditor) -> None:
    _write(cast, "Pelaku Hari Ini", 1)
    today = timezone.localdate()
    found = {"q": "Pelaku Hari Ini", "from": today.isoformat(), "to": today.isoformat()}
    assert len(auditor.client.get("/meja/jejak-audit/", found).context["lines"]) == 1
    before = {"q": "Pelaku Hari Ini", "to": (today - timedelta(days=1)).isoformat()}
    assert len(auditor.client.get("/meja/jejak-audit/", before).context["lines"]) == 0
    assert auditor.client.get("/meja/jejak-audit/?from=18-03-2026").status_code == 422


def test_a_year_in_the_facts_is_written_as_a_year(cast: Cast, auditor) -> None:
    with tenancy.scope("35.73"), transaction.atomic():
        journal.write(Actor("x", "Pelaku Tahun", "35.73"), "plan.test", cast.kominfo, year=2026)
    page = auditor.client.get("/meja/jejak-audit/?q=Pelaku Tahun").content.decode()
    assert "year: 2026" in page


def test_lines_of_another_local_government_are_not_there(cast: Cast, auditor) -> None:
    _write(cast, "Orang Kabupaten", 1, "35.07")
    assert "Orang Kabupaten" not in auditor.client.get("/meja/jejak-audit/").content.decode()


def test_the_journal_is_for_auditors(cast: Cast) -> None:
    for person in (cast.budi, cast.agus, cast.sari, cast.joko):
        assert person.client.get("/meja/jejak-audit/").status_code == 403


def test_a_wrong_cursor_and_a_search_without_result_are_told(auditor) -> None:
    assert auditor.client.get("/meja/jejak-audit/?after=1").status_code == 422
    assert "Tidak ada baris" in auditor.client.get("/meja/jejak-audit/?q=zzz").content.decode()

"""/health says that the process lives, /ready whether everything is in place, and what is not."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from balai.base import prepared, tenancy, worker
from balai.base.journal import JournalEntry
from balai.people.models import LocalGovernment
from balai.people.reads import forget_governments
from balai.site import health, steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_place(tmp_path: Path, settings: Any) -> None:
    """Everything is in place."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "a.css").touch()
    for step in steps.STEPS:
        prepared.note(step.command)
    LocalGovernment.objects.create(key="35.73", region_code="35.73", name="Kota Malang", short_name="Malang")
    forget_governments()
    worker.beat("one")


def _wrong() -> dict[str, str]:
    # Tables are made without migrations in most runs of the tests.
    return {one.name: one.found for one in health.findings() if not one.ok and one.name != "migrations"}


def test_everything_in_place_is_ready() -> None:
    assert _wrong() == {}


def test_health_answers_even_when_nothing_is_ready(client: Client) -> None:
    worker.Worker.objects.all().delete()
    assert client.get("/health").status_code == 200


def test_a_silent_worker_is_told() -> None:
    with time_machine.travel(timezone.now() + health.WORKER_SILENCE * 2):
        assert "worker" in _wrong()


def test_a_worker_that_never_ran_is_told() -> None:
    worker.Worker.objects.all().delete()
    assert _wrong() == {"worker": "Pekerja latar belum berjalan."}


def test_missing_reference_data_is_named() -> None:
    prepared.Prepared.objects.filter(step="load_places").delete()
    assert _wrong() == {"reference": "Kode dan batas wilayah"}


def test_an_installation_without_governments_is_not_ready() -> None:
    LocalGovernment.objects.all().delete()
    forget_governments()
    assert "tenants" in _wrong()


def test_a_journal_that_is_not_sealed_any_more_is_told() -> None:
    with tenancy.scope("35.73"):
        JournalEntry.objects.create(actor_id_text="", actor_name="", verb="v", kind="k", thing="t")
    assert _wrong() == {}
    with time_machine.travel(timezone.now() + health.SEAL_AGE * 2):
        worker.beat("one")
        assert "journal" in _wrong()


def test_missing_assets_are_told(settings: Any) -> None:
    (settings.STATIC_ROOT / "a.css").unlink()
    assert "assets" in _wrong()


def test_the_answer_is_json_with_the_reasons_and_a_status_for_watchdogs(client: Client) -> None:
    worker.Worker.objects.all().delete()
    response = client.get("/ready")
    told = response.json()
    assert (response.status_code, told["ready"]) == (503, False)
    assert {"name": "worker", "ok": False, "found": "Pekerja latar belum berjalan."} in told["checks"]
    assert told["outgoing_allow"] == []
    assert response.headers["Cache-Control"] == "no-store"


def test_a_browser_gets_text_a_person_can_read(client: Client) -> None:
    worker.Worker.objects.all().delete()
    text = client.get("/ready", headers={"Accept": "text/html"}).content.decode()
    assert "✗ worker: Pekerja latar belum berjalan." in text
    assert "OUTGOING_ALLOW: kosong" in text


@pytest.mark.skipif(
    "sqlite" in django_settings.DATABASES["default"]["ENGINE"], reason="SQLite knows no roles"
)
def test_the_role_of_the_application_is_not_above_row_level_security() -> None:
    assert health._role().ok


@pytest.mark.parametrize(
    ("day", "warns"), [("2026-09-30", False), ("2026-10-05", True), ("2027-06-01", True)]
)
def test_a_calendar_that_ends_within_ninety_days_is_told_and_stops_nothing(day: str, warns: bool) -> None:
    with time_machine.travel(f"{day} 09:00+07:00", tick=False):
        found = next(one for one in health.findings() if one.name == "calendar")
    assert found.ok
    assert ("hari libur tahun 2027 belum ditetapkan" in found.found) is warns

"""One's own data: masked, copied, corrected, erased; who looked is told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import BATU, MALANG, Cast

from balai.base import tenancy
from balai.base.errors import Conflict, Forbidden, Invalid, NotFound
from balai.base.journal import JournalEntry
from balai.people import changes, reads
from balai.people.models import AccessLog, Account, DataRequest, ResidentProfile
from balai.site import logs

NIK = "3573015504900002"
NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("malang")


def test_the_nik_is_sealed_masked_and_shown_whole_to_its_owner_only_on_asking(cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="0812 3456 7890")
    stored = ResidentProfile.objects.get()
    assert NIK not in stored.nik_sealed and len(stored.nik_index) == 32
    client = cast.sari.client
    page = client.get("/saya").content.decode()
    assert NIK not in page and "3573********0002" in page
    assert NIK in client.post("/saya/nik").content.decode()
    assert NIK not in str(list(JournalEntry.objects.values_list("facts", flat=True)))


def _everything_kept() -> str:
    """Return the database as SQLite's file would hold it, or as PostgreSQL writes each row."""
    if connection.vendor == "sqlite":
        image: bytes = connection.connection.serialize()
        return image.decode("utf-8", "replace")
    kept = []
    with tenancy.scope(MALANG, also=reads.tenant_keys()), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            kept += [row for (row,) in cursor.fetchall()]
    return "\n".join(kept)


def test_a_nik_lies_nowhere_in_clear(cast: Cast, caplog: pytest.LogCaptureFixture, own_folders: Path) -> None:
    """Once through all that is done with it: kept, shown, copied, mistyped, asked about, unmasked."""
    client = cast.sari.client
    grouped = "3573 0155 0490 0002"
    client.post("/saya/lengkapi", {"nik": grouped, "phone": "081234567890"})
    client.post("/saya/lengkapi", {"nik": f"{NIK}9", "phone": ""})
    assert NIK in client.post("/saya/nik").content.decode()
    assert NIK in client.post("/saya/salinan.json").content.decode()
    for words in (f"NIK saya {NIK}", f"NIK saya {grouped}"):
        asked = client.post("/saya/permintaan", {"kind": "correction", "text": words})
        assert asked.status_code == 422 and "Memuat NIK" in asked.content.decode()
    client.get(f"/meja/orang?q={NIK}")
    with pytest.raises(Invalid):
        changes.unmask_nik(cast.tono.actor, cast.sari.account, f"Mencocokkan {NIK}")
    changes.unmask_nik(cast.tono.actor, cast.sari.account, "Mencocokkan KTP")
    formatter = logs.json_formatter()
    kept = [
        _everything_kept(),
        *(formatter.format(record) for record in caplog.records),
        *(path.read_text("utf-8") for path in own_folders.rglob("*") if path.is_file()),
    ]
    assert "081234567890" in kept[0] and "people.nik_unmasked" in kept[0]
    assert [text[:200] for text in kept if NIK in text or grouped in text] == []


@pytest.fixture
def own_folders(tmp_path: Path, settings: Settings) -> Path:
    """A data folder of the test's own, with its log, its mail and its files."""
    settings.DATA = tmp_path / "data"
    return settings.DATA


@pytest.mark.parametrize(
    ("nik", "phone"), [("123", ""), ("3573019904900002", ""), (NIK, "halo"), ("3,57301E+15", "")]
)
def test_a_wrong_nik_or_telephone_number_is_refused(nik: str, phone: str, cast: Cast) -> None:
    with pytest.raises(Invalid):
        changes.save_profile(cast.sari.actor, nik=nik, phone=phone)
    assert not ResidentProfile.objects.exists()


def test_two_accounts_do_not_share_a_nik(cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="")
    with pytest.raises(Invalid):
        changes.save_profile(cast.agus.actor, nik=NIK, phone="")


def test_leaving_the_nik_empty_keeps_it_and_asking_removes_it(cast: Cast) -> None:
    client = cast.sari.client
    client.post("/saya/lengkapi", {"nik": NIK, "phone": ""})
    client.post("/saya/lengkapi", {"nik": "", "phone": "081234567890"})
    assert reads.about(cast.sari.actor).nik == "3573********0002"
    client.post("/saya/lengkapi", {"nik": "", "phone": "", "remove_nik": "on"})
    assert reads.about(cast.sari.actor).nik == ""


def test_who_unmasks_a_nik_says_what_for_and_its_owner_sees_it(cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="")
    with pytest.raises(Invalid):
        changes.unmask_nik(cast.tono.actor, cast.sari.account, " ")
    assert changes.unmask_nik(cast.tono.actor, cast.sari.account, "Mencocokkan KTP") == NIK
    page = cast.sari.client.get("/saya").content.decode()
    assert "Mencocokkan KTP" in page and "Tono" in page


@pytest.mark.parametrize("who", ["budi", "wati", "agus", "rini", "joko", "eka"])
def test_nobody_else_unmasks_a_nik(who: str, cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="")
    with pytest.raises(Forbidden):
        changes.unmask_nik(getattr(cast, who).actor_in(MALANG), cast.sari.account, "Ingin tahu")


def test_opening_somebodys_page_leaves_a_line_that_stays(cast: Cast) -> None:
    assert cast.wati.client.get(f"/meja/orang/{cast.budi.account.pk}").status_code == 200
    line = AccessLog.objects.get(subject=str(cast.budi.account.pk))
    assert line.actor_name == "Wati" and "email" in line.fields
    for act in (lambda: AccessLog.objects.update(actor_name="Orang lain"), AccessLog.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_looking_at_oneself_leaves_no_line(cast: Cast) -> None:
    cast.wati.client.get(f"/meja/orang/{cast.wati.account.pk}")
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("who", ["agus", "joko", "sari"])
def test_agus_joko_and_sari_do_not_see_budi(who: str, cast: Cast) -> None:
    with pytest.raises(NotFound):
        reads.person(getattr(cast, who).actor_in(MALANG), cast.budi.account.pk)


def test_the_copy_holds_everything_and_only_ones_own(cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="081234567890")
    changes.ask_about_data(cast.sari.actor, "correction", "Nama saya Sari Dewi", NOW)
    response = cast.sari.client.post("/saya/salinan.json")
    copy = json.loads(response.content)
    assert "attachment" in response.headers["Content-Disposition"]
    assert copy["account"]["email"] == cast.sari.account.email
    assert copy["profile"] == {"nik": NIK, "phone": "081234567890"}
    assert [request["kind"] for request in copy["requests"]] == ["correction"]
    assert {entry["verb"] for entry in copy["journal"]} >= {"self.profile_saved", "self.data_requested"}
    assert "Budi" not in response.content.decode()
    theirs = json.loads(cast.agus.client.post("/saya/salinan.json").content)
    assert theirs["profile"] is None and NIK not in str(theirs)


def test_a_visitor_is_asked_to_sign_in_first(cast: Cast) -> None:
    from tests.cast import visitor_at

    response = visitor_at(MALANG).get("/saya")
    assert response.status_code == 302 and response.headers["Location"].startswith("/akun/login/?next=")


def test_a_request_is_due_three_days_of_24_hours_later_holidays_or_not(cast: Cast) -> None:
    request = changes.ask_about_data(cast.sari.actor, "withdrawal", "Saya berhenti", NOW)
    assert request.due_at == NOW + timedelta(hours=72)


@pytest.mark.parametrize(("kind", "text"), [("dance", "ya"), ("erasure", " ")])
def test_a_request_says_what_and_why(kind: str, text: str, cast: Cast) -> None:
    with pytest.raises(Invalid):
        changes.ask_about_data(cast.sari.actor, kind, text, NOW)


def test_the_same_is_not_asked_twice_while_it_waits(cast: Cast) -> None:
    first = changes.ask_about_data(cast.sari.actor, "erasure", "Hapus", NOW)
    with pytest.raises(Invalid):
        changes.ask_about_data(cast.sari.actor, "erasure", "Hapus", NOW)
    changes.cancel_request(cast.sari.actor, first)
    changes.ask_about_data(cast.sari.actor, "erasure", "Hapus", NOW)


def test_the_database_itself_keeps_one_waiting_request_of_a_kind(cast: Cast) -> None:
    """Two pages sent at once both pass the check; one of them meets the constraint."""
    first = changes.ask_about_data(cast.sari.actor, "erasure", "Hapus", NOW)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_erasing_empties_the_account_of_a_resident(cast: Cast) -> None:
    changes.save_profile(cast.sari.actor, nik=NIK, phone="")
    client = cast.sari.client
    request = changes.ask_about_data(cast.sari.actor, "erasure", "Hapus semua", NOW)
    changes.answer_request(cast.tono.actor, request, grant=True, answer="Dihapus", now=NOW)
    account = Account.objects.get(pk=cast.sari.account.pk)
    assert not account.is_active and account.email.endswith("@deleted.invalid")
    assert not ResidentProfile.objects.exists()
    assert client.get("/saya").status_code == 302


def test_erasing_keeps_who_acted_in_office(cast: Cast) -> None:
    changes.save_profile(cast.agus.actor, nik=NIK, phone="")
    request = changes.ask_about_data(cast.agus.actor, "erasure", "Hapus", NOW)
    changes.answer_request(cast.tono.actor, request, grant=True, answer="NIK dihapus", now=NOW)
    assert not ResidentProfile.objects.exists()
    assert Account.objects.get(pk=cast.agus.account.pk).name == "Agus"


def test_erasing_here_leaves_what_another_city_keeps(cast: Cast) -> None:
    with tenancy.scope(BATU):
        changes.save_profile(cast.sari.actor_in(BATU), nik=NIK, phone="")
    request = changes.ask_about_data(cast.sari.actor, "erasure", "Hapus", NOW)
    changes.answer_request(cast.tono.actor, request, grant=True, answer="Dihapus", now=NOW)
    assert Account.objects.get(pk=cast.sari.account.pk).is_active
    with tenancy.scope(BATU):
        assert ResidentProfile.objects.count() == 1


def test_a_request_is_answered_once_and_not_by_its_owner(cast: Cast) -> None:
    own = changes.ask_about_data(cast.tono.actor, "correction", "Nama", NOW)
    with pytest.raises(Invalid):
        changes.answer_request(cast.tono.actor, own, grant=True, answer="ya", now=NOW)
    changes.answer_request(cast.lina.actor, own, grant=True, answer="Sudah", now=NOW)
    with pytest.raises(Conflict):
        changes.answer_request(cast.lina.actor, own, grant=False, answer="Tidak", now=NOW)


@pytest.mark.parametrize("who", ["budi", "agus", "rini", "joko", "sari"])
def test_only_who_manages_people_sees_and_answers_requests(who: str, cast: Cast) -> None:
    request = changes.ask_about_data(cast.sari.actor, "correction", "Nama", NOW)
    actor = getattr(cast, who).actor_in(MALANG)
    assert not reads.data_requests(actor).exists()
    with pytest.raises(Forbidden):
        changes.answer_request(actor, request, grant=True, answer="ya", now=NOW)


def test_an_officer_answers_on_the_page(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        cast.sari.client.post("/saya/permintaan", {"kind": "correction", "text": "Nama saya Sari Dewi"})
    request = DataRequest.objects.get()
    client = cast.tono.client
    assert "terlambat" in client.get("/meja/permintaan-data").content.decode()
    address = f"/meja/permintaan-data/{request.pk}"
    assert client.post(address, {"decision": "approve", "answer": ""}).status_code == 422
    assert client.post(address, {"decision": "approve", "answer": "Diperbaiki"}).status_code == 302
    assert "Diperbaiki" in cast.sari.client.get("/saya").content.decode()
    assert timezone.now() > NOW

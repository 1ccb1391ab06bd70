"""Every way of rewriting the journal that we can think of shows when it is verified."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from balai.base import guards, journal, schedules, seals, tenancy, tenants, worker
from balai.base.actor import Actor
from balai.base.journal import JournalEntry
from balai.base.seals import Seal, SealLink
from balai.people.models import Office

pytestmark = pytest.mark.django_db

MALANG = "35.73"
BUDI = Actor("budi", "Budi", MALANG)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    before = list(tenants._sources)
    tenants.provide(lambda: ["35.73", "35.07"])
    yield
    tenants._sources[:] = before


def _write(count: int, tenant: str = MALANG) -> None:
    with tenancy.scope(tenant), transaction.atomic():
        office = Office(code="dinkes", name="Dinas Kesehatan")
        for number in range(count):
            journal.write(BUDI, "plan.report", office, number=number, note="capaian naik")


def _seal(tenant: str = MALANG) -> int:
    with tenancy.scope(tenant):
        return seals.seal_all()


@pytest.fixture
def chain() -> None:
    """A journal of nine entries sealed in three batches."""
    for _ in range(3):
        _write(3)
        _seal()


def _sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _entry(seq: int) -> str:
    found = SealLink.objects.get(seq=seq).entry
    return found.hex if connection.vendor == "sqlite" else str(found)


def edit_text(entry: Callable[[int], str]) -> None:
    _sql("UPDATE base_journalentry SET facts = %s WHERE id = %s", '{"number": 99}', entry(5))


def edit_actor(entry: Callable[[int], str]) -> None:
    _sql("UPDATE base_journalentry SET actor_name = 'Agus' WHERE id = %s", entry(5))


def edit_time(entry: Callable[[int], str]) -> None:
    _sql("UPDATE base_journalentry SET at = %s WHERE id = %s", timezone.now(), entry(5))


def delete_entry(entry: Callable[[int], str]) -> None:
    _sql("DELETE FROM base_journalentry WHERE id = %s", entry(5))


def delete_with_link(entry: Callable[[int], str]) -> None:
    _sql("DELETE FROM base_journalentry WHERE id = %s", entry(5))
    _sql("DELETE FROM base_seallink WHERE seq = 5")


def insert_with_link(entry: Callable[[int], str]) -> None:
    """Make room in the middle and put an entry of one's own there, with a hash that fits."""
    with transaction.atomic():
        journal.write(BUDI, "plan.verify", Office(code="x", name="x"))
    added = JournalEntry.objects.order_by("-id")[0]
    for seq in range(9, 4, -1):
        _sql("UPDATE base_seallink SET seq = %s WHERE seq = %s", seq + 1, seq)
    before = SealLink.objects.get(seq=4)
    hashed = seals.link_hash(5, before.hash, seals.canonical(added))
    SealLink.objects.create(seq=5, entry=added.pk, prev=before.hash, hash=hashed)


def swap_entries(entry: Callable[[int], str]) -> None:
    fourth, fifth = entry(4), entry(5)
    _sql("UPDATE base_seallink SET entry = %s WHERE seq = 4", "0" * 32)
    _sql("UPDATE base_seallink SET entry = %s WHERE seq = 5", fourth)
    _sql("UPDATE base_seallink SET entry = %s WHERE seq = 4", fifth)


def cut_the_end(entry: Callable[[int], str]) -> None:
    for seq in (7, 8, 9):
        _sql("DELETE FROM base_journalentry WHERE id = %s", entry(seq))
    _sql("DELETE FROM base_seallink WHERE seq > 6")
    _sql("DELETE FROM base_seal WHERE upto > 6")


def drop_everything(entry: Callable[[int], str]) -> None:
    for table in ("base_journalentry", "base_seallink", "base_seal"):
        _sql(f"DELETE FROM {table}")


def edit_link(entry: Callable[[int], str]) -> None:
    _sql("UPDATE base_seallink SET hash = %s WHERE seq = 5", "a" * 64)


def drop_last_seal(entry: Callable[[int], str]) -> None:
    _sql("DELETE FROM base_seal WHERE upto = 9")


def forge_the_chain(entry: Callable[[int], str]) -> None:
    """Change an entry and reckon every later link and seal anew, as one can who has only the database."""
    edit_text(entry)
    prev = SealLink.objects.get(seq=4).hash
    for seq in range(5, 10):
        link = SealLink.objects.get(seq=seq)
        hashed = seals.link_hash(seq, prev, seals.canonical(JournalEntry.objects.get(pk=link.entry)))
        _sql("UPDATE base_seallink SET prev = %s, hash = %s WHERE seq = %s", prev, hashed, seq)
        _sql("UPDATE base_seal SET head = %s WHERE upto = %s", hashed, seq)
        prev = hashed


TAMPERINGS = [
    (edit_text, "is not what was sealed"),
    (edit_actor, "is not what was sealed"),
    (edit_time, "is not what was sealed"),
    (delete_entry, "is missing"),
    (delete_with_link, "links 5 to 5 are missing"),
    (insert_with_link, "does not hold the hash of the one before"),
    (swap_entries, "is not what was sealed"),
    (cut_the_end, "once reached link 9"),
    (drop_everything, "once reached link 9"),
    (edit_link, "is not what was sealed"),
    (drop_last_seal, "links 7 to 9 have no seal"),
    (forge_the_chain, "was not made with our key"),
]


@pytest.mark.parametrize(("tamper", "found"), TAMPERINGS, ids=[tamper.__name__ for tamper, _ in TAMPERINGS])
@pytest.mark.usefixtures("chain")
def test_tampering_shows(tamper: Callable[[Callable[[int], str]], None], found: str) -> None:
    assert seals.verify(MALANG).holds
    with tenancy.scope(MALANG), guards.lifted(connection):
        tamper(_entry)
    result = seals.verify(MALANG)
    assert any(found in broken.found for broken in result.breaks), result.breaks
    assert seals.verify("35.07").holds, "the chain of another tenant is its own"


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("table", ["base_journalentry", "base_seallink", "base_seal"])
@pytest.mark.parametrize("act", ["DELETE FROM {table}", "UPDATE {table} SET tenant = '00'"])
def test_the_database_itself_refuses_to_rewrite_the_chain(table: str, act: str) -> None:
    with tenancy.scope(MALANG), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _sql(act.format(table=table))


def test_an_entry_that_comes_late_is_sealed_exactly_once() -> None:
    _write(2)
    with tenancy.scope(MALANG):
        late = JournalEntry(
            actor_id_text="",
            actor_name="",
            verb="v",
            kind="k",
            thing="t",
            at=timezone.now() - timedelta(hours=2),
        )
        assert _seal() == 2
        late.save()  # born before the others, committed after they were sealed
        assert _seal() == 1
        assert _seal() == 0
        assert SealLink.objects.get(entry=late.pk).seq == 3
    assert seals.verify(MALANG).holds


def test_the_unsealed_tail_is_told_and_is_no_break() -> None:
    _write(2)
    _seal()
    _write(3)
    result = seals.verify(MALANG)
    assert (result.sealed, result.unsealed, result.breaks) == (2, 3, ())


def test_a_large_journal_is_sealed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    _write(10)
    assert _seal() == 10
    with tenancy.scope(MALANG):
        assert list(Seal.objects.order_by("upto").values_list("upto", flat=True)) == [4, 8, 10]
    assert seals.verify(MALANG).holds


def test_the_schedule_seals_every_minute() -> None:
    now = timezone.now()
    schedules.tick(now)
    _write(2)
    with time_machine.travel(now + timedelta(minutes=1)):
        schedules.tick(timezone.now())
        worker.drain()
    assert (seals.verify(MALANG).sealed, seals.verify(MALANG).unsealed) == (2, 0)


def test_a_half_written_anchor_is_no_anchor() -> None:
    _write(2)
    _seal()
    with seals.anchor_path(MALANG).open("a") as file:
        file.write("3 abc")
    assert seals.verify(MALANG).holds


@pytest.mark.usefixtures("chain")
def test_the_command_says_what_is_sealed_and_what_waits() -> None:
    _write(1)
    out = StringIO()
    call_command("verify_journal", "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert [(one["tenant"], one["sealed"], one["unsealed"]) for one in told] == [
        ("35.07", 0, 0),
        (MALANG, 9, 1),
    ]
    out = StringIO()
    call_command("verify_journal", "--tenant", MALANG, stdout=out)
    assert re.search(r"35\.73.*9.*1", out.getvalue())


@pytest.mark.usefixtures("chain")
def test_the_command_fails_on_a_break_and_names_it() -> None:
    with tenancy.scope(MALANG), guards.lifted(connection):
        edit_text(_entry)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_journal", stdout=out)
    assert "is not what was sealed" in out.getvalue()


def test_joko_cannot_read_the_chain_of_malang() -> None:
    _write(2)
    _seal()
    with tenancy.scope("35.07"):
        assert not SealLink.objects.exists()
        assert not Seal.objects.exists()

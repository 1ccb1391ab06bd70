"""Sealed values open for their tenant and purpose only, and move to a new key without loss."""

import json
import stat
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import isolate_apps

from balai.base import keyring, sealing, tenancy, tenants
from balai.base.keyring import KeysUnreadable
from balai.base.rows import TenantModel
from balai.base.sealing import SealBroken, SealedField, blind_index, seal, unseal

SARI = "3573014101900001"
BUDI = "3573010101850001"

pytestmark = pytest.mark.usefixtures("own_keys", "malang")


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys" / "sealed.json"
    monkeypatch.setattr(settings, "OPTIONS", replace(settings.OPTIONS, keys_file=str(path)))
    return path


def test_a_sealed_nik_opens_again_and_does_not_show_itself() -> None:
    sealed = seal(SARI, "nik")
    assert unseal(sealed, "nik") == SARI
    assert SARI not in sealed
    assert sealed.split("$")[:2] == ["v1", keyring.keys().current]


def test_the_same_nik_never_seals_the_same() -> None:
    assert seal(SARI, "nik") != seal(SARI, "nik")


def test_nothing_stays_nothing() -> None:
    assert seal("", "nik") == unseal("", "nik") == blind_index(" ", "nik") == ""


def test_joko_cannot_open_what_malang_sealed() -> None:
    sealed = seal(SARI, "nik")
    with tenancy.scope("35.07", also=["35.73"]), pytest.raises(SealBroken, match="does not open"):
        unseal(sealed, "nik")
    with tenancy.scope("00", also=["35.73"]):
        assert unseal(sealed, "nik", "35.73") == SARI


def test_a_seal_for_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(SealBroken, match="does not open"):
        unseal(seal(SARI, "nik"), "kk")


@pytest.mark.parametrize(
    "spoil",
    [
        # Not its last sign, of which base64 leaves some bits unread.
        lambda sealed: sealed[:-9] + ("A" if sealed[-9] != "A" else "B") + sealed[-8:],
        lambda sealed: sealed[:-8],
        lambda sealed: sealed.replace("v1$", "v2$"),
        lambda sealed: "v1$ffffffff$" + sealed.split("$")[2],
        lambda sealed: sealed.split("$")[2],
        lambda sealed: "v1$" + keyring.keys().current + "$",
        lambda sealed: "v1$" + keyring.keys().current + "$%%%",
    ],
    ids=["altered", "shortened", "unknown version", "unknown key", "bare", "empty", "no base64"],
)
def test_an_altered_value_is_noticed(spoil) -> None:
    with pytest.raises(SealBroken):
        unseal(spoil(seal(SARI, "nik")), "nik")


def test_a_nik_is_found_by_its_index_however_it_was_typed() -> None:
    found = blind_index(SARI, "nik")
    assert found == blind_index("3573 0141 0190 0001", "nik")
    assert len(found) == 32
    assert int(found, 16) >= 0
    assert SARI not in found


def test_indexes_of_tenants_purposes_and_people_differ() -> None:
    others = {
        blind_index(SARI, "nik"),
        blind_index(BUDI, "nik"),
        blind_index(SARI, "kk"),
        blind_index(SARI, "nik", "35.07"),
    }
    assert len(others) == 4


def test_the_index_outlives_a_new_key() -> None:
    before, sealed = blind_index(SARI, "nik"), seal(SARI, "nik")
    keyring.begin_rotation()
    assert blind_index(SARI, "nik") == before
    assert unseal(sealed, "nik") == SARI
    assert seal(SARI, "nik").split("$")[1] != sealed.split("$")[1]


def test_the_keys_are_readable_by_their_owner_alone(own_keys: Path) -> None:
    seal(SARI, "nik")
    assert stat.S_IMODE(own_keys.stat().st_mode) == 0o600
    keyring.begin_rotation()
    assert stat.S_IMODE(own_keys.stat().st_mode) == 0o600
    assert [path.name for path in own_keys.parent.iterdir()] == ["sealed.json"]


def test_many_workers_starting_at_once_make_one_set_of_keys(own_keys: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for made in [pool.submit(keyring._make, own_keys) for _ in range(8)]:
            own_keys.parent.mkdir(exist_ok=True)
            made.result()
    assert len(json.loads(own_keys.read_text())["keys"]) == 1


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"current": "a", "keys": {"a": "%"}, "index": "", "rotating": false}']
)
def test_a_spoilt_keys_file_is_named_and_never_overwritten(own_keys: Path, text: str) -> None:
    own_keys.parent.mkdir()
    own_keys.write_text(text)
    with pytest.raises(KeysUnreadable, match=r"sealed\.json"):
        seal(SARI, "nik")
    assert own_keys.read_text() == text


@pytest.fixture
def card(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[models.Model]]:
    """A table with a sealed column, as a module would have one; it goes with the test's transaction."""
    with isolate_apps("balai.base"):

        class Card(TenantModel):
            nik = SealedField(purpose="nik", blank=True)

            class Meta(TenantModel.Meta):
                app_label = "base"
                db_table = "test_card"

    key = "uuid" if connection.vendor == "postgresql" else "char(32)"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE test_card (id {key} PRIMARY KEY, tenant varchar(16), nik text)")
    monkeypatch.setattr(sealing, "sealed_columns", lambda: iter([(Card, "nik")]))
    before = list(tenants._sources)
    tenants.provide(lambda: ["35.73", "35.07"])
    yield Card
    tenants._sources[:] = before


@pytest.mark.django_db
class TestAColumn:
    def test_it_never_takes_or_looks_for_clear_text(self, card) -> None:
        with pytest.raises(ValueError, match="sealed text only"):
            card.objects.create(nik=SARI)
        with pytest.raises(ValueError, match="sealed text only"):
            card.objects.filter(nik=SARI).exists()

    def test_it_gives_back_sealed_text(self, card) -> None:
        card.objects.create(nik=seal(SARI, "nik"))
        assert unseal(card.objects.get().nik, "nik") == SARI

    def test_it_asks_for_a_purpose_and_a_table_that_can_change(self) -> None:
        with isolate_apps("balai.base"):

            class Stone(TenantModel):
                append_only = True
                nik = SealedField()

                class Meta(TenantModel.Meta):
                    app_label = "base"

            found = {error.id for error in Stone._meta.get_field("nik").check()}
        assert {"balai.E001", "balai.E002"} <= found

    def test_a_migration_remembers_its_purpose(self, card) -> None:
        _name, _path, _args, kwargs = card._meta.get_field("nik").deconstruct()
        assert kwargs["purpose"] == "nik"

    def test_rotation_seals_every_value_of_every_tenant_with_the_new_key(self, card) -> None:
        people = {str(uuid.UUID(int=n)): f"35730101019{n:05}" for n in range(1, 8)}
        for key, nik in people.items():
            card.objects.create(id=key, nik=seal(nik, "nik"))
        card.objects.create(nik="")
        with tenancy.scope("35.07"):
            card.objects.create(nik=seal(BUDI, "nik"))
        out = StringIO()
        call_command("rotate_sealed", batch=3, stdout=out)
        assert "35.73: base.Card.nik: 7 sealed again." in out.getvalue()
        assert "35.07: base.Card.nik: 1 sealed again." in out.getvalue()
        current = keyring.keys().current
        kept = {str(row.pk): row.nik for row in card.objects.exclude(nik="")}
        assert {key: unseal(sealed, "nik") for key, sealed in kept.items()} == people
        assert {sealed.split("$")[1] for sealed in kept.values()} == {current}
        assert len(keyring.keys().sealing) == 2
        assert not keyring.keys().is_rotating

    def test_a_stopped_rotation_goes_on_with_the_same_key(self, card) -> None:
        rows = [card.objects.create(nik=seal(SARI, "nik")) for _ in range(4)]
        keyring.begin_rotation()
        broken = rows[2].nik[:-8]
        card.objects.filter(pk=rows[2].pk).update(nik=broken)
        with pytest.raises(CommandError, match="run the command again"):
            call_command("rotate_sealed", batch=2, stdout=StringIO())
        assert sealing.stale(card, "nik").count() == 2
        card.objects.filter(pk=rows[2].pk).update(nik=seal(SARI, "nik"))
        call_command("rotate_sealed", stdout=StringIO())
        assert len(keyring.keys().sealing) == 2
        assert sealing.stale(card, "nik").count() == 0

    def test_a_value_changed_meanwhile_is_left_as_it_is(self, card) -> None:
        row = card.objects.create(nik=seal(SARI, "nik"))
        card.objects.filter(pk=row.pk).update(nik=seal(BUDI, "nik"))
        keyring.begin_rotation()
        assert sealing._sealed_again(row, card._meta.get_field("nik")) == 0
        assert unseal(card.objects.get().nik, "nik") == BUDI

    def test_only_sealed_columns_can_be_rotated(self, card) -> None:
        with pytest.raises(TypeError, match="not a sealed field"):
            sealing.rotate(card, "tenant")


def test_a_batch_below_one_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("rotate_sealed", batch=0)

"""A backup made while people write holds all that was acknowledged before; a damaged one touches nothing."""

import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from tests.installation import Installation, founded

from balai.base import backup
from balai.base.backup import BackupBroken


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with some data, stopped."""
    house = founded(tmp_path_factory)
    house.run_program("furnish")
    house.run_program("write", "first", "10")
    yield house
    house.destroy()


@pytest.fixture(scope="module")
def whole(house: Installation) -> Path:
    """A backup of it with its keys."""
    copy = house.data.parent / "whole.tar.gz"
    house.manage("backup", str(copy), "--with-keys")
    return copy


@pytest.fixture
def other(house: Installation, tmp_path: Path) -> Installation:
    """A second installation with the same data."""
    return Installation(Path(shutil.copytree(house.data, tmp_path / "other")))


def test_the_drill_everything_acknowledged_before_the_backup_is_there_after_the_restore(
    other: Installation, tmp_path: Path
) -> None:
    copy, restored = tmp_path / "cadangan.tar.gz", Installation(tmp_path / "restored")
    with other.program("write", "drill") as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(20)]
        other.manage("backup", str(copy), "--with-keys")
        writer.kill()
    assert "utuh" in restored.manage("restore", str(copy))
    found = restored.contents()
    for key in acknowledged:
        assert (found["rows"][key], found["lines"][key], found["messages"][key]) == (1, 1, 1), key
    assert found["rows"] == found["lines"] == found["messages"], "nothing is half there"
    told = restored.invariants()
    assert told["audit_length"] >= 30
    assert [told[n] for n in ("audit_breaks", "cross_tenant_rows", "jobs_asleep", "orphan_files")] == [0] * 4


def test_a_restore_over_data_needs_force_and_keeps_the_old_database(other: Installation, whole: Path) -> None:
    before = other.contents()
    other.execute("UPDATE people_office SET name = 'changed later'")
    assert "sudah berisi data" in other.manage("restore", str(whole), fails=True)
    assert not list(other.data.glob("balai.sqlite3.*-*")), "refusing touched nothing"
    other.manage("restore", str(whole), "--force")
    assert other.contents() == before
    assert len(list(other.data.glob("balai.sqlite3.*-*"))) == 1
    assert not list((other.data / "tmp").iterdir())


def test_a_restore_is_refused_while_the_database_is_in_use_even_with_force(
    other: Installation, whole: Path
) -> None:
    with other.program("write", "busy") as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            assert "masih dipakai" in other.manage("restore", str(whole), "--force", fails=True)
        finally:
            writer.kill()
    assert "busy-0" in other.contents()["rows"]


def test_a_backup_without_keys_says_so_and_is_not_restored_under_other_keys(
    house: Installation, tmp_path: Path
) -> None:
    copy = tmp_path / "c.tar.gz"
    assert "TIDAK ikut" in house.manage("backup", str(copy))
    with tarfile.open(copy) as archive:
        assert not [name for name in archive.getnames() if name.startswith("keys/")]
    stranger = Installation(tmp_path / "stranger")
    assert "Kunci pemasangan ini bukan" in stranger.manage("restore", str(copy), fails=True)
    shutil.copytree(house.data / "keys", stranger.data / "keys", dirs_exist_ok=True)
    assert "utuh" in stranger.manage("restore", str(copy))


def test_an_upgrade_is_checked_before_anything_changes(other: Installation, tmp_path: Path) -> None:
    """Tables that are new in this version are not there yet; nothing that runs before may ask them."""
    for model in apps.get_app_config("evaluation").get_models():
        other.execute(f"DROP TABLE {model._meta.db_table}")
    other.execute("DELETE FROM django_migrations WHERE app = 'evaluation'")
    told = other.manage("upgrade", "--check")
    assert "siap untuk versi" in told and "evaluation.0001_initial" in told
    other.manage("backup", str(tmp_path / "older.tar.gz"), "--with-keys")
    assert "utuh" in Installation(tmp_path / "restored").manage("restore", str(tmp_path / "older.tar.gz"))
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    other.execute("INSERT INTO base_worker (name, started_at, seen_at) VALUES ('x', ?, ?)", now, now)
    assert "masih berjalan" in other.manage("upgrade", fails=True)


@pytest.fixture
def two_databases() -> Iterator[list[str]]:
    """The addresses of two empty databases on the server of the tests."""
    held = connection.settings_dict
    host = f"{held['USER']}:{held['PASSWORD']}@{held['HOST']}:{held['PORT']}"
    names = [f"balai_drill_{os.getpid()}_{number}" for number in (1, 2)]
    with psycopg.connect(f"postgresql://{host}/postgres", autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield [f"postgresql://{host}/{name}" for name in names]
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgresql
@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"] != "balai.base.postgresql", reason="needs it")
def test_the_drill_on_postgresql(two_databases: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "cadangan.tar.gz"
    house = Installation(tmp_path / "house", two_databases[0])
    house.run_program("furnish")
    house.run_program("write", "first", "10")
    house.manage("seal_journal")
    with house.program("write", "drill") as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(20)]
        house.manage("backup", str(copy), "--with-keys")
        writer.kill()
    restored = Installation(tmp_path / "restored", two_databases[1])
    assert "utuh" in restored.manage("restore", str(copy))
    told = restored.invariants()
    assert told["audit_length"] >= 10 + len(acknowledged)
    assert [told[n] for n in ("audit_breaks", "cross_tenant_rows", "jobs_asleep")] == [0] * 3
    assert "sudah berisi data" in restored.manage("restore", str(copy), fails=True)
    restored.manage("restore", str(copy), "--force")
    assert restored.invariants() == told


# --- damaged backups -----------------------------------------------------------


def _archive(path: Path, members: dict[str, bytes], manifest: dict[str, object] | None) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if manifest is not None:
            text = json.dumps(manifest).encode()
            info = tarfile.TarInfo(backup.MANIFEST)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    return path


def _manifest(**changed: object) -> dict[str, object]:
    return {
        "vendor": "sqlite", "version": "0", "made_at": "", "migrations": [], "key": "", "with_keys": False,
        "heads": {}, "rows": {}, "parts": {"data/a": [1, "x"]}, "format": backup.FORMAT, **changed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("members", "manifest", "because"),
    [
        ({"data/a": b"1"}, None, "no manifest"),
        ({"data/a": b"1"}, _manifest(), "a part with another hash"),
        ({}, _manifest(), "a part is missing"),
        ({"data/b": b"1"}, _manifest(parts={}), "a part nobody put in"),
        ({"../a": b"1"}, _manifest(parts={}), "a name that leaves the folder"),
        ({"/etc/a": b"1"}, _manifest(parts={}), "a name from the root"),
        ({"data/../../a": b"1"}, _manifest(parts={}), "a name that leaves the folder later"),
        ({"elsewhere/a": b"1"}, _manifest(parts={}), "a folder that is not ours"),
        ({}, _manifest(parts={}, format=99), "a form of the future"),
        ({}, {"format": backup.FORMAT}, "a manifest with half its fields"),
    ],
)
def test_a_damaged_backup_is_refused(
    tmp_path: Path, members: dict[str, bytes], manifest: dict[str, object] | None, because: str
) -> None:
    folder = tmp_path / "inside" / "folder"
    folder.mkdir(parents=True)
    with pytest.raises(BackupBroken):
        backup.unpack(_archive(tmp_path / "b.tar.gz", members, manifest), folder)
    assert not list(tmp_path.glob("a")) + list((tmp_path / "inside").glob("a")), because


@pytest.mark.parametrize("keep", [0, 10, 200, -1], ids=lambda keep: f"first {keep} bytes")
def test_a_backup_that_is_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    whole = _archive(tmp_path / "b.tar.gz", {"data/a": bytes(range(256)) * 40}, _manifest())
    whole.write_bytes(whole.read_bytes()[:keep])
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(BackupBroken):
        backup.unpack(whole, folder)


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("data/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    with pytest.raises(BackupBroken):
        backup.unpack(tmp_path / "b.tar.gz", tmp_path)

"""Restoring a backup: all of it is checked before anything is touched, and one step makes it count.

Files of the backup are put beside those that are there: they are named by their
content, so nothing is overwritten. Then the database is replaced by a rename
(SQLite) or in one transaction (PostgreSQL). Until that step the installation is
the old one, after it the new one.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import backup, keyring, seals, tenants, worker
from balai.base.backup import BackupBroken, Manifest
from balai.base.disk import make_folder, settle
from balai.base.errors import Conflict


@dataclass(frozen=True)
class Restored:
    """What a restore did: the manifest, where the old database lies, what the operator must know."""

    manifest: Manifest
    before: Path | None
    warnings: tuple[str, ...]


def restore(source: Path, *, force: bool = False) -> Restored:
    """Put the backup `source` in the place of this installation's data.

    Args:
        force: also when there is data already, when a worker was seen just now, or when the
            keys of the backup are not those of this installation.

    Raises:
        BackupBroken: the backup is not whole or not for this version; nothing was touched.
        Conflict: it would replace data and `force` is False, or the database is in use.
    """
    with backup.scratch() as folder:
        manifest = backup.unpack(source, folder)
        _check_fit(manifest, folder)
        warnings = _check_place(manifest, force=force)
        if manifest.with_keys:
            _place_keys(folder / "keys")
        _place_files(folder / "data")
        before = _replace[manifest.vendor](folder)
        _set_aside(manifest)
    return Restored(manifest, before, tuple(warnings))


# --- checks ----------------------------------------------------------------------


def _check_fit(manifest: Manifest, folder: Path) -> None:
    """Refuse a backup of another kind of database, of a newer version, or with a damaged database."""
    if manifest.vendor != connection.vendor:
        told = _("Cadangan ini dari %(theirs)s, pemasangan ini memakai %(ours)s.")
        raise BackupBroken(told % {"theirs": manifest.vendor, "ours": connection.vendor})
    unknown = sorted(set(manifest.migrations) - known_migrations())
    if unknown:
        told = _("Cadangan ini dari versi yang lebih baru (%(version)s; %(name)s belum dikenal).")
        raise BackupBroken(told % {"version": manifest.version, "name": unknown[0]})
    if manifest.vendor == "sqlite":
        with closing(sqlite3.connect(folder / backup.SQLITE_MEMBER)) as copy:
            if backup.examine_sqlite(copy) != manifest.rows:
                raise BackupBroken(_("Jumlah baris dalam cadangan tidak sama dengan daftar isinya."))


def known_migrations() -> set[str]:
    """Return every migration this version knows, as "app.name"."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced}}


def is_older(manifest: Manifest) -> bool:
    """Tell whether a backup lacks tables or columns that this version knows."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return not set(manifest.migrations) >= {f"{app}.{name}" for app, name in known}


def _check_place(manifest: Manifest, *, force: bool) -> list[str]:
    """Return what is in the way; raise it unless `force`."""
    in_the_way = []
    if _has_data():
        in_the_way.append(_("Pemasangan ini sudah berisi data."))
        silence = worker.last_seen()
        if silence is not None and silence < worker.LEASE:
            in_the_way.append(_("Balai masih berjalan di data ini; hentikan dahulu."))
    if not manifest.with_keys and (not keyring.keys_path().exists() or seals.key_name() != manifest.key):
        in_the_way.append(
            _(
                "Kunci pemasangan ini bukan kunci cadangan itu: nilai tersegel tidak akan terbaca. "
                "Letakkan berkas kunci yang semestinya di %(path)s."
            )
            % {"path": keyring.keys_path()}
        )
    if in_the_way and not force:
        raise Conflict(" ".join([*in_the_way, _("Ulangi dengan --force bila memang itu yang dimaksud.")]))
    return in_the_way


def _has_data() -> bool:
    try:
        return bool(tenants.every())
    except DatabaseError:
        return False
    finally:
        connection.close()


# --- replacing -------------------------------------------------------------------


def _place_keys(folder: Path) -> None:
    """Put the keys in place; other keys that are there are kept beside them."""
    for name, target in (("sealed.json", keyring.keys_path()), ("secret", backup.secret_path())):
        new = folder / name
        if target.exists() and target.read_bytes() == new.read_bytes():
            continue
        make_folder(target.parent)
        if target.exists():
            target.replace(target.with_name(f"{target.name}.{_stamp()}"))
        shutil.copy2(new, target)
        settle(target.parent)


def _place_files(folder: Path) -> None:
    """Move files to where they belong; those that are named by their content and there already stay."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            target = Path(settings.DATA) / path.relative_to(folder)
            make_folder(target.parent)
            path.replace(target)


def _replace_sqlite(folder: Path) -> Path | None:
    """Put the copy in the place of the database; return where the old one is kept."""
    place = backup.database_path()
    connection.close()
    before = None
    if place.exists() and _leave_wal(place):
        before = place.with_name(f"{place.name}.{_stamp()}")
        os.link(place, before)
    (folder / backup.SQLITE_MEMBER).replace(place)
    settle(place.parent)
    return before


def _leave_wal(place: Path) -> bool:
    """Bring everything into the one file; return whether it holds any table.

    SQLite allows that only when nobody else has it open, and a write-ahead log
    left over would be taken for one of the new database.
    """
    try:
        with closing(sqlite3.connect(place, timeout=2)) as old:
            (mode,) = old.execute("PRAGMA journal_mode=DELETE").fetchone()
            (tables,) = old.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        raise Conflict(_("Basis data masih dipakai; hentikan Balai dahulu.")) from error
    if mode != "delete":
        raise Conflict(_("Basis data masih dipakai; hentikan Balai dahulu."))
    return bool(tables)


def _replace_postgresql(folder: Path) -> None:
    """Replace every table in one transaction, as the owner of the tables where there is one."""
    owner = settings.OPTIONS.owner_database_url
    name = urlsplit(owner).path.strip("/") or connection.settings_dict["NAME"]
    connection.close()
    backup.pg(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        "--dbname", unquote(name), str(folder / backup.POSTGRES_MEMBER), url=owner,
    )  # fmt: skip


_replace: dict[str, Callable[[Path], Path | None]] = {
    "sqlite": _replace_sqlite,
    "postgresql": _replace_postgresql,
}


def _set_aside(manifest: Manifest) -> None:
    """Move files the backup does not know out of the way; they belong to what was replaced."""
    data = Path(settings.DATA)
    for name, path in backup.carried(with_keys=False):
        if name not in manifest.parts:
            target = data / "backups" / f"replaced-{_stamp()}" / path.relative_to(data)
            make_folder(target.parent)
            path.replace(target)


def _stamp() -> str:
    return f"{timezone.localtime():%Y%m%d-%H%M%S}"

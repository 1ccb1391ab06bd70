"""Backups: one file that holds the whole installation at one moment, made while it runs.

The database is copied first, as one snapshot; then the files, which are never
changed once they are there, so every file the snapshot names is in the backup.
Last comes the manifest with the hash of each part. The keys of sealed values
are left out unless asked for: who finds a backup must not be able to open it.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import keyring, seals, tenants
from balai.base.disk import make_folder, settle
from balai.base.errors import Refused
from balai.base.version import version

MANIFEST = "manifest.json"
SQLITE_MEMBER = "database/balai.sqlite3"
POSTGRES_MEMBER = "database/balai.dump"
FORMAT = 1

NOT_KEPT = {"keys", "log", "mail", "backups", "tmp", "lost+found"}
"""Folders of the data folder that are no part of a backup; keys only when asked for."""
NOT_CARRIED = {"incoming", ".lock"}


class BackupBroken(Refused):
    """The backup is not whole, not ours, or not for this version; nothing was touched."""


@dataclass
class Manifest:
    """What a backup holds.

    Attributes:
        vendor: sqlite or postgresql.
        migrations: what the database had seen, as "app.name".
        parts: name in the archive → [size in bytes, SHA-256].
        rows: table → number of rows (SQLite only).
        heads: tenant → how far its journal chain was just before; it is at least that long.
        key: short name of the key the journal was sealed with.
    """

    vendor: str
    version: str
    made_at: str
    migrations: list[str]
    key: str
    with_keys: bool
    heads: dict[str, int]
    rows: dict[str, int]
    parts: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT


def default_path(now: datetime) -> Path:
    """Return where a backup goes when nobody says where."""
    local = timezone.localtime(now)
    return Path(settings.DATA) / "backups" / f"balai-{local:%Y%m%d-%H%M%S}.tar.gz"


# --- making --------------------------------------------------------------------


def make(target: Path, *, with_keys: bool = False) -> Manifest:
    """Write a backup of the running installation to `target`; it is whole or not there.

    Raises:
        Refused: there is not enough room, or the tools of PostgreSQL are missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    with scratch() as folder:
        heads = {tenant: seals.length() for tenant in tenants.visit()}
        member, copy, rows = _copied_database(folder)
        manifest = Manifest(
            vendor=connection.vendor,
            version=version(),
            made_at=timezone.now().isoformat(),
            migrations=applied_migrations(),
            key=seals.key_name(),
            with_keys=with_keys,
            heads=heads,
            rows=rows,
        )
        try:
            with (
                _private(draft) as raw,
                gzip.GzipFile("", "wb", 3, raw, 0) as zipped,
                tarfile.open(fileobj=zipped, mode="w|", format=tarfile.PAX_FORMAT) as archive,
            ):
                _add(archive, manifest, member, copy)
                for name, path in carried(with_keys=with_keys):
                    _add(archive, manifest, name, path)
                _add_text(archive, MANIFEST, json.dumps(asdict(manifest), indent=1))
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    settle(target.parent)
    return manifest


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder on the disk of the data folder; it is gone afterwards."""
    parent = Path(settings.DATA) / "tmp"
    make_folder(parent)
    folder = Path(mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """Open a new file only its owner may read, and have it on the disk at the end."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _copied_database(folder: Path) -> tuple[str, Path, dict[str, int]]:
    """Copy the database as of one moment; return its name in the archive, the copy, and its row counts."""
    if connection.vendor == "postgresql":
        copy = folder / "balai.dump"
        pg(
            "pg_dump", "--format=custom", "--enable-row-security", "--no-owner", "--file", str(copy),
            reads=tenants.every(),
        )  # fmt: skip
        return POSTGRES_MEMBER, copy, {}
    source = database_path()
    copy = folder / "balai.sqlite3"
    _need_room(folder, source.stat().st_size)
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(copy)) as kept:
        # In one step: the copy is the state of one moment, and writers go on meanwhile (WAL).
        live.backup(kept, pages=-1)
        kept.execute("PRAGMA journal_mode=DELETE")
        return SQLITE_MEMBER, copy, examine_sqlite(kept)


def database_path() -> Path:
    """Return where the embedded database lies."""
    return Path(connection.settings_dict["NAME"])


def _need_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * 2 + 50_000_000:
        told = _("Ruang tersisa %(free)s MB, yang diperlukan sekitar %(need)s MB.")
        raise Refused(told % {"free": free // 1_000_000, "need": size * 2 // 1_000_000 + 50})


def examine_sqlite(database: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of each table.

    Raises:
        BackupBroken: SQLite finds the database damaged.
    """
    try:
        (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise BackupBroken(_("Salinan basis data rusak: %(verdict)s") % {"verdict": verdict})
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608
    except sqlite3.DatabaseError as error:
        raise BackupBroken(_("Salinan basis data rusak: %(verdict)s") % {"verdict": error}) from error


def carried(*, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """Yield (name in the archive, path) of every file of the data folder that belongs in a backup."""
    data = Path(settings.DATA)
    for path in sorted(data.rglob("*")):
        inside = path.relative_to(data)
        if inside.parts[0] in NOT_KEPT or not NOT_CARRIED.isdisjoint(inside.parts):
            continue
        if path.is_file() and not path.is_symlink() and not path.name.startswith("balai.sqlite3"):
            yield f"data/{inside.as_posix()}", path
    if with_keys:
        keyring.keys()
        yield "keys/sealed.json", keyring.keys_path()
        yield "keys/secret", secret_path()


def secret_path() -> Path:
    """Return where the secret of sessions lies."""
    return Path(settings.OPTIONS.secret_key_file or Path(settings.DATA) / "keys" / "secret")


class _Hashing:
    """Reads a file and reckons its hash on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.total = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.total.update(chunk)
        self.size += len(chunk)
        return chunk


def _add(archive: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # swept up meanwhile; no row of the snapshot needs it, or the restore will tell
    with file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size
        info.mode = 0o600
        hashing = _Hashing(file)
        archive.addfile(info, hashing)
        manifest.parts[name] = [info.size, hashing.total.hexdigest()]


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def applied_migrations() -> list[str]:
    """Return what the database has seen, as "app.name"."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def pg(tool: str, *arguments: str, url: str = "", reads: Iterable[str] = ()) -> None:
    """Run a tool of PostgreSQL on our database.

    Args:
        reads: the tenants whose rows it can see.
        url: another address of the same database, such as that of the owner of its tables.

    Raises:
        Refused: the tool is not there, or it failed; its own words are told.
    """
    held = connection.settings_dict
    parts = urlsplit(url)
    environment = {
        **os.environ,
        "PGDATABASE": unquote(parts.path.strip("/")) or held["NAME"],
        "PGUSER": unquote(parts.username or "") or held["USER"],
        "PGPASSWORD": unquote(parts.password or "") or held["PASSWORD"],
        "PGHOST": unquote(parts.hostname or "") or held["HOST"],
        "PGPORT": str(parts.port or "") or held["PORT"],
        "PGOPTIONS": f"-c balai.reads={','.join(reads)}",
    }
    try:
        subprocess.run(
            [tool, "--no-password", *arguments], env=environment, check=True, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise Refused(_("%(tool)s tidak ada; pasang postgresql-client.") % {"tool": tool}) from error
    except subprocess.CalledProcessError as error:
        raise Refused(f"{tool}: {error.stderr.strip()[-1000:]}") from error


# --- opening -------------------------------------------------------------------


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and check every part of it.

    Raises:
        BackupBroken: it is not a backup, is cut short, or a part is not what was put in.
    """
    found: dict[str, list[Any]] = {}
    text = b""
    try:
        with tarfile.open(source, "r|gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    raise BackupBroken(
                        _("Cadangan memuat %(name)s, yang bukan berkas.") % {"name": member.name}
                    )
                if member.name == MANIFEST:
                    text = content.read()
                    continue
                found[member.name] = _unpacked(content, folder, member.name)  # type: ignore[arg-type]
    except (tarfile.TarError, EOFError, OSError, gzip.BadGzipFile) as error:
        raise BackupBroken(
            _("%(file)s bukan cadangan yang utuh: %(error)s") % {"file": source, "error": error}
        ) from error
    if not text:
        raise BackupBroken(_("%(file)s tidak lengkap: daftar isinya tidak ada.") % {"file": source})
    manifest = _read_manifest(text)
    wrong = sorted(name for name in {*found, *manifest.parts} if found.get(name) != manifest.parts.get(name))
    if wrong:
        raise BackupBroken(_("Cadangan rusak pada %(names)s.") % {"names": ", ".join(wrong[:5])})
    return manifest


def _unpacked(content: BinaryIO, folder: Path, name: str) -> list[Any]:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or parts[0] not in ("database", "data", "keys"):
        raise BackupBroken(_("Cadangan memuat nama yang tidak semestinya: %(name)s.") % {"name": name})
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    hashing = _Hashing(content)
    with _private(target) as file:
        shutil.copyfileobj(hashing, file, 1 << 20)
    return [hashing.size, hashing.total.hexdigest()]


def _read_manifest(text: bytes) -> Manifest:
    try:
        held = json.loads(text)
        if held.get("format") != FORMAT:
            raise BackupBroken(_("Cadangan ini dibuat dengan bentuk yang belum dikenal versi ini."))
        return Manifest(**held)
    except (ValueError, TypeError, AttributeError) as error:
        raise BackupBroken(_("Daftar isi cadangan tidak terbaca.")) from error

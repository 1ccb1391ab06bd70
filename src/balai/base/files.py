"""Files people hand in: kept by content, checked by content, given out under random names.

Bytes lie at ``files/<tenant>/ab/cd/<sha256>`` in the data folder, each content
once a tenant; rows are as many as were handed in. Tenants do not share bytes:
nobody learns that another city keeps the same file, and a city can be taken out
whole. Bytes are on disk before their row is written, so a row always has them;
bytes that a stopped change left behind are swept up later.
"""

import fcntl
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.contents import Kind, Unfit, examine
from balai.base.disk import make_folder, settle
from balai.base.errors import Fault, Forbidden, Invalid
from balai.base.invariants import invariant
from balai.base.rows import TenantModel
from balai.base.schedules import every

IN_FLIGHT = timedelta(hours=1)
"""Bytes younger than this may belong to a change that is not finished."""

_CHUNK = 1 << 20
_LONGEST_NAME = 120
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f]')
_ENDING = re.compile(r"\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,5}\Z")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class StoredFile(TenantModel):
    """A file of a tenant. The bytes lie in the data folder under their SHA-256."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    public_name = models.CharField(max_length=64)
    stored_at = models.DateTimeField(auto_now_add=True)
    stored_by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        app_label = "base"
        constraints = [models.UniqueConstraint(fields=["tenant", "public_name"], name="file_public_name")]
        indexes = [models.Index(fields=["tenant", "sha256"], name="file_content")]

    @property
    def owner_account(self) -> str:
        """Id of the account that handed it in, as `Actor.may` asks for it."""
        return self.stored_by


def store_file(content: BinaryIO, name: str, actor: Actor) -> StoredFile:
    """Keep a file and return its row, written in the transaction that is open, or in one of its own.

    The caller has asked whether the actor may add a file to the thing it belongs
    to. Photos are drawn anew without metadata; other kinds are kept byte by byte.
    The ending of the name follows the content.

    Args:
        content: read once from where it stands, at most one byte past the limit.
        name: as the person's machine calls it; only its last part is kept, cleaned.

    Raises:
        Invalid: empty, larger than BALAI_UPLOAD_MAX_MB, or not of a kind that is taken.
        Forbidden: the actor acts in another tenant.
    """
    if actor.tenant != tenancy.current_tenant():
        raise Forbidden(_("Berkas hanya dapat disimpan pada pemerintah daerah tempat Anda bertugas."))
    shown = clean_name(name)
    with _incoming() as draft:
        _receive(content, draft, shown)
        kind = _examined(draft, shown)
        digest, size = _measured(draft)
        _lay_down(draft, digest)
    with transaction.atomic():
        stored: StoredFile = StoredFile.objects.create(
            sha256=digest,
            size=size,
            media_type=kind.media_type,
            name=_with_ending(shown, kind),
            public_name=secrets.token_urlsafe(16),
            stored_by=actor.id,
        )
        journal.write(actor, "files.store", stored, sha256=digest, size=size, media_type=kind.media_type)
    return stored


def open_file(stored: StoredFile) -> BinaryIO:
    """Open the bytes of a row for reading. The caller has asked the actor's right.

    Raises:
        FileNotFoundError: the bytes are gone, or not those that were stored; `invariants` counts such rows.
    """
    file = path_of(stored.tenant, stored.sha256).open("rb")
    if os.fstat(file.fileno()).st_size != stored.size:
        file.close()
        raise FileNotFoundError(f"the bytes of file {stored.pk} are not those that were stored")
    return file


def clean_name(name: str) -> str:
    """Return a name that is safe in a header, on a page and on any disk, of 120 characters at most.

    >>> clean_name("../../etc/passwd"), clean_name("C:\\\\Foto\\\\Alun-alun  Malang.PNG"), clean_name("..")
    ('passwd', 'Alun-alun Malang.PNG', 'berkas')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    plain = " ".join(_UNSAFE.sub("_", plain).split()).strip(". ")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    ending = _ending(plain)
    return plain[: -len(ending) or None][: _LONGEST_NAME - len(ending)].rstrip(". ") + ending or "berkas"


def _ending(name: str) -> str:
    found = _ENDING.search(name)
    return found[0] if found and found.start() else ""


def _with_ending(name: str, kind: Kind) -> str:
    """Return the name with the ending of its content: "foto.exe" that is a PNG becomes "foto.png"."""
    stem, ending = name[: -len(_ending(name)) or None], _ending(name).lower()
    if ending == kind.ending or (ending, kind.ending) == (".jpeg", ".jpg"):
        return name
    # "laporan.pdf.exe" that is a PDF loses its false ending alone.
    return stem if _ending(stem).lower() == kind.ending else stem + kind.ending


def path_of(tenant: str, sha256: str) -> Path:
    """Return where the bytes of a content lie, or would lie."""
    return _folder(tenant) / sha256[:2] / sha256[2:4] / sha256


def _folder(tenant: str) -> Path:
    if not _TENANT.fullmatch(tenant):
        raise ValueError(f"tenant {tenant!r} cannot name a folder")
    return Path(settings.DATA) / "files" / tenant


@contextmanager
def _incoming() -> Iterator[Path]:
    """Give a path for bytes under way, on the disk they will stay on; nothing is left there."""
    folder = _folder(tenancy.current_tenant()) / "incoming"
    make_folder(folder)
    draft = folder / secrets.token_hex(16)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _receive(content: BinaryIO, draft: Path, name: str) -> None:
    limit = settings.OPTIONS.upload_max_mb * 1_000_000
    size = 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while part := content.read(min(_CHUNK, limit + 1 - size)):
            size += len(part)
            if size > limit:
                raise Invalid(
                    [
                        Fault(
                            name,
                            _("Berkasnya lebih besar dari %(limit)d MB.")
                            % {"limit": settings.OPTIONS.upload_max_mb},
                            _("Perkecil atau bagi berkasnya."),
                        )
                    ]
                )
            file.write(part)


def _examined(draft: Path, name: str) -> Kind:
    try:
        with draft.open("rb") as file:
            kind, anew = examine(file, name)
    except Unfit as unfit:
        raise Invalid([Fault(name, unfit.wrong, unfit.right)]) from unfit
    if anew is not None:
        draft.write_bytes(anew)
    return kind


def _measured(draft: Path) -> tuple[str, int]:
    with draft.open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        return digest, file.tell()


def _lay_down(draft: Path, digest: str) -> None:
    """Move the bytes to their place, also over equal ones: that makes them young, so no sweep takes them."""
    tenant = tenancy.current_tenant()
    place = path_of(tenant, digest)
    make_folder(place.parent)
    with _locked(tenant, fcntl.LOCK_SH):
        draft.replace(place)
        os.utime(place)
    settle(place.parent)


@contextmanager
def _locked(tenant: str, how: int) -> Iterator[None]:
    """Keep sweeping and laying down apart; several may lay down at once."""
    with (_folder(tenant) / ".lock").open("a") as lock:
        fcntl.flock(lock, how)
        yield


@dataclass(frozen=True)
class Orphans:
    """What does not match between disk and table: contents without a row, ids of rows without their bytes."""

    bytes_without_row: tuple[str, ...]
    rows_without_bytes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.bytes_without_row) + len(self.rows_without_bytes)


def orphans(before: datetime) -> Orphans:
    """Return what does not match in the tenant in scope; bytes laid down after `before` are left out.

    Compares names and sizes; it does not read the files.
    """
    tenant = tenancy.current_tenant()
    on_disk = {path.name: path.stat() for path in _contents(tenant)}
    rows = StoredFile.objects.filter(tenant=tenant).values_list("id", "sha256", "size").order_by("id")
    known, lost = set(), []
    for key, sha256, size in rows.iterator(chunk_size=5000):
        known.add(sha256)
        if sha256 not in on_disk or on_disk[sha256].st_size != size:
            lost.append(str(key))
    old = before.timestamp()
    left = sorted(sha for sha, found in on_disk.items() if sha not in known and found.st_mtime < old)
    return Orphans(tuple(left), tuple(lost))


def _contents(tenant: str) -> Iterator[Path]:
    return (path for path in _folder(tenant).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*") if path.is_file())


@invariant("orphan_files")
def _count_orphans() -> int:
    return len(orphans(timezone.now() - IN_FLIGHT))


def sweep(before: datetime) -> int:
    """Remove bytes of the tenant in scope that no row has, laid down before `before`; return how many."""
    tenant = tenancy.current_tenant()
    if not _folder(tenant).is_dir():
        return 0
    with _locked(tenant, fcntl.LOCK_EX):
        left = [path_of(tenant, sha256) for sha256 in orphans(before).bytes_without_row]
        drafts = [
            draft
            for draft in (_folder(tenant) / "incoming").glob("*")
            if draft.stat().st_mtime < before.timestamp()
        ]
        for path in (*left, *drafts):
            path.unlink(missing_ok=True)
    return len(left) + len(drafts)


@every("files.sweep", at=time(2, 20), in_one_transaction=False)
def _sweep_daily(due: str) -> None:
    sweep(datetime.fromisoformat(due) - timedelta(days=1))

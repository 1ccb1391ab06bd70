"""Files handed in for datasets: received in parts, agreed to, signed where they must be, published.

A page, the API and a scheduled fetch call these. What takes long is done by the job `data.intake`
(`changes.intake_work`), which is asked for in the transaction that changes the state; so an
acknowledged file is worked on whatever stops in between.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from shutil import disk_usage
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from balai.base import jobs, journal, sealed_files, sealing, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked, NotFound, Refused
from balai.base.files import clean_name
from balai.data import columnar
from balai.data.changes.versions import _dataset, _declaration
from balai.data.intake import place
from balai.data.intake.decoding import ENCODINGS
from balai.data.intake.layout import DELIMITERS, QUOTES
from balai.data.intake.models import FetchSource, Upload

log = structlog.get_logger(__name__)

JOB = "data.intake"
UNFINISHED = timedelta(days=7)
"""How long a file that is not yet whole waits for its rest."""
WAITING = timedelta(days=30)
"""How long a whole file waits for somebody to go on with it."""
_LONGEST_PERIOD = 40
_LAYOUT = ("encoding", "delimiter", "quote", "header_row", "sheet")


ROOM = 2.2
"""Bytes of disk a byte of CSV takes at most until its version stands: the file, sealed; its text, packed;
what the engine sorts aside; the version. Most below a gigabyte, whose rows are sorted at once."""


class NoRoom(Refused):
    """The local government has as much on its way as it may, or the disk is full."""

    status = 507


@transaction.atomic
def begin_upload(
    actor: Actor,
    dataset: str | None,
    name: str,
    size: int,
    *,
    at: datetime,
    sha256: str = "",
    source: str = Upload.Source.PAGE,
    fetched_from: FetchSource | None = None,
    said: Mapping[str, Any] | None = None,
) -> Upload:
    """Announce a file of `size` bytes; its parts follow by `append`.

    Args:
        dataset: whose next version it holds; None where a dataset is to be declared after it.
        sha256: of the whole file, told by the sender; it is compared once all is there.

    Raises:
        Forbidden, NotFound: as `publish`.
        Locked: the metadata of the dataset was never checked.
        Invalid: no size, or larger than BALAI_INTAKE_MAX_MB.
        NoRoom: the files on their way would take more than BALAI_INTAKE_QUOTA_MB, or the disk has no
            room for what becomes of this one (ROOM).
    """
    row = None
    if dataset is None:
        actor.require("data.produce")
    else:
        row = _dataset(dataset)
        actor.require("data.publish", row)
        _declaration(row)
        if row.definition_hash:
            raise Locked(_("Set data ini mengikuti berkas definisi; barisnya dibuat sistem."))
    options = settings.OPTIONS
    if not 0 < size <= options.intake_max_mb * 1_000_000:
        right = _("Paling besar %(most)d MB.") % {"most": options.intake_max_mb}
        wrong = _("Berkasnya kosong.") if size <= 0 else _("Berkasnya terlalu besar.")
        raise Invalid([Fault("size", wrong, right)])
    if sha256 and not re.fullmatch("[0-9a-f]{64}", sha256):
        raise Invalid([Fault("sha256", _("Bukan SHA-256."), _("Tulis 64 angka heksadesimal kecil."))])
    held = _alive().aggregate(sum=Sum("size"))["sum"] or 0
    if held + size > options.intake_quota_mb * 1_000_000:
        raise NoRoom(
            _("Berkas yang sedang diproses di daerah ini sudah %(most)d MB. Selesaikan atau buang yang lama.")
            % {"most": options.intake_quota_mb}
        )
    if disk_usage(settings.DATA).free < size * ROOM:
        raise NoRoom(no_room())
    upload: Upload = Upload.objects.create(
        dataset=row,
        name=clean_name(name),
        size=size,
        told_sha256=sha256,
        source=source,
        fetched_from=fetched_from,
        said=dict(said or {}),
        key=sealing.seal(sealed_files.new_key(), "intake.key"),
        owner_id_text=actor.id,
        owner_name=actor.name,
        created_at=at,
        touched_at=at,
    )
    journal.write(
        actor, "upload.begin", upload, dataset=dataset or "", name=upload.name, size=size, source=str(source)
    )
    return upload


def no_room() -> str:
    """Return what is told of a disk that is full."""
    return _(
        "Ruang disk di server tidak cukup untuk berkas ini. Yang sudah terkirim aman; hubungi pengelola, "
        "lalu lanjutkan."
    )


def append(actor: Actor, upload: UUID, offset: int, content: BinaryIO, most: int, *, at: datetime) -> Upload:
    """Take bytes from `offset` on; whatever the answer says was taken is on disk for good.

    Call it outside of a transaction: a slow line would hold up others.

    Args:
        content: read up to `most` bytes, and no further than the size that was announced.

    Raises:
        NotFound, Forbidden.
        Locked: the file is whole already.
        Conflict: `offset` is not where the file stands; ask where it does and go on there.
        NoRoom: the disk is full; what was acknowledged stays.
    """
    row = own_upload(actor, upload)
    if row.state != Upload.State.RECEIVING:
        raise Locked(_("Berkas ini sudah diterima seluruhnya."))
    if row.offset != offset:
        told = _("Bagian ini bukan lanjutannya: berkasnya sudah diterima sampai bita %(offset)d.")
        raise Conflict(told % {"offset": row.offset}, {"offset": (offset, row.offset)})
    try:
        taken = place.append(row.tenant, row.pk, row.file_key, offset, content, min(most, row.size - offset))
    except OSError as error:
        if not columnar.is_disk_full(error):
            raise
        log.error("disk_full", upload=str(row.pk), offset=offset, size=row.size)
        raise NoRoom(no_room()) from None
    with transaction.atomic():
        found = Upload.objects.filter(pk=row.pk, state=Upload.State.RECEIVING, offset=offset)
        if taken and not found.update(offset=offset + taken, touched_at=at):
            raise Conflict(_("Bagian lain dari berkas ini sedang diterima."))
        row.refresh_from_db()
        if row.offset == row.size:
            journal.write(actor, "upload.whole", row, size=row.size)
            _work(row, Upload.State.READING, at)
    return row


def take_whole(
    actor: Actor,
    dataset: str | None,
    content: BinaryIO,
    name: str,
    size: int,
    *,
    at: datetime,
    **more: Any,
) -> Upload:
    """Take a file that is here at once. Raises as `begin_upload` and `append`."""
    row = begin_upload(actor, dataset, name, size, at=at, **more)
    return append(actor, row.pk, 0, content, size, at=at)


def own_upload(actor: Actor, upload: UUID, *, lock: bool = False) -> Upload:
    """Return a file the actor handed in, or could have. Raises NotFound."""
    rows = Upload.objects.select_related("dataset", "dataset__current", "dataset__producer")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(tenant=tenancy.current_tenant(), pk=upload).exclude(state=Upload.State.DROPPED).first()
    if row is None or not _may_go_on(actor, row):
        raise NotFound(_("Tidak ada berkas seperti ini di antara kiriman Anda."))
    return row


def _may_go_on(actor: Actor, row: Upload) -> bool:
    if row.dataset is None:
        return actor.may("data.produce") and row.owner_id_text == actor.id and row.tenant == actor.tenant
    return actor.may("data.publish", row.dataset)


@transaction.atomic
def choose(actor: Actor, upload: UUID, said: Mapping[str, Any], *, version: int, at: datetime) -> Upload:
    """Say how a file is read, and what its version is; the work goes on with it.

    Args:
        said: any of layout, columns (heading by column, "" for none), styles, regions (code by name),
            period, reason, corrects. Another layout has the file read anew; else it is checked.

    Raises:
        NotFound, Conflict.
        Locked: nothing is asked of this file now.
        Invalid: no period, a correction without a reason, or a layout that there is not.
    """
    row = _taken(actor, upload, version, ("asking", "refused", "judged"))
    layout = {name: value for name, value in dict(said.get("layout") or {}).items() if name in _LAYOUT}
    _refuse_layout(layout)
    known = {name: value for name, value in row.said.items() if name != "unseen"}
    is_anew = row.state == Upload.State.REFUSED or any(
        value != (row.taken.get("layout") or {}).get(name) for name, value in layout.items()
    )
    row.said = {**known, **{name: value for name, value in said.items() if name in _SAID}}
    if is_anew:
        # Headings may be others now; what was said of them falls.
        row.said = {**row.said, "layout": {**known.get("layout", {}), **layout}}
        if layout.get("header_row") or layout.get("sheet"):
            row.said = {name: value for name, value in row.said.items() if name not in ("columns", "styles")}
        row.faults = []
        return _work(row, Upload.State.READING, at)
    if row.dataset is None:
        raise Locked(_("Berkas ini menunggu set datanya dibuat."))
    _refuse_words(row.said)
    return _work(row, Upload.State.CHECKING, at)


_SAID = ("columns", "styles", "regions", "period", "reason", "corrects")


def _refuse_layout(layout: Mapping[str, Any]) -> None:
    allowed = {"encoding": ENCODINGS, "delimiter": tuple(DELIMITERS), "quote": QUOTES}
    for name, values in allowed.items():
        if name in layout and layout[name] not in values:
            raise Invalid([Fault(name, _("Pilihan ini tidak ada."), ", ".join(map(repr, values)))])
    row = layout.get("header_row", 1)
    if not isinstance(row, int) or not 1 <= row <= 60:
        raise Invalid([Fault("header_row", _("Baris judulnya tidak sesuai."), _("Pilih baris 1 sampai 60."))])


def _refuse_words(said: Mapping[str, Any]) -> None:
    period, found = str(said.get("period") or "").strip(), []
    if not period or len(period) > _LONGEST_PERIOD:
        right = _("Tulis misalnya 2026 atau 2026-T1, paling panjang %(most)d huruf.")
        found.append(Fault("period", _("Periodenya tidak sesuai."), right % {"most": _LONGEST_PERIOD}))
    if said.get("corrects") is not None and not str(said.get("reason") or "").strip():
        found.append(Fault("reason", _("Alasan koreksi belum diisi."), _("Tulis apa yang salah.")))
    if found:
        raise Invalid(found)


@transaction.atomic
def read_differently(actor: Actor, upload: UUID, *, version: int, at: datetime) -> Upload:
    """Go back from what was found to how the columns are read. Raises as `choose`."""
    row = _taken(actor, upload, version, ("judged",))
    row.state, row.touched_at, row.waits_for_steward = Upload.State.ASKING, at, False
    row.version += 1
    row.save()
    return row


@transaction.atomic
def publish_upload(actor: Actor, upload: UUID, *, version: int, at: datetime) -> Upload:
    """Agree to what was found; the worker makes the version.

    Raises:
        NotFound, Conflict.
        Locked: there are faults, which a steward may sign for.
    """
    row = _taken(actor, upload, version, ("judged",))
    if row.report.get("faults"):
        raise Locked(
            _("Barisnya belum sesuai pernyataannya. Perbaiki berkasnya, atau minta walidata menandatangani.")
        )
    return _publishing(actor, row, at)


@transaction.atomic
def ask_steward(actor: Actor, upload: UUID, *, version: int, at: datetime) -> Upload:
    """Ask the steward to sign for rows that are not as declared. Raises as `publish_upload`."""
    row = _taken(actor, upload, version, ("judged",))
    if not row.report.get("faults"):
        raise Locked(_("Tidak ada yang perlu ditandatangani; barisnya dapat diterbitkan."))
    if not row.report.get("may_sign"):
        raise Locked(_("Kunci yang sama pada dua baris tidak dapat ditandatangani. Perbaiki berkasnya."))
    row.waits_for_steward, row.touched_at, row.steward_answer = True, at, ""
    row.version += 1
    row.save()
    journal.write(actor, "upload.ask_steward", row, dataset=_code(row), faults=row.report["faults"])
    return row


@transaction.atomic
def sign_upload(actor: Actor, upload: UUID, reason: str, *, version: int, at: datetime) -> Upload:
    """Let rows be published that are not as declared, as steward, with a reason that every reader sees.

    Raises:
        Forbidden: no right to check data, or the file is the actor's own: two persons are needed.
        NotFound, Conflict, Locked.
        Invalid: no reason.
    """
    row = _asked(actor, upload, version)
    if not reason.strip():
        raise Invalid(
            [Fault("reason", _("Alasan belum diisi."), _("Tulis mengapa barisnya tetap boleh terbit."))]
        )
    row.signed = {
        "reason": reason.strip()[:1000],
        "by": actor.name,
        "account": actor.id,
        "at": at.isoformat(),
    }
    journal.write(
        actor,
        "upload.sign",
        row,
        dataset=_code(row),
        faults=row.report["faults"],
        reason=row.signed["reason"],
    )
    return _publishing(actor, row, at)


@transaction.atomic
def refuse_to_sign(actor: Actor, upload: UUID, reason: str, *, version: int, at: datetime) -> Upload:
    """Send a file back to its office, as steward. Raises as `sign_upload`."""
    row = _asked(actor, upload, version)
    if not reason.strip():
        raise Invalid([Fault("reason", _("Alasan belum diisi."), _("Tulis apa yang perlu diperbaiki."))])
    row.waits_for_steward, row.steward_answer, row.touched_at = False, reason.strip()[:1000], at
    row.version += 1
    row.save()
    journal.write(actor, "upload.refuse_to_sign", row, dataset=_code(row), reason=row.steward_answer)
    return row


@transaction.atomic
def drop_upload(actor: Actor, upload: UUID, *, at: datetime) -> None:
    """Give a file up; its bytes go. Raises NotFound, or Locked while it is being published or after."""
    row = own_upload(actor, upload, lock=True)
    if row.state in (Upload.State.PUBLISHING, Upload.State.PUBLISHED):
        raise Locked(_("Berkas ini sudah menjadi sebuah versi."))
    _drop(row, at)
    journal.write(actor, "upload.drop", row, dataset=_code(row))


def sweep_uploads(at: datetime) -> int:
    """Give up files nobody goes on with, and bytes nobody names, of the tenant in scope; return how many."""
    quiet = _alive().filter(touched_at__lt=at - UNFINISHED, state=Upload.State.RECEIVING)
    waiting = _alive().filter(touched_at__lt=at - WAITING, state__in=("asking", "refused", "judged"))
    gone = 0
    for row in (*quiet, *waiting):
        with transaction.atomic():
            again = (
                Upload.objects.select_for_update()
                .filter(pk=row.pk, version=row.version, offset=row.offset)
                .first()
            )
            if again is not None:
                _drop(again, at)
                place.remove(row.tenant, row.pk)
                gone += 1
    tenant = tenancy.current_tenant()
    alive = {str(key) for key in _alive().values_list("pk", flat=True)}
    for name in place.there(tenant):
        if name not in alive and re.fullmatch("[0-9a-f-]{36}", name):
            place.remove(tenant, UUID(name))
            gone += 1
    return gone


def _alive() -> Any:
    ended = (Upload.State.PUBLISHED, Upload.State.DROPPED)
    return Upload.objects.filter(tenant=tenancy.current_tenant()).exclude(state__in=ended)


def _drop(row: Upload, at: datetime) -> None:
    row.state, row.touched_at = Upload.State.DROPPED, at
    row.taken, row.readings, row.unclear, row.proposal, row.report, row.faults = {}, [], {}, [], {}, []
    row.key = ""
    row.version += 1
    row.save()
    transaction.on_commit(lambda: place.remove(row.tenant, row.pk))


def _taken(actor: Actor, upload: UUID, version: int, states: tuple[str, ...]) -> Upload:
    row = own_upload(actor, upload, lock=True)
    _same(row, version)
    if row.state not in states:
        raise Locked(_("Berkas ini sekarang: %(state)s.") % {"state": Upload.State(row.state).label})
    return row


def _asked(actor: Actor, upload: UUID, version: int) -> Upload:
    row = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("dataset")
        .filter(tenant=tenancy.current_tenant(), pk=upload, dataset__isnull=False)
        .exclude(state=Upload.State.DROPPED)
        .first()
    )
    if row is None or not actor.may("data.check", row.dataset):
        actor.require("data.check")
        raise NotFound(_("Tidak ada kiriman seperti ini."))
    if hmac.compare_digest(row.owner_id_text, actor.id):
        raise Forbidden(_("Yang menandatangani orang lain dari yang mengunggah."))
    _same(row, version)
    if row.state != Upload.State.JUDGED or not row.waits_for_steward:
        raise Locked(_("Kiriman ini tidak sedang menunggu tanda tangan."))
    return row


def _same(row: Upload, version: int) -> None:
    if row.version != version:
        raise Conflict(_("Kiriman ini sudah berubah sejak Anda membukanya. Muat ulang halamannya."))


def _publishing(actor: Actor, row: Upload, at: datetime) -> Upload:
    row.waits_for_steward = False
    row.report = {**row.report, "agreed": {"by": actor.name, "account": actor.id, "at": at.isoformat()}}
    return _work(row, Upload.State.PUBLISHING, at)


def _work(row: Upload, state: str, at: datetime) -> Upload:
    """Put a file into a state in which the worker has it; both stand or fall together."""
    row.state, row.touched_at = state, at
    row.version += 1
    row.save()
    jobs.later(JOB, row.tenant, key=f"{row.pk} {row.version}", upload=str(row.pk), version=row.version)
    return row


def _code(row: Upload) -> str:
    return row.dataset.code if row.dataset else ""

"""Declaring a dataset: the producer writes and submits, the steward checks; two persons."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, Locked
from balai.data.changes.locking import locked, same_version
from balai.data.models import Dataset
from balai.data.rules.differing import differing
from balai.data.rules.metadata import DATASETS, Declaration, read
from balai.definitions import get, load
from balai.people import reads as people
from balai.people.reads.offices import all_offices


@transaction.atomic
def declare(actor: Actor, declaration: Declaration, *, version: int | None = None) -> Dataset:
    """Write the draft of a dataset: a new one, or over what its producer wrote before.

    What is in force stays in force, and its version readable, until the draft is checked.

    Args:
        version: the one the actor saw, None when they saw none.

    Raises:
        Forbidden: the actor may not produce data for this office.
        Invalid: the tenant has no such office.
        Conflict: it is there already, or somebody saved it since; names what differs from that.
        Locked: the draft waits to be checked, or the dataset follows a definition file.
    """
    if declaration.code in load(DATASETS):
        raise Locked(_("Set data ini mengikuti berkas definisi; ubah di sana."))
    office = all_offices().filter(code=declaration.producer).first() if declaration.producer else None
    if declaration.producer and office is None:
        wrong = _("Tidak ada perangkat daerah berkode %(code)s.") % {"code": declaration.producer}
        raise Invalid([Fault("producer", wrong, _("Pilih kode perangkat daerah di daerah ini."))])
    row = (
        Dataset.objects.select_for_update()
        .filter(tenant=tenancy.current_tenant(), code=declaration.code)
        .first()
    )
    if row is None:
        row = Dataset(code=declaration.code, producer=office)
        actor.require("data.produce", row)
        verb = "dataset.declare"
    else:
        actor.require("data.produce", row)
        _refuse_if_others_wrote(row, version, declaration)
        if row.status == Dataset.Status.SUBMITTED:
            raise Locked(_("Draf ini sedang diperiksa walidata."))
        # A new producer is asked for too: nobody hands a dataset to an office they do not speak for.
        row.producer = office
        actor.require("data.produce", row)
        row.version += 1
        verb = "dataset.redeclare"
    row.draft, row.status = declaration.written(), Dataset.Status.DRAFT
    row.save()
    journal.write(actor, verb, row, code=row.code, classification=declaration.classification)
    return row


@transaction.atomic
def submit(actor: Actor, code: str, *, version: int, at: datetime) -> Dataset:
    """Hand the draft to the steward.

    Raises:
        Forbidden, NotFound, Conflict.
        Locked: nothing is being written.
    """
    row = locked(code)
    actor.require("data.produce", row)
    same_version(row, version)
    _refuse_unless(row, Dataset.Status.DRAFT)
    row.submitted_by, row.submitter_id_text, row.submitted_at = actor.name, actor.id, at
    row.checked_by, row.checker_id_text, row.checked_at, row.reason = "", "", None, ""
    return _move(actor, row, Dataset.Status.SUBMITTED, "dataset.submit")


@transaction.atomic
def check(actor: Actor, code: str, *, version: int, at: datetime) -> Dataset:
    """Accept the draft as steward: it is in force from now on, for old versions too where it closes them.

    A dataset with a version goes on being published; another waits for its first.

    Raises:
        Forbidden: no right to check, or the actor submitted it: two persons are needed.
        NotFound, Conflict.
        Locked: it does not wait to be checked.
    """
    row = locked(code)
    actor.require("data.check", row)
    if row.submitter_id_text == actor.id:
        raise Forbidden(_("Set data diperiksa oleh orang lain dari pengajunya."))
    same_version(row, version)
    _refuse_unless(row, Dataset.Status.SUBMITTED)
    row.metadata, row.draft = row.draft, {}
    row.classification = row.metadata["classification"]
    row.definition_hash = ""
    row.checked_by, row.checker_id_text, row.checked_at = actor.name, actor.id, at
    status = Dataset.Status.PUBLISHED if row.current_id else Dataset.Status.CHECKED
    return _move(actor, row, status, "dataset.check")


@transaction.atomic
def return_draft(actor: Actor, code: str, reason: str, *, version: int) -> Dataset:
    """Send the draft back to its producer with what is to be mended.

    Raises:
        Forbidden, NotFound, Conflict.
        Locked: it does not wait to be checked.
        Invalid: no reason is given.
    """
    row = locked(code)
    actor.require("data.check", row)
    same_version(row, version)
    _refuse_unless(row, Dataset.Status.SUBMITTED)
    if not reason.strip():
        raise Invalid([Fault("reason", _("Alasan belum diisi."), _("Tulis apa yang perlu diperbaiki."))])
    row.reason = reason.strip()
    return _move(actor, row, Dataset.Status.DRAFT, "dataset.return", reason=row.reason)


@transaction.atomic
def ensure(actor: Actor, code: str) -> Dataset:
    """Return the dataset of a definition file, with what the file says now in force.

    Definition files are the module's own tables or were approved by whoever
    installed them, so they need no steward; the journal names file and hash.

    Raises:
        Forbidden: the actor may not publish.
        NotFound: no file defines it.
        Conflict: a dataset declared on a page has this code.
    """
    definition = get(DATASETS, code)
    row = Dataset.objects.select_for_update().filter(tenant=tenancy.current_tenant(), code=code).first()
    if row and row.definition_hash == definition.sha256:
        return row
    if row and not row.definition_hash:
        raise Conflict(
            _("Set data “%(code)s” sudah dibuat lewat halaman. Beri yang di sana kode lain.") % {"code": code}
        )
    row = row or Dataset(code=code)
    actor.require("data.publish", row)
    producer = definition.value.producer
    key = people.ways_to_name_offices().get(producer.casefold()) if producer else None
    row.producer_id = key
    row.metadata, row.draft = definition.value.written(), {}
    row.classification, row.definition_hash = definition.value.classification.value, definition.sha256
    row.status = Dataset.Status.PUBLISHED if row.current_id else Dataset.Status.CHECKED
    row.save()
    journal.write(actor, "dataset.follow", row, file=definition.file, sha256=definition.sha256)
    return row


def _refuse_if_others_wrote(row: Dataset, version: int | None, declaration: Declaration) -> None:
    if row.version == version:
        return
    if version is None:
        raise Conflict(
            _("Kode “%(code)s” sudah dipakai set data lain. Pilih kode lain.") % {"code": row.code}
        )
    told = differing(read(row.draft or row.metadata), declaration)
    raise Conflict(
        _("Set data ini sudah diubah orang lain sejak Anda membukanya."),
        {each.place: (each.after, each.before) for each in told},
    )


def _refuse_unless(row: Dataset, status: str) -> None:
    if row.status == status:
        return
    told = {
        Dataset.Status.DRAFT: _("Draf ini belum diajukan."),
        Dataset.Status.SUBMITTED: _("Draf ini sudah diajukan dan menunggu walidata."),
        Dataset.Status.CHECKED: _("Set data ini sudah diperiksa. Ubah dahulu untuk mengajukan lagi."),
        Dataset.Status.PUBLISHED: _("Set data ini sudah terbit. Ubah dahulu untuk mengajukan lagi."),
    }
    raise Locked(told[Dataset.Status(row.status)])


def _move(actor: Actor, row: Dataset, status: str, verb: str, **facts: object) -> Dataset:
    before, row.status = row.status, status
    row.version += 1
    row.save()
    journal.write(actor, verb, row, code=row.code, status=[before, status], **facts)
    return row

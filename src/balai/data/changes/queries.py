"""Saving a question in SQL, changing it, and removing it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, NotFound
from balai.data.models import SavedQuery
from balai.data.reads.asking import question
from balai.people import reads as people

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TAKEN = frozenset({"unduh", "simpan", "simpanan"})
"""Words of our own addresses beside those of saved questions."""


@dataclass(frozen=True)
class QueryDraft:
    """A question to save.

    Attributes:
        slug: its address, small letters, digits and hyphens.
        office: id of the office it is shared with, "" unless sharing is "office".
    """

    slug: str
    title: str
    text: str
    sharing: str = SavedQuery.Sharing.ME.value
    office: str = ""
    chart: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_query(actor: Actor, draft: QueryDraft, *, at: datetime) -> SavedQuery:
    """Save a new question as the actor's own.

    Raises:
        Forbidden: the actor may not keep questions.
        Invalid: the gate refuses it, its address is malformed or taken, or those it is shared
            with could not ask it.
    """
    row = SavedQuery(slug=draft.slug, owner_id_text=actor.id, owner_name=actor.name, created_at=at)
    actor.require("data.keep_query", row)
    _check(actor, draft, SavedQuery.objects.filter(slug=draft.slug, tenant=actor.tenant).exists())
    _write(row, draft, at)
    journal.write(actor, "query.save", row, slug=row.slug, sharing=row.sharing)
    return row


@transaction.atomic
def change_query(actor: Actor, slug: str, draft: QueryDraft, *, version: int, at: datetime) -> SavedQuery:
    """Change a saved question; its address stays.

    Raises:
        Forbidden, NotFound, Invalid: as `save_query`.
        Conflict: somebody changed it since.
    """
    row = _locked(actor, slug, version)
    _check(actor, draft, draft.slug != slug)
    row.version += 1
    _write(row, draft, at)
    journal.write(actor, "query.change", row, slug=row.slug, sharing=row.sharing)
    return row


@transaction.atomic
def remove_query(actor: Actor, slug: str, *, version: int) -> None:
    """Remove a saved question. Raises Forbidden, NotFound, Conflict."""
    row = _locked(actor, slug, version)
    journal.write(actor, "query.remove", row, slug=row.slug)
    row.delete()


def _locked(actor: Actor, slug: str, version: int) -> SavedQuery:
    row = SavedQuery.objects.select_for_update().filter(slug=slug, tenant=tenancy.current_tenant()).first()
    if row is None:
        raise NotFound(_("Tidak ada pertanyaan “%(slug)s”.") % {"slug": slug})
    actor.require("data.keep_query", row)
    if row.version != version:
        raise Conflict(
            _("Pertanyaan ini sudah diubah orang lain. Muat ulang halamannya."),
            {"version": (version, row.version)},
        )
    return row


def _check(actor: Actor, draft: QueryDraft, is_taken: bool) -> None:
    faults = [*_faults(actor, draft, is_taken)]
    if faults:
        raise Invalid(faults)
    question(actor, draft.text)
    if draft.sharing == SavedQuery.Sharing.PUBLIC:
        try:
            question(people.visitor(actor.tenant), draft.text)
        except Invalid as error:
            wrong = _("Pengunjung tidak dapat menjalankan pertanyaan ini: %(why)s") % {"why": error}
            raise Invalid([Fault("sharing", wrong, _("Bagikan kepada petugas saja."))]) from None


def _faults(actor: Actor, draft: QueryDraft, is_taken: bool) -> Iterator[Fault]:
    if not draft.title.strip():
        yield Fault("title", _("Belum diisi."), _("Tulis judul pertanyaan ini."))
    if not _SLUG.fullmatch(draft.slug) or len(draft.slug) > 60:
        yield Fault(
            "slug",
            _("Alamat ini tidak dapat dipakai."),
            _("Pakai huruf kecil, angka dan tanda hubung, misalnya anggaran-per-tahun."),
        )
    elif is_taken or draft.slug in TAKEN:
        yield Fault("slug", _("Alamat ini sudah dipakai."), _("Pilih alamat lain."))
    if draft.sharing not in SavedQuery.Sharing.values:
        yield Fault("sharing", _("Pilihan ini tidak dikenal."), ", ".join(SavedQuery.Sharing.values))
    is_office = draft.sharing == SavedQuery.Sharing.OFFICE
    if is_office and draft.office not in actor.offices:
        yield Fault("sharing", _("Anda tidak duduk di perangkat daerah itu."), _("Pilih yang lain."))


def _write(row: SavedQuery, draft: QueryDraft, at: datetime) -> None:
    row.title, row.text, row.sharing = draft.title.strip(), draft.text, draft.sharing
    is_office = draft.sharing == SavedQuery.Sharing.OFFICE
    row.office = people.office(draft.office) if is_office else None
    row.chart, row.changed_at = dict(draft.chart), at
    row.save()

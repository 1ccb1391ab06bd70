"""Offices of the tenant: opened, renamed and closed, each with its day."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.people.models import FormerOfficeName, Membership, Office


@transaction.atomic
def open_office(
    actor: Actor,
    *,
    code: str,
    name: str,
    short_name: str = "",
    kind: str = Office.Kind.AGENCY,
    parent: Office | None = None,
    region_code: str = "",
    active_from: date | None = None,
) -> Office:
    """Open an office.

    Raises:
        Forbidden: the actor does not manage the whole tenant.
        Invalid: code or name are missing, or the code is taken (also by a closed office: codes are for ever).
    """
    actor.require("people.manage", Office())
    faults = []
    if not code.strip() or not name.strip():
        faults.append(Fault(_("Kode dan nama"), _("Kosong."), _("Isi keduanya.")))
    if Office.objects.filter(code=code.strip(), tenant=actor.tenant).exists():
        faults.append(Fault(_("Kode"), _("Sudah dipakai perangkat daerah lain."), _("Pilih kode lain.")))
    if faults:
        raise Invalid(faults)
    office = Office.objects.create(
        code=code.strip(),
        name=name.strip(),
        short_name=short_name.strip(),
        kind=kind,
        parent=parent,
        region_code=region_code,
        active_from=active_from,
    )
    journal.write(
        actor, "people.office_opened", office, code=office.code, name=office.name, active_from=active_from
    )
    return office


@transaction.atomic
def rename_office(
    actor: Actor, office: Office, *, name: str, short_name: str, from_on: date, today: date
) -> Office:
    """Give an office a new name from a local day on; the old one is kept with its last day.

    Raises:
        Invalid: the name is empty or unchanged, or the day lies ahead or before an earlier renaming.
    """
    fresh = Office.objects.select_for_update().get(pk=office.pk)
    actor.require("people.manage", fresh)
    faults = []
    if not name.strip():
        faults.append(Fault(_("Nama"), _("Kosong."), _("Isi nama baru.")))
    elif (name.strip(), short_name.strip()) == (fresh.name, fresh.short_name):
        faults.append(Fault(_("Nama"), _("Sama dengan nama sekarang."), _("Isi nama yang baru.")))
    if from_on > today:
        faults.append(
            Fault(_("Berlaku sejak"), _("Hari itu belum tiba."), _("Catat pada atau sesudah harinya."))
        )
    last = fresh.former_names.first()
    if last is not None and from_on <= last.to_on:
        faults.append(
            Fault(
                _("Berlaku sejak"),
                _("Nama sebelumnya masih dipakai sampai %(day)s.") % {"day": last.to_on},
                _("Pilih hari sesudahnya."),
            )
        )
    if faults:
        raise Invalid(faults)
    FormerOfficeName.objects.create(
        office=fresh, name=fresh.name, short_name=fresh.short_name, to_on=from_on - timedelta(days=1)
    )
    facts = journal.changes(fresh, {"name": name.strip(), "short_name": short_name.strip()})
    fresh.name, fresh.short_name = name.strip(), short_name.strip()
    fresh.save(update_fields=["name", "short_name"])
    journal.write(actor, "people.office_renamed", fresh, changes=facts, from_on=from_on)
    return fresh


@transaction.atomic
def close_office(actor: Actor, office: Office, *, last_day: date, reason: str) -> Office:
    """Close an office after a local day.

    Raises:
        Invalid: it opens later than that, has parts that go on, or people who sit there longer.
    """
    fresh = Office.objects.select_for_update().get(pk=office.pk)
    actor.require("people.manage", fresh)
    faults = []
    if fresh.active_from and last_day < fresh.active_from:
        faults.append(
            Fault(
                _("Berlaku sampai"),
                _("Baru berlaku sejak %(day)s.") % {"day": fresh.active_from},
                _("Pilih hari sesudahnya."),
            )
        )
    goes_on = Q(active_to__isnull=True) | Q(active_to__gt=last_day)
    for part in fresh.children.filter(goes_on)[:20]:
        faults.append(Fault(part.name, _("Masih berlaku di bawahnya."), _("Tutup atau pindahkan dahulu.")))
    stays = Q(to_on__isnull=True) | Q(to_on__gt=last_day)
    for seat in Membership.objects.filter(stays, office=fresh, revoked_at__isnull=True).select_related(
        "account"
    )[:20]:
        faults.append(
            Fault(
                seat.account.name,
                _("Masih bertugas di sini sesudah hari itu."),
                _("Pindahkan atau akhiri dahulu."),
            )
        )
    if faults:
        raise Invalid(faults)
    facts = journal.changes(fresh, {"active_to": last_day})
    fresh.active_to = last_day
    fresh.save(update_fields=["active_to"])
    journal.write(actor, "people.office_closed", fresh, changes=facts, reason=reason)
    return fresh

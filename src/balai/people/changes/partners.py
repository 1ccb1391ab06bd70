"""The register of partners (mitra) of the programme."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Fault, Invalid
from balai.people.models import Partner

_FIELDS = ("name", "helix", "contact", "mandate", "is_vendor")


@transaction.atomic
def register_partner(
    actor: Actor,
    *,
    name: str,
    helix: str,
    contact: str = "",
    mandate: str = "",
    is_vendor: bool = False,
    origin: str = "entered",
) -> Partner:
    """Enter a partner. Raises Invalid where the name is empty or taken, or the helix unknown."""
    partner = Partner(
        name=" ".join(name.split()),
        helix=helix,
        contact=contact,
        mandate=mandate,
        is_vendor=is_vendor,
        origin=origin,
    )
    actor.require("partners.manage", partner)
    _check(partner)
    partner.save()
    journal.write(actor, "partners.registered", partner, name=partner.name, helix=helix, is_vendor=is_vendor)
    return partner


@transaction.atomic
def change_partner(
    actor: Actor, partner: Partner, *, name: str, helix: str, contact: str, mandate: str, is_vendor: bool
) -> Partner:
    """Correct a partner. Raises Invalid as `register_partner`; what did not change leaves no line."""
    fresh = Partner.objects.select_for_update().get(pk=partner.pk)
    actor.require("partners.manage", fresh)
    wanted = dict(zip(_FIELDS, (" ".join(name.split()), helix, contact, mandate, is_vendor), strict=True))
    facts = journal.changes(fresh, wanted)
    if not facts:
        return fresh
    if "contact" in facts:
        # A contact may be a person: the journal names the field and not what stands in it.
        facts["contact"] = []
    for field, value in wanted.items():
        setattr(fresh, field, value)
    _check(fresh)
    fresh.save(update_fields=list(_FIELDS))
    journal.write(actor, "partners.changed", fresh, changes=facts)
    return fresh


@transaction.atomic
def end_partner(actor: Actor, partner: Partner, *, last_day: date, reason: str) -> None:
    """End a partnership after a local day; the partner stays in what it did."""
    fresh = Partner.objects.select_for_update().get(pk=partner.pk)
    actor.require("partners.manage", fresh)
    fresh.ended_on = last_day
    fresh.save(update_fields=["ended_on"])
    journal.write(actor, "partners.ended", fresh, last_day=last_day, reason=reason)


def _check(partner: Partner) -> None:
    faults = []
    if not partner.name:
        faults.append(Fault(_("Nama"), _("Kosong."), _("Isi nama mitra.")))
    if partner.helix not in Partner.Helix.values:
        known = ", ".join(str(label) for label in Partner.Helix.labels)
        faults.append(Fault(_("Unsur"), _("Tidak dikenal."), _("Pilihannya: %(known)s.") % {"known": known}))
    if (
        Partner.objects.filter(name__iexact=partner.name, tenant=partner.tenant)
        .exclude(pk=partner.pk)
        .exists()
    ):
        faults.append(Fault(_("Nama"), _("Mitra ini sudah ada."), _("Ubah yang sudah ada.")))
    if faults:
        raise Invalid(faults)

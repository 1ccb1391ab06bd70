"""The first administrators of a local government, before anybody there can appoint one."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import system
from balai.base.errors import Conflict, Fault, Invalid, NotFound
from balai.people import reads
from balai.people.changes.accounts import account_of
from balai.people.models import Account, LocalGovernment, Membership

ROLE = "user_admin"
NEEDED = 2
"""Powerful roles are given by two persons, so one administrator alone could give none."""


@transaction.atomic
def appoint_administrator(email: str, name: str, on: date) -> Account:
    """Give the role of account administrator in the tenant in scope, while fewer than two hold it.

    Called by whoever runs the installation, not by a user; the journal says so.

    Raises:
        NotFound: the tenant in scope is no local government of this installation.
        Invalid: the e-mail or the name is missing.
        Conflict: two persons hold the role already; they appoint the others.
    """
    tenant = tenancy.current_tenant()
    if reads.government(tenant) is None:
        raise NotFound(_("Tidak ada pemerintah daerah dengan kunci %(key)s.") % {"key": tenant})
    faults = [
        Fault(place, _("Kosong atau tidak lengkap."), right)
        for place, value, right in (
            (_("Surel"), "@" in email and email, _("Misalnya budi@contoh.go.id.")),
            (_("Nama"), name.strip(), _("Isi nama lengkap.")),
        )
        if not value
    ]
    if faults:
        raise Invalid(faults)
    # Two who appoint at once wait for each other here; before the first there is no seat to lock.
    LocalGovernment.objects.select_for_update().get(pk=tenant)
    seats = Membership.objects.filter(reads.in_force(on), tenant=tenant)
    holders = {seat.account_id for seat in seats if ROLE in seat.roles}
    account, is_new = account_of(email, name)
    if account.pk in holders:
        return account
    if len(holders) >= NEEDED:
        raise Conflict(
            _("Sudah ada dua pengelola akun di sini. Merekalah yang mengangkat pengelola berikutnya.")
        )
    actor = system("operator", tenant)
    seat = Membership.objects.create(
        account=account, position=_("Pengelola akun pertama"), roles=[ROLE], from_on=on
    )
    if is_new:
        journal.write(actor, "people.account_made", account)
    journal.write(actor, "people.first_administrator", seat, account=str(account.pk), from_on=on)
    return account

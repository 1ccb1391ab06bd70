"""Finding the row a change is about, locked until the change is done.

On PostgreSQL rows are locked one by one; SQLite begins every transaction as a
writer, so there the lock is already held.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.errors import Conflict, Locked, NotFound
from balai.base.rows import TenantModel
from balai.plan.models import Action, Masterplan, Period, Programme, Report
from balai.plan.reads.sight import as_key

type Key = UUID | str


def locked[M: TenantModel](model: type[M], key: Key, **where: Any) -> M:
    """Return the row, locked. Call inside a transaction.

    Raises:
        NotFound: there is no such row in the tenants in scope.
    """
    row: M | None = model.objects.select_for_update(of=("self",)).filter(pk=as_key(key), **where).first()
    if row is None:
        raise NotFound(_("Data itu tidak ada, atau bukan milik daerah Anda."))
    return row


def draft_plan(key: Key) -> Masterplan:
    """Return a masterplan that may still be changed, locked.

    Raises:
        NotFound: there is none.
        Locked: it was adopted; only a new version changes it.
    """
    return _still_draft(locked(Masterplan, key))


def draft_programme(key: Key) -> Programme:
    """Return a programme of a masterplan that may still be changed, both locked. Raises as `draft_plan`."""
    programme = locked(Programme, key, masterplan__isnull=False)
    draft_plan(_there(programme.masterplan_id))
    return programme


def draft_action(key: Key) -> Action:
    """Return an action of a masterplan that may still be changed, both locked. Raises as `draft_plan`."""
    action = locked(Action, key)
    draft_programme(action.programme_id)
    return action


def action_in_force(key: Key) -> Action:
    """Return an action of the masterplan in force, locked, so that its reports change one at a time.

    Raises:
        NotFound: there is none.
        Locked: its masterplan is not adopted yet, or was superseded.
    """
    action = locked(Action, key)
    status = (
        Masterplan.objects.filter(programmes=action.programme_id).values_list("status", flat=True).first()
    )
    if status == Masterplan.Status.DRAFT:
        raise Locked(_("Rencana induk ini belum ditetapkan; laporan baru dapat dikirim sesudahnya."))
    if status != Masterplan.Status.ADOPTED:
        raise Locked(_("Rencana induk ini sudah digantikan versi baru; laporkan pada versi yang berlaku."))
    return action


def report_in_force(key: Key) -> Report:
    """Return a report with its action and period, locked action first: nobody waits in a circle.

    Raises:
        NotFound: there is none.
        Locked: its masterplan is not in force.
    """
    found = Report.objects.filter(pk=as_key(key)).values_list("action_id", flat=True).first()
    if found is None:
        raise NotFound(_("Laporan itu tidak ada."))
    action_in_force(found)
    row = locked(Report, key)
    row.period = locked(Period, row.period_id)
    return row


def same_version(row: Any, version: int, fields: Mapping[str, Any]) -> None:
    """Refuse when somebody changed `row` since `version` and what they wrote differs from `fields`.

    Raises:
        Conflict: lists per field (what the actor sent, what stands now).
    """
    if row.version == version:
        return
    differing = {
        name: (sent, getattr(row, name)) for name, sent in fields.items() if getattr(row, name) != sent
    }
    raise Conflict(
        _("Orang lain sudah mengubah data ini sejak Anda membukanya. Periksa bedanya, lalu simpan lagi."),
        differing,
    )


def _still_draft(plan: Masterplan) -> Masterplan:
    if plan.status != Masterplan.Status.DRAFT:
        raise Locked(_("Rencana induk yang sudah ditetapkan hanya berubah lewat versi baru."))
    return plan


def _there(key: UUID | None) -> UUID:
    if key is None:
        raise NotFound(_("Program bersama tidak berada dalam satu rencana induk."))
    return key

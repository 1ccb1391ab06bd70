"""The case a change is about, locked, and the sentence with which the second of two officers is told."""

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Conflict
from balai.services.models import Case, CaseMove
from balai.services.reads import sight


def locked(actor: Actor, key: sight.Key, ticket: sight.Ticket | None = None) -> Case:
    """Return a case the actor may know of, locked until the transaction ends. Raises NotFound."""
    return sight.case(actor, key, ticket, to_change=True)


def same_version(row: Case, version: int, wanted: str) -> None:
    """Refuse when the case has changed since `version`, and say who did what to it meanwhile.

    Args:
        wanted: what the actor was about to do, in the words of the page.

    Raises:
        Conflict.
    """
    if row.version == version:
        return
    last = CaseMove.objects.filter(tenant=row.tenant, case=row).order_by("-case_version").first()
    who = last.actor_name if last and last.case_version > version else ""
    told = (
        _("%(name)s sudah memindahkan berkas ini sejak Anda membukanya. Periksa keadaannya sekarang.")
        if who
        else _("Berkas ini sudah berubah sejak Anda membukanya. Periksa keadaannya sekarang.")
    )
    raise Conflict(told % {"name": who} if who else told, {"state": (wanted, row.state)})


def touch(row: Case) -> None:
    """Count a change of a case."""
    row.version += 1

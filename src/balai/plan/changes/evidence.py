"""Evidence of a report: files and links, with their own date."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Locked, NotFound
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, report_in_force
from balai.plan.changes.uploads import Upload, one_of, stored
from balai.plan.models import Evidence, Report
from balai.plan.reads.sight import as_key
from balai.plan.rules import moves


@transaction.atomic
def add_evidence(
    actor: Actor,
    report: Key,
    title: str,
    *,
    upload: Upload | None = None,
    link: str = "",
    dated_on: date | None = None,
) -> Evidence:
    """Put a file or a link beside a report that was not sent yet, or was returned.

    Args:
        upload, link: exactly one; the link is http or https.
        dated_on: the day of the evidence itself, None where unknown.

    Raises:
        Forbidden, NotFound, Invalid.
        Locked: the report was sent; who verifies it sees what was sent.
    """
    row = _open_report(actor, report)
    checks.refuse([*checks.text("title", title, 300), *one_of(upload, link)])
    file = stored(actor, upload)
    evidence = Evidence.objects.create(report=row, title=title, dated_on=dated_on, file=file, link=link)
    journal.write(actor, "evidence.add", evidence, report=str(row.pk), title=title)
    return evidence


@transaction.atomic
def remove_evidence(actor: Actor, evidence: Key) -> None:
    """Take evidence away from a report that was not sent yet. Raises Forbidden, NotFound, Locked."""
    of = Evidence.objects.filter(pk=as_key(evidence)).values_list("report_id", flat=True).first()
    if of is None:
        raise NotFound(_("Bukti dukung itu tidak ada."))
    _open_report(actor, of)
    row = locked(Evidence, evidence)
    journal.write(actor, "evidence.remove", row, report=str(row.report_id), title=row.title)
    row.delete()


def _open_report(actor: Actor, key: Key) -> Report:
    row = report_in_force(key)
    actor.require("plan.report", row)
    if not moves.may_move(row.status, moves.SAVE):
        raise Locked(_("Laporan ini sudah dikirim; bukti dukungnya tidak dapat diubah lagi."))
    return row

"""The files of the plan, and who may open which: a file is reached through the thing it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Forbidden, NotFound
from balai.base.files import StoredFile
from balai.plan.models import Book, Evidence, Masterplan, Meeting
from balai.plan.reads import sight
from balai.plan.reads.actions import EvidenceRow


def evidence_file(actor: Actor, key: UUID | str) -> StoredFile:
    """Return the file of evidence.

    Raises:
        NotFound: there is no such evidence the actor may know of, or it is a link.
        Forbidden: evidence files of that office are not the actor's to open.
    """
    row = (
        Evidence.objects.filter(pk=sight.as_key(key), report__in=sight.reports(actor))
        .select_related("file", "report__action")
        .first()
    )
    if row is None or row.file is None:
        raise NotFound(_("Bukti dukung itu tidak ada."))
    if not sight.files(actor, str(row.report.action.owner_id)):
        raise Forbidden(_("Berkas bukti hanya dibuka oleh kantor pelapornya dan tim program."))
    return row.file


def book_file(actor: Actor, key: UUID | str) -> StoredFile:
    """Return the file of a book; of an adopted plan for everybody, since it is published.

    Raises:
        NotFound: there is no such book the actor may know of, or it is a link.
        Forbidden: books of drafts are for those who open files.
    """
    row = (
        Book.objects.filter(pk=sight.as_key(key), masterplan__in=sight.plans(actor))
        .select_related("file", "masterplan")
        .first()
    )
    if row is None or row.file is None:
        raise NotFound(_("Buku itu tidak ada."))
    if row.masterplan.status == Masterplan.Status.DRAFT and not sight.files(actor):
        raise Forbidden(_("Buku rencana yang masih draf hanya dibuka oleh penyusunnya."))
    return row.file


def minutes_file(actor: Actor, key: UUID | str) -> StoredFile:
    """Return the minutes of a meeting. Raises NotFound, Forbidden."""
    row = (
        Meeting.objects.filter(pk=sight.as_key(key), body__masterplan__in=sight.plans(actor))
        .select_related("minutes")
        .first()
    )
    if row is None or row.minutes is None:
        raise NotFound(_("Notula itu tidak ada."))
    if not sight.files(actor):
        raise Forbidden(_("Notula rapat hanya dibuka oleh tim program."))
    return row.minutes


def evidence_by_report(actor: Actor, reports: Iterable[UUID]) -> Mapping[UUID, tuple[EvidenceRow, ...]]:
    """Return report key → its evidence, oldest first, of reports of any office; one query."""
    found: dict[UUID, list[EvidenceRow]] = defaultdict(list)
    rows = Evidence.objects.filter(report__in=sight.reports(actor).filter(pk__in=list(reports)))
    for row in rows.select_related("report__action").order_by("pk"):
        opens = sight.files(actor, str(row.report.action.owner_id))
        file_id = row.file_id if opens else None
        found[row.report_id].append(
            EvidenceRow(
                row.pk, row.report_id, row.title, row.dated_on, row.link, row.file_id is not None, file_id
            )
        )
    return {key: tuple(own) for key, own in found.items()}

"""Interviews and field visits: where, when, what was seen."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from balai.definitions import axis_set
from balai.evaluation.changes.finding import national, open_invitation
from balai.evaluation.models import Invitation, Visit, VisitPhoto
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, same_version
from balai.plan.changes.uploads import Upload, stored
from balai.plan.reads.sight import as_key


@dataclass(frozen=True)
class VisitDraft:
    """An interview, or one place of a field visit with the dimension it stands for."""

    kind: str
    place: str
    starts_at: datetime
    ends_at: datetime
    dimension: str = ""
    link: str = ""


@transaction.atomic
def plan_visit(actor: Actor, invitation: Key, draft: VisitDraft) -> Visit:
    """Put a visit on the schedule of a region.

    Raises:
        Forbidden, NotFound, Locked.
        Invalid: outside of the window of the round, no place, or no dimension.
        Conflict: the dimension has a place already; the same draft again returns what is there.
    """
    national(actor, "evaluation.run")
    row = open_invitation(invitation)
    checks.refuse(_faults(row, draft))
    same = row.visits.filter(**asdict(draft)).first()
    if same is not None:
        return same
    if draft.kind == Visit.Kind.FIELD and row.visits.filter(kind=draft.kind, dimension=draft.dimension):
        raise Conflict(_("Dimensi ini sudah punya tempat tinjau lapang."))
    made = Visit.objects.create(invitation=row, **asdict(draft))
    journal.write(
        actor, "visit.plan", made, region=row.region_tenant, place=draft.place, starts_at=draft.starts_at
    )
    return made


@transaction.atomic
def write_visit_notes(actor: Actor, visit: Key, notes: str, *, version: int) -> Visit:
    """Write down what was seen; assessors of the region and the nation do. The same twice is written once.

    Raises:
        Forbidden, NotFound, Locked, Invalid, Conflict.
    """
    row = _visited(actor, visit)
    checks.refuse(checks.text("notes", notes, 20_000, needed=False))
    if row.notes == notes:
        return row
    same_version(row, version, {"notes": notes})
    row.notes = notes
    row.version += 1
    row.save()
    journal.write(actor, "visit.note", row)
    return row


@transaction.atomic
def add_visit_photo(actor: Actor, visit: Key, upload: Upload, caption: str = "") -> VisitPhoto:
    """Keep a photo of a visit; its position and camera data are taken away.

    Raises:
        Forbidden, NotFound, Locked. Invalid: not a photo.
    """
    row = _visited(actor, visit)
    checks.refuse(checks.text("caption", caption, 300, needed=False))
    file = stored(actor, upload)
    if file is None or not file.media_type.startswith("image/"):
        raise Invalid([Fault("file", _("Ini bukan foto."), _("Pilih foto PNG, JPEG, atau WebP."))])
    made = VisitPhoto.objects.create(visit=row, file=file, caption=caption)
    journal.write(actor, "visit.photo", made, sha256=file.sha256)
    return made


def _visited(actor: Actor, key: Key) -> Visit:
    found = Visit.objects.filter(pk=as_key(key), tenant=tenancy.NATIONAL).first()
    if found is None:
        raise NotFound(_("Kunjungan itu tidak ada."))
    invitation = open_invitation(found.invitation_id)
    if not actor.may("evaluation.run", invitation) and not _judges(actor, invitation):
        raise Forbidden(_("Hanya penilai daerah ini yang mencatat kunjungannya."))
    row = locked(Visit, found.pk)
    row.invitation = invitation
    return row


def _judges(actor: Actor, invitation: Invitation) -> bool:
    rows = invitation.assessments.filter(
        assessor_id_text=actor.id, withdrawn_at__isnull=True, has_conflict=False, declared_at__isnull=False
    )
    return bool(actor.id) and actor.tenant == tenancy.NATIONAL and rows.exists()


def _faults(row: Invitation, draft: VisitDraft) -> Iterator[Fault]:
    yield from checks.choice("kind", draft.kind, Visit.Kind.values)
    yield from checks.text("place", draft.place, 200)
    if draft.link:
        yield from checks.web_link("link", draft.link)
    dimensions = axis_set().keys()
    yield from checks.choice(
        "dimension", draft.dimension, dimensions if draft.kind == Visit.Kind.FIELD else ["", *dimensions]
    )
    if draft.starts_at >= draft.ends_at:
        yield Fault("ends_at", _("Selesainya tidak sesudah mulainya."))
    window = (row.round.visits_from, row.round.visits_to)
    if window[0] is None or window[1] is None:
        yield Fault("starts_at", _("Tahap ini tidak punya masa kunjungan."))
    elif not window[0] <= draft.starts_at < draft.ends_at <= window[1]:
        yield Fault("starts_at", _("Kunjungan ini di luar masa kunjungan tahapnya."))

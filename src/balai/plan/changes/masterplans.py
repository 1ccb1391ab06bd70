"""The masterplan: drafting, its books and periods, the bodies that steer it."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Locked
from balai.definitions.kinds import load
from balai.definitions.taxonomies import AXES, terms
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, draft_plan, locked
from balai.plan.changes.uploads import Upload, one_of, stored
from balai.plan.models import Body, Book, Masterplan, Meeting, Origin, PlanningPeriod


@dataclass(frozen=True)
class MasterplanDraft:
    """What a masterplan says of itself. Years are inclusive."""

    region_code: str
    title: str
    year_from: int
    year_to: int
    legal_basis: str = ""
    vision: str = ""
    axis_set: str = "national"
    origin: str = Origin.RECORD.value
    source: str = ""
    confidence: str = ""


@transaction.atomic
def create_masterplan(actor: Actor, draft: MasterplanDraft) -> Masterplan:
    """Begin the first masterplan of a region, as a draft.

    Raises:
        Forbidden, Invalid.
        Conflict: the region has one; begin a new version of it instead.
    """
    actor.require("plan.write")
    _check(draft)
    if Masterplan.objects.filter(tenant=actor.tenant, region_code=draft.region_code).exists():
        raise Conflict(_("Daerah ini sudah punya rencana induk. Buat versi baru darinya."))
    plan = Masterplan(**asdict(draft))
    actor.require("plan.write", plan)
    plan.save()
    journal.write(actor, "masterplan.create", plan, title=plan.title)
    return plan


@transaction.atomic
def edit_masterplan(actor: Actor, plan: Key, draft: MasterplanDraft) -> Masterplan:
    """Change what a draft says of itself. Raises Forbidden, NotFound, Locked, Invalid."""
    row = draft_plan(plan)
    actor.require("plan.write", row)
    _check(draft)
    fields = asdict(draft)
    if row.region_code != draft.region_code:
        raise Locked(_("Wilayah rencana induk tidak dapat diganti."))
    changed = journal.changes(row, fields)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    journal.write(actor, "masterplan.edit", row, **changed)
    return row


@transaction.atomic
def add_book(
    actor: Actor, plan: Key, kind: str, title: str, *, upload: Upload | None = None, link: str = ""
) -> Book:
    """Add a book, as a file or a link. Also to an adopted plan: print follows the decision.

    Raises:
        Forbidden, NotFound, Invalid.
        Conflict: the plan has a book of this kind.
    """
    row = locked(Masterplan, plan)
    actor.require("plan.write", row)
    kinds = [term.key for term in terms("book-kinds").terms]
    faults = [*checks.choice("kind", kind, kinds), *checks.text("title", title, 300)]
    checks.refuse([*faults, *one_of(upload, link)])
    if Book.objects.filter(masterplan=row, kind=kind).exists():
        raise Conflict(_("Buku jenis ini sudah ada. Hapus yang lama dahulu selama rencana masih draf."))
    file = stored(actor, upload)
    book = Book.objects.create(masterplan=row, kind=kind, title=title, file=file, link=link)
    journal.write(actor, "book.add", book, kind=kind, title=title)
    return book


@transaction.atomic
def remove_book(actor: Actor, book: Key) -> None:
    """Take a book out of a draft. Raises Forbidden, NotFound, Locked."""
    row = locked(Book, book)
    actor.require("plan.write", row)
    draft_plan(row.masterplan_id)
    journal.write(actor, "book.remove", row, kind=row.kind)
    row.delete()


@transaction.atomic
def add_planning_period(
    actor: Actor, plan: Key, document: str, title: str, year_from: int, year_to: int, source: str = ""
) -> PlanningPeriod:
    """Say which RPJMD or RPD period a draft answers to.

    Raises:
        Forbidden, NotFound, Locked, Invalid.
        Conflict: the period is there already.
    """
    row = draft_plan(plan)
    actor.require("plan.write", row)
    checks.refuse(
        [
            *checks.text("document", document, 40),
            *checks.text("title", title, 300),
            *checks.text("source", source, 500, needed=False),
            *checks.years(year_from, year_to),
        ]
    )
    known = PlanningPeriod.objects.filter(masterplan=row, document=document, year_from=year_from)
    if known.exists():
        raise Conflict(_("Periode perencanaan itu sudah ada."))
    period = PlanningPeriod.objects.create(
        masterplan=row, document=document, title=title, year_from=year_from, year_to=year_to, source=source
    )
    journal.write(actor, "planning_period.add", period, document=document, years=[year_from, year_to])
    return period


@transaction.atomic
def remove_planning_period(actor: Actor, period: Key) -> None:
    """Take a planning period out of a draft. Raises Forbidden, NotFound, Locked."""
    row = locked(PlanningPeriod, period)
    actor.require("plan.write", row)
    draft_plan(row.masterplan_id)
    journal.write(actor, "planning_period.remove", row, document=row.document)
    row.delete()


@transaction.atomic
def write_body(
    actor: Actor, plan: Key, kind: str, *, legal_basis: str = "", chair: str = "", members: str = ""
) -> Body:
    """Write down the council, the team or the forum; one of each. Adopted plans too: people change.

    Raises:
        Forbidden, NotFound, Invalid.
    """
    row = locked(Masterplan, plan)
    actor.require("plan.write", row)
    checks.refuse(
        [
            *checks.choice("kind", kind, Body.Kind.values),
            *checks.text("legal_basis", legal_basis, 300, needed=False),
            *checks.text("chair", chair, 200, needed=False),
            *checks.text("members", members, 10_000, needed=False),
        ]
    )
    body, is_new = Body.objects.update_or_create(
        tenant=row.tenant,
        masterplan=row,
        kind=kind,
        defaults={"legal_basis": legal_basis, "chair": chair, "members": members},
    )
    journal.write(actor, "body.add" if is_new else "body.edit", body, kind=kind, legal_basis=legal_basis)
    return body


@transaction.atomic
def record_meeting(
    actor: Actor,
    body: Key,
    held_on: date,
    *,
    on: date,
    place: str = "",
    attendees: int | None = None,
    decisions: str = "",
    minutes: Upload | None = None,
) -> Meeting:
    """Write down a meeting that was held.

    Args:
        on: today; a meeting of tomorrow was not held yet.

    Raises:
        Forbidden, NotFound, Invalid.
    """
    row = locked(Body, body)
    actor.require("plan.write", row)
    faults = [
        *checks.text("place", place, 200, needed=False),
        *checks.text("decisions", decisions, 20_000, needed=False),
    ]
    if held_on > on:
        faults.append(Fault("held_on", _("Rapat ini belum berlangsung."), _("Catat sesudah rapat.")))
    if attendees is not None and not 0 <= attendees <= 100_000:
        faults.append(Fault("attendees", _("Jumlah peserta di luar batas."), _("Isi 0 sampai 100.000.")))
    checks.refuse(faults)
    meeting = Meeting.objects.create(
        body=row,
        held_on=held_on,
        place=place,
        attendees=attendees,
        decisions=decisions,
        minutes=stored(actor, minutes),
    )
    journal.write(actor, "meeting.record", meeting, body=str(row.pk), held_on=held_on)
    return meeting


def _check(draft: MasterplanDraft) -> None:
    checks.refuse(
        [
            *checks.text("region_code", draft.region_code, 13),
            *checks.text("title", draft.title, 300),
            *checks.text("legal_basis", draft.legal_basis, 300, needed=False),
            *checks.text("vision", draft.vision, 20_000, needed=False),
            *checks.years(draft.year_from, draft.year_to),
            *checks.choice("axis_set", draft.axis_set, load(AXES)),
            *checks.provenance(draft.origin, draft.source, draft.confidence),
        ]
    )

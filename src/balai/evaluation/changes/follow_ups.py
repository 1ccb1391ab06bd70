"""What a region does about the recommendations it was given, carried on from year to year until done."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked
from balai.evaluation.models import FollowUp, FollowUpEvidence
from balai.evaluation.reads.recommendations import advice
from balai.people import reads as people
from balai.plan.changes import checks
from balai.plan.changes.locking import Key, locked, same_version
from balai.plan.changes.uploads import Upload, one_of, stored


@transaction.atomic
def take_up(actor: Actor, recommendation: Key, office: Key, due_on: date) -> FollowUp:
    """Give a recommendation to an office with a day until when. The same twice is once.

    Raises:
        Forbidden.
        NotFound: no such recommendation of a frozen round for this region, or no such office.
        Conflict: it was given to another office or for another day; change that instead.
    """
    given = advice(actor, recommendation)
    owner = people.office(office)
    draft = FollowUp(
        recommendation_id_text=str(given.id),
        round_id_text=str(given.round_id),
        year=given.year,
        text=given.text,
        office=owner,
        due_on=due_on,
        tenant=tenancy.current_tenant(),
    )
    actor.require("evaluation.submit", draft)
    standing: FollowUp | None = FollowUp.objects.filter(
        tenant=tenancy.current_tenant(), recommendation_id_text=str(given.id)
    ).first()
    if standing is not None:
        if (standing.office_id, standing.due_on) != (owner.pk, due_on):
            raise Conflict(_("Rekomendasi ini sudah dibagikan. Ubah penanggung jawab atau tenggatnya."))
        return standing
    draft.save()
    journal.write(actor, "follow_up.take_up", draft, office=str(owner.pk), due_on=due_on)
    return draft


@transaction.atomic
def move_follow_up(
    actor: Actor, follow_up: Key, office: Key, due_on: date, reason: str, *, version: int
) -> FollowUp:
    """Give an open recommendation to another office or another day, with the reason.

    Raises:
        Forbidden, NotFound, Locked, Invalid, Conflict.
    """
    row = _open(follow_up)
    actor.require("evaluation.submit", row)
    checks.refuse(checks.text("reason", reason, 500))
    fields = {"office": people.office(office), "due_on": due_on}
    changed = {name: [str(old), str(new)] for name, (old, new) in journal.changes(row, fields).items()}
    if not changed:
        return row
    same_version(row, version, fields)
    row.office, row.due_on = people.office(office), due_on
    row.version += 1
    row.save()
    journal.write(actor, "follow_up.move", row, reason=reason, **changed)
    return row


@transaction.atomic
def answer_follow_up(actor: Actor, follow_up: Key, answer: str, *, version: int, at: datetime) -> FollowUp:
    """Say what was done about a recommendation. The same twice is written once.

    Raises:
        Forbidden: it belongs to another office. NotFound, Locked, Invalid, Conflict.
    """
    row = _open(follow_up)
    actor.require("evaluation.follow_up", row)
    checks.refuse(checks.text("answer", answer, 20_000))
    if row.answer == answer:
        return row
    same_version(row, version, {"answer": answer})
    row.answer, row.answered_by, row.answered_at = answer, actor.name, at
    row.version += 1
    row.save()
    journal.write(actor, "follow_up.answer", row)
    return row


@transaction.atomic
def prove_follow_up(
    actor: Actor, follow_up: Key, title: str, *, upload: Upload | None = None, link: str = "", at: datetime
) -> FollowUpEvidence:
    """Put a file or a link beside what was done. Raises Forbidden, NotFound, Locked, Invalid."""
    row = _open(follow_up)
    actor.require("evaluation.follow_up", row)
    checks.refuse([*checks.text("title", title, 300), *one_of(upload, link)])
    file = stored(actor, upload)
    made = FollowUpEvidence.objects.create(
        follow_up=row, title=title, file=file, link=link, added_by=actor.name, added_at=at
    )
    journal.write(actor, "follow_up.prove", made, title=title, sha256=file.sha256 if file else "")
    return made


@transaction.atomic
def close_follow_up(actor: Actor, follow_up: Key, *, version: int) -> FollowUp:
    """Call a recommendation done: it is answered and proven.

    Raises:
        Forbidden, NotFound, Conflict.
        Invalid: no answer or no evidence yet. Locked: done already.
    """
    row = _open(follow_up)
    actor.require("evaluation.submit", row)
    faults = []
    if not row.answer.strip():
        faults.append(Fault("answer", _("Belum ada jawaban.")))
    if not row.evidence.exists():
        faults.append(Fault("evidence", _("Belum ada bukti.")))
    if faults:
        raise Invalid(faults)
    same_version(row, version, {})
    row.state = FollowUp.State.DONE
    row.version += 1
    row.save()
    journal.write(actor, "follow_up.close", row)
    return row


def _open(key: Key) -> FollowUp:
    row = locked(FollowUp, key, tenant=tenancy.current_tenant())
    if row.state == FollowUp.State.DONE:
        raise Locked(_("Rekomendasi ini sudah selesai ditindaklanjuti."))
    return row

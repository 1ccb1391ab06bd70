"""Telling a producer what is wrong with a dataset, and answering it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.base.errors import Conflict, Fault, Invalid, Locked, NotFound
from balai.data.models import Feedback
from balai.data.reads.catalogue import of_code
from balai.data.rules.feedback import MOST, MOST_A_DAY, MOST_AN_HOUR, faults, sender


@dataclass(frozen=True)
class Remark:
    """What somebody sends. `address` is the network it comes from; only a digest of it is kept."""

    kind: str
    text: str
    address: str


def give_feedback(actor: Actor, code: str, remark: Remark, *, at: datetime) -> Feedback:
    """Tell the producer of a dataset, also of the nation's, what is wrong with its version in force.

    The same words about the same dataset, sent again within a day, are one remark.

    Raises:
        Forbidden, NotFound: the actor may not read the dataset.
        Invalid: the remark is too short, too long, or full of links.
        Locked: too much came from this network within the hour, or about this dataset within the day.
    """
    actor.require("data.read")
    wrong = [*faults(remark.text, remark.kind, Feedback.Kind.values)]
    if wrong:
        raise Invalid(wrong)
    row = of_code(actor, code)
    digest = sender(settings.SECRET_KEY, remark.address, timezone.localdate(at))
    # It is the producer's task, so it stands with the dataset, which may be the nation's.
    with tenancy.scope(row.tenant), transaction.atomic():
        told = Feedback.objects.filter(dataset=row, sent_at__gt=at - timedelta(days=1))
        again = told.filter(text=remark.text.strip(), sender_digest=digest).first()
        if again:
            return again
        _has_room(told.count(), digest, at)
        made = Feedback.objects.create(
            dataset=row,
            number=row.current.number if row.current else 0,
            kind=remark.kind,
            text=remark.text.strip(),
            key=secrets.token_urlsafe(16),
            sender_digest=digest,
            sent_at=at,
        )
        journal.write(actor, "feedback.give", made, dataset=code, about=remark.kind)
    return made


def _has_room(today: int, digest: str, at: datetime) -> None:
    hour = Feedback.objects.filter(sender_digest=digest, sent_at__gt=at - timedelta(hours=1)).count()
    if hour >= MOST_AN_HOUR:
        raise Locked(
            _("Dari jaringan Anda sudah masuk %(most)d masukan dalam satu jam. Coba lagi nanti.")
            % {"most": MOST_AN_HOUR}
        )
    if today >= MOST_A_DAY:
        raise Locked(_("Hari ini sudah banyak masukan tentang data ini. Coba lagi besok."))


@transaction.atomic
def answer_feedback(
    actor: Actor, key: UUID | str, state: str, answer: str, *, version: int, at: datetime
) -> Feedback:
    """Answer a remark; everybody reads the answer beside the dataset.

    Raises:
        Forbidden: the actor does not answer for this dataset.
        NotFound: there is no such remark in the tenant.
        Invalid: it is closed without an answer, or the state is unknown.
        Conflict: somebody else answered meanwhile.
    """
    found = Feedback.objects.select_for_update().filter(pk=key, tenant=tenancy.current_tenant())
    row = found.select_related("dataset").first()
    if row is None:
        raise NotFound(_("Masukan itu tidak ada di meja Anda."))
    actor.require("data.answer", row)
    text = answer.strip()
    if state not in Feedback.State.values or state == Feedback.State.NEW:
        raise Invalid([Fault("state", _("Belum dipilih."), _("Pilih sampai mana masukan ini."))])
    if state != Feedback.State.AT_WORK and not text:
        raise Invalid([Fault("answer", _("Belum diisi."), _("Tulis jawabannya; semua pembaca melihatnya."))])
    if len(text) > MOST:
        raise Invalid([Fault("answer", _("Terlalu panjang."), _("Paling banyak %(most)d.") % {"most": MOST})])
    if row.version != version:
        raise Conflict(
            _("Masukan ini sudah dijawab orang lain. Muat ulang halamannya."),
            {"state": (state, row.state), "answer": (answer, row.answer)},
        )
    journal.write(actor, "feedback.answer", row, state=[row.state, state])
    row.state, row.answer, row.answered_by, row.answered_at = state, text, actor.name, at
    row.version += 1
    row.save()
    return row

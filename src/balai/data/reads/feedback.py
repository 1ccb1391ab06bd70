"""What readers said of datasets: all see the answers, senders their own words, producers everything."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.data.models import Feedback
from balai.data.reads.catalogue import of_code

SHOWN = 20


@dataclass(frozen=True)
class Answered:
    """What everybody sees of a remark: no word of the sender."""

    kind: str
    state: str
    sent_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True)
class FeedbackRow:
    """A remark whole, for the sender and for those who answer. `title` is that of the dataset."""

    id: UUID
    code: str
    title: str
    number: int
    kind: str
    text: str
    state: str
    answer: str
    answered_by: str
    sent_at: datetime
    answered_at: datetime | None
    version: int

    @property
    def is_open(self) -> bool:
        return self.state in (Feedback.State.NEW, Feedback.State.AT_WORK)


def answered(actor: Actor, code: str) -> tuple[Answered, ...]:
    """Return the newest remarks about a dataset the actor may read, without their text. Raises NotFound."""
    row = of_code(actor, code)
    with tenancy.widened(tenancy.NATIONAL):
        found = Feedback.objects.filter(dataset=row).order_by("-sent_at")[:SHOWN]
        return tuple(
            Answered(each.kind, each.state, each.sent_at, each.answer, each.answered_at) for each in found
        )


def by_key(actor: Actor, code: str, key: str) -> FeedbackRow:
    """Return the remark whose secret key the sender holds.

    Raises:
        NotFound: no such dataset the actor may read, or no such key.
    """
    row = of_code(actor, code)
    with tenancy.widened(tenancy.NATIONAL):
        found = Feedback.objects.filter(dataset=row, key=key).select_related("dataset").first()
    if found is None:
        raise NotFound(_("Masukan itu tidak ada. Periksa alamat yang Anda simpan."))
    return _row(found)


def to_answer(actor: Actor, open_only: bool = True) -> tuple[FeedbackRow, ...]:
    """Return the remarks the actor is to answer, of their offices or tenant, the oldest open one first."""
    rows = _seen(actor).select_related("dataset").order_by("sent_at")
    if open_only:
        rows = rows.filter(state__in=[Feedback.State.NEW, Feedback.State.AT_WORK])
    found = [_row(each) for each in rows[:500]]
    return tuple(sorted(found, key=lambda each: not each.is_open))


def one_to_answer(actor: Actor, key: UUID) -> FeedbackRow:
    """Return one remark the actor may answer. Raises NotFound."""
    found = _seen(actor).filter(pk=key).select_related("dataset").first()
    if found is None:
        raise NotFound(_("Masukan itu tidak ada di meja Anda."))
    return _row(found)


def _seen(actor: Actor) -> QuerySet[Feedback]:
    own = Q(tenant=actor.tenant)
    reach = actor.reach("data.answer")
    if reach is Reach.OFFICE:
        own &= Q(dataset__producer_id__in=actor.offices)
    elif reach not in (Reach.TENANT, Reach.NATION):
        own = Q(pk__in=())
    return Feedback.objects.filter(own)


def _row(row: Feedback) -> FeedbackRow:
    said = row.dataset.metadata or row.dataset.draft
    return FeedbackRow(
        row.pk,
        row.dataset.code,
        said.get("title", {}).get("id", row.dataset.code),
        row.number,
        row.kind,
        row.text,
        row.state,
        row.answer,
        row.answered_by,
        row.sent_at,
        row.answered_at,
        row.version,
    )

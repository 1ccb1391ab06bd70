"""What people asked to be published: everybody sees state and days, senders their words, desks all."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Fault, Invalid, NotFound
from balai.data.models import AskedDataset
from balai.definitions.calendar import is_provisional
from balai.definitions.reads import all_in_force

SHOWN = 200


@dataclass(frozen=True)
class AskedRow:
    """A wish as everybody sees it.

    `title` is "" until a steward answered, for what a sender wrote may hold anything. `days` counts
    local days from the proof of the address to the answer, or until today.
    """

    id: UUID
    title: str
    use: str
    state: str
    asked_at: datetime
    days: int
    answer_by: date | None
    is_late: bool
    answer: str
    answered_at: datetime | None
    ground: str
    basis: str
    office: str
    planned_on: date | None
    dataset: str

    @property
    def is_provisional(self) -> bool:
        """Whether the holidays before `answer_by` are not all decreed, so that it may still move."""
        return self.answer_by is not None and is_provisional(self.answer_by)


@dataclass(frozen=True)
class AskedWhole:
    """A wish with the words of its sender: before the sender, and before those who answer it."""

    shown: AskedRow
    what: str
    why: str
    version: int
    answered_by: str
    office_id: str


def wishes(
    actor: Actor,
    today: date,
    states: Collection[str] = (),
    start: int = 0,
    limit: int = SHOWN,
    *,
    after: str = "",
) -> tuple[AskedRow, ...]:
    """Return the wishes of the actor's tenant whose address is proved, the newest first.

    Args:
        states: only those in one of these; in any for none.
        start, limit: how many are left out before, and how many are returned at most.
        after: id of the last one of the page before; "" begins with the newest.

    Raises:
        Invalid: there is no wish `after`.
    """
    actor.require("data.read")
    rows = _rows().exclude(state=AskedDataset.State.UNPROVED)
    if after:
        last = _last(rows, after)
        rows = rows.filter(Q(proved_at__lt=last.proved_at) | Q(proved_at=last.proved_at, pk__lt=last.pk))
    if states:
        rows = rows.filter(state__in=states)
    return tuple(_shown(row, today) for row in rows.order_by("-proved_at", "-id")[start : start + limit])


def _last(rows: QuerySet[AskedDataset], key: str) -> AskedDataset:
    with suppress(ValueError):
        if row := rows.filter(pk=UUID(key)).first():
            return row
    wrong = _("Baris itu tidak ada lagi di daftar ini.")
    raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])


def counted(actor: Actor) -> Mapping[str, int]:
    """Return state → how many wishes are in it, of all that are proved."""
    actor.require("data.read")
    found = dict.fromkeys(AskedDataset.State.values[1:], 0)
    proved = AskedDataset.objects.filter(tenant=tenancy.current_tenant()).exclude(
        state=AskedDataset.State.UNPROVED
    )
    return found | dict(proved.order_by().values_list("state").annotate(Count("pk")))


def wish_by_key(actor: Actor, key: str, today: date) -> AskedWhole:
    """Return the wish whose secret key its sender holds. Raises NotFound."""
    actor.require("data.read")
    row = _rows().filter(key=key).first()
    if row is None:
        raise NotFound(_("Permintaan itu tidak ada. Periksa alamat yang Anda simpan."))
    return _whole(row, today)


def wishes_to_answer(actor: Actor, today: date, open_only: bool = True) -> tuple[AskedWhole, ...]:
    """Return what the steward answers, or what was given to the actor's offices; the oldest first."""
    rows = _at_desk(actor)
    if open_only:
        rows = rows.filter(state__in=(AskedDataset.State.NEW, AskedDataset.State.ACCEPTED))
    return tuple(_whole(row, today) for row in rows.order_by("proved_at", "id")[:SHOWN])


def wish_to_answer(actor: Actor, key: UUID, today: date) -> AskedWhole:
    """Return one wish of the actor's desk. Raises NotFound."""
    row = _at_desk(actor).filter(pk=key).first()
    if row is None:
        raise NotFound(_("Permintaan data itu tidak ada di meja Anda."))
    return _whole(row, today)


def grounds(on: date) -> Mapping[str, str]:
    """Return key → ground with its basis, as one chooses from on a local day."""
    rows = all_in_force("data_request_grounds", on)
    return {key: f"{_ground(row.values)} ({row.values['basis']})" for key, row in rows.items()}


def _rows() -> QuerySet[AskedDataset]:
    rows = AskedDataset.objects.filter(tenant=tenancy.current_tenant())
    return rows.select_related("office", "dataset")


def _at_desk(actor: Actor) -> QuerySet[AskedDataset]:
    reach = actor.reach("data.answer")
    seen = Q(tenant=actor.tenant)
    if reach is Reach.OFFICE:
        seen &= Q(office__in=actor.offices)
    elif reach not in (Reach.TENANT, Reach.NATION):
        seen = Q(pk__in=())
    return _rows().filter(seen).exclude(state=AskedDataset.State.UNPROVED)


def _whole(row: AskedDataset, today: date) -> AskedWhole:
    shown = _shown(row, today)
    return AskedWhole(shown, row.what, row.why, row.version, row.answered_by, str(row.office_id or ""))


def _shown(row: AskedDataset, today: date) -> AskedRow:
    begun = row.proved_at or row.asked_at
    until = timezone.localdate(row.answered_at) if row.answered_at else today
    waits = row.state == AskedDataset.State.NEW
    ground = all_in_force("data_request_grounds", until).get(row.ground) if row.ground else None
    return AskedRow(
        row.pk,
        row.title,
        row.use,
        row.state,
        begun,
        max((until - timezone.localdate(begun)).days, 0),
        row.answer_by if waits else None,
        bool(waits and row.answer_by and today > row.answer_by),
        row.answer,
        row.answered_at,
        _ground(ground.values) if ground else "",
        str(ground.values["basis"]) if ground else "",
        row.office.name if row.office else "",
        row.planned_on,
        # What was closed since is named to nobody.
        row.dataset.code if row.dataset and row.dataset.classification == "open" else "",
    )


def _ground(values: Mapping[str, object]) -> str:
    in_english = (get_language() or "id").startswith("en")
    return str(values["ground_en" if in_english else "ground_id"])

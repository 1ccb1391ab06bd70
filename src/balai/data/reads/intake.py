"""Files on their way, as those see them who handed them in, and the steward who may have to sign."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import NotFound
from balai.base.jobs import QueuedJob
from balai.data.intake import place
from balai.data.intake.models import FetchSource, Upload
from balai.data.models import Dataset
from balai.definitions import Words

SHOWN = 50
_WHOLE = (Reach.TENANT, Reach.NATION)


@dataclass(frozen=True)
class UploadRow:
    """A file on its way.

    Attributes:
        dataset: code of the dataset, "" where one is to be declared after the file.
        offset: bytes that are received for good, of `size`.
        percent: how far the step under way is, None where nothing is under way or that is not known.
        step: what is being done, in words.
        may_go_on: the actor may choose, publish and drop; `may_sign` they may sign as steward.
        failed: the work stopped for good; the operator sees why.
    """

    id: UUID
    dataset: str
    title: str
    name: str
    size: int
    offset: int
    state: str
    state_words: str
    source: str
    owner: str
    is_own: bool
    created_at: datetime
    touched_at: datetime
    percent: int | None
    step: str
    waits_for_steward: bool
    steward_answer: str
    may_go_on: bool
    may_sign: bool
    failed: bool
    number: int | None
    is_new_version: bool
    version: int
    said: Mapping[str, Any]
    taken: Mapping[str, Any]
    readings: list[Mapping[str, Any]]
    unclear: Mapping[str, Any]
    proposal: list[Mapping[str, Any]]
    report: Mapping[str, Any]
    faults: list[list[str]]
    signed: Mapping[str, Any]

    @property
    def is_working(self) -> bool:
        return self.state in ("reading", "checking", "publishing")


@dataclass(frozen=True)
class SourceRow:
    """An address that is fetched, and how it went last."""

    id: UUID
    dataset: str
    kind: str
    address: str
    resource: str
    every: str
    starts_on: Any
    ends_on: Any
    next_at: datetime
    last_at: datetime | None
    last_told: str
    failures: int
    is_on: bool
    version: int


def uploads(actor: Actor, dataset: str = "") -> tuple[UploadRow, ...]:
    """Return files the actor may go on with or sign for, the latest first, at most SHOWN.

    Args:
        dataset: of one dataset alone, published ones too; else only those that somebody must go on with.
    """
    rows = _seen(actor).select_related("dataset", "dataset__producer").order_by("-touched_at")
    rows = rows.filter(dataset__code=dataset) if dataset else rows.exclude(state="published")
    found = list(rows[:SHOWN])
    work = _work(found)
    return tuple(_row(actor, row, work) for row in found)


def upload(actor: Actor, key: UUID) -> UploadRow:
    """Return one file of `uploads`, or one that was published. Raises NotFound."""
    row = _seen(actor).select_related("dataset", "dataset__producer").filter(pk=key).first()
    if row is None:
        raise NotFound(_("Tidak ada berkas seperti ini di antara kiriman Anda."))
    return _row(actor, row, _work([row]))


def uploads_to_sign(actor: Actor) -> tuple[UploadRow, ...]:
    """Return the files that wait for the signature of this steward, the longest waiting first."""
    rows = (
        _seen(actor)
        .filter(waits_for_steward=True, state="judged")
        .select_related("dataset", "dataset__producer")
    )
    found = [_row(actor, row, {}) for row in rows.order_by("touched_at")[:SHOWN]]
    return tuple(row for row in found if row.may_sign)


def fault_list(actor: Actor, key: UUID) -> Iterator[bytes]:
    """Return the list of every fault of a file, a CSV, in parts. Raises NotFound."""
    row = upload(actor, key)
    found = None
    if row.state in ("judged", "asking", "checking"):
        found = place.listed(actor.tenant, row.id, _seen(actor).get(pk=row.id).file_key)
    if found is None:
        raise NotFound(_("Tidak ada daftar kesalahan untuk berkas ini."))
    return found


def sources(actor: Actor, dataset: str) -> tuple[SourceRow, ...]:
    """Return the addresses that are fetched for a dataset the actor may publish."""
    rows = FetchSource.objects.filter(tenant=tenancy.current_tenant(), dataset__code=dataset)
    return tuple(
        _source(row)
        for row in rows.select_related("dataset__producer").order_by("address")
        if actor.may("data.publish", row.dataset)
    )


def source(actor: Actor, key: UUID) -> SourceRow:
    """Return one of `sources`. Raises NotFound."""
    row = (
        FetchSource.objects.filter(tenant=tenancy.current_tenant(), pk=key)
        .select_related("dataset__producer")
        .first()
    )
    if row is None or not actor.may("data.publish", row.dataset):
        raise NotFound(_("Tidak ada pengambilan seperti ini."))
    return _source(row)


def _seen(actor: Actor) -> QuerySet[Upload]:
    rows = Upload.objects.filter(tenant=tenancy.current_tenant()).exclude(state="dropped")
    if actor.tenant != tenancy.current_tenant():
        return rows.none()
    reach = actor.reach("data.publish")
    if reach in _WHOLE or actor.reach("data.check") in _WHOLE:
        own = Q(dataset__isnull=False)
    elif reach is Reach.OFFICE:
        own = Q(dataset__producer_id__in=actor.offices)
    else:
        own = Q(pk__in=())
    if actor.may("data.produce"):
        own |= Q(dataset__isnull=True, owner_id_text=actor.id)
    return rows.filter(own)


def _work(rows: list[Upload]) -> dict[str, QueuedJob]:
    """Return the job of each file that the worker has, by its key, in one query."""
    keys = [f"{row.pk} {row.version}" for row in rows if row.is_working]
    if not keys:
        return {}
    return {job.key: job for job in QueuedJob.objects.filter(name="data.intake", key__in=keys)}


def _row(actor: Actor, row: Upload, work: Mapping[str, QueuedJob]) -> UploadRow:
    job = work.get(f"{row.pk} {row.version}")
    share = job.share if job else None
    dataset: Dataset | None = row.dataset
    is_own = row.owner_id_text == actor.id
    return UploadRow(
        row.pk,
        dataset.code if dataset else "",
        _title(dataset),
        row.name,
        row.size,
        row.offset,
        row.state,
        str(Upload.State(row.state).label),
        row.source,
        row.owner_name,
        is_own,
        row.created_at,
        row.touched_at,
        None if share is None else int(share * 100),
        job.message if job else "",
        row.waits_for_steward,
        row.steward_answer,
        actor.may("data.publish", dataset) if dataset else is_own and actor.may("data.produce"),
        bool(dataset) and actor.may("data.check", dataset) and not is_own,
        bool(job) and job is not None and job.state == QueuedJob.State.FAILED,
        row.number,
        row.is_new_version,
        row.version,
        row.said,
        row.taken,
        row.readings,
        row.unclear,
        row.proposal,
        row.report,
        row.faults,
        row.signed,
    )


def _title(dataset: Dataset | None) -> str:
    if dataset is None:
        return ""
    return str(Words.model_validate((dataset.metadata or dataset.draft)["title"]))


def _source(row: FetchSource) -> SourceRow:
    return SourceRow(
        row.pk,
        row.dataset.code,
        row.kind,
        row.address,
        row.resource,
        row.every,
        row.starts_on,
        row.ends_on,
        row.next_at,
        row.last_at,
        row.last_told,
        row.failures,
        row.is_on,
        row.version,
    )

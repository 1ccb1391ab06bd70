"""Datasets on their way: what producers write, and what waits for the steward."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.models import Dataset
from balai.data.reads import sight
from balai.data.rules.metadata import Declaration, read
from balai.definitions import Words
from balai.people import reads as people


@dataclass(frozen=True)
class OwnRow:
    """A dataset in the list of those who make it or check it."""

    id: UUID
    code: str
    title: Words
    status: str
    classification: str
    producer: str
    number: int | None
    period: str | None
    rows: int | None
    published_at: datetime | None
    has_draft: bool
    is_returned: bool
    submitted_by: str
    submitted_at: datetime | None
    follows_file: bool


@dataclass(frozen=True)
class OwnDataset:
    """A dataset as those see it who make it or check it.

    Attributes:
        draft: what is being written or waits to be checked; None where nothing is.
        in_force: the declaration in force; None before the first check.
        row_version: to be given back when it is changed.
        may_write, may_check, may_publish: what this actor may do with it as it stands.
        is_own_submission: the actor submitted it, so somebody else checks.
    """

    row: OwnRow
    draft: Declaration | None
    in_force: Declaration | None
    reason: str
    checked_by: str
    checked_at: datetime | None
    row_version: int
    may_write: bool
    may_check: bool
    may_publish: bool
    is_own_submission: bool

    @property
    def said(self) -> Declaration:
        """The draft, or where there is none what is in force."""
        found = self.draft or self.in_force
        if found is None:
            raise LookupError(f"the dataset {self.row.code} says nothing")
        return found


def own_datasets(actor: Actor, status: str = "") -> tuple[OwnRow, ...]:
    """Return the datasets the actor makes (for the steward: all), what waits for somebody first.

    Args:
        status: kept are those in it, e.g. "submitted"; "" keeps all.
    """
    rows = sight.drafts(actor).select_related("current", "producer")
    if status:
        rows = rows.filter(status=status)
    order = {each: place for place, each in enumerate(Dataset.Status.values)}
    return tuple(_own(row) for row in sorted(rows, key=lambda row: (order[row.status], row.code)))


def own_dataset(actor: Actor, code: str) -> OwnDataset:
    """Return one dataset of `own_datasets`. Raises NotFound."""
    row = sight.drafts(actor).filter(code=code).select_related("current", "producer").first()
    if row is None:
        raise NotFound(_("Tidak ada set data “%(code)s” yang Anda buat atau periksa.") % {"code": code})
    waits, own = row.status == Dataset.Status.SUBMITTED, row.submitter_id_text == actor.id
    return OwnDataset(
        _own(row),
        read(row.draft) if row.draft else None,
        read(row.metadata) if row.metadata else None,
        row.reason,
        row.checked_by,
        row.checked_at,
        row.version,
        may_write=actor.may("data.produce", row) and not waits and not row.definition_hash,
        may_check=actor.may("data.check", row) and waits and not own,
        may_publish=actor.may("data.publish", row) and bool(row.metadata),
        is_own_submission=waits and own,
    )


def offices_to_speak_for(actor: Actor) -> Mapping[str, str]:
    """Return code → name of the offices in whose name the actor may declare a dataset."""
    return {
        office.code: office.name
        for office in people.all_offices()
        if actor.may("data.produce", Dataset(producer=office))
    }


def _own(row: Dataset) -> OwnRow:
    said = row.draft or row.metadata
    current = row.current
    return OwnRow(
        row.pk,
        row.code,
        Words.model_validate(said["title"]),
        row.status,
        said["classification"],
        row.producer.name if row.producer else "",
        current.number if current else None,
        current.period if current else None,
        current.rows if current else None,
        current.published_at if current else None,
        bool(row.draft),
        row.status == Dataset.Status.DRAFT and bool(row.reason),
        row.submitted_by,
        row.submitted_at,
        bool(row.definition_hash),
    )

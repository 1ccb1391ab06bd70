"""The catalogue: which datasets there are, and what is said of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.models import Dataset, DatasetVersion
from balai.data.reads import sight
from balai.data.rules.metadata import Declaration, read


@dataclass(frozen=True)
class DatasetRow:
    """A dataset as its readers see it.

    Attributes:
        declaration: the metadata in force.
        number, period, rows, suppressed, published_at: of the version that stands; None where none does.
        row_version: to be given back when the dataset is changed.
        producer: name of the office that makes it; "" where none is named.
        follows_file: whether it is declared in a definition file.
    """

    id: UUID
    tenant: str
    code: str
    status: str
    declaration: Declaration
    number: int | None
    period: str | None
    rows: int | None
    suppressed: int | None
    published_at: datetime | None
    row_version: int
    producer: str = ""
    follows_file: bool = False


def catalogue(actor: Actor, word: str = "") -> tuple[DatasetRow, ...]:
    """Return every dataset whose rows the actor may read, their own tenant's first, then by code.

    Args:
        word: kept are those whose code, title, description or keywords have it; "" keeps all.
    """
    with tenancy.widened(tenancy.NATIONAL):
        found = map(row_of, sight.published(actor).select_related("current", "producer"))
        kept = [row for row in found if word.casefold() in _said(row.declaration)]
    return tuple(sorted(kept, key=lambda row: (row.tenant != actor.tenant, row.code)))


def dataset(actor: Actor, code: str) -> DatasetRow:
    """Return one dataset whose rows the actor may read, the own tenant's before the nation's.

    Raises:
        NotFound: there is none the actor may see.
    """
    return row_of(of_code(actor, code))


def waiting(actor: Actor) -> tuple[DatasetRow, ...]:
    """Return the drafts the actor may see that are not yet in force, the submitted first.

    `declaration` is the draft. Producers see those of their offices, the steward all.
    """
    rows = sight.drafts(actor).filter(status__in=[Dataset.Status.DRAFT, Dataset.Status.SUBMITTED])
    found = [row_of(row, row.draft) for row in rows.select_related("current", "producer") if row.draft]
    return tuple(sorted(found, key=lambda row: (row.status != Dataset.Status.SUBMITTED, row.code)))


def of_code(actor: Actor, code: str) -> Dataset:
    """Return the row of a dataset the actor may read. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL):
        found = sorted(
            sight.published(actor).filter(code=code).select_related("current", "producer"),
            key=lambda row: row.tenant != actor.tenant,
        )
    if not found:
        raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})
    return found[0]


def row_of(row: Dataset, written: dict[str, object] | None = None) -> DatasetRow:
    """Return a dataset as its readers see it, or as `written` says; asks for `current` and `producer`."""
    current: DatasetVersion | None = row.current
    return DatasetRow(
        row.pk,
        row.tenant,
        row.code,
        row.status,
        read(written or row.metadata),
        current.number if current else None,
        current.period if current else None,
        current.rows if current else None,
        current.suppressed if current else None,
        current.published_at if current else None,
        row.version,
        row.producer.name if row.producer else "",
        bool(row.definition_hash),
    )


def _said(declaration: Declaration) -> str:
    words: Iterable[str] = (
        declaration.code,
        declaration.title.id,
        declaration.title.en,
        declaration.description.id,
        declaration.description.en,
        *declaration.keywords,
    )
    return "\n".join(words).casefold()

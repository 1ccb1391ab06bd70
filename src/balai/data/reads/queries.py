"""Questions that were saved: whom each is shown to. What one finds is asked anew by whoever opens it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.data.models import SavedQuery


@dataclass(frozen=True)
class QueryRow:
    """A saved question as its readers see it.

    Attributes:
        chart: {"kind", "x", "y"}, {} where none was chosen.
        office: id of the office it is shared with, "" where it is not.
        may_change: the actor may change and remove it.
        version: to be given back when it is changed.
    """

    id: UUID
    slug: str
    title: str
    text: str
    sharing: str
    office: str
    owner: str
    is_own: bool
    may_change: bool
    chart: dict[str, str]
    created_at: datetime
    changed_at: datetime
    version: int


def saved_queries(actor: Actor) -> tuple[QueryRow, ...]:
    """Return the saved questions shown to the actor, their own first, then by title."""
    rows = [_row(actor, row) for row in _seen(actor)]
    return tuple(sorted(rows, key=lambda row: (not row.is_own, row.title.casefold(), row.slug)))


def saved_query(actor: Actor, slug: str) -> QueryRow:
    """Return one saved question shown to the actor.

    Raises:
        NotFound: there is none of this address, or it is not shared with the actor.
    """
    found = _seen(actor).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("Tidak ada pertanyaan “%(slug)s” yang dibagikan kepada Anda.") % {"slug": slug})
    return _row(actor, found)


def _seen(actor: Actor) -> QuerySet[SavedQuery]:
    """Public ones for everybody who may read data; officers' for officers; an office's for its people."""
    if not actor.may("data.read") or actor.tenant != tenancy.current_tenant():
        return SavedQuery.objects.none()
    seen = Q(sharing=SavedQuery.Sharing.PUBLIC)
    if actor.is_signed_in:
        seen |= Q(owner_id_text=actor.id)
        seen |= Q(sharing=SavedQuery.Sharing.OFFICE, office_id__in=actor.offices)
    if actor.may("data.keep_query"):
        seen |= Q(sharing=SavedQuery.Sharing.OFFICERS)
    return SavedQuery.objects.filter(seen, tenant=actor.tenant)


def _row(actor: Actor, row: SavedQuery) -> QueryRow:
    return QueryRow(
        row.pk,
        row.slug,
        row.title,
        row.text,
        row.sharing,
        str(row.office_id or ""),
        row.owner_name,
        row.owner_id_text == actor.id,
        actor.may("data.keep_query", row),
        row.chart,
        row.created_at,
        row.changed_at,
        row.version,
    )

"""Programmes that several regions share: the nation's row, each region's own part."""

from dataclasses import dataclass
from uuid import UUID

from balai.base import tenancy
from balai.base.actor import Actor
from balai.plan.models import Programme, SharedPart
from balai.plan.reads.rows import Provenance, provenance


@dataclass(frozen=True)
class Part:
    tenant: str
    part: str


@dataclass(frozen=True)
class SharedProgramme:
    """A programme of the national tenant; `parts` are those of the tenants in scope."""

    id: UUID
    code: str
    title: str
    goal: str
    parts: tuple[Part, ...]
    provenance: Provenance


def shared_programmes(actor: Actor) -> tuple[SharedProgramme, ...]:
    """Return the programmes the nation shares, by code, with the parts of the regions in scope.

    A programme in which the region has no part is there too, with none.
    """
    if not actor.may("plan.read"):
        return ()
    # They are rows of the nation, which a region reads besides its own.
    with tenancy.widened(tenancy.NATIONAL):
        parts: dict[str, list[Part]] = {}
        for part in SharedPart.objects.order_by("tenant"):
            parts.setdefault(part.programme_id_text, []).append(Part(part.tenant, part.part))
        rows = list(
            Programme.objects.filter(tenant=tenancy.NATIONAL, masterplan__isnull=True).order_by("code")
        )
    return tuple(
        SharedProgramme(
            row.pk, row.code, row.title, row.goal, tuple(parts.get(str(row.pk), ())), provenance(row)
        )
        for row in rows
    )

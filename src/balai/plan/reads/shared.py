"""Programmes that several regions share: the nation's row, each region's own part."""

from dataclasses import dataclass
from uuid import UUID

from balai.base.actor import Actor
from balai.base.tenancy import NATIONAL
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
    """Return the shared programmes, ordered by code.

    The scope must read the national tenant: `tenancy.scope(tenant, also=["00"])`;
    otherwise there are none to see.
    """
    if not actor.may("plan.read"):
        return ()
    parts: dict[str, list[Part]] = {}
    for part in SharedPart.objects.order_by("tenant"):
        parts.setdefault(part.programme_id_text, []).append(Part(part.tenant, part.part))
    return tuple(
        SharedProgramme(
            row.pk, row.code, row.title, row.goal, tuple(parts.get(str(row.pk), ())), provenance(row)
        )
        for row in Programme.objects.filter(tenant=NATIONAL, masterplan__isnull=True).order_by("code")
    )

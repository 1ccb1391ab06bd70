"""Frozen stages: what was counted on a day, as it was written down then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.plan.models import Stage
from balai.plan.reads import sight


@dataclass(frozen=True)
class StageRow:
    """A frozen stage.

    Attributes:
        figures: copied at freezing, in the shape of `changes.stages.figures`; never recomputed.
        frozen_by: "" for those who may not see names of officers.
    """

    id: UUID
    masterplan_id: UUID
    title: str
    year: int
    as_of: date
    rule_version: str
    figures: Mapping[str, Any]
    frozen_by: str
    frozen_at: datetime


def stages(actor: Actor, plan: UUID | str | None = None) -> tuple[StageRow, ...]:
    """Return the stages of a plan, the newest first.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    rows = Stage.objects.filter(masterplan=sight.plan(actor, plan)).order_by("-as_of", "-frozen_at")
    return tuple(_row(actor, row) for row in rows)


def stage(actor: Actor, key: UUID | str) -> StageRow:
    """Return one stage.

    Raises:
        NotFound: there is no such stage the actor may see.
    """
    row = Stage.objects.filter(pk=sight.as_key(key), masterplan__in=sight.plans(actor)).first()
    if row is None:
        raise NotFound(_("Tahap itu tidak ada."))
    return _row(actor, row)


def _row(actor: Actor, row: Stage) -> StageRow:
    return StageRow(
        row.pk,
        row.masterplan_id,
        row.title,
        row.year,
        row.as_of,
        row.rule_version,
        row.figures,
        row.frozen_by if sight.names(actor) else "",
        row.frozen_at,
    )

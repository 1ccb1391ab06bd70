"""How many figures of progress are computed from records, and how many somebody typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from balai.base.actor import Actor
from balai.plan.models import Report
from balai.plan.reads import sight


@dataclass(frozen=True)
class Kinds:
    """Figures that stand for planned actions of one origin in a year; `computed` of them are not typed."""

    origin: str
    figures: int
    computed: int

    @property
    def typed(self) -> int:
        return self.figures - self.computed


def figure_kinds(actor: Actor, plan: UUID | str | None, year: int) -> Mapping[str, Kinds]:
    """Return, by origin, how the figures that stand for a year came to be known; one query.

    Raises:
        NotFound: there is no such plan the actor may see.
    """
    row = sight.plan(actor, plan)
    found = (
        Report.objects.filter(
            action__programme__masterplan=row, year=year, stands=True, action__targets__year=year
        )
        .values("action__origin")
        .annotate(figures=Count("pk"), computed=Count("pk", filter=~Q(measured_by="")))
        .order_by("action__origin")
    )
    return {
        each["action__origin"]: Kinds(each["action__origin"], each["figures"], each["computed"])
        for each in found
    }

"""What of a case may leave the service, before its transforms: every name its file may point at."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from balai.base import tenancy
from balai.services.models import Case, CaseClock, CaseInput
from balai.services.reads.situation import Beside, beside, situation_of
from balai.services.rules import machine
from balai.services.rules.definition import Service
from balai.services.rules.machine import World

_VILLAGE, _DISTRICT = 13, 8


@dataclass
class Known:
    """What was gathered for several cases: what stands beside them, and what was typed with their moves."""

    beside: Beside
    given: dict[UUID, dict[str, Any]]


def gathered(rows: Sequence[Case]) -> Known:
    """Gather what leaves of some cases is made of; five queries, however many they are."""
    given: dict[UUID, dict[str, Any]] = defaultdict(dict)
    found = CaseInput.objects.filter(tenant=tenancy.current_tenant(), move__case__in=[row.pk for row in rows])
    for case, move, answers in found.order_by("move__case_version").values_list(
        "move__case_id", "move__move", "answers"
    ):
        given[case][move] = answers
    return Known(beside(rows), given)


def leaving_values(
    service: Service, row: Case, now: datetime, world: World, gathered_with: Known | None = None
) -> dict[str, Any]:
    """Return the values by form, case, clock and move, as paths of publications name them.

    Inputs of moves are those without personal data, of the last time each was made.

    Args:
        gathered_with: what was gathered for it among others; None to look for this one alone.
    """
    found = gathered_with or gathered([row])
    known = machine.values(service, situation_of(service, row, found.beside), now, world)
    state = service.states[row.state]
    region = row.region_code
    known["case"] = {
        **known["case"],
        "number": row.number,
        "filed_at": world.office.local(row.received_at).isoformat(),
        "closed_at": world.office.local(row.closed_at).isoformat() if row.closed_at else None,
        "outcome": str(state.outcome) if state.outcome else None,
        "village": region[:_VILLAGE] if len(region) >= _VILLAGE else None,
        "district": region[:_DISTRICT] if len(region) >= _DISTRICT else None,
        "days_taken": row.days_taken,
    }
    known["clock"] = {
        one.clock: {
            "state": one.state,
            "used": one.used,
            "limit": one.limit,
            "due": one.due_at.isoformat() if one.due_at else None,
            "on_time": one.state == CaseClock.State.MET
            if one.state in (CaseClock.State.MET, CaseClock.State.MISSED)
            else None,
        }
        for one in found.beside.clocks[row.pk]
    }
    known["move"] = dict(found.given.get(row.pk, {}))
    return known

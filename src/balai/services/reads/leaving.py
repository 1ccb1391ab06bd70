"""What of a case may leave the service, before its transforms: every name its file may point at."""

from datetime import datetime
from typing import Any

from balai.services.models import Case, CaseClock, CaseInput
from balai.services.reads.situation import situation_of
from balai.services.rules import machine
from balai.services.rules.definition import Service
from balai.services.rules.machine import World

_VILLAGE, _DISTRICT = 13, 8


def leaving_values(service: Service, row: Case, now: datetime, world: World) -> dict[str, Any]:
    """Return the values by form, case, clock and move, as paths of publications name them.

    Inputs of moves are those without personal data, of the last time each was made.
    """
    known = machine.values(service, situation_of(service, row), now, world)
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
        for one in CaseClock.objects.filter(tenant=row.tenant, case=row)
    }
    given = CaseInput.objects.filter(tenant=row.tenant, move__case=row).select_related("move")
    known["move"] = {one.move.move: one.answers for one in given.order_by("move__case_version")}
    return known

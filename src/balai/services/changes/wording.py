"""The words of notices: what stands between braces in their texts, put in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from balai.base.writing import day
from balai.people import reads as people
from balai.services.changes.telling import Letter, filled
from balai.services.models import Case, CaseClock
from balai.services.rules import machine
from balai.services.rules.definition import Notice, Service
from balai.services.rules.machine import Situation, World


def link_of(row: Case) -> str:
    """Return the address at which a case is followed."""
    host = people.host_of(row.tenant)
    return f"https://{host}/berkas/{row.pk}/" if host else f"/berkas/{row.pk}/"


def letter(
    service: Service,
    row: Case,
    notice: Notice,
    key: str,
    at: datetime,
    situation: Situation,
    world: World,
    given: Mapping[str, Any] | None = None,
    clock: CaseClock | None = None,
) -> Letter:
    """Return a notice of a service, ready to be sent.

    Args:
        key: of the event; with it and the notice's name each is sent once.
        clock: the one that warned or ran out, where one did.
    """
    known = machine.values(service, situation, at, world, given or {})
    said: dict[str, Any] = {
        f"{group}.{name}": value
        for group, inner in known.items()
        if isinstance(inner, Mapping)
        for name, value in inner.items()
    }
    counted = service.clock_of(clock.clock) if clock else None
    said |= {
        "number": row.number,
        "service": str(service.title),
        "state": str(service.states[row.state].title),
        "office": str(row.office) if row.office else _("pengelola layanan"),
        "due": day(world.office.local(row.due_at).date()) if row.due_at else _("belum ada batas waktu"),
        "link": link_of(row),
        "clock": str(counted.title) if counted else "",
        "left": str(max(clock.limit - clock.used, 0)) if clock else "",
    }
    return Letter(
        key, notice.id, filled(str(notice.subject), said), filled(str(notice.text), said), notice.via
    )

"""The words of notices: what stands between braces in their texts, put in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.forms.reads import context
from balai.forms.rules import in_words
from balai.people import reads as people
from balai.services.changes.telling import Letter
from balai.services.models import Case, CaseClock
from balai.services.reads.provisional import due_day
from balai.services.rules import machine
from balai.services.rules.definition import Notice, Service
from balai.services.rules.filling import filled
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
    said |= _in_words(service, row, notice, situation, at, given or {})
    counted = service.clock_of(clock.clock) if clock else None
    said |= {
        "number": row.number,
        "service": str(service.title),
        "state": str(service.states[row.state].title),
        "office": str(row.office) if row.office else _("pengelola layanan"),
        "due": due_day(service, row.due_at) if row.due_at else _("belum ada batas waktu"),
        "link": link_of(row),
        "clock": str(counted.title) if counted else "",
        "left": str(max(clock.limit - clock.used, 0)) if clock else "",
    }
    return Letter(
        key, notice.id, filled(str(notice.subject), said), filled(str(notice.text), said), notice.via
    )


def _names(text: str) -> Iterator[str]:
    for part in text.split("{")[1:]:
        yield part.partition("}")[0]


def _in_words(
    service: Service, row: Case, notice: Notice, situation: Situation, at: datetime, given: Mapping[str, Any]
) -> dict[str, str]:
    """Return the answers a notice names as people read them: "1 Desember 2026", "Studio musik".

    What is personal is masked, though the linter lets no notice name it.
    """
    if not {"form", "input"} & {name.partition(".")[0] for name in _names(f"{notice.subject} {notice.text}")}:
        return {}
    asked = [("form", service.form, situation.answers)]
    asked += [
        ("input", move.form, given)
        for move in service.moves.values()
        if move.form is not None and given and set(given) <= set(move.form.items)
    ]
    around = context(row.tenant, timezone.localtime(at).date())
    return {
        f"{group}.{one.path}": one.text
        for group, form, answers in asked
        for part in in_words(form, answers, around, personal=False)
        for one in part.answers
    }

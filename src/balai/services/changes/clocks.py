"""What happens when the time of a clock has come, and when the calendar changes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, outbox, tenancy
from balai.base.actor import Actor
from balai.base.writing import moment
from balai.services.changes import counting, moving, telling
from balai.services.models import Case, CaseClock, Notice
from balai.services.reads.definitions import office_hours, office_hours_before, service_of
from balai.services.reads.provisional import Provisional
from balai.services.reads.situation import run_of, world_of
from balai.services.rules import clocks
from balai.services.rules.definition import AT, Clock, Party, Service
from balai.services.rules.office_time import OfficeTime

LATE = "services.late"
"""Announced with `case`, `clock` and the case's `version` when the time of a clock has run out."""
_MOST_ALARMS = 100


def due_cases(now: datetime, most: int = 500) -> list[str]:
    """Return ids of cases of the tenant in scope whose clocks have something to do, the longest due first."""
    rows = (
        CaseClock.objects.filter(tenant=tenancy.current_tenant(), next_at__lte=now)
        .order_by("next_at")
        .values_list("case_id", flat=True)[:most]
    )
    return list(dict.fromkeys(map(str, rows)))


@transaction.atomic
def ring(actor: Actor, key: str, now: datetime) -> int:
    """Set off what is due on the clocks of one case, each effect once; return how many alarms went off.

    A move among the effects may end other clocks, so what is due is asked again after each.
    """
    row: Case | None = Case.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        return 0
    service = service_of(row)
    world = world_of(service)
    for number in range(_MOST_ALARMS):
        found = _next(service, row, world.office, now)
        if found is None:
            return number
        one, clock, alarm = found
        one.effects_done = [*one.effects_done, alarm.mark]
        counting.fill(one, clock, run_of(one), world.office, now)
        one.save()
        if alarm.mark.startswith("breach") and AT not in one.clock:
            row.is_late = True
            row.save(update_fields=["is_late"])
        journal.write(actor, "services.clock", row, clock=one.clock, mark=alarm.mark, due=alarm.at)
        start = f"{one.started_at:%Y%m%d%H%M%S}"
        if alarm.mark.startswith("breach"):
            # Told once however many breaches follow, since its key is accepted once.
            outbox.announce(
                LATE, f"{row.pk}:{one.clock}:{start}", case=str(row.pk), clock=one.clock, version=row.version
            )
        for place, effect in enumerate(alarm.effects):
            event = f"{one.clock}:{start}:{alarm.mark}:{place}"
            moving.carry_out(actor, service, row, effect, event, now, {}, one)
    return _MOST_ALARMS


def _next(
    service: Service, row: Case, office: OfficeTime, now: datetime
) -> tuple[CaseClock, Clock, clocks.Alarm] | None:
    due: list[tuple[datetime, CaseClock, Clock, clocks.Alarm]] = []
    for one in CaseClock.objects.filter(tenant=row.tenant, case=row, next_at__lte=now):
        if (clock := service.clock_of(one.clock)) is None:
            continue
        run = run_of(one)
        waiting = [a for a in clocks.alarms(clock, run, office) if a.mark not in one.effects_done]
        due += [(alarm.at, one, clock, alarm) for alarm in waiting if alarm.at <= now]
        if not waiting or waiting[0].at > now:
            # The calendar moved it meanwhile.
            counting.fill(one, clock, run, office, now)
            one.save()
    if not due:
        return None
    _at, one, clock, alarm = min(due, key=lambda each: (each[0], each[1].clock, each[3].mark))
    return one, clock, alarm


def outdated(service: Service, most: int = 500) -> list[str]:
    """Return ids of open cases of a service version whose clocks were counted with another calendar."""
    today = office_hours(service).fingerprint
    rows = (
        CaseClock.objects.filter(
            tenant=tenancy.current_tenant(),
            state__in=[CaseClock.State.RUNNING, CaseClock.State.PAUSED],
            case__service=service.code,
            case__service_version=service.version,
        )
        .exclude(calendar=today)
        .order_by("case_id")
        .values_list("case_id", flat=True)
        .distinct()[:most]
    )
    return [str(key) for key in rows]


@transaction.atomic
def recount(actor: Actor, key: str, now: datetime) -> int:
    """Count the clocks of one case with the calendar of today; return how many due dates became others.

    The old due date stays in the history with the reason, and the applicant is told.
    """
    row: Case | None = Case.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        return 0
    service = service_of(row)
    new = office_hours(service)
    counted = list(
        CaseClock.objects.filter(tenant=row.tenant, case=row)
        .exclude(calendar=new.fingerprint)
        .values_list("calendar", flat=True)
    )
    old = office_hours_before(service, counted[0]) if counted else None
    changed = counting.count_again(service, row, old, new, now)
    row.save(update_fields=["due_at", "urgent_at", "is_late"])
    for one in changed:
        journal.write(
            actor, "services.recount", row, clock=one.clock, due=[one.before, one.after], reason=one.reason
        )
        clock = service.clock_of(one.clock)
        if clock is not None and clock.shown:
            _tell_new_due(service, row, one.reason, f"{one.pk}", now)
    return len(changed)


def _tell_new_due(service: Service, row: Case, reason: str, key: str, now: datetime) -> None:
    due = moment(row.due_at) if row.due_at else _("belum ada")
    provisional = Provisional().words(service, row.due_at)
    said = telling.Letter(
        f"recount:{key}",
        "recount",
        _("Batas waktu %(number)s berubah") % {"number": row.number},
        _("Batas waktu berkas %(number)s sekarang %(due)s. Sebabnya: %(reason)s")
        % {"number": row.number, "due": due, "reason": reason}
        + (f" {provisional}" if provisional else ""),
        (Notice.Way.INBOX, Notice.Way.EMAIL),
    )
    telling.tell(service, row, sorted(service.roles_of(Party.APPLICANT))[:1], said, now)

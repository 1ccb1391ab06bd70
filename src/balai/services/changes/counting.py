"""Clocks of cases as rows: what a run comes to, the earliest due date, and counting anew."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from balai.services.models import Case, CaseClock, DueChange
from balai.services.reads.situation import run_of
from balai.services.rules.clocks import ClockState, Run, alarms, count, decreed_since, explain, recount
from balai.services.rules.definition import AT, Clock, Service
from balai.services.rules.office_time import OfficeTime, decreed_when

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a case without a running clock is due, so that lists have one order."""
_LONGEST_WHY = 300


def keep_runs(
    service: Service, row: Case, runs: Mapping[str, Run], office: OfficeTime, now: datetime
) -> None:
    """Write the runs of a case that changed, and give it the earliest due date. `row` is not saved."""
    kept = {one.clock: one for one in CaseClock.objects.filter(tenant=row.tenant, case=row)}
    for name, run in runs.items():
        one, clock = kept.get(name), service.clock_of(name)
        if clock is None or (one is not None and run_of(one) == run):
            continue
        if one is None:
            one = kept[name] = CaseClock(case=row, clock=name)
        elif one.started_at != run.started_at:
            # Begun anew: its warnings and effects may come once more.
            one.effects_done = []
        fill(one, clock, run, office, now)
        one.save()
    due_from(row, kept.values())


def fill(one: CaseClock, clock: Clock, run: Run, office: OfficeTime, now: datetime) -> None:
    """Write into a row what its run comes to now. The row is not saved."""
    counted = count(run, office, now)
    one.state, one.events = str(counted.state), run.written()
    one.limit, one.unit, one.started_at = run.limit, str(run.unit), run.started_at
    one.used = counted.used
    one.due_at = counted.due if counted.state is ClockState.RUNNING else None
    one.breached_at = counted.breached_at
    one.ended_at = run.marks[-1][0] if run.is_over else None
    one.explanation = "\n".join(explain(run, office, now))
    one.calendar = office.fingerprint
    waiting = [alarm.at for alarm in alarms(clock, run, office) if alarm.mark not in one.effects_done]
    one.next_at = min(waiting, default=None)


def due_from(row: Case, clocks: Iterable[CaseClock]) -> None:
    """Give a case the earliest due date of its running clocks, and whether one has ever run out."""
    known = _own(clocks)
    dues = [one.due_at for one in known if one.due_at is not None]
    row.due_at = min(dues) if dues and row.is_open else None
    row.urgent_at = row.due_at or NEVER
    row.is_late = row.is_late or _ran_out(known)


def _own(clocks: Iterable[CaseClock]) -> list[CaseClock]:
    # What other offices were asked for has a due date of its own; the promise to the applicant stays.
    return [one for one in clocks if AT not in one.clock]


def _ran_out(clocks: Iterable[CaseClock]) -> bool:
    return any(one.breached_at is not None for one in _own(clocks))


def count_again(
    service: Service, row: Case, old: OfficeTime | None, new: OfficeTime, now: datetime
) -> list[DueChange]:
    """Count the open clocks of a case with a new calendar; keep each due date that became another, and why.

    `row` is given its due date and is not saved.

    Args:
        old: the calendar they were counted with, None where it is not known any more.
    """
    changed: list[DueChange] = []
    kept = list(CaseClock.objects.select_for_update().filter(tenant=row.tenant, case=row))
    was_out = _ran_out(kept)
    for one in kept:
        clock = service.clock_of(one.clock)
        run = run_of(one)
        if clock is None or run.is_over or one.calendar == new.fingerprint:
            continue
        told = recount(run, old, new, now) if old is not None else None
        before, decreed_before = one.due_at, decreed_when(one.calendar)
        if one.breached_at is not None and count(run, new, now).breached_at is None:
            # It was not late after all, so it may still run out, and that is to be noticed.
            one.effects_done = [mark for mark in one.effects_done if not mark.startswith("breach")]
        fill(one, clock, run, new, now)
        one.save()
        if before != one.due_at:
            why = " ".join(told.why if told else decreed_since(decreed_before, new.decreed_to))
            changed.append(
                DueChange.objects.create(
                    case=row,
                    clock=one.clock,
                    at=now,
                    before=before,
                    after=one.due_at,
                    reason=(why or _("Kalender hari kerja berubah."))[:_LONGEST_WHY],
                )
            )
    if was_out and not _ran_out(kept):
        row.is_late = False
    due_from(row, kept)
    return changed

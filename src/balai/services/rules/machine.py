"""The machine: which moves a case may make, and what a move makes of it. Values in, values out.

Nothing is looked up and nothing is sent here: holidays and rows of dated tables are given
(`World`), and what shall happen besides comes back as effects.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from balai.base.days import CalendarEnds
from balai.base.errors import Conflict, Forbidden, NotFound
from balai.definitions.conditions import Condition, ConditionFailed
from balai.definitions.rules import Row
from balai.services.rules import clocks, facts
from balai.services.rules.clocks import Alarm, Happening, Mark, Run
from balai.services.rules.definition import (
    AT,
    FILED,
    PREVIOUS,
    SAME,
    Clock,
    Duty,
    Effect,
    EffectKind,
    Event,
    EventKind,
    Limit,
    Move,
    Route,
    Service,
    Unit,
)
from balai.services.rules.office_time import OfficeTime

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class World:
    """What the machine has to be told: the office time, and the row of a dated table in force on a day."""

    office: OfficeTime
    row: Callable[[str, str, date], Row | None]


@dataclass(frozen=True)
class TaskSeen:
    """A task of one office; `state` is open, done, refused or dropped."""

    task: str
    office: str
    state: str = "open"


@dataclass(frozen=True)
class Situation:
    """A case as the machine sees it.

    Attributes:
        answers: of the form, as `forms` keeps them (JSON).
        previous: the state it came to this one from; "" for a new case.
        entered: when it last came to each state.
        times: how often each move was made.
        duties: who did what a second person must not also do.
        office: code of the office that works on it, "" for none.
        children_open, children_refused: of the cases opened as its children.
        fired: alarms of clocks that went off, as (clock, start of its run, mark).
    """

    state: str
    filed_at: datetime
    answers: Mapping[str, Any] = _NONE
    channel: str = "web"
    applicant: str = "account"
    region: str = ""
    office: str = ""
    previous: str = ""
    entered: Mapping[str, datetime] = _NONE
    times: Mapping[str, int] = _NONE
    runs: Mapping[str, Run] = _NONE
    tasks: tuple[TaskSeen, ...] = ()
    duties: Mapping[Duty, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    reopens: int = 0
    reroutes: int = 0
    is_late: bool = False
    children_open: int = 0
    children_refused: int = 0
    fired: frozenset[tuple[str, datetime, str]] = frozenset()


@dataclass(frozen=True)
class Who:
    """Somebody who wants to move a case: their roles to it, and who they are."""

    roles: frozenset[str]
    person: str = ""


@dataclass(frozen=True)
class Possible:
    """A move somebody may make from here; `refusal` tells why not now, "" when it may be made."""

    move: Move
    refusal: str = ""


@dataclass(frozen=True)
class Step:
    """What a move made of a case.

    Attributes:
        events: what happened, for clocks and notices.
        effects: what shall be done besides, in order; their conditions have been asked.
        notices: ids of the notices that these events send.
    """

    situation: Situation
    events: frozenset[Event]
    effects: tuple[Effect, ...] = ()
    notices: tuple[str, ...] = ()


def values(
    service: Service, situation: Situation, at: datetime, world: World, input: Mapping[str, Any] = _NONE
) -> dict[str, Any]:
    """Return what the conditions of a service are asked with, for a case at an instant.

    Args:
        input: answers given with a move, the way conditions read them.
    """
    on = world.office.local(situation.filed_at).date()
    states = [task.state for task in situation.tasks]
    found: dict[str, Any] = {
        "form": facts.answers_for_conditions(service.form, situation.answers),
        "input": input,
        "case": {
            "state": situation.state,
            "channel": situation.channel,
            "applicant": situation.applicant,
            "office": situation.office,
            "region": situation.region,
            "reopens": situation.reopens,
            "reroutes": situation.reroutes,
            "tasks_open": states.count("open"),
            "tasks_done": states.count("done"),
            "tasks_refused": states.count("refused"),
            "children_open": situation.children_open,
            "children_refused": situation.children_refused,
            "is_late": situation.is_late,
        },
        "times": {key: situation.times.get(key, 0) for key in service.moves},
        "days_since": dict(_days_since({**situation.entered, FILED: situation.filed_at}, at, world.office)),
    }
    for key, lookup in service.lookups.items():
        wanted = lookup.row or situation.answers.get(lookup.field)
        row = world.row(lookup.table, str(wanted), on) if wanted else None
        found[key] = {name: facts.plain_cell(cell) for name, cell in row.values.items()} if row else {}
    return found


def _days_since(
    entered: Mapping[str, datetime], at: datetime, office: OfficeTime
) -> Iterator[tuple[str, int]]:
    """Yield the working days since each; none where the calendar does not know the days between.

    Whatever asks for them fails closed then, and a case can still be read.
    """
    for key, since in entered.items():
        try:
            yield key, office.working_days_after(since, at)
        except CalendarEnds:
            continue


def file(service: Service, situation: Situation, who: Who, world: World) -> Step:
    """Return the first step of a case that is filed now (`situation.filed_at`).

    Args:
        situation: answers, channel, applicant, region; its state is not looked at.

    Raises:
        Forbidden: none of the roles may file.
        Conflict: the guard of filing does not hold; its sentence is told.
    """
    at = situation.filed_at
    if not who.roles & set(service.filing.by):
        raise Forbidden(_("Peran Anda tidak dapat mengajukan layanan ini."))
    begun = replace(situation, state=service.initial, entered={service.initial: at})
    if not _holds(service.filing.guard, values(service, begun, at, world)):
        raise Conflict(str(service.filing.because))
    events = frozenset({Event(EventKind.FILED), Event(EventKind.ENTER, service.initial)})
    return _happened(service, begun, events, at, world, ())


def possible(
    service: Service, situation: Situation, who: Who, at: datetime, world: World
) -> tuple[Possible, ...]:
    """Return the moves of somebody's roles from here, in the order of the file, each with why not now.

    A guard that looks at what is typed with the move is asked only when it is made.
    """
    return tuple(
        Possible(move, _refusal(service, situation, move, who, at, world, None))
        for move in service.moves_from[situation.state]
        if who.roles & set(move.by)
    )


def make(
    service: Service,
    situation: Situation,
    move: str,
    who: Who,
    at: datetime,
    world: World,
    *,
    input: Mapping[str, Any] = _NONE,
    offices: tuple[str, ...] = (),
) -> Step:
    """Return what a move makes of a case.

    Args:
        input: answers given with the move, checked against its form and as kept (JSON).
        offices: codes of the offices chosen with it.

    Raises:
        NotFound: the service has no such move.
        Forbidden: none of the roles may make it.
        Conflict: not from this state, not any more, or not yet; says why.
    """
    if move not in service.moves:
        raise NotFound(_("Layanan ini tidak mengenal langkah “%(move)s”.") % {"move": move})
    chosen = service.moves[move]
    typed = facts.answers_for_conditions(chosen.form, input) if chosen.form else {}
    if not who.roles & set(chosen.by):
        raise Forbidden(_("Peran Anda tidak dapat melakukan “%(move)s”.") % {"move": chosen.title})
    if situation.state not in chosen.sources:
        raise Conflict(
            _("“%(move)s” tidak dapat dilakukan dari status “%(state)s”.")
            % {"move": chosen.title, "state": service.states[situation.state].title}
        )
    if why := _refusal(service, situation, chosen, who, at, world, typed):
        raise Conflict(why)
    if len(offices) != 1 if chosen.offices == "one" else bool(offices) != bool(chosen.offices):
        raise Conflict(_("Pilih perangkat daerah untuk langkah ini, sebanyak yang diminta."))
    moved = _moved(service, situation, chosen, who, at, offices)
    moved = replace(moved, answers=_corrected(moved.answers, chosen, input))
    events = {Event(EventKind.MOVE, move)}
    if chosen.target != SAME:
        events |= {Event(EventKind.LEAVE, situation.state), Event(EventKind.ENTER, moved.state)}
    return _happened(service, moved, frozenset(events), at, world, chosen.effects, typed, chosen.reopens)


def _refusal(
    service: Service,
    situation: Situation,
    move: Move,
    who: Who,
    at: datetime,
    world: World,
    input: Mapping[str, Any] | None,
) -> str:
    if move.most is not None and situation.times.get(move.id, 0) >= move.most:
        return _("Langkah ini paling banyak %(most)d kali.") % {"most": move.most}
    if not _target(situation, move):
        return _("Tidak ada status sebelumnya untuk kembali.")
    if move.duty is not None and service.same_person_may is None and who.person:
        other = Duty.APPROVE if move.duty is Duty.VERIFY else Duty.VERIFY
        if who.person in situation.duties.get(other, frozenset()):
            return _("Yang memeriksa dan yang memutus harus dua orang yang berbeda.")
    waiting = [
        str(service.tasks[task.task].title)
        for task in situation.tasks
        if task.state == "open" and move.id in service.tasks[task.task].blocks
    ]
    if waiting:
        return _("Masih menunggu: %(tasks)s.") % {"tasks": ", ".join(dict.fromkeys(waiting))}
    looks_at_input = move.guard is not None and any(group == "input" for group, _n in move.guard.refers_to)
    if input is None and looks_at_input:
        return ""
    if not _holds(move.guard, values(service, situation, at, world, input or _NONE)):
        return str(move.because)
    return ""


def _target(situation: Situation, move: Move) -> str:
    if move.target == SAME:
        return situation.state
    return situation.previous if move.target == PREVIOUS else move.target


def _moved(
    service: Service, situation: Situation, move: Move, who: Who, at: datetime, offices: tuple[str, ...]
) -> Situation:
    """Return the case after the move, before its clocks and effects."""
    tasks = situation.tasks
    entered, previous = situation.entered, situation.previous
    if move.target != SAME:
        previous, entered = situation.state, {**situation.entered, _target(situation, move): at}
        # Work of a state the case has left is not needed any more.
        tasks = tuple(replace(task, state="dropped") if task.state == "open" else task for task in tasks)
    duties = situation.duties
    if move.duty is not None and who.person:
        duties = {**duties, move.duty: duties.get(move.duty, frozenset()) | {who.person}}
    office, reroutes = situation.office, situation.reroutes
    for effect in move.effects:
        if effect.kind is EffectKind.ROUTE and effect.of == "chosen":
            reroutes += bool(office) and office != offices[0]
            office = offices[0]
    return replace(
        situation,
        state=_target(situation, move),
        previous=previous,
        entered=entered,
        times={**situation.times, move.id: situation.times.get(move.id, 0) + 1},
        tasks=(*tasks, *_opened(service, move, offices)),
        duties=duties,
        office=office,
        reroutes=reroutes,
        reopens=situation.reopens + move.reopens,
    )


def _corrected(answers: Mapping[str, Any], move: Move, input: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answers with those that the move corrects; one left open stays as it was."""
    corrections = {
        effect.of: input[effect.from_input]
        for effect in move.effects
        if effect.kind is EffectKind.CORRECT and input.get(effect.from_input) is not None
    }
    return {**answers, **corrections} if corrections else answers


def _opened(service: Service, move: Move, offices: tuple[str, ...]) -> Iterable[TaskSeen]:
    for effect in move.effects:
        if effect.kind is EffectKind.TASKS:
            own = service.tasks[effect.of].office
            yield from (TaskSeen(effect.of, code) for code in ((own,) if own else offices))


def finish(
    service: Service, situation: Situation, task: str, office: str, result: str, who: Who, at: datetime
) -> tuple[Situation, str]:
    """Return the case after an office did its task, and the move the system makes now ("" for none).

    Args:
        result: done or refused.

    Raises:
        Forbidden: none of the roles may do it.
        NotFound: this office has no such open task.
        Conflict: it cannot be refused.
    """
    known = service.tasks.get(task)
    if known is None or TaskSeen(task, office) not in situation.tasks:
        raise NotFound(
            _("Tidak ada tugas “%(task)s” yang terbuka untuk perangkat daerah ini.") % {"task": task}
        )
    if not who.roles & set(known.by):
        raise Forbidden(_("Peran Anda tidak dapat mengerjakan tugas ini."))
    if result == "refused" and not known.may_refuse:
        raise Conflict(_("Tugas ini tidak dapat ditolak."))
    seen = TaskSeen(task, office)
    number = situation.tasks.index(seen)
    tasks = (*situation.tasks[:number], replace(seen, state=result), *situation.tasks[number + 1 :])
    left = [one for one in tasks if one.task == task and one.state == "open"]
    runs, key = dict(situation.runs), f"{task}{AT}{office}"
    if seen not in tasks and key in runs and not runs[key].is_over:
        runs[key] = runs[key].seen(Mark.STOP, at)
    follows = known.on_refused if result == "refused" else ""
    return replace(situation, tasks=tasks, runs=runs), follows or ("" if left else known.on_all_done)


def _happened(
    service: Service,
    situation: Situation,
    events: frozenset[Event],
    at: datetime,
    world: World,
    effects: Iterable[Effect],
    input: Mapping[str, Any] = _NONE,
    reopened: bool = False,
) -> Step:
    known = values(service, situation, at, world, input)
    for effect in effects:
        if effect.kind is EffectKind.ROUTE and effect.of == "auto" and _holds(effect.when, known):
            # What the clocks and notices look at is the case where it goes to.
            situation = replace(situation, office=office_of(service, known) or situation.office)
            known = values(service, situation, at, world, input)
    step = Happening(
        at, events, situation.state, service.states[situation.state].is_closed, reopened=reopened
    )
    runs = {**situation.runs, **_task_runs(service, situation, at, world)}
    for clock in service.clocks.values():
        run = runs.get(clock.id)
        limit = limit_of(clock, known, at, world) if clocks.starts(clock, run, step) else None
        if (after := clocks.advance(clock, run, step, limit)) is not None:
            runs[clock.id] = after
    return Step(
        replace(situation, runs=runs),
        events,
        tuple(effect for effect in effects if _holds(effect.when, known)),
        tuple(
            key
            for key, notice in service.notices.items()
            if notice.event in events and _holds(notice.when, known)
        ),
    )


def _task_runs(service: Service, situation: Situation, at: datetime, world: World) -> Mapping[str, Run]:
    """Return the runs of tasks that began or ended: one for each task and office, from opening to its end."""
    is_open = {f"{one.task}{AT}{one.office}": one.task for one in situation.tasks if one.state == "open"}
    found: dict[str, Run] = {}
    for key, task in is_open.items():
        limit, run = service.tasks[task].limit, situation.runs.get(key)
        if limit is not None and (run is None or run.is_over):
            found[key] = Run(key, limit.unit, amount_of(limit, at, world), ((at, Mark.START),))
    for key, run in situation.runs.items():
        if AT in key and key not in is_open and not run.is_over:
            found[key] = run.seen(Mark.END, at)
    return found


def limit_of(clock: Clock, known: Mapping[str, Any], at: datetime, world: World) -> tuple[int, Unit]:
    """Return how much a clock may use when it starts at `at`, and in what it counts.

    Args:
        known: as `values` gives them.

    Raises:
        NotFound: the dated table has no row in force that day.
    """
    limit = next(one for one in clock.limits if _holds(one.when, known))
    return amount_of(limit, at, world), limit.unit


def amount_of(limit: Limit, at: datetime, world: World) -> int:
    """Return the amount of one limit on the local day of `at`. Raises NotFound."""
    if limit.table is None:
        return limit.amount or 0
    row = world.row(limit.table.table, limit.table.row, world.office.local(at).date())
    if row is None:
        said = {"table": limit.table.table, "row": limit.table.row}
        raise NotFound(_("Tabel %(table)s tidak punya baris %(row)s yang berlaku.") % said)
    return int(str(row.values[limit.table.column]))


def route_of(service: Service, known: Mapping[str, Any]) -> Route | None:
    """Return the first route whose condition holds, None where the service has no routing."""
    return next((route for route in service.routing if _holds(route.when, known)), None)


def office_of(service: Service, known: Mapping[str, Any]) -> str:
    """Return the code of the office the routing names; "" where place or load decide, or nothing does."""
    route = route_of(service, known)
    if route is None or route.column is None:
        return route.office if route else ""
    lookup, column = route.column
    return str(known[lookup].get(column) or "")


def alarms(service: Service, situation: Situation, world: World) -> tuple[tuple[str, Alarm], ...]:
    """Return the alarms of all clocks that did not go off yet, as (clock, alarm), the earliest first."""
    found = [
        (key, alarm)
        for key, run in situation.runs.items()
        if (clock := service.clock_of(key)) is not None
        for alarm in clocks.alarms(clock, run, world.office)
        if (key, run.started_at, alarm.mark) not in situation.fired
    ]
    return tuple(sorted(found, key=lambda pair: pair[1].at))


def rang(situation: Situation, clock: str, alarm: Alarm) -> Situation:
    """Return the case after an alarm went off; the same does not go off again."""
    mark = (clock, situation.runs[clock].started_at, alarm.mark)
    return replace(
        situation,
        fired=situation.fired | {mark},
        is_late=situation.is_late or (alarm.mark.startswith("breach") and AT not in clock),
    )


def _holds(condition: Condition | None, known: Mapping[str, Any]) -> bool:
    """Answer a condition; one without an answer is a no, and nothing passes by it."""
    if condition is None:
        return True
    try:
        return condition.holds(known)
    except ConditionFailed:
        return False


__all__ = [
    "Possible",
    "Situation",
    "Step",
    "TaskSeen",
    "Who",
    "World",
    "alarms",
    "amount_of",
    "file",
    "finish",
    "limit_of",
    "make",
    "office_of",
    "possible",
    "rang",
    "route_of",
    "values",
]

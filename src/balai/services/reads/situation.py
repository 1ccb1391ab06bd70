"""A case as the machine sees it, gathered from its rows, and the world it is asked about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from balai.base import tenancy
from balai.definitions import reads as tables
from balai.definitions.conditions import Condition, ConditionFailed
from balai.definitions.rules import Row, in_force
from balai.forms.reads import opened
from balai.people import reads as people
from balai.services.models import Case, CaseClock, CaseMove, CaseTask
from balai.services.reads.definitions import office_hours, version_of
from balai.services.rules import machine
from balai.services.rules.clocks import Run
from balai.services.rules.definition import Duty, Face, Outcome, Party, PublishedDataset, Service
from balai.services.rules.machine import Situation, TaskSeen, World

FILE = "file"
"""The move by which a case came to be, in its history."""
_OF_A_MOVE = ("case_id", "move", "from_state", "to_state", "at", "actor_id_text")


def world_of(service: Service) -> World:
    """Return the world of the tenant in scope: its calendar and its dated tables, amendments included.

    Ask for it anew for each change: all tables are looked at once for as long as the world is kept.
    """
    rows: dict[str, tuple[Row, ...]] = {}
    known: dict[tuple[str, date], Mapping[str, Row]] = {}

    def row(table: str, key: str, on: date) -> Row | None:
        if (table, on) not in known:
            if table not in rows:
                rows.update(tables.rows_of({table, *_tables(service)}))
            known[table, on] = in_force(rows[table], on)
        return known[table, on].get(key)

    return World(office_hours(service), row)


def _tables(service: Service) -> set[str]:
    """Return the codes of the dated tables that the definition of a service names."""
    suggested = {service.suggest.table} if service.suggest else set[str]()
    return {lookup.table for lookup in service.lookups.values()} | suggested


def plain_answers(service: Service, row: Case) -> dict[str, Any]:
    """Return the answers of a case whole, personal ones too. For the engine; pages ask `reads.whole`."""
    return opened(service.form, row.answers, row.personal, row.tenant)


def applicant_kind(row: Case) -> str:
    """Return what is known of the applicant: anonymous, contact or account."""
    if row.owner:
        return "account"
    return "contact" if row.contact and not row.is_anonymous else "anonymous"


def office_codes(keys: set[Any]) -> Mapping[Any, str]:
    """Return id → code of offices of the tenant."""
    wanted = keys - {None}
    if not wanted:
        return {}
    return dict(people.all_offices().filter(pk__in=wanted).values_list("pk", "code"))


def run_of(row: CaseClock) -> Run:
    """Return the run a row holds."""
    return Run.read(row.clock, row.unit, row.limit, row.events)


@dataclass
class Beside:
    """What stands beside some cases in other tables, gathered at once: by case, in the order it happened."""

    moves: dict[UUID, list[tuple[str, str, str, datetime, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    tasks: dict[UUID, list[CaseTask]] = field(default_factory=lambda: defaultdict(list))
    clocks: dict[UUID, list[CaseClock]] = field(default_factory=lambda: defaultdict(list))
    codes: Mapping[Any, str] = field(default_factory=dict)


def beside(rows: Sequence[Case], moves: Iterable[CaseMove] | None = None) -> Beside:
    """Gather what the machine needs to see cases; four queries, however many they are.

    Args:
        moves: of these cases, in the order in which they were made, where somebody has read them.
    """
    found, keys = Beside(), [row.pk for row in rows]
    tenant = tenancy.current_tenant()
    if moves is None:
        asked = CaseMove.objects.filter(tenant=tenant, case__in=keys).order_by("case_version")
        made: Iterable[tuple[Any, ...]] = asked.values_list(*_OF_A_MOVE)
    else:
        made = (tuple(getattr(one, name) for name in _OF_A_MOVE) for one in moves)
    for case, move, source, target, at, account in made:
        found.moves[case].append((move, source, target, at, account))
    of_offices = CaseTask.objects.filter(tenant=tenant, case__in=keys).select_related("office")
    tasks = list(of_offices.order_by("opened_at", "pk"))
    for task in tasks:
        found.tasks[task.case_id].append(task)
    for clock in CaseClock.objects.filter(tenant=tenant, case__in=keys):
        found.clocks[clock.case_id].append(clock)
    office_was_read = Case._meta.get_field("office").is_cached
    read = [*(one.office for one in tasks), *(row.office for row in rows if office_was_read(row))]
    codes = {office.pk: office.code for office in read if office}
    found.codes = {**codes, **office_codes({row.office_id for row in rows} - set(codes))}
    return found


def situation_of(service: Service, row: Case, known: Beside | None = None) -> Situation:
    """Return a case as the machine sees it.

    Args:
        known: what was gathered for it among others; where it is None, it is gathered for this one.
    """
    known = known or beside([row])
    entered: dict[str, datetime] = {}
    duties: dict[Duty, set[str]] = defaultdict(set)
    moves, tasks, clocks = known.moves[row.pk], known.tasks[row.pk], known.clocks[row.pk]
    for move, from_state, to_state, at, account in moves:
        if from_state != to_state:
            entered[to_state] = at
        made = service.moves.get(move)
        if made is not None and made.duty is not None and account:
            duties[made.duty].add(account)
    times = Counter(move for move, *_rest in moves)
    times.pop(FILE, None)
    codes = known.codes
    children_open, children_refused = _children(service, row)
    runs = {one.clock: run_of(one) for one in clocks if service.clock_of(one.clock)}
    return Situation(
        state=row.state,
        filed_at=row.received_at,
        answers=plain_answers(service, row),
        channel=row.channel,
        applicant=applicant_kind(row),
        region=row.region_code,
        office=codes.get(row.office_id, ""),
        previous=row.previous_state,
        entered=entered,
        times=times,
        runs=runs,
        tasks=tuple(TaskSeen(one.task, codes.get(one.office_id, ""), one.state) for one in tasks),
        duties={duty: frozenset(accounts) for duty, accounts in duties.items()},
        reopens=row.reopens,
        reroutes=row.reroutes,
        is_late=row.is_late,
        children_open=children_open,
        children_refused=children_refused,
        fired=frozenset(
            (one.clock, runs[one.clock].started_at, mark)
            for one in clocks
            if one.clock in runs
            for mark in one.effects_done
        ),
    )


def _children(service: Service, row: Case) -> tuple[int, int]:
    """Return how many children are open, and how many were refused; none are looked for where none can be."""
    if not service.children:
        return 0, 0
    found = Case.objects.filter(tenant=row.tenant, parent=row)
    rows = list(found.values_list("is_open", "service", "service_version", "state"))
    refused = sum(
        version_of(code, version).states[state].outcome is Outcome.REFUSED
        for is_open, code, version, state in rows
        if not is_open
    )
    return sum(is_open for is_open, *_rest in rows), refused


def holds(condition: Condition | None, known: Mapping[str, Any]) -> bool:
    """Answer a condition of a service; one without an answer is a no, and nothing passes by it."""
    if condition is None:
        return True
    try:
        return condition.holds(known)
    except ConditionFailed:
        return False


def is_hidden_whole(service: Service, situation: Situation, at: datetime, world: World) -> bool:
    """Tell whether a whole case is kept from officers, by a hiding of the service without fields."""
    officers = service.roles_of(Party.OFFICER)
    known = machine.values(service, situation, at, world)
    return any(
        not one.fields and officers & set(one.hidden_from) and holds(one.when, known)
        for one in service.hiding
    )


def hides_applicant(service: Service, known: Mapping[str, Any]) -> bool:
    """Tell whether officers may not know who the applicant is: some hiding keeps personal answers from them.

    Args:
        known: as `machine.values` gives them.
    """
    officers = service.roles_of(Party.OFFICER)
    return any(
        officers & set(one.hidden_from) and service.covers_personal(one.fields) and holds(one.when, known)
        for one in service.hiding
    )


def is_public(service: Service, known: Mapping[str, Any]) -> bool:
    """Tell whether a case is counted and drawn for everybody; a service without a public face has none.

    What its map hides stays hidden; a service without a map is counted as its dataset is published.
    """
    face: Face | PublishedDataset | None = service.publication.map or service.publication.dataset
    if face is None:
        return False
    # A condition that has no answer hides.
    try:
        return face.hide_when is None or not face.hide_when.holds(known)
    except ConditionFailed:
        return False

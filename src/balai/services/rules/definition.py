"""A service as values: what one version of its file says, with conditions ready to be asked.

Everything is frozen and keeps the order of the file. `balai.services.rules.loading`
makes it; nothing here reads a file, a table or a clock.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from balai.data.rules.indicators import Indicator
from balai.definitions import Words
from balai.definitions.conditions import Condition, Kind, Shape
from balai.forms.rules import Form


class Status(StrEnum):
    """Only published services take new cases; running cases of a retired one are finished."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class StateKind(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """the next move is somebody else's: the applicant's, mostly"""
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a closed case means for its applicant."""

    GRANTED = "granted"
    """what was asked for is given: a positive decision"""
    REFUSED = "refused"
    DONE = "done"
    """dealt with; nothing was there to be granted"""
    VOID = "void"
    """withdrawn, merged, or sent elsewhere"""


class Party(StrEnum):
    APPLICANT = "applicant"
    OFFICER = "officer"
    SYSTEM = "system"


class Duty(StrEnum):
    """One person does not do both for one case."""

    VERIFY = "verify"
    APPROVE = "approve"


class Unit(StrEnum):
    """How a clock counts; see `balai.services.rules.clocks`."""

    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CLOCK_HOURS = "clock_hours"
    CALENDAR_DAYS = "calendar_days"


class Transform(StrEnum):
    """The ways, and the only ones, by which a personal answer leaves a service."""

    NONE = "none"
    DROP = "drop"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    VILLAGE = "village"
    DISTRICT = "district"
    GRID_25M = "grid_25m"
    GRID_100M = "grid_100m"
    PRESENCE = "presence"
    """only whether it was answered"""
    REDACT = "redact"
    """a text without names of people, numbers, phones and addresses of mail"""
    INITIALS = "initials"
    YEAR_OF_BIRTH = "year_of_birth"


OWNER, ASSIGNED, TASKED, ANY = "owner", "assigned", "tasked", "any"
"""Offices a role may name besides the code of one: of the service, of the case, of the task, whichever."""
SAME, PREVIOUS = "same", "previous"
"""Where a move may lead besides a state: nowhere else, or back to where the case came from."""
FILED = "filed"
"""The event that opens a case."""


@dataclass(frozen=True)
class Law:
    key: str
    name: str
    article: str
    confidence: str


@dataclass(frozen=True)
class Role:
    """Who somebody is to a case.

    Attributes:
        verb: of `balai.people`, that an officer needs; "" for the others.
        office: of which office: OWNER, ASSIGNED, TASKED, ANY or an office's code; "" for the others.
    """

    id: str
    title: Words
    party: Party
    verb: str = ""
    office: str = ""


@dataclass(frozen=True)
class State:
    """Where a case can stand.

    Attributes:
        outcome: of a closed state; None for the others.
        waits_for: role whose move a waiting state waits for, "" for the others.
    """

    id: str
    title: Words
    kind: StateKind
    about: Words | None = None
    outcome: Outcome | None = None
    waits_for: str = ""

    @property
    def is_closed(self) -> bool:
        return self.kind is StateKind.CLOSED


class EventKind(StrEnum):
    FILED = "filed"
    ENTER = "enter"
    LEAVE = "leave"
    MOVE = "move"


@dataclass(frozen=True)
class Event:
    """Something that happened to a case; `of` is a state or a move, "" when it was filed."""

    kind: EventKind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.of}".strip()


class EffectKind(StrEnum):
    NOTIFY = "notify"
    """send notice `notice` to role `of`"""
    ESCALATE = "escalate"
    """put the case before role `of`, who must look at it; `notice` is sent to them"""
    FIRE = "fire"
    """make move `of` as the system"""
    ROUTE = "route"
    """give the case to an office: `of` is auto (by the routing) or chosen (by who moves)"""
    TASKS = "tasks"
    """open task `of` for the offices that were chosen, or for the task's own"""
    DOCUMENT = "document"
    CHILD = "child"
    """open a case of service `of` as a child"""
    MERGE_INTO = "merge_into"
    """follow the case whose number the input `of` gives"""
    CORRECT = "correct"
    """replace answer `of` by the input `from_input`, keeping both"""


@dataclass(frozen=True)
class Effect:
    """Something to be done besides the move itself, as data; whoever keeps cases does it.

    Attributes:
        after: of a breach: how many units of the clock later; 0 at once.
        then: of a child: the move the system makes once every child of that service is closed.
    """

    kind: EffectKind
    of: str
    notice: str = ""
    from_input: str = ""
    when: Condition | None = None
    after: int = 0
    law: Law | None = None
    then: str = ""


@dataclass(frozen=True)
class TableLimit:
    """A cell of a dated table: the row in force on the day the clock starts."""

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Limit:
    """How much a clock may use: an amount here, or from a dated table.

    Attributes:
        when: None for the last, which holds when no other does.
        unit: that the amount is counted in; a table's rows all have the same.
        law: None where the table's row names its source.
    """

    unit: Unit
    when: Condition | None = None
    amount: int | None = None
    table: TableLimit | None = None
    law: Law | None = None


@dataclass(frozen=True)
class Clock:
    """A promise that is counted.

    Attributes:
        pauses: states in which it stands still.
        warn_at: percent of the limit, each once.
        restart: whether a later start counts anew; otherwise it is passed over.
        shown: whether the applicant sees its due date.
    """

    id: str
    title: Words
    starts: tuple[Event, ...]
    stops: tuple[Event, ...]
    pauses: tuple[str, ...]
    limits: tuple[Limit, ...]
    warn_at: tuple[int, ...] = ()
    on_warn: tuple[Effect, ...] = ()
    on_breach: tuple[Effect, ...] = ()
    restart: bool = False
    resume_on_reopen: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Move:
    """A step a role may make.

    Attributes:
        target: state it leads to, SAME or PREVIOUS (the state the case came to this one from).
        guard: what must hold besides; over `form`, `input`, `case`, `times`, `days_since` and the lookups.
        because: what is told when the guard does not hold.
        form: what is asked of who moves; None when nothing is.
        offices: "one" or "many" when offices are chosen with the move, else "".
        most: how often one case may make it; None without bound.
        deemed: the law makes this decision when the office is silent.
    """

    id: str
    title: Words
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    guard: Condition | None = None
    because: Words | None = None
    form: Form | None = None
    offices: str = ""
    most: int | None = None
    duty: Duty | None = None
    reopens: bool = False
    deemed: bool = False
    law: Law | None = None
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Task:
    """Work other offices do while the case stands in `state`, side by side.

    Attributes:
        office: its only office, "" when offices are chosen.
        blocks: moves that wait until none of these tasks is open.
        limit: how long each office has for it; None for no limit of its own.
        warn_at, on_warn, on_breach: as of a clock, for each office apart.
        on_all_done, on_refused: move the system makes then, "" for none.
    """

    id: str
    title: Words
    state: str
    by: tuple[str, ...]
    office: str = ""
    form: Form | None = None
    may_refuse: bool = False
    blocks: tuple[str, ...] = ()
    limit: Limit | None = None
    on_all_done: str = ""
    on_refused: str = ""
    warn_at: tuple[int, ...] = ()
    on_warn: tuple[Effect, ...] = ()
    on_breach: tuple[Effect, ...] = ()


AT = "@"
"""Between a task and the office that does it, in the key of its clock: "assist@dinkes"."""


@dataclass(frozen=True)
class Lookup:
    """A row of dated table `table`: `row`, or the one whose key the form's field `field` answers."""

    id: str
    table: str
    field: str = ""
    row: str = ""


@dataclass(frozen=True)
class Route:
    """Where a case goes when `when` holds: just one of office, column, place, least_loaded is said.

    Attributes:
        column: (lookup, column) that holds an office's code.
        place: "village" or "district": the office of the case's region at that depth.
        least_loaded: offices of which the one with the fewest open cases takes it.
    """

    because: Words
    when: Condition | None = None
    office: str = ""
    column: tuple[str, str] | None = None
    place: str = ""
    least_loaded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """A message, sent on an event, every so many days during some states, or by an effect.

    Attributes:
        to: roles; empty where the effect that sends it names the role.
        says: names between braces in its texts, such as "number" or "form.title".
    """

    id: str
    subject: Words
    text: Words
    event: Event | None = None
    every_days: int | None = None
    during: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    via: tuple[str, ...] = ("inbox", "email")
    when: Condition | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A document the service makes; `says` are the values its template is given."""

    id: str
    title: Words
    template: str
    signed_by: str = ""
    says: tuple[str, ...] = ()


PUBLIC = "public"
"""Everyone, among the roles something is hidden from."""


@dataclass(frozen=True)
class Hiding:
    """What is kept from whom while `when` holds; without fields the whole case."""

    hidden_from: tuple[str, ...]
    because: Words
    when: Condition | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A value that leaves: path such as form.category, case.number, clock.verify.used, move.rate.rating."""

    value: str
    name: str
    meaning: Words
    kind: Kind | Shape
    transform: Transform = Transform.NONE


@dataclass(frozen=True)
class Face:
    """What is seen of a case by people outside; nothing of a case for which `hide_when` holds."""

    show: tuple[Shown, ...]
    hide_when: Condition | None = None


@dataclass(frozen=True)
class PublishedDataset:
    """The rows the service hands to One Data, one for each case.

    Attributes:
        delay_days: a case is published that many days after it was filed, at the earliest.
        least, least_by: groups of fewer cases alike in these columns are held back; 0 for no such rule.
    """

    code: str
    title: Words
    licence: str
    frequency: str
    delay_days: int
    columns: tuple[Shown, ...]
    least: int = 0
    least_by: tuple[str, ...] = ()
    hide_when: Condition | None = None


@dataclass(frozen=True)
class Publication:
    tracking: Face | None = None
    map: Face | None = None
    open311: Face | None = None
    dataset: PublishedDataset | None = None


@dataclass(frozen=True)
class ServiceIndicator:
    """A figure over the dataset, and the targets of plans it feeds as (plan, indicator)."""

    define: Indicator
    feeds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Retention:
    personal_years: int
    case_years: int
    law: Law
    hold_when: Condition | None = None


@dataclass(frozen=True)
class Suggest:
    """Answers of `field` are suggested from `text` by the words in columns `words` of a dated table."""

    field: str
    text: tuple[str, ...]
    table: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Duplicates:
    """Open cases of the last `days` alike in `same`, near `place`, with words in common, are shown first."""

    same: tuple[str, ...] = ()
    place: str = ""
    within_m: int = 0
    text: tuple[str, ...] = ()
    days: int = 60


@dataclass(frozen=True)
class Filing:
    by: tuple[str, ...]
    channels: tuple[str, ...]
    without_account: bool
    per_contact_per_day: int
    per_address_per_hour: int
    guard: Condition | None = None
    because: Words | None = None
    duplicates: Duplicates | None = None


@dataclass(frozen=True)
class Series:
    """The number series; `pattern` has {yyyy}, {mm} and {seq:06}."""

    pattern: str
    scope: str

    def written(self, running: int, on: date) -> str:
        """Return a number of the series.

        >>> Series("ADU-{yyyy}{mm}-{seq:06}", "month").written(12, date(2026, 8, 14))
        'ADU-202608-000012'
        """
        return self.pattern.format(yyyy=f"{on.year:04}", mm=f"{on.month:02}", seq=running)

    def counted_within(self, on: date) -> str:
        """Return what running numbers are unique in: "2026-08", "2026" or "".

        >>> Series("A-{yyyy}-{seq:04}", "year").counted_within(date(2026, 8, 14))
        '2026'
        """
        return {"month": f"{on:%Y-%m}", "year": f"{on:%Y}", "ever": ""}[self.scope]


@dataclass(frozen=True)
class Upgrade:
    """How a running case of version `version` is brought to this one: old id → new id."""

    version: int
    states: Mapping[str, str]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class TestStep:
    """One step of a test; exactly one of move, task and wait is there."""

    __test__ = False

    at: datetime | None = None
    move: str = ""
    task: str = ""
    result: str = "done"
    office: str = ""
    by: str = ""
    person: str = ""
    input: Mapping[str, Any] = field(default_factory=dict)
    offices: tuple[str, ...] = ()
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Test:
    """A story inside the file, and what must hold at its end (`then`, as written)."""

    __test__ = False

    name: str
    at: datetime
    by: str
    person: str
    channel: str
    answers: Mapping[str, Any]
    region: str
    steps: tuple[TestStep, ...]
    then: Mapping[str, Any]


@dataclass(frozen=True)
class Service:
    """One version of a service.

    Attributes:
        code, version: together the name of its file, "sambat/1"; see `key`.
        sha256: of what it says, the parts of its form included; each case keeps it.
        cities: keys of the tenants that offer it; empty for all.
        owner: code of the office in charge.
        laws: the legal basis by key.
        office_hours: dated table of the office hours its clocks count in.
        search: fields cases are found by ("place.village"); those of P2 and P3 through the blind index.
        same_person_may: the law that lets one person verify and approve, None where none does.
        variables: what conditions may name (`balai.services.rules.facts` fills them).
    """

    code: str
    version: int
    sha256: str
    status: Status
    valid_from: date
    title: Words
    summary: Words
    icon: str
    source: str
    cities: tuple[str, ...]
    owner: str
    laws: Mapping[str, Law]
    archive_code: str
    office_hours: str
    number: Series
    filing: Filing
    form: Form
    lookups: Mapping[str, Lookup]
    search: tuple[str, ...]
    suggest: Suggest | None
    roles: Mapping[str, Role]
    states: Mapping[str, State]
    initial: str
    moves: Mapping[str, Move]
    clocks: Mapping[str, Clock]
    tasks: Mapping[str, Task]
    routing: tuple[Route, ...]
    most_reroutes: int
    notices: Mapping[str, Notice]
    documents: Mapping[str, Letter]
    hiding: tuple[Hiding, ...]
    publication: Publication
    indicators: tuple[ServiceIndicator, ...]
    retention: Retention
    same_person_may: Law | None
    upgrades: tuple[Upgrade, ...]
    tests: tuple[Test, ...]
    variables: Mapping[str, Kind | Shape] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        return f"{self.code}/{self.version}"

    @cached_property
    def moves_from(self) -> Mapping[str, tuple[Move, ...]]:
        """The moves that begin in each state, in the order of the file."""
        return {
            state: tuple(move for move in self.moves.values() if state in move.sources)
            for state in self.states
        }

    def targets(self, move: Move, source: str) -> Iterator[str]:
        """Yield the states `move` may lead to from `source`; several where it leads back."""
        if move.target == SAME:
            yield source
        elif move.target == PREVIOUS:
            for other in self.moves.values():
                if other.target == source:
                    yield from (each for each in other.sources if each != source)
        else:
            yield move.target

    def clock_of(self, key: str) -> Clock | None:
        """Return the clock of a key: one of the file, or that of a task of one office; None for neither."""
        name, sign, _office = key.partition(AT)
        task = self.tasks.get(name) if sign else None
        if task is None or task.limit is None:
            return self.clocks.get(key)
        return Clock(
            key,
            task.title,
            starts=(),
            stops=(),
            pauses=(),
            limits=(task.limit,),
            warn_at=task.warn_at,
            on_warn=task.on_warn,
            on_breach=task.on_breach,
            restart=True,
            shown=False,
        )

    @cached_property
    def children(self) -> Mapping[str, str]:
        """Services of which cases are opened as children, each with the move made once they are closed."""
        return {
            effect.of: effect.then
            for move in self.moves.values()
            for effect in move.effects
            if effect.kind is EffectKind.CHILD
        }

    def roles_of(self, party: Party) -> frozenset[str]:
        return frozenset(role.id for role in self.roles.values() if role.party is party)

    def offered_in(self, tenant: str) -> bool:
        return not self.cities or tenant in self.cities

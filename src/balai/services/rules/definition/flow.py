"""How a case goes through a service: who, where, what happens, what follows, and within which time."""

from dataclasses import dataclass
from enum import StrEnum

from balai.definitions import Words
from balai.definitions.conditions import Condition
from balai.forms.rules import Form
from balai.services.rules.definition.kinds import Duty, Outcome, Party, StateKind, Unit


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

"""What a file of `definitions/services` says: the models that pydantic reads and editors get as JSON Schema.

See docs/reference/layanan.md.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, StringConstraints

from balai.data.rules.indicators import Indicator
from balai.definitions import Code, Confidence, Words, Written
from balai.forms.rules import Entry, FormText

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A name that stays for ever and is never used again with another meaning."""
ClockKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(@[a-z][a-z0-9-]*)?$", max_length=60)]
"""A clock, or the task of one office: assist@dinkes."""
Condition = Annotated[str, StringConstraints(min_length=1, max_length=500)]
EventText = Annotated[str, StringConstraints(pattern=r"^(filed|(enter|leave|move) [a-z][a-z0-9_]*)$")]
"""filed, "enter answered", "leave answered", "move assign"."""


def _an_instant(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        told = _("“%(text)s” bukan waktu yang ada di kalender; tulis seperti 2026-08-18T09:00+07:00.")
        raise ValueError(told % {"text": text}) from None
    return text


Instant = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$"),
    AfterValidator(_an_instant),
]
"""Of this century, as every calendar we know of is."""
ServiceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
UnitName = Literal["working_days", "working_hours", "clock_hours", "calendar_days"]
TransformName = Literal[
    "none", "drop", "day", "month", "year", "village", "district", "grid_25m", "grid_100m", "presence",
    "redact", "initials", "year_of_birth",
]  # fmt: skip


class LawText(Written):
    """A rule the service rests on; `article` where a deadline or a silent decision is taken from it."""

    key: Code
    name: Annotated[str, Field(min_length=1)]
    article: str = ""
    confidence: Confidence


class LegalText(Written):
    basis: Annotated[tuple[LawText, ...], Field(min_length=1)]
    archive_code: str = ""


class RoleText(Written):
    """Who somebody is to a case: its applicant, a holder of a verb in an office, or the system's clock."""

    title: Words
    party: Literal["applicant", "officer", "system"] = "officer"
    verb: str | None = None
    office: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")] | None = None


class DuplicatesText(Written):
    """Which open cases are shown before a new one is filed."""

    same: tuple[Id, ...] = ()
    place: str | None = None
    within_m: Annotated[int, Field(ge=1, le=5000)] | None = None
    text: tuple[Id, ...] = ()
    days: Annotated[int, Field(ge=1, le=365)] = 60


class FilingText(Written):
    """Who may open a case, by which ways, and how many."""

    by: Annotated[tuple[Id, ...], Field(min_length=1)]
    channels: Annotated[
        tuple[Literal["web", "qr", "counter", "helper", "api", "sms", "open311", "import"], ...],
        Field(min_length=1),
    ]
    without_account: bool = False
    per_contact_per_day: Annotated[int, Field(ge=1)] = 10
    per_address_per_hour: Annotated[int, Field(ge=1)] = 20
    guard: Condition | None = None
    because: Words | None = None
    duplicates: DuplicatesText | None = None


class NumberText(Written):
    """The number series; {seq:06} is the running number, counted anew in each `scope`.

    It stands in addresses, so it has letters, digits, hyphens and underscores alone.
    """

    pattern: Annotated[
        str,
        StringConstraints(
            pattern=r"^([A-Za-z0-9_-]|\{(yyyy|mm|seq|seq:0[1-9])\})+$", min_length=3, max_length=40
        ),
    ]
    scope: Literal["ever", "year", "month"]


class LookupText(Written):
    """A row of a dated table that conditions and routes may name: `row`, or of the key a field answers."""

    table: Code
    key: Id | None = None
    row: Code | None = None


class StateText(Written):
    title: Words
    kind: Literal["open", "waiting", "closed"]
    about: Words | None = None
    outcome: Literal["granted", "refused", "done", "void"] | None = None
    waits_for: Id | None = None


class TableLimitText(Written):
    """A limit from a dated table: the row in force on the day the clock starts."""

    table: Code
    row: Code
    column: Id


class LimitText(Written):
    when: Condition | None = None
    amount: Annotated[int, Field(ge=1, le=10_000)] | None = None
    table: TableLimitText | None = None
    unit: UnitName | None = None
    law: Code | None = None


class EffectText(Written):
    """One thing that happens; just one of the first eight names is said."""

    notify: Id | None = None
    escalate: Id | None = None
    fire: Id | None = None
    route: Literal["auto", "chosen"] | None = None
    tasks: Id | None = None
    document: Id | None = None
    child: ServiceCode | None = None
    merge_into: Id | None = None
    correct: Id | None = None
    notice: Id | None = None
    from_input: Id | None = None
    when: Condition | None = None
    after: Annotated[int, Field(ge=0, le=1000)] | None = None
    law: Code | None = None
    then: Id | None = None


class ClockText(Written):
    title: Words
    start: Annotated[tuple[EventText, ...], Field(min_length=1)]
    stop: Annotated[tuple[EventText, ...], Field(min_length=1)]
    pause: tuple[Id, ...] = ()
    unit: UnitName
    limit: Annotated[tuple[LimitText, ...], Field(min_length=1)]
    warn_at: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    on_warn: tuple[EffectText, ...] = ()
    on_breach: tuple[EffectText, ...] = ()
    restart: bool = False
    resume_on_reopen: bool = False
    shown: bool = True


class MoveText(Written):
    title: Words
    sources: Annotated[tuple[Id, ...], Field(min_length=1, alias="from")]
    to: Id
    by: Annotated[tuple[Id, ...], Field(min_length=1)]
    guard: Condition | None = None
    because: Words | None = None
    ask: Annotated[tuple[Entry, ...], Field(max_length=50)] = ()
    offices: Literal["one", "many"] | None = None
    most: Annotated[int, Field(ge=1, le=100)] | None = None
    duty: Literal["verify", "approve"] | None = None
    reopens: bool = False
    deemed: bool = False
    law: Code | None = None
    do: tuple[EffectText, ...] = ()


class TaskText(Written):
    """Work that other offices do inside a state, side by side."""

    title: Words
    state: Id
    by: Annotated[tuple[Id, ...], Field(min_length=1)]
    office: str | None = None
    ask: Annotated[tuple[Entry, ...], Field(max_length=50)] = ()
    may_refuse: bool = False
    blocks: tuple[Id, ...] = ()
    unit: UnitName = "working_days"
    limit: LimitText | None = None
    on_all_done: Id | None = None
    on_refused: Id | None = None
    warn_at: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    on_warn: tuple[EffectText, ...] = ()
    on_breach: tuple[EffectText, ...] = ()


class RouteText(Written):
    """The first whose `when` holds decides; exactly one of office, column and place is said."""

    when: Condition | None = None
    office: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")] | None = None
    column: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] | None = None
    place: Literal["village", "district"] | None = None
    least_loaded: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")], ...] = ()
    because: Words


class NoticeText(Written):
    """A message; {number}, {form.x} and the like are put in. Without `event` only effects send it."""

    event: EventText | None = None
    every_days: Annotated[int, Field(ge=1, le=90)] | None = None
    during: tuple[Id, ...] = ()
    to: tuple[Id, ...] = ()
    via: tuple[Literal["inbox", "email", "whatsapp", "sms"], ...] = ("inbox", "email")
    when: Condition | None = None
    subject: Words
    text: Words


class DocumentText(Written):
    """A letter the service makes; its template is drawn by `documents`."""

    title: Words
    template: Code
    signed_by: Id | None = None
    says: tuple[str, ...] = ()


class HidingText(Written):
    """What is kept from whom, while the condition holds: fields, or with none the whole case."""

    when: Condition | None = None
    fields: tuple[str, ...] = ()
    hidden_from: Annotated[tuple[Id, ...], Field(min_length=1, alias="from")]
    because: Words


class ShownText(Written):
    """One value that leaves the service; `value` is form.x, case.x, clock.x.y or move.x.y."""

    value: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}$")]
    name: Id
    meaning: Words
    transform: TransformName = "none"


class TrackingText(Written):
    """What whoever has number and PIN sees."""

    show: tuple[ShownText, ...]


class FaceText(Written):
    """What anyone sees: the public map, and the Open311 face."""

    show: Annotated[tuple[ShownText, ...], Field(min_length=1)]
    hide_when: Condition | None = None


class SmallCountsText(Written):
    """Groups of fewer than `least` cases that share the columns `by` are held back."""

    least: Annotated[int, Field(ge=2, le=100)]
    by: Annotated[tuple[Id, ...], Field(min_length=1)]


class DatasetText(Written):
    """The rows the service hands to One Data; each row is a case."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    title: Words
    licence: Literal["CC BY 4.0", "CC0 1.0"] = "CC BY 4.0"
    frequency: Literal["daily", "monthly", "quarterly", "yearly"] = "monthly"
    delay_days: Annotated[int, Field(ge=0, le=365)] = 0
    columns: Annotated[tuple[ShownText, ...], Field(min_length=1)]
    small_counts: SmallCountsText | None = None
    hide_when: Condition | None = None


class PublicationText(Written):
    tracking: TrackingText | None = None
    map: FaceText | None = None
    open311: FaceText | None = None
    dataset: DatasetText | None = None


class FeedText(Written):
    """A target of a plan that the figure of an indicator fills."""

    plan: Code
    indicator: Annotated[str, Field(min_length=1, max_length=60)]


class IndicatorText(Written):
    """A figure counted in SQL over the dataset of the service."""

    define: Indicator
    feeds: tuple[FeedText, ...] = ()


class RetentionText(Written):
    """How long after closing: personal answers are erased, then the case."""

    personal_years: Annotated[int, Field(ge=0, le=30)]
    case_years: Annotated[int, Field(ge=1, le=100)]
    hold_when: Condition | None = None
    law: Code


class SuggestText(Written):
    """A field the words of the report suggest an answer for; people decide."""

    field: Id
    text: Annotated[tuple[Id, ...], Field(min_length=1)]
    table: Code
    words: Annotated[tuple[Id, ...], Field(min_length=1)]


class UpgradeText(Written):
    """How a running case of an earlier version is brought to this one."""

    version: Annotated[int, Field(ge=1)]
    states: dict[Id, Id] = {}
    fields: dict[Id, Id] = {}


class StepOfTest(Written):
    """One step of a test: a move, a finished task, or waiting until an instant."""

    at: Instant | None = None
    move: Id | None = None
    task: Id | None = None
    result: Literal["done", "refused"] = "done"
    office: str | None = None
    by: Id | None = None
    person: str | None = None
    input: dict[str, object] = {}
    offices: tuple[str, ...] = ()
    wait_until: Instant | None = None


class Expected(Written):
    """What holds at the end; what is not named is not looked at."""

    state: Id | None = None
    due: dict[ClockKey, Instant | None] = {}
    clocks: dict[ClockKey, Literal["waiting", "running", "paused", "met", "missed", "void"]] = {}
    used: dict[ClockKey, int] = {}
    limit: dict[ClockKey, int] = {}
    refused: tuple[tuple[Id, Id], ...] = ()
    allowed: tuple[tuple[Id, Id], ...] = ()
    office: str | None = None
    notices: tuple[Id, ...] = ()
    tasks_open: int | None = None


class TestText(Written):
    """A story that must come out as told, run when the file is loaded."""

    __test__ = False  # pytest takes the name for a test

    name: Annotated[str, Field(min_length=1)]
    at: Instant
    by: Id
    person: str | None = None
    channel: str = "web"
    answers: dict[str, object]
    region: str = ""
    steps: Annotated[tuple[StepOfTest, ...], Field(max_length=100)] = ()
    then: Expected


class ServiceText(Written):
    """A service as its file says it."""

    format: Literal["service/1"]
    service: ServiceCode
    version: Annotated[int, Field(ge=1, le=9999)]
    status: Literal["draft", "published", "retired"]
    valid_from: date
    title: Words
    summary: Words
    icon: Code = "message-circle"
    source: Annotated[str, Field(min_length=1)]
    cities: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9.]{2,13}$")], ...] = ()
    owner: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    legal: LegalText
    office_hours: Code = "office_hours"
    number: NumberText
    filing: FilingText
    form: FormText
    lookups: Annotated[dict[Id, LookupText], Field(max_length=40)] = {}
    search: tuple[str, ...] = ()
    suggest: SuggestText | None = None
    roles: Annotated[dict[Id, RoleText], Field(min_length=1, max_length=40)]
    states: Annotated[dict[Id, StateText], Field(min_length=2, max_length=100)]
    initial: Id
    moves: Annotated[dict[Id, MoveText], Field(min_length=1, max_length=200)]
    clocks: Annotated[dict[Id, ClockText], Field(max_length=40)] = {}
    tasks: Annotated[dict[Id, TaskText], Field(max_length=40)] = {}
    routing: Annotated[tuple[RouteText, ...], Field(max_length=100)] = ()
    most_reroutes: Annotated[int, Field(ge=0, le=50)] = 5
    notices: Annotated[dict[Id, NoticeText], Field(max_length=100)] = {}
    documents: Annotated[dict[Id, DocumentText], Field(max_length=40)] = {}
    hiding: Annotated[tuple[HidingText, ...], Field(max_length=40)] = ()
    publication: PublicationText = PublicationText()
    indicators: tuple[IndicatorText, ...] = ()
    retention: RetentionText
    same_person_may: Code | None = None
    upgrades: tuple[UpgradeText, ...] = ()
    tests: Annotated[tuple[TestText, ...], Field(max_length=200)] = ()

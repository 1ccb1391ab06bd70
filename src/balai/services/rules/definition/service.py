"""One version of a service, whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from balai.definitions import Words
from balai.definitions.conditions import Kind, Shape
from balai.forms.rules import Form
from balai.services.rules.definition.desk import Filing, Retention, Series, Suggest, Upgrade
from balai.services.rules.definition.flow import (
    Clock,
    EffectKind,
    Law,
    Lookup,
    Move,
    Role,
    Route,
    State,
    Task,
)
from balai.services.rules.definition.kinds import AT, PREVIOUS, SAME, Party, Status
from balai.services.rules.definition.speech import Hiding, Letter, Notice, Publication, ServiceIndicator
from balai.services.rules.definition.trials import Test


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

    def covers_personal(self, fields: tuple[str, ...]) -> bool:
        """Tell whether among some hidden fields, or all where none is said, is personal data."""
        hidden = {field.removeprefix("form.") for field in fields}
        return not fields or any(
            field.is_personal and (path in hidden or path.partition(".")[0] in hidden)
            for path, field in self.form.fields()
        )

    @cached_property
    def may_hide_applicant(self) -> bool:
        """Whether a case of it may come to hide from officers who filed it, and be it by a correction."""
        officers = self.roles_of(Party.OFFICER)
        return any(
            officers & set(one.hidden_from) and self.covers_personal(one.fields) for one in self.hiding
        )

    def roles_of(self, party: Party) -> frozenset[str]:
        return frozenset(role.id for role in self.roles.values() if role.party is party)

    def offered_in(self, tenant: str) -> bool:
        return not self.cities or tenant in self.cities

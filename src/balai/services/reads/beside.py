"""What stands beside a case on the desk: its family, what is like it, where it should go, what changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.people import reads as people
from balai.services.models import Case, CaseMove
from balai.services.reads import sight
from balai.services.reads.alike import Alike, alike
from balai.services.reads.situation import FILE
from balai.services.reads.suggested import guess
from balai.services.rules import machine
from balai.services.rules.definition import EffectKind, Service
from balai.services.rules.machine import Situation, World

UPGRADE = "upgrade"
"""The move by which a case came to another version, in its history."""


def key_of(actor: Actor, service: str, number: str) -> UUID:
    """Return the id of a case by what stands in its address. Raises NotFound."""
    found = (
        sight.cases(actor)
        .filter(service=service, number=number.strip().upper()[:60])
        .values_list("pk", flat=True)
        .first()
    )
    if found is None:
        raise sight.not_there()
    key: UUID = found
    return key


_MOST_AROUND = 200


@dataclass(frozen=True)
class Relative:
    """A case that belongs to another, as far as the actor may know of it."""

    number: str
    service: str
    state: str
    subject: str


@dataclass(frozen=True)
class Family:
    """The cases around one. What the actor may not know of is left out."""

    parent: Relative | None
    children: tuple[Relative, ...]
    merged_into: Relative | None
    merged: tuple[Relative, ...]


def family(actor: Actor, row: Case) -> Family:
    """Return parent, children and merged cases of a case, the first 200 of each; three queries."""
    # First who they are, by the indexes of what they point at; then which of them may be known. Asked
    # at once and in order, SQLite goes through all cases by number.
    rows = Case.objects.filter(tenant=actor.tenant).order_by()
    keys = {key for key in (row.parent_id, row.merged_into_id) if key}
    keys.update(rows.filter(parent=row).values_list("pk", flat=True)[:_MOST_AROUND])
    keys.update(rows.filter(merged_into=row).values_list("pk", flat=True)[:_MOST_AROUND])
    known = sight.cases(actor).filter(pk__in=keys).order_by() if keys else ()
    found = sorted(known, key=lambda one: one.number)
    by_id: dict[UUID | None, Case] = {one.pk: one for one in found}
    return Family(
        _relative(by_id.get(row.parent_id)),
        tuple(_known(one) for one in found if one.parent_id == row.pk),
        _relative(by_id.get(row.merged_into_id)),
        tuple(_known(one) for one in found if one.merged_into_id == row.pk),
    )


def _relative(row: Case | None) -> Relative | None:
    return _known(row) if row is not None else None


def _known(row: Case) -> Relative:
    return Relative(row.number, row.service, row.state, row.subject)


def same_thing(service: Service, row: Case, situation: Situation, now: datetime) -> tuple[Alike, ...]:
    """Return other open cases that may be about the same as this one, the likest first."""
    if row.is_secret or not row.is_open:
        return ()
    return tuple(one for one in alike(service, situation.answers, now) if one.id != row.pk)


@dataclass(frozen=True)
class Meanwhile:
    """A move that was made since somebody opened a case."""

    at: datetime
    title: str
    who: str


def meanwhile(actor: Actor, row: Case, service: Service, version: int) -> tuple[Meanwhile, ...]:
    """Return the moves of a case made after a version of it was seen."""
    rows = CaseMove.objects.filter(tenant=row.tenant, case=row, case_version__gt=version)
    return tuple(
        Meanwhile(one.at, move_title(service, one.move), one.actor_name)
        for one in rows.order_by("case_version")
    )


def move_title(service: Service, move: str) -> str:
    """Return what a move of the history is called."""
    if move in service.moves:
        return str(service.moves[move].title)
    return {FILE: _("Diajukan"), UPGRADE: _("Dipindahkan ke versi layanan yang baru")}.get(move, move)


@dataclass(frozen=True)
class Suggested:
    """Where the rules of a service would send a case, and what its words speak for.

    Attributes:
        office, because: by its answers as they are; "" where the service has no routing.
        label, share, words: the answer its words fit best, how much of all words that were found
            speak for it (0 to 1), and which they are; None where they fit what was answered.
        move, field: with which move and which input the answer is put right, "" where with none.
    """

    office: str
    because: str
    key: str = ""
    label: str = ""
    share: float = 0.0
    words: tuple[str, ...] = ()
    move: str = ""
    field: str = ""


def suggestion(
    service: Service, row: Case, situation: Situation, world: World, now: datetime
) -> Suggested | None:
    """Return where an open case should go, None where its service does not say."""
    if not service.routing or not row.is_open:
        return None
    known = machine.values(service, situation, now, world)
    rule = machine.route_of(service, known)
    code = machine.office_of(service, known)
    name = str(row.office) if code == situation.office and row.office else _office_name(code)
    told = Suggested(name, str(rule.because) if rule else "")
    best = guess(service, situation.answers, world, world.office.local(now).date())
    if best is None or best.key == situation.answers.get(service.suggest.field if service.suggest else ""):
        return told if name else None
    move, field = _corrected_by(service, row.state)
    return Suggested(
        told.office,
        told.because,
        best.key,
        best.label,
        best.share,
        best.words,
        move,
        field,
    )


def _office_name(code: str) -> str:
    found = people.all_offices().filter(code=code).first() if code else None
    return str(found) if found else ""


def _corrected_by(service: Service, state: str) -> tuple[str, str]:
    for move in service.moves_from[state]:
        for effect in move.effects:
            if effect.kind is EffectKind.CORRECT and service.suggest and effect.of == service.suggest.field:
                return move.id, effect.from_input
    return "", ""

"""Plays a service: cases come in, officers and residents act, clocks run out, up to now.

Whatever happens is a change of the engine, made by an actor with the rights for it, so
that an invented case is as whole as a real one. The clock is that of the story; only the
journal says when its lines were really written.
"""

import heapq
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Refused
from balai.people import reads as people
from balai.services import changes, reads
from balai.services.models import Case, CaseClock, CaseTask
from balai.services.reads.definitions import office_hours
from balai.services.rules.definition import Move, Party, Service
from balai.services.rules.office_time import OfficeTime
from balai.services.simulating.answers import Ground, answers, at_point, given, near
from balai.services.simulating.people import Staff, residents, staff_of
from balai.services.simulating.play import Pace, Play, drawn, play_of
from balai.services.simulating.points import points_of

PIN = "202600"
"""Of every invented case, for whoever wants to follow one in a demonstration."""
_RESIDENTS = 40
_SECOND = timedelta(seconds=1)
_LONGEST_REST = 1.0
_MOST_OFFICES = 2
_REMEMBERED = 12
"""Open cases a neighbour may have seen."""


@dataclass
class Played:
    """What a simulation came to.

    Attributes:
        filed, moves, alarms, followed: how many of each.
        refused: what the engine refused, by its sentence; the player then does something else.
    """

    filed: int = 0
    moves: int = 0
    alarms: int = 0
    followed: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass
class _Running:
    """A case on its way, with who filed it."""

    key: UUID
    applicant: Actor
    ticket: reads.Ticket
    topic: str
    answers: dict[str, Any]
    repeats: str = ""


def simulate(
    code: str,
    *,
    until: datetime,
    days: int,
    seed: int,
    cases: int | None = None,
    say: Callable[[str], object] = lambda _line: None,
    gently: bool = False,
) -> Played:
    """Play a service of the tenant in scope for some days that end now; the same seed gives the same story.

    Args:
        until: an instant; nothing happens after it.
        cases: how many come in; as many as the play says where it is None.
        gently: others are at work here: write a little at a time, and rest as long as that took.

    Raises:
        NotFound: no such service, or no play for it.
        CalendarEnds: the calendar does not know the days.
    """
    service = reads.service(code, until.date())
    play = play_of(code)
    many = cases if cases is not None else round(play.per_day * days)
    # A story by its seed is no secret.
    player = _Player(service, play, Random(f"{code}/{tenancy.current_tenant()}/{seed}"), until, seed)  # noqa: S311
    return player.run(until - timedelta(days=days), many, say, gently=gently)


class _Player:
    def __init__(self, service: Service, play: Play, chance: Random, until: datetime, seed: int) -> None:
        self.service, self.play, self.chance, self.until, self.seed = service, play, chance, until, seed
        self.office: OfficeTime = office_hours(service)
        self.ground = Ground(chance)
        self.staff = staff_of(service)
        self.residents = residents(chance, play.names, _RESIDENTS)
        self.visitor = people.visitor(tenancy.current_tenant())
        self.points = points_of(play, until) if play.qr else ()
        self.clock = system("services.clock", tenancy.current_tenant(), "services.import")
        self.waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self.running: dict[UUID, _Running] = {}
        self.seen: list[_Running] = []
        self.played = Played()
        self.count = 0

    def run(self, since: datetime, many: int, say: Callable[[str], object], *, gently: bool) -> Played:
        for number, at in enumerate(sorted(self._arrivals(since, many)), 1):
            self._later(at, lambda now, number=number: self._file(now, number))  # type: ignore[misc]
        while self.waiting:
            began, day = time.monotonic(), self.waiting[0][0].date()
            # A day a transaction is quick; but SQLite lets nobody else write meanwhile.
            with transaction.atomic():
                self._next()
                while not gently and self.waiting and self.waiting[0][0].date() == day:
                    self._next()
            if gently:
                time.sleep(min(time.monotonic() - began, _LONGEST_REST))
            say(f"{day:%Y-%m-%d}: {self.played.filed} berkas, {self.played.moves} langkah")
        with transaction.atomic():
            self._ring(self.until)
        return self.played

    def _next(self) -> None:
        at, _count, act = heapq.heappop(self.waiting)
        self._ring(at)
        act(at)

    def _arrivals(self, since: datetime, many: int) -> list[datetime]:
        days = [since + timedelta(days=number) for number in range((self.until - since).days)]
        weights = [self.play.weekdays[self.office.local(day).weekday()] for day in days]
        found = []
        for day in self.chance.choices(days, weights=weights, k=many):
            hour = self.chance.choices(range(len(self.play.hours)), weights=self.play.hours)[0]
            local = self.office.local(day).replace(hour=0, minute=0, second=0, microsecond=0)
            seconds = hour * 3600 + self.chance.randrange(3600)
            found.append(self.office.instant(local + timedelta(seconds=seconds)))
        return [at for at in found if at <= self.until]

    def _later(self, at: datetime, act: Callable[[datetime], None]) -> None:
        if at <= self.until:
            self.count += 1
            heapq.heappush(self.waiting, (at, self.count, act))

    def _ring(self, until: datetime) -> None:
        """Let the clocks of invented cases do what is due, each at its own time."""
        rows = CaseClock.objects.filter(
            tenant=tenancy.current_tenant(),
            next_at__lte=until,
            case__is_demo=True,
            case__service=self.service.code,
        ).order_by("next_at", "pk")
        while (first := rows.first()) is not None and first.next_at is not None:
            at = first.next_at + _SECOND
            rang = changes.ring(self.clock, str(first.case_id), at)
            self.played.alarms += rang
            if not rang:
                return
            self._go_on(first.case_id, at)

    # --- filing ---------------------------------------------------------------------

    def _file(self, now: datetime, number: int) -> None:
        kind = drawn(self.chance, self.play.applicants)
        channel = drawn(self.chance, self.play.channels)
        told = answers(
            self.chance,
            self.service,
            self.play,
            self.ground,
            number,
            self.office.local(now).date(),
            anonymous=kind == "anonymous",
        )
        actor = self.chance.choice(self.residents) if kind == "account" else self.visitor
        first = self._seen_before()
        if first is not None:
            told = near(self.chance, first.answers, told)
            if kind == "account" and self._follows(actor, told, now):
                return
        if channel in ("counter", "import"):
            actor = self._desk(channel) or actor
        point = self.chance.choice(self.points) if channel == "qr" and self.points else None
        if point is not None:
            told = at_point(self.service, told, reads.facts_of(point))
        key, at = f"demo:{self.seed}:{number}", str(point.pk) if point else ""
        coming = changes.Coming(channel, key, is_demo=True, pin=PIN, point=at)
        filed = self._try(lambda: changes.file(actor, self.service.code, told, coming, now))
        if filed is None or not filed.is_new:
            return
        self.played.filed += 1
        row = filed.case
        repeats = first.key if first is not None else None
        running = _Running(row.pk, actor, filed.ticket, row.topic, told)
        if repeats is not None:
            main = Case.objects.filter(pk=repeats, is_open=True, merged_into=None, is_secret=row.is_secret)
            running.repeats = main.values_list("number", flat=True).first() or ""
        elif not row.is_secret:
            self.seen = [running, *self.seen][:_REMEMBERED]
        self.running[row.pk] = running
        self._plan(row, running, now)

    def _seen_before(self) -> _Running | None:
        again = self.seen and self.chance.randrange(100) < self.play.again
        return self.chance.choice(self.seen) if again else None

    def _follows(self, actor: Actor, told: dict[str, Any], now: datetime) -> bool:
        """Follow what the engine shows as alike, as many do; tell whether they did."""
        if self.chance.randrange(100) >= self.play.follows:
            return False
        alike = reads.alike(self.service, told, now)
        if not alike or self._try(lambda: changes.follow(actor, alike[0].id, now)) is None:
            return False
        self.played.followed += 1
        return True

    def _desk(self, channel: str) -> Actor | None:
        verb = "forms.assist" if channel == "counter" else "services.import"
        return next((one.actor for one in self.staff if one.actor.may(verb)), None)

    # --- moving ---------------------------------------------------------------------

    def _go_on(self, key: UUID, now: datetime) -> None:
        running = self.running.get(key)
        if running is not None:
            self._plan(Case.objects.select_related("office").get(pk=key), running, now)

    def _plan(self, row: Case, running: _Running, now: datetime) -> None:
        """Draw what happens next to a case, and when."""
        pace = self.play.states.get(row.state)
        name = drawn(self.chance, pace.moves) if pace is not None else ""
        merge = self.play.merge
        if merge and running.repeats and row.state in self.service.moves[merge.move].sources:
            name = merge.move
        if not name or pace is None:
            return
        move = self.service.moves[name]
        state = row.state
        at = self._when(row, move, pace, now)

        def act(now: datetime) -> None:
            self._move(running, move, state, now)

        self._later(at, act)

    def _when(self, row: Case, move: Move, pace: Pace, now: datetime) -> datetime:
        hours = self.chance.lognormvariate(log(pace.hours), pace.spread)
        if self._by_applicant(move):
            return now + timedelta(hours=hours)
        code = row.office.code if row.office else self.service.owner
        return self._in_office_time(now, hours * self.play.offices.get(code, 100) / 100)

    def _in_office_time(self, now: datetime, hours: float) -> datetime:
        passed = self.office.passed(self.office.local(now))
        found = self.office.when_passed(passed + timedelta(seconds=round(hours * 3600)))
        return self.office.instant(found) if found is not None else self.until + _SECOND

    def _by_applicant(self, move: Move) -> bool:
        return bool(self.service.roles_of(Party.APPLICANT) & set(move.by))

    def _move(self, running: _Running, move: Move, state: str, now: datetime) -> None:
        row = Case.objects.select_related("office").get(pk=running.key)
        if row.state != state:
            return
        if row.tasks.filter(state=CaseTask.State.OPEN).exists():
            # Other offices are still at work; it is looked at again later.
            later = self._in_office_time(now, self.play.tasks.hours)
            self._later(later, lambda at: self._go_on(running.key, at))
            return
        if self._make(running, row, move, now):
            self._after(running, row, move, now)
        else:
            others = [
                one
                for one in self.service.moves_from[state]
                if one.id != move.id and one.id in self.play.states[state].moves
            ]
            for other in others:
                if self._make(running, row, other, now):
                    self._after(running, row, other, now)
                    return

    def _make(self, running: _Running, row: Case, move: Move, now: datetime) -> bool:
        typed = given(self.chance, self.play, move.id, move.form)
        merge = self.play.merge
        if merge and move.id == merge.move:
            if not running.repeats:
                return False
            typed[merge.input] = running.repeats
            running.repeats = ""
        offices = self._offices(row, move)
        ticket = None
        if self._by_applicant(move):
            actor = running.applicant
            ticket = running.ticket
        else:
            found = self._who(row, move)
            if found is None:
                return False
            actor = found.actor
        made = self._try(
            lambda: changes.move(
                actor,
                row.pk,
                move.id,
                version=row.version,
                at=now,
                given=typed,
                offices=offices,
                ticket=ticket,
            )
        )
        if made is None:
            return False
        self.played.moves += 1
        return True

    def _after(self, running: _Running, row: Case, move: Move, now: datetime) -> None:
        row = Case.objects.select_related("office").get(pk=running.key)
        if (
            not self._by_applicant(move)
            and self.play.comments
            and self.chance.randrange(100) < self.play.says
        ):
            found = self._who(row, move)
            if found is not None:
                text = self.chance.choice(self.play.comments)
                self._try(lambda: changes.comment(found.actor, row.pk, text, "internal", now))
        for task in row.tasks.filter(state=CaseTask.State.OPEN).select_related("office").order_by("pk"):
            hours = self.chance.lognormvariate(log(self.play.tasks.hours), self.play.tasks.spread)
            self._later(
                self._in_office_time(now, hours),
                lambda at, key=task.pk: self._finish(running, key, at),  # type: ignore[misc]
            )
        self._plan(row, running, now)

    def _finish(self, running: _Running, key: UUID, now: datetime) -> None:
        task = CaseTask.objects.select_related("office").get(pk=key)
        if task.state != CaseTask.State.OPEN or task.office is None:
            return
        known = self.service.tasks[task.task]
        code = task.office.code
        who = next((one for one in self.staff if one.office == code and one.parts & set(known.by)), None)
        if who is None:
            return
        done = not known.may_refuse or self.chance.randrange(100) < self.play.tasks.done
        typed = given(self.chance, self.play, task.task, known.form)
        self._try(
            lambda: changes.finish(
                who.actor, key, "done" if done else "refused", version=task.version, at=now, given=typed
            )
        )
        self.played.moves += 1

    def _who(self, row: Case, move: Move) -> Staff | None:
        """Return somebody who may make a move: of the case's office where the role asks for it."""
        code = row.office.code if row.office else ""
        for part in move.by:
            role = self.service.roles[part]
            for one in self.staff:
                fits = part in one.parts and (role.office != "assigned" or one.office == code)
                if fits and (not row.is_secret or one.actor.may("services.inspect")):
                    return one
        return None

    def _offices(self, row: Case, move: Move) -> tuple[str, ...]:
        if not move.offices:
            return ()
        own = row.office.code if row.office else ""
        known = sorted({rule for rule in self._handling() if rule != own})
        many = 1 if move.offices == "one" else self.chance.randint(1, min(_MOST_OFFICES, len(known)))
        return tuple(self.chance.sample(known, many))

    def _handling(self) -> set[str]:
        """Return the offices that a play names; where it names none, every one with staff."""
        named = set(self.play.offices) & {one.office for one in self.staff}
        return named or {one.office for one in self.staff}

    def _try[T](self, change: Callable[[], T]) -> T | None:
        try:
            with transaction.atomic():
                return change()
        except Refused as error:
            self.played.refused[str(error)[:120]] += 1
            return None

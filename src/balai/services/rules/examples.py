"""Runs the tests inside a file of a service, on the shipped tables and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import is_
from typing import Any

from django.utils.translation import gettext as _

from balai.base.days import CalendarEnds
from balai.base.errors import Refused
from balai.definitions import table
from balai.definitions.calendar import DECREES, FIXED, HOLIDAYS, days_of
from balai.definitions.rules import Row, in_force
from balai.definitions.tables import Table
from balai.forms.rules import Context, Form, validate
from balai.services.rules import clocks, machine
from balai.services.rules.definition import EffectKind, Party, Service, Test, TestStep
from balai.services.rules.machine import Situation, Who, World
from balai.services.rules.office_time import OfficeTime, office_time

ZONE = "Asia/Jakarta"
"""The time zone tests are told in."""
_MOST_ALARMS = 500
_AFTER = timedelta(seconds=1)


def shipped_world(service: Service) -> World:
    """Return the world of the shipped tables: without amendments, so that a test always ends the same."""
    known: dict[str, Table] = {}

    def row(code: str, key: str, on: date) -> Row | None:
        # Each look at the definitions asks the disk whether they changed; a story asks hundreds of times.
        if code not in known:
            known[code] = table(code)
        return in_force(known[code].rows, on).get(key)

    return World(_office(service), row)


_built: list[tuple[tuple[Table, ...], OfficeTime]] = []
"""The last office time that was built; a file of tests asks for the same one again and again."""


def _office(service: Service) -> OfficeTime:
    files = tuple(table(code) for code in (HOLIDAYS, DECREES, service.office_hours, FIXED))
    if _built and all(map(is_, _built[0][0], files)):
        return _built[0][1]
    days, decrees, hours, _fixed = (file.rows for file in files)
    known = days_of(days, decrees)
    # A test tells what the file means, whichever years are decreed by now.
    found = office_time(replace(known.calendar, decreed_to=date.max), hours, ZONE, known.names)
    _built[:] = [(files, found)]
    return found


def failures(service: Service, test: Test, world: World) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield where in the test, and how, it came out otherwise than told; nothing when it passed."""
    story = _Story(service, test, world)
    try:
        story.file()
    except Refused as error:
        yield ("at",), _("Pengajuannya ditolak: %(why)s") % {"why": error}
        return
    for number, step in enumerate(test.steps):
        try:
            story.step(step)
        except Refused as error:
            yield ("steps", number), _("Langkah ini ditolak: %(why)s") % {"why": error}
            return
    yield from story.differences()


class _Story:
    """A case of a test, in memory."""

    def __init__(self, service: Service, test: Test, world: World) -> None:
        self.service, self.test, self.world = service, test, world
        self.now = test.at
        self.notices: list[str] = []
        self.situation = Situation(state=service.initial, filed_at=test.at)

    def file(self) -> None:
        service, test = self.service, self.test
        party = service.roles[test.by].party
        answers = self.checked(service.form, test.answers)
        begun = Situation(
            state=service.initial,
            filed_at=test.at,
            answers=answers,
            channel=test.channel,
            applicant="account" if party is Party.APPLICANT else "contact",
            region=test.region,
        )
        self.take(machine.file(service, begun, self.who(test.by, test.person), self.world))

    def checked(self, form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers as they are kept. Files are not handed in with tests, so none may be required."""
        context = Context(today=self.world.office.local(self.now).date(), city=self.city())
        return validate(form, dict(answers), context).require().plain()

    def city(self) -> str:
        return self.service.cities[0] if self.service.cities else ""

    def who(self, role: str, person: str) -> Who:
        return Who(frozenset({role}), person)

    def step(self, step: TestStep) -> None:
        until = step.wait_until or step.at or self.now
        if until < self.now:
            raise Refused(_("Waktunya mendahului langkah sebelumnya."))
        # What is due at the very instant of a step is done by the step; waiting sees it go off.
        self.wait(until, whole=step.wait_until is not None)
        self.now = until
        if step.move:
            self.move(step.move, self.who(step.by, step.person), step.input, step.offices)
        elif step.task:
            self.finish(step)

    def move(self, key: str, who: Who, input: Mapping[str, Any], offices: tuple[str, ...]) -> None:
        move = self.service.moves[key]
        typed = self.checked(move.form, input) if move.form else {}
        step = machine.make(
            self.service, self.situation, key, who, self.now, self.world, input=typed, offices=offices
        )
        self.take(step)

    def finish(self, step: TestStep) -> None:
        office = step.office
        self.situation, follows = machine.finish(
            self.service,
            self.situation,
            step.task,
            office,
            step.result,
            self.who(step.by, step.person),
            self.now,
        )
        if follows:
            self.fire(follows)

    def fire(self, move: str) -> None:
        system = self.service.roles_of(Party.SYSTEM)
        if self.situation.state in self.service.moves[move].sources:
            self.move(move, Who(system), {}, ())

    def take(self, step: machine.Step) -> None:
        self.situation = step.situation
        self.notices += step.notices
        for effect in step.effects:
            if effect.notice:
                self.notices.append(effect.notice)
            if effect.kind is EffectKind.FIRE:
                self.fire(effect.of)

    def wait(self, until: datetime, *, whole: bool) -> None:
        """Let the alarms up to `until` go off, in order."""
        for _number in range(_MOST_ALARMS):
            waiting = machine.alarms(self.service, self.situation, self.world)
            if not waiting or waiting[0][1].at > until or (waiting[0][1].at == until and not whole):
                return
            clock, alarm = waiting[0]
            # What a clock sets off comes after the instant at which it has run out.
            self.now = max(self.now, alarm.at + _AFTER)
            self.situation = machine.rang(self.situation, clock, alarm)
            for effect in alarm.effects:
                if effect.notice:
                    self.notices.append(effect.notice)
                if effect.kind is EffectKind.FIRE:
                    self.fire(effect.of)
        raise Refused(_("Terlalu banyak peringatan; ada hitungan waktu yang tidak pernah selesai."))

    def differences(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        then, situation = self.test.then, self.situation
        counted: dict[str, clocks.Count] = {}
        for key, run in situation.runs.items():
            try:
                counted[key] = clocks.count(run, self.world.office, self.now)
            except CalendarEnds as error:
                yield ("steps",), str(error)
                return
        found: list[tuple[tuple[str | int, ...], Any, Any]] = []
        if "state" in then:
            found.append((("state",), then["state"], situation.state))
        for key, text in then.get("due", {}).items():
            due = counted[key].due if key in counted else None
            told = datetime.fromisoformat(text) if text else None
            if told != due:
                local = due.isoformat(timespec="minutes") if due else _("tidak ada")
                found.append((("due", key), text or _("tidak ada"), local))
        for key, state in then.get("clocks", {}).items():
            found.append((("clocks", key), state, str(counted[key].state) if key in counted else "waiting"))
        for name in ("used", "limit"):
            for key, amount in then.get(name, {}).items():
                found.append(((name, key), amount, getattr(counted[key], name) if key in counted else 0))
        if then.get("office") is not None:
            found.append((("office",), then["office"], situation.office))
        if then.get("tasks_open") is not None:
            is_open = sum(task.state == "open" for task in situation.tasks)
            found.append((("tasks_open",), then["tasks_open"], is_open))
        for number, notice in enumerate(then.get("notices", ())):
            if notice not in self.notices:
                sent = ", ".join(dict.fromkeys(self.notices)) or _("tidak ada")
                found.append((("notices", number), notice, sent))
        for path, told, came in found:
            if told != came:
                yield (
                    ("then", *path),
                    _("Diharapkan %(told)s, hasilnya %(came)s.") % {"told": told, "came": came},
                )
        yield from self.permissions()

    def permissions(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for name, wanted in (("allowed", True), ("refused", False)):
            for number, (move, role) in enumerate(self.test.then.get(name, ())):
                may = any(
                    one.move.id == move and not one.refusal
                    for one in machine.possible(
                        self.service,
                        self.situation,
                        self.who(role, self.person_of(role)),
                        self.now,
                        self.world,
                    )
                )
                if may != wanted:
                    said = {"move": move, "role": role}
                    wrong = (
                        _("Langkah %(move)s oleh %(role)s ternyata boleh.")
                        if may
                        else _("Langkah %(move)s oleh %(role)s ternyata tidak boleh.")
                    )
                    yield ("then", name, number), wrong % said

    def person_of(self, role: str) -> str:
        """Return who last acted in the role, so that a rule about one person can be told in a test."""
        people = [step.person for step in self.test.steps if step.by == role]
        return people[-1] if people else role

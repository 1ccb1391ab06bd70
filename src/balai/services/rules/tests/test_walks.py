"""Random walks through the shipped services, step by step beside a state machine of others (`transitions`).

The other machine is made from the bare file: what the loader and the machine of ours
make of it is not asked.
"""

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from transitions import Machine

from balai.base.errors import Refused
from balai.definitions import reader
from balai.services.rules import check_text, machine
from balai.services.rules.definition import Service
from balai.services.rules.examples import shipped_world
from balai.services.rules.machine import Situation, Who, World

FOLDER = Path(__file__).resolve().parents[5] / "definitions" / "services"
WIB = ZoneInfo("Asia/Jakarta")
BEGIN = datetime(2026, 2, 2, 9, tzinfo=WIB)
HOLIDAYS = frozenset(
    date.fromisoformat(line[:10])
    for line in (FOLDER.parent / "tables" / "holidays.csv").read_text("utf-8").splitlines()[1:]
)
ANSWERS = {
    "sambat": [
        {"class": "complaint", "category": "waste"},
        {"class": "oversight", "category": "conduct"},
        {"class": "oversight", "category": "waste"},
    ],
    "mcc_room": [{"room": "studio", "people": 100}, {"room": "studio", "people": 4}, {"room": "auditorium"}],
}


class Other:
    """A case for the other machine: what its guards need to know, kept by hand."""

    state: str

    def __init__(self, written: dict[str, Any], answers: dict[str, Any]) -> None:
        self.written, self.answers = written, answers
        self.today = BEGIN.date()
        self.previous, self.answered_on = "", date.min
        self.times: dict[str, int] = {}
        self.did: dict[str, set[str]] = {"verify": set(), "approve": set()}
        self.open_tasks = 0
        self.machine = Machine(
            self,
            states=list(written["states"]),
            initial=written["initial"],
            auto_transitions=False,
            send_event=True,
            after_state_change=self.changed,
            transitions=list(self.arrows()),
        )

    def arrows(self) -> Any:
        for name, move in self.written["moves"].items():
            for source in move["from"]:
                common = {"trigger": name, "source": source}
                if move["to"] == "previous":
                    for back in self.written["states"]:
                        yield common | {
                            "dest": back,
                            "conditions": [self.may, lambda event, to=back: self.previous == to],
                        }
                else:
                    to = None if move["to"] == "same" else move["to"]
                    yield common | {"dest": to, "conditions": [self.may]}

    def may(self, event: Any) -> bool:
        name, who, role = event.event.name, event.kwargs["who"], event.kwargs["role"]
        move = self.written["moves"][name]
        if role not in move["by"] or self.times.get(name, 0) >= move.get("most", 10**6):
            return False
        other = {"verify": "approve", "approve": "verify"}.get(move.get("duty", ""))
        if other and who in self.did[other]:
            return False
        if name == "answer" and self.open_tasks:
            return False
        return self.guard(name)

    def guard(self, name: str) -> bool:
        """Hold the guards of the files, told once more in Python."""
        secret = self.answers.get("class") == "oversight"
        match name:
            case "assign":
                return not secret or self.answers["category"] == "conduct"
            case "assign_to" | "reassign":
                return not secret
            case "reopen":
                return self.answered_on > date.min and self.working_days() <= 10
            case "approve":
                return self.answers["room"] == "auditorium" or self.answers["people"] <= 40
        return True

    def working_days(self) -> int:
        days = (self.today - self.answered_on).days
        every = (self.answered_on + timedelta(days=number + 1) for number in range(days))
        return sum(day.weekday() < 5 and day not in HOLIDAYS for day in every)

    def changed(self, event: Any) -> None:
        name = event.event.name
        duty = self.written["moves"][name].get("duty")
        if duty:
            self.did[duty].add(event.kwargs["who"])
        self.times[name] = self.times.get(name, 0) + 1
        if event.transition.dest is None:
            self.open_tasks += 2
            return
        self.previous, self.open_tasks = event.transition.source, 0
        if event.transition.dest == "answered":
            self.answered_on = self.today


@pytest.fixture(scope="module", params=sorted(ANSWERS))
def both(request: pytest.FixtureRequest) -> tuple[Service, dict[str, Any], World]:
    raw = (FOLDER / request.param / "1.yaml").read_bytes()
    service = check_text(raw, request.param, 1)
    return service, reader.read(raw, "copy.yaml").data, shipped_world(service)


def test_random_walks_are_those_of_another_state_machine(both: tuple[Service, dict[str, Any], World]) -> None:
    service, written, world = both
    made = refused = 0
    for seed in range(300):
        dice = random.Random(seed)
        answers = dice.choice(ANSWERS[service.code])
        other = Other(written, answers)
        at = BEGIN
        begun = Situation(service.initial, BEGIN, answers=answers)
        ours = machine.file(service, begun, Who(frozenset(service.filing.by)), world).situation
        for _step in range(25):
            at += timedelta(days=dice.choice((0, 0, 1, 2, 6)), minutes=1)
            other.today = at.date()
            if other.open_tasks and dice.random() < 0.5:
                open_task = next(task for task in ours.tasks if task.state == "open")
                ours, _follows = machine.finish(
                    service, ours, open_task.task, open_task.office, "done", Who(frozenset({"helper"})), at
                )
                other.open_tasks -= 1
            # Mostly moves that begin here, by somebody who may make them; sometimes any, by anybody.
            here = [name for name, move in written["moves"].items() if other.state in move["from"]]
            name = dice.choice(here if here and dice.random() < 0.8 else list(written["moves"]))
            move = written["moves"][name]
            role = dice.choice(move["by"]) if dice.random() < 0.8 else dice.choice(list(written["roles"]))
            who = dice.choice(("Budi", "Wati"))
            offices = {"one": ("dlh",), "many": ("dlh", "dishub")}.get(move.get("offices", ""), ())
            may = other.state in move["from"] and other.trigger(name, who=who, role=role)  # type: ignore[attr-defined]
            try:
                ours = machine.make(
                    service, ours, name, Who(frozenset({role}), who), at, world, offices=offices
                ).situation
                did = True
            except Refused:
                did = False
            assert did == bool(may), (seed, name, role, who, other.state)
            assert ours.state == other.state, (seed, name)
            made, refused = made + did, refused + (not did)
    assert min(made, refused) > 300

"""Files and moves cases in servers, and tells people of it in a worker, all killed at random moments.

Run by `test_kill_services` on an installation with tables: number of kills, seed. Prints one line of JSON.
Server and worker are children of one process that has loaded everything: so a kill costs
milliseconds, and hundreds are possible. Whole installations are killed in the long tests.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn
from uuid import uuid4

import django
import time_machine

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.cast import MALANG  # noqa: E402
from tests.programs import furnish_services  # noqa: E402
from tests.test_kill_services import CASES, STEPS, filing  # noqa: E402

from balai.base import worker  # noqa: E402
from balai.people import reads as people  # noqa: E402

KILLS, SEED = int(sys.argv[1]), int(sys.argv[2])
PROGRAMS = 2


class Program:
    """A program outside, which knows what was answered and asks again for what was not."""

    def __init__(self, name: int) -> None:
        self.name = name
        self.answered: list[dict[str, Any]] = []
        self.asking, self.telling = os.pipe()
        os.set_blocking(self.asking, False)
        self.rest = b""

    def next(self) -> tuple[str, str, dict[str, Any]]:
        """Return (address, idempotency key, body) of what is to be asked now."""
        case, step = divmod(len(self.answered), 1 + len(STEPS))
        if step == 0:
            return CASES, f"{self.name}-{case}", filing(self.name, case)
        move, given = STEPS[step - 1]
        filed, before = self.answered[case * (1 + len(STEPS))], self.answered[-1]
        address = f"{CASES}/{filed['id']}/moves/{move}"
        return address, f"{filed['number']}-{move}", {"version": before["version"], "answers": given}

    def ask(self, client: Client) -> dict[str, Any]:
        """Let a server answer what is asked now, and return what is known of the answer."""
        address, key, body = self.next()
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {furnish_services.key}"}
        answer = client.post(address, json.dumps(body), "application/json", headers=headers)
        if answer.status_code in (200, 201):
            told = answer.json()
            self.answered.append(
                {"id": told["id"], "number": told["number"], "version": told.get("version", 1)}
            )
        elif answer.status_code not in (500, 503):
            self.answered.append({"fault": f"{key}: {answer.status_code} {answer.content[:500]!r}"})
        else:
            return {}
        return self.answered[-1]

    def serve(self, client: Client) -> NoReturn:
        """Answer without end, in a process of its own."""
        while True:
            if known := self.ask(client):
                # A line this short is written whole or not at all.
                os.write(self.telling, json.dumps(known).encode() + b"\n")
            # SQLite lets in one writer after the other, and not by turns.
            time.sleep(0.05)

    def hear(self) -> None:
        """Take what the server answered before it died."""
        try:
            while part := os.read(self.asking, 1 << 16):
                self.rest += part
        except BlockingIOError:
            pass
        *lines, self.rest = self.rest.split(b"\n")
        self.answered += [json.loads(line) for line in lines]

    @property
    def fault(self) -> str:
        return next((told["fault"] for told in self.answered if "fault" in told), "")

    def numbers(self) -> list[str]:
        """Return the numbers of the cases, the last of which may be on its way."""
        return [told["number"] for told in self.answered[:: 1 + len(STEPS)]]


def work(name: str) -> NoReturn:
    worker.beat(name)
    while True:
        worker.drain(name)
        time.sleep(0.02)


def release(name: str) -> NoReturn:
    """Give back what a dead worker had in hand, as the supervisor does: beside those at work."""
    worker.release(name)
    os._exit(0)


def begin(act: Callable[[], NoReturn]) -> int:
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(1)
    return child


def main() -> None:
    chance = random.Random(SEED)
    client = Client(HTTP_HOST=people.city(MALANG).hosts[0], raise_request_exception=False)
    programs = [Program(number) for number in range(1, PROGRAMS + 1)]
    for program in programs:
        # The first case loads what the children then have. Kills lie at most a second case apart.
        for cases in (1, 2):
            began = time.monotonic()
            while len(program.answered) < cases * (1 + len(STEPS)):
                program.ask(client)
        longest = time.monotonic() - began
    workers = [uuid4().hex]
    running = {begin(partial(program.serve, client)): program for program in programs}
    at_work = begin(partial(work, workers[-1]))
    killed = {"server": 0, "worker": 0}
    releasing: list[int] = []
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.0, longest))
        victim = chance.choice([*running, at_work])
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        if victim == at_work:
            killed["worker"] += 1
            # Not here: the next kill would wait for the database, and come when nobody writes.
            releasing.append(begin(partial(release, workers[-1])))
            workers.append(uuid4().hex)
            at_work = begin(partial(work, workers[-1]))
        else:
            killed["server"] += 1
            program = running.pop(victim)
            program.hear()
            running[begin(partial(program.serve, client))] = program
    for victim in (*running, at_work):
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
    for child in (*releasing, begin(partial(release, workers[-1]))):
        _pid, status = os.waitpid(child, 0)
        assert status == 0, "what a dead worker had in hand was not given back"
    for program in programs:
        program.hear()
        # What was begun is brought to its end, as programs do.
        while not program.fault and len(program.answered) % (1 + len(STEPS)):
            program.ask(client)
    # What a dead worker had in hand is done again after a while.
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        while worker.drain():
            pass
    told = {
        "killed": killed,
        "fault": "; ".join(program.fault for program in programs if program.fault),
        "numbers": [number for program in programs for number in program.numbers()],
    }
    sys.stdout.write(json.dumps(told) + "\n")


main()

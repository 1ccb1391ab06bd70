"""Server and worker are killed while cases come in and move; what was answered is there, and told, once."""

import json
import os
import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.installation import PATIENCE, Installation, founded

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")

CASES = "/api/v1/services/sambat/cases"
REPORT = {
    "class": "information",
    "category": "other",
    "title": "Jam layanan",
    "description": "Pukul berapa layanan pengaduan dibuka pada hari Sabtu?",
}
ANSWER = "Layanan pengaduan dibuka setiap hari kerja pukul 07.30."
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("assign", {}),
    ("accept", {}),
    ("answer", {"result": ANSWER}),
)
TOLD = ("received", "passed_on", "answered")
"""Notices of a case that went this way, each by e-mail."""
SLOWEST = 5.0
"""Seconds a kill may take with all that is done until the next, on a machine with other work."""
KILLS = int(os.environ.get("KILLS", "100"))
"""Of whole installations, in the long test."""


def filing(name: int, number: int) -> dict[str, Any]:
    """Return what a program sends for its case of this number."""
    reporter = {
        "name": "Sari",
        "phone": f"08{name}{number:08}",
        "email": f"w{name}-{number}@warga.example",
    }
    return {
        "answers": {**REPORT, "reporter": reporter},
        "for_other": {"name": "Sari", "relation": "warga"},
    }


class Program(threading.Thread):
    """Files one case after the other and brings it to its answer, asking until each step is answered.

    What was not answered is sent again under its Idempotency-Key, as a careful program does.
    """

    def __init__(self, house: Installation, key: str, name: int, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.house, self.key, self.name_, self.enough = house, key, name, enough
        self.numbers: list[str] = []
        self.repeats = 0
        self.fault = ""

    def run(self) -> None:
        while not self.enough.is_set() and not self.fault:
            number = len(self.numbers)
            body = filing(self.name_, number)
            filed = self._until_answered(CASES, f"{self.name_}-{number}", body)
            if filed is None:
                return
            self.numbers.append(filed["number"])
            version = 1
            for move, given in STEPS:
                address = f"{CASES}/{filed['id']}/moves/{move}"
                told = self._until_answered(
                    address, f"{filed['number']}-{move}", {"version": version, "answers": given}
                )
                if told is None:
                    return
                version = told["version"]

    def _until_answered(self, address: str, key: str, body: dict[str, Any]) -> dict[str, Any] | None:
        until = time.monotonic() + PATIENCE * 2
        while time.monotonic() < until:
            status, text = self.house.post(address, body, key, self.key)
            if status in (200, 201):
                told: dict[str, Any] = json.loads(text)
                return told
            if status not in (0, 500, 502, 503):
                self.fault = f"{key}: {status} {text[:500]}"
                return None
            self.repeats += 1
            time.sleep(0.1)
        self.fault = f"{key}: never answered"
        return None


def _delivered(house: Installation) -> Counter[str]:
    """Return how often each message id was handed to the mail server, here a folder."""
    ids: Counter[str] = Counter()
    for path in (house.data / "mail").glob("*"):
        for part in path.read_bytes().split(b"-" * 79):
            if part.strip():
                ids[message_from_bytes(part.strip())["Message-ID"].strip("<>").partition("@")[0]] += 1
    return ids


def _wait_until_told(house: Installation, many: int) -> None:
    """Wait until every message is known to have gone out: one handed over just before a kill goes again."""
    until = time.monotonic() + PATIENCE * 3
    while time.monotonic() < until and (len(_delivered(house)) < many or _waiting(house)):
        time.sleep(0.3)


def _waiting(house: Installation) -> int:
    with closing(sqlite3.connect(house.data / "balai.sqlite3")) as database:
        ((waiting,),) = database.execute("SELECT count(*) FROM services_notice WHERE state = 'waiting'")
    return int(waiting)


def _through_kills(house: Installation, kills: int, seed: int, programs: int = 2) -> None:
    key = json.loads(house.run_program("furnish_services")[-1])["key"]
    house.start()
    enough = threading.Event()
    writers = [Program(house, key, number, enough) for number in range(1, programs + 1)]
    for writer in writers:
        writer.start()
    chance = random.Random(seed)
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 1.2))
        house.kill(chance.choice(["granian", "manage.py work", "manage.py serve"]))
        time.sleep(0.2)
        if not house.pids("manage.py serve"):
            house.start()
    enough.set()
    for writer in writers:
        writer.join(PATIENCE * 4)
    assert [writer.fault for writer in writers] == [""] * len(writers)
    house.wait_until_ready()
    numbers = [number for writer in writers for number in writer.numbers]
    _wait_until_told(house, len(numbers) * len(TOLD))
    assert house.stop() == 0
    _all_is_there(house, numbers, kills, programs)


def _all_is_there(house: Installation, numbers: list[str], kills: int, programs: int) -> None:
    """Hold that just these cases are there, each at its end, and each notice went out."""
    often = _delivered(house)
    assert len(set(numbers)) == len(numbers) >= programs, "two filings got one number"
    with closing(sqlite3.connect(house.data / "balai.sqlite3")) as database:
        cases = Counter(database.execute("SELECT number, state FROM services_case"))
        moves = Counter(
            database.execute(
                "SELECT c.number, m.move FROM services_casemove m JOIN services_case c ON c.id = m.case_id"
            )
        )
        notices = Counter(
            database.execute(
                "SELECT c.number, n.template, n.state FROM services_notice n "
                "JOIN services_case c ON c.id = n.case_id WHERE n.way = 'email'"
            )
        )
        attempts = Counter(
            dict(
                database.execute(
                    "SELECT json_extract(payload, '$.message_id'), attempts FROM base_queuedjob "
                    "WHERE name = 'outbox.services.notice'"
                )
            )
        )
    assert cases == Counter((number, "answered") for number in numbers), "lost, doubled, or half moved"
    steps = ("file", *(move for move, _given in STEPS))
    assert moves == Counter((number, step) for number in numbers for step in steps)
    assert notices == Counter((number, told, "sent") for number in numbers for told in TOLD)
    assert len(often) == len(numbers) * len(TOLD), "a message did not go out"
    assert sum(often.values()) - len(often) <= kills, "a message is repeated only by a crash"
    assert often <= attempts, "at most once more for each crash in the middle of it, under the same id"
    house.manage("seal_journal")
    told = house.invariants()
    counts = {"audit_length", "cases", "observations", "payments"}
    assert {name: value for name, value in told.items() if value and name not in counts} == {}
    assert told["cases"] == len(numbers)


@pytest.mark.parametrize("kills", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_kills_of_server_and_worker_lose_and_double_no_case(
    tmp_path_factory: pytest.TempPathFactory, kills: int
) -> None:
    house = founded(tmp_path_factory)
    told = json.loads(house.run_program("killed_services", str(kills), "1", patience=kills * SLOWEST)[-1])
    assert told["fault"] == ""
    assert sum(told["killed"].values()) == kills
    assert min(told["killed"].values()) > kills / 10, "servers and workers both"
    assert len(told["numbers"]) > kills / 20, "enough was done between the kills"
    _all_is_there(house, told["numbers"], kills, programs=2)


@pytest.mark.long
def test_a_hundred_kills_lose_and_double_no_case(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = founded(tmp_path_factory)
    try:
        _through_kills(house, kills=KILLS, seed=2, programs=3)
    finally:
        house.destroy()

"""Server, worker and writers are killed at any moment; nothing acknowledged is lost, nothing is doubled."""

import json
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.installation import PATIENCE, Installation, founded

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")

SETTLED = ("audit_breaks", "cross_tenant_rows", "jobs_asleep", "orphan_files")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    house = founded(tmp_path_factory)
    house.run_program("furnish")
    return house


@pytest.fixture
def house(furnished: Installation) -> Iterator[Installation]:
    yield furnished
    furnished.destroy()


def _delivered(house: Installation) -> Counter[str]:
    """Return how often each message id was handed to the mail server, here a folder."""
    ids: Counter[str] = Counter()
    for path in (house.data / "mail").glob("*"):
        for part in path.read_bytes().split(b"-" * 79):
            if part.strip():
                ids[message_from_bytes(part.strip())["Message-ID"]] += 1
    return ids


def _wait_until_delivered(house: Installation, least: int) -> None:
    until = time.monotonic() + PATIENCE * 2
    while time.monotonic() < until:
        if len(_delivered(house)) >= least:
            return
        time.sleep(0.3)
    raise AssertionError(f"{len(_delivered(house))} of {least} messages were delivered")


def _write_and_kill(house: Installation, kills: int, seed: int) -> list[str]:
    """Write through `kills` kills of a server, a worker or a writer; return every key acknowledged."""
    chance = random.Random(seed)
    acknowledged: list[str] = []
    for number in range(kills):
        if not house.pids("serve"):
            house.start()
        victim = chance.choice(["granian", "manage.py work", "manage.py serve", "writer"])
        with house.program("write", f"k{seed}-{number}") as writer:
            assert writer.stdout is not None
            acknowledged.append(writer.stdout.readline().strip())
            time.sleep(chance.uniform(0.05, 0.6))
            if victim == "writer":
                writer.kill()
            else:
                house.kill(victim)
            time.sleep(chance.uniform(0.0, 0.3))
            writer.kill()
            # What it said before it died was committed; a line cut short was not said.
            rest = writer.stdout.read().splitlines(keepends=True)
            acknowledged += [line.strip() for line in rest if line.endswith("\n")]
    return acknowledged


def _nothing_lost_nothing_doubled(house: Installation, kills: int, seed: int) -> None:
    acknowledged = _write_and_kill(house, kills, seed)
    house.kill("manage.py")
    house.kill("granian")
    house.start()
    written = house.contents()
    for key in acknowledged:
        assert written["rows"][key] == 1, f"{key} was acknowledged and is lost"
    assert written["rows"] == written["lines"] == written["messages"], "a change is half there"
    assert max(written["rows"].values()) == 1, "a change is doubled"
    _wait_until_delivered(house, len(written["messages"]))
    often = _delivered(house)
    assert len(often) == len(written["messages"])
    assert sum(count - 1 for count in often.values()) <= kills, "a message is repeated only by a crash"
    assert max(often.values()) <= 1 + kills
    assert house.stop() == 0
    house.manage("seal_journal")
    told = house.invariants()
    assert {name: told[name] for name in SETTLED} == dict.fromkeys(SETTLED, 0)


@pytest.mark.long
def test_three_kills_lose_and_double_nothing(house: Installation) -> None:
    _nothing_lost_nothing_doubled(house, kills=3, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_kills_lose_and_double_nothing(house: Installation, seed: int) -> None:
    _nothing_lost_nothing_doubled(house, kills=10, seed=seed)


# --- over HTTP -----------------------------------------------------------------


class Officer(threading.Thread):
    """Saves one report again and again through the API, and keeps asking until each save is answered.

    A save that was not answered is sent again under its Idempotency-Key, as a
    careful program does; each answer must be the one of this save.
    """

    def __init__(self, house: Installation, plan: dict[str, Any], action: str, saves: int) -> None:
        super().__init__(daemon=True)
        self.house, self.plan, self.action, self.saves = house, plan, action, saves
        self.answered: list[int] = []
        self.repeats = 0
        self.fault = ""

    def run(self) -> None:
        version: int | None = None
        for number in range(1, self.saves + 1):
            body = {
                "action": self.action,
                "period": self.plan["period"],
                "version": version,
                "progress": {"value": number},
            }
            told = self._until_answered(f"{self.action}-{number}", body)
            if told is None:
                return
            version = told["version"]
            self.answered.append(told["version"])
            time.sleep(0.02)

    def _until_answered(self, key: str, body: dict[str, Any]) -> dict[str, Any] | None:
        until = time.monotonic() + PATIENCE * 2
        while time.monotonic() < until:
            status, text = self.house.post("/api/v1/plan/reports", body, key, self.plan["key"])
            if status == 200:
                told: dict[str, Any] = json.loads(text)
                return told
            if status not in (0, 500, 502, 503):
                self.fault = f"{key}: {status} {text[:500]}"
                return None
            self.repeats += 1
            time.sleep(0.1)
        self.fault = f"{key}: never answered"
        return None


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a plan in force; what its officers need is said in `plan.json`."""
    house = founded(tmp_path_factory)
    (house.data / "plan.json").write_text(house.run_program("furnish_plan", "4")[-1])
    yield house
    house.destroy()


def _reports_through_kills(house: Installation, saves: int, kills: int, seed: int) -> None:
    plan = json.loads((house.data / "plan.json").read_text())
    house.start()
    chance = random.Random(seed)
    officers = [Officer(house, plan, action, saves) for action in plan["actions"]]
    for officer in officers:
        officer.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 1.0))
        house.kill(chance.choice(["granian", "manage.py work", "manage.py serve"]))
        time.sleep(0.2)
        if not house.pids("manage.py serve"):
            house.start()
    for officer in officers:
        officer.join(PATIENCE * 3)
    assert [officer.fault for officer in officers] == [""] * len(officers)
    house.wait_until_ready()
    assert house.stop() == 0
    for officer in officers:
        assert officer.answered == list(range(1, saves + 1)), (
            "each save counts once, also when it was repeated"
        )
    with closing(sqlite3.connect(house.data / "balai.sqlite3")) as database:
        rows = database.execute("SELECT version, CAST(value AS INTEGER) FROM plan_report").fetchall()
        (lines,) = database.execute(
            "SELECT COUNT(*) FROM base_journalentry WHERE kind = 'plan.report'"
        ).fetchone()
    assert rows == [(saves, saves)] * len(officers), "the last save acknowledged stands"
    assert lines == saves * len(officers), "each save has its one line in the journal"
    house.manage("seal_journal")
    told = house.invariants()
    assert {name: value for name, value in told.items() if value and name != "audit_length"} == {}


def test_reports_sent_while_everything_is_killed_are_saved_exactly_once(planned: Installation) -> None:
    _reports_through_kills(planned, saves=15, kills=3, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_two_hundred_reports_and_ten_kills(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    house = founded(tmp_path_factory)
    try:
        (house.data / "plan.json").write_text(house.run_program("furnish_plan", "4")[-1])
        _reports_through_kills(house, saves=50, kills=10, seed=seed)
    finally:
        house.destroy()


# --- the processes ---------------------------------------------------------------


@pytest.mark.long
def test_a_killed_worker_or_web_server_is_started_again_and_all_end_together(house: Installation) -> None:
    house.start()
    for word in ("manage.py work", "granian"):
        before = set(house.pids(word))
        house.kill(word)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not set(house.pids(word)) - before:
            time.sleep(0.1)
        assert set(house.pids(word)) - before, f"{word} was not started again"
    house.wait_until_ready()
    assert house.stop() == 0
    assert list(house.processes()) == []


def test_a_database_without_tables_is_not_served(tmp_path: Path) -> None:
    assert "belum siap" in Installation(tmp_path / "empty").manage("serve", fails=True)

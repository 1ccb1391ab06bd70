"""Files that programs send are published, whatever is killed on the way."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.installation import PATIENCE, Installation, founded

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")

HOST = "kota-malang.localhost"
MORE = {"BALAI_HOSTS": f"localhost,127.0.0.1,{HOST}"}
FILES = 3
ROWS = 3_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    made = founded(tmp_path_factory, **MORE)
    try:
        key = json.loads(made.run_program("furnish_intake", str(FILES))[-1])["key"]
        made.start()
        yield made, key
    finally:
        made.destroy()


class Sender(threading.Thread):
    """Sends one file in small parts, agrees to what is found, and waits for the version, as programs do.

    Whatever is not answered is asked again; a part goes on where the server says that the file stands.
    """

    def __init__(self, house: Installation, key: str, number: int, label: str) -> None:
        super().__init__(daemon=True)
        self.house, self.key, self.number, self.label = house, key, number, label
        lines = [f"{n},Tong {label} {n}\n" for n in range(ROWS)]
        self.content = ("id,name\n" + "".join(lines)).encode()
        self.acknowledged = 0
        self.fault = ""
        self.told: dict[str, Any] = {}

    def run(self) -> None:
        try:
            self._send()
        except AssertionError as error:
            self.fault = str(error)

    def _send(self) -> None:
        said = {"dataset": f"bins_{self.number}", "name": "a.csv", "size": len(self.content)}
        at = f"/{self._json('POST', '', said)['id']}"
        while self.acknowledged < len(self.content):
            told = self._json("GET", at)
            assert told["offset"] >= self.acknowledged, f"{self.label}: acknowledged bytes are lost"
            offset = self.acknowledged = told["offset"]
            part = self.content[offset : offset + 8_000]
            kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
            status, _body = self._once("PATCH", at, part, kind)
            if status == 204:
                self.acknowledged += len(part)
            time.sleep(0.02)
        until = time.monotonic() + PATIENCE * 4
        while time.monotonic() < until:
            self.told = told = self._json("GET", at)
            version = {"version": told["version"]}
            if told["state"] == "published":
                return
            if told["state"] == "asking":
                assert not told["faults"], told["faults"]
                self._once_for(at, "choose", version | {"period": self.label})
            elif told["state"] == "judged":
                self._once_for(at, "publish", version)
            time.sleep(0.1)
        raise AssertionError(f"{self.label}: still {self.told['state']}")

    def _once_for(self, at: str, act: str, body: dict[str, Any]) -> None:
        kind = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"{self.label}-{act}-{body['version']}",
        }
        self._once("POST", f"{at}/{act}", json.dumps(body).encode(), kind)

    def _json(self, method: str, at: str, body: Any = None) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE * 2
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{self.label}-begin"}
        while time.monotonic() < until:
            status, text = self._once(method, at, json.dumps(body).encode() if body else None, headers)
            if status in (200, 201):
                found: dict[str, Any] = json.loads(text)
                return found
            assert status in (0, 409, 500, 502, 503), f"{self.label}: {method} {at}: {status} {text[:300]}"
            time.sleep(0.1)
        raise AssertionError(f"{self.label}: {method} {at} was never answered")

    def _once(self, method: str, at: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        address = f"http://127.0.0.1:{self.house.port}/api/v1/data/uploads{at}"
        headers = headers | {"Host": HOST, "Authorization": f"Bearer {self.key}"}
        asked = urllib.request.Request(address, body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (OSError, HTTPException) as error:
            return 0, str(error)


def files_through_kills(house: Installation, key: str, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    sent: list[Sender] = []

    def going() -> bool:
        return any(sender.is_alive() for sender in sent)

    done = 0
    while done < kills or going():
        if not going():
            names = [f"{seed}-{len(sent) + number}" for number in range(FILES)]
            more = [Sender(house, key, number, name) for number, name in enumerate(names, 1)]
            sent += more
            for sender in more:
                sender.start()
        time.sleep(chance.uniform(0.1, 1.5))
        if done < kills:
            # The worker above all: it reads, checks and publishes; the web server receives the parts.
            house.kill(chance.choice(["manage.py work", "manage.py work", "granian", "manage.py serve"]))
            done += 1
            time.sleep(0.3)
            if not house.pids("manage.py serve"):
                with suppress(AssertionError):
                    house.start()
    assert [sender.fault for sender in sent] == [""] * len(sent), seed
    numbers = [sender.told["number"] for sender in sent]
    assert all(numbers) and [sender.told["taken"]["rows"] for sender in sent] == [ROWS] * len(sent), seed
    told = house.invariants()
    assert {name: value for name, value in told.items() if value and name != "audit_length"} == {}, seed


@pytest.mark.long
def test_files_sent_while_everything_is_killed_are_published(house: tuple[Installation, str]) -> None:
    files_through_kills(*house, kills=2, seed=random.randrange(2**32))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_kills_lose_no_file(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    house = founded(tmp_path_factory, **MORE)
    try:
        key = json.loads(house.run_program("furnish_intake", str(FILES))[-1])["key"]
        house.start()
        files_through_kills(house, key, kills=30, seed=seed)
    finally:
        house.destroy()

"""One Data on a server as it is run: questions of people who leave or mean harm, and programs of others."""

import http.client
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import ckanapi
import pyshacl
import pytest
import requests
from owslib.ogcapi.features import Features
from rdflib import Graph

from balai.data.tests import test_dcat
from balai.data.tests.test_hostile_sql import HEAVY, REFUSED
from tests.clock import BUSY
from tests.installation import PATIENCE, Installation, founded

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes by /proc")

ADDRESS = "/api/v1/data/query"
HOST = "kota-malang.localhost"
SLOW = (
    "SELECT count(*) AS n FROM tagihan a JOIN tagihan b ON a.tahun = b.tahun "
    "JOIN tagihan c ON a.tahun = c.tahun JOIN tagihan d ON a.tahun = d.tahun "
    "JOIN tagihan e ON a.tahun = e.tahun "
    "WHERE (a.pokok + b.pokok + c.pokok + d.pokok + e.pokok) % 7 = 3"
)
"""150⁴ · 600 rows to look at, one by one and in little memory."""
SIMPLE = "SELECT tahun, count(*) AS n FROM tagihan GROUP BY tahun ORDER BY tahun"


@dataclass
class Server:
    house: Installation
    key: str

    def line(self, source: str = "127.0.0.1") -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self.house.port, timeout=30, source_address=(source, 0)
        )

    def asked(self, sql: str, source: str = "127.0.0.1", **headers: str) -> tuple[int, bytes]:
        """Ask as a visitor from one of the addresses of this machine, or as a program with its key."""
        line = self.line(source)
        line.request("GET", f"{ADDRESS}?{urlencode({'sql': sql})}", headers={"Host": HOST, **headers})
        answer = line.getresponse()
        body = answer.read()
        line.close()
        return answer.status, body

    def by_key(self, sql: str) -> tuple[int, bytes]:
        return self.asked(sql, Authorization=f"Bearer {self.key}")

    def readers(self) -> set[int]:
        """Return the reader processes; their environment is empty, so they are found by their parent."""
        parents = {pid for pid, _command in self.house.processes()}
        return {
            pid for pid, parent, command in _processes() if parent in parents and "engines.child" in command
        }

    def busy(self) -> set[int]:
        """Return the readers that used the processor within the last moment."""
        before = {pid: _ticks(pid) for pid in self.readers()}
        time.sleep(0.3)
        return {pid for pid, ticks in before.items() if _ticks(pid) > ticks + 5}


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            yield int(folder.name), int(fields[1]), command


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    limits = {
        "BALAI_QUERY_VISITOR_SECONDS": "1",  # so that the last of them are stopped in time
        "BALAI_QUERY_VISITOR_PER_MINUTE": "1000",
        "BALAI_HOSTS": f"localhost,127.0.0.1,{HOST}",
    }
    house = founded(tmp_path_factory, **limits)
    told = json.loads(house.run_program("furnish_query", "3")[-1])
    house.start()
    made = Server(house, told["key"])
    for source in ("127.0.0.2", "127.0.0.3"):
        status, body = made.asked(SIMPLE, source)
        assert status == 200, body
    yield made
    house.destroy()


def _raw(server: Server, head: list[str], body: str = "") -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", server.house.port))
    lines = [*head, f"Host: {HOST}", "Connection: close", f"Content-Length: {len(body)}", "", body]
    sock.sendall("\r\n".join(lines).encode())
    return sock


def _by_api(server: Server, form: str) -> socket.socket:
    query = urlencode({"sql": SLOW, "format": form})
    return _raw(server, [f"GET {ADDRESS}?{query} HTTP/1.1", f"Authorization: Bearer {server.key}"])


def _busy(server: Server) -> set[int]:
    """Wait until a reader works, which has to be started first where one was ended before."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if found := server.busy():
            return found
    raise AssertionError("no reader works on the question")


@pytest.mark.parametrize("form", ["rows", "csv", "xlsx"])
def test_who_closes_the_connection_ends_the_question(server: Server, form: str) -> None:
    """The reader dies and its place is free; on an idle machine that takes about 0.3 s."""
    with _by_api(server, form):
        (worker,) = _busy(server)
    left = time.monotonic()
    while worker in server.readers():
        assert time.monotonic() - left < 2 * BUSY, "the reader still works for nobody"
        time.sleep(0.02)
    status, body = server.by_key(SIMPLE)
    assert status == 200, body


def test_texts_of_people_who_mean_harm_stop_nobody(server: Server) -> None:
    """Each is refused or stopped, and a neighbour is answered meanwhile; `bench/hostile.py` says how soon."""
    texts = [text for _why, text in REFUSED] + [HEAVY, SLOW, SLOW]
    waits: list[float] = []
    wrong: list[Any] = []
    over = threading.Event()

    def neighbour() -> None:
        while not over.is_set():
            began = time.monotonic()
            status, body = server.asked(SIMPLE, "127.0.0.3")
            while status == 503 and time.monotonic() - began < 2 * BUSY:  # busy: ask again, as it says
                status, body = server.asked(SIMPLE, "127.0.0.3")
            waits.append(time.monotonic() - began)
            if status != 200 or len(json.loads(body)["rows"]) != 4:
                wrong.append((status, body))
            over.wait(0.1)

    thread = threading.Thread(target=neighbour)
    thread.start()
    slowest = 0.0
    try:
        for text in texts:
            began = time.monotonic()
            status, body = server.asked(text, "127.0.0.2")
            taken = time.monotonic() - began
            slowest = max(slowest, taken)
            # What is too long for an address the server itself refuses, with no body.
            problem = json.loads(body or b"{}")
            assert problem.get("status", status) in (400, 422, 429, 431, 503), (text, status, body)
            assert "rows" not in problem, (text, body)
            assert taken < 2 * BUSY, (text, taken)
    finally:
        over.set()
        thread.join(PATIENCE)
    assert not wrong, wrong[:3]
    assert len(texts) >= 40
    assert len(waits) > 5
    assert max(waits) < 2 * BUSY


# --- programs of others ------------------------------------------------------------


def test_the_client_of_ckan_reads_over_a_socket(server: Server) -> None:
    session = requests.Session()
    session.headers["Host"] = HOST
    remote = ckanapi.RemoteCKAN(f"http://127.0.0.1:{server.house.port}", session=session)
    assert remote.action.package_list() == ["bins", "tagihan", "wilayah"]
    found = remote.action.package_search(q="sampah", **{"facet.field": ["tags"]})
    assert (found["count"], found["facets"]["tags"]) == (1, {"sampah": 1})
    rows = remote.action.datastore_search(resource_id=found["results"][0]["id"], filters={"id": 2})
    assert rows["records"][0]["name"] == "Tong 2"
    told = remote.action.datastore_search_sql(sql=f'SELECT count(*) AS n FROM "{rows["resource_id"]}"')
    assert told["records"] == [{"n": 4}]
    with pytest.raises(ckanapi.NotFound):
        remote.action.package_show(id="tidak-ada")


def test_owslib_reads_over_a_socket(server: Server) -> None:
    found = Features(f"http://127.0.0.1:{server.house.port}/ogc/", headers={"Host": HOST})
    assert found.feature_collections() == ["bins"]
    told = found.collection_items("bins", bbox=[112.605, -8, 112.625, -7])
    assert [one["id"] for one in told["features"]] == ["2", "3"]


@pytest.mark.parametrize("page", ["catalog", "dataset/bins"])
def test_what_is_harvested_over_a_socket_conforms(server: Server, page: str) -> None:
    asked = urllib.request.Request(f"http://127.0.0.1:{server.house.port}/{page}.ttl", headers={"Host": HOST})
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        found = Graph().parse(data=answer.read(), format="turtle")
    conforms, _report, told = pyshacl.validate(found, shacl_graph=test_dcat.shapes(), do_owl_imports=False)
    assert conforms, told


# --- the end -----------------------------------------------------------------------


def test_a_killed_supervisor_takes_server_and_worker_with_it(server: Server) -> None:
    """The last here: nobody starts them again."""
    house = server.house
    names = ("manage.py serve", "manage.py work", "granian")
    assert all(house.pids(name) for name in names)
    house.kill("manage.py serve")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and list(house.processes()):
        time.sleep(0.1)
    assert list(house.processes()) == []

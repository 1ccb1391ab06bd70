"""SAMBAT with a million cases, asked through its reads and changes, then by its pages and its API.

Cases are played through the engine and multiplied by the database, so each has its
clocks, moves and notices. Figures over the network include session, rights, template
and the client's own work on the same processors.
"""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from io import StringIO
from random import Random
from secrets import token_hex

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from tests.cast import MALANG, Person, someone

from balai.base import prepared, tenancy
from balai.people import changes as people
from balai.people import reads as seats
from balai.people.models import Account, Office
from balai.services import changes, promises, reads
from balai.services.changes import public_counts
from balai.services.models import Case
from balai.services.reads import lists, open311, sight
from balai.services.reads.figures import count_closed
from balai.services.reads.lists import Queue, Selection
from balai.services.reads.persons import of_person
from balai.services.reads.public import counted
from balai.services.reads.queues import Wanted
from balai.services.simulating import multiply, simulate
from balai.site import steps
from bench.made.data_http import worked
from bench.made.place import ROOT

SEED, DAYS = 1, 90
FEWEST, MOST = 100, 600
"""Cases the engine plays itself; the others are whole copies of these."""
TURNS = 40
RUN = token_hex(4)
"""What is filed by one run is new to the next."""
SECONDS = 10.0
_EXPORTED = 500_000
_HOST = "kota-malang.localhost"
_REPORT = {
    "class": "complaint",
    "category": "road",
    "title": "Jalan berlubang",
    "description": "Jalan di depan rumah kami berlubang dalam sejak kemarin.",
    "place": {"village": "35.73.02.1004"},
}


@dataclass(frozen=True)
class Found:
    """What one thing cost, p50 and p95 in milliseconds beside the most it may cost (None: no goal).

    Attributes:
        cpu: milliseconds the processor worked for it on the side of the server; on a machine that
            has other work to do it tells more than the time that passed.
    """

    name: str
    p50: float
    p95: float
    goal: float | None
    cpu: float

    def __str__(self) -> str:
        times = f"p50 {self.p50:7.1f} ms  p95 {self.p95:7.1f} ms  processor {self.cpu:6.1f} ms"
        return f"{self.name:<58} {times}{self.verdict}"

    @property
    def verdict(self) -> str:
        """Whether the bar was met, and by how much."""
        if self.goal is None:
            return ""
        far = abs(self.goal - self.p50)
        told = f"met by {far:.0f}" if self.p50 <= self.goal else f"NOT MET by {far:.0f}"
        return f"  (at most {self.goal:.0f}: {told})"


@dataclass(frozen=True)
class Desk:
    """Who asks: `budi` of the office with the most open cases, `vera` who checks, `seto` who supervises.

    `sari` has filed a case and looks at it.
    """

    budi: Person
    vera: Person
    seto: Person
    sari: Person
    office: Office


def run(cases: int = 1_000_000) -> list[Found]:
    """Fill an installation with cases, measure, print, and return what was found.

    One that is filled already is measured as it is.
    """
    desk = _fill(cases)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    found: list[Found] = []
    with tenancy.scope(MALANG):
        for one in _doors(desk):
            print(one, flush=True)
            found.append(one)
        _check()
    cookies = {
        name: _cookie(person)
        for name, person in (
            ("budi", desk.budi),
            ("vera", desk.vera),
            ("seto", desk.seto),
            ("sari", desk.sari),
        )
    }
    with tenancy.scope(MALANG):
        _row, key = people.make_program_key(
            desk.vera.actor,
            "bench",
            ["services.relay"],
            timezone.localdate() + timedelta(days=30),
            at=timezone.now(),
        )
        numbers = [str(one) for one in _open_of(desk).values_list("number", flat=True)[:200]]
        own = _filed_by(desk.sari)
        # The worker does so every five minutes. What is older than ten is counted by who asks for it.
        public_counts.count_for_everybody(timezone.now())
    connections.close_all()
    with _server() as (port, process):
        for one in _pages(port, process, cookies, key, numbers, own):
            print(one, flush=True)
            found.append(one)
    connections.close_all()
    for form in ("csv", "xlsx"):
        print(_export(cookies["vera"], form), flush=True)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    for one in found:
        if one.goal is not None:
            print(f"{one.name}: {one.p50:.0f} ms{one.verdict}")
    return found


# --- what is measured on ------------------------------------------------------------


def _fill(cases: int) -> Desk:
    with tenancy.scope(MALANG):
        if Case.objects.count() < cases:
            _play(cases)
        public_counts.count_for_everybody(timezone.now())
        busiest = (
            Case.objects.filter(is_open=True, is_secret=False)
            .order_by()
            .values_list("office")
            .annotate(n=Count("urgent_at"))
            .order_by("-n")[0]
        )
        office = Office.objects.get(pk=busiest[0])
        owner, setda = Office.objects.get(code="diskominfo"), Office.objects.get(code="setda")
        rows = Case.objects.count()
    print(
        f"{rows} cases, {busiest[1]} of them open in {office.code}; "
        f"{connection.vendor}, {os.cpu_count()} processors"
    )
    return Desk(
        _seated("Budi", "officer", office),
        _seated("Vera", "service_verifier", owner),
        _seated("Seto", "service_supervisor", setda),
        _seated("Sari", "resident", None),
        office,
    )


def _play(cases: int) -> None:
    """Play cases through the engine and copy them; closed copies come without their past."""
    began = time.monotonic()
    for command in ("load_places", "load_cities"):
        call_command(command, stdout=StringIO())
    for step in steps.STEPS:
        prepared.note(step.command)
    played = min(max(cases // 100, FEWEST), MOST)
    simulate("sambat", until=timezone.now(), days=DAYS, seed=SEED, cases=played)
    at = time.monotonic()
    multiply("sambat", cases, lambda line: print(f"filling: {line}", flush=True), with_past=False)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"filled in {time.monotonic() - began:.0f} s, of it the engine {at - began:.0f} s")


def _seated(name: str, role: str, office: Office | None) -> Person:
    """Return somebody of the cast; who is there from a run before is signed in again."""
    known = Account.objects.filter(email=f"{name.lower()}@{MALANG.replace('.', '-')}.example").first()
    return Person(known, MALANG) if known else someone(name, MALANG, role, office=office)


def _open_of(desk: Desk) -> QuerySet[Case]:
    return Case.objects.filter(tenant=MALANG, office=desk.office, is_open=True, is_secret=False).order_by(
        "urgent_at", "pk"
    )


def _filed_by(person: Person) -> str:
    """File a case as somebody with an account; return its id."""
    report = {**_REPORT, "reporter": {"name": person.account.name, "phone": "081200000900"}}
    return str(
        changes.file(person.actor, "sambat", report, changes.Coming("web", RUN), timezone.now()).case.pk
    )


def _check() -> None:
    """Look at what must be true, but for the moves of each case: closed copies come without theirs."""
    wrong = {
        promise.__name__: promise()
        for promise in (
            promises.submissions_without_case,
            promises.duplicate_cases,
            promises.duplicate_receipts,
            promises.moves_without_journal,
            promises.clocks_on_closed_cases,
        )
    }
    print("invariants: clean" if not any(wrong.values()) else f"INVARIANTS BROKEN: {wrong}", flush=True)


# --- reads and changes --------------------------------------------------------------


def _doors(desk: Desk) -> Iterator[Found]:
    now = timezone.now()
    budi, vera, seto = desk.budi.actor, desk.vera.actor, desk.seto.actor
    service = reads.service("sambat", timezone.localdate())
    page = reads.office_queue(budi)
    closed, intake = Selection(Queue.CLOSED), Selection(Queue.INTAKE)
    yield _of("reads.office_queue, first page of 100", 60, lambda: reads.office_queue(budi))
    yield _of("reads.office_queue, a later page", 60, lambda: reads.office_queue(budi, after=page.after))
    yield _of("reads.tenant_queue", 60, lambda: reads.tenant_queue(vera))
    yield _of("lists.page, what comes in", 60, lambda: lists.page(vera, intake))
    yield _of("lists.page, closed of an office", 60, lambda: lists.page(budi, closed))
    # Asked anew each time: what is remembered of a long list costs nothing.
    yield _of(
        "lists.count, closed of an office", 60, lambda: lists.count(replace(budi, id=token_hex()), closed)
    )
    yield _of("lists.counts, of an office", 200, lambda: lists.counts(budi, now))
    yield _of("lists.counts, of the tenant", 200, lambda: lists.counts(vera, now))
    yield _of("reads.board_of_offices, closed ones as kept", 200, lambda: reads.board_of_offices(seto, now))
    yield _of("reads.count_closed, what the job counts", None, lambda: count_closed(MALANG, now), 3)
    yield _of("reads.public_figures (as written)", 80, lambda: reads.public_figures(service, now))
    yield _of("reads.public counted, what the job counts", None, lambda: counted(service, now), 3)
    sought = open311.Sought(["sambat"], now - timedelta(days=90), now)
    last = open311.public_requests(sought, 0, 100)[-1].number
    yield _of("open311.public_requests, 100", None, lambda: open311.public_requests(sought, 0, 100), 5)
    yield _of(
        "open311.public_requests, after a number", None,
        lambda: open311.public_requests(sought, 0, 100, last), 5,
    )  # fmt: skip
    yield _of(
        "open311.public_requests, page 500 of 100", None,
        lambda: open311.public_requests(sought, 50_000, 100), 1,
    )  # fmt: skip
    number = page.lines[0].number
    yield _of("by its number", 60, lambda: sight.cases(budi).filter(number=number).first())
    yield _of("persons.of_person, by telephone", None, lambda: of_person(vera, "081200000017", "mengukur"), 5)
    for queue, actor, word in (
        (Queue.ALL, vera, "lampu"), (Queue.OFFICE, budi, "lampu"), (Queue.ALL, vera, "zzzq"),
        (Queue.CLOSED, budi, "zzzq"), (Queue.CLOSED, vera, "zzzq"),
    ):  # fmt: skip
        asked = Selection(queue, Wanted(text=word))
        yield _of(f"lists.page, {queue}, the word “{word}”", None, partial(lists.page, actor, asked), 5)
    yield _of("reads.whole", None, lambda: reads.whole(budi, page.lines[0].id, now))
    visitor = seats.visitor(MALANG)
    filings = iter(range(10**9))

    def file() -> None:
        at = next(filings)
        reporter = {"name": "Sari", "phone": f"0813{at:08}"}
        with transaction.atomic():
            changes.file(
                visitor, "sambat", {**_REPORT, "reporter": reporter}, changes.Coming("web", f"{RUN}{at}"), now
            )

    yield _of("changes.file, with the hash of its PIN", 300, file)
    rows = list(
        sight.cases(vera).filter(service="sambat", state="received", is_open=True, is_secret=False)[:TURNS]
    )
    waiting = iter(rows)

    def assign() -> None:
        row = next(waiting)
        changes.move(vera, row.pk, "assign", version=row.version, at=now)

    yield _of("changes.move", 300, assign, turns=max(len(rows) - 3, 1))


def _of(name: str, goal: float | None, work: Callable[[], object], turns: int = TURNS) -> Found:
    for _warm in range(2):
        work()
    times: list[float] = []
    before = time.process_time()
    for _turn in range(turns):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return _found(name, goal, times, time.process_time() - before)


def _found(name: str, goal: float | None, times: Sequence[float], cpu: float) -> Found:
    """Return what was found; `cpu` are the seconds of the processor for all of `times`."""
    shares = statistics.quantiles(times, n=100) if len(times) > 1 else [times[0]] * 99
    return Found(name, shares[49], shares[94], goal, cpu / len(times) * 1000)


# --- over the network ---------------------------------------------------------------


def _cookie(person: Person) -> str:
    return f"sessionid={person.client.cookies['sessionid'].value}"


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """Serve as `./balai up` does; yield the port and the process to watch."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "balai.site.wsgi:application", "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "4",
        "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "BALAI_DEFAULT_TENANT": MALANG, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", "/health", headers={"Host": _HOST})
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web server does not answer")


type Ask = tuple[str, str, dict[str, str], bytes | None]
"""Method, path, headers, body."""


def _pages(
    port: int, process: int, cookies: dict[str, str], key: str, numbers: list[str], own: str
) -> Iterator[Found]:
    def get(path: str, who: str = "") -> Ask:
        headers = {"Cookie": cookies[who]} if who else {}
        return ("GET", path, {**headers, "Accept-Language": "id", "Accept-Encoding": "gzip"}, None)

    count = iter(range(10**9))

    def filing() -> Ask:
        at = next(count)
        reporter = {"name": "Sari", "phone": f"0815{at:08}"}
        body = {"answers": {**_REPORT, "reporter": reporter}, "for_other": {"name": "", "relation": ""}}
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": f"bench-{RUN}-{at}",
            "Authorization": f"Bearer {key}",
        }
        return ("POST", "/api/v1/services/sambat/cases", headers, json.dumps(body).encode())

    queue = get("/meja/layanan/daftar/?antrean=kantor", "budi")
    board, map_ = get("/meja/layanan/pengawasan/", "seto"), get("/layanan/sambat/peta/")
    closed, intake = (get(f"/meja/layanan/daftar/?antrean={one}", "vera") for one in ("selesai", "masuk"))
    requests = get("/open311/v2/requests.json?page_size=100")
    points = get("/layanan/sambat/peta/titik.json")
    one = [get(f"/meja/layanan/sambat/{number}/", "budi") for number in numbers]
    followed = get(f"/berkas/{own}/", "sari")
    chance = Random(SEED)
    for name, goal, users, ask in (
        ("list page of 100, an officer, 1 user", 60, 1, lambda: queue),
        ("list page of 100, an officer, 16 users", 120, 16, lambda: queue),
        ("public map, 1 user", 80, 1, lambda: map_),
        ("public map, 16 users", None, 16, lambda: map_),
        ("points of the public map, 1 user", 80, 1, lambda: points),
        ("supervisor's board, 1 user", 200, 1, lambda: board),
        ("list of what comes in, who checks, 1 user", 60, 1, lambda: intake),
        ("list of closed cases, who checks, 1 user", 60, 1, lambda: closed),
        ("one case whole, an officer, 1 user", 60, 1, lambda: chance.choice(one)),
        ("one case whole, an officer, 16 users", None, 16, lambda: chance.choice(one)),
        ("one case whole, who filed it, 1 user", 60, 1, lambda: followed),
        ("Open311, 100 requests, 1 user", None, 1, lambda: requests),
        ("filing by the API, 1 user", 300, 1, filing),
    ):
        yield _closed_loop(port, process, name, goal, users, ask)[0]
    mixed = [lambda: queue] * 50 + [lambda: chance.choice(one)] * 25 + [lambda: map_] * 15
    mixed += [lambda: board] * 4 + [filing] * 6
    found, a_second = _closed_loop(
        port,
        process,
        "mixed: 50 lists, 25 cases, 15 maps, 4 boards, 6 filings",
        None,
        16,
        lambda: chance.choice(mixed)(),
    )
    print(f"mixed load: {a_second:.0f} requests/s by 16 users")
    yield found


def _closed_loop(
    port: int, process: int, name: str, goal: float | None, users: int, ask: Callable[[], Ask]
) -> tuple[Found, float]:
    """Ask as `users` do who never rest, for some seconds; return what it cost and answers a second."""
    times: list[float] = []
    faults: list[str] = []
    lock = threading.Lock()
    _one(http.client.HTTPConnection("127.0.0.1", port, timeout=120), ask)
    end = time.monotonic() + SECONDS

    def user() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        own: list[float] = []
        while time.monotonic() < end:
            start = time.perf_counter()
            try:
                _one(line, ask)
            except (SystemExit, OSError, http.client.HTTPException) as error:
                faults.append(str(error))
                return
            own.append((time.perf_counter() - start) * 1000)
        with lock:
            times.extend(own)

    began, before = time.monotonic(), worked(process)
    together = [threading.Thread(target=user) for _user in range(users)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    if faults or len(times) < 2:
        raise SystemExit(f"{name}: {faults[:3]}")
    seconds = time.monotonic() - began
    return _found(name, goal, times, worked(process) - before), len(times) / seconds


def _one(line: http.client.HTTPConnection, ask: Callable[[], Ask]) -> None:
    method, path, headers, body = ask()
    line.request(method, path, body, {"Host": _HOST, **headers})
    answer = line.getresponse()
    told = answer.read()
    if answer.status not in (200, 201):
        raise SystemExit(f"{path} answered {answer.status}: {told[:300]!r}")


# --- an export ----------------------------------------------------------------------

_EXPORT = """
import re, sys, time
from pathlib import Path
import django
django.setup()
from django.test import Client
from balai.services.reads import lists
client = Client(HTTP_HOST=sys.argv[1])
client.cookies["sessionid"] = sys.argv[2]
client.get("/meja/layanan/")
def most():
    # What the process itself needed at most; getrusage would begin with what its parent had.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
before = most()
began = time.perf_counter()
worked = time.process_time()
whole, wanted = lists.every, int(sys.argv[3])
def every(*asked):
    given = 0
    for found in whole(*asked):
        yield found
        given += len(found)
        if given >= wanted:
            return
lists.every = every
answer = client.get(f"/meja/layanan/daftar.{sys.argv[4]}", {"antrean": "selesai"})
assert answer.status_code == 200, answer.status_code
size = sum(len(part) for part in answer.streaming_content)
peak = most()
def told(number, most):
    return f"{number:.0f} MB (at most {most}: " + (
        f"met by {most - number:.0f})" if number <= most else f"NOT MET by {number - most:.0f})")
seconds, worked = time.perf_counter() - began, time.process_time() - worked
print(f"export of {wanted} cases as {sys.argv[4]}: {size / 1e6:.0f} MB in {seconds:.0f} s, "
      f"processor {worked:.0f} s; it took {told(peak - before, 200)}, "
      f"the whole process {told(peak, 200)}, of it {before:.0f} MB before it began")
"""


def _export(cookie: str, form: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _EXPORT, _HOST, cookie.partition("=")[2], str(_EXPORTED), form],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or done.stderr[-500:]

"""Each face asked over thousands of datasets: processor ms of an answer against a bare Django view.

All servers run beside each other, and each task is followed at once by the bare view, so that both
meet the same machine. Paths walk through many different requests; nothing is packed on the way.
Datasets but one are made without rows: a catalogue never reads those.
"""

import http.client
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.data import changes
from balai.data.models import Dataset, DatasetVersion
from balai.data.rules.metadata import read as read_declaration
from balai.data.sidefiles.versions import build_for
from balai.people.models import Office
from balai.places import reads as places
from bench.made import data_bills, data_raw
from bench.made.data import datasette
from bench.made.data_bills import CODE
from bench.made.data_http import Measured, asked, free_port, read, served, worked

TENANT = "35.07"
SECONDS = 3.0
WORKERS = 2
KEYWORDS = 60
_DATASETTE = "/raw/bills.json?_size=100&_shape=objects&_nosuggest=on"
"""Without being told not to, it also looks in every column for what could be a facet, which we do not and
which takes a hundred times as long as the answer; totals are counted by both."""
LICENCES = ("CC BY 4.0", "CC0", "CC BY-SA 4.0", "ODbL")
TOPICS = (
    "air bersih", "jalan", "sekolah dasar", "puskesmas", "sampah", "pasar", "pajak desa", "angkutan",
    "banjir", "sawah", "ternak", "wisata", "perizinan", "pegawai", "anggaran", "penduduk",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """What is asked: its addresses, and the most processor ms an answer may take."""

    name: str
    paths: Sequence[str]
    most: float
    ckan: float | None = None
    """processor ms of CKAN 2.12 as measured on this kind of machine, for the eye only"""
    datasette: Sequence[str] = ()
    """the same asked of Datasette over the same rows"""


def run(folder: Path, datasets: int, rows: int) -> None:
    """Make the catalogue and the bills, ask every face, print a table and the verdicts."""
    print(
        f"{datasets:,} datasets, {rows:,} bills, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f} at the start",
        flush=True,
    )
    with Path(os.devnull).open("w") as silent:
        call_command("load_places", stdout=silent)
    villages = [
        (one.code, one.name) for district in places.children(TENANT) for one in places.children(district.code)
    ]
    _bills(folder, villages, rows)
    _catalogue(datasets)
    connections.close_all()
    verdicts = []
    with _balai() as (port, process), _bare() as bare, datasette(folder) as other:
        for task in _tasks(datasets, [code for code, _name in villages]):
            if read(port, task.paths[0])[0] != 200:
                print(f"{task.name:<34} is not there")
                continue
            _walk(port, task.paths)
            ours = asked(port, process, task.paths, 4, SECONDS)
            least = asked(*bare, ["/"], 4, 1.0)
            verdicts.append(_verdict(task, ours, least))
            theirs = f", CKAN 2.12 {task.ckan:.1f} ms" if task.ckan else ""
            if other and task.datasette:
                theirs += f", Datasette {asked(*other, task.datasette, 4, SECONDS).cpu:.1f} ms"
            print(
                f"{task.name:<34} {ours.cpu:7.2f} ms cpu {ours.median:7.2f} ms {ours.a_second:6.0f}/s | "
                f"bare view {least.cpu:5.2f} ms {least.a_second:6.0f}/s | "
                f"{ours.cpu / least.cpu:5.1f} times{theirs}",
                flush=True,
            )
        verdicts.append(_crawl(port, process, datasets, "crawl"))
        _change()
        verdicts.append(_crawl(port, process, datasets, "crawl after a change"))
    print(f"load {os.getloadavg()[0]:.1f} at the end")
    for verdict in verdicts:
        print(verdict)


def _verdict(task: Task, ours: Measured, least: Measured) -> str:
    """Return whether the goal is met: by its processor ms, or by three times those of a bare view."""
    bound = max(task.most, 3 * least.cpu)
    said = "met" if ours.cpu <= bound else f"NOT MET by {ours.cpu / bound:.2f} times"
    asked_for = f"≤ {task.most}, or 3 bare views = {3 * least.cpu:.2f}"
    return f"goal: {task.name}: {ours.cpu:.2f} processor ms ({asked_for}): {said}"


def _tasks(datasets: int, villages: Sequence[str]) -> Iterator[Task]:
    chance = random.Random(4)
    topics = [chance.choice(TOPICS).split()[0] for _turn in range(200)]
    facets = '["organization","tags","license_id"]'

    def search(topic: str) -> str:
        tag = f"topik-{chance.randrange(KEYWORDS)}"
        query = {"q": topic, "fq": f"tags:{tag}", "facet.field": facets, "rows": "20"}
        return f"/api/3/action/package_search?{urlencode(query)}"

    codes = [f"d_{chance.randrange(datasets):05}" for _turn in range(200)]
    # So many that hardly one is asked twice: public pages are kept, and that is measured elsewhere.
    pages = [
        f"/data/?q={topic.split()[0]}&kata=topik-{n}&urut={sort}"
        for topic in TOPICS
        for n in range(KEYWORDS)
        for sort in ("judul", "terbaru", "terbesar")
    ]
    chance.shuffle(pages)
    yield Task("page of the catalogue, 5 facets, 20", pages, 20.0)
    yield Task("CKAN package_search, 3 facets, 20", [search(topic) for topic in topics], 2.0, 11.0)
    yield Task(
        "CKAN package_show",
        [f"/api/3/action/package_show?id={code}" for code in codes],
        1.0,
        7.6,
    )
    filters = {
        name: [
            urlencode(
                {"resource_id": CODE, "filters": json.dumps({name: one}), "sort": "amount desc", "limit": 100}
            )
            for one in values
        ]
        for name, values in (("village_code", chance.sample(villages, 50)), ("year", data_bills.YEARS))
    }
    store = "/api/3/action/datastore_search"
    village, year = ([f"{store}?{one}" for one in each] for each in filters.values())
    chosen = [
        json.loads(dict(parse_qsl(one.partition("?")[2]))["filters"])["village_code"] for one in village
    ]
    theirs = [f"{_DATASETTE}&village_code={code}&_sort_desc=amount" for code in chosen]
    yield Task("CKAN datastore: filter, sort, 100", village, 2.0, 16.5, theirs)
    yield Task("CKAN datastore: filter of a sixth, sort, 100", year, 4.0)
    pairs = [quote(" ".join(pair)) for pair in _pairs(chance)]
    words = [f"{store}?resource_id={CODE}&limit=100&q={pair}" for pair in pairs]
    theirs = [f"{_DATASETTE}&_search={pair}" for pair in pairs]
    yield Task("CKAN datastore: two words, 100", words, 3.4, 84.9, theirs)
    first = [f"{store}?resource_id={CODE}&limit=100"]
    yield Task("CKAN datastore: first page", first, 2.0, 9.5, [_DATASETTE])
    after = [f"/catalog.ttl?after=d_{chance.randrange(datasets):05}" for _turn in range(50)]
    yield Task("DCAT page of 100, Turtle", after, 7.0, 351.0)
    yield Task("DCAT page of 100, JSON-LD", [one.replace(".ttl", ".jsonld") for one in after], 7.0)
    yield Task("DCAT of one dataset, Turtle", [f"/dataset/{code}.ttl" for code in codes], 7.0, 15.4)
    items = f"/ogc/collections/{CODE}/items?limit=100"
    yield Task("OGC items, 100", [f"{items}&offset={n * 100}" for n in range(50)], 5.5)
    yield Task(
        "OGC items, box of a village, 100", [f"{items}&bbox={box}" for box in _boxes(chance, 0.01)], 5.5
    )
    yield Task("OGC items, box of a city, 100", [f"{items}&bbox={box}" for box in _boxes(chance, 0.1)], 5.5)


def _pairs(chance: random.Random) -> Iterator[Sequence[str]]:
    for _turn in range(100):
        yield chance.sample(data_bills.WORDS, 2)


def _boxes(chance: random.Random, size: float) -> Iterator[str]:
    for _turn in range(100):
        west, south = chance.uniform(112.3, 112.8), chance.uniform(-8.4, -7.8)
        yield f"{west:.5f},{south:.5f},{west + size:.5f},{south + size:.5f}"


def _walk(port: int, paths: Sequence[str]) -> None:
    """Ask everything once of each worker, more or less: what is drawn at the first asking is drawn then.

    A package of CKAN takes 0.3 ms to draw, and stays until its dataset changes.
    """
    for path in [*paths[:200]] * WORKERS * 2:
        read(port, path)


def _change() -> None:
    """Publish something, so that each worker has its catalogue to put together anew."""
    with tenancy.scope(TENANT):
        row = Dataset.objects.select_related("current", "producer").get(code="d_00007")
        row.version += 1
        row.save()
    connections.close_all()


def _crawl(port: int, process: int, datasets: int, name: str) -> str:
    """Follow the pages of the catalogue as a harvester does, over one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    page, found, size = "/catalog.ttl", 0, 0
    before, began = worked(process), time.perf_counter()
    while page:
        line.request("GET", page)
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200
        found += body.count(b" a dcat:Dataset ")
        size += len(body)
        following = re.search(r'<[^>]*?//[^/]*([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        page = following[1] if following else ""
    took, cpu = time.perf_counter() - began, worked(process) - before
    line.close()
    assert found == datasets + 1, f"{found} datasets in the catalogue"
    print(f"{name} of {found:,} datasets: {took:.2f} s, {cpu:.2f} s cpu, {size / 1e6:.1f} MB")
    bound = 1.0 * datasets / 5000
    said = "met" if cpu <= bound else f"NOT MET by {cpu / bound:.2f} times"
    told = f"{cpu:.2f} processor s, {took:.2f} on the clock (≤ {bound:.2f})"
    return f"goal: {name} of the catalogue: {told}: {said}"


def _bills(folder: Path, villages: Sequence[tuple[str, str]], rows: int) -> None:
    csv = folder / "bills.csv"
    data_bills.write(csv, villages, rows)
    declaration = read_declaration(data_bills.declaration())
    with tenancy.scope(TENANT):
        Dataset.objects.create(
            code=CODE, metadata=declaration.written(), classification="open", status=Dataset.Status.CHECKED
        )
        actor = system("bench", TENANT, "data.publish")
        published = changes.publish_file(actor, CODE, csv, "2024", at=timezone.now())
        assert build_for(published.version)
    data_raw.load_sqlite(csv, folder / "raw.sqlite")


def _catalogue(datasets: int) -> None:
    """Write datasets with one version each, and what is kept of them; say how long the keeping took."""
    chance = random.Random(3)
    with tenancy.scope(TENANT):
        offices = Office.objects.bulk_create(
            Office(code=f"kantor-{n:02}", name=f"Dinas Contoh {n}") for n in range(30)
        )
        said = [_declared(n, chance) for n in range(datasets)]
        rows = Dataset.objects.bulk_create(
            [
                Dataset(
                    code=one["code"], metadata=one, classification="open", producer=chance.choice(offices)
                )
                for one in said
            ]
        )
        start = datetime(2025, 1, 1, tzinfo=UTC)
        versions = DatasetVersion.objects.bulk_create(
            [
                DatasetVersion(
                    dataset=row,
                    number=1,
                    period="2025",
                    rows=chance.randrange(10, 2_000_000),
                    files=[{"name": "rows", "sha256": f"{n:064x}", "bytes": 1000, "rows": 10}],
                    metadata=row.metadata,
                    classification="open",
                    schema_hash=f"{n:064x}",
                    content_hash=f"{n:064x}",
                    published_by="bench",
                    publisher_id_text="bench",
                    published_at=start + timedelta(minutes=n),
                )
                for n, row in enumerate(rows)
            ]
        )
        for row, version in zip(rows, versions, strict=True):
            row.current, row.status = version, Dataset.Status.PUBLISHED
        Dataset.objects.bulk_update(rows, ["current", "status"], batch_size=500)
        began = time.perf_counter()
        assert changes.keep_catalogue() == datasets
        took = time.perf_counter() - began
    print(
        f"written in three forms of DCAT: {took:.1f} s, {took / datasets * 1000:.2f} ms a dataset", flush=True
    )


def _declared(number: int, chance: random.Random) -> dict[str, Any]:
    """Return a declaration as offices write them: some 3 kB."""
    topic = chance.choice(TOPICS)
    said = data_bills.declaration()
    columns = said["columns"] + [
        {
            "name": f"nilai_{n}",
            "type": "decimal",
            "meaning": {"id": f"Nilai {topic} ke-{n}", "en": f"Value {n}"},
        }
        for n in range(chance.randrange(12))
    ]
    text = f"Data {topic} nomor {number} menurut wilayah dan tahun, dihimpun oleh dinas dari laporan bulanan."
    written = read_declaration(
        said
        | {
            "code": f"d_{number:05}",
            "title": {"id": f"{topic.capitalize()} {number}", "en": f"{topic} {number}"},
            "description": {"id": text * 3, "en": text},
            "licence": chance.choice(LICENCES),
            "keywords": [f"topik-{n}" for n in chance.sample(range(KEYWORDS), 3)],
            "columns": columns,
        }
    )
    return written.written()


@contextmanager
def _balai() -> Iterator[tuple[int, int]]:
    # All come from one address, and as visitors: their limits would end the measurement.
    environment = {
        "BALAI_DEFAULT_TENANT": TENANT,
        "BALAI_FACES_VISITOR_PER_MINUTE": "0",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src"),
    }
    with _served("balai.site.wsgi:application", environment, "/health") as found:
        yield found


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    environment = {"BENCH_BARE": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with _served("bench.made.bare:application", environment, "/") as found:
        yield found


@contextmanager
def _served(application: str, environment: dict[str, str], ready: str) -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [
        sys.executable, "-m", "granian", application, "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS),
        "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    with served(command, environment, port, ready) as process:
        yield port, process

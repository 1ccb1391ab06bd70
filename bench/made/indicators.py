"""Visits of a nation, and twenty indicators over them, through the code that every run takes.

The rows are made by the engine from a seed and laid down as one version; publishing is measured
elsewhere. Counting is measured apart from keeping, and beside it the one statement a person would
write for DuckDB: the limit. The first run keeps every figure, the second, of a version in which one
region was corrected, only what changed.
"""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.data import changes
from balai.data.changes.indicators import computed
from balai.data.changes.indicators_counting import Computed
from balai.data.changes.indicators_keeping import value_of
from balai.data.models import Dataset, DatasetVersion, Measurement
from balai.data.reads.versions import readable_version
from balai.data.rules.indicators_files import INDICATORS
from balai.data.rules.metadata import DATASETS, schema_hash
from balai.data.storage import storage
from balai.definitions import get, load

REGIONS, MONTHS, INDICATORS_MADE, SEED = 514, 60, 20, 39
GOAL, WHOLE = 10.0, 30_000_000

_DATASET = """\
code: visits
title: {id: "Kunjungan", en: "Visits"}
description: {id: "Kunjungan klinik, dibuat untuk mengukur.", en: "Visits to clinics, made to measure."}
steward: {id: "Walidata", en: "Steward"}
custodian: {id: "Dinas", en: "Office"}
licence: "CC0"
frequency: monthly
legal_basis: "Ukur"
classification: open
coverage: "00"
standard: {concept: WORDS, definition: WORDS, classification: WORDS, measure: WORDS, unit: WORDS}
keywords: [ukur]
key: [id]
columns:
  - {name: id, type: integer, meaning: WORDS}
  - {name: region, type: region, meaning: WORDS}
  - {name: month, type: text, meaning: WORDS}
  - {name: kind, type: integer, meaning: WORDS}
  - {name: is_served, type: boolean, meaning: WORDS}
  - {name: cost, type: rupiah, meaning: WORDS}
  - {name: litres, type: decimal, decimals: 4, meaning: WORDS}
""".replace("WORDS", '{id: "a", en: "a"}')

_HEAD = """\
code: made_{n}
title: {{id: "Ukur {n}", en: "Measure {n}"}}
description: {{id: "Ukur.", en: "Measure."}}
unit: {{id: "unit", en: "unit"}}
direction: up
owner: {{id: "Dinas", en: "Office"}}
period: month
scale: 100
decimals: 2
source: "Ukur"
"""


def run(folder: Path, rows: int) -> dict[str, float]:
    """Make the rows, measure, print, and return seconds."""
    definitions = folder / "definitions"
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(definitions))
    _define(definitions)
    codes = [code for code in load(INDICATORS) if code.startswith("made_")]
    found: dict[str, float] = {}
    print(f"{'':34} {'seconds':>8} {'CPU: engine':>12} {'own':>6}")
    with tenancy.scope(tenancy.NATIONAL):
        _publish(rows, 1)
        with _timed("one statement of bare DuckDB", found):
            _bare(folder)
        with _timed("count", found):
            figures = sum(_counted(codes))
        with _timed("count and keep all", found):
            _measured(codes)
        first = Measurement.objects.count()
        _publish(rows, 2)
        with _timed("count and keep what changed", found):
            _measured(codes)
        kept = Measurement.objects.count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    keeping = found["count and keep all"] - found["count"]
    print(f"{rows} rows, {len(codes)} indicators, {figures} figures; {memory:.0f} MB; {os.cpu_count()} cores")
    print(f"kept {first} on {connection.vendor} at about {first / max(keeping, 0.01):.0f} a second")
    print(f"then {kept - first} that changed")
    print(f"counting takes {found['count'] / found['one statement of bare DuckDB']:.2f} × the bare statement")
    if rows >= WHOLE:
        print(f"goal: {GOAL:.0f} s of counting: {'met' if found['count'] <= GOAL else 'NOT MET'}")
    return found


@contextmanager
def _timed(name: str, found: dict[str, float]) -> Iterator[None]:
    engine, own, began = _of_children(), time.process_time(), time.perf_counter()
    yield
    found[name] = time.perf_counter() - began
    engine, own = _of_children() - engine, time.process_time() - own
    print(f"{name:34} {found[name]:8.2f} {engine:12.2f} {own:6.2f}", flush=True)


def _of_children() -> float:
    """Return the processor seconds of the readers: processes that this one has started."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12]) if int(fields[1]) == os.getpid() else 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ticks / os.sysconf("SC_CLK_TCK") + ended.ru_utime + ended.ru_stime


def _bare(folder: Path) -> None:
    """Ask what all twenty count as one would by hand, and take the answer as a file."""
    reader = system("bench", tenancy.NATIONAL, "data.read", "data.check")
    file = readable_version(reader, "visits", 1).table.file
    columns = [
        f"{value} FILTER (WHERE {where})" for n in range(INDICATORS_MADE) for value, where in _aggregates(n)
    ]
    engine = duckdb.connect(config={"memory_limit": "1024MB", "threads": os.cpu_count() or 1})
    engine.execute(
        f"COPY (SELECT region, month, {', '.join(columns)} FROM read_parquet('{file}') GROUP BY ALL) "
        f"TO '{folder / 'bare.csv'}' (FORMAT csv)"
    )
    engine.close()


def _define(folder: Path) -> None:
    (folder / "datasets").mkdir(parents=True)
    (folder / "indicators").mkdir()
    (folder / "datasets" / "visits.yaml").write_text(_DATASET, encoding="utf-8")
    for n in range(INDICATORS_MADE):
        text = _HEAD.format(n=n) + _sql(n)
        (folder / "indicators" / f"made_{n}.yaml").write_text(text, encoding="utf-8")


def _aggregates(n: int) -> list[tuple[str, str]]:
    """A third are shares of counts, a third means of money, a third sums of decimals; all read every row."""
    every = f"kind <> {n}"
    served, whole = ("count(*)", f"{every} AND is_served"), ("count(*)", every)
    return [[served, whole], [("sum(cost)", every), whole], [("sum(litres)", every)]][n % 3]


def _sql(n: int) -> str:
    parts = zip(("numerator", "denominator"), _aggregates(n), strict=False)
    return "".join(f"{name}: |\n{_select(value, where)}" for name, (value, where) in parts)


def _select(value: str, where: str) -> str:
    return (
        f"  SELECT region, month AS period, {value} AS value\n"
        f"  FROM visits WHERE {where}\n  GROUP BY region, month\n"
    )


def _publish(rows: int, number: int) -> None:
    """Lay down a version; the second differs in the first region."""
    definition = get(DATASETS, "visits").value
    place = storage()
    with place.drafting(tenancy.NATIONAL) as draft:
        engine = duckdb.connect(config={"threads": 2, "memory_limit": "1500MB", "temp_directory": str(draft)})
        engine.execute(_MADE, [rows, number, str(draft / "rows.parquet")])
        engine.close()
        sha256, size = place.lay_down(tenancy.NATIONAL, draft / "rows.parquet")
    dataset, _new = Dataset.objects.get_or_create(
        code="visits", defaults={"metadata": definition.written(), "classification": "open"}
    )
    dataset.current = DatasetVersion.objects.create(
        dataset=dataset,
        number=number,
        period="2026",
        rows=rows,
        files=[{"name": "visits.parquet", "sha256": sha256, "bytes": size, "rows": rows}],
        metadata=definition.written(),
        classification="open",
        schema_hash=schema_hash(definition),
        content_hash=f"{number:064}",
        published_by="ukur",
        publisher_id_text="ukur",
        published_at=timezone.now(),
    )
    dataset.status = Dataset.Status.PUBLISHED
    dataset.save()


_MADE = f"""
COPY (
  WITH made AS (
    SELECT i AS id, i * {REGIONS} // $1 AS region,
           hash(i, {SEED}) AS a, hash(i, {SEED + 1}) AS b, hash(i, {SEED + 2}) AS c
    FROM range($1) AS t(i)
  )
  SELECT CAST(id AS BIGINT) AS id, printf('%02d.%02d', 11 + region // 10, 1 + region % 10) AS region,
         strftime(DATE '2021-01-01' + INTERVAL (a % {MONTHS}) MONTH, '%Y-%m') AS month,
         CAST(b % 20 AS BIGINT) AS kind, c % 3 = 0 AS is_served,
         CAST(c % 1000000 AS BIGINT) + CASE WHEN region = 0 THEN $2 ELSE 0 END AS cost,
         CAST(a % 1000000 AS DECIMAL(24, 4)) AS litres
  FROM made
) TO $3 (FORMAT parquet, COMPRESSION zstd)
"""


def _counted(codes: list[str]) -> Iterator[int]:
    """Count every indicator, reckon every value and keep nothing; yield how many figures each has."""
    for code, found in computed(codes):
        if not isinstance(found, Computed):
            raise SystemExit(f"{code}: {found}")
        indicator = found.checked.definition.value
        yield len([value_of(indicator, counted) for counted in found.figures.values()])


def _measured(codes: list[str]) -> None:
    actor = system("bench", tenancy.NATIONAL, "data.read", "data.check")
    for code, found in changes.measure_all(actor, codes, "ukur", at=datetime.now(UTC)):
        if isinstance(found, Exception) or found is None:
            raise SystemExit(f"{code}: {found}")

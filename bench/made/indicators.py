"""Visits of a nation, and twenty indicators over them, through the code that every run takes.

The rows are made by the engine from a seed and laid down as one version; publishing is measured
elsewhere. Counting is measured apart from keeping: the first run keeps every figure, the second,
of a version in which one region was corrected, only what changed.
"""

import resource
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from django.conf import settings
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.data import changes
from balai.data.changes import indicators as own
from balai.data.models import Dataset, DatasetVersion, Measurement
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
    with tenancy.scope(tenancy.NATIONAL):
        _publish(rows, 1)
        before = time.process_time()
        found["count"], figures = _counted(codes)
        found["of it processor time beside the engine"] = time.process_time() - before
        found["count and keep"] = _measured(codes)
        _publish(rows, 2)
        found["count and keep what changed"] = _measured(codes)
        kept = Measurement.objects.count()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows} rows, {len(codes)} indicators, {figures} figures; kept {kept} in all; {memory:.0f} MB")
    for name, seconds in found.items():
        print(f"{name:40} {seconds:7.2f} s")
    if rows >= WHOLE:
        print(f"goal: {GOAL:.0f} s of counting: {'met' if found['count'] <= GOAL else 'NOT MET'}")
    return found


def _define(folder: Path) -> None:
    (folder / "datasets").mkdir(parents=True)
    (folder / "indicators").mkdir()
    (folder / "datasets" / "visits.yaml").write_text(_DATASET, encoding="utf-8")
    for n in range(INDICATORS_MADE):
        text = _HEAD.format(n=n) + _sql(n)
        (folder / "indicators" / f"made_{n}.yaml").write_text(text, encoding="utf-8")


def _sql(n: int) -> str:
    """A third are shares of counts, a third means of money, a third sums of decimals; all read every row."""
    value, where = (("count(*)", "is_served"), ("sum(cost)", ""), ("sum(litres)", ""))[n % 3]
    kinds = f"kind <> {n}"
    above = f"{kinds} AND {where}" if where else kinds
    text = f"numerator: |\n{_select(value, above)}"
    return text if n % 3 == 2 else f"{text}denominator: |\n{_select('count(*)', kinds)}"


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


def _counted(codes: list[str]) -> tuple[float, int]:
    """Count every indicator and keep nothing, as many at once as there are readers."""
    waiting: list[own.Asked] = []
    figures = 0
    began = time.perf_counter()
    for code in codes:
        definition = get(INDICATORS, code)
        known = own._known(definition.value)
        assert known is not None
        waiting.append(own.begin(definition, known, own._versions(known)))
        if len(waiting) >= settings.QUERY_READERS:
            figures += len(own.finish(waiting.pop(0)).figures)
    figures += sum(len(own.finish(each).figures) for each in waiting)
    return time.perf_counter() - began, figures


def _measured(codes: list[str]) -> float:
    actor = system("bench", tenancy.NATIONAL, "data.read", "data.check")
    began = time.perf_counter()
    for code, found in changes.measure_all(actor, codes, "ukur", at=datetime.now(UTC)):
        if isinstance(found, Exception) or found is None:
            raise SystemExit(f"{code}: {found}")
    return time.perf_counter() - began

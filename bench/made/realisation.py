"""Realisation of the nation: 514 regions, 120 actions, 5 years, beside a hand-written SQL query.

Goal: 2 s in all, and 1.5 times the query at most. Medians of five turns, taken in turn.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from django.db import connection

from balai.base import tenancy
from balai.people.models import LocalGovernment
from balai.plan import reads
from balai.plan.rules.realisation import side_by_side
from bench.made import nation

TURNS = 5
YEARS = range(2021, 2026)

HAND_WRITTEN = """
SELECT t.tenant, t.year, s.dimension, a.origin, s.denominator,
       SUM(s.numerator),
       SUM(CASE WHEN (t.value IS NULL AND r.physical_percent >= 100)
                  OR (a.direction = 'up' AND r.value >= t.value)
                  OR (a.direction = 'down' AND r.value <= t.value) THEN s.numerator ELSE 0 END),
       SUM(CASE WHEN r.id IS NOT NULL THEN s.numerator ELSE 0 END),
       SUM(s.numerator * CAST(ROUND(a.weight * 10000) AS bigint)),
       SUM(CASE WHEN (t.value IS NULL AND r.physical_percent >= 100)
                  OR (a.direction = 'up' AND r.value >= t.value)
                  OR (a.direction = 'down' AND r.value <= t.value) 
           THEN s.numerator * CAST(ROUND(a.weight * 10000) AS bigint) ELSE 0 END)
FROM plan_target t
JOIN plan_action a ON a.id = t.action_id
JOIN plan_programme p ON p.id = a.programme_id
JOIN plan_masterplan m ON m.id = p.masterplan_id AND m.status = 'adopted'
JOIN plan_dimensionshare s ON s.action_id = a.id
LEFT JOIN plan_report r ON r.tenant = t.tenant AND r.action_id = t.action_id AND r.year = t.year AND r.stands
WHERE t.year BETWEEN 2021 AND 2025
GROUP BY 1, 2, 3, 4, 5
"""


def _by_hand() -> int:
    with connection.cursor() as cursor:
        cursor.execute(HAND_WRITTEN)
        return len(cursor.fetchall())


def _ours() -> int:
    rule = reads.realisation_rule(date(2026, 1, 31))
    found = reads.tallies(YEARS, rule)
    regions: dict[tuple[str, int], dict[str, object]] = {}
    for key, tally in found.items():
        regions.setdefault((key.tenant, key.year), {})[key.dimension] = tally
    for tallies in regions.values():
        side_by_side(tallies, rule)  # type: ignore[arg-type]
    return len(found)


def _seconds(work: Callable[[], int]) -> float:
    start = time.perf_counter()
    assert work() > 0
    return time.perf_counter() - start


def run(regions: int = 514, actions: int = 120) -> dict[str, float]:
    """Fill an empty database, measure, print, and return medians in seconds."""
    for number, _key in enumerate(nation.fill(regions, actions, YEARS), 1):
        if number % 50 == 0 or number == regions:
            print(f"filling: {number} of {regions} regions", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    keys = list(LocalGovernment.objects.values_list("key", flat=True))
    ours, by_hand = [], []
    with tenancy.scope(tenancy.NATIONAL, also=keys):
        for _turn in range(TURNS):
            by_hand.append(_seconds(_by_hand))
            ours.append(_seconds(_ours))
        with connection.cursor() as cursor:
            cursor.execute(HAND_WRITTEN)
            planned = sum(Fraction(row[5], row[4]) for row in cursor.fetchall())
        tallies = reads.tallies(YEARS, reads.realisation_rule(date(2026, 1, 31)))
        assert planned == sum(tally.planned for tally in tallies.values()), "the two do not count the same"
    result = {"ours": statistics.median(ours), "by_hand": statistics.median(by_hand)}
    result["ratio"] = result["ours"] / result["by_hand"]
    print(f"rows: {regions} regions x {actions} actions x {len(YEARS)} years, {connection.vendor}")
    print(f"hand-written SQL  {result['by_hand']:.2f} s")
    print(f"reads.tallies and the three rules  {result['ours']:.2f} s ({result['ratio']:.2f} times)")
    print(
        f"goals: 2 s {'met' if result['ours'] <= 2 else 'NOT MET'}, "
        f"1.5 times {'met' if result['ratio'] <= 1.5 else 'NOT MET'}"
    )
    return result

"""The scores of a whole nation turned into indexes, beside hand-written SQL that does the same.

Smart city: 121 questions (both impact forms together) by five assessors. SPBE: 47 levels.
Goal: 1 s for both, and twice the hand-written queries at most. Medians of five turns, taken in turn.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection, transaction

from balai.base import tenancy
from balai.evaluation import rules
from balai.evaluation.models import Assessment, Invitation, KeptInstrument, Round, Score
from balai.evaluation.reads.scoring import indexes
from balai.evaluation.rules import Instrument

TURNS = 5
AT = datetime(2026, 10, 12, tzinfo=UTC)


def both_forms() -> Instrument:
    """Return the six-component instrument with the questions of both impact forms: 121."""
    kppn = rules.instrument("smartcity-2023-kppn-ikn").value
    first = rules.instrument("smartcity-2022-first-phase").value
    more = tuple(each for each in first.questions if each.key.startswith("4.A"))
    return kppn.model_copy(update={"questions": (*kppn.questions, *more)})


def fill(instrument: Instrument, code: str, regions: int, assessors: int) -> Round:
    """Write a round in which every question of every region is scored."""
    dice = random.Random(code)
    keys = [question.key for question in instrument.questions]
    kept = KeptInstrument.objects.create(code=code, sha256="0" * 64, written=instrument.written())
    row = Round.objects.create(
        code=code,
        title=code,
        year=2026,
        family=instrument.family,
        instrument=kept,
        opens_at=datetime(2026, 9, 1, tzinfo=UTC),
        answers_due_at=datetime(2026, 9, 30, tzinfo=UTC),
        scores_due_at=datetime(2026, 10, 31, tzinfo=UTC),
    )
    for number in range(regions):
        with transaction.atomic():
            invitation = Invitation.objects.create(
                round=row, region_tenant=f"{number}", region_code=f"{number}", region_name=f"Daerah {number}"
            )
            level = {key: dice.randint(instrument.scale.least, instrument.scale.most) for key in keys}
            for assessor in range(assessors):
                assessment = Assessment.objects.create(
                    invitation=invitation,
                    assessor_id_text=f"{assessor}",
                    assessor_name=f"{assessor}",
                    declared_at=AT,
                    finished_at=AT,
                )
                Score.objects.bulk_create(
                    Score(
                        assessment=assessment,
                        question=key,
                        value=level[key]
                        if assessors == 1
                        else dice.randint(instrument.scale.least, instrument.scale.most),
                        scored_at=AT,
                    )
                    for key in keys
                )
    return row


COMPONENTS = """
WITH one AS (
  SELECT i.region_tenant AS region, s.question, SUM(s.value) * 1.0 / COUNT(*) AS score
  FROM evaluation_score s
  JOIN evaluation_assessment a ON a.id = s.assessment_id
  JOIN evaluation_invitation i ON i.id = a.invitation_id
  WHERE i.round_id = %s AND a.withdrawn_at IS NULL AND NOT a.has_conflict
  GROUP BY 1, 2
), component AS (
  SELECT region, part, weight, ROUND(CAST(AVG(score) + 0.0000001 AS numeric), 2) AS value
  FROM one JOIN bench_question q ON q.question = one.question
  GROUP BY 1, 2, 3
)
SELECT region, ROUND(CAST(SUM(weight * value) / 100 + 0.0000001 AS numeric), 2)
FROM component GROUP BY 1
"""

LEVELS = """
WITH one AS (
  SELECT i.region_tenant AS region, s.question, MIN(s.value) AS level, MAX(s.value) AS most
  FROM evaluation_score s
  JOIN evaluation_assessment a ON a.id = s.assessment_id
  JOIN evaluation_invitation i ON i.id = a.invitation_id
  WHERE i.round_id = %s AND a.withdrawn_at IS NULL AND NOT a.has_conflict
  GROUP BY 1, 2
)
SELECT region, ROUND(CAST(SUM(weight * level) / 100 + 0.0000001 AS numeric), 2)
FROM one JOIN bench_question q ON q.question = one.question
WHERE level = most GROUP BY 1
"""


def _by_hand(sql: str, row: Round, instrument: Instrument) -> dict[str, Decimal]:
    """Return the index of each region as SQL reckons it, with binary fractions nudged upwards."""
    key = row.pk.hex if connection.vendor == "sqlite" else row.pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_question")
        cursor.executemany(
            "INSERT INTO bench_question VALUES (%s, %s, %s)",
            [
                (each.key, each.part, float(each.weight or instrument.weights[each.part]))
                for each in instrument.questions
            ],
        )
        cursor.execute(sql, [key])
        return {region: Decimal(str(value)).quantize(Decimal("0.01")) for region, value in cursor.fetchall()}


def _ours(row: Round, instrument: Instrument) -> dict[str, Decimal]:
    return {key: final.shown for key, final in indexes(row, instrument).items()}


def _seconds(work: Callable[[], int]) -> float:
    start = time.perf_counter()
    assert work() > 0
    return time.perf_counter() - start


def run(regions: int = 514) -> dict[str, float]:
    """Fill an empty database, measure, print, and return medians in seconds."""
    spbe, smart = rules.instrument("spbe-2020").value, both_forms()
    with tenancy.scope(tenancy.NATIONAL):
        rounds = [
            (COMPONENTS, fill(smart, "kota", regions, 5), smart),
            (LEVELS, fill(spbe, "spbe", regions, 1), spbe),
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE bench_question (question text PRIMARY KEY, part text, weight numeric)"
            )
            cursor.execute("ANALYZE")
        for sql, row, instrument in rounds:
            assert _ours(row, instrument) == _by_hand(sql, row, instrument), "the two do not reckon the same"
        ours, by_hand = [], []
        for _turn in range(TURNS):
            by_hand.append(_seconds(lambda: sum(len(_by_hand(*each)) for each in rounds)))
            ours.append(_seconds(lambda: sum(len(_ours(row, made)) for _sql, row, made in rounds)))
    result = {"ours": statistics.median(ours), "by_hand": statistics.median(by_hand)}
    result["ratio"] = result["ours"] / result["by_hand"]
    print(f"{regions} regions x (121 questions x 5 assessors + 47 levels), {connection.vendor}")
    print(f"hand-written SQL  {result['by_hand']:.2f} s")
    print(f"reads.scoring.indexes  {result['ours']:.2f} s ({result['ratio']:.2f} times)")
    print(
        f"goals: 1 s {'met' if result['ours'] <= 1 else 'NOT MET'}, "
        f"2 times {'met' if result['ratio'] <= 2 else 'NOT MET'}"
    )
    return result

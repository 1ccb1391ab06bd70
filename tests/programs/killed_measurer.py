"""Computes an indicator in children that are killed at random moments, and looks at what each left.

Run by `test_indicators_killed` on a new installation: number of kills, seed. Prints one line of JSON.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

KILLS, SEED = int(sys.argv[1]), int(sys.argv[2])

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from balai.base import guards, tenancy  # noqa: E402
from balai.base.journal import JournalEntry  # noqa: E402
from balai.data import changes  # noqa: E402
from balai.data.models import IndicatorState, Measurement, MeasurementRun, StandingMeasurement  # noqa: E402
from balai.data.tests.measuring import COSTS, Files, publish, visit  # noqa: E402
from balai.data.tests.registry import steward  # noqa: E402

CLINICS = 800


def main() -> None:
    files = Files(Path(settings.OPTIONS.definitions))
    files.visits()
    files.indicator(COSTS)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.app_label in {"base", "data", "people", "places", "django_tasks_database"}:
                editor.create_model(model)
    guards.lay(connection)
    with tenancy.scope("35.73"):
        whole = [_attempt(number, None) for number in range(2)]
        chance = random.Random(SEED)
        half: list[Any] = []
        for number in range(2, 2 + KILLS):
            _attempt(number, chance.uniform(0, 1.05 * max(whole)))
            half += _half()
        _attempt(999, None)
        half += _half()
        standing = Measurement.objects.filter(standing__isnull=False)
        told = {
            "kills": KILLS,
            "half": half,
            "runs": MeasurementRun.objects.count(),
            "stand": standing.count(),
            "values": sorted({str(each.value) for each in standing}),
        }
    print(json.dumps(told))  # noqa: T201


def _attempt(number: int, kill_after: float | None) -> float:
    """Compute in a child that is killed after some seconds or left to end; return how long it lived."""
    rows = [visit(n, clinic=f"Klinik {n}", cost=str(number)) for n in range(CLINICS)]
    publish(rows, at=datetime.now(UTC))
    connection.close()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        changes.measure(steward(), "costs", "uji", at=datetime.now(UTC))
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        # The reader it may have started belongs to its group and ends with it.
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if kill_after is None and status != 0:
        raise SystemExit(f"the computing ended with {status}")
    return time.monotonic() - began


def _half() -> list[Any]:
    """Return what is not whole: figures of two runs that stand together, a run without its journal."""
    found: list[Any] = []
    standing = StandingMeasurement.objects.values_list("measurement__run", flat=True)
    if standing.count() != CLINICS or len(set(standing)) != 1:
        found.append(["standing", standing.count(), len(set(standing))])
    for run in MeasurementRun.objects.all():
        if run.figures.count() != run.changed:
            found.append(["figures", str(run.pk), run.figures.count(), run.changed])
    latest = IndicatorState.objects.get(code="costs").latest
    if latest is None or latest.pk not in set(standing):
        found.append(["latest"])
    told = JournalEntry.objects.filter(verb="indicator.measure").count()
    if told != MeasurementRun.objects.count():
        found.append(["journal", told])
    return found


main()

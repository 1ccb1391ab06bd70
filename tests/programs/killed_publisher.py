"""Publishes versions in children that are killed at random moments, and looks at what each left.

Run by `test_versions` on a new installation: number of kills, seed. Prints one line of JSON.
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
from django.db import connection  # noqa: E402

from balai.base import guards, tenancy  # noqa: E402
from balai.base.journal import JournalEntry  # noqa: E402
from balai.data import changes, columnar  # noqa: E402
from balai.data.models import Dataset, DatasetVersion  # noqa: E402
from balai.data.storage import storage  # noqa: E402
from balai.data.tests.registry import NOW, a_bin, declared, steward  # noqa: E402

ROWS = 3000


def main() -> None:
    with tenancy.scope("35.73"):
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed and not model._meta.proxy:
                    editor.create_model(model)
        guards.lay(connection)
        metadata = declared(producer="").written()
        Dataset.objects.create(code="bins", metadata=metadata, classification="open", status="checked")
        whole = [_attempt(number, None) for number in range(3)]
        chance = random.Random(SEED)
        half: list[Any] = []
        kills = 0
        for number in range(3, 3 + KILLS):
            kills += 1
            _attempt(number, chance.uniform(0, 1.05 * max(whole)))
            half += _half()
            connection.close()
        _attempt(999, None)
        half += _half()
        current = Dataset.objects.get(code="bins").current
        told = {
            "kills": kills,
            "half": half,
            "versions": DatasetVersion.objects.count(),
            "ends_at": columnar.rows([_path(current)], 1)[0]["cost"] if current else None,
            "expected": 999,
        }
    print(json.dumps(told))  # noqa: T201


def _attempt(number: int, kill_after: float | None) -> float:
    """Publish in a child, killed after some seconds or left to end; return how long it lived."""
    connection.close()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        with tenancy.scope("35.73"):
            rows = (a_bin(n, cost=number) for n in range(ROWS))
            changes.publish(steward(), "bins", rows, "2026", at=datetime.now(UTC) or NOW)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if kill_after is None and status != 0:
        raise SystemExit(f"the publisher ended with {status}")
    return time.monotonic() - began


def _path(version: DatasetVersion) -> Path:
    return storage().local("35.73", version.files[0]["sha256"])


def _half() -> list[Any]:
    """Return what `_look` finds, in a child: connections to a storage would not outlive the next fork."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with tenancy.scope("35.73"), os.fdopen(writing, "w") as told:
            json.dump(_look(), told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found: list[Any] = json.load(told)
    os.waitpid(child, 0)
    return found


def _look() -> list[Any]:
    """Return what is not whole: a version without its rows, a wrong pointer, journal or file."""
    versions = list(DatasetVersion.objects.order_by("number"))
    found: list[Any] = []
    for version in versions[-2:]:
        rows = columnar.rows([_path(version)], ROWS + 1)
        if len(rows) != version.rows or len({row["cost"] for row in rows}) != 1:
            found.append(["rows", version.number])
    if [version.number for version in versions] != list(range(1, len(versions) + 1)):
        found.append(["numbers", [version.number for version in versions]])
    if Dataset.objects.get(code="bins").current != versions[-1]:
        found.append(["current", versions[-1].number])
    told = set(JournalEntry.objects.filter(verb="dataset.publish").values_list("thing", flat=True))
    if told != {str(version.pk) for version in versions}:
        found.append(["journal", len(told), len(versions)])
    for sha, _at in storage().kept("35.73"):
        columnar.rows([storage().local("35.73", sha)], 1)
    return found


main()

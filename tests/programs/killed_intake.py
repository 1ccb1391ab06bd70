"""Takes files through the intake in workers killed at random moments, and looks at what became of them.

Run by `test_intake_hostile` on a new installation: number of kills, seed. Prints one line of JSON.
"""

import io
import json
import os
import random
import signal
import sys
import time
from contextlib import suppress

import django

KILLS, SEED = int(sys.argv[1]), int(sys.argv[2])

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from balai.base import guards, tenancy  # noqa: E402
from balai.data import changes  # noqa: E402
from balai.data.changes import intake_work  # noqa: E402
from balai.data.intake.models import Upload  # noqa: E402
from balai.data.models import Dataset, DatasetVersion  # noqa: E402
from balai.data.tests.files import large_csv  # noqa: E402
from balai.data.tests.registry import NOW, declared, steward  # noqa: E402

FILES = 4


def main() -> None:
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.app_label in {
                "base",
                "data",
                "definitions",
                "people",
                "places",
                "django_tasks_database",
            }:
                editor.create_model(model)
    guards.lay(connection)
    source = settings.DATA / "file.csv"
    rows = large_csv(source, 1_000_000)
    content = source.read_bytes()
    with tenancy.scope("35.73"):
        said = declared().written()
        for number in range(FILES):
            Dataset.objects.create(
                code=f"bins_{number}",
                status="checked",
                classification="open",
                metadata=said | {"code": f"bins_{number}"},
            )
        keys = [
            changes.take_whole(
                steward(), f"bins_{number}", io.BytesIO(content), "a.csv", len(content), at=NOW
            ).pk
            for number in range(FILES)
        ]
        began = time.monotonic()
        _visit(None)
        whole = time.monotonic() - began
        chance = random.Random(SEED)
        kills = 0
        while kills < KILLS:
            _agree(keys)
            if not _work_left():
                # All of them stand: hand in once more, so that there is something to kill.
                keys += [
                    changes.take_whole(
                        steward(),
                        f"bins_{number}",
                        io.BytesIO(content),
                        "b.csv",
                        len(content),
                        at=NOW,
                        said={"period": f"2026-{kills}"},
                    ).pk
                    for number in range(FILES)
                ]
            kills += _visit(chance.uniform(0.0, whole))
        for _round in range(12):
            _visit(None)
            _agree(keys)
        states = [Upload.objects.get(pk=key).state for key in keys]
        versions = DatasetVersion.objects.count()
        told = {
            "kills": kills,
            "files": len(keys),
            "states": sorted(set(states)),
            "rows": sorted({version.rows for version in DatasetVersion.objects.all()}),
            "wanted": rows,
            "versions": versions,
            "named": Upload.objects.exclude(number=None).count(),
        }
    print(json.dumps(told))  # noqa: T201


def _work_left() -> bool:
    return Upload.objects.filter(state__in=("reading", "checking", "publishing")).exists()


def _agree(keys: list[object]) -> None:
    """Do what a person does between the steps."""
    for row in Upload.objects.filter(pk__in=keys):
        if row.state == "asking":
            period = row.said.get("period") or "2026"
            changes.choose(steward(), row.pk, {"period": period}, version=row.version, at=NOW)
        elif row.state == "judged":
            changes.publish_upload(steward(), row.pk, version=row.version, at=NOW)


def _visit(kill_after: float | None) -> int:
    """Let a worker do all that waits, killed after some seconds or left to end; return 1 if it was killed."""
    connection.close()
    child = os.fork()
    if child == 0:
        with tenancy.scope("35.73"):
            for row in Upload.objects.filter(state__in=("reading", "checking", "publishing")):
                intake_work.work_on(row.pk, row.version, NOW)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return int(os.WIFSIGNALED(status))


main()

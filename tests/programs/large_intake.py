"""Takes a large CSV through the intake in one process and tells how much memory that took.

Run by `test_intake_hostile`: folder, megabytes. Prints one line of JSON.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

FOLDER, MEGABYTES = Path(sys.argv[1]), int(sys.argv[2])
ROOT = Path(__file__).resolve().parents[2]
FOLDER.mkdir(parents=True, exist_ok=True)
os.environ |= {
    "BALAI_DATA": str(FOLDER / "data"),
    "DJANGO_SETTINGS_MODULE": "balai.site.settings",
    "DATABASE_URL": "",
    "BALAI_INTAKE_MAX_MB": "20000",
    "BALAI_INTAKE_QUOTA_MB": "50000",
}
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.db import connection  # noqa: E402

from balai.base import guards, tenancy, worker  # noqa: E402
from balai.base.jobs import QueuedJob  # noqa: E402
from balai.data import changes  # noqa: E402
from balai.data.intake.models import Upload  # noqa: E402
from balai.data.models import Dataset, DatasetVersion  # noqa: E402
from balai.data.tests.files import large_csv  # noqa: E402
from balai.data.tests.registry import NOW, declared, steward  # noqa: E402


def main() -> None:
    source = FOLDER / "large.csv"
    rows = large_csv(source, MEGABYTES * 1_000_000)
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
    with tenancy.scope("35.73"):
        said = declared().written()
        Dataset.objects.create(code="bins", status="checked", classification="open", metadata=said)
        began, times = time.monotonic(), []
        with source.open("rb") as file:
            row = changes.take_whole(steward(), "bins", file, "large.csv", source.stat().st_size, at=NOW)
        source.unlink()
        times.append(time.monotonic() - began)
        worker.drain()
        times.append(time.monotonic() - began)
        changes.choose(steward(), row.pk, {"period": "2026"}, version=_now(row), at=NOW)
        worker.drain()
        times.append(time.monotonic() - began)
        row.refresh_from_db()
        if row.state != "judged":
            print([job.last_error for job in QueuedJob.objects.exclude(last_error="")], row.faults)  # noqa: T201
        report = dict(row.report)
        changes.publish_upload(steward(), row.pk, version=_now(row), at=NOW)
        while _state(row) == "publishing" and worker.drain(limit=1):
            pass
        times.append(time.monotonic() - began)
        row.refresh_from_db()
        version = DatasetVersion.objects.first()
        told = {
            "rows": rows,
            "state": row.state,
            "faults": report.get("faults"),
            "published": version.rows if version else 0,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "seconds": [round(each, 1) for each in times],
        }
    print(json.dumps(told))  # noqa: T201


def _now(row: Upload) -> int:
    row.refresh_from_db()
    return row.version


def _state(row: Upload) -> str:
    row.refresh_from_db()
    return row.state


main()

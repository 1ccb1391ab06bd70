"""Work of One Data that comes back every night: retention, sweeping, and what must be true."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.base.invariants import invariant
from balai.base.schedules import every
from balai.data import changes
from balai.data.models import Dataset, DatasetVersion
from balai.data.storage import storage

IN_FLIGHT = timedelta(days=1)
"""Files younger than this may belong to a version that is being published."""


@every("data.sweep", at=time(2, 40), in_one_transaction=False)
def _sweep_daily(due: str) -> None:
    at = datetime.fromisoformat(due)
    tenant = tenancy.current_tenant()
    actor = system("data.sweep", tenant, "data.publish")
    for dataset in Dataset.objects.filter(tenant=tenant):
        changes.retire(actor, dataset, at)
    changes.sweep(at - IN_FLIGHT)


@invariant("dataset_files_missing")
def _files_missing() -> int:
    """Count files that a version names and that are not there."""
    tenant = tenancy.current_tenant()
    kept = {sha for sha, _at in storage().kept(tenant)}
    versions = DatasetVersion.objects.filter(tenant=tenant, retired__isnull=True)
    return sum(
        file["sha256"] not in kept for files in versions.values_list("files", flat=True) for file in files
    )


@invariant("dataset_files_orphaned")
def _files_orphaned() -> int:
    """Count files that no version names and that are too old to belong to one being published."""
    tenant = tenancy.current_tenant()
    named = {
        file["sha256"]
        for files in DatasetVersion.objects.filter(tenant=tenant).values_list("files", flat=True)
        for file in files
    }
    before = timezone.now() - IN_FLIGHT
    return sum(sha not in named and at < before for sha, at in storage().kept(tenant))

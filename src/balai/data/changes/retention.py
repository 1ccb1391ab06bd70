"""Giving up the rows of old versions where the dataset says so, and files that nobody names."""

from datetime import datetime

from django.db import transaction

from balai.base import journal, tenancy
from balai.base.actor import Actor
from balai.data.models import Dataset, DatasetVersion, RetiredVersion
from balai.data.rules.metadata import read
from balai.data.storage import Storage, storage


@transaction.atomic
def retire(actor: Actor, dataset: Dataset, at: datetime) -> int:
    """Mark the versions whose rows the retention rule gives up; return how many.

    The record of each stays; `sweep` removes their files. The current version is always kept.

    Raises:
        Forbidden: the actor may not publish this dataset.
    """
    actor.require("data.publish", dataset)
    latest = read(dataset.metadata).retention.latest if dataset.metadata else None
    if latest is None:
        return 0
    old = DatasetVersion.objects.filter(dataset=dataset).order_by("-number")[latest:]
    gone = 0
    for version in DatasetVersion.objects.filter(pk__in=[row.pk for row in old], retired__isnull=True):
        if version.pk == dataset.current_id:
            continue
        retired = RetiredVersion.objects.create(
            dataset_version=version, rule=f"latest {latest}", retired_at=at
        )
        journal.write(actor, "dataset.retire", retired, code=dataset.code, number=version.number)
        gone += 1
    return gone


def sweep(before: datetime, kept_in: Storage | None = None) -> int:
    """Remove files of the tenant in scope that no version needs, laid down before `before`."""
    tenant = tenancy.current_tenant()
    wanted = {
        file["sha256"]
        for files in DatasetVersion.objects.filter(tenant=tenant, retired__isnull=True).values_list(
            "files", flat=True
        )
        for file in files
    }
    return (kept_in or storage()).sweep(tenant, wanted, before)

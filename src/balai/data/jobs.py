"""Work of One Data: side files of a version that arrives, and every night retention and sweeping."""

from datetime import datetime, time, timedelta

import structlog
from django.utils import timezone

from balai.base import outbox, tenancy
from balai.base.actor import system
from balai.base.invariants import invariant
from balai.base.jobs import job, later
from balai.base.schedules import every
from balai.data import changes
from balai.data.changes.asked import count_answers_again, forget_askers
from balai.data.changes.versions import ARRIVED
from balai.data.models import Dataset, DatasetVersion
from balai.data.sidefiles import place
from balai.data.sidefiles.building import Unfit
from balai.data.sidefiles.versions import build_for
from balai.data.storage import storage

log = structlog.get_logger(__name__)

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
    standing = Dataset.objects.filter(tenant=tenant, current__isnull=False)
    wanted = {file["sha256"] for files in standing.values_list("current__files", flat=True) for file in files}
    place.sweep(tenant, wanted, at - IN_FLIGHT)


@every("data.keep_catalogue", at=time(2, 50))
def _keep_catalogue(due: str) -> None:
    """Write anew what another profile wrote, or what was there before the catalogue was kept."""
    changes.keep_catalogue()


@every("data.forget_askers", at=time(3, 5))
def _forget_askers(due: str) -> None:
    """Forget wishes nobody proved, and the addresses of whom nothing more is told."""
    forget_askers(datetime.fromisoformat(due))


@every("data.answers", at=time(6, 35))
def _count_with_the_calendar(due: str) -> None:
    """Put the days right on which answers are due and which were counted before the holidays were decreed."""
    on = timezone.localtime(datetime.fromisoformat(due)).date()
    count_answers_again(system("data.answers", tenancy.current_tenant(), "data.check"), on)


@outbox.on(ARRIVED)
def _index_later(dataset: str, number: int, version: str) -> None:
    # A job of its own: this one is one transaction, and making side files takes seconds.
    later("data.index", tenancy.current_tenant(), key=version, dataset=dataset)


@job("data.index", retries=3, backoff=timedelta(minutes=5), in_one_transaction=False)
def _index(dataset: str) -> None:
    """Make the side files of the version that stands by now; without them reads are slower, never wrong."""
    row = Dataset.objects.filter(tenant=tenancy.current_tenant(), code=dataset, current__isnull=False)
    for version in DatasetVersion.objects.filter(pk__in=row.values("current")):
        try:
            build_for(version)
        except Unfit as unfit:
            # Trying again would end the same; the nightly look at the log tells.
            log.warning("no side files", dataset=dataset, number=version.number, why=str(unfit))


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

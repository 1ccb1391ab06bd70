"""What is kept of the catalogue for its readers, renewed in the transaction of each change.

Signals of the tables call it, so that no way of changing a dataset can forget it. Every night, and
after an upgrade, what is missing or was written by another profile is made up for.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db.models.signals import post_save
from django.dispatch import receiver

from balai.base import tenancy
from balai.data.models import CatalogueMark, CatalogueText, Dataset
from balai.data.reads.dcat import said_of, written


@receiver(post_save, sender=Dataset, dispatch_uid="balai.data.kept")
def _dataset_saved(instance: Dataset, raw: bool = False, **_more: Any) -> None:
    if instance.current_id and not raw:
        keep(instance)
        _mark()


@receiver(post_save, sender="people.Office", dispatch_uid="balai.data.kept.office")
def _office_saved(instance: Any, created: bool, raw: bool = False, **_more: Any) -> None:
    """A dataset is shown with the name of the office that makes it."""
    if created or raw:
        return
    named = Dataset.objects.filter(tenant=instance.tenant, producer=instance.pk, current__isnull=False)
    for row in named.select_related("current", "producer"):
        keep(row)
        _mark()


def keep(row: Dataset) -> bool:
    """Write what a published dataset is in DCAT, unless that stands already; return whether it was."""
    said = said_of(row)
    if CatalogueText.objects.filter(dataset=row, mark=said.mark).exists():
        return False
    texts: Mapping[str, str] = written(said)
    CatalogueText.objects.update_or_create(dataset=row, defaults={"mark": said.mark, **texts})
    return True


def keep_catalogue() -> int:
    """Make up for what is missing in the tenant in scope; return how many datasets were written."""
    rows = Dataset.objects.filter(tenant=tenancy.current_tenant(), current__isnull=False)
    count = sum(map(keep, rows.select_related("current", "producer").iterator(chunk_size=500)))
    if count:
        _mark()
    return count


def _mark() -> None:
    CatalogueMark.objects.update_or_create(tenant=tenancy.current_tenant(), defaults={"mark": uuid4()})

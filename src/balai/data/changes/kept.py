"""What is kept of the catalogue for its readers, renewed in the transaction of each change.

Signals of the tables call it, so that no way of changing a dataset can forget it. Every night, and
after an upgrade, what is missing or was written by another profile is made up for.
"""

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
    CatalogueText.objects.update_or_create(dataset=row, defaults={"mark": said.mark, **written(said)})
    return True


def keep_catalogue() -> int:
    """Make up for what is missing in the tenant in scope; return how many datasets were written."""
    rows = Dataset.objects.filter(tenant=tenancy.current_tenant(), current__isnull=False)
    known = set(CatalogueText.objects.values_list("dataset_id", flat=True))
    count, new = 0, []
    for row in rows.select_related("current", "producer").iterator(chunk_size=500):
        if row.pk in known:
            count += keep(row)
        else:
            said = said_of(row)
            new.append(CatalogueText(dataset=row, mark=said.mark, **written(said)))
    CatalogueText.objects.bulk_create(new, batch_size=200)
    if count or new:
        _mark()
    return count + len(new)


def _mark() -> None:
    CatalogueMark.objects.update_or_create(tenant=tenancy.current_tenant(), defaults={"mark": uuid4()})

"""`manage.py load_results`: the published results that come with the product; twice is once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.evaluation.changes import import_published
from balai.evaluation.reference import published_tables


class Command(BaseCommand):
    help = "Impor hasil penilaian yang diterbitkan dan dibawa produk ini (reference/results)."

    def handle(self, *args: Any, **options: Any) -> None:
        actor = system("load_results", tenancy.NATIONAL, "evaluation.import_published")
        with tenancy.scope(tenancy.NATIONAL):
            for source, raw in published_tables():
                done = import_published(actor, raw, source, timezone.now())
                self.stdout.write(
                    f"{source}: {done.added} baru, {done.changed} berubah, {done.unchanged} sama"
                )

"""Makes the side files of every dataset that has none: row and word indexes, counts, column cache."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from balai.base import tenancy, tenants
from balai.data.models import Dataset
from balai.data.sidefiles.building import Unfit
from balai.data.sidefiles.versions import build_for


class Command(BaseCommand):
    help = "Make the row and word indexes of the datasets that stand; those that are there are left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", help="codes of datasets; all when none is named")

    def handle(self, *args: Any, codes: list[str], **options: Any) -> None:
        made, left = 0, 0
        for tenant in tenants.visit():
            rows = Dataset.objects.filter(tenant=tenant, current__isnull=False).select_related("current")
            for row in rows.filter(code__in=codes) if codes else rows:
                try:
                    done = bool(row.current and build_for(row.current))
                except (Unfit, FileNotFoundError) as error:
                    self.stderr.write(f"{tenancy.current_tenant()} {row.code}: {error}")
                    done = False
                made, left = made + done, left + (not done)
        self.stdout.write(f"{made} datasets have their indexes, {left} do not")

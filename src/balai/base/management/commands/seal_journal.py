"""Seal what is in the journal now, without waiting for the schedule."""

from typing import Any

from django.core.management.base import BaseCommand

from balai.base import seals, tenants


class Command(BaseCommand):
    help = "Segel jejak audit sekarang juga."

    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in tenants.visit():
            self.stdout.write(f"{tenant}: {seals.seal_all()} catatan disegel")

"""`manage.py load_demo_cases`: invented cases of services, where this is a demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from balai.base import tenancy
from balai.people import reads as people
from balai.services import demo


class Command(BaseCommand):
    help = "Play the services of the demo regions; a second run finds the cases and writes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OPTIONS.demo:
            self.stdout.write("bukan peragaan, tidak ada berkas contoh")
            return
        for tenant in people.tenant_keys():
            with tenancy.scope(tenant):
                filed = demo.load(timezone.now())
            if filed:
                self.stdout.write(f"{tenant}: {filed} berkas layanan contoh")

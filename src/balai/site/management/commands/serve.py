"""Run the web server with the worker beside it, and end both together."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from balai.site import steps, supervisor, welcome


class Command(BaseCommand):
    help = "Jalankan peladen web dan pekerja latar."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = steps.pending_migrations() or steps.missing()
        if lacking:
            raise CommandError(
                f"basis data belum siap ({', '.join(lacking[:3])}); "
                "jalankan ./balai up atau ./balai manage prepare"
            )
        for line in welcome.lines():
            self.stdout.write(line)
        self.stdout.flush()
        supervisor.run(settings.OPTIONS)

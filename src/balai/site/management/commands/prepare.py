"""Bring the database to where it can be served: tables, reference data, governments, demo."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from balai.base import backup
from balai.site import steps


class Command(BaseCommand):
    help = "Siapkan basis data: tabel, kode wilayah, pemerintah daerah, dan contoh."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="tanpa contoh")

    def handle(self, *args: Any, **options: Any) -> None:
        # A new image or a pull has no other moment: data of an older version are checked and backed up first.
        if steps.pending_migrations() and backup.applied_migrations():
            call_command("upgrade", stdout=self.stdout)
        steps.prepare(steps.Screen(self.stdout), empty=options["empty"])

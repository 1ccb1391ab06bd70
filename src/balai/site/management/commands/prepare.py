"""Bring the database to where it can be served: tables, reference data, governments, demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.site import steps


class Command(BaseCommand):
    help = "Siapkan basis data: tabel, kode wilayah, pemerintah daerah, dan contoh."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="tanpa contoh")

    def handle(self, *args: Any, **options: Any) -> None:
        steps.prepare(steps.Screen(self.stdout), empty=options["empty"])

"""Prepare the database, then serve: what `./balai up` ends in."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Siapkan basis data, lalu jalankan peladen web dan pekerja latar."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="tanpa contoh")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("prepare", empty=options["empty"], stdout=self.stdout)
        call_command("serve", stdout=self.stdout)

"""`manage.py load_demo`: four real regions with what is published of them, and marked illustrations."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from balai.people import changes as people
from balai.plan import demo


class Command(BaseCommand):
    help = "Load the demo regions; a second run finds them and writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            default=None,
            metavar="YYYY-MM-DD",
            help="the day the illustrations are told from (default: today)",
        )

    def handle(self, *args: Any, on: date | None, **options: Any) -> None:
        if settings.OPTIONS.demo:
            self.stdout.write(f"{people.load_demo_people()} akun peragaan ditulis")
        written = demo.load(on or timezone.localdate(), self.stdout.write)
        computed = demo.compute(demo.noon(on) if on else timezone.now(), self.stdout.write)
        self.stdout.write(f"{computed} angka dihitung")
        self.stdout.write(f"{written} baris baru; yang sudah ada tidak berubah")

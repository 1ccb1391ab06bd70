"""`manage.py load_demo_round`: an open round of evaluation for the demo regions, marked as invented."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from balai.evaluation import demo


class Command(BaseCommand):
    help = "Buka satu tahap penilaian contoh; kali kedua tidak menulis apa-apa."

    def handle(self, *args: Any, **options: Any) -> None:
        written = demo.load(timezone.now(), self.stdout.write)
        self.stdout.write(f"{written} baris baru; yang sudah ada tidak berubah")

"""`manage.py load_demo_round`: an open round for the demo regions and two surveys, marked as invented."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from balai.evaluation import demo, survey_demo


class Command(BaseCommand):
    help = "Buka satu tahap penilaian contoh dan dua survei contoh; kali kedua tidak menulis apa-apa."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        written = demo.load(now, self.stdout.write) + survey_demo.load(now, self.stdout.write)
        self.stdout.write(f"{written} baris baru; yang sudah ada tidak berubah")

"""Run a worker: it does the jobs, keeps the schedules and looks after the jobs of dead workers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.base import worker


class Command(BaseCommand):
    help = "Jalankan pekerja latar; hentikan dengan SIGTERM, pekerjaan yang sedang berjalan diselesaikan."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="", help="nama pekerja; harus berbeda dari pekerja lain")
        parser.add_argument("--once", action="store_true", help="kerjakan yang sudah siap, lalu selesai")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"] or worker.new_name()
        if options["once"]:
            self.stdout.write(f"{worker.drain(name)} pekerjaan dikerjakan")
            return
        worker.Loop(name).run()

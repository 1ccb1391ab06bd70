"""Show the jobs that failed for good, and give them new tries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.base import jobs, tenants


class Command(BaseCommand):
    help = "Tampilkan pekerjaan yang gagal; --again mencobanya lagi."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="coba lagi semuanya")

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in tenants.visit():
            for row in jobs.stuck():
                last_line = row.last_error.strip().rpartition("\n")[2]
                self.stdout.write(f"{tenant} {row.name} {row.key} ({row.attempts}×): {last_line}")
                if options["again"]:
                    jobs.again(row)

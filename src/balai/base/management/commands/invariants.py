"""Count what must not be, from the tables as they are now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.base import invariants


class Command(BaseCommand):
    help = "Hitung janji data dari tabel: yang harus nol dan yang sekadar jumlah."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="baris terakhir berupa satu objek JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        values = invariants.values()
        broken = invariants.broken(values)
        if options["json"]:
            self.stdout.write(json.dumps(values))
        else:
            for name, value in values.items():
                self.stdout.write(f"{value:>10}  {name}{'  ← harus 0' if name in broken else ''}")
        if broken:
            raise CommandError(f"janji data dilanggar: {', '.join(broken)}", returncode=1)

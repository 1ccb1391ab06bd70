"""Check the hash chains of the journal; exit 1 where one is broken."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.base import seals, tenants


class Command(BaseCommand):
    help = "Periksa rantai jejak audit setiap pemerintah daerah."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", action="append", help="hanya pemerintah daerah ini (kode)")
        parser.add_argument("--json", action="store_true", help="baris terakhir berupa JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [seals.verify(tenant) for tenant in options["tenant"] or tenants.every()]
        for result in results:
            state = "utuh" if result.holds else "RUSAK"
            self.stdout.write(
                f"{result.tenant}: {state}; {result.sealed} tersegel, {result.unsealed} belum disegel"
            )
            for found in result.breaks:
                self.stdout.write(f"  sambungan {found.seq}: {found.found}")
        if options["json"]:
            self.stdout.write(json.dumps([seals.as_json(result) for result in results]))
        broken = [result.tenant for result in results if not result.holds]
        if broken:
            raise CommandError(f"rantai jejak audit rusak: {', '.join(broken)}", returncode=1)

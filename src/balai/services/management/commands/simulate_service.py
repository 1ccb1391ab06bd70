"""`manage.py simulate_service`: invented cases of a service, for demonstrations and for measuring."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from balai.base import tenancy
from balai.base.errors import Refused
from balai.people import reads as people
from balai.services.simulating import multiply, played_services, simulate

_BY_ENGINE = 2_000
"""Cases played through the engine; more than that are copies of these with numbers and ids of their own."""

_MOST_DAYS, _MOST_CASES = 3_650, 10_000_000


class Command(BaseCommand):
    help = "Play a service with invented cases, marked as such. Only where BALAI_DEMO is True."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", choices=played_services(), help="kode layanan")
        parser.add_argument("--days", type=int, default=90, help="hari yang dimainkan, berakhir sekarang")
        parser.add_argument("--seed", type=int, default=1, help="benih yang sama memberi cerita yang sama")
        parser.add_argument("--cases", type=int, default=None, help="jumlah berkas; bawaannya dari naskah")
        parser.add_argument(
            "--tenant", default="", help="kunci pemerintah daerah; bawaannya semua yang punya"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OPTIONS.demo:
            raise CommandError(
                "Berkas simulasi hanya untuk peragaan. Setel BALAI_DEMO=True bila ini peragaan."
            )
        if not 1 <= options["days"] <= _MOST_DAYS:
            raise CommandError(f"--days dari 1 sampai {_MOST_DAYS}.")
        if options["cases"] is not None and not 1 <= options["cases"] <= _MOST_CASES:
            raise CommandError(f"--cases dari 1 sampai {_MOST_CASES}.")
        known = people.tenant_keys()
        if options["tenant"] and options["tenant"] not in known:
            raise CommandError(
                f"Pemerintah daerah {options['tenant']} tidak ada. Yang ada: {', '.join(known)}."
            )
        for tenant in [options["tenant"]] if options["tenant"] else known:
            with tenancy.scope(tenant):
                self._play(tenant, options)

    def _play(self, tenant: str, options: dict[str, Any]) -> None:
        wanted: int | None = options["cases"]
        by_engine = min(wanted, _BY_ENGINE) if wanted is not None else None
        try:
            played = simulate(
                options["code"],
                until=timezone.now(),
                days=options["days"],
                seed=options["seed"],
                cases=by_engine,
                say=lambda line: self.stdout.write(f"{tenant} {line}"),
            )
        except Refused as error:
            if options["tenant"]:
                raise CommandError(f"{tenant}: {error}") from error
            self.stdout.write(f"{tenant}: {error}")
            return
        if wanted is not None and wanted > _BY_ENGINE:
            copied = multiply(options["code"], wanted, lambda line: self.stdout.write(f"{tenant} {line}"))
            self.stdout.write(f"{tenant}: {copied} berkas digandakan")
        told = (
            f"{tenant}: {played.filed} berkas, {played.moves} langkah, {played.alarms} batas waktu berbunyi"
        )
        self.stdout.write(told)
        for why, count in played.refused.most_common():
            self.stdout.write(f"  ditolak {count} kali: {why}")

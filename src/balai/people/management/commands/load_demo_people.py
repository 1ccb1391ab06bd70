"""Write the demo's accounts, or print them."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from balai.people import changes


class Command(BaseCommand):
    help = "Writes one account for each role in each city. Only where BALAI_DEMO is True."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print", action="store_true", help="print the accounts, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["print"]:
            if not settings.OPTIONS.demo:
                raise CommandError(
                    "Kata sandi akun peragaan diketahui umum. Setel BALAI_DEMO=True bila ini peragaan."
                )
            self.stdout.write(f"{changes.load_demo_people()} akun peragaan ditulis")
            return
        for account in changes.demo_accounts():
            self.stdout.write(f"{account.host:24} {account.role:28} {account.email:34} {account.password}")

"""Collects the texts of the product, checks their English, compiles it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.site import catalogs


class Command(BaseCommand):
    help = "Updates and compiles the English catalogs; --check lists what is wrong, --compile only compiles."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="change nothing; fail when something is wrong")
        what.add_argument("--compile", action="store_true", help="write the files the server reads")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            self.stdout.write(f"{catalogs.compile_all()} catalogs compiled")
            return
        if not options["check"]:
            for text, _context in catalogs.update_all():
                self.stdout.write(f"dropped, nobody says it: {text}")
            catalogs.compile_all()
        flaws = catalogs.flaws()
        for flaw in flaws:
            self.stdout.write(str(flaw))
        if options["check"] and flaws:
            raise CommandError(
                f"{len(flaws)} texts need care; run `./balai manage translations` and fill in what is empty"
            )

"""`manage.py load_nomenclature`: budget codes by edition, sources of funds, from `reference/budget`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.places import changes
from balai.plan import nomenclature


class Command(BaseCommand):
    help = (
        "Load the budget codes of every edition we hold and the sources of funds; what did not change stays."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            default=settings.ROOT / "reference" / "budget",
            help="Folder with editions.csv and the files it names (default: reference/budget).",
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        sets = (
            (_("kode nomenklatur"), nomenclature.load_nomenclature),
            (_("sumber dana"), nomenclature.load_funding_sources),
        )
        try:
            for title, load in sets:
                loaded = load(folder, changes.telling(title, self.stdout.write))
                self.stdout.write(changes.outcome(title, loaded))
        except Invalid as refusal:
            raise CommandError("\n".join(str(fault) for fault in refusal.faults)) from None

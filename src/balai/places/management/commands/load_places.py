"""`manage.py load_places`: region codes, figures and outlines from `reference/`, and maps made of them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.places import changes


class Command(BaseCommand):
    help = "Load region codes, population, area and outlines, and make the maps; what did not change stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            default=settings.ROOT / "reference",
            help="Folder with regions/ and boundaries/ (default: reference).",
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        sets = (
            (_("wilayah"), changes.load_regions, folder / "regions"),
            (_("perubahan wilayah"), changes.load_changes, folder / "regions"),
            (_("penduduk dan luas"), changes.load_figures, folder / "regions"),
            (_("batas wilayah"), changes.load_outlines, folder / "boundaries"),
        )
        try:
            for title, load, where in sets:
                loaded = load(where, changes.telling(title, self.stdout.write))
                self.stdout.write(changes.outcome(title, loaded))
        except Invalid as refusal:
            raise CommandError("\n".join(str(fault) for fault in refusal.faults)) from None
        self.stdout.write(changes.outcome(_("peta"), changes.build_maps()))

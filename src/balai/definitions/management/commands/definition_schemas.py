"""./balai manage definition_schemas: writes JSON Schema of each kind of definition, for editors."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from balai import definitions

FOLDER = settings.ROOT / "docs" / "reference" / "schemas"


class Command(BaseCommand):
    help = "Write docs/reference/schemas from the models of the definitions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)

    def handle(self, *args: Any, **options: Any) -> None:
        for path in definitions.schemas(options["folder"]):
            self.stdout.write(str(path))

"""Import a published table of results for the whole nation; twice the same changes nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import system
from balai.base.errors import Invalid
from balai.evaluation.changes.importing import import_published


class Command(BaseCommand):
    help = "Impor tabel hasil yang diterbitkan (CSV) untuk halaman nasional."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="tabel hasil Kota Cerdas atau SPBE (CSV)")
        parser.add_argument("--source", required=True, help="tempat tabel itu diterbitkan")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = system("import_published", tenancy.NATIONAL, "evaluation.import_published")
        try:
            with tenancy.scope(tenancy.NATIONAL):
                done = import_published(
                    actor, options["file"].read_bytes(), options["source"], timezone.now()
                )
        except OSError as error:
            raise CommandError(f"{options['file']} tidak dapat dibaca: {error.strerror}") from error
        except Invalid as error:
            raise CommandError("\n".join(map(str, error.faults)), returncode=2) from error
        self.stdout.write(f"{done.added} baru, {done.changed} berubah, {done.unchanged} sama")

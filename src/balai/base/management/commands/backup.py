"""Write a backup of the running installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from balai.base import backup
from balai.base.errors import Refused


class Command(BaseCommand):
    help = "Cadangkan pemasangan ini selagi berjalan."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="berkas cadangan (.tar.gz)")
        parser.add_argument("--with-keys", action="store_true", help="sertakan kunci nilai tersegel")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["file"]) if options["file"] else backup.default_path(timezone.now())
        try:
            manifest = backup.make(target, with_keys=options["with_keys"])
        except Refused as error:
            raise CommandError(str(error)) from error
        size = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target} ({size:.1f} MB, {len(manifest.parts)} berkas)")
        if not options["with_keys"]:
            self.stdout.write(
                "Kunci nilai tersegel TIDAK ikut. Simpan folder keys terpisah (atau pakai --with-keys): "
                "tanpa kunci itu NIK dan segel jejak audit tidak dapat dibaca lagi."
            )

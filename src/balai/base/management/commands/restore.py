"""Put a backup in the place of this installation's data."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.base import restore, seals
from balai.base.backup import Manifest
from balai.base.errors import Refused


class Command(BaseCommand):
    help = "Pulihkan dari cadangan; semuanya diperiksa sebelum ada yang diubah."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="berkas cadangan (.tar.gz)")
        parser.add_argument("--force", action="store_true", help="juga bila sudah ada data")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = restore.restore(Path(options["file"]), force=options["force"])
        except Refused as error:
            raise CommandError(f"{error} Tidak ada yang diubah.") from error
        for warning in done.warnings:
            self.stdout.write(f"Perhatian: {warning}")
        manifest = done.manifest
        self.stdout.write(f"Dipulihkan: keadaan {manifest.made_at} (versi {manifest.version}).")
        if done.before:
            self.stdout.write(f"Basis data sebelumnya disimpan di {done.before}.")
        self._verify(manifest)
        self.stdout.write("Jalankan ./balai up (atau ./balai upgrade) untuk memulai.")

    def _verify(self, manifest: Manifest) -> None:
        heads, verify = manifest.heads, seals.verify_chain if restore.is_older(manifest) else seals.verify
        results = [verify(tenant) for tenant in sorted(heads)]
        broken = [result.tenant for result in results if not result.holds]
        if broken:
            raise CommandError(
                f"Data dipulihkan, tetapi rantai jejak audit tidak utuh: {', '.join(broken)}. "
                "Periksa dengan ./balai manage verify_journal."
            )
        short = [result.tenant for result in results if result.sealed < heads[result.tenant]]
        if short:
            raise CommandError(f"Data dipulihkan, tetapi jejak audit kurang panjang: {', '.join(short)}.")
        self.stdout.write(f"Rantai jejak audit utuh ({sum(result.sealed for result in results)} catatan).")

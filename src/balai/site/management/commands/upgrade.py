"""Bring the data of an older version to this one: check, back up, migrate, load."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from balai.base import backup, prepared, upgrade
from balai.base.errors import Refused
from balai.base.version import version
from balai.site import steps


class Command(BaseCommand):
    help = "Naikkan data ke versi ini: periksa, cadangkan, ubah tabel, muat data rujukan."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="hanya periksa; tidak ada yang diubah")

    def handle(self, *args: Any, **options: Any) -> None:
        pending = steps.pending_migrations()
        found = upgrade.problems()
        for problem in found:
            self.stdout.write(f"  ✗ {problem}")
        if found:
            raise CommandError("Belum siap; tidak ada yang diubah.")
        self.stdout.write(f"  ✓ siap untuk versi {version()}; perubahan tabel: {len(pending)}")
        if options["check"]:
            for name in pending:
                self.stdout.write(f"      {name}")
            return
        self._upgrade(bool(pending))

    def _upgrade(self, changes_tables: bool) -> None:
        screen = steps.Screen(self.stdout)
        if changes_tables and backup.applied_migrations():
            target = backup.default_path(timezone.now())
            with screen.step(f"Cadangan {target}"):
                try:
                    backup.make(target)
                except Refused as error:
                    raise CommandError(f"Cadangan gagal, jadi tidak ada yang diubah: {error}") from error
        try:
            steps.prepare(screen, empty=not prepared_demo())
        except Exception as error:
            raise CommandError(
                f"Gagal di tengah jalan: {error}\nKembali ke keadaan semula: pasang versi lama, lalu "
                f"./balai restore <cadangan di atas> --force"
            ) from error
        self.stdout.write("Selesai. Mulai dengan ./balai up atau layanan sistem.")


def prepared_demo() -> bool:
    """Tell whether this installation has the demo; only then is it brought up to date."""
    return bool(backup.applied_migrations()) and prepared.is_done(steps.DEMO)

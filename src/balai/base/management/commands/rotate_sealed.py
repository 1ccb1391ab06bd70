"""Seals every sealed value again with a new key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.base import keyring, sealing, tenants


class Command(BaseCommand):
    help = (
        "Makes a new key and seals every sealed value again with it, tenant by tenant. "
        "A stopped run is taken up where it stopped. Old keys stay in the keys file: backups need them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="Rows a transaction; 500 by default.")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        if batch < 1:
            raise CommandError("--batch must be at least 1")
        held = keyring.begin_rotation()
        self.stdout.write(f"Key {held.current}, one of {len(held.sealing)}.")
        columns = list(sealing.sealed_columns())
        try:
            for tenant in tenants.visit():
                for model, field in columns:
                    done = sealing.rotate(model, field, batch)
                    self.stdout.write(f"{tenant}: {model._meta.label}.{field}: {done} sealed again.")
            # Writers that began before the new key may have committed meanwhile.
            left = sum(
                sealing.stale(model, field).count() for _tenant in tenants.visit() for model, field in columns
            )
        except sealing.SealBroken as error:
            raise CommandError(f"{error}; what was done stays done, run the command again") from error
        if left:
            raise CommandError(f"{left} values still have an old key; run the command again")
        keyring.end_rotation()
        self.stdout.write("Done.")

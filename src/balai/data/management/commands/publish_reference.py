"""`manage.py publish_reference`: regions, holidays, KBLI and published results as datasets of the nation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base.errors import Refused
from balai.data import changes


class Command(BaseCommand):
    help = (
        "Publish regions, holidays, KBLI 2020 and published SPBE and smart-city results; "
        "what did not change makes no new version."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = changes.publish_reference(timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        for one in found:
            words = (
                _("versi %(number)d, %(rows)d baris") if one.is_new else _("tidak berubah (versi %(number)d)")
            )
            told = words % {"number": one.version.number, "rows": one.version.rows}
            self.stdout.write(f"{one.dataset}: {told}")

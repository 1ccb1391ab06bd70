"""./balai manage check_definitions: names every fault in every definition file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from balai import definitions


class Command(BaseCommand):
    help = "Check every definition file; ends with 1 when one has a fault."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = definitions.check()
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(
                _("%(count)d kesalahan dalam definisi.") % {"count": len(faults)}, returncode=1
            )
        count = sum(len(definitions.load(kind)) for kind in definitions.registered())
        self.stdout.write(_("%(count)d definisi benar.") % {"count": count})

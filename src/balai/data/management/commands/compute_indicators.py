"""`manage.py compute_indicators [code …]`: figures of every tenant from the versions that stand."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from balai.base import tenants
from balai.base.errors import Refused
from balai.data import changes, measuring
from balai.data.rules.indicators_files import INDICATORS
from balai.definitions import load


class Command(BaseCommand):
    help = "Compute indicators (all, or those named) for every tenant; what is up to date is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="indicator; all when none is named")
        parser.add_argument("--tenant", default="", help="one tenant alone")

    def handle(self, *args: Any, codes: list[str], tenant: str, **options: Any) -> None:
        known = load(INDICATORS)
        unknown = sorted(set(codes) - known.keys())
        if unknown:
            raise CommandError(_("Tidak ada indikator “%(code)s”.") % {"code": ", ".join(unknown)})
        failed = False
        for key in tenants.visit([tenant] if tenant else []):
            try:
                done = measuring.compute(codes or known, "compute_indicators", timezone.now())
            except (Refused, changes.Unfinished) as error:
                failed = True
                self.stderr.write(f"{key}: {error}")
            else:
                self.stdout.write(_("%(tenant)s: %(done)d indikator") % {"tenant": key, "done": done})
        if failed:
            raise CommandError(_("Sebagian indikator gagal dihitung; halamannya menyebut sebabnya."))

"""Bring local governments, host names and offices in line with the city files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from balai.people import changes, reads


class Command(BaseCommand):
    help = "Loads the cities of definitions/cities; run it again after a change, nothing is done twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="mark the cities as a demo")

    def handle(self, *args: Any, **options: Any) -> None:
        for city in reads.cities().values():
            loaded = changes.load_city(city, is_demo=options["demo"])
            self.stdout.write(
                f"{loaded.name}: {loaded.agencies} perangkat daerah, {loaded.districts} kecamatan, "
                f"{loaded.villages} kelurahan/desa; {loaded.written} baris ditulis"
            )

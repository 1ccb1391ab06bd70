"""Prints the description of the API as it is stored in docs/reference/openapi.json."""

from typing import Any

from django.core.management.base import BaseCommand

from balai.site.api import description


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(description(), ending="")

"""Prints the page of settings, made from `balai.site.options`."""

from dataclasses import Field, fields
from typing import Any

from django.core.management.base import BaseCommand

from balai.site.options import Options, name_in_environment

_HEAD = """# Settings

What an installation decides, in its environment. What a city decides is in
`definitions/cities`; what an officer decides is a row in the database.
This page is made by `./balai manage settings_page`.

| name | default | what it does |
|---|---|---|
"""


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_HEAD + "\n".join(_row(option) for option in fields(Options)))


def _row(option: Field[Any]) -> str:
    default = "empty" if option.default == "" else option.default
    return f"| `{name_in_environment(option.name)}` | `{default}` | {option.metadata['help']} |"

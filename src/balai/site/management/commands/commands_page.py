"""Prints the page of management commands, made from the commands themselves."""

from argparse import Action
from collections.abc import Iterator
from typing import Any

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

_HEAD = """# Perintah pengelolaan

> **In English.** Our own management commands, run as `./balai manage <name>`; made by
> `./balai manage commands_page`.

Dijalankan dengan `./balai manage <nama>`. Perintah Django sendiri (`./balai manage help`) tidak diulang di
sini. Halaman ini dibuat oleh `./balai manage commands_page`.

| perintah | gunanya | pilihan |
|---|---|---|"""


class Command(BaseCommand):
    help = "Cetak halaman perintah (docs/reference/commands.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        own = sorted(name for name, owner in get_commands().items() if str(owner).startswith("balai."))
        self.stdout.write("\n".join([_HEAD, *(_row(name) for name in own)]))


def _row(name: str) -> str:
    command = load_command_class(get_commands()[name], name)
    chosen = "<br>".join(_arguments(command)) or "–"
    return f"| `{name}` | {' '.join(command.help.split())} | {chosen} |"


def _arguments(command: BaseCommand) -> Iterator[str]:
    """Yield the command's own arguments; those that every command has are left out."""
    common = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}
    for action in command.create_parser("manage.py", "any")._actions:
        if action.dest not in common:
            yield f"`{_spelled(action)}` {action.help or ''}".strip()


def _spelled(action: Action) -> str:
    return action.option_strings[-1] if action.option_strings else action.dest

"""What brings an empty database to where it can be served, in order.

The loaders are commands of the modules they belong to; each may be run again at
any time and then changes only what differs.
"""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from balai.base import prepared

EMPTY = "empty"
"""Noted when an installation was set up without the demo, so that the demo never comes later by mistake."""
DEMO = "load_demo"


class Screen(io.TextIOBase):
    """What a person sees of a long step: its latest line, written over the one before.

    Where nobody looks on, only the end of each step is written.
    """

    def __init__(self, out: TextIO | OutputWrapper) -> None:
        self.out = out
        self.shown = ""

    def line(self, text: str) -> None:
        self.out.write(f"{text}\n")
        self.out.flush()

    def write(self, text: str) -> int:
        last = text.strip().rpartition("\n")[2]
        if last and self.out.isatty():
            self.out.write(f"\r\x1b[K  … {self.shown}: {last[:70]}")
            self.out.flush()
        return len(text)

    @contextmanager
    def step(self, shown: str) -> Iterator[None]:
        began = time.monotonic()
        self.shown = shown
        self.write("…")
        yield
        if self.out.isatty():
            self.out.write("\r\x1b[K")
        self.line(f"  ✓ {shown} ({time.monotonic() - began:.1f} dtk)")


@dataclass(frozen=True)
class Step:
    """A loader: its command, what a person reads meanwhile, and the folders it is made from."""

    command: str
    shown: str
    sources: tuple[str, ...]

    def fingerprint(self) -> str:
        own = [settings.ROOT / source for source in self.sources]
        overlay = [Path(settings.OPTIONS.definitions)] if settings.OPTIONS.definitions else []
        return prepared.fingerprint([*own, *overlay])


STEPS = (
    Step("load_places", "Kode dan batas wilayah", ("reference", "src/balai/places")),
    Step("load_cities", "Pemerintah daerah dan peran", ("definitions", "src/balai/people")),
    Step("load_nomenclature", "Kode anggaran dan sumber dana", ("reference/budget", "src/balai/places")),
    Step(
        "publish_reference",
        "Data rujukan (One Data)",
        ("reference", "definitions/datasets", "src/balai/data"),
    ),
    Step(
        "load_results",
        "Hasil penilaian yang diterbitkan",
        ("reference/results", "definitions/instruments", "src/balai/evaluation"),
    ),
)
DEMO_STEPS = (
    Step(DEMO, "Contoh empat daerah", ("definitions", "reference", "src/balai/plan", "src/balai/people")),
    Step("load_demo_round", "Contoh tahap penilaian", ("definitions/instruments", "src/balai/evaluation")),
    Step("load_demo_cases", "Contoh berkas layanan", ("definitions/services", "reference/demo/services")),
)


def present(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps whose module is part of this version."""
    known = get_commands()
    yield from (step for step in steps if step.command in known)


def pending_migrations() -> list[str]:
    """Return the names of migrations the database has not seen yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def missing() -> list[str]:
    """Return what a person reads of the loaders that were never run."""
    return [step.shown for step in present(STEPS) if not prepared.is_done(step.command)]


def prepare(screen: Screen, *, empty: bool) -> None:
    """Bring the database up to date: tables, reference data, governments and, unless `empty`, the demo.

    An installation set up without the demo stays without it.
    """
    if pending_migrations():
        with screen.step("Tabel"):
            migrate()
    for step in present(STEPS):
        _load(step, screen)
    if empty or prepared.is_done(EMPTY):
        if not prepared.is_done(DEMO):
            prepared.note(EMPTY)
        elif empty:
            screen.line("  Contoh sudah pernah dimuat ke data ini dan tidak dihapus.")
        return
    for step in present(DEMO_STEPS):
        _load(step, screen)


def _load(step: Step, screen: Screen) -> None:
    made_from = step.fingerprint()
    if prepared.is_done(step.command, made_from):
        return
    with screen.step(step.shown):
        call_command(step.command, stdout=screen)
    prepared.note(step.command, made_from)


def migrate() -> None:
    """Bring the tables up to date, as their owner where the installation has one of its own."""
    owner = settings.OPTIONS.owner_database_url
    if not owner:
        call_command("migrate", verbosity=0, interactive=False)
        return
    environment = {**os.environ, "DATABASE_URL": owner}
    role = settings.DATABASES["default"]["USER"]
    for arguments in (["migrate", "-v", "0", "--noinput"], ["grant", role]):
        subprocess.run(
            [sys.executable, str(settings.ROOT / "manage.py"), *arguments], env=environment, check=True
        )

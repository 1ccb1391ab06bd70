"""Prints what the modules have registered at start."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from balai.base import invariants, jobs, menu, schedules, upgrade
from balai.definitions.kinds import registered as kinds
from balai.people.rules import declared, verbs


def _sections() -> Iterator[tuple[str, Iterable[str]]]:
    yield "definition kinds", (f"{code}: {kind.folder}/" for code, kind in kinds().items())
    yield "verbs", (f"{code}: {title}" for code, title in verbs().items())
    yield "personal data", (str(label) for label in declared())
    yield "jobs", (job.name for job in jobs.registered())
    yield "schedules", (_when(schedule) for schedule in schedules.schedules())
    yield "invariants", invariants.registered()
    yield "menu", (f"{entry.place}: {entry.label} ({entry.route})" for entry in menu.entries())
    yield "asked before an upgrade", (question.__name__.strip("_") for question in upgrade.questions())


def _when(schedule: schedules.Schedule) -> str:
    if schedule.at is None:
        return f"{schedule.name}: every {schedule.minutes} minutes"
    day = "" if schedule.weekday is None else f", weekday {schedule.weekday}"
    return f"{schedule.name}: at {schedule.at:%H:%M}{day}"


class Command(BaseCommand):
    help = "Lists what the modules have registered: kinds, verbs, personal data, jobs, invariants, menu."

    def handle(self, *args: Any, **options: Any) -> None:
        for title, lines in _sections():
            self.stdout.write(title)
            for line in sorted(lines):
                self.stdout.write(f"  {line}")

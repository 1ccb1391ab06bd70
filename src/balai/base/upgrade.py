"""What must be in order before a new version may change the data.

Modules register a question; each problem it finds is a sentence that says what
to do. Nothing is changed while there is any.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from balai.base import backup, restore, seals, tenants, worker

_questions: list[Callable[[], Iterable[str]]] = []


def ready_to_upgrade[F: Callable[[], Iterable[str]]](question: F) -> F:
    """Register a function that yields what stands against upgrading, a sentence each."""
    _questions.append(question)
    return question


def questions() -> tuple[Callable[[], Iterable[str]], ...]:
    """Return every registered question."""
    return tuple(_questions)


def problems() -> list[str]:
    """Return everything that stands against upgrading; a newer database ends the questions."""
    newer = list(_newer_database())
    return newer or [problem for question in _questions for problem in question()]


def _newer_database() -> Iterator[str]:
    """A library may have joined its old migrations into one; a migration of ours stays for ever."""
    libraries = {app.label for app in apps.get_app_configs() if not app.name.startswith("balai.")}
    unknown = sorted(
        name
        for name in set(backup.applied_migrations()) - restore.known_migrations()
        if name.partition(".")[0] not in libraries
    )
    if unknown:
        told = _(
            "Basis data ini dari versi yang lebih baru (%(name)s); pakai versi itu atau pulihkan cadangan."
        )
        yield told % {"name": unknown[0]}


@ready_to_upgrade
def _nobody_works() -> Iterator[str]:
    if not _table_is_there(worker.Worker._meta.db_table):
        return
    silence = worker.last_seen()
    if silence is not None and silence < worker.LEASE:
        yield _("Balai masih berjalan di data ini; hentikan dahulu, lalu ulangi.")


@ready_to_upgrade
def _room_for_a_backup() -> Iterator[str]:
    free = shutil.disk_usage(settings.DATA).free
    size = _database_size()
    if free < 3 * size + 300_000_000:
        told = _("Ruang tersisa %(free)s MB; untuk cadangan dan tabel baru perlu %(need)s MB.")
        yield told % {"free": free // 1_000_000, "need": (3 * size + 300_000_000) // 1_000_000}


@ready_to_upgrade
def _a_database_new_enough() -> Iterator[str]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            found = int(cursor.fetchone()[0]) // 10_000
        if found < 15:
            yield _("PostgreSQL %(found)s terlalu lama; perlu versi 15 ke atas.") % {"found": found}
        if shutil.which("pg_dump") is None:
            yield _("pg_dump tidak ada, jadi cadangan tidak dapat dibuat; pasang postgresql-client.")
    elif sqlite3.sqlite_version_info < (3, 37):
        yield _("SQLite %(found)s terlalu lama; perlu versi 3.37 ke atas.") % {
            "found": sqlite3.sqlite_version
        }


@ready_to_upgrade
def _an_unbroken_journal() -> Iterator[str]:
    if not _table_is_there(seals.SealLink._meta.db_table):
        return
    for tenant in tenants.every():
        if not seals.verify_chain(tenant).holds:
            told = _(
                "Rantai jejak audit %(tenant)s tidak utuh; periksa dengan ./balai manage verify_journal."
            )
            yield told % {"tenant": tenant}


def _table_is_there(table: str) -> bool:
    return table in connection.introspection.table_names()


def _database_size() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = backup.database_path()
    return path.stat().st_size if path.exists() else 0

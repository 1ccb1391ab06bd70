"""Lets several threads work on the database at once, as several workers do."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from balai.base import tenancy

type Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@contextmanager
def crowd(tenant: str, folder: Path) -> Iterator[Together]:
    """Give a function that runs works at once, each in a thread and connection of its own.

    It returns what each work returned or raised. The embedded database of the
    tests lives in memory, where connections do not wait for each other as they
    do on disk; so the threads get a copy in `folder`. On PostgreSQL they get
    the test database itself. The test must be `django_db(transaction=True)`.
    """
    if connection.vendor != "sqlite":
        yield lambda works: _at_once(tenant, works)
        return
    copy = folder / "crowd.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    described = connections.settings["default"]
    before = described["NAME"]
    described["NAME"] = str(copy)
    try:
        yield lambda works: _at_once(tenant, works)
    finally:
        described["NAME"] = before


def _at_once(tenant: str, works: Sequence[Callable[[], Any]]) -> list[Any]:
    answers: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            with tenancy.scope(tenant):
                gate.wait(timeout=10)
                answers[place] = work()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers

"""What a file of tests furnishes once, for that takes longer than most of its tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings


@contextmanager
def once(django_db_blocker: Any, folder: Path) -> Iterator[None]:
    """Write rows, and files below `folder`, that are there for all tests of a fixture of wider scope.

    Each test takes back what it did, since it works in a transaction inside; at the end everything is.
    """
    with django_db_blocker.unblock(), override_settings(DATA=folder), transaction.atomic():
        yield
        transaction.set_rollback(True)

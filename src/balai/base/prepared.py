"""What was loaded into this database, by the fingerprint of what it was loaded from.

A loader whose sources have not changed is skipped at the next start; `/ready`
asks whether every step was done at all.
"""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from django.db import models
from django.utils import timezone

from balai.base.rows import SharedModel


class Prepared(SharedModel):
    """One step of preparing the database that was done to the end."""

    why_shared = "reference data and the demo are loaded for the whole installation"

    step = models.CharField(primary_key=True, max_length=60)
    fingerprint = models.CharField(max_length=64, blank=True)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "base"


def fingerprint(sources: Iterable[Path]) -> str:
    """Return a short text that changes with the name or content of any file in or under `sources`."""
    total = blake2b(digest_size=16)
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and path.suffix != ".pyc":
                total.update(str(path.relative_to(source)).encode())
                total.update(blake2b(path.read_bytes()).digest())
    return total.hexdigest()


def is_done(step: str, made_from: str = "") -> bool:
    """Tell whether `step` was done, from just these sources when a fingerprint is given."""
    rows = Prepared.objects.filter(step=step)
    return rows.filter(fingerprint=made_from).exists() if made_from else rows.exists()


def note(step: str, made_from: str = "") -> None:
    """Write down that `step` is done."""
    Prepared.objects.update_or_create(
        step=step, defaults={"fingerprint": made_from, "done_at": timezone.now()}
    )

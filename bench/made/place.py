"""An empty installation of its own for each benchmark, thrown away afterwards."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def installation(kept: Path | None = None) -> Iterator[Path]:
    """Start Django on an empty, migrated database in a temporary folder, or on DATABASE_URL.

    Args:
        kept: a folder that stays, and is taken as it is the next time.
    """
    folder = kept or Path(tempfile.mkdtemp(prefix="balai-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["BALAI_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.site.settings")
    sys.path.insert(0, str(ROOT / "src"))
    try:
        django.setup()
        call_command("migrate", verbosity=0, run_syncdb=True)
        yield folder
    finally:
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)

"""What a process loads before its first answer; each library there takes memory in every process."""

import os
import subprocess
import sys
from pathlib import Path

from balai.base.later import LIBRARIES, later

ROOT = Path(__file__).resolve().parents[1]
STARTED = """
import sys, django
django.setup()
import balai.site.urls
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_a_process_starts_without_what_only_some_tasks_need(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BALAI_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "balai.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-c", STARTED], env=environment, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "balai" in loaded
    assert loaded.isdisjoint(LIBRARIES), "see balai.base.later for how to load it later"


def test_what_is_loaded_later_is_the_module_itself() -> None:
    stand_in = later("json.tool")
    assert stand_in.main is sys.modules["json.tool"].main

"""A worker that is killed while it computes leaves the figures as they were, or all of the new ones."""

import json
import random
import subprocess
import sys
from pathlib import Path

from balai.site.settings import ROOT


def test_a_worker_killed_in_the_middle_of_a_run_leaves_no_half_run(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    program = str(ROOT / "tests" / "programs" / "killed_measurer.py")
    done = subprocess.run(
        [sys.executable, program, str(tmp_path / "killed"), "8", str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["half"] == [], seed
    assert (told["kills"], told["stand"], told["values"]) == (8, 800, ["999.0000"]), seed

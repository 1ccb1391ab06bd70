"""A worker that is killed while it computes leaves the figures as they were, or all of the new ones."""

import json
import random
from pathlib import Path

from tests.installation import Installation


def test_a_worker_killed_in_the_middle_of_a_run_leaves_no_half_run(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    house = Installation(tmp_path / "data", more={"BALAI_DEFINITIONS": str(definitions)})
    told = json.loads(house.run_program("killed_measurer", "8", str(seed))[-1])
    assert told["half"] == [], seed
    assert (told["kills"], told["stand"], told["values"]) == (8, 800, ["999.0000"]), seed

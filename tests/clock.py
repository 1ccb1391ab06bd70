"""Time in tests: what ends by a limit of its own is told from what would never end, and no more.

How fast something is, `bench/` shows on an idle machine. A test runs beside other work.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

BUSY = 10
"""How many times longer than promised something may take on a machine that does other things."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where the block takes longer than a busy machine needs for what is promised in `seconds`."""
    begun = time.monotonic()
    yield
    taken = time.monotonic() - begun
    assert taken < BUSY * seconds, f"took {taken:.1f} s; promised is {seconds} s on an idle machine"

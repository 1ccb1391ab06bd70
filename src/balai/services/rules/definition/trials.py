"""The stories inside a file that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class TestStep:
    """One step of a test; exactly one of move, task and wait is there."""

    __test__ = False

    at: datetime | None = None
    move: str = ""
    task: str = ""
    result: str = "done"
    office: str = ""
    by: str = ""
    person: str = ""
    input: Mapping[str, Any] = field(default_factory=dict)
    offices: tuple[str, ...] = ()
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Test:
    """A story inside the file, and what must hold at its end (`then`, as written)."""

    __test__ = False

    name: str
    at: datetime
    by: str
    person: str
    channel: str
    answers: Mapping[str, Any]
    region: str
    steps: tuple[TestStep, ...]
    then: Mapping[str, Any]

"""What can go wrong in words a person can act on.

    Refused
    ├── Forbidden     the actor may not do this
    ├── NotFound      no such thing, or the actor may not know of it
    ├── Invalid       the input is wrong; carries every fault found
    ├── Conflict      somebody else was first; carries what changed
    ├── TooLarge      more was sent than is taken
    └── Locked        the thing is closed to change

Pages and the API turn these into answers in one place (`balai.base.answers`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input.

    Attributes:
        place: where, as the person knows it: a field name, or "Sheet 'Aksi', row 7, column C".
        wrong: what was found.
        right: what would be right.
    """

    place: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.wrong}" + (f" {self.right}" if self.right else "")


class Refused(Exception):
    """The request was understood and is not done; the message is meant for the person."""

    status = 400


class Forbidden(Refused):
    """The actor's roles in this tenant do not allow it."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or the actor may not know that there is."""

    status = 404


class Invalid(Refused):
    """The input has faults; nothing was written."""

    status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class Conflict(Refused):
    """Somebody else changed the thing first.

    `changes` maps a field to (value the actor saw or sent, value that stands now).
    """

    status = 409

    def __init__(self, message: str, changes: Mapping[str, tuple[object, object]] | None = None) -> None:
        self.changes = dict(changes or {})
        super().__init__(message)


class TooLarge(Refused):
    """More was sent than is taken; none of it was read."""

    status = 413


class Locked(Refused):
    """The thing is closed: an adopted plan, a locked period, a frozen stage."""

    status = 423

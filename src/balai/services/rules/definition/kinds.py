"""The closed lists of words a service is written with."""

from enum import StrEnum


class Status(StrEnum):
    """Only published services take new cases; running cases of a retired one are finished."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class StateKind(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """the next move is somebody else's: the applicant's, mostly"""
    CLOSED = "closed"


class Outcome(StrEnum):
    """What a closed case means for its applicant."""

    GRANTED = "granted"
    """what was asked for is given: a positive decision"""
    REFUSED = "refused"
    DONE = "done"
    """dealt with; nothing was there to be granted"""
    VOID = "void"
    """withdrawn, merged, or sent elsewhere"""


class Party(StrEnum):
    APPLICANT = "applicant"
    OFFICER = "officer"
    SYSTEM = "system"


class Duty(StrEnum):
    """One person does not do both for one case."""

    VERIFY = "verify"
    APPROVE = "approve"


class Unit(StrEnum):
    """How a clock counts; see `balai.services.rules.clocks`."""

    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CLOCK_HOURS = "clock_hours"
    CALENDAR_DAYS = "calendar_days"


class Transform(StrEnum):
    """The ways, and the only ones, by which a personal answer leaves a service."""

    NONE = "none"
    DROP = "drop"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    VILLAGE = "village"
    DISTRICT = "district"
    GRID_25M = "grid_25m"
    GRID_100M = "grid_100m"
    PRESENCE = "presence"
    """only whether it was answered"""
    REDACT = "redact"
    """a text without names of people, numbers, phones and addresses of mail"""
    INITIALS = "initials"
    YEAR_OF_BIRTH = "year_of_birth"


OWNER, ASSIGNED, TASKED, ANY = "owner", "assigned", "tasked", "any"
"""Offices a role may name besides the code of one: of the service, of the case, of the task, whichever."""

SAME, PREVIOUS = "same", "previous"
"""Where a move may lead besides a state: nowhere else, or back to where the case came from."""

FILED = "filed"
"""The event that opens a case."""

AT = "@"
"""Between a task and the office that does it, in the key of its clock: "assist@dinkes"."""

PUBLIC = "public"
"""Everyone, among the roles something is hidden from."""

"""How cases come in, are numbered, compared, kept, and brought over from another version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from balai.definitions import Words
from balai.definitions.conditions import Condition
from balai.services.rules.definition.flow import Law


@dataclass(frozen=True)
class Retention:
    personal_years: int
    case_years: int
    law: Law
    hold_when: Condition | None = None


@dataclass(frozen=True)
class Suggest:
    """Answers of `field` are suggested from `text` by the words in columns `words` of a dated table."""

    field: str
    text: tuple[str, ...]
    table: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Duplicates:
    """Open cases of the last `days` alike in `same`, near `place`, with words in common, are shown first."""

    same: tuple[str, ...] = ()
    place: str = ""
    within_m: int = 0
    text: tuple[str, ...] = ()
    days: int = 60


@dataclass(frozen=True)
class Filing:
    by: tuple[str, ...]
    channels: tuple[str, ...]
    without_account: bool
    per_contact_per_day: int
    per_address_per_hour: int
    guard: Condition | None = None
    because: Words | None = None
    duplicates: Duplicates | None = None


@dataclass(frozen=True)
class Series:
    """The number series; `pattern` has {yyyy}, {mm} and {seq:06}."""

    pattern: str
    scope: str

    def written(self, running: int, on: date) -> str:
        """Return a number of the series.

        >>> Series("ADU-{yyyy}{mm}-{seq:06}", "month").written(12, date(2026, 8, 14))
        'ADU-202608-000012'
        """
        return self.pattern.format(yyyy=f"{on.year:04}", mm=f"{on.month:02}", seq=running)

    def counted_within(self, on: date) -> str:
        """Return what running numbers are unique in: "2026-08", "2026" or "".

        >>> Series("A-{yyyy}-{seq:04}", "year").counted_within(date(2026, 8, 14))
        '2026'
        """
        return {"month": f"{on:%Y-%m}", "year": f"{on:%Y}", "ever": ""}[self.scope]


@dataclass(frozen=True)
class Upgrade:
    """How a running case of version `version` is brought to this one: old id → new id."""

    version: int
    states: Mapping[str, str]
    fields: Mapping[str, str]

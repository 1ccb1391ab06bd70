"""What a service tells: notices, letters, what is hidden from whom, and what leaves it."""

from dataclasses import dataclass

from balai.data.rules.indicators import Indicator
from balai.definitions import Words
from balai.definitions.conditions import Condition, Kind, Shape
from balai.services.rules.definition.flow import Event
from balai.services.rules.definition.kinds import Transform


@dataclass(frozen=True)
class Notice:
    """A message, sent on an event, every so many days during some states, or by an effect.

    Attributes:
        to: roles; empty where the effect that sends it names the role.
        says: names between braces in its texts, such as "number" or "form.title".
    """

    id: str
    subject: Words
    text: Words
    event: Event | None = None
    every_days: int | None = None
    during: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    via: tuple[str, ...] = ("inbox", "email")
    when: Condition | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A document the service makes; `says` are the values its template is given."""

    id: str
    title: Words
    template: str
    signed_by: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hiding:
    """What is kept from whom while `when` holds; without fields the whole case."""

    hidden_from: tuple[str, ...]
    because: Words
    when: Condition | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A value that leaves: path such as form.category, case.number, clock.verify.used, move.rate.rating."""

    value: str
    name: str
    meaning: Words
    kind: Kind | Shape
    transform: Transform = Transform.NONE


@dataclass(frozen=True)
class Face:
    """What is seen of a case by people outside; nothing of a case for which `hide_when` holds."""

    show: tuple[Shown, ...]
    hide_when: Condition | None = None


@dataclass(frozen=True)
class PublishedDataset:
    """The rows the service hands to One Data, one for each case.

    Attributes:
        delay_days: a case is published that many days after it was filed, at the earliest.
        least, least_by: groups of fewer cases alike in these columns are held back; 0 for no such rule.
    """

    code: str
    title: Words
    licence: str
    frequency: str
    delay_days: int
    columns: tuple[Shown, ...]
    least: int = 0
    least_by: tuple[str, ...] = ()
    hide_when: Condition | None = None


@dataclass(frozen=True)
class Publication:
    tracking: Face | None = None
    map: Face | None = None
    open311: Face | None = None
    dataset: PublishedDataset | None = None


@dataclass(frozen=True)
class ServiceIndicator:
    """A figure over the dataset, and the targets of plans it feeds as (plan, indicator)."""

    define: Indicator
    feeds: tuple[tuple[str, str], ...] = ()

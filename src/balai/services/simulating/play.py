"""How a service is played: a file of `reference/demo/services` that anybody can correct."""

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Annotated

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from balai.base.errors import Invalid, NotFound
from balai.definitions import Written, reader, schema

type Shares = Mapping[str, int]
type Choice = tuple[str, ...] | dict[str, int]
"""Texts that are equally likely, or each with its share; "" is nothing."""
Share = Annotated[int, Field(ge=0)]


class Pace(Written):
    """How long the next move of a state takes, and which it is.

    Attributes:
        hours: the middle one of them, of office time for officers and by the clock for residents.
        spread: sigma of the logarithm; 1 means that every sixth takes 2.7 times as long.
        moves: shares; "" for none.
    """

    hours: float
    spread: float = 0.8
    moves: dict[str, Share]


class TaskPace(Written):
    """How offices that are asked for help do their part; `done` percent, the others refuse."""

    hours: float
    spread: float = 0.8
    done: int = 100


class Merge(Written):
    """The move by which a repeated case is joined to the first, and the input that gets its number."""

    move: str
    input: str


class Range(Written):
    """A whole number from `from_` to `to`."""

    from_: int = Field(alias="from")
    to: int


class Days(Written):
    """A day so many days ahead."""

    days: tuple[int, int]


class QrPoint(Written):
    """A place with a QR code, as people call it; degrees."""

    label: str
    latitude: float
    longitude: float


class Play(Written):
    """One file.

    Attributes:
        per_day: cases on a middling day, where nobody says how many.
        texts: CSV beside it, a line for each story; its columns are fields of the form.
        groups: shares of the values in the first column of the texts; equal where empty.
        weekdays, hours: shares of Monday to Sunday, and of the hours from 0.
        again: percent of cases that tell of something reported before, near it.
        follows: percent of those that follow the first one instead of filing.
        points: percent of cases with a point on the map.
        offices: percent of the usual time an office takes.
        says: percent of moves by officers that come with a comment among them.
        qr: the QR points of the story; of those outside of the city none is set up.
        input: what is typed with a move or a task, by "move.field".
    """

    service: str
    per_day: float
    texts: str
    weekdays: tuple[int, int, int, int, int, int, int]
    hours: tuple[int, ...]
    channels: dict[str, Share]
    applicants: dict[str, Share]
    states: dict[str, Pace]
    groups: dict[str, Share] = Field(default_factory=dict)
    answers: dict[str, Range | Days | Choice] = Field(default_factory=dict)
    input: dict[str, Choice] = Field(default_factory=dict)
    offices: dict[str, Share] = Field(default_factory=dict)
    again: int = 0
    follows: int = 0
    points: int = 0
    merge: Merge | None = None
    tasks: TaskPace = TaskPace(hours=16)
    says: int = 0
    comments: tuple[str, ...] = ()
    names: tuple[str, ...]
    qr: tuple[QrPoint, ...] = ()


def _folder() -> Path:
    return Path(settings.ROOT) / "reference" / "demo" / "services"


def played_services() -> tuple[str, ...]:
    """Return the codes of the services that can be played."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


@lru_cache(maxsize=8)
def play_of(code: str) -> Play:
    """Return how a service is played.

    Raises:
        NotFound: no file says so. Invalid: with every fault of the file.
    """
    path = _folder() / f"{code}.yaml"
    if not path.is_file():
        known = ", ".join(played_services())
        raise NotFound(
            _("Layanan ini belum punya naskah simulasi. Yang punya: %(known)s.") % {"known": known}
        )
    document = reader.read(path.read_bytes(), f"reference/demo/services/{code}.yaml")
    try:
        return Play.model_validate_json(document.json())
    except ValidationError as error:
        raise Invalid(schema.faults(document, error)) from error


@lru_cache(maxsize=8)
def texts_of(play: str) -> tuple[Mapping[str, str], ...]:
    """Return the lines of a file of texts."""
    with (_folder() / play).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def drawn(chance: Random, choice: Choice | Shares) -> str:
    """Draw one of a choice, by its shares where it has them."""
    if isinstance(choice, Mapping):
        return chance.choices(list(choice), weights=list(choice.values()))[0]
    return chance.choice(choice)


def story(chance: Random, play: Play) -> Mapping[str, str]:
    """Draw a line of the texts, its first column by the shares of the groups."""
    lines: Sequence[Mapping[str, str]] = texts_of(play.texts)
    if play.groups:
        first = next(iter(lines[0]))
        group = drawn(chance, play.groups)
        lines = [line for line in lines if line[first] == group]
    return chance.choice(lines)

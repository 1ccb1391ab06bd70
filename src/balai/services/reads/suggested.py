"""What the words of a report speak for: residents are told while they file, officers while they check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from balai.services.rules import suggesting
from balai.services.rules.definition import Service
from balai.services.rules.machine import World


@dataclass(frozen=True)
class Guess:
    """An answer words speak for.

    Attributes:
        label: of the answer, in the language in force.
        share: how much of all words that were found speak for it, 0 to 1.
        words: which they are, in alphabetical order.
    """

    key: str
    label: str
    share: float
    words: tuple[str, ...]


def guess(service: Service, answers: Mapping[str, object], world: World, on: date) -> Guess | None:
    """Return what the texts among some answers fit best, None where they fit nothing."""
    told = service.suggest.text if service.suggest else ()
    return guess_of_text(service, " ".join(str(answers.get(name) or "") for name in told), world, on)


def guess_of_text(service: Service, text: str, world: World, on: date) -> Guess | None:
    """Return what a text fits best by the words of the service's table, None where it fits nothing."""
    if service.suggest is None:
        return None
    item = service.form.items.get(service.suggest.field)
    labels, phrases = dict[str, str](), dict[str, frozenset[str]]()
    for option in getattr(item, "options", ()):
        row = world.row(service.suggest.table, option.key, on)
        if row is not None:
            cells = (str(row.values.get(name) or "") for name in service.suggest.words)
            labels[option.key], phrases[option.key] = str(option.label), suggesting.phrases(cells)
    hit = next(iter(suggesting.weighed(text, phrases)), None)
    return Guess(hit.key, labels[hit.key], hit.share, hit.words) if hit else None

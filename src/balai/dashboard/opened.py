"""Open data beside the plan: what stands of it on the front page, and what the search box finds."""

from dataclasses import dataclass

from balai.base.actor import Actor
from balai.data import reads as data

SHOWN = 4
FOUND = 8


@dataclass(frozen=True)
class Opened:
    """Datasets and indicators an actor may read. `datasets_in_all` counts those beyond `datasets` too."""

    datasets: tuple[data.DatasetRow, ...] = ()
    datasets_in_all: int = 0
    indicators: tuple[data.IndicatorRow, ...] = ()

    @property
    def total(self) -> int:
        return self.datasets_in_all + len(self.indicators)


NOTHING = Opened()


def latest(actor: Actor) -> Opened:
    """Return the datasets published last and the indicators computed last."""
    if not actor.may("data.read"):
        return NOTHING
    shelf = data.shelf(actor, data.Wanted(sort="newest"), limit=SHOWN)
    computed = [(row.computed_at, row) for row in data.indicators(actor) if row.computed_at]
    newest = sorted(computed, key=lambda pair: pair[0], reverse=True)[:SHOWN]
    return Opened(data.described(actor, shelf.rows), shelf.total, tuple(row for _at, row in newest))


def found(actor: Actor, text: str) -> Opened:
    """Return the datasets and the indicators that have every word of `text`."""
    if not actor.may("data.read"):
        return NOTHING
    shelf = data.shelf(actor, data.Wanted(words=text), limit=FOUND)
    words = text.casefold().split()
    named = [row for row in data.indicators(actor) if all(word in _said(row) for word in words)]
    return Opened(data.described(actor, shelf.rows), shelf.total, tuple(named[:FOUND]))


def _said(row: data.IndicatorRow) -> str:
    own = row.definition
    return f"{own.code} {own.title.id} {own.title.en}".casefold()

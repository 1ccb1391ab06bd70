"""Where a row of a dataset came from: the record behind it, as far as the viewer may see it.

The module that publishes a dataset says how its rows lead back:

    records.register("plan_actions", lambda actor, rows: [address or None for each row])
"""

from collections.abc import Callable, Mapping, Sequence

from balai.base.actor import Actor

type Row = Mapping[str, object]
type Finder = Callable[[Actor, Sequence[Row]], Sequence[str | None]]
"""(actor, rows by column) → for each row the address of its record, None where the actor may not see it."""

_finders: dict[str, Finder] = {}


def register(dataset: str, finder: Finder) -> None:
    """Have `finder` asked for the records of a dataset; the same dataset again replaces it."""
    _finders[dataset] = finder


def records_of(actor: Actor, dataset: str, rows: Sequence[Row]) -> tuple[str | None, ...]:
    """Return for each row the address of the record it came from, None where there is none to see."""
    if dataset not in _finders or not rows:
        return (None,) * len(rows)
    found = tuple(_finders[dataset](actor, rows))
    if len(found) != len(rows):
        raise ValueError(f"the records of {dataset} answer {len(found)} addresses for {len(rows)} rows")
    return found

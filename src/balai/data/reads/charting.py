"""The amounts behind a chart and a map of a dataset, each asked as any question is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from balai.base.actor import Actor
from balai.data.reads.asking import ask
from balai.data.reads.profiles import profile
from balai.data.reads.versions import VersionRow, readable_version
from balai.data.rules.charting import Choices, Held, Wish, choices, sql
from balai.data.rules.gate import Column

MOST_ROWS = 5_000
"""Labels times groups, or regions of a map, that are ever fetched."""


@dataclass(frozen=True)
class Amounts:
    """The answer to a chart: {group: {label: amount}}, one group called None where there is no grouping.

    Attributes:
        labels: in the order to be drawn.
        text: the question it is the answer to.
    """

    labels: tuple[Any, ...]
    groups: Mapping[Any, Mapping[Any, Any]]
    text: str


def held(actor: Actor, shown: VersionRow) -> dict[str, Held]:
    """Return what each column of a version holds, by name. Raises NotFound."""
    return {
        each.name: Held(each.counted, each.missing, each.distinct, each.least, each.greatest)
        for each in profile(actor, shown.dataset, shown.number)
    }


def offered(actor: Actor, shown: VersionRow) -> Choices:
    """Return what can be drawn of a version. Raises NotFound."""
    return choices(shown.declaration.leaving, held(actor, shown), shown.declaration.key)


def amounts(actor: Actor, shown: VersionRow, wish: Wish) -> Amounts:
    """Return the amounts of a chart.

    Raises:
        NotFound: no such version, or its rows were given up.
        Refused: the readers are busy, or it took too long.
    """
    text = sql(shown.dataset, wish)
    _columns, rows = asked(actor, shown, text)
    groups: dict[Any, dict[Any, Any]] = {}
    for label, *part, amount in rows:
        groups.setdefault(part[0] if part else None, {})[label] = amount
    labels = dict.fromkeys(row[0] for row in rows)
    if wish.group is not None and not wish.axis.is_time:
        # The question returns them by name; the greatest stand first, as without groups.
        worth = {label: sum(own.get(label) or 0 for own in groups.values()) for label in labels}
        labels = dict.fromkeys(sorted(labels, key=lambda label: -worth[label]))
    return Amounts(tuple(labels), groups, text)


def asked(actor: Actor, shown: VersionRow, text: str) -> tuple[Sequence[Column], list[tuple[Any, ...]]]:
    """Ask a question about one version alone; return its columns and rows. Raises as `amounts`."""
    only = {shown.dataset: readable_version(actor, shown.dataset, shown.number)}
    with ask(actor, text, MOST_ROWS, only) as answer:
        return answer.columns, list(answer.rows)

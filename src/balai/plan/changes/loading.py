"""Loading many ready rows of facts and illustrations at once, with their lines in the journal.

Only for what is not a record of the region itself: what a region records comes
in through the changes of one thing, or through a confirmed workbook.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.db import transaction

from balai.base import journal
from balai.base.actor import Actor
from balai.base.rows import TenantModel
from balai.plan.models import Action, Masterplan, Origin, Programme

type Told = tuple[Actor, journal.Act]
"""A line of the journal and in whose name it stands."""

_SOURCED = (Masterplan, Programme, Action)


@transaction.atomic
def load_rows(actor: Actor, rows: Sequence[TenantModel], told: Iterable[Told]) -> int:
    """Write rows in the order given, which must be one that foreign keys allow; return how many.

    Neighbours of one model go in one statement. The constraints of the database
    hold; the caller has to hold the rest (shares that sum to 1, one report that
    stands).

    Raises:
        Forbidden: the actor does not write the plan of the tenant.
        ValueError: a row says it is a record of the region.
    """
    actor.require("plan.write")
    for row in rows:
        if isinstance(row, _SOURCED) and row.origin == Origin.RECORD:
            raise ValueError(
                f"{row} says it is a record of the region; only facts and illustrations load here"
            )
    model: Any
    for model, same in groupby(rows, key=type):
        model.objects.bulk_create(same, batch_size=400)
    for _key, lines in groupby(told, key=lambda line: (line[0].id, line[0].name)):
        listed = list(lines)
        journal.write_all(listed[0][0], [act for _actor, act in listed])
    return len(rows)

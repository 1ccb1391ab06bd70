"""What must be true of the rows of the plan at any time, whoever wrote them."""

from collections import defaultdict
from uuid import UUID

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Lag

from balai.base.invariants import invariant
from balai.base.journal import JournalEntry
from balai.plan.models import DimensionShare, Masterplan, Report, Target
from balai.plan.reads.rows import shares_of
from balai.plan.rules import moves
from balai.plan.rules.realisation import NOTHING
from balai.plan.rules.standing import Entry, standing

_MOVES = (moves.SAVE, moves.SUBMIT, moves.VERIFY, moves.RETURN, moves.CORRECT, moves.CARRY, moves.COMPUTE)

type Place = tuple[UUID, int]
"""An action and a year."""


@invariant("illegal_transitions")
def illegal_transitions() -> int:
    """Count reports in a state without what leads there, and acts on one that may not follow each other."""
    return _impossible_states().count() + _impossible_steps()


@invariant("shares_not_whole")
def shares_not_whole() -> int:
    """Count actions of adopted plans whose shares do not sum to exactly 1."""
    adopted = DimensionShare.objects.filter(action__programme__masterplan__status=Masterplan.Status.ADOPTED)
    return sum(sum((share.part for share in shares), NOTHING) != 1 for shares in shares_of(adopted).values())


@invariant("nothing_stands")
def nothing_stands() -> int:
    """Count actions and years in which another entry stands than the rule names, or none."""
    entries: dict[Place, list[Entry]] = defaultdict(list)
    now: dict[Place, UUID] = {}
    tied: set[UUID] = set()
    counted = Report.objects.filter(status__in=[Report.Status.VERIFIED, Report.Status.COMPUTED])
    fields = ("pk", "action_id", "year", "period__number", "entry", "status", "value", "stands")
    for key, action, year, period, number, status, value, stands, by in counted.values_list(
        *fields, "action__measured_by"
    ).iterator():
        is_computed = status == Report.Status.COMPUTED
        entries[action, year].append(Entry(key, period, number, is_computed, value is not None))
        if by:
            tied.add(action)
        if stands:
            now[action, year] = key
    in_numbers = set(Target.objects.filter(value__isnull=False).values_list("action_id", "year"))
    return sum(
        now.get(place) != (chosen.key if chosen else None)
        for place, found in entries.items()
        for chosen in [
            standing(found, in_numbers=place in in_numbers, by_data=place in in_numbers and place[0] in tied)
        ]
    )


def _impossible_states() -> QuerySet[Report]:
    sent = Q(status__in=[Report.Status.SUBMITTED, Report.Status.VERIFIED])
    computed = Q(status=Report.Status.COMPUTED)
    return Report.objects.filter(
        (computed & (Q(reported_at__isnull=True) | Q(measured_by="")))
        | (sent & Q(reported_at__isnull=True))
        | (Q(status=Report.Status.VERIFIED) & Q(verified_at__isnull=True))
        | (Q(status=Report.Status.RETURNED) & Q(reason=""))
        | (~Q(status=Report.Status.VERIFIED) & Q(verified_at__isnull=False))
    )


def _impossible_steps() -> int:
    acts = (
        JournalEntry.objects.filter(kind=Report._meta.label_lower, verb__in=_MOVES)
        .annotate(before=Window(Lag("verb"), partition_by=[F("thing")], order_by=["at", "id"]))
        .values_list("before", "verb")
    )
    return sum(pair not in moves.STEPS for pair in acts.iterator())

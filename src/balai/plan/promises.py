"""What must be true of the rows of the plan at any time, whoever wrote them."""

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Lag

from balai.base.invariants import invariant
from balai.base.journal import JournalEntry
from balai.plan.models import DimensionShare, Masterplan, Report
from balai.plan.reads.rows import shares_of
from balai.plan.rules import moves
from balai.plan.rules.realisation import NOTHING

_MOVES = (moves.SAVE, moves.SUBMIT, moves.VERIFY, moves.RETURN, moves.CORRECT, moves.CARRY)


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
    """Count actions and years with a verified report of which none stands, or not the newest."""
    newest = {
        (action, year): key
        for action, year, key in Report.objects.filter(status=Report.Status.VERIFIED)
        .order_by("period__number", "entry")
        .values_list("action_id", "year", "pk")
    }
    standing = {
        (action, year): key
        for action, year, key in Report.objects.filter(stands=True).values_list("action_id", "year", "pk")
    }
    return sum(standing.get(place) != key for place, key in newest.items())


def _impossible_states() -> QuerySet[Report]:
    sent = Q(status__in=[Report.Status.SUBMITTED, Report.Status.VERIFIED])
    return Report.objects.filter(
        (sent & Q(reported_at__isnull=True))
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

"""What must be true of the rows of cases at any time, whoever wrote them."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Lag

from balai.base import tenancy
from balai.base.invariants import counted, invariant
from balai.base.jobs import QueuedJob
from balai.base.journal import JournalEntry
from balai.base.numbers import NumberTaken
from balai.definitions import load
from balai.services.changes.upgrading import UPGRADE
from balai.services.models import Case, CaseClock, CaseMove, Notice
from balai.services.reads.situation import FILE
from balai.services.rules.definition import PREVIOUS, SAME, Move, Service
from balai.services.rules.loading import SERVICES

_KIND = Case._meta.label_lower
_MOVING = ("services.file", "services.move", "services.upgrade")
_OVER = (CaseClock.State.MET, CaseClock.State.MISSED, CaseClock.State.VOID)


@counted("cases")
def cases() -> int:
    return _cases().count()


def _cases() -> QuerySet[Case]:
    return Case.objects.filter(tenant=tenancy.current_tenant())


@invariant("illegal_transitions")
def illegal_transitions() -> int:
    """Count moves the definition does not know, moves out of order, and states no move led to."""
    return _unknown_moves() + _broken_chains() + _elsewhere()


def _unknown_moves() -> int:
    services = {(one.value.code, one.value.version): one.value for one in load(SERVICES).values()}
    made = (
        CaseMove.objects.filter(tenant=tenancy.current_tenant())
        .exclude(move=UPGRADE)
        .order_by()
        .values_list("case__service", "case__service_version", "move", "from_state", "to_state")
        .annotate(n=Count("pk"))
    )
    # Moves made before a case came to its version are those of an earlier one.
    codes = {code for code, _version in services}
    return sum(
        count
        for code, version, move, source, target, count in made
        if code in codes
        and not any(
            _allows(one, move, source, target)
            for (other, number), one in services.items()
            if other == code and number <= version
        )
    )


def _allows(service: Service, move: str, source: str, target: str) -> bool:
    if move == FILE:
        return (source, target) == ("", service.initial)
    known: Move | None = service.moves.get(move)
    if known is None or source not in known.sources:
        return False
    if known.target == SAME:
        return target == source
    return known.target == PREVIOUS or target == known.target


def _broken_chains() -> int:
    before = Window(Lag("to_state", default=None), partition_by="case_id", order_by="case_version")
    moves = CaseMove.objects.filter(tenant=tenancy.current_tenant()).annotate(before=before)
    first = Q(before__isnull=True) & ~Q(move=FILE)
    return moves.filter(first | Q(before__isnull=False) & ~Q(before=F("from_state"))).count()


def _elsewhere() -> int:
    """Count cases that stand in another state than their last move led to."""
    last = CaseMove.objects.filter(case=OuterRef("pk")).order_by("-case_version").values("to_state")[:1]
    return _cases().annotate(last=Coalesce(Subquery(last), Value(""))).exclude(last=F("state")).count()


@invariant("submissions_without_case")
def submissions_without_case() -> int:
    """Count numbers that were given out for a filing and that no case bears."""
    taken = NumberTaken.objects.filter(tenant=tenancy.current_tenant(), kind=_KIND).count()
    return max(taken - int(_cases().count()), 0)


@invariant("cases_without_submission")
def cases_without_submission() -> int:
    """Count cases without the move by which they came in, and those without a number of the series."""
    filed = CaseMove.objects.filter(case=OuterRef("pk"), move=FILE)
    unfiled = int(_cases().filter(~Exists(filed)).count())
    taken = NumberTaken.objects.filter(tenant=tenancy.current_tenant(), kind=_KIND).count()
    return unfiled + max(int(_cases().count()) - taken, 0)


@invariant("duplicate_cases")
def duplicate_cases() -> int:
    """Count cases that were made of a filing of which there was one already."""
    return _more_than_one(_cases().exclude(source_key=""), "source_key")


@invariant("duplicate_receipts")
def duplicate_receipts() -> int:
    """Count cases that share their number with another one."""
    return _more_than_one(_cases(), "number")


def _more_than_one(rows: QuerySet[Case], name: str) -> int:
    """Count the cases of a service beyond the first that have the same in the column `name`."""
    same = rows.order_by().values("service", name).annotate(n=Count("pk")).filter(n__gt=1)
    return sum(count - 1 for count in same.values_list("n", flat=True))


@invariant("moves_without_journal")
def moves_without_journal() -> int:
    """Count by how many the moves of cases and their lines in the journal differ."""
    tenant = tenancy.current_tenant()
    moves = CaseMove.objects.filter(tenant=tenant).count()
    lines = JournalEntry.objects.filter(tenant=tenant, kind=_KIND, verb__in=_MOVING).count()
    return abs(int(moves) - int(lines))


@invariant("clocks_on_closed_cases")
def clocks_on_closed_cases() -> int:
    """Count clocks that go on although their case is closed."""
    rows = CaseClock.objects.filter(tenant=tenancy.current_tenant(), case__is_open=False)
    return int(rows.exclude(state__in=_OVER).count())


@invariant("notices_forgotten")
def notices_forgotten() -> int:
    """Count notices that wait to be sent and that no job will send."""
    tenant = tenancy.current_tenant()
    waiting = Notice.objects.filter(tenant=tenant, state=Notice.State.WAITING).values_list("pk", flat=True)
    jobs = set(
        QueuedJob.objects.filter(tenant=tenant, name="outbox.services.notice")
        .exclude(state=QueuedJob.State.DONE)
        .values_list("key", flat=True)
    )
    return sum(str(key) not in jobs for key in waiting.iterator())

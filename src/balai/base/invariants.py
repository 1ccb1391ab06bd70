"""What must be true of the tables at any time, counted when asked and never kept.

An invariant is a function that counts what must not be; 0 is right. A count is
a figure beside it. Modules register theirs at start. Whatever a later module
will answer for is declared here until that module is there.
"""

from collections.abc import Callable, Iterator

from django.db import connection, models
from django_tasks_db.models import DBTaskResult

from balai.base import guards, seals, tenancy, tenants
from balai.base.jobs import QueuedJob
from balai.base.rows import TenantModel

NOT_BUILT_YET = {
    "ledger_sum": "payments",
    "unbalanced_entries": "payments",
    "paid_bills_without_payment": "payments",
    "payments_posted_twice": "payments",
    "payments": "payments",
    "observations_lost": "registers",
    "observations": "registers",
}
"""Name → module that will count it; 0 until then."""

_parts: dict[str, dict[str, Callable[[], int]]] = {}
_invariants: dict[str, Callable[[], int]] = {}
_counts: dict[str, Callable[[], int]] = {}


def invariant[F: Callable[[], int]](name: str) -> Callable[[F], F]:
    """Register a count of what must not be, taken in the scope of each tenant and summed.

    Several modules may answer for one name: a step that may not be taken is one in each of them.
    """

    def register(count: F) -> F:
        parts = _parts.setdefault(name, {})
        parts[f"{count.__module__}.{count.__qualname__}"] = count
        _invariants[name] = _summed(lambda: sum(part() for part in parts.values()))
        return count

    return register


def invariant_across[F: Callable[[], int]](name: str) -> Callable[[F], F]:
    """Register a count of what must not be between tenants, taken once, with all of them readable."""

    def register(count: F) -> F:
        _invariants[name] = _once(count)
        return count

    return register


def counted[F: Callable[[], int]](name: str) -> Callable[[F], F]:
    """Register a figure that is shown beside the invariants; summed over the tenants."""

    def register(count: F) -> F:
        _counts[name] = _summed(count)
        return count

    return register


def _summed(count: Callable[[], int]) -> Callable[[], int]:
    def over_tenants() -> int:
        return sum(count() for _tenant in tenants.visit())

    return over_tenants


def _once(count: Callable[[], int]) -> Callable[[], int]:
    def over_all() -> int:
        keys = tenants.every()
        if not keys:
            return 0
        with tenancy.scope(keys[0], also=keys[1:]):
            return count()

    return over_all


def registered() -> tuple[str, ...]:
    """Return the names of the invariants, which must be 0."""
    return tuple(sorted(_invariants))


def values() -> dict[str, int]:
    """Return every invariant and every count, from the tables as they are now."""
    found = {name: count() for name, count in {**_invariants, **_counts}.items()}
    return dict(sorted({**dict.fromkeys(NOT_BUILT_YET, 0), **found}.items()))


def broken(found: dict[str, int]) -> dict[str, int]:
    """Return those of `values()` that must be 0 and are not."""
    return {name: value for name, value in found.items() if value and name in _invariants}


@counted("audit_length")
def _audit_length() -> int:
    return seals.audit_length()


@invariant("audit_breaks")
def _audit_breaks() -> int:
    return len(seals.verify(tenancy.current_tenant()).breaks)


@invariant("jobs_asleep")
def _jobs_asleep() -> int:
    """Count jobs that wait or run without a task that would wake the worker for them."""
    waiting = QueuedJob.objects.filter(state__in=[QueuedJob.State.WAITING, QueuedJob.State.RUNNING])
    tasks = set(waiting.values_list("task", flat=True))
    awake = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).values_list("pk", flat=True)
    return len(tasks - {str(pk) for pk in awake})


@invariant_across("cross_tenant_rows")
def _cross_tenant_rows() -> int:
    """Count references to a row of another tenant, or to none.

    A row of a region may refer to one of the national tenant: its part of a shared programme does.
    """
    return sum(_strangers(model, field) for model, field in _references())


def _references() -> Iterator[tuple[type[TenantModel], models.ForeignKey]]:
    for model in guards.tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel):
                yield model, field


def _strangers(model: type[TenantModel], field: models.ForeignKey) -> int:
    quote = connection.ops.quote_name
    source, target = quote(model._meta.db_table), quote(field.related_model._meta.db_table)
    column, key = quote(str(field.column)), quote(str(field.target_field.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM {source} s LEFT JOIN {target} t ON t.{key} = s.{column} "  # noqa: S608
            f"WHERE s.{column} IS NOT NULL AND (t.{key} IS NULL OR t.tenant NOT IN (s.tenant, %s))",
            [tenancy.NATIONAL],
        )
        return int(cursor.fetchone()[0])

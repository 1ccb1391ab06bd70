"""Keeping computed figures: those that differ from what stands, written beside what was.

Written by the statement and not row by row through models: a run of the nation writes a million.
Every constraint, guard and line of the journal is the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from operator import itemgetter
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef

from balai.base import journal, outbox, tenancy
from balai.base.actor import Actor
from balai.base.errors import Invalid, Refused
from balai.base.ids import uuid7
from balai.data.changes.indicators_counting import Computed, Group
from balai.data.models import (
    DatasetVersion,
    IndicatorState,
    Measurement,
    MeasurementRun,
    StandingMeasurement,
)
from balai.data.rules.indicators import Counted, Indicator, ends_on, value

MEASURED = "data.indicator_measured"
"""Announced with `indicator` (code), `run` (id) and `tenant` when a run changed what stands."""

_BATCH = 5000
_OWN = {
    "id": "uuid",
    "region": "text",
    "dimensions_key": "text",
    "period": "text",
    "period_ends_on": "date",
    "dimensions": "jsonb",
    "numerator": "text",
    "denominator": "text",
    "value": "text",
    "is_withheld": "boolean",
    "is_gone": "boolean",
}
"""What a figure has of its own, with the types of PostgreSQL; the rest it has of its run."""
_FIGURES, _RUNS, _STANDING = (
    model._meta.db_table for model in (Measurement, MeasurementRun, StandingMeasurement)
)
_NOTHING = Counted(None, None, False)
_OF_RUN = ("tenant", "indicator", "as_of", "computed_at")

type Standing = tuple[Counted, str | None]
"""What was counted, and the value made of it."""


@transaction.atomic
def keep(actor: Actor, computed: Computed, reason: str, *, at: datetime) -> MeasurementRun:
    """Write a run and the figures that differ from what stands, and let those stand.

    Where a run that read newer versions was kept meanwhile, that one is returned and nothing written.
    """
    definition = computed.checked.definition
    code, indicator = definition.code, definition.value
    IndicatorState.objects.get_or_create(tenant=tenancy.current_tenant(), code=code)
    state = IndicatorState.objects.select_for_update().get(tenant=tenancy.current_tenant(), code=code)
    if state.latest and _is_older(computed.checked.versions, state.latest):
        return state.latest
    stood = _stood(code)
    is_same_definition = bool(state.latest and state.latest.definition_hash == definition.sha256)
    changed = sorted(_changed(indicator, computed.figures, stood, is_same_definition), key=itemgetter(0))
    gone = sorted(stood.keys() - computed.figures.keys())
    run = _run(computed, reason, at, len(changed) + len(gone))
    _write(run, indicator, changed, gone)
    _let_stand(run, has_gone=bool(gone))
    state.latest, state.failure, state.failed_at = run, {}, None
    state.save()
    journal.write(
        actor,
        "indicator.measure",
        run,
        code=code,
        reason=run.reason,
        rows=run.rows,
        changed=run.changed,
        versions=[[each["dataset"], each["number"]] for each in run.versions],
        sql=run.sql_hash,
    )
    if run.changed:
        outbox.announce(MEASURED, str(run.pk), indicator=code, run=str(run.pk), tenant=run.tenant)
    return run


def keep_failure(code: str, refused: Refused, at: datetime) -> None:
    """Write why an indicator could not be computed; its page shows it until it goes well."""
    faults = refused.faults if isinstance(refused, Invalid) else ()
    part = next((each.place for each in faults if each.place in ("numerator", "denominator")), "")
    kept = {
        "part": part,
        "told": str(refused),
        "faults": [{"place": each.place, "wrong": each.wrong, "right": each.right} for each in faults],
    }
    with transaction.atomic():
        IndicatorState.objects.update_or_create(
            tenant=tenancy.current_tenant(), code=code, defaults={"failure": kept, "failed_at": at}
        )


def written(versions: Iterable[DatasetVersion]) -> list[dict[str, object]]:
    """Return versions as a run names them."""
    return [
        {
            "tenant": each.tenant,
            "dataset": each.dataset.code,
            "number": each.number,
            "id": str(each.pk),
            "content_hash": each.content_hash,
        }
        for each in versions
    ]


def value_of(indicator: Indicator, counted: Counted) -> str | None:
    """Return the value of what was counted, with the digits of the definition."""
    found = value(indicator, _exact(counted.numerator), _exact(counted.denominator))
    return None if found is None else format(found, "f")


def _is_older(versions: tuple[DatasetVersion, ...], latest: MeasurementRun) -> bool:
    newer = {(each["tenant"], each["dataset"]): each["number"] for each in latest.versions}
    return any(each.number < newer.get((each.tenant, each.dataset.code), 0) for each in versions)


def _stood(code: str) -> Mapping[Group, Standing]:
    """Return what stands, its numbers as the text they are kept in."""
    own = {name: _as_kept(name) for name in ("numerator", "denominator", "value")}
    rows = (
        StandingMeasurement.objects.filter(tenant=tenancy.current_tenant(), indicator=code)
        .annotate(**own)
        .values_list("region", "dimensions_key", "period", *own, "measurement__is_withheld")
    )
    return {
        Group(region, dimensions, period): (Counted(above, below, is_withheld), shown)
        for region, dimensions, period, above, below, shown, is_withheld in rows.iterator(_BATCH)
    }


def _as_kept(name: str) -> models.ExpressionWrapper:
    return models.ExpressionWrapper(F(f"measurement__{name}"), output_field=models.CharField())


def _changed(
    indicator: Indicator,
    figures: Mapping[Group, Counted],
    stood: Mapping[Group, Standing],
    is_same_definition: bool,
) -> Iterator[tuple[Group, Counted, str | None]]:
    """Yield the figures that differ from what stands, with their values.

    By the same definition the same counts make the same value, so that is reckoned for the others alone.
    """
    for group, counted in figures.items():
        old = stood.get(group)
        if old is not None and is_same_definition and old[0] == counted:
            continue
        shown = value_of(indicator, counted)
        if old is None or _exactly(*old) != _exactly(counted, shown):
            yield group, counted, shown


def _exactly(counted: Counted, shown: str | None) -> tuple[object, ...]:
    """1.5 and 1.50 are the same number."""
    numbers = (counted.numerator, counted.denominator, shown)
    return (*map(_exact, numbers), counted.is_withheld)


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _run(computed: Computed, reason: str, at: datetime, changed: int) -> MeasurementRun:
    checked = computed.checked
    indicator = checked.definition.value
    return MeasurementRun.objects.create(
        indicator=checked.definition.code,
        definition=indicator.written(),
        definition_hash=checked.definition.sha256,
        sql_hash=indicator.sql_hash,
        parts={name: {"dataset": part.datasets[0]} for name, part in checked.parts.items()},
        versions=written(checked.versions),
        reason=reason[:300],
        rows=len(computed.figures),
        changed=changed,
        withheld=sum(each.is_withheld for each in computed.figures.values()),
        as_of=max(each.published_at for each in checked.versions),
        computed_at=at,
    )


def _write(
    run: MeasurementRun,
    indicator: Indicator,
    changed: Iterable[tuple[Group, Counted, str | None]],
    gone: Iterable[Group],
) -> None:
    @lru_cache(maxsize=4096)
    def last_day(period: str) -> str:
        return ends_on(period, indicator.period).isoformat()

    def row(group: Group, counted: Counted, shown: str | None, is_gone: bool = False) -> tuple[object, ...]:
        region, dimensions, period = group
        about = (uuid7().hex, region, dimensions, period, last_day(period), dimensions or "{}")
        return (*about, counted.numerator, counted.denominator, shown, counted.is_withheld, is_gone)

    _insert(run, (row(*each) for each in changed))
    _insert(run, (row(group, _NOTHING, None, is_gone=True) for group in gone))


def _insert(run: MeasurementRun, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows of `_OWN`: many in one statement on PostgreSQL, one statement for each on SQLite."""
    own = ", ".join(_OWN)
    of_run = ", ".join(f"run.{name}" for name in _OF_RUN)
    many = connection.vendor == "postgresql"
    given = ", ".join("%s" for _name in _OWN)
    arrays = ", ".join(f"%s::{'text' if type_ == 'jsonb' else type_}[]" for type_ in _OWN.values())
    taken = ", ".join(f"own.{name}::{type_}" for name, type_ in _OWN.items()) if many else given
    source = f", unnest({arrays}) AS own ({own})" if many else ""
    sql = (
        f"INSERT INTO {_FIGURES} ({own}, run_id, {', '.join(_OF_RUN)}) "  # noqa: S608 - names of ours
        f"SELECT {taken}, run.id, {of_run} FROM {_RUNS} AS run{source} WHERE run.id = %s"
    )
    run_id = run.pk if many else run.pk.hex
    with connection.cursor() as cursor:
        for some in batched(rows, _BATCH):
            if many:
                cursor.execute(sql, [*map(list, zip(*some, strict=True)), run_id])
            else:
                cursor.executemany(sql, [(*row, run_id) for row in some])


def _let_stand(run: MeasurementRun, has_gone: bool) -> None:
    """Let the figures of a run stand in place of those before, each by the key it was born with."""
    names = ("tenant", "indicator", "region", "dimensions_key", "period", "period_ends_on")
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_STANDING} (id, measurement_id, {columns}) "  # noqa: S608 - names of ours
            f"SELECT id, id, {columns} FROM {_FIGURES} WHERE run_id = %s AND NOT is_gone "
            "ON CONFLICT (tenant, indicator, region, dimensions_key, period) DO UPDATE "
            "SET measurement_id = excluded.measurement_id, period_ends_on = excluded.period_ends_on",
            [run.pk if connection.vendor == "postgresql" else run.pk.hex],
        )
    if has_gone:
        same = {name: OuterRef(name) for name in names[2:5]}
        gone = Measurement.objects.filter(run=run, is_gone=True, **same)
        own = StandingMeasurement.objects.filter(tenant=run.tenant, indicator=run.indicator)
        own.filter(Exists(gone)).delete()

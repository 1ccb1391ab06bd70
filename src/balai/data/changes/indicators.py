"""Computing an indicator: its SQL over the versions that stand, and what changed kept beside what was.

Figures are computed outside of any transaction; then one transaction writes the run, the
figures that differ, and which figure stands. A computing that stops anywhere leaves nothing, and
one that is repeated finds that it has been done.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, outbox, tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Fault, Invalid, NotFound, Refused
from balai.base.ids import uuid7
from balai.data.engines.lease import Busy, Gone, TooLong, TooMuchMemory
from balai.data.engines.reader import Answer, Running
from balai.data.engines.serving import readers
from balai.data.models import (
    DatasetVersion,
    IndicatorState,
    Measurement,
    MeasurementRun,
    StandingMeasurement,
)
from balai.data.reads.asking import question
from balai.data.reads.versions import Readable, readable_version, version
from balai.data.rules.indicators import (
    PERIOD,
    REGION,
    VALUE,
    Counted,
    Figure,
    Indicator,
    dimensions_key,
    ends_on,
    figure,
)
from balai.data.rules.indicators_files import INDICATORS, datasets_of, parts
from balai.data.rules.indicators_sql import FOUND, MOST_FIGURES, ROWS, Part, counting
from balai.definitions import Definition, get

MEASURED = "data.indicator_measured"
"""Announced with `indicator` (code), `run` (id) and `tenant` when a run changed what stands."""

SECONDS_OF_A_PART = 600
MEMORY_MB = 1024
_BATCH = 2000
_REGION = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


class Unfinished(Exception):
    """The reader could not this time; it is worth trying again."""


class Group(NamedTuple):
    """What one figure speaks of; `dimensions` in the order of their names."""

    region: str
    period: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Computed:
    """Figures of an indicator before they are kept, and the versions they were computed from."""

    definition: Definition[Indicator]
    versions: tuple[DatasetVersion, ...]
    datasets: Mapping[str, str]
    """of each part, the dataset whose rows it counts"""
    figures: Mapping[Group, Figure]


@dataclass(frozen=True)
class Asked:
    """An indicator that readers work on: each question with the parts it counts."""

    definition: Definition[Indicator]
    versions: tuple[DatasetVersion, ...]
    parts: Mapping[str, Part]
    running: tuple[tuple[tuple[str, ...], Running], ...]

    def close(self) -> None:
        """Let go of the readers."""
        for _names, running in self.running:
            running.close()


def measure(actor: Actor, code: str, reason: str, *, at: datetime) -> MeasurementRun | None:
    """Compute an indicator for the tenant in scope and keep what changed; return the run that stands.

    Nothing is done where definition and versions are those of the latest run. None where the
    tenant has no version of a dataset it reads.

    Args:
        reason: why it is computed now, in words.

    Raises:
        Forbidden: the actor may not check data as steward.
        NotFound: there is no such indicator.
        Invalid: its SQL cannot be computed; kept, and shown on its page.
        Unfinished: the reader was stopped; kept likewise, and worth another try.
    """
    ((_code, found),) = measure_all(actor, [code], reason, at=at)
    if isinstance(found, Exception):
        raise found
    return found


def measure_all(
    actor: Actor, codes: Iterable[str], reason: str, *, at: datetime
) -> Iterator[tuple[str, MeasurementRun | Refused | Unfinished | None]]:
    """Compute indicators as `measure` and yield what became of each; one that fails keeps no other back.

    As many are asked at once as there are readers: one is kept while others are counted.

    Raises:
        Forbidden: the actor may not check data as steward.
    """
    actor.require("data.check")
    waiting: deque[tuple[str, Asked | MeasurementRun | Refused | None]] = deque()
    try:
        for code in codes:
            waiting.append((code, _tried(code, at, partial(_begun, code))))
            if len(waiting) >= settings.QUERY_READERS:
                yield _ended(actor, *waiting.popleft(), reason, at)
        while waiting:
            yield _ended(actor, *waiting.popleft(), reason, at)
    finally:
        # Whatever went wrong, no reader is kept busy for nobody.
        for _code, begun in waiting:
            if isinstance(begun, Asked):
                begun.close()


def _ended(
    actor: Actor, code: str, begun: Asked | MeasurementRun | Refused | None, reason: str, at: datetime
) -> tuple[str, MeasurementRun | Refused | Unfinished | None]:
    found: Computed | MeasurementRun | Refused | None
    found = _tried(code, at, partial(finish, begun)) if isinstance(begun, Asked) else begun
    if isinstance(found, Computed):
        return code, keep(actor, found, reason, at=at)
    if isinstance(found, TooLong | TooMuchMemory | Busy | Gone):
        return code, Unfinished(f"{code}: {found}")
    return code, found


def _tried[T](code: str, at: datetime, work: Callable[[], T]) -> T | Refused:
    """Do a step of a computing; a refusal is kept for the page of the indicator, and returned."""
    try:
        return work()
    except Refused as refused:
        _keep_failure(code, refused, at)
        return refused


def _begun(code: str) -> Asked | MeasurementRun | None:
    definition = get(INDICATORS, code)
    known = _known(definition.value)
    if known is None:
        return None
    versions = _versions(known)
    return _done(definition, versions) or begin(definition, known, versions)


def begin(
    definition: Definition[Indicator], known: Mapping[str, Readable], versions: tuple[DatasetVersion, ...]
) -> Asked:
    """Hand the questions of an indicator to readers. Raises Invalid, or what the reader raises."""
    indicator = definition.value
    keys = {each.dataset.code: tuple(each.metadata["key"]) for each in versions}
    made = parts(indicator, {code: one.table for code, one in known.items()}, keys)
    asked = [
        (names, question(_reader(), sql, MOST_FIGURES, known))
        for names, sql in counting(made, indicator.groups).items()
    ]
    running: list[tuple[tuple[str, ...], Running]] = []
    try:
        for names, each in asked:
            running.append((names, readers().begin(each, seconds=SECONDS_OF_A_PART, memory_mb=MEMORY_MB)))
    except Refused:
        for _names, begun in running:
            begun.close()
        raise
    return Asked(definition, versions, made, tuple(running))


def finish(asked: Asked) -> Computed:
    """Take the answers and make the figures. Raises Invalid, or what the reader raises."""
    indicator, made = asked.definition.value, asked.parts
    counted: dict[str, dict[Group, Counted]] = {name: {} for name in made}
    try:
        for names, running in asked.running:
            with running.answer() as answer:
                _take(indicator, names, answer, counted)
    finally:
        asked.close()
    above, empty = counted["numerator"], made["numerator"].empty
    if "denominator" not in made:
        figures = {group: figure(indicator, one, None) for group, one in above.items()}
    else:
        below, none_below = counted["denominator"], made["denominator"].empty
        figures = {
            group: figure(indicator, above.get(group, empty), below.get(group, none_below))
            for group in above.keys() | below.keys()
        }
    datasets = {name: part.datasets[0] for name, part in made.items()}
    return Computed(asked.definition, asked.versions, datasets, figures)


@transaction.atomic
def keep(actor: Actor, computed: Computed, reason: str, *, at: datetime) -> MeasurementRun:
    """Write a run and the figures that differ from what stands, and let those stand.

    Where a run that read newer versions was kept meanwhile, that one is returned and nothing written.
    """
    code = computed.definition.code
    IndicatorState.objects.get_or_create(tenant=tenancy.current_tenant(), code=code)
    state = IndicatorState.objects.select_for_update().get(tenant=tenancy.current_tenant(), code=code)
    if state.latest and _is_older(computed.versions, state.latest):
        return state.latest
    stood = _stood(code)
    changed = {
        group: figure
        for group, figure in computed.figures.items()
        if group not in stood or stood[group].figure != figure
    }
    gone = sorted(stood.keys() - computed.figures.keys())
    run = _run(computed, reason, at, len(changed) + len(gone))
    _write(run, computed.definition.value, changed)
    _write_gone(run, computed.definition.value, gone, stood)
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


def _reader() -> Actor:
    """Whoever asks for a computing: figures are computed from every row, also of closed datasets."""
    return system("data.measure", tenancy.current_tenant(), "data.read", "data.check")


def _known(indicator: Indicator) -> Mapping[str, Readable] | None:
    actor, found = _reader(), {}
    for code in datasets_of(indicator):
        try:
            number = version(actor, code).number
        except NotFound:
            return None
        found[code] = readable_version(actor, code, number)
    return found


def _versions(known: Mapping[str, Readable]) -> tuple[DatasetVersion, ...]:
    with tenancy.widened(tenancy.NATIONAL):
        rows = DatasetVersion.objects.select_related("dataset").in_bulk(
            [one.version for one in known.values()]
        )
    return tuple(rows[one.version] for one in known.values())


def _written(versions: Iterable[DatasetVersion]) -> list[dict[str, object]]:
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


def _done(definition: Definition[Indicator], versions: tuple[DatasetVersion, ...]) -> MeasurementRun | None:
    state = (
        IndicatorState.objects.filter(tenant=tenancy.current_tenant(), code=definition.code, failure={})
        .select_related("latest")
        .first()
    )
    run = state.latest if state else None
    same = run and (run.definition_hash, run.versions) == (definition.sha256, _written(versions))
    return run if same else None


def _is_older(versions: tuple[DatasetVersion, ...], latest: MeasurementRun) -> bool:
    newer = {(each["tenant"], each["dataset"]): each["number"] for each in latest.versions}
    return any(each.number < newer.get((each.tenant, each.dataset.code), 0) for each in versions)


def _take(
    indicator: Indicator, names: tuple[str, ...], answer: Answer, counted: dict[str, dict[Group, Counted]]
) -> None:
    """Read what some parts count into `counted`; a part that finds no row in a group has none there.

    A run of the nation has a million of these, so nothing is done twice for a row.
    """
    order = {column.name: at for at, column in enumerate(answer.columns)}
    region_at, period_at = order[REGION], order[PERIOD]
    rest = [(name, order[name]) for name in sorted(indicator.dimensions)]
    own = [
        (counted[name], order[f"{name}_{VALUE}"], order[f"{name}_{ROWS}"], order[f"{name}_{FOUND}"])
        for name in names
    ]
    regions: dict[object, str] = {}
    periods: dict[object, str] = {}
    for row in answer.rows:
        region = regions.get(row[region_at])
        if region is None:
            region = regions[row[region_at]] = _region(names[0], row[region_at])
        period = periods.get(row[period_at])
        if period is None:
            period = periods[row[period_at]] = _period(indicator, names[0], row[period_at])
        group = Group(
            region, period, tuple((name, _text(names[0], name, row[at])) for name, at in rest) if rest else ()
        )
        for into, value, rows, there in own:
            if row[there]:
                into[group] = Counted(_exact(row[value]), cast("int", row[rows]))
    if answer.truncated:
        wrong = _("Lebih dari %(most)d angka.") % {"most": MOST_FIGURES}
        raise Invalid([Fault(names[0], wrong, _("Kelompokkan lebih kasar."))])


def _text(part: str, column: str, value: object) -> str:
    if value is None:
        right = _("Saring dengan WHERE %(column)s IS NOT NULL.") % {"column": column}
        raise Invalid([Fault(part, _("Ada kelompok tanpa “%(column)s”.") % {"column": column}, right)])
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exact(value: object) -> Decimal | None:
    return value if value is None or isinstance(value, Decimal) else Decimal(cast("int", value))


def _region(part: str, value: object) -> str:
    code = _text(part, REGION, value)
    if not _REGION.fullmatch(code):
        wrong = _("“%(code)s” bukan kode wilayah.") % {"code": code[:40]}
        raise Invalid([Fault(part, wrong, _("Tulis kode Kemendagri, misalnya 35.73."))])
    return code


def _period(indicator: Indicator, part: str, value: object) -> str:
    period = _text(part, PERIOD, value)
    try:
        _last_day(period, indicator.period)
    except ValueError:
        wrong = _("“%(period)s” bukan periode.") % {"period": period[:40]}
        right = _("Tulis 2025, 2025-Q1, 2025-03 atau 2025-03-18, sesuai “period”.")
        raise Invalid([Fault(part, wrong, right)]) from None
    return period


# Few periods, and each in many figures.
_last_day = lru_cache(maxsize=4096)(ends_on)


@dataclass(frozen=True)
class _Standing:
    pk: UUID
    figure: Figure


def _stood(code: str) -> Mapping[Group, _Standing]:
    rows = StandingMeasurement.objects.filter(tenant=tenancy.current_tenant(), indicator=code).values_list(
        "pk",
        "region",
        "period",
        "measurement__dimensions",
        "measurement__numerator",
        "measurement__denominator",
        "measurement__value",
        "measurement__is_withheld",
    )
    return {
        Group(region, period, tuple(sorted(dimensions.items()))): _Standing(
            pk, Figure(numerator, denominator, value, is_withheld)
        )
        for pk, region, period, dimensions, numerator, denominator, value, is_withheld in rows.iterator(
            _BATCH
        )
    }


def _run(computed: Computed, reason: str, at: datetime, changed: int) -> MeasurementRun:
    indicator = computed.definition.value
    return MeasurementRun.objects.create(
        indicator=computed.definition.code,
        definition=indicator.written(),
        definition_hash=computed.definition.sha256,
        sql_hash=indicator.sql_hash,
        parts={name: {"dataset": dataset} for name, dataset in computed.datasets.items()},
        versions=_written(computed.versions),
        reason=reason[:300],
        rows=len(computed.figures),
        changed=changed,
        withheld=sum(each.is_withheld for each in computed.figures.values()),
        as_of=max(each.published_at for each in computed.versions),
        computed_at=at,
    )


def _write(run: MeasurementRun, indicator: Indicator, changed: Mapping[Group, Figure]) -> None:
    rows = [
        _row(
            run,
            indicator,
            group,
            numerator=figure.numerator,
            denominator=figure.denominator,
            value=figure.value,
            is_withheld=figure.is_withheld,
        )
        for group, figure in changed.items()
    ]
    Measurement.objects.bulk_create(rows, batch_size=_BATCH)
    StandingMeasurement.objects.bulk_create(
        [
            StandingMeasurement(
                tenant=row.tenant,
                indicator=row.indicator,
                region=row.region,
                dimensions_key=row.dimensions_key,
                period=row.period,
                period_ends_on=row.period_ends_on,
                measurement_id=row.pk,
            )
            for row in rows
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["tenant", "indicator", "region", "dimensions_key", "period"],
        update_fields=["measurement", "period_ends_on"],
    )


def _write_gone(
    run: MeasurementRun, indicator: Indicator, gone: list[Group], stood: Mapping[Group, _Standing]
) -> None:
    Measurement.objects.bulk_create(
        [_row(run, indicator, group, is_gone=True) for group in gone], batch_size=_BATCH
    )
    for start in range(0, len(gone), 500):
        pks = [stood[group].pk for group in gone[start : start + 500]]
        StandingMeasurement.objects.filter(pk__in=pks).delete()


def _row(run: MeasurementRun, indicator: Indicator, group: Group, **figure: object) -> Measurement:
    dimensions = dict(group.dimensions)
    return Measurement(
        id=uuid7(),
        tenant=run.tenant,
        run=run,
        indicator=run.indicator,
        region=group.region,
        period=group.period,
        period_ends_on=_last_day(group.period, indicator.period),
        dimensions=dimensions,
        dimensions_key=dimensions_key(dimensions),
        as_of=run.as_of,
        computed_at=run.computed_at,
        **figure,
    )


def _keep_failure(code: str, refused: Refused, at: datetime) -> None:
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

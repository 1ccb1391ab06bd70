"""Computing an indicator: its SQL over the versions that stand, and what changed kept beside what was.

Figures are computed outside of any transaction; then one transaction writes the run, the
figures that differ, and which figure stands. A computing that stops anywhere leaves nothing, and
one that is repeated finds that it has been done.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from balai.base import journal, outbox, tenancy
from balai.base.actor import Actor, system
from balai.base.errors import Fault, Invalid, NotFound, Refused
from balai.base.ids import uuid7
from balai.data.engines.lease import Busy, Gone, TooLong, TooMuchMemory
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
from balai.data.rules.indicators_sql import MOST_FIGURES, ROWS, Part
from balai.definitions import Definition, get

MEASURED = "data.indicator_measured"
"""Announced with `indicator` (code), `run` (id) and `tenant` when a run changed what stands."""

SECONDS_OF_A_PART = 600
MEMORY_MB = 1024
_BATCH = 2000
_REGION = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")


class Unfinished(Exception):
    """The reader could not this time; it is worth trying again."""


@dataclass(frozen=True, order=True)
class Group:
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


def measure(actor: Actor, code: str, reason: str, *, at: datetime) -> MeasurementRun | None:
    """Compute an indicator for the tenant in scope and keep what changed; return the run that stands.

    Nothing is done where definition and versions are those of the latest run. None where the
    tenant has no version of a dataset it reads.

    Args:
        reason: why it is computed now, in words.

    Raises:
        Forbidden: the actor may not publish data.
        NotFound: there is no such indicator.
        Invalid: its SQL cannot be computed; kept, and shown on its page.
        Unfinished: the reader was stopped; kept likewise, and worth another try.
    """
    actor.require("data.publish")
    definition = get(INDICATORS, code)
    try:
        known = _known(definition.value)
        if known is None:
            return None
        versions = _versions(known)
        if done := _done(definition, versions):
            return done
        computed = compute(definition, known, versions)
    except Refused as refused:
        _keep_failure(code, refused, at)
        if isinstance(refused, TooLong | TooMuchMemory | Busy | Gone):
            raise Unfinished(f"{code}: {refused}") from refused
        raise
    return keep(actor, computed, reason, at=at)


def compute(
    definition: Definition[Indicator], known: Mapping[str, Readable], versions: tuple[DatasetVersion, ...]
) -> Computed:
    """Ask both parts and make the figures. Raises Invalid, or what the reader raises."""
    indicator = definition.value
    keys = {each.dataset.code: tuple(each.metadata["key"]) for each in versions}
    made = parts(indicator, {code: one.table for code, one in known.items()}, keys)
    found = {name: dict(_groups(indicator, name, part, known)) for name, part in made.items()}
    above, below = found["numerator"], found.get("denominator")
    figures = {}
    for group in above.keys() | (below or {}).keys():
        own = None if below is None else below.get(group, made["denominator"].empty)
        figures[group] = figure(indicator, above.get(group, made["numerator"].empty), own)
    datasets = {name: part.datasets[0] for name, part in made.items()}
    return Computed(definition, versions, datasets, figures)


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


def _groups(
    indicator: Indicator, name: str, part: Part, known: Mapping[str, Readable]
) -> Iterator[tuple[Group, Counted]]:
    asked = question(_reader(), part.counting, MOST_FIGURES, known)
    with readers().ask(asked, seconds=SECONDS_OF_A_PART, memory_mb=MEMORY_MB) as answer:
        order = [column.name for column in answer.columns]
        at = [order.index(each) for each in (REGION, PERIOD, VALUE, ROWS)]
        dimensions = [(each, order.index(each)) for each in indicator.dimensions]
        for row in answer.rows:
            region, period, value, rows = (row[place] for place in at)
            own = tuple(sorted((each, _text(name, each, row[place])) for each, place in dimensions))
            group = Group(_text(name, REGION, region), _text(name, PERIOD, period), own)
            yield _checked(indicator, name, group), Counted(_exact(value), int(str(rows)))
        if answer.truncated:
            wrong = _("Lebih dari %(most)d angka.") % {"most": MOST_FIGURES}
            raise Invalid([Fault(name, wrong, _("Kelompokkan lebih kasar."))])


def _text(part: str, column: str, value: object) -> str:
    if value is None:
        right = _("Saring dengan WHERE %(column)s IS NOT NULL.") % {"column": column}
        raise Invalid([Fault(part, _("Ada kelompok tanpa “%(column)s”.") % {"column": column}, right)])
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exact(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _checked(indicator: Indicator, part: str, group: Group) -> Group:
    if not _REGION.fullmatch(group.region):
        wrong = _("“%(code)s” bukan kode wilayah.") % {"code": group.region[:40]}
        raise Invalid([Fault(part, wrong, _("Tulis kode Kemendagri, misalnya 35.73."))])
    try:
        ends_on(group.period, indicator.period)
    except ValueError:
        wrong = _("“%(period)s” bukan periode.") % {"period": group.period[:40]}
        right = _("Tulis 2025, 2025-Q1, 2025-03 atau 2025-03-18, sesuai “period”.")
        raise Invalid([Fault(part, wrong, right)]) from None
    return group


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
        Group(region, period, tuple(sorted(dimensions.items()))): _Standing(pk, Figure(*rest))
        for pk, region, period, dimensions, *rest in rows.iterator(_BATCH)
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
        period_ends_on=ends_on(group.period, indicator.period),
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

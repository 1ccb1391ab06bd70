"""Indicators and their figures: what stands, and what ever stood.

    for measured in reads.series(actor, "population_density", "35.73"):
        print(measured.period, measured.value, measured.unit)

Figures are open to whoever reads the tenant's open data, also those computed from closed datasets:
what may be told of few rows is withheld when they are computed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import Fault, NotFound
from balai.data.models import IndicatorState, Measurement, MeasurementRun, StandingMeasurement
from balai.data.rules.indicators import Direction, Indicator, dimensions_key, period_of, read
from balai.data.rules.indicators_files import INDICATORS, Reading, readings
from balai.definitions import Words, load


@dataclass(frozen=True)
class VersionRead:
    """A dataset version that a run read."""

    tenant: str
    dataset: str
    number: int
    id: UUID
    content_hash: str


@dataclass(frozen=True)
class Measured:
    """A figure as it was computed at one time.

    Attributes:
        region, period: as the SQL gave them; `period_ends_on` is the last day of the period.
        numerator, denominator: exact; None where missing, and all three where withheld or gone.
        value: numerator ÷ denominator × scale, rounded to `decimals`; None where it cannot be told.
        is_withheld: it counts fewer rows than the definition asks for.
        is_gone: its rows are no longer there; from then on no figure stands.
        is_standing: it is the figure that counts today.
        as_of: when the newest of the versions it was computed from was published.
        sql_hash: of numerator and denominator as they were.
    """

    id: UUID
    tenant: str
    indicator: str
    region: str
    period: str
    period_ends_on: date
    dimensions: Mapping[str, str]
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    unit: Words
    direction: Direction
    decimals: int
    is_withheld: bool
    is_gone: bool
    is_standing: bool
    as_of: datetime
    computed_at: datetime
    run_id: UUID
    versions: tuple[VersionRead, ...]
    sql_hash: str


@dataclass(frozen=True)
class Failure:
    """Why an indicator could not be computed: in which part, what was told, and faults in its SQL."""

    at: datetime
    part: str
    told: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator as defined, and how it stands.

    Attributes:
        is_national: it reads the nation's data alone and is computed once for every tenant.
        computed_at, as_of: of the latest run; None before the first.
        withheld: figures of the latest run that count too few rows.
        failure: of the latest computing, when it did not go well.
    """

    definition: Indicator
    datasets: tuple[str, ...]
    is_national: bool
    computed_at: datetime | None
    as_of: datetime | None
    rows: int
    withheld: int
    failure: Failure | None


def indicators(actor: Actor) -> tuple[IndicatorRow, ...]:
    """Return every defined indicator by code; none to whoever may not read open data."""
    if not actor.may("data.read"):
        return ()
    with tenancy.widened(tenancy.NATIONAL):
        states = {
            (row.tenant, row.code): row
            for row in IndicatorState.objects.filter(_seen(actor)).select_related("latest")
        }
    known = {code: definition.value for code, definition in load(INDICATORS).items()}
    homes = {code: (_home(actor, each.is_national), each) for code, each in readings(known.values()).items()}
    return tuple(
        _indicator(known[code], reading, states.get((home, code))) for code, (home, reading) in homes.items()
    )


def indicator(actor: Actor, code: str) -> IndicatorRow:
    """Return one indicator. Raises NotFound: none is defined, or the actor may not read open data."""
    known = load(INDICATORS)
    if code not in known or not actor.may("data.read"):
        raise NotFound(_("Tidak ada indikator “%(code)s”.") % {"code": code})
    definition = known[code].value
    reading = readings([definition])[code]
    home = _home(actor, reading.is_national)
    with tenancy.widened(tenancy.NATIONAL):
        state = IndicatorState.objects.filter(tenant=home, code=code).select_related("latest").first()
    return _indicator(definition, reading, state)


def latest(
    actor: Actor, codes: Iterable[str], regions: Iterable[str], on: date
) -> Mapping[tuple[str, str], Measured]:
    """Return, by (indicator, region), the standing figure of the newest period begun by `on`.

    The year 2026 has begun on 20 April 2026, so a figure that still grows is given; `period_ends_on`
    tells. Only figures without dimensions. What has no figure is left out.
    """
    if not actor.may("data.read"):
        return {}
    wanted = Q(pk__in=())
    known = load(INDICATORS)
    wanted_of = {code: known[code].value for code in set(codes) & known.keys()}
    reading = readings(wanted_of.values())
    for code, definition in wanted_of.items():
        home = _home(actor, reading[code].is_national)
        wanted |= Q(tenant=home, indicator=code, period__lte=period_of(on, definition.period))
    with tenancy.widened(tenancy.NATIONAL):
        standing = StandingMeasurement.objects.filter(wanted, region__in=list(regions), dimensions_key="")
        newest: dict[tuple[str, str], UUID] = {}
        for code, region, pk in standing.order_by("indicator", "region", "-period_ends_on").values_list(
            "indicator", "region", "measurement_id"
        ):
            newest.setdefault((code, region), pk)
        found = _measured(Measurement.objects.filter(pk__in=newest.values()))
    return {(each.indicator, each.region): each for each in found}


def series(
    actor: Actor, code: str, region: str, dimensions: Mapping[str, str] | None = None
) -> tuple[Measured, ...]:
    """Return the standing figures of one region over the periods, the oldest first.

    Args:
        dimensions: value of every dimension, as text; left out for an indicator without.
    """
    key = dimensions_key(dimensions or {})
    return standing(actor, code, Q(standing__region=region, standing__dimensions_key=key))


def standing(actor: Actor, code: str, wanted: Q | None = None) -> tuple[Measured, ...]:
    """Return standing figures of an indicator by period, region and dimensions, all of them or `wanted`.

    Raises:
        NotFound: as `indicator`.
    """
    row = indicator(actor, code)
    with tenancy.widened(tenancy.NATIONAL):
        found = Measurement.objects.filter(
            wanted or Q(),
            standing__isnull=False,
            tenant=_home(actor, row.is_national),
            standing__indicator=code,
        )
        return _measured(found.order_by("period_ends_on", "region", "dimensions_key"))


def measured(actor: Actor, id: UUID | str) -> Measured:
    """Return one figure, also one that stands no longer. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL):
        return _measured(Measurement.objects.filter(pk=row(actor, id).pk))[0]


def history(actor: Actor, id: UUID | str) -> tuple[Measured, ...]:
    """Return every figure ever computed for the same thing as one of them, the newest first.

    Raises:
        NotFound: as `measured`.
    """
    own = row(actor, id)
    with tenancy.widened(tenancy.NATIONAL):
        same = Measurement.objects.filter(
            tenant=own.tenant,
            indicator=own.indicator,
            region=own.region,
            period=own.period,
            dimensions_key=own.dimensions_key,
        )
        return _measured(same.order_by("-computed_at", "-pk"))


def definition_of(actor: Actor, id: UUID | str) -> Indicator:
    """Return the definition by which a figure was computed, as it was. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL):
        return read(row(actor, id).run.definition)


def row(actor: Actor, id: UUID | str) -> Measurement:
    """Return the row of a figure the actor may see, with its run. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL):
        try:
            found = Measurement.objects.filter(_seen(actor), pk=id).select_related("run").first()
        except ValidationError:
            found = None
    if found is None:
        raise NotFound(_("Tidak ada angka dengan tanda itu."))
    return found


def failed(row: IndicatorState | None) -> Failure | None:
    """Return the failure kept of an indicator, None when its latest computing went well."""
    if row is None or not row.failure or row.failed_at is None:
        return None
    kept = row.failure
    return Failure(row.failed_at, kept["part"], kept["told"], tuple(Fault(**each) for each in kept["faults"]))


def _seen(actor: Actor) -> Q:
    if not actor.may("data.read"):
        return Q(pk__in=())
    return Q(tenant__in=(actor.tenant, tenancy.NATIONAL))


def _home(actor: Actor, national: bool) -> str:
    return tenancy.NATIONAL if national else actor.tenant


def _indicator(definition: Indicator, reading: Reading, state: IndicatorState | None) -> IndicatorRow:
    run: MeasurementRun | None = state.latest if state else None
    return IndicatorRow(
        definition,
        reading.datasets,
        reading.is_national,
        run.computed_at if run else None,
        run.as_of if run else None,
        run.rows if run else 0,
        run.withheld if run else 0,
        failed(state),
    )


def _measured(rows: QuerySet[Measurement]) -> tuple[Measured, ...]:
    found = list(rows.select_related("standing"))
    runs = MeasurementRun.objects.in_bulk({each.run_id for each in found})
    of_run = {pk: (read(run.definition), versions_of(run), run.sql_hash) for pk, run in runs.items()}
    return tuple(_one(each, *of_run[each.run_id]) for each in found)


def versions_of(run: MeasurementRun) -> tuple[VersionRead, ...]:
    return tuple(VersionRead(**{**each, "id": UUID(each["id"])}) for each in run.versions)


def _one(each: Measurement, definition: Indicator, versions: tuple[VersionRead, ...], sql: str) -> Measured:
    return Measured(
        each.pk,
        each.tenant,
        each.indicator,
        each.region,
        each.period,
        each.period_ends_on,
        each.dimensions,
        each.numerator,
        each.denominator,
        each.value,
        definition.unit,
        definition.direction,
        definition.decimals,
        each.is_withheld,
        each.is_gone,
        hasattr(each, "standing"),
        each.as_of,
        each.computed_at,
        each.run_id,
        versions,
        sql,
    )

"""What was published by the ministry and imported: public facts, recomputed when they are read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.evaluation.models import PublishedResult
from balai.evaluation.rules import Index, Instrument, index_of_parts, ranks
from balai.evaluation.rules.published_table import unit_key
from balai.places import reads as places
from balai.places.rules import Level
from balai.plan.reads.sight import as_key


@dataclass(frozen=True)
class PublishedSeen:
    """One imported row with its place in its group and in the nation; None for who did not take part."""

    row: PublishedResult
    rank_in_group: int | None
    rank_in_nation: int | None


def published(actor: Actor, family: str, year: int) -> tuple[PublishedSeen, ...]:
    """Return what was published of a year, by name; public facts, so every actor sees them.

    Where a year had several stages, each row is ranked within its own stage.
    """
    with tenancy.widened(tenancy.NATIONAL):
        rows = list(
            PublishedResult.objects.filter(tenant=tenancy.NATIONAL, family=family, year=year)
            .select_related("instrument")
            .order_by("unit", "stage", "pk")
        )
    nation: dict[str, dict[str, Decimal | None]] = {}
    group: dict[tuple[str, str], dict[str, Decimal | None]] = {}
    for row in rows:
        final = row.total if row.took_part else None
        nation.setdefault(row.stage, {})[str(row.pk)] = final
        group.setdefault((row.stage, row.group), {})[str(row.pk)] = final
    in_nation = {stage: ranks(finals) for stage, finals in nation.items()}
    in_group = {key: ranks(finals) for key, finals in group.items()}
    return tuple(
        PublishedSeen(
            row, in_group[row.stage, row.group].get(str(row.pk)), in_nation[row.stage].get(str(row.pk))
        )
        for row in rows
    )


@dataclass(frozen=True)
class Unjudged:
    """A regency or city of which nothing is known of a year: neither a value nor a rank."""

    code: str
    name: str
    province: str


def unjudged(seen: Iterable[PublishedSeen]) -> tuple[Unjudged, ...]:
    """Return the regencies and cities without a row among `seen`, by province and name.

    Whether they did not take part, or their result was never imported, nobody knows here.
    """
    told = {each.row.region_code for each in seen}
    provinces = {row.code: row.name for row in places.children()}
    found = [
        Unjudged(row.code, row.long_name, provinces.get(row.code[:2], ""))
        for row in places.parts("", Level.REGENCY)
        if row.code not in told
    ]
    return tuple(sorted(found, key=lambda each: (each.province, each.name)))


def published_result(actor: Actor, key: UUID | str) -> PublishedSeen:
    """Return one imported row with its ranks. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL):
        row = PublishedResult.objects.filter(tenant=tenancy.NATIONAL, pk=as_key(key)).first()
    if row is None:
        raise NotFound(_("Hasil yang diterbitkan itu tidak ada."))
    return next(each for each in published(actor, row.family, row.year) if each.row.pk == row.pk)


def index_before(row: PublishedResult) -> tuple[PublishedResult, Index] | None:
    """Return what was published of the same region a year before, None where it is not there."""
    with tenancy.widened(tenancy.NATIONAL):
        rows = PublishedResult.objects.filter(
            tenant=tenancy.NATIONAL, family=row.family, year=row.year - 1, unit_key=row.unit_key
        )
        found = list(rows.select_related("instrument").order_by("-stage"))
    return next(((each, index) for each in found if (index := index_of(each))), None)


def published_years(actor: Actor, family: str) -> tuple[int, ...]:
    """Return the years of which something was imported, newest first."""
    with tenancy.widened(tenancy.NATIONAL):
        rows = PublishedResult.objects.filter(tenant=tenancy.NATIONAL, family=family)
        return tuple(rows.order_by("-year").values_list("year", flat=True).distinct())


def published_of_region(actor: Actor, region_code: str) -> tuple[PublishedResult, ...]:
    """Return what was published of one region, newest first, both families."""
    with tenancy.widened(tenancy.NATIONAL):
        rows = PublishedResult.objects.filter(tenant=tenancy.NATIONAL, region_code=region_code)
        return tuple(rows.select_related("instrument").order_by("-year", "-stage", "family"))


def index_of(row: PublishedResult) -> Index | None:
    """Return the index recomputed from the published values; None where they are not all there."""
    instrument = Instrument.kept(row.instrument.written)
    if not row.took_part or set(instrument.weights) - set(row.values):
        return None
    return index_of_parts(instrument, {key: Decimal(value) for key, value in row.values.items()})


def imported_indexes(family: str, years: Iterable[int]) -> Mapping[tuple[str, int], Index]:
    """Return the index recomputed of each (`unit_key`, year) imported before; the later stage stands."""
    found: dict[tuple[str, int], Index] = {}
    with tenancy.scope(tenancy.NATIONAL):
        rows = PublishedResult.objects.filter(family=family, year__in=set(years)).select_related("instrument")
        for row in rows.order_by("stage"):
            index = index_of(row)
            if index is not None:
                found[row.unit_key, row.year] = index
    return found


def region_codes(names: Iterable[str]) -> Mapping[str, str]:
    """Return the code of each named province, regency or city that is known, by `unit_key`."""
    wanted = {unit_key(name) for name in names}
    return {key: code for key, code in _known() if key in wanted}


def _known() -> Iterator[tuple[str, str]]:
    for province in places.children():
        yield unit_key(f"Provinsi {province.name}"), province.code
        yield unit_key(province.name), province.code
        for region in places.children(province.code):
            yield unit_key(region.long_name), region.code

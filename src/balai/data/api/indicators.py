"""Indicators for programs: definitions, figures, their history, and the rows behind them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field

from balai.base.access import actor_of, needs
from balai.base.api import Router, Word
from balai.data import reads

router = Router()

RowLimit = Annotated[int, Field(ge=1, le=1000, description="how many rows at most")]
Offset = Annotated[int, Field(ge=0, le=2**53, description="rows to leave out")]


@dataclass(frozen=True)
class Indicator:
    """An indicator as defined. `is_national`: computed once, from the nation's data alone."""

    code: str
    title: str
    title_en: str
    unit: str
    direction: str
    period: str
    dimensions: tuple[str, ...]
    datasets: tuple[str, ...]
    is_national: bool
    has_failed: bool


@dataclass(frozen=True)
class Version:
    """A dataset version that was read."""

    tenant: str
    dataset: str
    number: int
    id: str
    content_hash: str


@dataclass(frozen=True)
class Figure:
    """A figure as computed. Numbers are text, digit by digit; null where missing or withheld."""

    id: str
    indicator: str
    region: str
    period: str
    period_ends_on: str
    dimensions: dict[str, str]
    numerator: str | None
    denominator: str | None
    value: str | None
    unit: str
    is_withheld: bool
    is_gone: bool
    is_standing: bool
    as_of: str
    computed_at: str
    versions: tuple[Version, ...]
    sql_hash: str


@dataclass(frozen=True)
class Rows:
    """Rows a figure counts, under `columns`. `total` is null where they cannot be shown: see `unreadable`."""

    dataset: str
    number: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | bool | None, ...], ...]
    total: int | None
    unreadable: str


@router.get("/indicators", response=list[Indicator], summary="Every indicator")
@needs("data.read")
def indicators(request: HttpRequest) -> list[Indicator]:
    return [_indicator(row) for row in reads.indicators(actor_of(request))]


@router.get("/indicators/{code}", response=Indicator, summary="One indicator")
@needs("data.read")
def indicator(request: HttpRequest, code: Word) -> Indicator:
    return _indicator(reads.indicator(actor_of(request), code))


@router.get(
    "/indicators/{code}/figures", response=list[Figure], summary="The standing figures of an indicator"
)
@needs("data.read")
def figures(request: HttpRequest, code: Word, region: Word = "") -> list[Figure]:
    found = reads.standing(actor_of(request), code)
    return [_figure(each) for each in found if region in ("", each.region)]


@router.get("/figures/{id}", response=Figure, summary="One figure, also one that stands no longer")
@needs("data.read")
def figure(request: HttpRequest, id: UUID) -> Figure:
    return _figure(reads.measured(actor_of(request), id))


@router.get(
    "/figures/{id}/history", response=list[Figure], summary="Every figure there was of the same thing"
)
@needs("data.read")
def history(request: HttpRequest, id: UUID) -> list[Figure]:
    return [_figure(each) for each in reads.history(actor_of(request), id)]


@router.get("/figures/{id}/rows", response=Rows, summary="The rows a figure counts")
@needs("data.read")
def figure_rows(
    request: HttpRequest,
    id: UUID,
    part: Literal["numerator", "denominator"] = "numerator",
    limit: RowLimit = 100,
    offset: Offset = 0,
) -> Rows:
    """Of the version the figure was computed from, in the order of its key. Decimals are text."""
    found = reads.rows_behind(actor_of(request), id, part, limit=limit, offset=offset)
    return Rows(
        found.dataset,
        found.number,
        tuple(column.name for column in found.columns),
        tuple(tuple(map(_cell, row)) for row in found.rows),
        found.total,
        found.unreadable,
    )


def _cell(value: object) -> str | int | bool | None:
    return value if isinstance(value, int | None) else str(value)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _indicator(row: reads.IndicatorRow) -> Indicator:
    own = row.definition
    return Indicator(
        own.code,
        own.title.id,
        own.title.en,
        own.unit.id,
        str(own.direction),
        str(own.period),
        own.dimensions,
        row.datasets,
        row.is_national,
        row.failure is not None,
    )


def _figure(found: reads.Measured) -> Figure:
    return Figure(
        str(found.id),
        found.indicator,
        found.region,
        found.period,
        found.period_ends_on.isoformat(),
        dict(found.dimensions),
        _text(found.numerator),
        _text(found.denominator),
        _text(found.value),
        found.unit.id,
        found.is_withheld,
        found.is_gone,
        found.is_standing,
        found.as_of.isoformat(),
        found.computed_at.isoformat(),
        tuple(
            Version(each.tenant, each.dataset, each.number, str(each.id), each.content_hash)
            for each in found.versions
        ),
        found.sql_hash,
    )

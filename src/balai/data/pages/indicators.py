"""The indicators: all of them, and one with its figures, its definition and its SQL."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import charts
from balai.base.access import actor_of, needs
from balai.base.kept import kept
from balai.base.twins import FlatRow, as_csv, as_json
from balai.data import reads
from balai.data.pages.indicators_words import dimension_words, period_words, region_names, value_words
from balai.data.reads.indicators_uses import uses_of
from balai.people.reads import government

SHOWN = 200
"""Figures of the newest period on one page; all of them are in the files."""


@require_safe
@needs("data.read")
@kept
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator, with the newest figure of the region whose page this is."""
    actor = actor_of(request)
    rows = reads.indicators(actor)
    region = _own_region(actor.tenant)
    newest = reads.latest(actor, [row.definition.code for row in rows], [region], timezone.localdate())
    shown = [(row, _newest(newest.get((row.definition.code, region)), row)) for row in rows]
    return render(
        request,
        "data/indicators.html",
        {"rows": shown, "region": region_names({region})[region]},
    )


@require_safe
@needs("data.read")
@kept
def indicators_json(request: HttpRequest) -> HttpResponse:
    return as_json(indicators=_flat_definitions(request))


@require_safe
@needs("data.read")
@kept
def indicators_csv(request: HttpRequest) -> HttpResponse:
    return as_csv("indikator", _flat_definitions(request))


@require_safe
@needs("data.read")
@kept
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: the course of one region, every region in the newest period, and how it is made."""
    actor = actor_of(request)
    row = reads.indicator(actor, code)
    figures = reads.standing(actor, code)
    regions = sorted({each.region for each in figures})
    region = _chosen(request.GET.get("wilayah", ""), _own_region(actor.tenant), regions)
    ways = sorted({dimension_words(each) for each in figures if each.region == region})
    way = _chosen(request.GET.get("rincian", ""), "", ways)
    names = region_names({*regions, region})
    course = [each for each in figures if each.region == region and dimension_words(each) == way]
    newest = (
        [each for each in figures if each.period_ends_on == figures[-1].period_ends_on] if figures else []
    )
    return render(
        request,
        "data/indicator.html",
        {
            "row": row,
            "definition": row.definition,
            "region": region,
            "region_name": names[region],
            "regions": sorted(((each, names[each]) for each in regions), key=lambda pair: pair[1]),
            "ways": ways,
            "way": way,
            "latest": _shown(course[-1], row, names) if course else None,
            "chart": _chart(row, course, names[region], way) if len(course) > 1 else None,
            "course": [_shown(each, row, names) for each in reversed(course)],
            "newest": [_shown(each, row, names) for each in newest[:SHOWN]],
            "newest_count": len(newest),
            "newest_period": period_words(newest[0].period, row.definition.period) if newest else "",
            "uses": uses_of(actor, code),
        },
    )


@require_safe
@needs("data.read")
@kept
def indicator_json(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    row = reads.indicator(actor, code)
    return as_json(
        definition=[row.definition.written() | {"datasets": list(row.datasets)}],
        figures=[flat(each) for each in reads.standing(actor, code)],
    )


@require_safe
@needs("data.read")
@kept
def indicator_csv(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    return as_csv(f"indikator-{code}", [flat(each) for each in reads.standing(actor, code)])


def flat(figure: reads.Measured) -> FlatRow:
    """Return a figure as one row of a file; decimals are text, digit by digit."""
    return {
        "id": str(figure.id),
        "indicator": figure.indicator,
        "region": figure.region,
        "period": figure.period,
        "period_ends_on": figure.period_ends_on.isoformat(),
        "dimensions": "; ".join(f"{name}={value}" for name, value in sorted(figure.dimensions.items())),
        "numerator": _text(figure.numerator),
        "denominator": _text(figure.denominator),
        "value": _text(figure.value),
        "unit": figure.unit.id,
        "is_withheld": figure.is_withheld,
        "is_standing": figure.is_standing,
        "as_of": figure.as_of.isoformat(),
        "computed_at": figure.computed_at.isoformat(),
        "versions": "; ".join(f"{each.dataset} v{each.number}" for each in figure.versions),
        "sql_hash": figure.sql_hash,
    }


def _text(number: object) -> str | None:
    return None if number is None else format(number, "f")


def _own_region(tenant: str) -> str:
    found = government(tenant)
    return found.region_code if found else tenant


def _chosen(asked: str, own: str, known: Sequence[str]) -> str:
    for each in (asked, own):
        if each in known:
            return each
    return known[0] if known else own


def _newest(figure: reads.Measured | None, row: reads.IndicatorRow) -> dict[str, Any] | None:
    return _shown(figure, row, {}) if figure else None


def _shown(figure: reads.Measured, row: reads.IndicatorRow, names: dict[str, str]) -> dict[str, Any]:
    return {
        "figure": figure,
        "value": value_words(figure),
        "period": period_words(figure.period, row.definition.period),
        "region": names.get(figure.region, figure.region),
        "dimensions": dimension_words(figure),
    }


def _chart(row: reads.IndicatorRow, course: Sequence[reads.Measured], region: str, way: str) -> charts.Chart:
    title = f"{row.definition.title}, {region}" + (f", {way}" if way else "")
    return charts.course(
        title,
        [charts.Point(period_words(each.period, row.definition.period), each.value) for each in course],
        unit=str(row.definition.unit),
        about=_("Periode"),
    )


def _flat_definitions(request: HttpRequest) -> list[FlatRow]:
    return [
        {
            "code": row.definition.code,
            "title": row.definition.title.id,
            "title_en": row.definition.title.en,
            "description": row.definition.description.id,
            "unit": row.definition.unit.id,
            "direction": str(row.definition.direction),
            "owner": row.definition.owner.id,
            "period": str(row.definition.period),
            "dimensions": "; ".join(row.definition.dimensions),
            "datasets": "; ".join(row.datasets),
            "minimum_count": row.definition.minimum_count,
            "as_of": row.as_of.isoformat() if row.as_of else None,
            "computed_at": row.computed_at.isoformat() if row.computed_at else None,
            "figures": row.rows,
            "withheld": row.withheld,
        }
        for row in reads.indicators(actor_of(request))
    ]

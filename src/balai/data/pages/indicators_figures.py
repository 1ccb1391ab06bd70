"""One figure down to its rows, and what it was before."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.twins import FlatRow, as_csv, as_json
from balai.data import reads
from balai.data.pages.indicators import flat
from balai.data.pages.indicators_words import (
    dimension_words,
    exact_words,
    period_words,
    region_names,
    sum_words,
    value_words,
)
from balai.data.pages.words import cell
from balai.data.reads.indicators_behind import Side
from balai.data.reads.records import records_of
from balai.data.rules.indicators import Indicator

SHOWN = 50
_PARTS: Mapping[str, Side] = {"pembilang": "numerator", "penyebut": "denominator"}


@require_safe
@needs("data.read")
def figure(request: HttpRequest, key: UUID) -> HttpResponse:
    """The ladder: figure, numerator and denominator, queries, versions, rows, records."""
    actor = actor_of(request)
    found = reads.measured(actor, key)
    definition = reads.definition_of(actor, key)
    chosen = request.GET.get("bagian", "")
    part = chosen if _PARTS.get(chosen) in definition.parts else "pembilang"
    offset = _offset(request)
    behind = None
    if not found.is_gone:
        behind = reads.rows_behind(actor, key, _PARTS[part], limit=SHOWN, offset=offset)
    return render(
        request,
        "data/figure.html",
        _said(found, definition)
        | {
            "parts": _parts(found, definition),
            "tabs": _tabs(found, definition, part),
            "part": part,
            "behind": behind,
            "rows": _rows(actor, behind) if behind else [],
            "next": _next(behind, offset) if behind else "",
            "is_first": not offset,
            "versions": [(each, _version_page(found, each)) for each in found.versions],
        },
    )


@require_safe
@needs("data.read")
def figure_json(request: HttpRequest, key: UUID) -> HttpResponse:
    """The figure, its definition as it was, and the first rows of each part that may be seen."""
    actor = actor_of(request)
    definition = reads.definition_of(actor, key)
    behind = {part: _behind_flat(actor, key, part) for part in _PARTS.values() if part in definition.parts}
    return as_json(
        figure=[flat(reads.measured(actor, key))],
        definition=[definition.written()],
        versions=[
            {
                "tenant": each.tenant,
                "dataset": each.dataset,
                "number": each.number,
                "id": str(each.id),
                "content_hash": each.content_hash,
            }
            for each in reads.measured(actor, key).versions
        ],
        **behind,
    )


@require_safe
@needs("data.read")
def figure_csv(request: HttpRequest, key: UUID) -> HttpResponse:
    """The rows behind one part of the figure, at most a thousand; `?bagian=penyebut` for the denominator."""
    actor = actor_of(request)
    part = _PARTS.get(request.GET.get("bagian", ""), "numerator")
    return as_csv(f"angka-{key}-{part}", _behind_flat(actor, key, part))


@require_safe
@needs("data.read")
def history(request: HttpRequest, key: UUID) -> HttpResponse:
    """Why does my figure differ from yesterday? Every figure there was, and what changed between two."""
    actor = actor_of(request)
    figures = reads.history(actor, key)
    found = reads.measured(actor, key)
    steps = [(after, value_words(after), _why(actor, before, after)) for after, before in pairwise(figures)]
    first = figures[-1]
    return render(
        request,
        "data/figure_history.html",
        _said(found, reads.definition_of(actor, key))
        | {"steps": steps, "first": first, "first_value": value_words(first)},
    )


@require_safe
@needs("data.read")
def history_json(request: HttpRequest, key: UUID) -> HttpResponse:
    return as_json(figures=[flat(each) for each in reads.history(actor_of(request), key)])


def _said(found: reads.Measured, definition: Indicator) -> dict[str, Any]:
    return {
        "figure": found,
        "definition": definition,
        "value": value_words(found),
        "sum": sum_words(found, definition),
        "period": period_words(found.period, definition.period),
        "region": region_names({found.region})[found.region],
        "dimensions": dimension_words(found),
    }


def _parts(found: reads.Measured, definition: Indicator) -> list[dict[str, str]]:
    said = {
        "numerator": (_("Pembilang"), exact_words(found.numerator)),
        "denominator": (_("Penyebut"), exact_words(found.denominator)),
    }
    return [
        {"label": said[name][0], "number": said[name][1], "sql": sql}
        for name, sql in definition.parts.items()
    ]


def _tabs(found: reads.Measured, definition: Indicator, part: str) -> list[dict[str, Any]]:
    here = reverse("figure", args=[found.id])
    labels = {"pembilang": _("Baris pembilang"), "penyebut": _("Baris penyebut")}
    return [
        {"label": label, "href": f"{here}?bagian={name}#baris", "is_here": name == part}
        for name, label in labels.items()
        if _PARTS[name] in definition.parts
    ]


def _offset(request: HttpRequest) -> int:
    asked = request.GET.get("after", "")
    return min(int(asked), 10**9) if asked.isascii() and asked.isdigit() else 0


def _next(behind: reads.RowsBehind, offset: int) -> str:
    return str(offset + SHOWN) if behind.total and offset + SHOWN < behind.total else ""


def _rows(actor: Actor, behind: reads.RowsBehind) -> list[tuple[list[str], str | None]]:
    """Return the cells of each row with the address of its record."""
    rows = [_named(behind, row) for row in behind.rows]
    records = records_of(actor, behind.dataset, rows)
    return [
        ([cell(value) for value in row], record) for row, record in zip(behind.rows, records, strict=True)
    ]


def _named(behind: reads.RowsBehind, row: tuple[object, ...]) -> dict[str, object]:
    return {column.name: value for column, value in zip(behind.columns, row, strict=True)}


def _behind_flat(actor: Actor, key: UUID, part: Side) -> list[FlatRow]:
    behind = reads.rows_behind(actor, key, part, limit=reads.MOST_ROWS_BEHIND)
    return [
        {name: value if isinstance(value, int | None) else str(value) for name, value in row.items()}
        for row in (_named(behind, each) for each in behind.rows)
    ]


def _version_page(found: reads.Measured, version: reads.VersionRead) -> str:
    return reverse("dataset-version", args=[version.dataset, version.number])


def _why(actor: Actor, before: reads.Measured, after: reads.Measured) -> dict[str, Any]:
    why = reads.difference(actor, before.id, after.id)
    return {
        "difference": why,
        "before": value_words(before),
        "datasets": [(each, _compare_page(each)) for each in why.datasets if each.before != each.after],
    }


def _compare_page(each: reads.DatasetDifference) -> str:
    if each.before is None or each.after is None:
        return ""
    return f"{reverse('dataset-compare', args=[each.dataset])}?dari={each.before}&ke={each.after}"

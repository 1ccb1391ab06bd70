"""What everybody may see: published results, one score with its sum, cities side by side, instruments."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from balai.base import charts, writing
from balai.base.access import actor_of, public
from balai.base.kept import kept
from balai.base.twins import FlatRow, as_csv, as_json
from balai.evaluation import reads, rules
from balai.evaluation.exporting import XLSX, flat, workbook
from balai.evaluation.models import PublishedResult
from balai.evaluation.pages.words import evidence_kinds
from balai.places import reads as places
from balai.places.rules import Level

COUNTRY = "kabupaten-kota"
FAMILIES: Mapping[str, Any] = {"smartcity": gettext_lazy("Kota Cerdas"), "spbe": gettext_lazy("SPBE")}
BREAKS = {"smartcity": "2,2.5,3,3.5", "spbe": "1.8,2.6,3.5,4.2"}
"""Where the classes of the map begin: of the SPBE its predicates, else halves."""

PUBLISHED = "What a ministry has published is open to everybody."
MOST_COMPARED = 3


@dataclass(frozen=True)
class Asked:
    """Which published results a page is about.

    Attributes:
        rows: best first, who did not take part last.
        others: regencies and cities of which nothing was published; () where only some are asked for.
    """

    family: str
    year: int
    years: tuple[int, ...]
    group: str
    groups: Mapping[str, str]
    predicate: str
    predicates: tuple[str, ...]
    rows: tuple[reads.PublishedSeen, ...]
    others: tuple[reads.Unjudged, ...]


def asked(request: HttpRequest) -> Asked:
    """Return what `?keluarga=`, `?tahun=`, `?kelompok=`, `?predikat=` ask for, where it is there."""
    actor = actor_of(request)
    family = request.GET.get("keluarga", "")
    family = family if family in FAMILIES else "smartcity"
    years = reads.published_years(actor, family)
    told = request.GET.get("tahun", "")
    year = int(told) if told.isdecimal() and int(told) in years else (years[0] if years else 0)
    seen = reads.published(actor, family, year) if year else ()
    groups = {each.row.group: str(kept_of(each.row).group_names) for each in seen if each.row.group}
    group = request.GET.get("kelompok", "")
    group = group if group in groups else ""
    predicates = _predicates(seen)
    predicate = request.GET.get("predikat", "")
    predicate = predicate if predicate in predicates else ""
    rows = [
        each
        for each in seen
        if (not group or each.row.group == group) and (not predicate or each.row.predicate == predicate)
    ]
    rows.sort(key=lambda each: (each.rank_in_nation or 10**6, each.row.unit))
    others = reads.unjudged(seen) if seen and not (group or predicate) else ()
    return Asked(family, year, years, group, groups, predicate, predicates, tuple(rows), others)


def _predicates(seen: Sequence[reads.PublishedSeen]) -> tuple[str, ...]:
    """Return the predicates that were given, best first, as the instrument orders them."""
    given = {each.row.predicate for each in seen if each.row.predicate}
    bands = kept_of(seen[0].row).bands if seen else ()
    known = [band.name.id for band in bands if band.name.id in given]
    return (*known, *sorted(given - set(known)))


def kept_of(row: PublishedResult) -> rules.Instrument:
    """Return the instrument a row was published with, as it was then."""
    return reads.instrument_kept(row.instrument)


@require_safe
@public(PUBLISHED)
@kept
def results(request: HttpRequest) -> HttpResponse:
    """The published results of a year: ranking, map, distribution."""
    said = asked(request)
    query = urlencode(
        [
            ("keluarga", said.family),
            ("tahun", str(said.year)),
            ("kelompok", said.group),
            ("predikat", said.predicate),
        ]
    )
    return render(
        request,
        "evaluation/results.html",
        {
            "said": said,
            "query": query,
            "ranked": [(e, said.groups.get(e.row.group, "–")) for e in said.rows if e.row.took_part],
            "on_map": sum(1 for each in said.rows if each.row.took_part and len(each.row.region_code) == 5),
            "regions": len(places.parts("", Level.REGENCY)),
            "provinces": _by_province(said.others) if "semua" in request.GET else {},
            "judged": sum(1 for each in said.rows if each.row.took_part),
            "absent": [each for each in said.rows if not each.row.took_part],
            "chart": _distribution(said) if said.rows else None,
            "sources": sorted({each.row.source for each in said.rows}),
            # Drawing the map weighs as much as all else; who wants it asks for it.
            "map_address": places.map_address(COUNTRY) if request.GET.get("peta") else "",
            "breaks": BREAKS[said.family],
            "families": [
                {"label": name, "href": f"?{urlencode({'keluarga': key})}", "is_here": key == said.family}
                for key, name in FAMILIES.items()
            ],
            "years": [
                {
                    "label": str(each),
                    "href": f"?{urlencode({'keluarga': said.family, 'tahun': str(each)})}",
                    "is_here": each == said.year,
                }
                for each in said.years
            ],
        },
    )


def _by_province(others: Sequence[reads.Unjudged]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in others:
        found.setdefault(each.province, []).append(each.name)
    return found


def _distribution(said: Asked) -> charts.Chart:
    """Return how many lie in each predicate, or in each half point where there are no predicates."""
    judged = [each.row for each in said.rows if each.row.took_part and each.row.total is not None]
    bands = kept_of(judged[0]).bands if judged else ()
    if bands:
        counted = Counter(row.predicate for row in judged)
        found = [(str(band.name), counted[band.name.id]) for band in bands]
    else:
        halves = Counter(int((row.total or Decimal(0)) * 2) for row in judged)
        found = [
            (
                f"{writing.number(Decimal(half) / 2, 1)} – {writing.number(Decimal(half + 1) / 2, 1)}",
                halves[half],
            )
            for half in range(7, -1, -1)
            if halves[half] or half >= min(halves, default=0)
        ]
    return charts.bars(
        _("Sebaran indeks"),
        [charts.Bar(name, count) for name, count in found],
        unit=_("daerah atau instansi"),
        about=_("Predikat") if bands else _("Indeks"),
    )


@require_safe
@public(PUBLISHED)
@kept
def results_json(request: HttpRequest) -> HttpResponse:
    return as_json(results=_flat(asked(request), request))


def _flat(said: Asked, request: HttpRequest) -> list[FlatRow]:
    """Return the rows of an export: what was published, with `?semua=1` every regency and city."""
    return flat(said.rows, said.others if "semua" in request.GET else (), said.year)


@require_safe
@public(PUBLISHED)
@kept
def results_csv(request: HttpRequest) -> HttpResponse:
    said = asked(request)
    return as_csv(f"hasil-{said.family}-{said.year}", _flat(said, request))


@require_safe
@public(PUBLISHED)
def results_file(request: HttpRequest) -> HttpResponse:
    """The same rows as a workbook."""
    said = asked(request)
    name = f"hasil-{said.family}-{said.year}.xlsx"
    rows = _flat(said, request)
    answer = HttpResponse(workbook(f"{said.family} {said.year}", rows), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@public(PUBLISHED)
@kept
def values(request: HttpRequest) -> HttpResponse:
    """Values for the map: {region code: {value, text, href}}; the value is null of who did not take part."""
    found = {}
    for each in asked(request).rows:
        row = each.row
        if row.region_code and (row.total is not None or not row.took_part):
            found[row.region_code] = _on_the_map(row) | {"href": reverse("evaluation-score", args=[row.pk])}
    return JsonResponse(found)


def _on_the_map(row: PublishedResult) -> dict[str, Any]:
    if not row.took_part or row.total is None:
        return {"value": None, "text": _("tidak ikut dinilai")}
    text = writing.number(row.total, 2) + (f", {row.predicate}" if row.predicate else "")
    return {"value": float(row.total), "text": text}


@require_safe
@public(PUBLISHED)
@kept
def score(request: HttpRequest, key: UUID) -> HttpResponse:
    """One published result with the whole sum, its change, its ranks and its years."""
    actor = actor_of(request)
    seen = reads.published_result(actor, key)
    row, instrument = seen.row, kept_of(seen.row)
    index, before = reads.index_of(row), reads.index_before(row)
    history = reads.published_of_region(actor, row.region_code) if row.region_code else ()
    return render(
        request,
        "evaluation/score.html",
        {
            "seen": seen,
            "row": row,
            "instrument": instrument,
            "family": FAMILIES[row.family],
            "index": index,
            "before": before,
            "change": rules.improvement(index, before[1]) if index and before else None,
            "chart": radar(instrument, index, before[1] if before else None, row.year) if index else None,
            "history": [each for each in history if each.family == row.family],
        },
    )


def radar(
    instrument: rules.Instrument,
    index: rules.Index,
    before: rules.Index | None,
    year: int,
    values: Mapping[str, Any] | None = None,
    values_before: Mapping[str, Any] | None = None,
) -> charts.Chart:
    """Return the parts of an instrument as a radar, this year and last.

    Args:
        values, values_before: by part, where the terms of the index are single indicators.
    """
    now = values or {term.key: term.value for term in index.terms}
    then = values_before or {term.key: term.value for term in before.terms} if before else {}
    series = [charts.Series(str(year), [now.get(part.key) for part in instrument.parts])]
    if any(part.key in then for part in instrument.parts):
        series.append(charts.Series(str(year - 1), [then.get(part.key) for part in instrument.parts]))
    return charts.radar(
        _("Nilai tiap bagian"),
        [charts.Axis(rules.short_name(instrument, part)) for part in instrument.parts],
        series,
        most=instrument.scale.most,
        unit="",
    )


@require_safe
@public(PUBLISHED)
@kept
def compare(request: HttpRequest) -> HttpResponse:
    """Up to three results of a year side by side."""
    said = asked(request)
    wanted = list(dict.fromkeys(request.GET.getlist("hasil")))[:MOST_COMPARED]
    chosen = [each for each in said.rows if str(each.row.pk) in wanted and each.row.took_part]
    parts = _parts_of(chosen)
    return render(
        request,
        "evaluation/compare.html",
        {
            "said": said,
            "chosen": chosen,
            "wanted": wanted + [""] * (MOST_COMPARED - len(wanted)),
            "choices": sorted((e for e in said.rows if e.row.took_part), key=lambda e: e.row.unit),
            "lines": [
                (name, [_decimal(each.row.values.get(key)) for each in chosen]) for key, name in parts.items()
            ],
            "chart": _side_by_side(chosen, parts) if len(chosen) > 1 else None,
        },
    )


def _parts_of(chosen: Sequence[reads.PublishedSeen]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in chosen:
        instrument = kept_of(each.row)
        found |= {part.key: rules.short_name(instrument, part) for part in instrument.parts}
    return found


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _side_by_side(chosen: Sequence[reads.PublishedSeen], parts: Mapping[str, str]) -> charts.Chart:
    return charts.radar(
        _("Nilai tiap bagian"),
        [charts.Axis(name) for name in parts.values()],
        [
            charts.Series(each.row.unit, [_decimal(each.row.values.get(key)) for key in parts])
            for each in chosen
        ],
        most=kept_of(chosen[0].row).scale.most,
        unit="",
    )


@require_safe
@public("The questions by which cities are judged are open to everybody.")
def instruments(request: HttpRequest) -> HttpResponse:
    """Every instrument there is."""
    found = [each.value for each in rules.instruments().values()]
    found.sort(key=lambda each: (each.family, each.valid_from, each.code), reverse=True)
    return render(request, "evaluation/instruments.html", {"instruments": found, "families": FAMILIES})


@require_safe
@public("The questions by which cities are judged are open to everybody.")
def instrument(request: HttpRequest, code: str) -> HttpResponse:
    """One instrument to be read: parts and weights, rounding, predicates, questions, levels."""
    found = rules.instrument(code).value
    return render(
        request,
        "evaluation/instrument.html",
        {
            "instrument": found,
            "is_by_levels": found.method is rules.Method.LEVELS,
            "rounds_each": found.rounding is rules.Rounding.EACH_TERM,
            "parts": [(part, found.questions_of(part.key)) for part in found.parts],
            "kinds": evidence_kinds(),
        },
    )
